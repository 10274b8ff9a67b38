/* SPDX-License-Identifier: MIT */
/*
 * The generator: program number K of a seed, made of the operation table.
 *
 * A pure function: whatever was found before, and on whichever machine, the same seed, number and table
 * give the same bytes. A program is a few operations by their weights, each with what it needs before it,
 * and a mood that holds for the whole of it: calm, in which nobody disturbs it, failing allocations, the
 * same in company (signals, contention, rivals), or something that runs out. Checks stand between them,
 * and one at the end.
 */
#ifndef PLANESTORM_GENERATE_H
#define PLANESTORM_GENERATE_H

#include "tests/runner/operations.h"
#include "tests/runner/program_file.h"

/*
 * The text of program @number of @seed. Returns the caller's, or NULL with @error set if no valid program
 * comes out of @table.
 */
char *generate_text(const struct operation_table *table, guint64 seed, guint64 number,
		    GError **error);

/* The same program, called by its number, of six digits at least. */
struct program_file *generate_program(const struct operation_table *table, guint64 seed,
				      guint64 number, GError **error);

/*
 * What all programs of @seed depend on besides their numbers, as a few characters: if it is the same on
 * two machines, so are the programs. The caller's; NULL with @error set.
 */
char *generate_digest(const struct operation_table *table, guint64 seed, GError **error);

#endif
