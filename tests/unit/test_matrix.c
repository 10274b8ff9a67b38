// SPDX-License-Identifier: MIT
/* The matrix by examples: how trials add up to cells, when a run proves something, what is written.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/runner/matrix.h"
#include "tests/unit/unit.h"

/* The control must FAIL splat with one program and may not with any other. */
#define UNFIXED                                                                                    \
	"[splat]\nfault=FAIL dma_resv_add_fence\n*=PASS\n"                                         \
	"[lockup]\nfault=SKIP|FAIL\n*=PASS\n"                                                      \
	"[lost-update]\n*=PASS\n[stale-cursor]\n*=PASS\n"                                          \
	"[rollback]\n*=PASS|SKIP\n"                                                                \
	"[expect]\nfault=SKIP|FAIL\n*=PASS\n"                                                      \
	"[leak]\n*=PASS|SKIP\n[fence-annotated]\n*=PASS|SKIP\n"
#define FIXED                                                                                      \
	"[splat]\n*=PASS\n[lockup]\n*=PASS\n[lost-update]\n*=PASS\n[stale-cursor]\n*=PASS\n"       \
	"[rollback]\n*=PASS|SKIP\n[expect]\n*=PASS\n[leak]\n*=PASS|SKIP\n"                         \
	"[fence-annotated]\n*=PASS|SKIP\n"

#define SPLAT "FAIL WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c"

/* A trial as the rules left it. Verdicts are "PASS" (those that are NULL, too), "FAIL SIGNATURE" or
 * "SKIP REASON". */
struct result {
	const char *variant, *program;
	const char *verdicts[RULE_COUNT];
	const char *flaw;	  /* a set-up failure: then there are no verdicts */
	const char *instrumented; /* functions that a fault may interrupt */
	guint interrupted;	  /* times */
	const char *journal;
};

#define FAULT_FIRED "op 1 13 5 3 cursor C1\nret 1 14 12 1\n"

/* clang-format off */
#define VERDICTS(splat, lockup, rollback, expect) \
	{ [RULE_SPLAT] = (splat), [RULE_LOCKUP] = (lockup), [RULE_ROLLBACK] = (rollback), \
	  [RULE_EXPECT] = (expect) }
/* clang-format on */
#define QUIET VERDICTS("PASS", "PASS", "SKIP no operation failed", "PASS")
#define SPLATTED VERDICTS(SPLAT, "SKIP the kernel had splatted", "SKIP x", "SKIP x")

static struct verdict verdict_of(const char *text)
{
	struct verdict verdict = { .signature = g_strdup(strlen(text) > 5 ? text + 5 : "") };

	while (!g_str_has_prefix(text, verdict_name(verdict.kind)))
		verdict.kind++;
	return verdict;
}

static bool add(struct matrix *matrix, const struct result *result)
{
	struct program_file file = { .name = (char *)(uintptr_t)result->program };
	struct trial *trial = trial_new(result->variant, &file);
	bool expected;

	trial->flaw = g_strdup(result->flaw);
	trial->instrumented = g_strdup(result->instrumented);
	trial->interrupted = result->interrupted;
	if (result->journal)
		journal_read(result->journal, strlen(result->journal), trial->events);
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		if (result->flaw)
			trial->verdicts[rule] =
				(struct verdict){ .signature = g_strdup(result->flaw) };
		else
			trial->verdicts[rule] = verdict_of(
				result->verdicts[rule] ? result->verdicts[rule] : "PASS");
	}
	expected = matrix_add_trial(matrix, trial);
	trial_free(trial);
	return expected;
}

static struct matrix *new_matrix(void)
{
	struct matrix *matrix = matrix_new();

	matrix_add_variant(matrix, "unfixed",
			   expectations_parse("unfixed", UNFIXED, strlen(UNFIXED), NULL));
	matrix_add_variant(matrix, "upstream",
			   expectations_parse("upstream", FIXED, strlen(FIXED), NULL));
	return matrix;
}

/* What trials come to */

#define MAX_RESULTS 6

static const struct example {
	const char *name;
	struct result results[MAX_RESULTS];
	bool as_expected;
	enum matrix_control control;
	guint setup_failures;
	/* The cell upstream/splat. */
	const char *verdict;
	bool expected;
	guint pass, fail, skip;
} examples[] = {
	{ .name = "a run that is as it should be",
	  .results = { { "unfixed", "fault", SPLATTED },
		       { "unfixed", "moves", QUIET },
		       { "upstream", "fault", QUIET },
		       { "upstream", "moves", QUIET } },
	  .control = CONTROL_HELD,
	  .as_expected = true,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 2 },
	{ .name = "FAIL weighs more than PASS, wherever it stands",
	  .results = { { "unfixed", "fault", SPLATTED },
		       { "upstream", "fault", QUIET },
		       { "upstream", "moves", SPLATTED },
		       { "upstream", "quiet", QUIET } },
	  .control = CONTROL_HELD,
	  .verdict = "FAIL",
	  .pass = 2,
	  .fail = 1 },
	{ .name = "FAIL weighs more than SKIP",
	  .results = { { "upstream", "fault", VERDICTS("SKIP x", "PASS", "PASS", "PASS") },
		       { "upstream", "moves", SPLATTED } },
	  .verdict = "FAIL",
	  .fail = 1,
	  .skip = 1 },
	{ .name = "PASS weighs more than SKIP, but a SKIP that is not expected shows",
	  .results = { { "upstream", "fault", VERDICTS("SKIP x", "PASS", "PASS", "PASS") },
		       { "upstream", "moves", QUIET } },
	  .verdict = "PASS",
	  .pass = 1,
	  .skip = 1 },
	{ .name = "SKIP alone is SKIP",
	  .results = { { "upstream", "fault", VERDICTS("SKIP x", "PASS", "PASS", "PASS") } },
	  .verdict = "SKIP",
	  .skip = 1 },
	{ .name = "a rule that FAILs where it should PASS",
	  .results = { { "unfixed", "fault", SPLATTED },
		       { "upstream", "fault",
			 VERDICTS("PASS", "FAIL silence cursor", "SKIP x", "PASS") } },
	  .control = CONTROL_HELD,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "a control that PASSes: the run proves nothing",
	  .results = { { "unfixed", "fault", QUIET }, { "upstream", "fault", QUIET } },
	  .control = CONTROL_MISSED,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "a control that SKIPs: the run proves nothing",
	  .results = { { "unfixed", "fault",
			 VERDICTS("SKIP x", "FAIL silence x", "SKIP x", "SKIP x") },
		       { "upstream", "fault", QUIET } },
	  .control = CONTROL_MISSED,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "a control that FAILs in another way than it should: not as expected",
	  .results = { { "unfixed", "fault",
			 VERDICTS("FAIL WARNING f", "SKIP x", "SKIP x", "SKIP x") },
		       { "upstream", "fault", QUIET } },
	  .control = CONTROL_HELD,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "a control that could not be set up: the run proves nothing",
	  .results = { { "unfixed", "fault", .flaw = "QEMU died" },
		       { "upstream", "fault", QUIET } },
	  .control = CONTROL_MISSED,
	  .setup_failures = 1,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "an instrumented control that is interrupted",
	  .results = { { "unfixed", "fault", SPLATTED, .instrumented = "f", .interrupted = 1,
			 .journal = FAULT_FIRED },
		       { "upstream", "fault", QUIET, .instrumented = "f",
			 .journal = FAULT_FIRED } },
	  .control = CONTROL_HELD,
	  .as_expected = true,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "one whose faults are never an interruption: the run proves nothing",
	  .results = { { "unfixed", "fault", SPLATTED, .instrumented = "f",
			 .journal = FAULT_FIRED },
		       { "upstream", "fault", QUIET, .instrumented = "f",
			 .journal = FAULT_FIRED } },
	  .control = CONTROL_MISSED,
	  .as_expected = true,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "one that splats by signals alone",
	  .results = { { "unfixed", "fault", SPLATTED, .instrumented = "f" },
		       { "upstream", "fault", QUIET, .instrumented = "f" } },
	  .control = CONTROL_HELD,
	  .as_expected = true,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "a control of which only a quiet program was run is no control",
	  .results = { { "unfixed", "moves", QUIET }, { "upstream", "moves", QUIET } },
	  .as_expected = true,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "a run without the control's variant",
	  .results = { { "upstream", "fault", QUIET } },
	  .as_expected = true,
	  .verdict = "PASS",
	  .expected = true,
	  .pass = 1 },
	{ .name = "a set-up failure is counted, and is never as expected",
	  .results = { { "unfixed", "fault", SPLATTED },
		       { "upstream", "fault", QUIET },
		       { "upstream", "moves", .flaw = "QEMU died" },
		       { "upstream", "quiet", .flaw = "the guest did not begin the program" } },
	  .control = CONTROL_HELD,
	  .setup_failures = 2,
	  .verdict = "PASS",
	  .pass = 1,
	  .skip = 2 },
};

/* The cell of @rule in the matrix's JSON; owned by @root. */
static JsonObject *find_cell(JsonNode *root, const char *variant, const char *rule)
{
	JsonObject *row = json_object_get_object_member(json_node_get_object(root), variant);

	assert_non_null(row);
	return json_object_get_object_member(json_object_get_object_member(row, "rules"), rule);
}

static void check_example(void **state)
{
	const struct example *row = *state;
	struct matrix *matrix = new_matrix();
	JsonObject *cell, *counts;
	JsonNode *root;

	for (size_t i = 0; i < MAX_RESULTS && row->results[i].variant; i++)
		add(matrix, &row->results[i]);
	assert_int_equal(matrix_as_expected(matrix), row->as_expected);
	assert_int_equal(matrix_control(matrix), row->control);
	assert_int_equal(matrix_setup_failures(matrix), row->setup_failures);

	root = matrix_to_json(matrix);
	cell = find_cell(root, "upstream", "splat");
	assert_string_equal(json_object_get_string_member(cell, "verdict"), row->verdict);
	assert_int_equal(json_object_get_boolean_member(cell, "expected"), row->expected);
	assert_int_equal(json_object_get_int_member(cell, "trials"),
			 row->pass + row->fail + row->skip);
	counts = json_object_get_object_member(cell, "counts");
	assert_int_equal(json_object_get_int_member(counts, "pass"), row->pass);
	assert_int_equal(json_object_get_int_member(counts, "fail"), row->fail);
	assert_int_equal(json_object_get_int_member(counts, "skip"), row->skip);
	json_node_unref(root);
	matrix_free(matrix);
}

static void test_a_trial_says_whether_it_was_as_expected(void **state)
{
	static const struct result good = { "upstream", "moves", QUIET };
	static const struct result splat = { "upstream", "moves", SPLATTED };
	static const struct result control = { "unfixed", "fault", SPLATTED };
	static const struct result flawed = { "unfixed", "moves", .flaw = "QEMU died" };
	struct matrix *matrix = new_matrix();

	(void)state;
	assert_true(add(matrix, &good));
	assert_false(add(matrix, &splat));
	assert_true(add(matrix, &control));
	assert_false(add(matrix, &flawed));
	matrix_free(matrix);
}

static struct expectations *lenient(void)
{
	static const char text[] = "[splat]\n*=PASS|SKIP\n[lockup]\n*=PASS|SKIP\n"
				   "[lost-update]\n*=PASS|SKIP\n[stale-cursor]\n*=PASS|SKIP\n"
				   "[rollback]\n*=PASS|SKIP\n[expect]\n*=PASS|SKIP\n"
				   "[leak]\n*=PASS|SKIP\n[fence-annotated]\n*=PASS|SKIP\n";

	return expectations_parse("lenient", text, strlen(text), NULL);
}

/* Its verdicts are SKIP. */
static void test_a_set_up_failure_is_not_as_expected_even_where_a_skip_is(void **state)
{
	static const struct result skipped = { "tried", "moves",
					       VERDICTS("SKIP x", "SKIP x", "SKIP x", "SKIP x") };
	static const struct result flawed = { "tried", "fault", .flaw = "QEMU died" };
	struct matrix *matrix = matrix_new();

	(void)state;
	matrix_add_variant(matrix, "tried", lenient());
	assert_true(add(matrix, &skipped));
	assert_true(matrix_as_expected(matrix));
	assert_false(add(matrix, &flawed));
	assert_false(matrix_as_expected(matrix));
	matrix_free(matrix);
}

/* What is written */

/* A run with a little of everything. */
static struct matrix *varied_matrix(void)
{
	static const struct result results[] = {
		{ "unfixed", "signals", SPLATTED },
		{ "unfixed", "fault", SPLATTED },
		{ "unfixed", "moves", QUIET },
		{ "upstream", "moves", QUIET },
		{ "upstream", "fault",
		  VERDICTS("PASS", "PASS", "FAIL cursor changed plane FB_ID", "PASS") },
	};
	struct matrix *matrix = new_matrix();

	for (size_t i = 0; i < LENGTH(results); i++)
		add(matrix, &results[i]);
	return matrix;
}

static void assert_evidence(JsonArray *evidence, guint i, const char *program, const char *verdict,
			    const char *signature, const char *file, bool expected)
{
	JsonObject *entry = json_array_get_object_element(evidence, i);

	assert_string_equal(json_object_get_string_member(entry, "program"), program);
	assert_string_equal(json_object_get_string_member(entry, "verdict"), verdict);
	assert_string_equal(json_object_get_string_member(entry, "signature"), signature);
	assert_string_equal(json_object_get_string_member(entry, "file"), file);
	assert_int_equal(json_object_get_boolean_member(entry, "expected"), expected);
}

static void test_every_variant_has_every_rule_in_json(void **state)
{
	struct matrix *matrix = varied_matrix();
	JsonNode *root = matrix_to_json(matrix);
	JsonObject *variants = json_node_get_object(root);
	GList *names = json_object_get_members(variants);

	(void)state;
	assert_int_equal(g_list_length(names), 2);
	assert_string_equal(names->data, "unfixed");
	assert_string_equal(names->next->data, "upstream");
	for (GList *name = names; name; name = name->next) {
		for (int rule = 0; rule < RULE_COUNT; rule++) {
			JsonObject *cell = find_cell(root, name->data, rules[rule].name);

			assert_non_null(cell);
			assert_true(json_object_has_member(cell, "verdict"));
			assert_true(json_object_has_member(cell, "expected"));
			assert_true(json_object_has_member(cell, "trials"));
			assert_true(json_object_has_member(cell, "evidence"));
		}
	}
	g_list_free(names);
	json_node_unref(root);
	matrix_free(matrix);
}

static void test_evidence_says_where_to_look(void **state)
{
	struct matrix *matrix = varied_matrix();
	JsonNode *root = matrix_to_json(matrix);
	JsonArray *splat =
		json_object_get_array_member(find_cell(root, "unfixed", "splat"), "evidence");
	JsonArray *rollback =
		json_object_get_array_member(find_cell(root, "upstream", "rollback"), "evidence");
	JsonArray *good =
		json_object_get_array_member(find_cell(root, "upstream", "splat"), "evidence");

	(void)state;
	/* In the order of programs, whichever VM was quicker. */
	assert_int_equal(json_array_get_length(splat), 2);
	assert_evidence(splat, 0, "fault", "FAIL", SPLAT + 5, "unfixed/fault/console.txt", true);
	assert_evidence(splat, 1, "signals", "FAIL", SPLAT + 5, "unfixed/signals/console.txt",
			false);
	assert_int_equal(json_array_get_length(rollback), 2);
	assert_evidence(rollback, 0, "fault", "FAIL", "cursor changed plane FB_ID",
			"upstream/fault/journal.txt", false);
	assert_evidence(rollback, 1, "moves", "SKIP", "no operation failed",
			"upstream/moves/journal.txt", true);
	assert_int_equal(json_array_get_length(good), 0);
	json_node_unref(root);
	matrix_free(matrix);
}

static char *print(const struct matrix *matrix, bool colour)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	matrix_print(matrix, out, colour);
	fclose(out);
	return text;
}

/* The words of @text's line that begins with @begin, one space between them. */
static char *line_of(const char *text, const char *begin)
{
	char **lines = g_strsplit(text, "\n", -1);
	char *found = NULL;

	for (int i = 0; lines[i] && !found; i++) {
		if (g_str_has_prefix(g_strchug(lines[i]), begin)) {
			char **words = g_strsplit_set(lines[i], " ", -1);

			found = g_strdup("");
			for (int w = 0; words[w]; w++) {
				char *longer = *words[w] ? g_strconcat(found, *found ? " " : "",
								       words[w], NULL) :
							   g_strdup(found);

				g_free(found);
				found = longer;
			}
			g_strfreev(words);
		}
	}
	g_strfreev(lines);
	return found;
}

static void assert_line(const char *text, const char *begin, const char *expected)
{
	char *line = line_of(text, begin);

	assert_non_null(line);
	assert_string_equal(line, expected);
	g_free(line);
}

static void test_the_table(void **state)
{
	struct matrix *matrix = varied_matrix();
	char *text = print(matrix, false);

	(void)state;
	assert_line(text, "variant",
		    "variant splat lockup lost-update stale-cursor rollback expect leak");
	assert_line(
		text, "fence-",
		"fence- signals order in failed-commit status implicit lifetime wait annotated");
	/* What is not as expected has its mark: the signals' splat, the fault's rollback. */
	assert_line(text, "unfixed ",
		    "unfixed FAIL 2/3 ! PASS 1/1 ! PASS 3/3 PASS 3/3 SKIP PASS 1/1 ! PASS 3/3");
	assert_line(text, "upstream ",
		    "upstream PASS 2/2 PASS 2/2 PASS 2/2 PASS 2/2 FAIL 1/1 ! PASS 2/2 PASS 2/2");
	assert_line(text, "upstream rollback: FAIL",
		    "upstream rollback: FAIL cursor changed plane FB_ID (fault) -- not expected");
	assert_null(strchr(text, '\033'));
	free(text);
	matrix_free(matrix);
}

/* A signature is printed once for all programs that showed it. */
static void test_findings_are_gathered_by_their_signature(void **state)
{
	static const struct result results[] = {
		{ "upstream", "b", SPLATTED },
		{ "upstream", "a", SPLATTED },
		{ "upstream", "c", VERDICTS("FAIL Oops f", "PASS", "SKIP x", "PASS") },
	};
	struct matrix *matrix = new_matrix();
	char *text;

	(void)state;
	for (size_t i = 0; i < LENGTH(results); i++)
		add(matrix, &results[i]);
	text = print(matrix, false);
	assert_line(text, "upstream splat: FAIL WARNING",
		    "upstream splat: " SPLAT " (a, b) -- not expected");
	assert_line(text, "upstream splat: FAIL Oops",
		    "upstream splat: FAIL Oops f (c) -- not expected");
	free(text);
	matrix_free(matrix);
}

/* What verdicts on an instrumented driver rest on is said beside them, and nothing of it otherwise. */
static void test_an_instrumented_driver_is_called_so(void **state)
{
	static const struct result results[] = {
		{ "unfixed", "fault", SPLATTED, .instrumented = "f, g", .interrupted = 2 },
		{ "unfixed", "other", SPLATTED, .instrumented = "f, g", .interrupted = 3 },
		{ "upstream", "fault", QUIET },
	};
	struct matrix *matrix = new_matrix();
	JsonObject *unfixed, *upstream;
	JsonNode *root;
	char *text;

	(void)state;
	for (size_t i = 0; i < LENGTH(results); i++)
		add(matrix, &results[i]);
	text = print(matrix, false);
	assert_line(text, "unfixed instrumented", "unfixed instrumented: f, g (interruptions: 5)");
	assert_null(strstr(text, "upstream instrumented"));
	root = matrix_to_json(matrix);
	unfixed = json_object_get_object_member(json_node_get_object(root), "unfixed");
	upstream = json_object_get_object_member(json_node_get_object(root), "upstream");
	assert_string_equal(json_object_get_string_member(unfixed, "instrumented"), "f, g");
	assert_int_equal(json_object_get_int_member(unfixed, "interrupted"), 5);
	assert_false(json_object_has_member(upstream, "instrumented"));
	json_node_unref(root);
	free(text);
	matrix_free(matrix);
}

static void test_colours_only_if_they_are_wanted(void **state)
{
	struct matrix *matrix = varied_matrix();
	char *text = print(matrix, true);

	(void)state;
	assert_non_null(strchr(text, '\033'));
	free(text);
	matrix_free(matrix);
}

static void test_an_empty_matrix_can_be_shown(void **state)
{
	struct matrix *matrix = new_matrix();
	char *text = print(matrix, false);
	JsonNode *root = matrix_to_json(matrix);

	(void)state;
	assert_line(text, "unfixed", "unfixed SKIP SKIP SKIP SKIP SKIP SKIP SKIP");
	/* No program had to do with fences. */
	assert_null(strstr(text, "fence-"));
	assert_string_equal(
		json_object_get_string_member(find_cell(root, "unfixed", "splat"), "verdict"),
		"SKIP");
	json_node_unref(root);
	free(text);
	matrix_free(matrix);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_trial_says_whether_it_was_as_expected),
		cmocka_unit_test(test_a_set_up_failure_is_not_as_expected_even_where_a_skip_is),
		cmocka_unit_test(test_every_variant_has_every_rule_in_json),
		cmocka_unit_test(test_evidence_says_where_to_look),
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_findings_are_gathered_by_their_signature),
		cmocka_unit_test(test_an_instrumented_driver_is_called_so),
		cmocka_unit_test(test_colours_only_if_they_are_wanted),
		cmocka_unit_test(test_an_empty_matrix_can_be_shown),
	};
	int failed = RUN_ROWS("what trials come to", examples, check_example);

	failed += cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
	return failed ? 1 : 0;
}
