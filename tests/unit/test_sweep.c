// SPDX-License-Identifier: MIT
/*
 * A sweep by examples: which programs it is made of, what its trials come to together, and the table and
 * the JSON of what was found.
 */
#include <errno.h>
#include <string.h>

#include "tests/runner/sweep_plan.h"
#include "tests/runner/sweep_table.h"
#include "tests/unit/unit.h"

#define SHIPPED SOURCE_ROOT "/data/operations.ini"

static int load_table(void **state)
{
	*state = operation_table_load(SHIPPED, NULL);
	return *state ? 0 : -1;
}

static int free_table(void **state)
{
	operation_table_free(*state);
	return 0;
}

/* The plan */

static GPtrArray *plan(const struct operation_table *table, const char *names, gboolean pairs,
		       guint64 seed)
{
	g_auto(GStrv) list = names ? g_strsplit(names, " ", -1) : NULL;
	g_autoptr(GError) error = NULL;
	GPtrArray *files = sweep_plan(table, list, pairs, seed, &error);

	if (!files)
		fail_msg("%s", error->message);
	return files;
}

static const struct program_file *file_at(const GPtrArray *files, guint i)
{
	return g_ptr_array_index(files, i);
}

/* The programs' names with blanks between them, the caller's. */
static char *names_of(const GPtrArray *files)
{
	GString *names = g_string_new(NULL);

	for (guint i = 0; i < files->len; i++)
		g_string_append_printf(names, "%s%s", i ? " " : "", file_at(files, i)->name);
	return g_string_free(names, FALSE);
}

static void test_all_operations_in_the_tables_order(void **state)
{
	const struct operation_table *table = *state;
	g_autoptr(GPtrArray) files = plan(table, NULL, FALSE, 1);

	assert_int_equal(files->len, table->operations->len);
	for (guint i = 0; i < files->len; i++) {
		const struct operation_entry *entry = g_ptr_array_index(table->operations, i);

		assert_string_equal(file_at(files, i)->name, entry->name);
	}
}

static void test_some_operations_in_the_order_given(void **state)
{
	g_autoptr(GPtrArray) files = plan(*state, "modeset cursor", FALSE, 1);
	g_autofree char *names = names_of(files);

	assert_string_equal(names, "modeset cursor");
	assert_non_null(
		strstr(file_at(files, 0)->text, "\nfault nth=1.. check\nmodeset 800x600\n"));
	assert_non_null(strstr(file_at(files, 1)->text,
			       "\nfault nth=1.. check\npaint C\ncursor C at=30,40\n"));
}

static void test_an_operation_that_there_is_not(void **state)
{
	char *names[] = { (char *)"cursor", (char *)"curser", NULL };
	g_autoptr(GError) error = NULL;

	assert_null(sweep_plan(*state, names, FALSE, 1, &error));
	assert_string_equal(error->message,
			    "expected an operation of data/operations.ini, got \"curser\"");
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const struct program_file *const *)a)->name,
		      (*(const struct program_file *const *)b)->name);
}

static void test_pairs_are_each_operation_in_each_company(void **state)
{
	const struct operation_table *table = *state;
	g_autoptr(GPtrArray) files = plan(table, "cursor modeset", TRUE, 1);
	g_autofree char *names = NULL;

	g_ptr_array_sort(files, compare_names);
	names = names_of(files);
	assert_int_equal(files->len, 2 * table->companies->len);
	assert_string_equal(names, "cursor+again cursor+contend cursor+rival-cursor "
				   "cursor+rival-legacy cursor+rival-primary cursor+signal "
				   "cursor+signal-restart cursor+signals modeset+again "
				   "modeset+contend modeset+rival-cursor modeset+rival-legacy "
				   "modeset+rival-primary modeset+signal modeset+signal-restart "
				   "modeset+signals");
	assert_non_null(strstr(file_at(files, 5)->text, "\nsignal\nfault nth=1.. check\n"));
}

/* It is a stretch of time that is swept, so each seed begins elsewhere. */
static void test_the_seed_decides_on_the_order_of_pairs(void **state)
{
	g_autoptr(GPtrArray) one = plan(*state, NULL, TRUE, 1);
	g_autoptr(GPtrArray) again = plan(*state, NULL, TRUE, 1);
	g_autoptr(GPtrArray) two = plan(*state, NULL, TRUE, 2);
	g_autofree char *first = names_of(one), *same = names_of(again), *other = names_of(two);

	assert_string_equal(first, same);
	assert_string_not_equal(first, other);
	g_ptr_array_sort(one, compare_names);
	g_ptr_array_sort(two, compare_names);
	g_free(first);
	g_free(other);
	first = names_of(one);
	other = names_of(two);
	assert_string_equal(first, other);
}

/* What goes on from a later allocation does so in the same company. */
static void test_a_sweep_goes_on_under_another_name(void **state)
{
	for (guint64 seed = 1; seed < 20; seed++) {
		struct program_file *first =
			sweep_plan_program(*state, "modeset+again", seed, 1, NULL);
		struct program_file *second =
			sweep_plan_program(*state, "modeset+again", seed, 7, NULL);
		const char *again = strstr(first->text, " again=");

		assert_string_equal(first->name, "modeset+again");
		assert_string_equal(second->name, "modeset+again-from-7");
		assert_non_null(strstr(first->text, "\nfault nth=1.. again="));
		assert_non_null(strstr(second->text, "\nfault nth=7.. again="));
		assert_string_equal(again, strstr(second->text, " again="));
		program_file_free(first);
		program_file_free(second);
	}
}

static void test_a_value_of_a_choice_that_is_none(void **state)
{
	static char *values[] = { (char *)"many", NULL };
	const struct operation_table *shipped = *state;
	struct operation_table table = *shipped;
	g_autoptr(GError) error = NULL;

	table.choices = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(table.choices, (gpointer) "bytes", values);
	assert_null(sweep_plan_program(&table, "dropmaster+again", 1, 1, &error));
	assert_non_null(strstr(error->message, "dropmaster+again:"));
	assert_non_null(strstr(error->message, "got \"again=many\""));
	g_hash_table_unref(table.choices);
}

/* What several trials come to */

static struct trial *judged(enum verdict_kind splat, const char *signature, const char *flaw)
{
	struct trial *trial = trial_new("upstream", NULL);

	for (int rule = 0; rule < RULE_COUNT; rule++)
		trial->verdicts[rule] =
			(struct verdict){ .kind = VERDICT_PASS, .signature = g_strdup("") };
	g_free(trial->verdicts[RULE_SPLAT].signature);
	trial->verdicts[RULE_SPLAT] =
		(struct verdict){ .kind = splat, .signature = g_strdup(signature) };
	trial->flaw = g_strdup(flaw);
	return trial;
}

static const struct merge {
	const char *name;
	enum verdict_kind first;
	const char *first_signature;
	enum verdict_kind second;
	const char *second_signature;
	enum verdict_kind sum;
	const char *signature;
} merges[] = {
	{ "a FAIL after a PASS", VERDICT_PASS, "", VERDICT_FAIL, "WARNING a", VERDICT_FAIL,
	  "WARNING a" },
	{ "a FAIL before a PASS", VERDICT_FAIL, "WARNING a", VERDICT_PASS, "", VERDICT_FAIL,
	  "WARNING a" },
	{ "of two FAILs the first", VERDICT_FAIL, "WARNING a", VERDICT_FAIL, "Oops b", VERDICT_FAIL,
	  "WARNING a" },
	{ "a PASS after a SKIP", VERDICT_SKIP, "nothing was seen", VERDICT_PASS, "", VERDICT_PASS,
	  "" },
	{ "a FAIL after a SKIP", VERDICT_SKIP, "nothing was seen", VERDICT_FAIL, "Oops b",
	  VERDICT_FAIL, "Oops b" },
	{ "two SKIPs", VERDICT_SKIP, "nothing was seen", VERDICT_SKIP, "nobody looked",
	  VERDICT_SKIP, "nothing was seen" },
};

static void check_merge(void **state)
{
	const struct merge *row = *state;
	struct trial *sum = judged(row->first, row->first_signature, NULL);
	struct trial *trial = judged(row->second, row->second_signature, NULL);

	trial_merge(sum, trial);
	assert_int_equal(sum->verdicts[RULE_SPLAT].kind, row->sum);
	assert_string_equal(sum->verdicts[RULE_SPLAT].signature, row->signature);
	assert_int_equal(sum->verdicts[RULE_LOCKUP].kind, VERDICT_PASS);
	trial_free(trial);
	trial_free(sum);
}

static void test_one_flaw_is_the_flaw_of_all(void **state)
{
	struct trial *sum = judged(VERDICT_PASS, "", NULL);
	struct trial *first = judged(VERDICT_PASS, "", "the trace has holes");
	struct trial *second = judged(VERDICT_PASS, "", "QEMU died");

	(void)state;
	trial_merge(sum, first);
	assert_string_equal(sum->flaw, "the trace has holes");
	trial_merge(sum, second);
	assert_string_equal(sum->flaw, "the trace has holes");
	trial_free(second);
	trial_free(first);
	trial_free(sum);
}

/* The table */

#define ALLOC "drm_atomic_state_alloc < drm_mode_atomic_ioctl"
#define ARRAY "virtio_gpu_array_alloc < virtio_gpu_cursor_plane_update"
#define FENCES "dma_resv_reserve_fences < virtio_gpu_array_lock_resv"

/* "2 ARRAY lost 0": allocation 2, at the site ARRAY, was lost and returned 0. */
static void add_point(struct swept *swept, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	struct point point = { .nth = (guint)atoi(words[0]), .err = atoi(words[3]) };

	point.site = g_strdup(!strcmp(words[1], "ALLOC") ? ALLOC :
			      !strcmp(words[1], "ARRAY") ? ARRAY :
							   FENCES);
	while (strcmp(point_outcome_name(point.outcome), words[2]))
		point.outcome++;
	point.signature = g_strdup(point.outcome > POINT_SURVIVED ? "a signature" : "");
	g_array_append_val(swept->points, point);
}

static struct swept *add(GPtrArray *results, const char *operation, const char *variant,
			 const char *points)
{
	g_auto(GStrv) texts = g_strsplit(points, "; ", -1);
	struct swept *swept = swept_new(operation, variant);

	for (int i = 0; texts[i]; i++)
		add_point(swept, texts[i]);
	swept->plain_err = 0;
	swept->plain_outcome = POINT_SURVIVED;
	swept->whole = TRUE;
	swept->trials = 1;
	g_ptr_array_add(results, swept);
	return swept;
}

static GPtrArray *results_new(void)
{
	return g_ptr_array_new_with_free_func(swept_free);
}

static void assert_prints(const GPtrArray *results, gboolean all, const char *wanted)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	sweep_table_print(results, all, file);
	fclose(file);
	assert_string_equal(text, wanted);
	free(text);
}

static void test_what_was_refused_cleanly_needs_no_word(void **state)
{
	g_autoptr(GPtrArray) results = results_new();

	(void)state;
	add(results, "create", "upstream", "1 ALLOC refused 12; 2 ARRAY refused 12");
	assert_prints(results, FALSE, "create\n  2 points, 2 sites: 2 refused (upstream)\n");
	assert_prints(results, TRUE,
		      "create\n  2 points, 2 sites: 2 refused (upstream)\n"
		      "  " ALLOC "\n    refused    upstream\n"
		      "  " ARRAY "\n    refused    upstream\n");
}

/* A site has one row for each outcome, with all the variants that have it. */
static void test_variants_that_agree_share_a_line(void **state)
{
	g_autoptr(GPtrArray) results = results_new();

	(void)state;
	add(results, "cursor", "unfixed", "1 ALLOC refused 12; 2 ARRAY lost 0; 3 FENCES splat 0");
	add(results, "cursor", "upstream", "1 ALLOC refused 12; 2 ARRAY lost 0; 3 FENCES lost 0");
	add(results, "cursor", "tried", "1 ALLOC refused 12; 2 ARRAY lost 0; 3 FENCES lost 0");
	assert_prints(results, FALSE,
		      "cursor\n"
		      "  3 points, 3 sites: 1 refused, 1 lost, 1 splat (unfixed)\n"
		      "  3 points, 3 sites: 1 refused, 2 lost (upstream, tried)\n"
		      "  " ARRAY "\n    lost       unfixed, upstream, tried\n"
		      "  " FENCES "\n    splat      unfixed\n    lost       upstream, tried\n");
}

/* A site that only one of the variants has; and one that is refused here and survived there. */
static void test_sites_are_compared_between_variants(void **state)
{
	g_autoptr(GPtrArray) results = results_new();

	(void)state;
	add(results, "flip", "unfixed", "1 ALLOC refused 12");
	add(results, "flip", "upstream", "1 ALLOC survived 0; 2 FENCES refused 12");
	assert_prints(results, FALSE,
		      "flip\n"
		      "  1 points, 1 sites: 1 refused (unfixed)\n"
		      "  2 points, 2 sites: 1 refused, 1 survived (upstream)\n"
		      "  " ALLOC "\n    refused    unfixed\n    survived   upstream\n");
}

/* Allocations that one function makes one after the other are points of one site. */
static void test_a_site_may_have_several_outcomes(void **state)
{
	g_autoptr(GPtrArray) results = results_new();

	(void)state;
	add(results, "map", "upstream",
	    "1 ARRAY splat 0; 2 ARRAY refused 12; 3 ARRAY lockup -1; 3 ARRAY stale 0; "
	    "4 ARRAY changed 12");
	assert_prints(results, FALSE,
		      "map\n"
		      "  4 points, 1 sites: 1 refused, 1 stale, 1 changed, 1 lockup, 1 splat "
		      "(upstream)\n"
		      "  " ARRAY "\n    refused|stale|changed|lockup|splat upstream\n");
	assert_int_equal(sweep_table_count(results), 4);
}

static void test_each_operation_has_a_paragraph(void **state)
{
	g_autoptr(GPtrArray) results = results_new();

	(void)state;
	add(results, "create", "unfixed", "1 ALLOC refused 12");
	add(results, "create", "upstream", "1 ALLOC refused 12");
	add(results, "close", "unfixed", "1 ALLOC splat 0");
	assert_prints(results, FALSE,
		      "create\n  1 points, 1 sites: 1 refused (unfixed, upstream)\n"
		      "close\n  1 points, 1 sites: 1 splat (unfixed)\n"
		      "  " ALLOC "\n    splat      unfixed\n");
	assert_int_equal(sweep_table_count(results), 3);
}

static const struct plain {
	const char *name;
	int err;
	enum point_outcome outcome;
	gboolean whole;
	const char *text;
} plains[] = {
	{ "it succeeds", 0, POINT_SURVIVED, TRUE, "" },
	{ "it fails", EINVAL, POINT_REFUSED, TRUE, "; without a fault EINVAL" },
	{ "it fails in a way without a word", ENOTTY, POINT_REFUSED, TRUE,
	  "; without a fault Inappropriate ioctl for device" },
	{ "it is lost", 0, POINT_LOST, TRUE, "; without a fault lost" },
	{ "it was not tried", -1, POINT_REFUSED, FALSE, "; not swept to its end" },
};

static void check_plain(void **state)
{
	const struct plain *row = *state;
	g_autoptr(GPtrArray) results = results_new();
	struct swept *swept = add(results, "create", "upstream", "1 ALLOC refused 12");
	g_autofree char *wanted =
		g_strdup_printf("create\n  1 points, 1 sites: 1 refused%s (upstream)\n", row->text);

	swept->plain_err = row->err;
	swept->plain_outcome = row->outcome;
	swept->whole = row->whole;
	assert_prints(results, FALSE, wanted);
}

static void test_the_same_as_json(void **state)
{
	static const char wanted[] =
		"[{\"operation\":\"cursor\",\"variants\":{"
		"\"unfixed\":{\"trials\":2,\"whole\":false,\"plain_errno\":-1,"
		"\"plain_outcome\":\"refused\",\"sites\":1,\"points\":["
		"{\"nth\":3,\"site\":\"" ARRAY "\",\"outcome\":\"lockup\",\"errno\":-1,"
		"\"signature\":\"a signature\"}]},"
		"\"upstream\":{\"trials\":1,\"whole\":true,\"plain_errno\":0,"
		"\"plain_outcome\":\"survived\",\"sites\":2,\"points\":["
		"{\"nth\":1,\"site\":\"" ALLOC "\",\"outcome\":\"refused\",\"errno\":12,"
		"\"signature\":\"\"},"
		"{\"nth\":2,\"site\":\"" ARRAY "\",\"outcome\":\"lost\",\"errno\":0,"
		"\"signature\":\"a signature\"}]}}},"
		"{\"operation\":\"close\",\"variants\":{"
		"\"upstream\":{\"trials\":1,\"whole\":true,\"plain_errno\":0,"
		"\"plain_outcome\":\"survived\",\"sites\":1,\"points\":["
		"{\"nth\":1,\"site\":\"" ALLOC "\",\"outcome\":\"survived\",\"errno\":0,"
		"\"signature\":\"\"}]}}}]";
	g_autoptr(GPtrArray) results = results_new();
	struct swept *swept = add(results, "cursor", "unfixed", "3 ARRAY lockup -1");
	g_autoptr(JsonNode) json = NULL;
	g_autofree char *text = NULL;

	(void)state;
	swept->trials = 2;
	swept->whole = FALSE;
	swept->plain_err = -1;
	swept->plain_outcome = POINT_REFUSED;
	add(results, "cursor", "upstream", "1 ALLOC refused 12; 2 ARRAY lost 0");
	add(results, "close", "upstream", "1 ALLOC survived 0");
	json = sweep_table_json(results);
	text = json_to_string(json, FALSE);
	assert_string_equal(text, wanted);
}

int main(void)
{
	const struct CMUnitTest plans[] = {
		cmocka_unit_test(test_all_operations_in_the_tables_order),
		cmocka_unit_test(test_some_operations_in_the_order_given),
		cmocka_unit_test(test_an_operation_that_there_is_not),
		cmocka_unit_test(test_pairs_are_each_operation_in_each_company),
		cmocka_unit_test(test_the_seed_decides_on_the_order_of_pairs),
		cmocka_unit_test(test_a_sweep_goes_on_under_another_name),
		cmocka_unit_test(test_a_value_of_a_choice_that_is_none),
	};
	const struct CMUnitTest tables[] = {
		cmocka_unit_test(test_one_flaw_is_the_flaw_of_all),
		cmocka_unit_test(test_what_was_refused_cleanly_needs_no_word),
		cmocka_unit_test(test_variants_that_agree_share_a_line),
		cmocka_unit_test(test_sites_are_compared_between_variants),
		cmocka_unit_test(test_a_site_may_have_several_outcomes),
		cmocka_unit_test(test_each_operation_has_a_paragraph),
		cmocka_unit_test(test_the_same_as_json),
	};
	int failed = cmocka_run_group_tests_name("plan", plans, load_table, free_table);

	failed += RUN_ROWS("merge", merges, check_merge);
	failed += cmocka_run_group_tests_name("table", tables, NULL, NULL);
	failed += RUN_ROWS("without a fault", plains, check_plain);
	return failed;
}
