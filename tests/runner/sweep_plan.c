// SPDX-License-Identifier: MIT
#include "tests/runner/sweep_plan.h"

#include <string.h>

struct program_file *sweep_plan_program(const struct operation_table *table, const char *name,
					guint64 seed, guint nth, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(name, SWEEP_WITH, 2);
	const struct operation_entry *entry = operation_table_find(table, parts[0]);
	const struct operation_company *company =
		parts[1] ? operation_table_company(table, parts[1]) : NULL;
	g_autofree char *text = NULL, *from = NULL;
	struct rng rng;

	/* Each pair draws from a source of its own, so that it does not matter when its turn comes. */
	rng_init(&rng, seed ^ g_str_hash(name));
	text = operation_sweep_text(table, entry, company, company ? &rng : NULL, nth);
	if (nth > 1)
		from = g_strdup_printf("%s-from-%u", name, nth);
	return program_file_parse(from ? from : name, text, strlen(text), error);
}

/* The names of the operations to sweep, borrowed. */
static GPtrArray *choose(const struct operation_table *table, GStrv names, GError **error)
{
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();

	for (guint i = 0; !names && i < table->operations->len; i++) {
		const struct operation_entry *entry = g_ptr_array_index(table->operations, i);

		g_ptr_array_add(chosen, entry->name);
	}
	for (int i = 0; names && names[i]; i++) {
		if (!operation_table_find(table, names[i])) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				    "expected an operation of data/operations.ini, got \"%s\"",
				    names[i]);
			return NULL;
		}
		g_ptr_array_add(chosen, names[i]);
	}
	return g_steal_pointer(&chosen);
}

/* Each of @names in each company. */
static GPtrArray *pair_up(const struct operation_table *table, const GPtrArray *names)
{
	GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < names->len; i++) {
		for (guint j = 0; j < table->companies->len; j++) {
			const struct operation_company *company =
				g_ptr_array_index(table->companies, j);

			g_ptr_array_add(pairs, g_strconcat(g_ptr_array_index(names, i), SWEEP_WITH,
							   company->name, NULL));
		}
	}
	return pairs;
}

/* Fisher and Yates, from the seed. */
static void shuffle(GPtrArray *names, guint64 seed)
{
	struct rng rng;

	rng_init(&rng, seed);
	for (guint i = names->len; i > 1; i--) {
		guint j = (guint)rng_below(&rng, i);
		gpointer other = names->pdata[i - 1];

		names->pdata[i - 1] = names->pdata[j];
		names->pdata[j] = other;
	}
}

GPtrArray *sweep_plan(const struct operation_table *table, GStrv names, gboolean pairs,
		      guint64 seed, GError **error)
{
	g_autoptr(GPtrArray) chosen = choose(table, names, error);
	g_autoptr(GPtrArray) files =
		g_ptr_array_new_with_free_func((GDestroyNotify)program_file_free);

	if (!chosen)
		return NULL;
	if (pairs) {
		GPtrArray *single = chosen;

		chosen = pair_up(table, single);
		g_ptr_array_unref(single);
		shuffle(chosen, seed);
	}
	for (guint i = 0; i < chosen->len; i++) {
		struct program_file *file =
			sweep_plan_program(table, g_ptr_array_index(chosen, i), seed, 1, error);

		/* Not everything goes with everything; each operation by itself was tried when the table was read. */
		if (!file && pairs) {
			g_clear_error(error);
			continue;
		}
		if (!file)
			return NULL;
		g_ptr_array_add(files, file);
	}
	return g_steal_pointer(&files);
}
