/* SPDX-License-Identifier: MIT */
/* What a matrix comes to: the last lines that are told, and the exit code. */
#ifndef PLANESTORM_CONCLUDE_H
#define PLANESTORM_CONCLUDE_H

#include "tests/runner/matrix.h"

struct conclusion {
	guint trials;
	gboolean instrumented;
	gboolean uncontrolled; /* no positive control is to be expected */
};

/* For a run that has come to its end. Returns an exit code (enum storm_exit). */
int conclude_matrix(const struct matrix *matrix, const struct conclusion *conclusion);

#endif
