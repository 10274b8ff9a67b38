// SPDX-License-Identifier: MIT
#include "tests/runner/conclude.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/runner/progress.h"
#include "tests/runner/session.h"
#include "tests/runner/soak.h"

#define CONTROL "unfixed"

int conclude_matrix(const struct matrix *matrix, const struct conclusion *conclusion)
{
	guint flaws = matrix_setup_failures(matrix);
	enum matrix_control control = matrix_control(matrix);

	if (flaws) {
		progress_say("INVALID: %u of %u trials are set-up failures", flaws,
			     conclusion->trials);
		return STORM_TROUBLE;
	}
	if (control == CONTROL_MISSED) {
		progress_say("INVALID: unfixed does not FAIL splat where it must%s, so this run "
			     "proves nothing",
			     conclusion->instrumented ? ", or is not interrupted" : "");
		return STORM_TROUBLE;
	}
	if (control == CONTROL_NONE && !conclusion->uncontrolled)
		printf("no positive control: unfixed took no part with a program that makes it "
		       "FAIL\n");
	if (!matrix_as_expected(matrix)) {
		printf("NOT AS EXPECTED: see the lines marked so above\n");
		return STORM_DIFFERS;
	}
	printf("all as expected\n");
	return STORM_OK;
}

static void print_control(const struct soak_table *table)
{
	for (guint i = 0; i < table->rows->len; i++) {
		const struct soak_row *row = g_ptr_array_index(table->rows, i);

		if (strcmp(row->variant, CONTROL))
			continue;
		if (row->counts[RULE_SPLAT][VERDICT_FAIL])
			printf("positive control: unfixed FAILed splat in %u of %u trials\n",
			       row->counts[RULE_SPLAT][VERDICT_FAIL], row->trials);
		else
			printf("no positive control: unfixed did not FAIL splat in %u trials, so "
			       "a PASS of others says little\n",
			       row->trials);
		return;
	}
	printf("no positive control: unfixed took no part\n");
}

static void write_text(const struct soak_table *table, const char *folder)
{
	g_autofree char *path = g_build_filename(folder, SOAK_TEXT, NULL);
	FILE *file = fopen(path, "we");

	if (!file) {
		progress_say("cannot write %s: %s", path, g_strerror(errno));
		return;
	}
	soak_table_print(table, file);
	fclose(file);
}

int conclude_soak(const struct soak_table *table, const char *folder, gboolean complete)
{
	guint news = soak_table_news(table), flaws = soak_table_flaws(table);

	write_text(table, folder);
	soak_table_print(table, stdout);
	putchar('\n');
	print_control(table);
	printf("results: %s\n", folder);
	if (flaws)
		printf("INVALID: %u of %u trials are set-up failures\n", flaws,
		       soak_table_trials(table));
	if (news)
		printf("NOT AS EXPECTED: %u findings are not known, see the lines marked so "
		       "above\n",
		       news);
	if (flaws || !complete)
		return STORM_TROUBLE;
	if (news)
		return STORM_DIFFERS;
	printf("all as expected\n");
	return STORM_OK;
}
