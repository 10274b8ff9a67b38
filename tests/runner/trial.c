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
	g_free(trial->instrumented);
	g_free(trial->flaw);
	g_free(trial);
}

/* No PASS for what did not happen. */
static struct verdict judge_rule(int rule, const struct evidence *evidence)
{
	struct verdict verdict = rules[rule].judge(evidence, rule);
	const char *gap = evidence_gap(evidence);

	if (verdict.kind != VERDICT_PASS || !gap)
		return verdict;
	verdict_clear(&verdict);
	return (struct verdict){ .kind = VERDICT_SKIP, .signature = g_strdup(gap) };
}

static guint count_checks(const GArray *events)
{
	guint checks = 0;

	for (guint i = 0; i < events->len; i++)
		if (g_array_index(events, struct journal_event, i).kind == JOURNAL_CHECK)
			checks++;
	return checks;
}

/*
 * Why what device and display were seen to do is no evidence, or NULL; the caller's. A trace with
 * holes may lack a command as well as a mark; a guest that was stopped dead may owe a mark. A guest
 * that came to its end came out of each of its checks, so the host has looked as often.
 */
static char *witness_flaw(const struct trial *trial)
{
	const struct updates *updates = trial->updates;
	guint owed = trial->end == TRIAL_DONE ? 0 : 1, checks = count_checks(trial->events);

	if (trial->garbled)
		return g_strdup_printf("%u lines of the device's trace are garbled",
				       trial->garbled);
	if (trial->timeline->missing > owed)
		return g_strdup_printf("the device's trace has holes: %u of %u marks are missing",
				       trial->timeline->missing, trial->timeline->marks);
	if (updates->defined > updates->told)
		return g_strdup_printf("the witnesses contradict each other: the display had %u "
				       "cursor images, and the device was told of %u",
				       updates->defined, updates->told);
	if (trial->end == TRIAL_DONE && trial->display->checks->len != checks)
		return g_strdup_printf("the display's record has %u checks, the journal %u",
				       trial->display->checks->len, checks);
	return NULL;
}

static void forget_updates(struct trial *trial)
{
	g_clear_pointer(&trial->updates, updates_free);
	g_clear_pointer(&trial->timeline, timeline_free);
}

static void judge(struct trial *trial, guint rubbish)
{
	g_autofree char *blind = trial->updates ? witness_flaw(trial) : NULL;
	struct evidence evidence = { .program = trial->file->program,
				     .events = trial->events,
				     .findings = console_findings(trial->findings),
				     .rubbish = rubbish,
				     .lost_lines = strstr(trial->console->str,
							  "printk messages dropped") != NULL,
				     .instrumented = trial->instrumented != NULL,
				     .end = trial->end };

	console_clock(trial->findings, &evidence.clock);
	if (!trial->flaw)
		trial->flaw = evidence_flaw(&evidence);
	/* A kernel that has complained is evidence without what was seen besides. */
	if (blind && evidence.findings->len)
		forget_updates(trial);
	else if (!trial->flaw)
		trial->flaw = g_steal_pointer(&blind);
	evidence.updates = trial->updates;
	evidence.device = trial->updates ? trial->device : NULL;
	for (int i = 0; i < RULE_COUNT; i++) {
		if (trial->flaw)
			trial->verdicts[i] = (struct verdict){ .kind = VERDICT_SKIP,
							       .signature = g_strdup(trial->flaw) };
		else
			trial->verdicts[i] = judge_rule(i, &evidence);
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

/* As fail_dump() in lib/fault-inject.c tells of each. */
static guint count_interrupted(const char *console)
{
	guint count = 0;

	while ((console = strstr(console, "name fail_function,"))) {
		console++;
		count++;
	}
	return count;
}

static void watch_updates(struct trial *trial)
{
	trial->garbled = trace_read(trial->trace->str, trial->trace->len, trial->device);
	trial->timeline = timeline_new(trial->events, trial->device);
	trial->updates = updates_judge(trial->file->program, trial->timeline, trial->display);
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
	trial->interrupted = count_interrupted(trial->console->str);
	rubbish = journal_read(trial->journal->str, trial->journal->len, trial->events);
	if (trial->display)
		watch_updates(trial);
	judge(trial, rubbish);
}

void trial_rename(struct trial *trial, const struct program_file *file)
{
	for (int rule = 0; rule < RULE_COUNT; rule++)
		if (!trial->verdicts[rule].program)
			trial->verdicts[rule].program = g_strdup(trial->file->name);
	trial->file = file;
}

void trial_merge(struct trial *sum, struct trial *trial)
{
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		struct verdict other = trial->verdicts[rule];

		if (other.kind <= sum->verdicts[rule].kind)
			continue;
		trial->verdicts[rule] = sum->verdicts[rule];
		sum->verdicts[rule] = other;
	}
	if (trial->flaw && !sum->flaw)
		sum->flaw = g_steal_pointer(&trial->flaw);
}
