/* SPDX-License-Identifier: MIT */
/* What a program as a whole says about its reproducer. */
#ifndef PLANESTORM_REPRODUCE_ABOUT_H
#define PLANESTORM_REPRODUCE_ABOUT_H

#include "tests/runner/program_file.h"

#define REPRODUCE_CONDITIONS 17

/* Whether @program has an operation of @kind. */
gboolean reproduce_has(const struct program *program, enum op_kind kind);

/* Whether the sweep of an operation of @kind has its planes put back. */
gboolean reproduce_undoes_planes(enum op_kind kind);

/* The conditions of data/reproducer.c that hold for @program, NULL behind them. */
void reproduce_conditions(const struct program *program,
			  const char *holding[REPRODUCE_CONDITIONS + 1]);

/* The comment at the head of the file, with all that a reader must know. */
void reproduce_header(const struct program_file *file, GString *out);

#endif
