// SPDX-License-Identifier: MIT
#include "tests/runner/points.h"

#include <errno.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/rollback.h"
#include "tests/runner/rounds.h"

static const char *const outcome_names[POINT_OUTCOMES] = {
	[POINT_REFUSED] = "refused", [POINT_SURVIVED] = "survived", [POINT_UNJUDGED] = "not judged",
	[POINT_STALE] = "stale",     [POINT_CHANGED] = "changed",   [POINT_LOST] = "lost",
	[POINT_LOCKUP] = "lockup",   [POINT_SPLAT] = "splat",
};

const char *point_outcome_name(enum point_outcome outcome)
{
	return outcome_names[outcome];
}

void point_clear(gpointer data)
{
	struct point *point = data;

	g_free(point->site);
	g_free(point->stack);
	g_free(point->second_stack);
	g_free(point->signature);
}

int point_rule(enum point_outcome outcome)
{
	static const int broken[POINT_OUTCOMES] = {
		[POINT_REFUSED] = -1,
		[POINT_SURVIVED] = -1,
		[POINT_UNJUDGED] = -1,
		[POINT_STALE] = RULE_STALE_CURSOR,
		[POINT_CHANGED] = RULE_ROLLBACK,
		[POINT_LOST] = RULE_LOST_UPDATE,
		[POINT_LOCKUP] = RULE_LOCKUP,
		[POINT_SPLAT] = RULE_SPLAT,
	};

	return broken[outcome];
}

void points_free(struct points *points)
{
	if (!points)
		return;
	g_array_unref(points->points);
	g_free(points->plain_signature);
	g_free(points->gap);
	g_free(points);
}

/* Of what the guest notes (compositor/sweep.c): a sweep that ends before its end, and an allocation that it could
 * not come to. */
#define NOTE_ENDS "the sweep ends"
#define NOTE_GIVEN_UP " given up"

/* A sweep as it is put together. */
struct reader {
	const struct trial *trial;
	GArray *rounds; /* struct round */
	struct points *points;
};

static struct round *round_at(const struct reader *reader, guint i)
{
	return &g_array_index(reader->rounds, struct round, i);
}

/* Whether the program was at its end at @time: what the kernel cleans up then is that of all rounds. */
static gboolean is_over(const struct reader *reader, double time)
{
	const GArray *events = reader->trial->events;

	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind == JOURNAL_END)
			return time >= (double)event->time;
	}
	return FALSE;
}

/*
 * Whether @finding may be the doing of round @i. If the console tells of the round's injection, that is
 * before it. Else the clock decides, for a fault that fired silently and for the operation by itself, which
 * is the last round; one that ended before its allocation is tried again, and is not looked at.
 */
static gboolean precedes(const struct reader *reader, guint i, const struct finding *finding)
{
	const struct round *round = round_at(reader, i);
	double difference, time;

	if (round->injection)
		return round->injection->offset < finding->offset;
	if (!round->fired && i + 1 < reader->rounds->len)
		return FALSE;
	if (!console_clock(reader->trial->findings, &difference) || finding->stamp < 0)
		return FALSE;
	time = (finding->stamp - difference) * 1e9;
	return time >= (double)round->op->time - ROUND_CLOCKS_NS && !is_over(reader, time);
}

/* The last round that precedes @finding, or -1. */
static int round_before_finding(const struct reader *reader, const struct finding *finding)
{
	int found = -1;

	for (guint i = 0; i < reader->rounds->len; i++)
		if (precedes(reader, i, finding))
			found = (int)i;
	return found;
}

/* The last round that had begun at operation @seq, or -1. */
static int round_before_seq(const struct reader *reader, guint64 seq)
{
	int found = -1;

	for (guint i = 0; i < reader->rounds->len && round_at(reader, i)->op->seq <= seq; i++)
		found = (int)i;
	return found;
}

/* The same for a moment of the timeline. */
static int round_before_moment(const struct reader *reader, guint moment)
{
	const GArray *moments = reader->trial->timeline->moments;

	for (guint i = moment + 1; i-- > 0;) {
		const struct journal_event *event =
			g_array_index(moments, struct moment, i).journal;

		if (event && event->kind == JOURNAL_OP)
			return round_before_seq(reader, event->seq);
	}
	return -1;
}

static void worsen(struct reader *reader, int round, enum point_outcome outcome,
		   const char *signature)
{
	struct point *point;

	if (round < 0 || (guint)round >= reader->points->points->len)
		return;
	point = &g_array_index(reader->points->points, struct point, round);
	if (outcome <= point->outcome)
		return;
	point->outcome = outcome;
	g_free(point->signature);
	point->signature = g_strdup(signature);
}

/* What a round is if nobody complains of it. */
static enum point_outcome quiet_outcome(const struct reader *reader, const struct round *round)
{
	const struct updates *updates = reader->trial->updates;
	gboolean watched = updates && !updates_unjudged(updates, round->op->seq);

	if (!round->ret)
		return POINT_REFUSED; /* worse will come */
	if (!watched && !round->read_back)
		return POINT_UNJUDGED;
	return round->ret->err ? POINT_REFUSED : POINT_SURVIVED;
}

static void add_point(struct reader *reader, const struct round *round)
{
	struct point point = { .nth = round->op->nth,
			       .seq = round->op->seq,
			       .err = round->ret ? round->ret->err : -1,
			       .signature = g_strdup("") };

	point.outcome = quiet_outcome(reader, round);
	point.site = round_site(round);
	point.stack = round->injection ? g_strdup(round->injection->stack) : NULL;
	point.second_stack = round->second ? g_strdup(round->second->stack) : NULL;
	g_array_append_val(reader->points->points, point);
}

/* What a check sees is told at each check again: it is not the doing of a round that was refused. */
static gboolean is_old(const struct reader *reader, int round, const struct incident *incident)
{
	return round >= 0 && incident->kind == INCIDENT_LOST && !incident->seq &&
	       round_at(reader, (guint)round)->ret && round_at(reader, (guint)round)->ret->err;
}

static void take_incidents(struct reader *reader)
{
	static const enum point_outcome outcomes[INCIDENT_KINDS] = {
		[INCIDENT_LOST] = POINT_LOST,
		[INCIDENT_STALE] = POINT_STALE,
		[INCIDENT_ROLLBACK] = POINT_CHANGED,
		[INCIDENT_EARLY] = POINT_STALE,
		[INCIDENT_EARLY_IMPLICIT] = POINT_STALE,
	};
	const struct updates *updates = reader->trial->updates;

	for (guint i = 0; updates && i < updates->incidents->len; i++) {
		const struct incident *incident = g_ptr_array_index(updates->incidents, i);
		int round = round_before_moment(reader, incident->moment);

		if (!is_old(reader, round, incident))
			worsen(reader, round, outcomes[incident->kind], incident->signature);
	}
}

static void take_change(const struct journal_event *op, const char *signature, void *data)
{
	struct reader *reader = data;

	if (signature)
		worsen(reader, round_before_seq(reader, op->seq), POINT_CHANGED, signature);
}

static void take_read_back(const struct journal_event *op, const char *signature, void *data)
{
	struct reader *reader = data;
	int round = round_before_seq(reader, op->seq);

	(void)signature;
	if (round >= 0 && round_at(reader, (guint)round)->op == op)
		round_at(reader, (guint)round)->read_back = TRUE;
}

/* The console's findings: the first one counts, for what comes after it is not believed. Returns its
 * round, or -1. */
static int take_findings(struct reader *reader)
{
	const GPtrArray *findings = console_findings(reader->trial->findings);
	int first = -1;

	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		int round = round_before_finding(reader, finding);

		if (round < 0 || (first >= 0 && round > first))
			continue;
		first = round;
		worsen(reader, round, finding_is_stall(finding->kind) ? POINT_LOCKUP : POINT_SPLAT,
		       finding->signature);
	}
	return first;
}

/* A guest that stands still, wherever: the last round is the one that it did not get over. */
static int take_silence(struct reader *reader)
{
	const struct verdict *lockup = &reader->trial->verdicts[RULE_LOCKUP];
	int last = (int)reader->rounds->len - 1;

	if (reader->trial->end == TRIAL_DONE)
		return -1;
	worsen(reader, last, POINT_LOCKUP,
	       lockup->kind == VERDICT_FAIL ? lockup->signature :
					      trial_end_name(reader->trial->end));
	return last;
}

/* The points behind the first that brought the guest down say nothing. */
static void cut_behind(struct reader *reader, int round)
{
	struct points *points = reader->points;

	if ((guint)round + 1 < points->points->len)
		g_array_set_size(points->points, (guint)round + 1);
}

/* What the guest noted that has @text in it, without the line that it is about; the caller's, or NULL. */
static char *find_note(const struct reader *reader, const char *text)
{
	const GArray *events = reader->trial->events;

	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);
		g_autofree char *note = NULL;
		const char *colon;

		if (event->kind != JOURNAL_NOTE)
			continue;
		note = g_strndup(event->text, event->text_len);
		colon = g_str_has_prefix(note, "line ") ? strstr(note, ": ") : NULL;
		if (strstr(note, text))
			return g_strdup(colon ? colon + strlen(": ") : note);
	}
	return NULL;
}

/* Why a trial got nowhere; the caller's. */
static char *find_obstacle(const struct reader *reader)
{
	const GPtrArray *findings = console_findings(reader->trial->findings);
	char *note = find_note(reader, NOTE_ENDS);

	if (note)
		return note;
	if (!reader->rounds->len && findings->len)
		return g_strdup_printf(
			"nothing was tried behind %s",
			((const struct finding *)g_ptr_array_index(findings, 0))->signature);
	return g_strdup(reader->rounds->len ? "nothing was reached" : "nothing was tried");
}

/* Whether @round was to be followed by others with the same first failure and a later second one. */
static gboolean leaves_seconds(const struct reader *reader, const struct round *round)
{
	const struct program *program = reader->trial->file->program;
	gboolean open = FALSE;

	for (int i = 0; i < program->op_count; i++)
		open |= program->ops[i].again_open;
	return open && (round->second || round->fired > 1);
}

/*
 * Whether the sweep is at its end: what fired behind the last allocation is nothing, and the operation came
 * back or broke the guest down all the same. (One that a signal interrupted says nothing about what it would have
 * allocated.) Else the next trial goes on behind the last round, if there is one in which anything was reached:
 * each trial gets farther than the one before, so there is an end. All rounds are points still.
 */
static void find_end(struct reader *reader)
{
	struct points *points = reader->points;
	guint count = points->points->len;
	const struct round *last = count ? round_at(reader, count - 1) : NULL;
	g_autofree char *early = find_note(reader, NOTE_ENDS);
	gboolean reached = FALSE;

	for (guint i = 0; i < count; i++)
		reached |= round_at(reader, i)->fired > 0;
	points->gap = find_note(reader, NOTE_GIVEN_UP);
	if (!points->gap && !early && last && leaves_seconds(reader, last))
		points->gap = g_strdup_printf("second failures behind allocation %u are left out",
					      last->op->nth);
	if (last && !last->fired && !early &&
	    (g_array_index(points->points, struct point, count - 1).outcome >= POINT_LOCKUP ||
	     (last->ret && last->ret->err != EINTR)))
		points->finished = TRUE;
	else if (reached)
		points->next = last->op->nth + 1;
	else if (!points->gap)
		points->gap = find_obstacle(reader);
}

/* Each allocation is made to fail more than once; the same again is nothing new. */
static gboolean is_known(const GArray *points, guint count, const struct point *point)
{
	for (guint i = count; i-- > 0;) {
		const struct point *other = &g_array_index(points, struct point, i);

		if (other->nth != point->nth)
			return FALSE;
		if (other->outcome == point->outcome && !strcmp(other->site, point->site))
			return TRUE;
	}
	return FALSE;
}

/*
 * A round in which nothing fired tells what the operation does by itself. It is a point only if the guest
 * broke down over it all the same.
 */
static void conclude(struct reader *reader)
{
	struct points *points = reader->points;
	guint kept = 0;

	points->plain_err = -1;
	for (guint i = 0; i < points->points->len; i++) {
		struct point *point = &g_array_index(points->points, struct point, i);
		gboolean fired = round_at(reader, i)->fired > 0;

		if (!fired) {
			points->plain_err = point->err;
			points->plain_outcome = point->outcome;
			g_free(points->plain_signature);
			points->plain_signature = g_strdup(point->signature);
			g_free(point->site);
			point->site = g_strdup("no allocation");
		}
		if ((fired && !is_known(points->points, kept, point)) ||
		    point->outcome >= POINT_LOCKUP) {
			struct point other = g_array_index(points->points, struct point, kept);

			g_array_index(points->points, struct point, kept++) = *point;
			*point = other;
		}
	}
	g_array_set_size(points->points, kept);
}

char *points_site(const struct trial *trial, guint64 seq)
{
	g_autoptr(GArray) rounds = rounds_read(trial);
	char *site = NULL;

	for (guint i = 0; i < rounds->len && !site; i++) {
		const struct round *round = &g_array_index(rounds, struct round, i);

		if (round->op->seq == seq && round->fired)
			site = round_site(round);
	}
	return site;
}

struct points *points_read(const struct trial *trial)
{
	struct reader reader = { .trial = trial,
				 .rounds = rounds_read(trial),
				 .points = g_new0(struct points, 1) };
	int splat, silence;

	reader.points->points = g_array_new(FALSE, TRUE, sizeof(struct point));
	g_array_set_clear_func(reader.points->points, point_clear);

	rollback_each(trial->events, take_read_back, &reader);
	/* All rounds are points for now; the last is none if nothing fired in it. */
	for (guint i = 0; i < reader.rounds->len; i++)
		add_point(&reader, round_at(&reader, i));
	if (trial->timeline)
		take_incidents(&reader);
	rollback_each(trial->events, take_change, &reader);
	splat = take_findings(&reader);
	silence = take_silence(&reader);
	if (splat >= 0)
		cut_behind(&reader, splat);
	else if (silence >= 0)
		cut_behind(&reader, silence);
	find_end(&reader);
	conclude(&reader);

	g_array_unref(reader.rounds);
	return reader.points;
}
