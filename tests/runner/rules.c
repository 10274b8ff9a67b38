// SPDX-License-Identifier: MIT
#include "tests/runner/rules_judge.h"

#include <string.h>
#include <sys/wait.h>

#include "compositor/model/journal.h"
#include "tests/runner/leak.h"

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
	[TRIAL_DONE] = "done",	       [TRIAL_SILENT] = "silent",	[TRIAL_HUNG] = "hung",
	[TRIAL_PANICKED] = "panicked", [TRIAL_RESET] = "reset",		[TRIAL_RUNAWAY] = "runaway",
	[TRIAL_NO_VM] = "no-vm",       [TRIAL_CANCELLED] = "cancelled",
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
}

struct verdict verdict_pass(void)
{
	return (struct verdict){ .kind = VERDICT_PASS, .signature = g_strdup("") };
}

struct verdict verdict_skip(const char *reason)
{
	return (struct verdict){ .kind = VERDICT_SKIP, .signature = g_strdup(reason) };
}

struct verdict verdict_fail(char *signature)
{
	return (struct verdict){ .kind = VERDICT_FAIL, .signature = signature };
}

struct verdict verdict_fail_of(const struct journal_event *op, char *signature)
{
	return (struct verdict){ .kind = VERDICT_FAIL, .signature = signature, .seq = op->seq };
}

guint journal_read(const char *text, gsize len, GArray *events)
{
	const char *end = text + len;
	guint rubbish = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;
		struct journal_event event;

		if (newline && !journal_parse(text, (size_t)(stop - text), &event))
			g_array_append_val(events, event);
		else
			rubbish++;
		text = stop + 1;
	}
	return rubbish;
}

const struct journal_event *evidence_event(const struct evidence *evidence, guint i)
{
	return &g_array_index(evidence->events, struct journal_event, i);
}

static const struct journal_event *find_event(const struct evidence *evidence,
					      enum journal_kind kind)
{
	for (guint i = 0; i < evidence->events->len; i++)
		if (evidence_event(evidence, i)->kind == kind)
			return evidence_event(evidence, i);
	return NULL;
}

const struct finding *evidence_finding(const struct evidence *evidence, gboolean stall)
{
	for (guint i = 0; i < evidence->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(evidence->findings, i);

		if (finding_is_stall(finding->kind) == stall)
			return finding;
	}
	return NULL;
}

/* The operation that was under way when the journal ended, or NULL. */
static const struct journal_event *unfinished(const struct evidence *evidence)
{
	const struct journal_event *op = NULL;

	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);

		if (event->kind == JOURNAL_OP)
			op = event;
		else if (event->kind == JOURNAL_RET && op && event->seq == op->seq)
			op = NULL;
	}
	return op;
}

/* Operations and checks count from 1, and each operation comes back before the next one begins. */
static gboolean has_gaps(const struct evidence *evidence)
{
	guint64 ops = 0, rets = 0, checks = 0;

	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);

		if (event->kind == JOURNAL_OP && (event->seq != ++ops || rets != ops - 1))
			return TRUE;
		if (event->kind == JOURNAL_RET && (event->seq != ++rets || rets != ops))
			return TRUE;
		if (event->kind == JOURNAL_CHECK && event->seq != ++checks)
			return TRUE;
	}
	return FALSE;
}

char *evidence_flaw(const struct evidence *evidence)
{
	const struct journal_event *error = find_event(evidence, JOURNAL_ERROR);
	const struct journal_event *gone = find_event(evidence, JOURNAL_EXIT);

	if (evidence->end == TRIAL_NO_VM)
		return g_strdup("the VM did not last");
	if (evidence->end == TRIAL_CANCELLED)
		return g_strdup("interrupted");
	/* Whatever the kernel complained about is evidence enough, and so is that it stands still. */
	if (evidence->findings->len)
		return NULL;
	if (error)
		return g_strdup_printf("the guest could not run the program: %.*s",
				       (int)error->text_len, error->text);
	if (!find_event(evidence, JOURNAL_BEGIN) && evidence->end != TRIAL_RESET)
		return g_strdup("the guest did not begin the program");
	if (evidence->end != TRIAL_DONE)
		return NULL;
	if (gone && gone->value && WIFSIGNALED((int)gone->value))
		return g_strdup_printf(
			"the client was killed by signal %d and the kernel said nothing",
			WTERMSIG((int)gone->value));
	if (gone && gone->value)
		return g_strdup_printf("the client ended with status %d",
				       WEXITSTATUS((int)gone->value));
	if (!find_event(evidence, JOURNAL_END))
		return g_strdup("the client ended before its program did");
	if (!find_event(evidence, JOURNAL_OP))
		return g_strdup("no operation was executed");
	if (evidence->rubbish || has_gaps(evidence) || unfinished(evidence))
		return g_strdup("the journal is not whole");
	return NULL;
}

static gboolean has_op(const struct program *program, enum op_kind kind)
{
	for (int i = 0; i < program->op_count; i++) {
		const struct op *op = &program->ops[i];

		if (op->kind == kind && (kind != OP_SIGNALS || op->ns) &&
		    (kind != OP_CONTEND || op->threads))
			return TRUE;
	}
	return FALSE;
}

static gboolean fault_fired(const struct evidence *evidence)
{
	for (guint i = 0; i < evidence->events->len; i++)
		if (evidence_event(evidence, i)->kind == JOURNAL_RET &&
		    evidence_event(evidence, i)->fired)
			return TRUE;
	return FALSE;
}

/* The sum of the guest's counts whose name begins and ends so. */
static gint64 sum_stats(const struct evidence *evidence, const char *prefix, const char *suffix)
{
	gint64 sum = 0;

	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);
		g_autofree char *name = NULL;

		if (event->kind != JOURNAL_STAT)
			continue;
		name = g_strndup(event->name, event->name_len);
		if (g_str_has_prefix(name, prefix) && g_str_has_suffix(name, suffix))
			sum += event->value;
	}
	return sum;
}

const char *evidence_gap(const struct evidence *evidence)
{
	const struct program *program = evidence->program;

	if (has_op(program, OP_FAULT) && !fault_fired(evidence))
		return "no allocation was made to fail";
	if (has_op(program, OP_SIGNALS) && !sum_stats(evidence, "signals.delivered", ""))
		return "no signal was delivered";
	if (has_op(program, OP_CONTEND) && !sum_stats(evidence, "contend.", ".loops"))
		return "no buffer was contended for";
	if (evidence->lost_lines)
		return "the console lost lines";
	return NULL;
}

static struct verdict judge_splat(const struct evidence *evidence)
{
	const struct finding *splat = evidence_finding(evidence, FALSE);

	if (splat)
		return verdict_fail(g_strdup(splat->signature));
	if (evidence->end == TRIAL_RESET)
		return verdict_fail(g_strdup("guest-reset"));
	if (evidence->end == TRIAL_DONE)
		return verdict_pass();
	return verdict_skip("the guest stood still before the program's end");
}

static gboolean stood_still(enum trial_end end)
{
	return end == TRIAL_SILENT || end == TRIAL_HUNG;
}

/* Where a guest that says nothing more stood, as one word or a few. */
static char *where_silent(const struct evidence *evidence)
{
	const struct journal_event *op = unfinished(evidence);

	if (op)
		return g_strndup(op->text, strcspn(op->text, " \n"));
	if (!find_event(evidence, JOURNAL_OP))
		return g_strdup("before the first operation");
	if (find_event(evidence, JOURNAL_EXIT))
		return g_strdup("after the client's end");
	return g_strdup("between operations");
}

static struct verdict judge_lockup(const struct evidence *evidence)
{
	const struct finding *stall = evidence_finding(evidence, TRUE);

	if (stall)
		return verdict_fail(g_strdup(stall->signature));
	if (stood_still(evidence->end)) {
		const struct journal_event *op = unfinished(evidence);
		g_autofree char *where = where_silent(evidence);
		char *signature = g_strdup_printf("silence %s", where);

		return op ? verdict_fail_of(op, signature) : verdict_fail(signature);
	}
	if (sum_stats(evidence, "flip.missing", ""))
		return verdict_fail(g_strdup("no event for a flip"));
	if (evidence_finding(evidence, FALSE))
		return verdict_skip("the kernel had splatted");
	if (evidence->end != TRIAL_DONE)
		return verdict_skip("the guest was reset");
	return verdict_pass();
}

struct verdict verdict_of_incident(const struct incident *incident, char *details)
{
	struct verdict verdict = verdict_fail(g_strdup(incident->signature));

	verdict.details = details;
	verdict.seq = incident->seq;
	return verdict;
}

struct verdict verdict_at_end(const struct evidence *evidence)
{
	if (evidence_finding(evidence, FALSE))
		return verdict_skip("the kernel had splatted");
	if (evidence->end != TRIAL_DONE)
		return verdict_skip("the guest stood still before the program's end");
	return verdict_pass();
}

/* The same as verdict_at_end() for what a check must have come after. */
static struct verdict pass_after_check(const struct evidence *evidence)
{
	struct verdict verdict = verdict_at_end(evidence);

	if (verdict.kind != VERDICT_PASS || !evidence->updates->open)
		return verdict;
	verdict_clear(&verdict);
	return verdict_skip("no check came after the last updates");
}

static struct verdict judge_lost_update(const struct evidence *evidence)
{
	const struct updates *updates = evidence->updates;
	const struct incident *lost;

	if (!updates)
		return verdict_skip("nobody watched the device and the display");
	lost = updates_first(updates, INCIDENT_LOST);
	if (lost)
		return verdict_of_incident(lost,
					   g_strdup_printf("%u of %u updates, %u of %u pictures",
							   updates->lost, updates->demanded,
							   updates->differing, updates->checks));
	if (!updates->demanded)
		return verdict_skip("no update succeeded");
	return pass_after_check(evidence);
}

static struct verdict judge_stale_cursor(const struct evidence *evidence)
{
	const struct updates *updates = evidence->updates;
	const struct incident *stale;
	guint count;

	if (!updates)
		return verdict_skip("nobody watched the device");
	stale = updates_first(updates, INCIDENT_STALE);
	count = updates->counts[INCIDENT_STALE];
	if (stale)
		return verdict_of_incident(
			stale, g_strdup_printf("%u of %u cursor images (%.1f %%)", count,
					       updates->images, 100.0 * count / updates->images));
	if (!updates->images)
		return verdict_skip("no cursor image was shown");
	return pass_after_check(evidence);
}

/* After a splat or in the middle of it all, nobody has had a chance to clean up. */
static struct verdict judge_leak(const struct evidence *evidence)
{
	struct verdict verdict = verdict_at_end(evidence);
	struct leak *leak;

	if (verdict.kind != VERDICT_PASS)
		return verdict;
	leak = leak_new(evidence->events, evidence->device);
	if (leak->left->len) {
		const struct left *first = g_ptr_array_index(leak->left, 0);

		verdict_clear(&verdict);
		verdict = verdict_fail(g_strdup_printf("%s left", first->what));
		verdict.details = leak_describe(leak);
	} else if (!leak->counted || !evidence->device) {
		verdict_clear(&verdict);
		verdict = verdict_skip(leak->counted ? "nobody watched the device" :
						       "the guest has not counted");
	}
	leak_free(leak);
	return verdict;
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
			    "journal.txt", rules_judge_rollback },
	[RULE_EXPECT] = { "expect", "every operation returned what its program expects",
			  "journal.txt", rules_judge_expect },
	[RULE_LEAK] = { "leak", "what the program made is gone when it is", "journal.txt",
			judge_leak },
};

int rule_by_name(const char *name)
{
	for (int i = 0; i < RULE_COUNT; i++)
		if (!strcmp(rules[i].name, name))
			return i;
	return -1;
}
