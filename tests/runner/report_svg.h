/* SPDX-License-Identifier: MIT */
/* The time line of an incident as a drawing: the guest's operations, the device's two queues and
 * the display below each other, a column for each moment. */
#ifndef PLANESTORM_REPORT_SVG_H
#define PLANESTORM_REPORT_SVG_H

#include "tests/runner/report_window.h"

/* Append the figure; @number tells the page's figures apart. */
void report_svg(GString *out, const struct window *window, guint number);

/* What the figures share, once in a page. */
void report_svg_definitions(GString *out);

#endif
