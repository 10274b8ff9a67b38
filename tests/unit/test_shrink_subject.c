// SPDX-License-Identifier: MIT
/* What is looked for when a trial is shrunk, by recorded trials; and the file that comes of it. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/runner/expect.h"
#include "tests/runner/recorded.h"
#include "tests/runner/shrink_subject.h"
#include "tests/unit/unit.h"

#define GOLDEN(name) GOLDEN_DIR "/" name

static struct shrink_subject *load(const char *dir, int rule)
{
	GError *error = NULL;
	struct shrink_subject *subject = shrink_subject_load(dir, rule, &error);

	if (!subject)
		print_error("%s\n", error->message);
	assert_non_null(subject);
	return subject;
}

/* --- what is looked for ----------------------------------------------------------------------- */

static const struct aim {
	const char *name; /* of a recorded trial */
	int wanted, rule;
	const char *signature;
	struct shrink_moment moment;
} aims[] = {
	{ "splat",
	  -1,
	  RULE_SPLAT,
	  "WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c",
	  { 9, 10 } },
	{ "splat", RULE_LOST_UPDATE, RULE_LOST_UPDATE, "cursor image never sent cursor", { 9, 9 } },
	{ "lockup", RULE_LOCKUP, RULE_LOCKUP, "silence move", { 11, 0 } },
	{ "legacy-hotspot", -1, RULE_ROLLBACK, "cursor changed plane HOTSPOT_X", { 11, 5 } },
	{ "both-planes",
	  -1,
	  RULE_LOST_UPDATE,
	  "primary pixels never transferred commit",
	  { 11, 10 } },
	{ "wrong-errno", -1, RULE_EXPECT, "cursor in line 6 returned ok", { 6, 0 } },
};

static void test_aim(void **state)
{
	const struct aim *row = *state;
	g_autofree char *dir = g_build_filename(GOLDEN_DIR, row->name, NULL);
	struct shrink_subject *subject = load(dir, row->wanted);
	struct recorded *recorded = recorded_load(dir, "", NULL);
	struct shrink_moment moment = { 0, 0 };

	assert_string_equal(subject->name, row->name);
	assert_string_equal(subject->variant, "golden");
	assert_int_equal(subject->rule, row->rule);
	assert_string_equal(subject->signature, row->signature);
	assert_int_equal(shrink_subject_seed(subject, 7), 1);
	assert_true(shrink_subject_shown(subject, recorded->trial, &moment));
	assert_int_equal(moment.line, row->moment.line);
	assert_int_equal(moment.nth, row->moment.nth);
	recorded_free(recorded);
	shrink_subject_free(subject);
}

static void test_another_failure(void **state)
{
	struct shrink_subject *subject = load(GOLDEN("failed-allocations"), -1);
	struct recorded *recorded = recorded_load(GOLDEN("both-planes"), "", NULL);
	struct shrink_moment moment;

	(void)state;
	assert_int_equal(recorded->trial->verdicts[subject->rule].kind, VERDICT_FAIL);
	assert_false(shrink_subject_shown(subject, recorded->trial, &moment));
	recorded_free(recorded);
	shrink_subject_free(subject);
}

/* In a shorter program it is another line. */
static void test_another_line(void **state)
{
	static const char text[] =
		"output 640x480\nbuffer C1 cursor 64x64\nexpect EINVAL\ncursor C1\n";
	static const char journal[] =
		"begin 10 6.12 virtio_gpu 0.1.0 seed 1\nop 1 13 4 0 cursor C1\nret 1 14 0 0\n"
		"end 17\nexit 18 0\nready 19 run\n";
	struct shrink_subject *subject = load(GOLDEN("wrong-errno"), -1);
	struct program_file *file = program_file_parse("short", text, strlen(text), NULL);
	struct trial *trial = trial_new("upstream", file);
	struct recording recording = { .journal = journal, .journal_len = strlen(journal) };
	struct shrink_moment moment = { 0, 0 };

	(void)state;
	trial_finish(trial, TRIAL_DONE, &recording);
	assert_string_equal(trial->verdicts[RULE_EXPECT].signature, "cursor in line 4 returned ok");
	assert_true(shrink_subject_shown(subject, trial, &moment));
	assert_int_equal(moment.line, 4);
	trial_free(trial);
	program_file_free(file);
	shrink_subject_free(subject);
}

/* A program of which nothing is known yet */
static void test_found_out(void **state)
{
	struct recorded *recorded = recorded_load(GOLDEN("splat"), "", NULL);
	struct shrink_subject *subject = shrink_subject_new(recorded->file, RULE_LOST_UPDATE);

	(void)state;
	assert_null(subject->signature);
	assert_null(subject->variant);
	assert_int_equal(shrink_subject_seed(subject, 7), 7);
	assert_true(shrink_subject_aim(subject, recorded->trial));
	assert_int_equal(subject->rule, RULE_LOST_UPDATE);
	assert_string_equal(subject->signature, "cursor image never sent cursor");
	shrink_subject_free(subject);

	subject = shrink_subject_new(recorded->file, RULE_ROLLBACK);
	assert_false(shrink_subject_aim(subject, recorded->trial));
	assert_null(subject->signature);
	shrink_subject_free(subject);
	recorded_free(recorded);
}

/* --- what cannot be shrunk -------------------------------------------------------------------- */

static void refuse(const char *dir, int rule, const char *why)
{
	GError *error = NULL;

	assert_null(shrink_subject_load(dir, rule, &error));
	if (!strstr(error->message, why))
		fail_msg("expected \"%s\", got \"%s\"", why, error->message);
	g_error_free(error);
}

static void test_refused(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("planestorm-XXXXXX", NULL);
	static const char *const files[][2] = {
		{ "program.storm", "output 640x480\nhide\n" },
		{ "journal.txt", "" },
		{ "console.txt", "" },
		{ "verdicts.txt", "end no-vm\nflaw QEMU was killed by signal 9\n" },
	};

	(void)state;
	refuse(GOLDEN("quiet"), -1, "expected a trial that FAILs a rule, got ");
	refuse(GOLDEN("splat"), RULE_ROLLBACK, "expected a trial that FAILs rollback, got ");
	refuse(dir, -1, "program.storm");
	for (guint i = 0; i < LENGTH(files); i++) {
		g_autofree char *path = g_build_filename(dir, files[i][0], NULL);

		assert_true(g_file_set_contents(path, files[i][1], -1, NULL));
	}
	refuse(dir, -1, "is a set-up failure: QEMU was killed by signal 9");
	for (guint i = 0; i < LENGTH(files); i++) {
		g_autofree char *path = g_build_filename(dir, files[i][0], NULL);

		g_unlink(path);
	}
	g_rmdir(dir);
}

/* --- the file --------------------------------------------------------------------------------- */

/* The lines of @story that belong into an expect.ini, with what that must have besides. */
static struct expectations *expectations_in(const char *story)
{
	static const char *const others = "*=PASS|SKIP\n";
	g_auto(GStrv) lines = g_strsplit(story, "\n", -1);
	g_autoptr(GString) text = g_string_new(NULL);
	struct expectations *expectations;
	GError *error = NULL;

	for (guint i = 0; lines[i]; i++)
		if (g_str_has_prefix(lines[i], "#   "))
			g_string_append_printf(text, "%s\n", lines[i] + strlen("#   "));
	for (int rule = 0; rule < RULE_COUNT; rule++)
		g_string_append_printf(text, "[%s]\n%s", rules[rule].name, others);
	expectations = expectations_parse("story", text->str, text->len, &error);
	if (!expectations)
		print_error("%s\n", error->message);
	assert_non_null(expectations);
	return expectations;
}

static const struct telling {
	const char *name; /* of a recorded trial */
	struct shrink_rate rate;
	const char *title;
	bool may_pass;
} tellings[] = {
	{ "splat",
	  { 3, 3 },
	  "splat on unfixed: WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c",
	  false },
	{ "stale-cursor",
	  { 7, 10 },
	  "stale-cursor on unfixed: UPDATE_CURSOR before TRANSFER_TO_HOST_2D",
	  true },
	{ "wrong-errno", { 3, 3 }, "expect on unfixed: cursor returned ok", false },
};

static void test_story(void **state)
{
	const struct telling *row = *state;
	g_autofree char *dir = g_build_filename(GOLDEN_DIR, row->name, NULL);
	struct recorded *recorded = recorded_load(dir, "", NULL);
	struct shrink_subject *subject = load(dir, -1);
	const struct verdict *verdict = &recorded->trial->verdicts[subject->rule];
	const struct verdict pass = { VERDICT_PASS, .signature = (char[]){ "" } };
	struct shrink_result result = { .text = (char[]){ "output 640x480\nhide\n" },
					.lines = 2,
					.original_lines = 200,
					.rate = row->rate };
	g_autofree char *rate =
		g_strdup_printf("FAIL in %u of %u runs", row->rate.failed, row->rate.runs);
	g_autofree char *story = NULL, *title = NULL;
	struct expectations *expectations;
	struct program_file *file;

	g_free(subject->variant);
	subject->variant = g_strdup("unfixed");
	story = shrink_subject_story(subject, &result, "small", "base 6.12");
	file = program_file_parse("small", story, strlen(story), NULL);
	assert_non_null(file);
	assert_int_equal(file->program->op_count, 2);
	title = program_title(file);
	assert_string_equal(title, row->title);
	assert_non_null(strstr(story, rate));
	assert_non_null(strstr(story, "from 200 lines"));
	assert_non_null(strstr(story, "base 6.12"));

	expectations = expectations_in(story);
	assert_true(expectations_met(expectations, subject->rule, "small", verdict));
	assert_int_equal(expectations_met(expectations, subject->rule, "small", &pass),
			 row->may_pass);
	expectations_free(expectations);
	program_file_free(file);
	shrink_subject_free(subject);
	recorded_free(recorded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_another_failure),
		cmocka_unit_test(test_another_line),
		cmocka_unit_test(test_found_out),
		cmocka_unit_test(test_refused),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	failed += RUN_ROWS("aim", aims, test_aim);
	failed += RUN_ROWS("story", tellings, test_story);
	return failed;
}
