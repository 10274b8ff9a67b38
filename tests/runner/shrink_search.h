/* SPDX-License-Identifier: MIT */
/* A shrinking under way: what shrink.c and shrink_values.c share. */
#ifndef PLANESTORM_SHRINK_SEARCH_H
#define PLANESTORM_SHRINK_SEARCH_H

#include "tests/runner/shrink.h"
#include "tests/runner/shrink_text.h"

struct shrink {
	const struct shrink_oracle *oracle;
	GPtrArray *lines;	     /* the smallest program so far, see shrink_text.h */
	struct shrink_moment moment; /* where it failed when it was run last */
	GPtrArray *steps;	     /* struct step: what was the smallest, the original first */
	GHashTable *rejected;	     /* texts that did not fail often enough */
	struct shrink_bar bar;
	guint runs;
	enum shrink_end end; /* SHRINK_DONE as long as the search goes on */
};

/* Whether @lines is a program that fails often enough. If so, *@rate and *@moment are of its runs. */
gboolean shrink_fails(struct shrink *shrink, const GPtrArray *lines, struct shrink_rate *rate,
		      struct shrink_moment *moment);

/* If @lines, which it takes, fails often enough, it takes the place of the smallest so far. */
gboolean shrink_try(struct shrink *shrink, GPtrArray *lines);

/* Make the values in the words smaller: sizes of pictures, numbers, and ranges that are open. */
void shrink_values(struct shrink *shrink);

#endif
