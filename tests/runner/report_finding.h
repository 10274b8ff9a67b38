/* SPDX-License-Identifier: MIT */
/* One finding of a run, told by the first trial that shows it and can be read. */
#ifndef PLANESTORM_REPORT_FINDING_H
#define PLANESTORM_REPORT_FINDING_H

#include "tests/runner/report_run.h"

/*
 * Append what the trial in the folder @run/VARIANT/PROGRAM shows of @finding: time line, pictures,
 * the console's words, the program. Trials that cannot be read are named. @number tells the page's
 * figures apart.
 */
void report_finding(GString *out, const char *run, const struct run_finding *finding, guint number);

#endif
