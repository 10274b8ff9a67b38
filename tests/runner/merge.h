/* SPDX-License-Identifier: MIT */
/*
 * Joining: the run folders that the shards of one run have left, as if one machine had made them all.
 *
 * What a shard did on a variant counts once, however often it is there: one that came to its end before one
 * that did not, then the one that came farther. A shard that is missing, or never came to its end, is said,
 * and the joined run is incomplete then, like one that was interrupted.
 */
#ifndef PLANESTORM_MERGE_H
#define PLANESTORM_MERGE_H

#include <gio/gio.h>

#include "tests/runner/operations.h"

/*
 * Join the runs in the folders @dirs, which are matrices, sweeps or soaks, into a new one in @results, and
 * print what it came to. @table tells the order of operations. Returns an exit code (enum storm_exit); 2
 * with @error set if they do not belong together.
 */
int merge_run(GStrv dirs, const char *results, const struct operation_table *table,
	      GCancellable *cancellable, GError **error);

#endif
