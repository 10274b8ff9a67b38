/* SPDX-License-Identifier: MIT */
/*
 * One of the parts into which a run is split, so that several machines can do it: whatever a run has to do
 * is numbered, and each number is in one shard.
 */
#ifndef PLANESTORM_SHARD_H
#define PLANESTORM_SHARD_H

#include <glib.h>

#define SHARD_MAX 100000

struct shard {
	guint index; /* from 1 */
	guint count; /* 1: the whole */
};

#define SHARD_WHOLE ((struct shard){ 1, 1 })

/* Read "I/N", with 1 <= I <= N <= SHARD_MAX. FALSE with @error set if it is something else. */
gboolean shard_parse(const char *text, struct shard *shard, GError **error);

/* Whether @number, from 0, is in @shard. */
gboolean shard_takes(const struct shard *shard, guint64 number);

#endif
