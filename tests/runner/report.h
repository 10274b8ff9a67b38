/* SPDX-License-Identifier: MIT */
/*
 * The report: one HTML file that tells a run to somebody who was not there. It needs nothing but
 * itself: no network, no scripts, no other files.
 */
#ifndef PLANESTORM_REPORT_H
#define PLANESTORM_REPORT_H

#include <gio/gio.h>

#define REPORT_NAME "report.html"

/*
 * Read @run/matrix.json and the folders of the trials that it names, and write @run/report.html,
 * whole or not at all. Trials that cannot be read are named in it; that is no error.
 */
gboolean report_write(const char *run, GError **error);

#endif
