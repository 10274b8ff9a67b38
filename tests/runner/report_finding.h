/* SPDX-License-Identifier: MIT */
/* One finding of a run, told by the first trial that shows it. */
#ifndef PLANESTORM_REPORT_FINDING_H
#define PLANESTORM_REPORT_FINDING_H

#include "tests/runner/report_run.h"

/*
 * Append what the trial in folder @run/VARIANT/PROGRAM shows of @finding: time line, pictures, the
 * console's words, the program. A trial that cannot be read is said to be so. @number tells the
 * page's figures apart.
 */
void report_finding(GString *out, const char *run, const struct run_finding *finding, guint number);

#endif
