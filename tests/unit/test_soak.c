// SPDX-License-Identifier: MIT
/* What a soak has seen: counted from trials, written, and read again to be joined. */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "tests/runner/merge_part.h"
#include "tests/runner/soak_table.h"
#include "tests/unit/unit.h"

#define KNOWN                                                                                      \
	"[splat]\nfence=FAIL dma_resv_add_fence\n*=PASS|SKIP\n"                                    \
	"[lockup]\n*=PASS|SKIP\n"                                                                  \
	"[lost-update]\narray=FAIL cursor image never sent * @ virtio_gpu_array_alloc\n"           \
	"any=FAIL cursor image\n*=PASS|SKIP\n"                                                     \
	"[stale-cursor]\n*=PASS|SKIP\n[rollback]\n*=PASS|SKIP\n[expect]\n*=SKIP\n"                 \
	"[leak]\n*=PASS\n[fence-annotated]\n*=PASS|SKIP\n"

#define FENCE "WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c"

/* --- what is known ---------------------------------------------------------------------------- */

static const struct known {
	const char *name;
	int rule;
	const char *signature;
	const char *known; /* NULL: it is news */
} knowns[] = {
	{ "a part of the signature", RULE_SPLAT, FENCE, "fence" },
	{ "another one", RULE_SPLAT, "Oops dma_resv_list_alloc", NULL },
	{ "the same of another rule", RULE_LOCKUP, FENCE, NULL },
	{ "a pattern, which says more than a part", RULE_LOST_UPDATE,
	  "cursor image never sent commit @ virtio_gpu_array_alloc < f", "array" },
	{ "another cause", RULE_LOST_UPDATE, "cursor image never sent commit @ signals", "any" },
	{ "nothing is a FAIL but what says so", RULE_ROLLBACK, "", NULL },
};

static void test_known(void **state)
{
	const struct known *row = *state;
	struct expectations *known = expectations_parse("known.ini", KNOWN, strlen(KNOWN), NULL);

	assert_non_null(known);
	if (row->known)
		assert_string_equal(expectations_known(known, row->rule, row->signature),
				    row->known);
	else
		assert_null(expectations_known(known, row->rule, row->signature));
	expectations_free(known);
}

/* --- counting --------------------------------------------------------------------------------- */

/* Count program @number in, of which rule splat says @splat: "PASS", or the signature of a FAIL. Returns
 * whether it showed something first. */
static gboolean add(struct soak_table *table, const char *variant, guint64 number,
		    const char *splat)
{
	static const char text[] = "output 640x480\nhide\ncheck\n";
	struct expectations *known = expectations_parse("known.ini", KNOWN, strlen(KNOWN), NULL);
	struct program_file *file = program_file_parse("p", text, strlen(text), NULL);
	struct trial *trial = trial_new(variant, file);
	g_autoptr(GPtrArray) shown = g_ptr_array_new();
	gboolean first;
	bool failed = strcmp(splat, "PASS") != 0;

	for (int rule = 0; rule < RULE_COUNT; rule++)
		trial->verdicts[rule] =
			(struct verdict){ .kind = VERDICT_PASS, .signature = g_strdup("") };
	if (failed) {
		g_free(trial->verdicts[RULE_SPLAT].signature);
		trial->verdicts[RULE_SPLAT] =
			(struct verdict){ .kind = VERDICT_FAIL, .signature = g_strdup(splat) };
	}
	first = soak_table_add(table, trial, number, known, shown);
	assert_int_equal(shown->len, failed);
	trial_free(trial);
	program_file_free(file);
	expectations_free(known);
	return first;
}

static const struct soak_finding *finding_at(const struct soak_table *table, guint i)
{
	assert_in_range(i, 0, table->findings->len - 1);
	return g_ptr_array_index(table->findings, i);
}

static void test_count(void **state)
{
	struct soak_table *table = soak_table_new();

	(void)state;
	soak_table_row(table, "unfixed");
	soak_table_row(table, "upstream");
	assert_int_equal(add(table, "upstream", 3, "PASS"), 0);
	assert_int_equal(add(table, "upstream", 4, "Oops f"), 1);
	assert_int_equal(add(table, "unfixed", 5, FENCE), 1);
	assert_int_equal(add(table, "unfixed", 2, FENCE), 0);
	assert_int_equal(soak_table_trials(table), 4);
	assert_int_equal(soak_table_news(table), 1);
	/* In the order of the variants. */
	assert_string_equal(finding_at(table, 0)->variant, "unfixed");
	assert_string_equal(finding_at(table, 0)->known, "fence");
	assert_int_equal(finding_at(table, 0)->trials, 2);
	assert_int_equal(finding_at(table, 0)->first, 2);
	assert_null(finding_at(table, 1)->known);
	soak_table_free(table);
}

/* --- joining ---------------------------------------------------------------------------------- */

static char *print(const struct soak_table *table)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	soak_table_print(table, file);
	fclose(file);
	return text;
}

static JsonNode *to_json(const struct soak_table *table)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	soak_table_write(table, json);
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

/* What each of 40 programs comes to, on two variants. */
static void soak(struct soak_table *table, guint index, guint count)
{
	soak_table_row(table, "unfixed");
	soak_table_row(table, "upstream");
	for (guint64 number = 0; number < 40; number++) {
		if (!shard_takes(&(struct shard){ index, count }, number))
			continue;
		add(table, "unfixed", number, number % 3 ? FENCE : "Oops g");
		add(table, "upstream", number, number == 17 ? "Oops f" : "PASS");
	}
}

static void test_shards(void **state)
{
	struct soak_table *whole = soak_table_new(), *joined = soak_table_new();
	g_autofree char *wanted = NULL, *got = NULL;

	(void)state;
	soak(whole, 1, 1);
	for (guint index = 1; index <= 3; index++) {
		struct soak_table *part = soak_table_new();
		g_autoptr(JsonNode) json = NULL;

		soak(part, index, 3);
		json = to_json(part);
		soak_table_read(joined, json_node_get_object(json), "unfixed");
		soak_table_read(joined, json_node_get_object(json), "upstream");
		soak_table_read(joined, json_node_get_object(json), "nobody");
		soak_table_free(part);
	}
	wanted = print(whole);
	got = print(joined);
	assert_string_equal(got, wanted);
	soak_table_free(whole);
	soak_table_free(joined);
}

static void test_instrumented(void **state)
{
	static const char soak_json[] =
		"{\"instrumented\": true, \"variants\": {\"upstream\": {}}, \"findings\": []}";
	struct soak_table *table = soak_table_new();
	g_autoptr(JsonNode) json = json_from_string(soak_json, NULL);
	g_autofree char *before = NULL, *after = NULL;

	(void)state;
	soak_table_row(table, "upstream");
	before = print(table);
	assert_null(strstr(before, "instrumented"));
	soak_table_read(table, json_node_get_object(json), "upstream");
	after = print(table);
	assert_true(g_str_has_prefix(after, "instrumented: what follows is of drivers whose lock "
					    "helpers were interrupted, too\nvariant "));
	soak_table_free(table);
}

/* What is no soak.json does no harm. */
static void test_rubbish(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"variants\": 3, \"findings\": {}}",
		"{\"variants\": {\"upstream\": []}, \"findings\": [1]}",
		"{\"variants\": {\"upstream\": {\"rules\": [], \"sites\": [{}, 1]}}, \"findings\": "
		"[{\"rule\": \"nonsense\"}, {\"rule\": \"splat\"}]}",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct soak_table *table = soak_table_new();
		g_autoptr(JsonNode) json = json_from_string(texts[i], NULL);

		soak_table_read(table, json_node_get_object(json), "upstream");
		assert_int_equal(table->findings->len, 0);
		soak_table_free(table);
	}
}

/* --- which part counts ------------------------------------------------------------------------ */

static struct merge_part *part_of(const char *dir, guint index, bool complete, int trials)
{
	g_autofree char *text =
		g_strdup_printf("{\"variants\": {\"upstream\": {\"trials\": %d}}}", trials);
	struct merge_part *part = g_new0(struct merge_part, 1);

	*part = (struct merge_part){ .dir = g_strdup(dir),
				     .kind = MERGE_SOAK,
				     .shard = { index, 2 },
				     .complete = complete,
				     .parser = json_parser_new() };
	assert_true(json_parser_load_from_data(part->parser, text, -1, NULL));
	part->json = json_node_get_object(json_parser_get_root(part->parser));
	return part;
}

static void test_choose(void **state)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(merge_part_free);

	(void)state;
	g_ptr_array_add(parts, part_of("killed", 1, false, 50));
	g_ptr_array_add(parts, part_of("again", 1, true, 40));
	g_ptr_array_add(parts, part_of("early", 2, false, 3));
	g_ptr_array_add(parts, part_of("late", 2, false, 7));
	/* Complete beats incomplete, and farther beats less far. */
	assert_string_equal(merge_choose(parts, 1, "upstream")->dir, "again");
	assert_string_equal(merge_choose(parts, 2, "upstream")->dir, "late");
	assert_null(merge_choose(parts, 3, "upstream"));
	assert_null(merge_choose(parts, 1, "unfixed"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),	     cmocka_unit_test(test_shards),
		cmocka_unit_test(test_instrumented), cmocka_unit_test(test_rubbish),
		cmocka_unit_test(test_choose),
	};

	return RUN_ROWS("known", knowns, test_known) + cmocka_run_group_tests(tests, NULL, NULL);
}
