// SPDX-License-Identifier: MIT
#include "tests/runner/trial.h"

#include <string.h>

#include "compositor/model/journal.h"

void trial_free(struct trial *trial)
{
	if (!trial)
		return;
	for (int i = 0; i < RULE_COUNT; i++)
		verdict_clear(&trial->verdicts[i]);
	g_string_free(trial->console, TRUE);
	g_string_free(trial->journal, TRUE);
	g_array_unref(trial->events);
	console_free(trial->findings);
	g_free(trial->flaw);
	g_free(trial);
}

/* No PASS for what did not happen. */
static struct verdict judge_rule(const struct rule *rule, const struct evidence *evidence)
{
	struct verdict verdict = rule->judge(evidence);
	const char *gap = evidence_gap(evidence);

	if (verdict.kind != VERDICT_PASS || !gap)
		return verdict;
	verdict_clear(&verdict);
	return (struct verdict){ VERDICT_SKIP, g_strdup(gap) };
}

static void judge(struct trial *trial, guint rubbish)
{
	struct evidence evidence = { .program = trial->file->program,
				     .events = trial->events,
				     .findings = console_findings(trial->findings),
				     .rubbish = rubbish,
				     .lost_lines = strstr(trial->console->str,
							  "printk messages dropped") != NULL,
				     .end = trial->end };

	if (!trial->flaw)
		trial->flaw = evidence_flaw(&evidence);
	for (int i = 0; i < RULE_COUNT; i++) {
		if (trial->flaw)
			trial->verdicts[i] = (struct verdict){ VERDICT_SKIP, g_strdup(trial->flaw) };
		else
			trial->verdicts[i] = judge_rule(&rules[i], &evidence);
	}
}

struct trial *trial_new(const char *variant, const struct program_file *file)
{
	struct trial *trial = g_new0(struct trial, 1);

	trial->variant = variant;
	trial->file = file;
	trial->console = g_string_new(NULL);
	trial->journal = g_string_new(NULL);
	trial->events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	trial->findings = console_new();
	return trial;
}

void trial_finish(struct trial *trial, enum trial_end end, const char *console, gsize console_len,
		  const char *journal, gsize journal_len)
{
	guint rubbish;

	trial->end = end;
	g_string_append_len(trial->console, console, (gssize)console_len);
	g_string_append_len(trial->journal, journal, (gssize)journal_len);
	console_feed(trial->findings, console, console_len);
	console_finish(trial->findings);
	rubbish = journal_read(trial->journal->str, trial->journal->len, trial->events);
	judge(trial, rubbish);
}
