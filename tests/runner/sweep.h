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

/*
 * Sweep the operations in @names, all of @table if NULL, on @variants (struct variant), print the table
 * and the matrix, write sweep.json and sweep.txt into the run's folder. With @pairs_s, in seconds, they are
 * swept in company instead, each operation in each, in an order that comes from the session's seed, for
 * as long as that. Returns an exit code (enum storm_exit), 2 with @error set if it could not begin.
 */
int sweep_run(struct session *session, GPtrArray *variants, const struct operation_table *table,
	      GStrv names, int pairs_s, GError **error);

#endif
