/* SPDX-License-Identifier: MIT */
/*
 * A sweep: every allocation of every operation fails once, on every variant, and each fault point is
 * judged. An operation's sweep is one trial as long as the guest survives; after a splat or a lockup the
 * next trial goes on with the allocation behind it.
 */
#ifndef PLANESTORM_SWEEP_H
#define PLANESTORM_SWEEP_H

#include "tests/runner/campaign.h"
#include "tests/runner/operations.h"

struct sweep_setup {
	struct session *session;
	GPtrArray *variants; /* struct variant */
	const char *
		candidate; /* the one that is held to what is known and expected of upstream, or NULL */
	const struct operation_table *table;
	GStrv names; /* operations, NULL: all of the table */
	int pairs_s; /* seconds; 0: the operations by themselves */
};

/*
 * Sweep, print the table and the matrix, write sweep.json and sweep.txt into the run's folder. With ->pairs_s
 * the operations are swept in company instead, each in each, in an order that comes from the session's seed, for
 * as long as that. What is worse than survived and not known of its variant makes the exit code STORM_DIFFERS,
 * and so does, without pairs, a verdict that is not as sweep.ini says. Returns an exit code (enum storm_exit), 2
 * with @error set if it could not begin.
 */
int sweep_run(const struct sweep_setup *setup, GError **error);

#endif
