// SPDX-License-Identifier: MIT
#include "tests/runner/sweep_table.h"

#include <string.h>

#include "compositor/model/program.h"
#include "tests/runner/fail.h"
#include "tests/runner/sweep_plan.h"

struct swept *swept_new(const char *operation, const char *variant)
{
	struct swept *swept = g_new0(struct swept, 1);

	*swept = (struct swept){ .operation = operation, .variant = variant, .plain_err = -1 };
	swept->points = g_array_new(FALSE, TRUE, sizeof(struct point));
	g_array_set_clear_func(swept->points, point_clear);
	return swept;
}

void swept_free(gpointer data)
{
	struct swept *swept = data;

	g_array_unref(swept->points);
	g_free(swept->plain_signature);
	g_free(swept->gap);
	g_free(swept);
}

gboolean swept_take(struct swept *swept, const struct trial *trial, guint *next)
{
	struct points *points = points_read(trial);

	swept->trials++;
	g_array_append_vals(swept->points, points->points->data, points->points->len);
	g_array_set_clear_func(points->points, NULL); /* they have a new owner */
	if (points->finished) {
		swept->plain_err = points->plain_err;
		swept->plain_outcome = points->plain_outcome;
		g_free(swept->plain_signature);
		swept->plain_signature = g_steal_pointer(&points->plain_signature);
	}
	if (!swept->gap)
		swept->gap = g_steal_pointer(&points->gap);
	swept->whole = points->finished && !swept->gap;
	*next = points->finished ? 0 : points->next;
	points_free(points);
	return *next > 0;
}

static guint position(const struct operation_table *table, const char *name)
{
	gsize len = strcspn(name, SWEEP_WITH);

	for (guint i = 0; i < table->operations->len; i++) {
		const struct operation_entry *entry = g_ptr_array_index(table->operations, i);

		if (strlen(entry->name) == len && !strncmp(entry->name, name, len))
			return i;
	}
	return 0;
}

/* By operation as in the table, then by the names of company and variant: the order of running does not
 * show. */
static gint compare_results(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct swept *first = *(const struct swept *const *)a;
	const struct swept *second = *(const struct swept *const *)b;
	guint i = position(data, first->operation), j = position(data, second->operation);
	int names = strcmp(first->operation, second->operation);

	if (i != j)
		return (i > j) - (i < j);
	return names ? names : strcmp(first->variant, second->variant);
}

void sweep_table_sort(GPtrArray *results, const struct operation_table *table)
{
	g_ptr_array_sort_with_data(results, compare_results, (gpointer)table);
}

static const struct swept *swept_at(const GPtrArray *results, guint i)
{
	return g_ptr_array_index(results, i);
}

static const struct point *point_at(const struct swept *swept, guint i)
{
	return &g_array_index(swept->points, struct point, i);
}

/* Allocations, whatever became of them. */
static guint count_points(const struct swept *swept)
{
	guint count = 0, last = 0;

	for (guint i = 0; i < swept->points->len; i++) {
		count += point_at(swept, i)->nth != last ? 1 : 0;
		last = point_at(swept, i)->nth;
	}
	return count;
}

guint sweep_table_count(const GPtrArray *results)
{
	guint count = 0;

	for (guint i = 0; i < results->len; i++)
		count += count_points(swept_at(results, i));
	return count;
}

guint sweep_table_sites(const struct swept *swept)
{
	g_autoptr(GHashTable) sites = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < swept->points->len; i++)
		g_hash_table_add(sites, point_at(swept, i)->site);
	return g_hash_table_size(sites);
}

/* "11 points, 9 sites: 8 refused, 3 lost"; the caller's. */
static char *describe(const struct swept *swept)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint counts[POINT_OUTCOMES] = { 0 };
	const char *separator = ": ";

	for (guint i = 0; i < swept->points->len; i++)
		counts[point_at(swept, i)->outcome]++;
	g_string_printf(text, "%u points, %u sites", count_points(swept), sweep_table_sites(swept));
	for (int outcome = 0; outcome < POINT_OUTCOMES; outcome++) {
		if (!counts[outcome])
			continue;
		g_string_append_printf(text, "%s%u %s", separator, counts[outcome],
				       point_outcome_name((enum point_outcome)outcome));
		separator = ", ";
	}
	if (swept->plain_err > 0)
		g_string_append_printf(text, "; without a fault %s",
				       errno_word(swept->plain_err) ? errno_word(swept->plain_err) :
								      g_strerror(swept->plain_err));
	else if (swept->plain_outcome > POINT_SURVIVED)
		g_string_append_printf(text, "; without a fault %s",
				       point_outcome_name(swept->plain_outcome));
	if (!swept->whole)
		g_string_append_printf(text, "; not swept to its end%s%s", swept->gap ? ": " : "",
				       swept->gap ? swept->gap : "");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What @swept's points at @site came to: "refused", or several joined by |; NULL: it has none there. The
 * caller's. */
static char *outcomes_at(const struct swept *swept, const char *site)
{
	g_autoptr(GString) text = g_string_new(NULL);
	unsigned seen = 0;

	for (guint i = 0; i < swept->points->len; i++)
		if (!strcmp(point_at(swept, i)->site, site))
			seen |= 1u << point_at(swept, i)->outcome;
	if (!seen)
		return NULL;
	for (int outcome = 0; outcome < POINT_OUTCOMES; outcome++)
		if (seen & (1u << outcome))
			g_string_append_printf(text, "%s%s", text->len ? "|" : "",
					       point_outcome_name((enum point_outcome)outcome));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Texts with the variants that share them, in the order in which they came. */
struct groups {
	GPtrArray *texts;
	GPtrArray *variants; /* GString */
};

static void groups_init(struct groups *groups)
{
	groups->texts = g_ptr_array_new_with_free_func(g_free);
	groups->variants = g_ptr_array_new();
}

static void groups_clear(struct groups *groups)
{
	for (guint i = 0; i < groups->variants->len; i++)
		g_string_free(g_ptr_array_index(groups->variants, i), TRUE);
	g_ptr_array_unref(groups->variants);
	g_ptr_array_unref(groups->texts);
}

/* Takes @text, which may be NULL: nothing is added. */
static void groups_add(struct groups *groups, char *text, const char *variant)
{
	guint i = 0;

	if (!text)
		return;
	while (i < groups->texts->len && strcmp(g_ptr_array_index(groups->texts, i), text))
		i++;
	if (i < groups->texts->len) {
		g_string_append_printf(g_ptr_array_index(groups->variants, i), ", %s", variant);
		g_free(text);
		return;
	}
	g_ptr_array_add(groups->texts, text);
	g_ptr_array_add(groups->variants, g_string_new(variant));
}

/* That all variants refuse is what one hopes for, and of what nobody has judged there is nothing to say. */
static gboolean is_worth_telling(const struct groups *groups)
{
	const char *first = g_ptr_array_index(groups->texts, 0);

	return groups->texts->len > 1 || (strcmp(first, point_outcome_name(POINT_REFUSED)) &&
					  strcmp(first, point_outcome_name(POINT_UNJUDGED)));
}

static void print_site(const GPtrArray *results, guint from, guint to, const char *site,
		       gboolean all, FILE *file)
{
	struct groups groups;

	groups_init(&groups);
	for (guint i = from; i < to; i++)
		groups_add(&groups, outcomes_at(swept_at(results, i), site),
			   swept_at(results, i)->variant);
	if (all || is_worth_telling(&groups)) {
		fprintf(file, "  %s\n", site);
		for (guint i = 0; i < groups.texts->len; i++)
			fprintf(file, "    %-10s %s\n",
				(const char *)g_ptr_array_index(groups.texts, i),
				((GString *)g_ptr_array_index(groups.variants, i))->str);
	}
	groups_clear(&groups);
}

/* Each site of the operation once, in the order in which the variants came to them. */
static void print_sites(const GPtrArray *results, guint from, guint to, gboolean all, FILE *file)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = from; i < to; i++) {
		const struct swept *swept = swept_at(results, i);

		for (guint j = 0; j < swept->points->len; j++)
			if (g_hash_table_add(seen, point_at(swept, j)->site))
				print_site(results, from, to, point_at(swept, j)->site, all, file);
	}
}

guint sweep_table_end(const GPtrArray *results, guint from)
{
	guint to = from;

	while (to < results->len &&
	       !strcmp(swept_at(results, to)->operation, swept_at(results, from)->operation))
		to++;
	return to;
}

void sweep_table_print(const GPtrArray *results, gboolean all, FILE *file)
{
	for (guint from = 0, to; from < results->len; from = to) {
		struct groups groups;

		to = sweep_table_end(results, from);
		groups_init(&groups);
		for (guint i = from; i < to; i++)
			groups_add(&groups, describe(swept_at(results, i)),
				   swept_at(results, i)->variant);
		fprintf(file, "%s\n", swept_at(results, from)->operation);
		for (guint i = 0; i < groups.texts->len; i++)
			fprintf(file, "  %s (%s)\n",
				(const char *)g_ptr_array_index(groups.texts, i),
				((GString *)g_ptr_array_index(groups.variants, i))->str);
		print_sites(results, from, to, all, file);
		groups_clear(&groups);
	}
}

void sweep_table_print_about(const struct sweep_about *about, FILE *file)
{
	if (about->instrumented)
		fputs(TRIAL_INSTRUMENTED "\n", file);
	if (about->pairs_s)
		fprintf(file, "%u of %u pairs, budget of %d s%s\n", about->pairs_begun,
			about->pairs, about->pairs_s, about->pairs_over ? " over" : "");
}

gboolean sweep_table_save(const GPtrArray *results, const struct sweep_about *about,
			  const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(folder, SWEEP_TEXT, NULL);
	FILE *file = fopen(path, "we");

	if (!file)
		return fail_errno(error, path);
	sweep_table_print_about(about, file);
	sweep_table_print(results, TRUE, file);
	fclose(file);
	return TRUE;
}
