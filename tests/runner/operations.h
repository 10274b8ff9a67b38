/* SPDX-License-Identifier: MIT */
/* The operation table, data/operations.ini, and the programs that are made of it. */
#ifndef PLANESTORM_OPERATIONS_H
#define PLANESTORM_OPERATIONS_H

#include <glib.h>

#include "compositor/model/rng.h"

struct operation_entry {
	char *name;
	GStrv lines;  /* as in the file, with its choices: paint lines and the operation */
	GStrv before; /* lines, with choices; may be empty */
	GStrv after;  /* the same: what puts right what it leaves */
	guint weight;
	char *fault; /* options of its fault lines, each behind a blank; may be empty */
};

/* In a company's lines: the fault line of a sweep. */
#define OPERATION_FAULT "{fault}"

/* What goes on besides. */
struct operation_company {
	char *name;
	GStrv lines; /* as in the file; one has {fault} */
};

struct operation_table {
	GStrv setup;	       /* lines that stand above every program */
	GHashTable *choices;   /* name to GStrv */
	GStrv pressures;       /* lines, with choices; may be empty */
	GPtrArray *operations; /* struct operation_entry, in the file's order */
	GPtrArray *companies;  /* struct operation_company, the same */
};

/*
 * Read @path and try each operation's sweep on the parser. An error names the file, the line (of a group,
 * where that begins) and what was expected there. The caller's; NULL with @error set.
 */
struct operation_table *operation_table_load(const char *path, GError **error);
void operation_table_free(struct operation_table *table); /* NULL is fine */

/* The operation called @name, or NULL. */
const struct operation_entry *operation_table_find(const struct operation_table *table,
						   const char *name);

/* For operation_expand(): what has been picked, name to value. The caller's, for g_hash_table_unref(). */
GHashTable *operation_picked_new(void);

/*
 * @line with a value for each of its choices: that in @picked, or another one, which goes there. @rng
 * decides; NULL takes the first ones. The caller's, or NULL with @error set if there is no such choice.
 */
char *operation_expand(const struct operation_table *table, const char *line, struct rng *rng,
		       GHashTable *picked, GError **error);

const struct operation_company *operation_table_company(const struct operation_table *table,
							const char *name);

/*
 * The program that makes allocation @nth of @entry fail, then the one after it, and so on, with a check
 * in each round; in @company, if that is not NULL, whose choices @rng makes, as above. The caller's.
 */
char *operation_sweep_text(const struct operation_table *table, const struct operation_entry *entry,
			   const struct operation_company *company, struct rng *rng, guint nth);

#endif
