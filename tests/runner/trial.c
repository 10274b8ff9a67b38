// SPDX-License-Identifier: MIT
#include "tests/runner/trial.h"

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

static void judge(struct trial *trial)
{
	struct evidence evidence = { .program = trial->file->program,
				     .events = trial->events,
				     .findings = console_findings(trial->findings),
				     .end = trial->end };

	if (!trial->flaw && trial->end == TRIAL_NO_VM)
		trial->flaw = g_strdup("QEMU was gone before the trial's end");
	else if (!trial->flaw && trial->end == TRIAL_CANCELLED)
		trial->flaw = g_strdup("interrupted");
	else if (!trial->flaw)
		trial->flaw = evidence_flaw(&evidence);
	for (int i = 0; i < RULE_COUNT; i++) {
		if (trial->flaw)
			trial->verdicts[i] =
				(struct verdict){ VERDICT_SKIP, g_strdup(trial->flaw) };
		else
			trial->verdicts[i] = rules[i].judge(&evidence);
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
	trial->end = end;
	g_string_append_len(trial->console, console, (gssize)console_len);
	g_string_append_len(trial->journal, journal, (gssize)journal_len);
	console_feed(trial->findings, console, console_len);
	console_finish(trial->findings);
	journal_read(trial->journal->str, trial->journal->len, trial->events);
	judge(trial);
}
