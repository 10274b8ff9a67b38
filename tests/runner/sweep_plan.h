/* SPDX-License-Identifier: MIT */
/* The programs that a sweep is made of: pure functions of the operation table and the seed. */
#ifndef PLANESTORM_SWEEP_PLAN_H
#define PLANESTORM_SWEEP_PLAN_H

#include "tests/runner/operations.h"
#include "tests/runner/program_file.h"

/* Between the names of an operation and its company in that of a pair. */
#define SWEEP_WITH "+"

/*
 * The program that sweeps @name, an operation of @table or a pair, from allocation @nth on. The first one is
 * called so, the others say where they go on. A pair makes the same choices for each @nth. The caller's,
 * or NULL with @error set if a value of its [choices] is none there.
 */
struct program_file *sweep_plan_program(const struct operation_table *table, const char *name,
					guint64 seed, guint nth, GError **error);

/*
 * The first programs (struct program_file) for the operations in @names, all if NULL: in the given order; or
 * with @pairs each operation in each company, in an order that comes from @seed. The caller's, or NULL with
 * @error set.
 */
GPtrArray *sweep_plan(const struct operation_table *table, GStrv names, gboolean pairs,
		      guint64 seed, GError **error);

#endif
