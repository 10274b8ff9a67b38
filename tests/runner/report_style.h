/* SPDX-License-Identifier: MIT */
#ifndef PLANESTORM_REPORT_STYLE_H
#define PLANESTORM_REPORT_STYLE_H

/* The report's style sheet. It has nothing that XML would take for markup. */
extern const char report_style[];

#endif
