// SPDX-License-Identifier: MIT
#include "tests/runner/rules.h"

#include <errno.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/evidence.h"
#include "tests/runner/fences.h"
#include "tests/runner/leak.h"
#include "tests/runner/rollback.h"

static const char *const verdict_names[VERDICT_KINDS] = {
	[VERDICT_SKIP] = "SKIP",
	[VERDICT_PASS] = "PASS",
	[VERDICT_FAIL] = "FAIL",
};

const char *verdict_name(enum verdict_kind kind)
{
	return verdict_names[kind];
}

static const char *const end_names[TRIAL_ENDS] = {
	[TRIAL_DONE] = "done",	       [TRIAL_SILENT] = "silent", [TRIAL_HUNG] = "hung",
	[TRIAL_PANICKED] = "panicked", [TRIAL_RESET] = "reset",	  [TRIAL_ENOUGH] = "enough",
	[TRIAL_RUNAWAY] = "runaway",   [TRIAL_NO_VM] = "no-vm",	  [TRIAL_CANCELLED] = "cancelled",
};

const char *trial_end_name(enum trial_end end)
{
	return end_names[end];
}

int trial_end_by_name(const char *name)
{
	for (int i = 0; i < TRIAL_ENDS; i++)
		if (!strcmp(end_names[i], name))
			return i;
	return -1;
}

void verdict_clear(struct verdict *verdict)
{
	g_clear_pointer(&verdict->signature, g_free);
	g_clear_pointer(&verdict->details, g_free);
	g_clear_pointer(&verdict->program, g_free);
}

static struct verdict pass(void)
{
	return (struct verdict){ .kind = VERDICT_PASS, .signature = g_strdup("") };
}

static struct verdict skip(const char *reason)
{
	return (struct verdict){ .kind = VERDICT_SKIP, .signature = g_strdup(reason) };
}

/* Takes @signature. */
static struct verdict failure(char *signature)
{
	return (struct verdict){ .kind = VERDICT_FAIL, .signature = signature };
}

/* The same, of the operation @op. */
static struct verdict failure_of(const struct journal_event *op, char *signature)
{
	return (struct verdict){ .kind = VERDICT_FAIL, .signature = signature, .seq = op->seq };
}

/* How long the program had run when the kernel said so, or NULL if either has no time. */
static char *tell_age(const struct evidence *evidence, const struct finding *finding)
{
	const struct journal_event *begin = evidence_find(evidence, JOURNAL_BEGIN);
	double age;

	if (!begin || finding->stamp < 0)
		return NULL;
	age = finding->stamp - evidence->clock - (double)begin->time / 1e9;
	return g_strdup_printf("after %.2f s of guest time", MAX(age, 0));
}

/* The first that is an error of the kernel's own whether commits are annotated or not. */
static const struct finding *find_splat(const struct evidence *evidence)
{
	gboolean annotated = program_annotates(evidence->program);

	for (guint i = 0; i < evidence->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(evidence->findings, i);

		if (!finding_is_stall(finding->kind) && !(annotated && finding->fence))
			return finding;
	}
	return NULL;
}

static struct verdict judge_splat(const struct evidence *evidence, int rule)
{
	const struct finding *splat = find_splat(evidence);

	(void)rule;

	if (splat)
		return (struct verdict){ .kind = VERDICT_FAIL,
					 .signature = g_strdup(splat->signature),
					 .details = tell_age(evidence, splat) };
	if (evidence->end == TRIAL_RESET)
		return failure(g_strdup("guest-reset"));
	if (program_annotates(evidence->program) && evidence_fence(evidence))
		return skip("the commit tail is annotated: fence-annotated judges");
	if (evidence->end == TRIAL_DONE)
		return pass();
	return skip("the guest stood still before the program's end");
}

static gboolean stood_still(enum trial_end end)
{
	return end == TRIAL_SILENT || end == TRIAL_HUNG;
}

/* Where a guest that says nothing more stood, as one word or a few. */
static char *where_silent(const struct evidence *evidence)
{
	const struct journal_event *op = evidence_unfinished(evidence);

	if (op)
		return g_strndup(op->text, strcspn(op->text, " \n"));
	if (!evidence_find(evidence, JOURNAL_OP))
		return g_strdup("before the first operation");
	if (evidence_find(evidence, JOURNAL_EXIT))
		return g_strdup("after the client's end");
	return g_strdup("between operations");
}

static struct verdict judge_lockup(const struct evidence *evidence, int rule)
{
	(void)rule;
	const struct finding *stall = evidence_finding(evidence, TRUE);

	if (stall)
		return failure(g_strdup(stall->signature));
	if (stood_still(evidence->end)) {
		const struct journal_event *op = evidence_unfinished(evidence);
		g_autofree char *where = where_silent(evidence);
		char *signature = g_strdup_printf(LOCKUP_SILENCE "%s", where);

		return op ? failure_of(op, signature) : failure(signature);
	}
	if (evidence_sum(evidence, "flip.missing", ""))
		return failure(g_strdup("no event for a flip"));
	if (evidence_sum(evidence, "hotplug.missing", ""))
		return failure(g_strdup("no event for a hotplug"));
	if (evidence_finding(evidence, FALSE))
		return skip("the kernel had splatted");
	if (evidence->end != TRIAL_DONE)
		return skip("the guest was reset");
	return pass();
}

/* An incident is a fact whatever came after it. Takes @details. */
static struct verdict incident_failure(const struct incident *incident, char *details)
{
	struct verdict verdict = failure(g_strdup(incident->signature));

	verdict.details = details;
	verdict.seq = incident->seq;
	return verdict;
}

/* A PASS for what was watched to the end, or why it is none. */
static struct verdict pass_at_end(const struct evidence *evidence)
{
	if (evidence_finding(evidence, FALSE))
		return skip("the kernel had splatted");
	if (evidence->end != TRIAL_DONE)
		return skip("the guest stood still before the program's end");
	return pass();
}

/* The same for what a check must have come after. */
static struct verdict pass_after_check(const struct evidence *evidence)
{
	struct verdict verdict = pass_at_end(evidence);

	if (verdict.kind != VERDICT_PASS || !evidence->updates->open)
		return verdict;
	verdict_clear(&verdict);
	return skip("no check came after the last updates");
}

static struct verdict judge_lost_update(const struct evidence *evidence, int rule)
{
	(void)rule;
	const struct updates *updates = evidence->updates;
	const struct incident *lost;

	if (!updates)
		return skip("nobody watched the device and the display");
	lost = updates_first(updates, INCIDENT_LOST);
	if (lost)
		return incident_failure(lost, g_strdup_printf("%u of %u updates, %u of %u pictures",
							      updates->lost, updates->demanded,
							      updates->differing, updates->checks));
	if (!updates->demanded)
		return skip("no update succeeded");
	return pass_after_check(evidence);
}

static struct verdict judge_stale_cursor(const struct evidence *evidence, int rule)
{
	(void)rule;
	const struct updates *updates = evidence->updates;
	const struct incident *stale;
	guint count;

	if (!updates)
		return skip("nobody watched the device");
	stale = updates_first(updates, INCIDENT_STALE);
	count = updates->counts[INCIDENT_STALE];
	if (stale)
		return incident_failure(stale, g_strdup_printf("%u of %u cursor images (%.1f %%)",
							       count, updates->images,
							       100.0 * count / updates->images));
	if (!updates->images)
		return skip("no cursor image was shown");
	return pass_after_check(evidence);
}

static void keep_first(const struct journal_event *op, const char *signature, void *data)
{
	struct verdict *verdict = data;

	if (signature && !verdict->signature)
		*verdict = failure_of(op, g_strdup(signature));
}

/*
 * What the guest reads back is compared around each failed operation; and what the host was told
 * after it, where somebody watched.
 */
static struct verdict judge_rollback(const struct evidence *evidence, int rule)
{
	(void)rule;
	const struct incident *outside =
		evidence->updates ? updates_first(evidence->updates, INCIDENT_ROLLBACK) : NULL;
	struct verdict verdict = { .signature = NULL };
	guint compared = rollback_each(evidence->events, keep_first, &verdict);

	if (verdict.signature)
		return verdict;
	if (outside)
		return incident_failure(
			outside, g_strdup_printf("%u times seen on the host",
						 evidence->updates->counts[INCIDENT_ROLLBACK]));
	if (compared == 0 && (!evidence->updates || !evidence->updates->refused))
		return skip("no operation failed");
	verdict = pass_at_end(evidence);
	if (verdict.kind != VERDICT_PASS || !evidence->updates || !evidence->updates->open_failures)
		return verdict;
	verdict_clear(&verdict);
	return skip("no check came after the last failure");
}

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
		else if (op_enters(op->kind))
			expect = NULL;
	}
	return NULL;
}

/* Whoever is interrupted may say so. */
static gboolean is_expected(const struct evidence *evidence, const struct op *expect,
			    const struct journal_event *ret)
{
	if (evidence->instrumented && ret->fired && ret->err == EINTR)
		return TRUE;
	for (int i = 0; i < expect->expect_count; i++)
		if (expect->expect[i] == ret->err)
			return TRUE;
	return FALSE;
}

static struct verdict judge_expect(const struct evidence *evidence, int rule)
{
	(void)rule;
	const struct journal_event *op = NULL;
	guint checked = 0;

	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);
		const struct op *expect;
		const char *word;

		if (event->kind == JOURNAL_OP)
			op = event;
		if (event->kind != JOURNAL_RET || !op || op->seq != event->seq ||
		    evidence_is_undo(op))
			continue;
		expect = expectation_for(evidence->program, op->line);
		if (!expect)
			continue;
		if (!is_expected(evidence, expect, event)) {
			word = errno_word(event->err);
			return failure_of(op,
					  g_strdup_printf("%.*s in line %d returned %s",
							  (int)strcspn(op->text, " \n"), op->text,
							  op->line,
							  word ? word : g_strerror(event->err)));
		}
		checked++;
	}
	if (checked == 0)
		return skip("the program expects nothing");
	return pass_at_end(evidence);
}

/* After a splat or in the middle of it all, nobody has had a chance to clean up. */
static struct verdict judge_leak(const struct evidence *evidence, int rule)
{
	(void)rule;
	struct verdict verdict = pass_at_end(evidence);
	struct leak *leak;

	if (verdict.kind != VERDICT_PASS)
		return verdict;
	verdict_clear(&verdict);
	leak = leak_new(evidence->events, evidence->device);
	if (!leak->counted) {
		/* The client's end, with which all of its goes, may still be to come. */
		verdict = skip("the guest has not counted");
	} else if (leak->left->len) {
		const struct left *first = g_ptr_array_index(leak->left, 0);

		verdict = failure(g_strdup_printf("%s left", first->what));
		verdict.details = leak_describe(leak);
	} else if (!evidence->device) {
		verdict = skip("nobody watched the device");
	} else {
		verdict = pass();
	}
	leak_free(leak);
	return verdict;
}

static struct verdict judge_fence(const struct evidence *evidence, int rule)
{
	struct fence_account account;
	struct verdict verdict;

	fences_account(evidence, (enum fence_rule)(rule - RULE_FENCE_SIGNALS), &account);
	if (account.signature) {
		verdict = failure(account.signature);
		verdict.details = g_strdup_printf("%u of %" G_GINT64_FORMAT " times: %s",
						  account.broken, account.looked, account.text);
		verdict.seq = account.seq;
		g_free(account.text);
		return verdict;
	}
	return account.looked ? pass_at_end(evidence) :
				skip("the program had nothing to do with it");
}

/* lockdep is silent after its first report, so of several promises that are broken it tells one. */
static struct verdict judge_fence_annotated(const struct evidence *evidence, int rule)
{
	const struct finding *found = evidence_fence(evidence);

	(void)rule;

	if (!program_annotates(evidence->program))
		return skip("the commit tail is not annotated");
	if (found)
		return failure(g_strdup(found->signature));
	return pass_at_end(evidence);
}

const struct rule rules[RULE_COUNT] = {
	[RULE_SPLAT] = { "splat", "the kernel reports no error of its own on the console",
			 "console.txt", judge_splat },
	[RULE_LOCKUP] = { "lockup", "every operation comes back and the guest stays alive",
			  "console.txt", judge_lockup },
	[RULE_LOST_UPDATE] = { "lost-update", "an update that succeeded is shown by the host",
			       "trace.txt", judge_lost_update },
	[RULE_STALE_CURSOR] = { "stale-cursor",
				"a cursor image is shown only after its pixels were transferred",
				"trace.txt", judge_stale_cursor },
	[RULE_ROLLBACK] = { "rollback",
			    "an ioctl that failed left the KMS state and the host's picture as "
			    "they were",
			    "journal.txt", judge_rollback },
	[RULE_EXPECT] = { "expect", "every operation returned what its program expects",
			  "journal.txt", judge_expect },
	[RULE_LEAK] = { "leak", "what the program made is gone when it is", "journal.txt",
			judge_leak },
	[RULE_FENCE_SIGNALS] = { "fence-signals",
				 "the out-fence of a commit that succeeded signals, and not "
				 "before it",
				 "journal.txt", judge_fence },
	[RULE_FENCE_ORDER] = { "fence-order",
			       "no point is seen signalled before an earlier one, or "
			       "unsignalled again",
			       "journal.txt", judge_fence },
	[RULE_FENCE_IN] = { "fence-in", "a commit is shown only after its in-fences have signalled",
			    "trace.txt", judge_fence },
	[RULE_FENCE_FAILED_COMMIT] = { "fence-failed-commit",
				       "a commit that failed or was a test leaves no "
				       "fence and uses none up",
				       "journal.txt", judge_fence },
	[RULE_FENCE_STATUS] = { "fence-status",
				"what is told of a fence agrees, and its names are right",
				"journal.txt", judge_fence },
	[RULE_FENCE_IMPLICIT] = { "fence-implicit",
				  "a commit waits for its buffer's fences, and its own "
				  "signal",
				  "trace.txt", judge_fence },
	[RULE_FENCE_LIFETIME] = { "fence-lifetime", "fences outlive their client, and signal",
				  "journal.txt", judge_fence },
	[RULE_FENCE_WAIT] = { "fence-wait",
			      "a wait ends when its point has signalled, or at its "
			      "deadline",
			      "journal.txt", judge_fence },
	[RULE_FENCE_ANNOTATED] = { "fence-annotated",
				   "nothing in a commit's tail waits for what may wait for its "
				   "fence",
				   "console.txt", judge_fence_annotated },
};

gboolean rule_is_fence(int rule)
{
	return rule >= RULE_FENCE_SIGNALS && rule <= RULE_FENCE_ANNOTATED;
}

int rule_by_name(const char *name)
{
	for (int i = 0; i < RULE_COUNT; i++)
		if (!strcmp(rules[i].name, name))
			return i;
	return -1;
}
