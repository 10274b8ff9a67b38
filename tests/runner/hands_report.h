/* SPDX-License-Identifier: MIT */
/* From hand to eye, told: histograms on the terminal, in hands.json, and drawn in report.html. */
#ifndef PLANESTORM_HANDS_REPORT_H
#define PLANESTORM_HANDS_REPORT_H

#include <json-glib/json-glib.h>

/* Times in microseconds, of those that arrived. */
struct hands {
	const char *what; /* "moves", ... */
	guint wanted, arrived;
	char *lost;    /* the first that did not arrive, or not as it was to; NULL: all did */
	GArray *times; /* gint64 */
};

void hands_begin(struct hands *hands, const char *what, guint wanted);
void hands_clear(struct hands *hands);

/* One arrived after @us, or did not, which takes @how. */
void hands_arrived(struct hands *hands, gint64 us);
void hands_lose(struct hands *hands, char *how);

/* What at least @percent of them took at most, microseconds. 0: none arrived. */
gint64 hands_percentile(const struct hands *hands, guint percent);

#define HANDS_JSON "hands.json"

/* Bucket N of a histogram holds what took less than 2^N ms, and not less than half of that; the last what took longer. */
#define HANDS_BUCKETS 16

struct hands_histogram {
	guint counts[HANDS_BUCKETS];
	guint first, last; /* buckets with something in them; first > last: there is none */
	guint most;	   /* in one of them */
};

void hands_histogram(const struct hands *hands, struct hands_histogram *histogram);

/* On standard output. */
void hands_print(const struct hands *hands);

/* An object with what was wanted, what arrived, and each time in microseconds. */
void hands_add_json(const struct hands *hands, JsonBuilder *json);

/* A whole page on @all (struct hands), with @title and what it was made with in @origin; the caller's. */
char *hands_page(const char *title, const char *origin, const GArray *all);

#endif
