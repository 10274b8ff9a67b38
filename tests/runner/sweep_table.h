/* SPDX-License-Identifier: MIT */
/* What a sweep found, as a table for people and as JSON. */
#ifndef PLANESTORM_SWEEP_TABLE_H
#define PLANESTORM_SWEEP_TABLE_H

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "tests/runner/points.h"

/* One operation on one variant. */
struct swept {
	const char *operation, *variant; /* borrowed */
	GArray *points;			 /* struct point */
	int plain_err;			 /* without a fault: as in points.h */
	enum point_outcome plain_outcome;
	guint trials;
	gboolean whole; /* swept to the end */
	double wall_s;
};

struct swept *swept_new(const char *operation, const char *variant);
void swept_free(gpointer swept);

/*
 * Print @results (struct swept), ordered by operation: each with the variants that agree in one line,
 * then its sites: with @all every one, else those of which any variant did other than refuse cleanly.
 */
void sweep_table_print(const GPtrArray *results, gboolean all, FILE *file);

/* An array of operations; the caller's. */
JsonNode *sweep_table_json(const GPtrArray *results);

/* All fault points. */
guint sweep_table_count(const GPtrArray *results);

#endif
