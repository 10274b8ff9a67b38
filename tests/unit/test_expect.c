// SPDX-License-Identifier: MIT
/* Expectations as data: how they are read, what meets them, and those that are shipped. */
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/runner/expect.h"
#include "tests/unit/unit.h"

/* All groups, with a place for what an example is about in the first. */
#define OTHERS                                                                                     \
	"[lockup]\n*=PASS\n"                                                                       \
	"[lost-update]\n*=PASS\n"                                                                  \
	"[stale-cursor]\n*=PASS|SKIP\n"                                                            \
	"[rollback]\n*=PASS|SKIP\n"                                                                \
	"[expect]\n*=PASS\n"                                                                       \
	"[leak]\n*=PASS\n[fence-annotated]\n*=PASS|SKIP\n"
#define EXAMPLE(splat) "[splat]\n" splat "\n" OTHERS

#define VARIANTS SOURCE_ROOT "/kernel/variants"
#define PROGRAMS SOURCE_ROOT "/data/programs"

static struct expectations *parse(const char *text)
{
	GError *error = NULL;
	struct expectations *expectations =
		expectations_parse("expect.ini", text, strlen(text), &error);

	if (!expectations)
		print_error("%s\n", error->message);
	assert_non_null(expectations);
	return expectations;
}

/* "FAIL WARNING f a.c" and the like. The signature is the caller's to free, by verdict_clear(). */
static struct verdict verdict_of(const char *text)
{
	struct verdict verdict = { .signature = g_strdup(strlen(text) > 5 ? text + 5 : "") };

	while (!g_str_has_prefix(text, verdict_name(verdict.kind)))
		verdict.kind++;
	assert_true(verdict.kind < VERDICT_KINDS);
	return verdict;
}

static bool met(const struct expectations *expectations, int rule, const char *program,
		const char *text)
{
	struct verdict verdict = verdict_of(text);
	bool result = expectations_met(expectations, rule, program, &verdict);

	verdict_clear(&verdict);
	return result;
}

/* What meets an expectation */

static const struct example {
	const char *name;
	const char *splat; /* lines of the group [splat]; the program is called "moves" */
	const char *verdict;
	bool met;
} examples[] = {
	{ "PASS where PASS is expected", "*=PASS", "PASS", true },
	{ "FAIL where PASS is expected", "*=PASS", "FAIL WARNING f", false },
	{ "SKIP where PASS is expected", "*=PASS", "SKIP no operation failed", false },
	{ "PASS where FAIL is expected", "*=FAIL", "PASS", false },
	{ "FAIL where FAIL is expected", "*=FAIL", "FAIL WARNING f", true },
	{ "SKIP where SKIP is expected", "*=SKIP", "SKIP no operation failed", true },
	{ "PASS where SKIP is expected", "*=SKIP", "PASS", false },

	{ "the first of two", "*=PASS|SKIP", "PASS", true },
	{ "the second of two", "*=PASS|SKIP", "SKIP why", true },
	{ "neither of two", "*=PASS|SKIP", "FAIL WARNING f", false },
	{ "one of all three", "*=SKIP|FAIL|PASS", "FAIL WARNING f", true },

	{ "the whole signature", "*=FAIL WARNING f a.c", "FAIL WARNING f a.c", true },
	{ "a part of the signature", "*=FAIL dma_resv_add_fence",
	  "FAIL WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c", true },
	{ "another signature", "*=FAIL dma_resv_add_fence", "FAIL WARNING drm_atomic_commit a.c",
	  false },
	{ "an empty signature", "*=FAIL dma_resv_add_fence", "FAIL", false },
	{ "capitals matter in it", "*=FAIL warning", "FAIL WARNING f", false },
	{ "any signature", "*=FAIL", "FAIL", true },
	{ "it is no matter of PASS", "*=FAIL|PASS dma_resv_add_fence", "PASS", true },
	{ "it is no matter of SKIP", "*=FAIL|SKIP lockdep", "SKIP the guest stood still", true },
	{ "with alternatives it is of FAIL", "*=FAIL|SKIP lockdep", "FAIL WARNING f", false },

	{ "the program's own line", "moves=FAIL\n*=PASS", "FAIL WARNING f", true },
	{ "the program's own line, not the others'", "moves=FAIL\n*=PASS", "PASS", false },
	{ "the others' line before it", "*=PASS\nmoves=FAIL", "FAIL WARNING f", true },
	{ "another program's line", "atomic-moves=FAIL\nmove=FAIL\n*=PASS", "PASS", true },
	{ "the last of two lines", "moves=FAIL\nmoves=SKIP\n*=PASS", "SKIP why", true },
	{ "spaces around it", "  moves =  FAIL   WARNING f  \n*=PASS", "FAIL WARNING f a.c", true },
	{ "a comment", "# moves=FAIL\n*=PASS", "PASS", true },
};

static void check_example(void **state)
{
	const struct example *row = *state;
	char *text = g_strconcat("[splat]\n", row->splat, "\n", OTHERS, NULL);
	struct expectations *expectations = parse(text);

	assert_int_equal(met(expectations, RULE_SPLAT, "moves", row->verdict), row->met);
	expectations_free(expectations);
	g_free(text);
}

static void test_each_rule_has_its_own(void **state)
{
	struct expectations *expectations =
		parse("[expect]\n*=SKIP\n[rollback]\n*=FAIL\n"
		      "[lockup]\nmoves=FAIL\n*=PASS\n[lost-update]\n*="
		      "PASS\n[stale-cursor]\n*=PASS\n[splat]\n*=PASS\n"
		      "[leak]\n*=PASS\n[fence-annotated]\n*=PASS|SKIP\n");

	(void)state;
	assert_true(met(expectations, RULE_SPLAT, "moves", "PASS"));
	assert_true(met(expectations, RULE_LOCKUP, "moves", "FAIL silence move"));
	assert_true(met(expectations, RULE_LOCKUP, "quiet", "PASS"));
	assert_true(met(expectations, RULE_ROLLBACK, "moves", "FAIL move changed plane FB_ID"));
	assert_true(met(expectations, RULE_EXPECT, "moves", "SKIP why"));
	expectations_free(expectations);
}

static void test_where_a_failure_is_expected(void **state)
{
	struct expectations *expectations =
		parse(EXAMPLE("moves=FAIL lockdep\nflip=FAIL|PASS\nhide=FAIL|SKIP\n*=PASS"));

	(void)state;
	assert_true(expectations_fail(expectations, RULE_SPLAT, "moves"));
	assert_true(expectations_fail(expectations, RULE_SPLAT, "hide"));
	/* It may fail, and need not. */
	assert_false(expectations_fail(expectations, RULE_SPLAT, "flip"));
	assert_false(expectations_fail(expectations, RULE_SPLAT, "quiet"));
	assert_false(expectations_fail(expectations, RULE_LOCKUP, "moves"));
	expectations_free(expectations);
}

static void test_a_patch_under_review_may_be_better(void **state)
{
	struct expectations *expectations =
		parse("[splat]\n*=PASS\n[lockup]\n*=PASS|SKIP\n"
		      "[lost-update]\nmoves=FAIL cursor image\n*=PASS\n"
		      "[stale-cursor]\n*=PASS\n[rollback]\n*=PASS\n"
		      "[expect]\n*=PASS\n[leak]\n*=PASS\n[fence-annotated]\n*=PASS|SKIP\n");

	(void)state;
	assert_false(met(expectations, RULE_LOST_UPDATE, "moves", "PASS"));
	expectations_accept_better(expectations);
	assert_true(met(expectations, RULE_LOST_UPDATE, "moves", "PASS"));
	assert_true(met(expectations, RULE_LOST_UPDATE, "moves", "FAIL cursor image never sent"));
	assert_false(met(expectations, RULE_LOST_UPDATE, "moves", "FAIL primary pixels"));
	assert_false(met(expectations, RULE_LOST_UPDATE, "moves", "SKIP the kernel had splatted"));
	assert_false(met(expectations, RULE_SPLAT, "moves", "FAIL WARNING f"));
	assert_false(met(expectations, RULE_SPLAT, "moves", "SKIP why"));
	expectations_free(expectations);
}

static void test_programs_that_are_named(void **state)
{
	struct expectations *expectations =
		parse("[splat]\nmoves=FAIL\nflip=PASS\n*=PASS\n"
		      "[lockup]\nmoves=FAIL\n*=PASS\n"
		      "[lost-update]\n*=PASS\n"
		      "[stale-cursor]\n*=PASS\n"
		      "[rollback]\n*=PASS\n[expect]\n*=PASS\n"
		      "[leak]\n*=PASS\n[fence-annotated]\n*=PASS|SKIP\n");
	GStrv programs = expectations_programs(expectations);

	(void)state;
	assert_true(g_strv_contains((const char *const *)programs, "moves"));
	assert_true(g_strv_contains((const char *const *)programs, "flip"));
	assert_false(g_strv_contains((const char *const *)programs, "*"));
	g_strfreev(programs);
	expectations_free(expectations);
}

/* What is refused */

#define WANTED "expected PASS, FAIL [SIGNATURE] or SKIP, joined by |, got "

static const struct mistake {
	const char *name;
	const char *text;
	const char *message;
} mistakes[] = {
	{ "an unknown verdict", EXAMPLE("moves=BROKEN\n*=PASS"),
	  "expect.ini: [splat] moves: " WANTED "\"BROKEN\"" },
	{ "a verdict in small letters", EXAMPLE("*=pass"),
	  "expect.ini: [splat] *: " WANTED "\"pass\"" },
	{ "no verdict", EXAMPLE("*="), "expect.ini: [splat] *: " WANTED "\"\"" },
	{ "an empty alternative", EXAMPLE("*=PASS|"),
	  "expect.ini: [splat] *: " WANTED "\"PASS|\"" },
	{ "spaces around |", EXAMPLE("*=PASS | SKIP"),
	  "expect.ini: [splat] *: " WANTED "\"PASS | SKIP\"" },
	{ "a comma for |", EXAMPLE("*=PASS,SKIP"),
	  "expect.ini: [splat] *: " WANTED "\"PASS,SKIP\"" },
	{ "a signature for PASS", EXAMPLE("*=PASS WARNING f"),
	  "expect.ini: [splat] *: " WANTED "\"PASS WARNING f\"" },
	{ "a signature for PASS or SKIP", EXAMPLE("*=PASS|SKIP lockdep"),
	  "expect.ini: [splat] *: " WANTED "\"PASS|SKIP lockdep\"" },
	{ "bytes that are no UTF-8", EXAMPLE("*=PASS\xff"),
	  "expect.ini: [splat] *: " WANTED "\"PASS\xff\"" },
	{ "an unknown rule", EXAMPLE("*=PASS") "[spalt]\n*=PASS\n",
	  "expect.ini: expected the name of a rule, got [spalt]" },
	{ "a rule without a line for the others", EXAMPLE("moves=PASS"),
	  "expect.ini: expected a key * in [splat]" },
	{ "a rule that is missing", "[splat]\n*=PASS\n[rollback]\n*=PASS\n[expect]\n*=PASS\n",
	  "expect.ini: expected a key * in [lockup]" },
	{ "an empty file", "", "expect.ini: expected a key * in [splat]" },
};

static void check_mistake(void **state)
{
	const struct mistake *row = *state;
	GError *error = NULL;

	assert_null(expectations_parse("expect.ini", row->text, strlen(row->text), &error));
	assert_non_null(error);
	assert_string_equal(error->message, row->message);
	g_error_free(error);
}

/* Here the words are GLib's; they name the file and are one line. */
static void test_what_is_no_key_file_is_refused(void **state)
{
	static const char *const texts[] = { "*=PASS\n", "[splat\n*=PASS\n", "[splat]\nPASS\n",
					     "\377\376\n", "FAIL" };

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		GError *error = NULL;

		assert_null(expectations_parse("expect.ini", texts[i], strlen(texts[i]), &error));
		assert_non_null(error);
		assert_true(g_str_has_prefix(error->message, "expect.ini: "));
		assert_null(strchr(error->message, '\n'));
		g_error_free(error);
	}
}

static void test_a_missing_file_is_named(void **state)
{
	GError *error = NULL;

	(void)state;
	assert_null(expectations_load("/nonexistent/expect.ini", &error));
	assert_non_null(error);
	assert_non_null(strstr(error->message, "/nonexistent/expect.ini"));
	g_error_free(error);
}

/* What is shipped */

static GPtrArray *list_variants(void)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(VARIANTS, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(VARIANTS, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			g_ptr_array_add(names, g_strdup(name));
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
	return names;
}

static struct expectations *load_file(const char *name, const char *file)
{
	char *path = g_build_filename(VARIANTS, name, file, NULL);
	GError *error = NULL;
	struct expectations *expectations = expectations_load(path, &error);

	if (!expectations)
		print_error("%s\n", error->message);
	assert_non_null(expectations);
	g_free(path);
	return expectations;
}

static struct expectations *load_variant(const char *name)
{
	return load_file(name, "expect.ini");
}

/* A name that is misspelt would never be looked up, and the line for the others hold instead. */
static void check_variant(void **state)
{
	const char *const *name = *state;
	struct expectations *expectations = load_variant(*name);
	GStrv programs = expectations_programs(expectations);

	for (int i = 0; programs[i]; i++) {
		char *path = g_strconcat(PROGRAMS "/", programs[i], ".storm", NULL);

		if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
			fail_msg("there is no program %s", programs[i]);
		g_free(path);
	}
	g_strfreev(programs);
	expectations_free(expectations);
}

/* Nothing is known that would be anything, and no fix is known to splat. */
static void check_known(void **state)
{
	const char *const *name = *state;
	struct expectations *known;

	/* Controls take part in no soak. */
	if (g_str_has_prefix(*name, "fence-"))
		return;
	known = load_file(*name, "known.ini");
	for (int rule = 0; rule < RULE_COUNT; rule++)
		assert_null(expectations_known(known, rule, "something that nobody has seen"));
	assert_null(expectations_known(known, RULE_SPLAT, "Oops nobody"));
	if (strcmp(*name, "unfixed") && strcmp(*name, "prepare-fb"))
		assert_null(expectations_known(known, RULE_SPLAT, "WARNING dma_resv_add_fence"));
	expectations_free(known);
}

/* The positive controls: without these lines a matrix would be green that sees nothing. */
static void test_controls_are_expected_to_fail(void **state)
{
	struct expectations *unfixed = load_variant("unfixed");
	struct expectations *prepare_fb = load_variant("prepare-fb");
	struct expectations *disorder = load_variant("fence-disorder");
	struct expectations *drop = load_variant("fence-drop");

	(void)state;
	assert_false(met(unfixed, RULE_SPLAT, "cursor-fault", "PASS"));
	assert_false(met(unfixed, RULE_SPLAT, "cursor-signals", "PASS"));
	assert_true(met(unfixed, RULE_SPLAT, "cursor-fault",
			"FAIL WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c"));
	assert_false(met(prepare_fb, RULE_LOCKUP, "moves", "PASS"));
	assert_true(met(prepare_fb, RULE_LOCKUP, "moves", "FAIL silence move"));
	assert_false(met(disorder, RULE_FENCE_ORDER, "fence-order", "PASS"));
	assert_false(met(disorder, RULE_FENCE_ORDER, "fence-order", "SKIP"));
	/* Another way to FAIL is not the one that the driver is broken for. */
	assert_false(met(disorder, RULE_FENCE_ORDER, "fence-order",
			 "FAIL an out-fence signalled N ns before its commit"));
	assert_true(met(disorder, RULE_FENCE_ORDER, "fence-order",
			"FAIL an out-fence signalled N ns before the one before it"));
	assert_false(met(drop, RULE_FENCE_SIGNALS, "fence-fault", "PASS"));
	assert_false(met(drop, RULE_LEAK, "fence-fault", "PASS"));
	expectations_free(drop);
	expectations_free(disorder);
	expectations_free(prepare_fb);
	expectations_free(unfixed);
}

/* Few programs have to do with fences, so their rules need no group; then they are to PASS, or SKIP. */
static void test_fences_need_no_group(void **state)
{
	struct expectations *smoke;
	g_autofree char *path = g_build_filename(SOURCE_ROOT, "data", "smoke", "expect.ini", NULL);

	(void)state;
	smoke = expectations_load(path, NULL);
	assert_non_null(smoke);
	assert_true(met(smoke, RULE_FENCE_ORDER, "alpha", "SKIP x"));
	assert_true(met(smoke, RULE_FENCE_ORDER, "alpha", "PASS"));
	assert_false(met(smoke, RULE_FENCE_ORDER, "alpha", "FAIL x"));
	expectations_free(smoke);
}

static void test_fixes_are_expected_to_pass(void **state)
{
	static const char *const fixes[] = { "uninterruptible", "upstream" };
	static const int kept[] = { RULE_SPLAT, RULE_LOCKUP, RULE_ROLLBACK };

	(void)state;
	for (size_t i = 0; i < LENGTH(fixes); i++) {
		struct expectations *expectations = load_variant(fixes[i]);

		for (size_t rule = 0; rule < LENGTH(kept); rule++) {
			assert_true(met(expectations, kept[rule], "cursor-fault", "PASS"));
			assert_false(met(expectations, kept[rule], "cursor-fault", "FAIL x"));
		}
		expectations_free(expectations);
	}
}

static int run_variants(void)
{
	GPtrArray *names = list_variants();
	int failed = names->len ? run_rows("variants that are shipped", names->pdata, names->len,
					   sizeof(names->pdata[0]), check_variant) :
				  1;

	failed += run_rows("what is known of them", names->pdata, names->len,
			   sizeof(names->pdata[0]), check_known);

	g_ptr_array_unref(names);
	return failed;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_rule_has_its_own),
		cmocka_unit_test(test_where_a_failure_is_expected),
		cmocka_unit_test(test_a_patch_under_review_may_be_better),
		cmocka_unit_test(test_programs_that_are_named),
		cmocka_unit_test(test_what_is_no_key_file_is_refused),
		cmocka_unit_test(test_a_missing_file_is_named),
		cmocka_unit_test(test_controls_are_expected_to_fail),
		cmocka_unit_test(test_fences_need_no_group),
		cmocka_unit_test(test_fixes_are_expected_to_pass),
	};
	int failed = RUN_ROWS("what meets an expectation", examples, check_example);

	failed += RUN_ROWS("mistakes", mistakes, check_mistake);
	failed += cmocka_run_group_tests_name("expectations", tests, NULL, NULL);
	failed += run_variants();
	return failed ? 1 : 0;
}
