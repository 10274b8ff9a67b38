/* SPDX-License-Identifier: MIT */
/* The parts that are joined: what each run's folder says of itself, and which of them count. */
#ifndef PLANESTORM_MERGE_PART_H
#define PLANESTORM_MERGE_PART_H

#include <json-glib/json-glib.h>

#include "tests/runner/shard.h"

enum merge_kind { MERGE_MATRIX, MERGE_SWEEP, MERGE_SOAK };

struct merge_part {
	char *dir;
	enum merge_kind kind;
	struct shard shard;
	gboolean complete;
	JsonParser *parser;
	JsonObject *json; /* borrowed from it: matrix.json, or soak.json */
};

/* Read the run in the folder @dir. The caller's, or NULL with @error set. */
struct merge_part *merge_part_load(const char *dir, GError **error);
void merge_part_free(gpointer part);

/* Whether @part and @other are shards of the same run; else @error says in what they differ. */
gboolean merge_part_matches(const struct merge_part *part, const struct merge_part *other,
			    GError **error);

/* The names of all variants in @parts (struct merge_part), in the order in which they come. The caller's. */
GPtrArray *merge_variants(const GPtrArray *parts);

/* The part of @parts that counts for shard @index on @variant, or NULL. */
const struct merge_part *merge_choose(const GPtrArray *parts, guint index, const char *variant);

#endif
