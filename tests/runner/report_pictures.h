/* SPDX-License-Identifier: MIT */
/* Pictures of the report: what a check expected and saw, and the cursor of a stale update. */
#ifndef PLANESTORM_REPORT_PICTURES_H
#define PLANESTORM_REPORT_PICTURES_H

#include "tests/runner/trial.h"

/* Append what must have been seen at @checked, what was seen and where they differ, cut to the
 * neighbourhood of the difference where the whole would be large. */
void report_check(GString *out, const struct checked *checked);

/* The pictures of the first check at or after @moment of the timeline, if they were kept and
 * differ; or NULL. *@number: that check's, 0: none follows. */
const struct checked *report_find_check(const struct trial *trial, guint moment, guint64 *number);

/* Append the cursor that stale @incident's operation was to show beside the one that the display
 * was given; nothing if neither is known. */
void report_cursors(GString *out, const struct trial *trial, const struct incident *incident);

#endif
