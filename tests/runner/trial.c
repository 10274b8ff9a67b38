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
	updates_free(trial->updates);
	timeline_free(trial->timeline);
	display_record_free(trial->display);
	g_array_unref(trial->device);
	g_string_free(trial->trace, TRUE);
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
	return (struct verdict){ .kind = VERDICT_SKIP, .signature = g_strdup(gap) };
}

/* A guest that came to its end came out of each of its checks, so the host has looked as often. */
static char *display_flaw(const struct trial *trial)
{
	guint asked = 0, seen = trial->display ? trial->display->checks->len : 0;

	if (!trial->display || trial->end != TRIAL_DONE || console_findings(trial->findings)->len)
		return NULL;
	for (guint i = 0; i < trial->events->len; i++)
		asked += g_array_index(trial->events, struct journal_event, i).kind ==
			 JOURNAL_CHECK;
	return asked == seen ? NULL :
			       g_strdup_printf("the display's record has %u checks, the journal %u",
					       seen, asked);
}

static void judge(struct trial *trial, guint rubbish)
{
	struct evidence evidence = { .program = trial->file->program,
				     .events = trial->events,
				     .findings = console_findings(trial->findings),
				     .updates = trial->updates,
				     .rubbish = rubbish,
				     .lost_lines = strstr(trial->console->str,
							  "printk messages dropped") != NULL,
				     .end = trial->end };

	if (!trial->flaw)
		trial->flaw = evidence_flaw(&evidence);
	if (!trial->flaw)
		trial->flaw = display_flaw(trial);
	for (int i = 0; i < RULE_COUNT; i++) {
		if (trial->flaw)
			trial->verdicts[i] = (struct verdict){ .kind = VERDICT_SKIP,
							       .signature = g_strdup(trial->flaw) };
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
	trial->trace = g_string_new(NULL);
	trial->device = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	trial->findings = console_new();
	return trial;
}

/*
 * Read the device's trace and judge the updates. A trace with holes is no evidence, of a trial that came
 * to its end: a mark or a command may be among what is missing. A guest that is stopped dead may
 * owe one.
 */
static void watch_updates(struct trial *trial)
{
	guint garbled = trace_read(trial->trace->str, trial->trace->len, trial->device);
	guint owed = trial->end == TRIAL_DONE ? 0 : 1;

	trial->timeline = timeline_new(trial->events, trial->device);
	if (!trial->flaw && garbled)
		trial->flaw = g_strdup_printf("%u lines of the device's trace are garbled", garbled);
	if (!trial->flaw && trial->timeline->missing > owed)
		trial->flaw = g_strdup_printf("the device's trace has holes: %u of %u marks are missing",
					      trial->timeline->missing, trial->timeline->marks);
	trial->updates = updates_judge(trial->file->program, trial->timeline, trial->display);
	if (!trial->flaw && trial->updates->defined > trial->updates->told)
		trial->flaw = g_strdup_printf(
			"the witnesses contradict each other: the display had %u cursor images, "
			"and the device was told of %u",
			trial->updates->defined, trial->updates->told);
}

void trial_finish(struct trial *trial, enum trial_end end, const struct recording *recording)
{
	guint rubbish;

	trial->end = end;
	g_string_append_len(trial->console, recording->console, (gssize)recording->console_len);
	g_string_append_len(trial->journal, recording->journal, (gssize)recording->journal_len);
	g_string_append_len(trial->trace, recording->trace, (gssize)recording->trace_len);
	trial->display = recording->display;
	console_feed(trial->findings, trial->console->str, trial->console->len);
	console_finish(trial->findings);
	rubbish = journal_read(trial->journal->str, trial->journal->len, trial->events);
	if (trial->display)
		watch_updates(trial);
	judge(trial, rubbish);
}
