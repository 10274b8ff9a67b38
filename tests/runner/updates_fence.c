// SPDX-License-Identifier: MIT
/*
 * Whether the device was told of a commit before what the commit had to wait for was signalled. The fences are of software
 * timelines, which user space signals, so the journal knows when that began.
 */
#include <string.h>

#include "tests/runner/updates_judge.h"

static struct wait *wait_at(const struct judge *judge, guint i)
{
	return &g_array_index(judge->waits, struct wait, i);
}

static gboolean is_implicit(const struct wait *wait)
{
	return wait->said->text_len >= 8 && !memcmp(wait->said->text, "implicit", 8);
}

static gboolean covers(const struct journal_event *signals, const struct journal_event *waits)
{
	return signals->name_len == waits->name_len &&
	       !memcmp(signals->name, waits->name, waits->name_len) &&
	       waits->point <= signals->point;
}

/* Its operation enters the kernel now. */
static void release(struct judge *judge)
{
	for (guint i = 0; i < judge->waits->len; i++)
		if (covers(judge->signals, wait_at(judge, i)->said))
			wait_at(judge, i)->released = TRUE;
	judge->signals = NULL;
}

/* When a client is killed its software timelines are closed, which signals them, and nobody says when. */
static gboolean may_be_killed(const struct program *program)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].kind == OP_KILL)
			return TRUE;
	return FALSE;
}

void judge_fences(struct judge *judge, const struct journal_event *event)
{
	struct wait wait = { event, FALSE };

	if (event->kind == JOURNAL_WAITS && !may_be_killed(judge->program))
		g_array_append_val(judge->waits, wait);
	if (event->kind == JOURNAL_SIGNALS)
		judge->signals = event;
	if (event->kind == JOURNAL_OP && judge->signals && judge->signals->seq == event->seq)
		release(judge);
}

void judge_wait(struct judge *judge, const struct demand *demand)
{
	for (guint i = 0; i < judge->waits->len; i++) {
		const struct wait *wait = wait_at(judge, i);
		gboolean implicit = is_implicit(wait);

		if (wait->said->seq != demand->op->seq)
			continue;
		judge->updates->waited[implicit]++;
		if (wait->released)
			continue;
		judge_report(judge, implicit ? INCIDENT_EARLY_IMPLICIT : INCIDENT_EARLY,
			     demand->op->seq, judge->moment,
			     g_strdup_printf("shown before %s had signalled",
					     implicit ? "its buffer's fence" : "its in-fence"),
			     g_strdup_printf("operation %" G_GUINT64_FORMAT
					     " (%.*s) was shown before point %" G_GUINT64_FORMAT
					     " of %.*s was signalled",
					     demand->op->seq, (int)demand->op->text_len,
					     demand->op->text, wait->said->point,
					     (int)wait->said->name_len, wait->said->name));
	}
}
