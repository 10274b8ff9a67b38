/* SPDX-License-Identifier: MIT */
/* What must be seen on one head against what was, exactly: pixel for pixel, no tolerance. */
#ifndef PLANESTORM_COMPARE_H
#define PLANESTORM_COMPARE_H

#include "compositor/model/program.h"
#include "tests/runner/display.h"

struct difference {
	enum plane_role role;
	const char *what; /* the same on another run, static */
	const char *text; /* with the numbers of this one */
};

/*
 * Call @report for each difference. An @expected head without a scanout is compared by its cursor
 * alone. Returns whether there is none.
 */
gboolean compare_heads(const struct display_head *expected, const struct display_head *seen,
		       void (*report)(const struct difference *difference, void *data), void *data);

#endif
