/* SPDX-License-Identifier: MIT */
/* What a matrix or a soak comes to: the last lines that are told, and the exit code. */
#ifndef PLANESTORM_CONCLUDE_H
#define PLANESTORM_CONCLUDE_H

#include "tests/runner/matrix.h"
#include "tests/runner/soak_table.h"

struct conclusion {
	guint trials;
	gboolean instrumented;
	gboolean uncontrolled; /* no positive control is to be expected */
};

/* For a run that has come to its end. Returns an exit code (enum storm_exit). */
int conclude_matrix(const struct matrix *matrix, const struct conclusion *conclusion);

/*
 * The same for a soak, of which @table has all, finished or not: print the table, and write it into @folder.
 */
int conclude_soak(const struct soak_table *table, const char *folder, gboolean complete);

#endif
