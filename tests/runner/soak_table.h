/* SPDX-License-Identifier: MIT */
/*
 * What a soak has seen: how many trials gave which verdict, and each finding once, with how many trials
 * showed it and the first program that did. A pure collection, so that several of them can be joined.
 */
#ifndef PLANESTORM_SOAK_TABLE_H
#define PLANESTORM_SOAK_TABLE_H

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "tests/runner/expect.h"
#include "tests/runner/trial.h"

/* A rule that FAILed on a variant with one signature, which has its cause in it (see cause.h). */
struct soak_finding {
	char *variant;
	int rule;
	char *signature;
	char *known; /* what its variant's known.ini calls it; NULL: it is news */
	guint trials;
	guint64 first;	  /* the lowest number of a program that showed it */
	char *shrunk;	  /* file in the run's folder with a small program that shows it, or NULL */
	guint tries;	  /* how often a program that showed it was to be shrunk */
	gboolean in_hand; /* one is being shrunk */
};

struct soak_row {
	char *variant;
	guint trials; /* those that are evidence */
	guint flaws;  /* the others: set-up failures */
	char *flaw;   /* the first of them, or NULL */
	guint counts[RULE_COUNT][VERDICT_KINDS];
	GHashTable *sites; /* private: of allocations that failed, with the trials that had them */
};

struct soak_table {
	GPtrArray *rows;     /* struct soak_row, in the order of the variants */
	GPtrArray *findings; /* struct soak_finding, by variant, rule and signature */
	gboolean instrumented;
};

struct soak_table *soak_table_new(void);
void soak_table_free(struct soak_table *table);

/* The row of @variant, which is made at the end if there is none. */
struct soak_row *soak_table_row(struct soak_table *table, const char *variant);

/*
 * Count @trial in, that of program @number. @known is what is known of its variant. The findings that
 * it shows are added to @shown (struct soak_finding, borrowed); one that is there for the first time has
 * been in one trial. Returns whether the program is worth keeping: it showed something first, a finding
 * or a site.
 */
gboolean soak_table_add(struct soak_table *table, const struct trial *trial, guint64 number,
			const struct expectations *known, GPtrArray *shown);

/* Those that are no news are not counted. */
guint soak_table_news(const struct soak_table *table);

/* Trials, set-up failures among them, and these alone. */
guint soak_table_trials(const struct soak_table *table);
guint soak_table_flaws(const struct soak_table *table);

/* Counts, then findings, the news among them at the end. */
void soak_table_print(const struct soak_table *table, FILE *file);

/* The members variants and findings of soak.json, into the object that @json is in. */
void soak_table_write(const struct soak_table *table, JsonBuilder *json);

/* Count in what @soak, the object of a soak.json, says of @variant, and whether it is instrumented. */
void soak_table_read(struct soak_table *table, JsonObject *soak, const char *variant);

#endif
