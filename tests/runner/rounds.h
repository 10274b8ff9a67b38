/* SPDX-License-Identifier: MIT */
/* The rounds of a sweep, as the guest and its console tell of them: each with the allocations that failed in it. */
#ifndef PLANESTORM_ROUNDS_H
#define PLANESTORM_ROUNDS_H

#include "compositor/model/journal.h"
#include "tests/runner/injection.h"
#include "tests/runner/trial.h"

/* A round: one go at the operation under test. */
struct round {
	const struct journal_event *op, *ret; /* ret NULL: it did not come back */
	guint fired;			      /* how many allocations failed */
	const struct injection *injection;    /* NULL: the console does not say */
	const struct injection *second;	      /* the same of another one (again=) */
	gboolean read_back; /* for points: the state was read back after it had failed */
};

/*
 * The report of a round's injection has a stamp within the round. The clocks are read one after the other,
 * so a stamp may seem to be a little early; between two rounds there is a read-back at least.
 */
#define ROUND_CLOCKS_NS 200000.0

/* An array of struct round, the caller's, which borrows from @trial. */
GArray *rounds_read(const struct trial *trial);

/* Where the failures of @round were, as of a point (see points.h). The caller's. */
char *round_site(const struct round *round);

#endif
