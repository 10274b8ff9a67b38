// SPDX-License-Identifier: MIT
#include "tests/runner/rules_judge.h"

#include <string.h>

#include "compositor/model/journal.h"

/* The expect line that stands before the operation in program line @line, or NULL. */
static const struct op *expectation_for(const struct program *program, int line)
{
	const struct op *expect = NULL;

	for (int i = 0; i < program->op_count; i++) {
		const struct op *op = &program->ops[i];

		if (op->kind == OP_EXPECT)
			expect = op;
		else if (op->line == line)
			return expect;
		else if (op_is_ioctl(op->kind))
			expect = NULL;
	}
	return NULL;
}

static gboolean is_expected(const struct op *expect, int err)
{
	for (int i = 0; i < expect->expect_count; i++)
		if (expect->expect[i] == err)
			return TRUE;
	return FALSE;
}

/* "undo" stands for no line of the program, so no expectation speaks of it. */
static gboolean is_undo(const struct journal_event *op)
{
	return op->text_len == 4 && !memcmp(op->text, "undo", 4);
}

struct verdict rules_judge_expect(const struct evidence *evidence)
{
	const struct journal_event *op = NULL;
	guint checked = 0;

	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);
		const struct op *expect;
		const char *word;

		if (event->kind == JOURNAL_OP)
			op = event;
		if (event->kind != JOURNAL_RET || !op || op->seq != event->seq || is_undo(op))
			continue;
		expect = expectation_for(evidence->program, op->line);
		if (!expect)
			continue;
		if (!is_expected(expect, event->err)) {
			word = errno_word(event->err);
			return verdict_fail_of(
				op,
				g_strdup_printf("%.*s in line %d returned %s",
						(int)strcspn(op->text, " \n"), op->text, op->line,
						word ? word : g_strerror(event->err)));
		}
		checked++;
	}
	if (checked == 0)
		return verdict_skip("the program expects nothing");
	return verdict_at_end(evidence);
}
