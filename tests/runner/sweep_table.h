/* SPDX-License-Identifier: MIT */
/* What a sweep found, as a table for people and as JSON. */
#ifndef PLANESTORM_SWEEP_TABLE_H
#define PLANESTORM_SWEEP_TABLE_H

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "tests/runner/operations.h"
#include "tests/runner/points.h"

/* Files in the run's folder. */
#define SWEEP_JSON "sweep.json"
#define SWEEP_TEXT "sweep.txt"
#define SWEEP_SCHEMA 1

/* One operation on one variant. */
struct swept {
	const char *operation, *variant; /* borrowed */
	GArray *points;			 /* struct point */
	int plain_err;			 /* without a fault: as in points.h */
	enum point_outcome plain_outcome;
	guint trials;
	gboolean whole; /* swept to the end */
};

struct swept *swept_new(const char *operation, const char *variant);
void swept_free(gpointer swept);

/* By operation as in @table, then by the names of company and variant: the order of running does not show. */
void sweep_table_sort(GPtrArray *results, const struct operation_table *table);

/*
 * Print @results (struct swept), ordered by operation: each with the variants that agree in one line,
 * then its sites: with @all every one, else those of which any variant did other than refuse cleanly.
 */
void sweep_table_print(const GPtrArray *results, gboolean all, FILE *file);

/* An array of operations; the caller's. */
JsonNode *sweep_table_json(const GPtrArray *results);

/* Print @results, with all sites, as @folder/SWEEP_TEXT. */
gboolean sweep_table_save(const GPtrArray *results, const char *folder, GError **error);

/* Add to @results what an array of operations says of @variant; names become those of interned strings. */
void sweep_table_read(GPtrArray *results, JsonArray *operations, const char *variant);

/* The end of the results for the same operation as that of @from, which are together. */
guint sweep_table_end(const GPtrArray *results, guint from);

/* Sites of one operation on one variant. */
guint sweep_table_sites(const struct swept *swept);

/* All fault points. */
guint sweep_table_count(const GPtrArray *results);

#endif
