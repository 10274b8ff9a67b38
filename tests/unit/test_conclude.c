// SPDX-License-Identifier: MIT
/*
 * Exit codes by examples: what a matrix and a soak come to. What proves nothing is worse than what is not
 * expected, and both are worse than what is.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/runner/conclude.h"
#include "tests/runner/session.h"
#include "tests/unit/unit.h"

/* The program fault must FAIL splat on the control, and nothing else may FAIL. */
#define OTHERS                                                                                     \
	"[lockup]\n*=PASS\n[lost-update]\n*=PASS\n[stale-cursor]\n*=PASS\n[rollback]\n*=PASS\n"    \
	"[expect]\n*=PASS\n[leak]\n*=PASS\n[fence-annotated]\n*=PASS|SKIP\n"
#define UNFIXED "[splat]\nfault=FAIL\n*=PASS\n" OTHERS
#define UPSTREAM "[splat]\n*=PASS\n" OTHERS

static void name_expectations(struct matrix *matrix, const char *variant, const char *text)
{
	struct expectations *expectations = expectations_parse(variant, text, strlen(text), NULL);

	assert_non_null(expectations);
	matrix_add_variant(matrix, variant, expectations);
}

/* The program fault on @variant: a fault fired, and all rules PASSed but for splat. */
static struct trial *trial_of(const char *variant, const struct program_file *file,
			      const char *splat)
{
	static const char journal[] = "op 1 13 5 3 cursor C1\nret 1 14 12 1\n";
	struct trial *trial = trial_new(variant, file);

	journal_read(journal, strlen(journal), trial->events);
	for (int rule = 0; rule < RULE_COUNT; rule++)
		trial->verdicts[rule] =
			(struct verdict){ .kind = VERDICT_PASS, .signature = g_strdup("") };
	if (!strcmp(splat, "FAIL")) {
		trial->verdicts[RULE_SPLAT].kind = VERDICT_FAIL;
		g_free(trial->verdicts[RULE_SPLAT].signature);
		trial->verdicts[RULE_SPLAT].signature = g_strdup("WARNING f a.c");
	} else if (strcmp(splat, "PASS") != 0) {
		trial->flaw = g_strdup(splat);
	}
	return trial;
}

/* A verdict on splat, or why there is none; NULL: no such trial. */
static const struct example {
	const char *name;
	const char *unfixed, *upstream;
	int code;
} matrices[] = {
	{ "all is as it should be", "FAIL", "PASS", STORM_OK },
	{ "a FAIL that is not expected", "FAIL", "FAIL", STORM_DIFFERS },
	{ "nobody has tried the control", NULL, "PASS", STORM_OK },
	{ "nobody has tried the control, and there is a FAIL", NULL, "FAIL", STORM_DIFFERS },
	{ "the control does not FAIL", "PASS", "PASS", STORM_TROUBLE },
	{ "the control does not FAIL, and another one does", "PASS", "FAIL", STORM_TROUBLE },
	{ "a trial that could not be made", "FAIL", "QEMU died", STORM_TROUBLE },
	{ "a trial of the control that could not be made", "QEMU died", "PASS", STORM_TROUBLE },
};

static void add(struct matrix *matrix, const char *variant, const char *splat)
{
	struct program_file file = { .name = (char *)(uintptr_t) "fault" };
	struct trial *trial = splat ? trial_of(variant, &file, splat) : NULL;

	if (trial)
		matrix_add_trial(matrix, trial);
	trial_free(trial);
}

static void check_matrix(void **state)
{
	const struct example *row = *state;
	struct matrix *matrix = matrix_new();

	name_expectations(matrix, "unfixed", UNFIXED);
	name_expectations(matrix, "upstream", UPSTREAM);
	add(matrix, "unfixed", row->unfixed);
	add(matrix, "upstream", row->upstream);
	assert_int_equal(conclude_matrix(matrix, &(struct conclusion){ .trials = 2 }), row->code);
	matrix_free(matrix);
}

/* Verdicts that are all expected, and what is told besides them. */
static const struct besides {
	const char *name;
	const char *news;	/* a FAIL that is not known, or NULL */
	gboolean reached, held; /* a positive control among many */
	int code;
	const char *printed; /* in the matrix, or NULL */
} besides[] = {
	{ "nothing", NULL, FALSE, FALSE, STORM_OK, NULL },
	{ "a point that is not known", "cursor image never sent cursor @ f", FALSE, FALSE,
	  STORM_DIFFERS,
	  "  upstream lost-update: FAIL cursor image never sent cursor @ f (fault: allocation 3) "
	  "-- "
	  "not known\n" },
	{ "a control that holds at last", NULL, TRUE, TRUE, STORM_OK, NULL },
	{ "a control that never holds", NULL, TRUE, FALSE, STORM_TROUBLE, NULL },
};

static char *print(const struct matrix *matrix)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	matrix_print(matrix, file, FALSE);
	fclose(file);
	return text;
}

static void check_besides(void **state)
{
	const struct besides *row = *state;
	struct matrix *matrix = matrix_new(), *read = matrix_new();
	g_autoptr(JsonNode) json = NULL;
	g_autofree char *text = NULL, *again = NULL;

	matrix_add_variant(matrix, "unfixed", expectations_any());
	matrix_add_variant(matrix, "upstream", expectations_any());
	add(matrix, "unfixed", "FAIL");
	add(matrix, "upstream", "PASS");
	if (row->news)
		matrix_add_news(matrix, "upstream", "fault",
				&(struct matrix_news){ RULE_LOST_UPDATE, row->news, "allocation 3",
						       "fault-from-2" });
	if (row->reached)
		matrix_add_control(matrix, "unfixed", FALSE);
	if (row->held)
		matrix_add_control(matrix, "unfixed", TRUE);
	assert_int_equal(conclude_matrix(matrix, &(struct conclusion){ .trials = 2 }), row->code);
	text = print(matrix);
	assert_int_equal(row->printed && strstr(text, row->printed), row->printed != NULL);
	assert_int_equal(strstr(text, "not known") != NULL, row->printed != NULL);
	/* Joined with other shards, it comes to the same. */
	json = matrix_to_json(matrix);
	matrix_read(read, json_node_get_object(json), "unfixed");
	matrix_read(read, json_node_get_object(json), "upstream");
	again = print(read);
	assert_string_equal(again, text);
	assert_int_equal(conclude_matrix(read, &(struct conclusion){ .trials = 2 }), row->code);
	matrix_free(read);
	matrix_free(matrix);
}

/* What is known of upstream is in @known; "" is nothing. */
static const struct soak {
	const char *name;
	const char *splat, *known;
	gboolean complete;
	int code;
} soaks[] = {
	{ "nothing was found", "PASS", "", TRUE, STORM_OK },
	{ "nothing was found so far", "PASS", "", FALSE, STORM_TROUBLE },
	{ "a finding", "FAIL", "", TRUE, STORM_DIFFERS },
	{ "a finding that is known", "FAIL", "it=FAIL WARNING f\n", TRUE, STORM_OK },
	{ "a finding so far", "FAIL", "", FALSE, STORM_TROUBLE },
	{ "a trial that could not be made", "QEMU died", "", TRUE, STORM_TROUBLE },
};

static void check_soak(void **state)
{
	const struct soak *row = *state;
	g_autofree char *dir = g_dir_make_tmp("conclude-XXXXXX", NULL), *file = NULL, *text = NULL;
	g_autofree char *known = g_strconcat("[splat]\n", row->known, "*=PASS\n" OTHERS, NULL);
	struct expectations *expectations =
		expectations_parse("known.ini", known, strlen(known), NULL);
	struct program_file program = { .name = (char *)(uintptr_t) "000001" };
	struct trial *trial = trial_of("upstream", &program, row->splat);
	struct soak_table *table = soak_table_new();
	g_autoptr(GPtrArray) fresh = g_ptr_array_new();

	assert_non_null(expectations);
	soak_table_add(table, trial, 1, expectations, fresh);
	assert_int_equal(conclude_soak(table, dir, row->complete), row->code);
	file = g_build_filename(dir, "soak.txt", NULL);
	assert_true(g_file_get_contents(file, &text, NULL, NULL));
	assert_non_null(strstr(text, "upstream"));
	g_unlink(file);
	g_rmdir(dir);
	soak_table_free(table);
	trial_free(trial);
	expectations_free(expectations);
}

int main(void)
{
	int failed = RUN_ROWS("matrix", matrices, check_matrix);

	failed += RUN_ROWS("besides the verdicts", besides, check_besides);
	return failed + RUN_ROWS("soak", soaks, check_soak);
}
