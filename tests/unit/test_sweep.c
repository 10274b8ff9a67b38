// SPDX-License-Identifier: MIT
/* A sweep by examples: which programs it is made of, and what its trials come to together. */
#include <string.h>

#include "tests/runner/sweep_plan.h"
#include "tests/runner/trial.h"
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
	static char *lines[] = { (char *)"{fault} again={times}", NULL };
	static char *values[] = { (char *)"many", NULL };
	struct operation_company company = { (char *)"again", lines };
	const struct operation_table *shipped = *state;
	struct operation_table table = *shipped;
	g_autoptr(GError) error = NULL;

	table.choices = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(table.choices, (gpointer) "times", values);
	table.companies = g_ptr_array_new();
	g_ptr_array_add(table.companies, &company);
	assert_null(sweep_plan_program(&table, "dropmaster+again", 1, 1, &error));
	assert_non_null(strstr(error->message, "dropmaster+again:"));
	assert_non_null(strstr(error->message, "got \"again=many\""));
	g_hash_table_unref(table.choices);
	g_ptr_array_unref(table.companies);
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
	const struct CMUnitTest flaws[] = { cmocka_unit_test(test_one_flaw_is_the_flaw_of_all) };
	int failed = cmocka_run_group_tests_name("plan", plans, load_table, free_table);

	failed += RUN_ROWS("merge", merges, check_merge);
	failed += cmocka_run_group_tests_name("flaws", flaws, NULL, NULL);
	return failed;
}
