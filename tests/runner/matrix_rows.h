/* SPDX-License-Identifier: MIT */
/* The inside of a matrix, for those who fill, print, write and read it. */
#ifndef PLANESTORM_MATRIX_ROWS_H
#define PLANESTORM_MATRIX_ROWS_H

#include "tests/runner/matrix.h"

/* What is told of a trial's verdict. */
struct evidence_entry {
	char *program;
	enum verdict_kind verdict;
	char *signature;
	char *details; /* or NULL */
	char *file;
	gboolean expected;
	gboolean
		unknown; /* that is why it is not expected: it is none of what its variant is known to show */
};

struct cell {
	guint counts[VERDICT_KINDS];
	gboolean expected;
	GPtrArray *entries; /* struct evidence_entry: every FAIL, SKIP and surprise */
};

struct row {
	char *name;
	struct expectations *expectations; /* NULL: read from a matrix.json */
	struct cell cells[RULE_COUNT];
	guint flaws;
	gboolean held;	    /* a control of matrix_add_control() did */
	guint controls;	    /* trials that were to FAIL splat */
	guint missed;	    /* those of them that did not */
	guint faulted;	    /* controls in which a fault fired */
	char *instrumented; /* as of the trials, NULL: they are not */
	guint interrupted;  /* calls, in all trials */
};

struct matrix {
	GPtrArray *rows; /* struct row */
};

struct row *matrix_row(const struct matrix *matrix, const char *name); /* NULL: there is none */
enum verdict_kind matrix_cell_verdict(const struct cell *cell);

/* Sorts @cell's entries after an addition. */
void matrix_sort_cell(struct cell *cell);

#endif
