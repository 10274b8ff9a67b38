// SPDX-License-Identifier: MIT
#include "tests/runner/soak_table.h"

#include <string.h>

#include "tests/runner/cause.h"
#include "tests/runner/injection.h"
#include "tests/runner/json_add.h"
#include "tests/runner/json_member.h"

/* Where an allocation failed. */
struct soak_site {
	guint trials;
	guint64 first;
};

static void row_free(gpointer data)
{
	struct soak_row *row = data;

	g_free(row->variant);
	g_free(row->flaw);
	g_hash_table_unref(row->sites);
	g_free(row);
}

static void finding_free(gpointer data)
{
	struct soak_finding *finding = data;

	g_free(finding->variant);
	g_free(finding->signature);
	g_free(finding->known);
	g_free(finding->shrunk);
	g_free(finding);
}

struct soak_table *soak_table_new(void)
{
	struct soak_table *table = g_new0(struct soak_table, 1);

	table->rows = g_ptr_array_new_with_free_func(row_free);
	table->findings = g_ptr_array_new_with_free_func(finding_free);
	return table;
}

void soak_table_free(struct soak_table *table)
{
	if (!table)
		return;
	g_ptr_array_unref(table->rows);
	g_ptr_array_unref(table->findings);
	g_free(table);
}

static const struct soak_row *row_at(const struct soak_table *table, guint i)
{
	return g_ptr_array_index(table->rows, i);
}

static struct soak_finding *finding_at(const struct soak_table *table, guint i)
{
	return g_ptr_array_index(table->findings, i);
}

struct soak_row *soak_table_row(struct soak_table *table, const char *variant)
{
	struct soak_row *row;

	for (guint i = 0; i < table->rows->len; i++)
		if (!strcmp(row_at(table, i)->variant, variant))
			return g_ptr_array_index(table->rows, i);
	row = g_new0(struct soak_row, 1);
	row->variant = g_strdup(variant);
	row->sites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_ptr_array_add(table->rows, row);
	return row;
}

/* Where a row stands: findings of one variant are together, in the rows' order. */
static guint position(const struct soak_table *table, const char *variant)
{
	guint i = 0;

	while (i < table->rows->len && strcmp(row_at(table, i)->variant, variant))
		i++;
	return i;
}

static gint compare_findings(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct soak_finding *first = *(const struct soak_finding *const *)a;
	const struct soak_finding *second = *(const struct soak_finding *const *)b;
	guint i = position(data, first->variant), j = position(data, second->variant);

	if (i != j)
		return (i > j) - (i < j);
	if (first->rule != second->rule)
		return first->rule - second->rule;
	return strcmp(first->signature, second->signature);
}

/* Count a finding in. Takes @signature. */
static struct soak_finding *count(struct soak_table *table, const char *variant, int rule,
				  char *signature, guint trials, guint64 first)
{
	struct soak_finding *finding;

	for (guint i = 0; i < table->findings->len; i++) {
		finding = finding_at(table, i);
		if (finding->rule != rule || strcmp(finding->variant, variant) ||
		    strcmp(finding->signature, signature))
			continue;
		finding->trials += trials;
		finding->first = MIN(finding->first, first);
		g_free(signature);
		return finding;
	}
	finding = g_new0(struct soak_finding, 1);
	*finding = (struct soak_finding){ .variant = g_strdup(variant),
					  .rule = rule,
					  .signature = signature,
					  .trials = trials,
					  .first = first };
	g_ptr_array_add(table->findings, finding);
	g_ptr_array_sort_with_data(table->findings, compare_findings, table);
	return finding;
}

static void count_site(struct soak_row *row, const char *name, guint trials, guint64 first)
{
	struct soak_site *site = g_hash_table_lookup(row->sites, name);

	if (!site) {
		site = g_new0(struct soak_site, 1);
		site->first = first;
		g_hash_table_insert(row->sites, g_strdup(name), site);
	}
	site->trials += trials;
	site->first = MIN(site->first, first);
}

static gboolean has_site(const struct soak_table *table, const char *name)
{
	for (guint i = 0; i < table->rows->len; i++)
		if (g_hash_table_contains(row_at(table, i)->sites, name))
			return TRUE;
	return FALSE;
}

/* Returns whether one is there for the first time. */
static gboolean add_sites(const struct soak_table *table, struct soak_row *row,
			  const struct trial *trial, guint64 number)
{
	const GPtrArray *injections = console_injections(trial->findings);
	g_autoptr(GHashTable) here = g_hash_table_new(g_str_hash, g_str_equal);
	gboolean fresh = FALSE;

	for (guint i = 0; i < injections->len; i++) {
		const struct injection *injection = g_ptr_array_index(injections, i);

		/* A "?" is a hole in the console, not a place. */
		if (strchr(injection->site, '?') || !g_hash_table_add(here, injection->site))
			continue;
		fresh |= !has_site(table, injection->site);
		count_site(row, injection->site, 1, number);
	}
	return fresh;
}

gboolean soak_table_add(struct soak_table *table, const struct trial *trial, guint64 number,
			const struct expectations *known, GPtrArray *shown)
{
	struct soak_row *row = soak_table_row(table, trial->variant);
	gboolean first = FALSE;

	if (trial->flaw) {
		if (!row->flaws++)
			row->flaw = g_strdup_printf("%s: %s", trial->file->name, trial->flaw);
		return FALSE;
	}
	row->trials++;
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		struct soak_finding *finding;

		row->counts[rule][trial->verdicts[rule].kind]++;
		if (trial->verdicts[rule].kind != VERDICT_FAIL)
			continue;
		finding =
			count(table, trial->variant, rule, cause_signature(trial, rule), 1, number);
		g_ptr_array_add(shown, finding);
		if (finding->trials > 1)
			continue;
		finding->known = g_strdup(cause_known(known, rule, finding->signature));
		first = TRUE;
	}
	return add_sites(table, row, trial, number) || first;
}

guint soak_table_news(const struct soak_table *table)
{
	guint news = 0;

	for (guint i = 0; i < table->findings->len; i++)
		news += finding_at(table, i)->known ? 0 : 1;
	return news;
}

guint soak_table_flaws(const struct soak_table *table)
{
	guint flaws = 0;

	for (guint i = 0; i < table->rows->len; i++)
		flaws += row_at(table, i)->flaws;
	return flaws;
}

guint soak_table_trials(const struct soak_table *table)
{
	guint trials = soak_table_flaws(table);

	for (guint i = 0; i < table->rows->len; i++)
		trials += row_at(table, i)->trials;
	return trials;
}

/* --- for people ------------------------------------------------------------------------------- */

/* On whichever variants. */
static guint count_sites(const struct soak_table *table)
{
	g_autoptr(GHashTable) all = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < table->rows->len; i++) {
		GHashTableIter iter;
		gpointer name;

		g_hash_table_iter_init(&iter, row_at(table, i)->sites);
		while (g_hash_table_iter_next(&iter, &name, NULL))
			g_hash_table_add(all, name);
	}
	return g_hash_table_size(all);
}

static void print_row(const struct soak_row *row, FILE *file)
{
	fprintf(file, "%-16s%-8u", row->variant, row->trials);
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		guint failed = row->counts[rule][VERDICT_FAIL];
		guint judged = failed + row->counts[rule][VERDICT_PASS];
		g_autofree char *text = g_strdup_printf("%s %u/%u", failed ? "FAIL" : "PASS",
							failed ? failed : judged, judged);

		fprintf(file, "%-15s", judged ? text : "SKIP");
	}
	fputc('\n', file);
	if (row->flaws)
		fprintf(file, "  %s: %u set-up failures, the first: %s\n", row->variant, row->flaws,
			row->flaw);
}

static void print_findings(const struct soak_table *table, gboolean news, FILE *file)
{
	for (guint i = 0; i < table->findings->len; i++) {
		const struct soak_finding *finding = finding_at(table, i);

		if (news != !finding->known)
			continue;
		fprintf(file,
			"  %s %s: FAIL %s (%u trials, first %06" G_GUINT64_FORMAT ")%s%s%s%s\n",
			finding->variant, rules[finding->rule].name, finding->signature,
			finding->trials, finding->first, news ? " -- not known" : ": ",
			news ? "" : finding->known,
			finding->shrunk ? ", shrunk: " :
			news		? ", not shrunk" :
					  "",
			finding->shrunk ? finding->shrunk : "");
	}
}

void soak_table_print(const struct soak_table *table, FILE *file)
{
	if (table->instrumented)
		fputs(TRIAL_INSTRUMENTED "\n", file);
	fprintf(file, "%-16s%-8s", "variant", "trials");
	for (int rule = 0; rule < RULE_COUNT; rule++)
		fprintf(file, "%-15s", rules[rule].name);
	fputc('\n', file);
	for (guint i = 0; i < table->rows->len; i++)
		print_row(row_at(table, i), file);
	fprintf(file, "\n%u sites of allocations that failed\n\n", count_sites(table));
	print_findings(table, FALSE, file);
	print_findings(table, TRUE, file);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static const char *kind_name(enum verdict_kind kind)
{
	static const char *const names[VERDICT_KINDS] = {
		[VERDICT_SKIP] = "skip", [VERDICT_PASS] = "pass", [VERDICT_FAIL] = "fail"
	};

	return names[kind];
}

static void write_sites(const struct soak_row *row, JsonBuilder *json)
{
	g_autoptr(GList) names = g_hash_table_get_keys(row->sites);

	names = g_list_sort(names, (GCompareFunc)strcmp);
	json_builder_set_member_name(json, "sites");
	json_builder_begin_array(json);
	for (const GList *name = names; name; name = name->next) {
		const struct soak_site *site = g_hash_table_lookup(row->sites, name->data);

		json_builder_begin_object(json);
		json_add_string(json, "site", name->data);
		json_add_int(json, "trials", site->trials);
		json_add_int(json, "first", (gint64)site->first);
		json_builder_end_object(json);
	}
	json_builder_end_array(json);
}

static void write_row(const struct soak_row *row, JsonBuilder *json)
{
	json_builder_set_member_name(json, row->variant);
	json_builder_begin_object(json);
	json_add_int(json, "trials", row->trials);
	json_add_int(json, "setup_failures", row->flaws);
	json_add_string(json, "setup_failure", row->flaw);
	json_builder_set_member_name(json, "rules");
	json_builder_begin_object(json);
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		json_builder_set_member_name(json, rules[rule].name);
		json_builder_begin_object(json);
		for (int kind = 0; kind < VERDICT_KINDS; kind++)
			json_add_int(json, kind_name((enum verdict_kind)kind),
				     row->counts[rule][kind]);
		json_builder_end_object(json);
	}
	json_builder_end_object(json);
	write_sites(row, json);
	json_builder_end_object(json);
}

static void write_finding(const struct soak_finding *finding, JsonBuilder *json)
{
	json_builder_begin_object(json);
	json_add_string(json, "variant", finding->variant);
	json_add_string(json, "rule", rules[finding->rule].name);
	json_add_string(json, "signature", finding->signature);
	json_add_string(json, "known", finding->known);
	json_add_int(json, "trials", finding->trials);
	json_add_int(json, "first", (gint64)finding->first);
	json_add_string(json, "shrunk", finding->shrunk);
	json_builder_end_object(json);
}

void soak_table_write(const struct soak_table *table, JsonBuilder *json)
{
	json_builder_set_member_name(json, "variants");
	json_builder_begin_object(json);
	for (guint i = 0; i < table->rows->len; i++)
		write_row(row_at(table, i), json);
	json_builder_end_object(json);
	json_builder_set_member_name(json, "findings");
	json_builder_begin_array(json);
	for (guint i = 0; i < table->findings->len; i++)
		write_finding(finding_at(table, i), json);
	json_builder_end_array(json);
}

static void read_row(struct soak_row *row, JsonObject *json)
{
	JsonArray *sites = json_member_array(json, "sites");
	JsonObject *counts = json_member_object(json, "rules");

	row->trials += json_member_count(json, "trials");
	row->flaws += json_member_count(json, "setup_failures");
	if (!row->flaw)
		row->flaw = g_strdup(json_member_string(json, "setup_failure"));
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		JsonObject *kinds = json_member_object(counts, rules[rule].name);

		for (int kind = 0; kind < VERDICT_KINDS; kind++)
			row->counts[rule][kind] +=
				json_member_count(kinds, kind_name((enum verdict_kind)kind));
	}
	for (guint i = 0; i < json_elements(sites); i++) {
		JsonObject *site = json_element_object(sites, i);
		const char *name = json_member_string(site, "site");

		if (name)
			count_site(row, name, json_member_count(site, "trials"),
				   (guint64)json_member_int(site, "first"));
	}
}

/* Of those that several shards have shrunk, the first stands, as it does for what is known. */
static void read_finding(struct soak_table *table, JsonObject *json, const char *variant)
{
	const char *signature = json_member_string(json, "signature");
	const char *rule_name = json_member_string(json, "rule");
	int rule = rule_name ? rule_by_name(rule_name) : -1;
	struct soak_finding *finding;
	if (rule < 0 || !signature || g_strcmp0(json_member_string(json, "variant"), variant))
		return;
	finding = count(table, variant, rule, g_strdup(signature),
			json_member_count(json, "trials"), (guint64)json_member_int(json, "first"));
	if (!finding->known)
		finding->known = g_strdup(json_member_string(json, "known"));
	if (!finding->shrunk)
		finding->shrunk = g_strdup(json_member_string(json, "shrunk"));
}

void soak_table_read(struct soak_table *table, JsonObject *soak, const char *variant)
{
	JsonObject *row = json_member_object(json_member_object(soak, "variants"), variant);
	JsonArray *findings = json_member_array(soak, "findings");

	if (!row)
		return;
	table->instrumented |= json_member_truth(soak, "instrumented");
	read_row(soak_table_row(table, variant), row);
	for (guint i = 0; i < json_elements(findings); i++)
		read_finding(table, json_element_object(findings, i), variant);
}
