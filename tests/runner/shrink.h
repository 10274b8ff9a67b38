/* SPDX-License-Identifier: MIT */
/*
 * Shrinking: to a program that fails, find a small one that fails in the same way. What "in the same
 * way" means is for an oracle to say, which runs programs; this part is pure.
 *
 * Lines go first, in large ranges and then in smaller ones, then words, then numbers become smaller.
 * All of it again until nothing changes. Whatever program_parse() refuses is not run.
 */
#ifndef PLANESTORM_SHRINK_H
#define PLANESTORM_SHRINK_H

#include "tests/runner/shrink_rate.h"

enum shrink_answer {
	SHRINK_PASSES, /* it did not fail in this way, or nothing is known */
	SHRINK_FAILS,
	SHRINK_STOP, /* no more answers */
};

/* Where a run failed, as far as is known. */
struct shrink_moment {
	guint line; /* of the text, from 1; 0: unknown */
	guint nth;  /* which allocation was made to fail, 0: none, or unknown */
};

struct shrink_oracle {
	/* Run the program @text once. @careful: else the answer may be a hasty one, since what comes of
	 * it is looked at again. *@moment is zero and may be filled in if it fails. */
	enum shrink_answer (*run)(gpointer data, const char *text, gsize len, gboolean careful,
				  struct shrink_moment *moment);
	/* The smallest so far has @lines, after @runs; called after each run. May be NULL. */
	void (*progress)(gpointer data, guint lines, guint runs);
	gpointer data;
	guint max_runs; /* after so many, no further candidate is begun */
};

enum shrink_end {
	SHRINK_DONE,	/* nothing more can be taken out */
	SHRINK_STOPPED, /* by the oracle */
	SHRINK_LIMIT,	/* max_runs */
	SHRINK_NEVER,	/* the original did not fail */
};

struct shrink_result {
	enum shrink_end end;
	char *text; /* the smallest program that fails often enough; a line for each operation */
	guint lines, original_lines;
	struct shrink_rate rate, original_rate; /* of runs; 0 of 0: none was made */
	guint runs;				/* in all */
};

/*
 * Shrink the program @text, which must be valid. The result's rate comes from runs that were made for
 * it alone, after the search: a candidate that was lucky in the search gives way to the one before it.
 * (If the search was stopped, it is the rate that the candidate was accepted for.)
 */
struct shrink_result *shrink_program(const char *text, gsize len,
				     const struct shrink_oracle *oracle);
void shrink_result_free(struct shrink_result *result);

#endif
