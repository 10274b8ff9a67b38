// SPDX-License-Identifier: MIT
#include "tests/runner/rounds.h"

#include "tests/runner/points.h"

/* Where an allocation failed that the console says nothing of (__GFP_NOWARN). */
#define SILENT_SITE "an allocation without warning"

static struct round *round_at(const GArray *rounds, guint i)
{
	return &g_array_index(rounds, struct round, i);
}

/* What the guest says. */
static void read_journal(GArray *rounds, const GArray *events)
{
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);
		struct round round = { .op = event };
		struct round *last;

		if (event->kind == JOURNAL_OP && event->nth)
			g_array_append_val(rounds, round);
		if (event->kind != JOURNAL_RET || !rounds->len)
			continue;
		last = round_at(rounds, rounds->len - 1);
		if (last->op->seq != event->seq)
			continue;
		last->ret = event;
		last->fired = event->fired;
	}
}

static gboolean has_clock(const struct trial *trial)
{
	return console_clock(trial->findings, &(double){ 0 });
}

static gboolean belongs(const struct trial *trial, const struct round *round,
			const struct injection *injection)
{
	double difference, time;

	if (!console_clock(trial->findings, &difference) || injection->stamp < 0)
		return TRUE;
	time = (injection->stamp - difference) * 1e9;
	return time >= (double)round->op->time - ROUND_CLOCKS_NS &&
	       (!round->ret || time <= (double)round->ret->time + ROUND_CLOCKS_NS);
}

/* The guest does not know of a failure in a round that does not come back, or that ended a kernel worker. */
static gboolean fired_unseen(const struct trial *trial, const struct round *round,
			     const struct injection *injection)
{
	if (round->ret && !has_clock(trial))
		return FALSE;
	return belongs(trial, round, injection);
}

/*
 * One allocation fails in a round whose fault fired, or two. The console tells of most, in their order.
 */
static void assign_injections(GArray *rounds, const struct trial *trial)
{
	const GPtrArray *injections = console_injections(trial->findings);
	guint next = 0;

	for (guint i = 0; i < rounds->len; i++) {
		struct round *round = round_at(rounds, i);
		const struct injection *injection;

		if (next == injections->len)
			return;
		injection = g_ptr_array_index(injections, next);
		if (!round->fired)
			round->fired = fired_unseen(trial, round, injection) ? 1 : 0;
		if (!round->fired || !belongs(trial, round, injection))
			continue;
		round->injection = injection;
		/* A second one in the same round (again=) is its, too. */
		while (++next < injections->len && has_clock(trial) &&
		       belongs(trial, round, g_ptr_array_index(injections, next)))
			round->second = g_ptr_array_index(injections, next);
	}
}

GArray *rounds_read(const struct trial *trial)
{
	GArray *rounds = g_array_new(FALSE, TRUE, sizeof(struct round));

	read_journal(rounds, trial->events);
	assign_injections(rounds, trial);
	return rounds;
}

char *round_site(const struct round *round)
{
	const char *first = round->injection ? round->injection->site : SILENT_SITE;

	if (round->second)
		return g_strdup_printf("%s" POINT_THEN "%s", first, round->second->site);
	if (round->fired > 1)
		return g_strdup_printf("%s" POINT_AND "%s", first, SILENT_SITE);
	return g_strdup(first);
}
