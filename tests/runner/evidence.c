// SPDX-License-Identifier: MIT
#include "tests/runner/evidence.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "compositor/model/journal.h"

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

const struct journal_event *evidence_find(const struct evidence *evidence, enum journal_kind kind)
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

const struct finding *evidence_fence(const struct evidence *evidence)
{
	for (guint i = 0; i < evidence->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(evidence->findings, i);

		if (finding->fence)
			return finding;
	}
	return NULL;
}

const struct journal_event *evidence_unfinished(const struct evidence *evidence)
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

gboolean evidence_is_undo(const struct journal_event *op)
{
	return op->text_len == 4 && !memcmp(op->text, "undo", 4);
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

/* As the program asked for. */
static gboolean was_killed(const struct evidence *evidence, const struct journal_event *gone)
{
	return gone && has_op(evidence->program, OP_KILL) && WIFSIGNALED((int)gone->value) &&
	       WTERMSIG((int)gone->value) == SIGKILL;
}

char *evidence_flaw(const struct evidence *evidence)
{
	const struct journal_event *error = evidence_find(evidence, JOURNAL_ERROR);
	const struct journal_event *gone = evidence_find(evidence, JOURNAL_EXIT);

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
	if (!evidence_find(evidence, JOURNAL_BEGIN) && evidence->end != TRIAL_RESET)
		return g_strdup("the guest did not begin the program");
	if (evidence->end != TRIAL_DONE)
		return NULL;
	if (was_killed(evidence, gone))
		return NULL;
	if (gone && gone->value && WIFSIGNALED((int)gone->value))
		return g_strdup_printf(
			"the client was killed by signal %d and the kernel said nothing",
			WTERMSIG((int)gone->value));
	if (gone && gone->value)
		return g_strdup_printf("the client ended with status %d",
				       WEXITSTATUS((int)gone->value));
	if (!evidence_find(evidence, JOURNAL_END))
		return g_strdup("the client ended before its program did");
	if (!evidence_find(evidence, JOURNAL_OP))
		return g_strdup("no operation was executed");
	if (evidence->rubbish || has_gaps(evidence) || evidence_unfinished(evidence))
		return g_strdup("the journal is not whole");
	return NULL;
}

/* Whether so many allocations failed in one operation. */
static gboolean fault_fired(const struct evidence *evidence, guint count)
{
	for (guint i = 0; i < evidence->events->len; i++)
		if (evidence_event(evidence, i)->kind == JOURNAL_RET &&
		    evidence_event(evidence, i)->fired >= count)
			return TRUE;
	return FALSE;
}

gint64 evidence_sum(const struct evidence *evidence, const char *prefix, const char *suffix)
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

/* Whether there is a count with that name, and none of them is 0: each time it was asked for, it was there. */
static gboolean each_time(const struct evidence *evidence, const char *prefix, const char *suffix)
{
	gboolean found = FALSE;

	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);
		g_autofree char *name = NULL;

		if (event->kind != JOURNAL_STAT)
			continue;
		name = g_strndup(event->name, event->name_len);
		if (!g_str_has_prefix(name, prefix) || !g_str_has_suffix(name, suffix))
			continue;
		if (!event->value)
			return FALSE;
		found = TRUE;
	}
	return found;
}

static gboolean has_pressure(const struct program *program, enum pressure_kind kind)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].kind == OP_PRESSURE && program->ops[i].pressure == kind)
			return TRUE;
	return FALSE;
}

static gboolean has_second_fault(const struct program *program)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].again)
			return TRUE;
	return FALSE;
}

/* Why a pressure that was asked for was none, or NULL. */
static const char *pressure_gap(const struct evidence *evidence)
{
	static const char *const gaps[PRESSURES] = {
		[PRESSURE_ALLOC] = "no allocation failed by chance",
		[PRESSURE_MEMORY] = "the memory cgroup never was at its limit",
		[PRESSURE_FDS] = "no descriptor was refused",
		[PRESSURE_QUEUE] = "the control queue never was full",
	};

	for (int kind = 0; kind < PRESSURES; kind++) {
		g_autofree char *stat =
			g_strconcat("pressure.", pressure_word((enum pressure_kind)kind), NULL);

		if (gaps[kind] && has_pressure(evidence->program, (enum pressure_kind)kind) &&
		    !evidence_sum(evidence, stat, ""))
			return gaps[kind];
	}
	if (has_op(evidence->program, OP_DEVICE) &&
	    (!evidence->updates || !evidence->updates->denied))
		return "the device is not known to have run out of memory";
	return NULL;
}

const char *evidence_gap(const struct evidence *evidence)
{
	const struct program *program = evidence->program;
	const char *gap = pressure_gap(evidence);

	if (gap)
		return gap;
	if (has_op(program, OP_FAULT) && !fault_fired(evidence, 1))
		return "no allocation was made to fail";
	if (has_second_fault(program) && !fault_fired(evidence, 2))
		return "no second allocation was made to fail";
	if (has_op(program, OP_SIGNALS) && !each_time(evidence, "signals.delivered", ""))
		return "no signal was delivered";
	if (has_op(program, OP_CONTEND) && !each_time(evidence, "contend.", ".loops"))
		return "no buffer was contended for";
	if (has_op(program, OP_SIGNAL) && !evidence_sum(evidence, "signal.due", ""))
		return "no signal was due";
	if (has_op(program, OP_RIVAL) && !each_time(evidence, "rival.done", ""))
		return "no rival did anything";
	if (has_op(program, OP_OBSERVE) && !each_time(evidence, "observe.", ".looks"))
		return "nobody observed the timeline";
	if (has_op(program, OP_KILL) && evidence_find(evidence, JOURNAL_END))
		return "the client ended before it was killed";
	if (evidence_sum(evidence, "lacks", ""))
		return "the device lacks what the program asks for";
	if (has_op(program, OP_ANNOTATE) && !evidence_sum(evidence, "annotate.tails", ""))
		return "no commit ran annotated";
	if (evidence->lost_lines)
		return "the console lost lines";
	return NULL;
}
