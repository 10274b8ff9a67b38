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
	char *plain_signature; /* of what is worse than survived, or NULL */
	guint trials;
	gboolean whole; /* swept to the end */
	char *gap;	/* why it is not, NULL: it is, or the run has ended before */
};

/* What is true of all of a run's results. */
struct sweep_about {
	const char *base; /* as uname -r; borrowed */
	guint64 seed;
	gboolean instrumented; /* locks were interrupted, too */
	int pairs_s;	       /* the budget; 0: no pairs, and what follows says nothing */
	guint pairs_begun, pairs;
	gboolean pairs_over; /* the budget ended before all had begun */
};

struct swept *swept_new(const char *operation, const char *variant);
void swept_free(gpointer swept);

/* Take over what a trial of it came to; returns whether another one goes on, from allocation *@next. */
gboolean swept_take(struct swept *swept, const struct trial *trial, guint *next);

/* By operation as in @table, then by the names of company and variant: the order of running does not show. */
void sweep_table_sort(GPtrArray *results, const struct operation_table *table);

/*
 * Print @results (struct swept), ordered by operation: each with the variants that agree in one line,
 * then its sites: with @all every one, else those of which any variant did other than refuse cleanly.
 */
void sweep_table_print(const GPtrArray *results, gboolean all, FILE *file);

/* What @about says that a reader of the results has to know, a line each; or nothing. */
void sweep_table_print_about(const struct sweep_about *about, FILE *file);

/* Print that and @results, with all sites, as @folder/SWEEP_TEXT. */
gboolean sweep_table_save(const GPtrArray *results, const struct sweep_about *about,
			  const char *folder, GError **error);

/* What goes into SWEEP_JSON; the caller's. */
JsonNode *sweep_table_json(const GPtrArray *results, const struct sweep_about *about);

/* Add to @results what that of a run says of @variant; names become those of interned strings. */
void sweep_table_read(GPtrArray *results, JsonObject *sweep, const char *variant);

/* Count in what it says of its pairs, and whether locks were interrupted. */
void sweep_table_read_about(struct sweep_about *about, JsonObject *sweep);

/* The end of the results for the same operation as that of @from, which are together. */
guint sweep_table_end(const GPtrArray *results, guint from);

/* Sites of one operation on one variant. */
guint sweep_table_sites(const struct swept *swept);

/* All fault points. */
guint sweep_table_count(const GPtrArray *results);

#endif
