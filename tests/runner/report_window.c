// SPDX-License-Identifier: MIT
#include "tests/runner/report_window.h"

/* Columns before and after each point that matters. What comes before is kept short, so that the
 * point is in sight on a narrow screen. */
#define REACH_BEFORE 4
#define REACH_AFTER 7
/* More columns than this, and what is not near a point is left out. */
#define COLUMNS_MAX 26
/* Operation, its return, the command, a transfer. */
#define POINTS_MAX 4

struct points {
	guint moments[POINTS_MAX];
	guint count;
	guint first, last; /* the least and the greatest of them */
};

static const struct moment *moment_at(const struct timeline *timeline, guint i)
{
	return &g_array_index(timeline->moments, struct moment, i);
}

static struct column *column_at(const struct window *window, guint i)
{
	return &g_array_index(window->columns, struct column, i);
}

const struct journal_event *timeline_find(const struct timeline *timeline, enum journal_kind kind,
					  guint64 seq, guint *moment)
{
	for (guint i = 0; i < timeline->moments->len; i++) {
		const struct journal_event *event = moment_at(timeline, i)->journal;

		if (!event || event->kind != kind || event->seq != seq)
			continue;
		if (moment)
			*moment = i;
		return event;
	}
	return NULL;
}

int window_find(const struct window *window, guint moment)
{
	for (guint i = 0; i < window->columns->len; i++)
		if (column_at(window, i)->moment == moment && moment != NO_MOMENT)
			return (int)i;
	return -1;
}

/* What is worth a column. Kicks and read-backs are not: they do not say what is shown. */
static gboolean classify(const struct moment *moment, enum column_kind *kind)
{
	if (moment->device) {
		*kind = COLUMN_DEVICE;
		switch (moment->device->kind) {
		case DEVICE_TRANSFER:
		case DEVICE_SCANOUT:
		case DEVICE_FLUSH:
		case DEVICE_CURSOR_UPDATE:
		case DEVICE_CURSOR_MOVE:
			return TRUE;
		default:
			return FALSE;
		}
	}
	switch (moment->journal->kind) {
	case JOURNAL_OP:
		*kind = COLUMN_OP;
		return TRUE;
	case JOURNAL_RET:
		*kind = COLUMN_RET;
		return TRUE;
	case JOURNAL_PAINT:
	case JOURNAL_CHECK:
	case JOURNAL_OUTPUT:
		*kind = COLUMN_GUEST;
		return TRUE;
	default:
		return FALSE;
	}
}

static void add_point(struct points *points, guint moment)
{
	if (moment == NO_MOMENT || points->count == POINTS_MAX)
		return;
	points->first = points->count ? MIN(points->first, moment) : moment;
	points->last = points->count ? MAX(points->last, moment) : moment;
	points->moments[points->count++] = moment;
}

/* The transfer whose coming made the incident a stale one: the next of the same resource. */
static guint find_transfer(const struct window *window)
{
	const struct timeline *timeline = window->timeline;
	const struct device_event *shown;

	if (!window->incident || window->incident->kind != INCIDENT_STALE)
		return NO_MOMENT;
	shown = moment_at(timeline, window->incident->moment)->device;
	for (guint i = window->incident->moment; shown && i < timeline->moments->len; i++) {
		const struct device_event *event = moment_at(timeline, i)->device;

		if (event && event->kind == DEVICE_TRANSFER && event->res == shown->res)
			return i;
	}
	return NO_MOMENT;
}

static struct points find_points(const struct window *window)
{
	struct points points = { .count = 0 };
	guint moment;

	if (window->incident)
		add_point(&points, window->incident->moment);
	if (window->seq && timeline_find(window->timeline, JOURNAL_OP, window->seq, &moment))
		add_point(&points, moment);
	if (window->seq && timeline_find(window->timeline, JOURNAL_RET, window->seq, &moment))
		add_point(&points, moment);
	add_point(&points, window->transfer);
	return points;
}

/* The moment where @columns more have been passed, from @from in direction @step. */
static guint reach(const struct timeline *timeline, guint from, int step, guint columns)
{
	const guint end = step < 0 ? 0 : timeline->moments->len - 1;
	enum column_kind kind;
	guint at = from;

	for (guint i = from; columns > 0 && i != end;) {
		i = (guint)((int)i + step);
		if (!classify(moment_at(timeline, i), &kind))
			continue;
		at = i;
		columns--;
	}
	return at;
}

/* The same backwards; no operation is cut into two where it is a matter of a few more. */
static guint reach_back(const struct timeline *timeline, guint from)
{
	guint at = reach(timeline, from, -1, REACH_BEFORE), op;
	const struct journal_event *event = moment_at(timeline, at)->journal;

	if (event && event->kind == JOURNAL_RET &&
	    timeline_find(timeline, JOURNAL_OP, event->seq, &op) && op < at)
		return op;
	return at;
}

static guint64 time_of(const struct window *window, const struct moment *moment)
{
	if (window->trial->timeline)
		return moment->time;
	return moment->journal->time / 1000; /* ns to us */
}

static void add_column(struct window *window, struct column column)
{
	g_array_append_val(window->columns, column);
}

/* Messages of the display from @from up to @time, both in us. */
static void add_display(struct window *window, guint *next, guint64 from, guint64 time)
{
	const GArray *events = window->trial->display ? window->trial->display->events : NULL;

	for (; events && *next < events->len; (*next)++) {
		const struct display_event *event =
			&g_array_index(events, struct display_event, *next);

		if (event->time > time)
			return;
		if (event->time >= from && event->kind != DISPLAY_CHECK)
			add_column(window, (struct column){ .kind = COLUMN_DISPLAY,
							    .moment = NO_MOMENT,
							    .display = event,
							    .time = event->time });
	}
}

static void fill(struct window *window, guint first, guint last)
{
	guint64 from = time_of(window, moment_at(window->timeline, first));
	guint next_message = 0;

	for (guint i = first; i <= last; i++) {
		const struct moment *moment = moment_at(window->timeline, i);
		struct column column = { .moment = i,
					 .journal = moment->journal,
					 .device = moment->device,
					 .time = time_of(window, moment) };

		if (!classify(moment, &column.kind))
			continue;
		if (column.time > 0)
			add_display(window, &next_message, from, column.time - 1);
		add_column(window, column);
	}
}

static gboolean is_near(const struct window *window, const struct points *points, int column)
{
	for (guint i = 0; i < points->count; i++) {
		int point = window_find(window, points->moments[i]);

		if (point >= 0 && column >= point - REACH_BEFORE && column <= point + REACH_AFTER)
			return TRUE;
	}
	return FALSE;
}

/* Leave out what is far from every point, and say how much it was. */
static void elide(struct window *window, const struct points *points)
{
	GArray *kept = g_array_new(FALSE, FALSE, sizeof(struct column));
	guint hidden = 0;

	for (guint i = 0; i < window->columns->len; i++) {
		gboolean near = is_near(window, points, (int)i);

		if (near && hidden) {
			struct column gap = { .kind = COLUMN_GAP,
					      .moment = NO_MOMENT,
					      .hidden = hidden };

			g_array_append_val(kept, gap);
		}
		hidden = near ? 0 : hidden + 1;
		if (near)
			g_array_append_val(kept, *column_at(window, i));
	}
	g_array_unref(window->columns);
	window->columns = kept;
}

/*
 * A command that never came is missed before the operation that asked for it returned, and pixels
 * before the command that shows them.
 */
static void add_hole(struct window *window)
{
	struct column hole = { .kind = COLUMN_HOLE, .moment = NO_MOMENT };
	guint moment = NO_MOMENT;
	int at;

	if (window->missing == DEVICE_KINDS)
		return;
	if (window->missing == DEVICE_TRANSFER)
		moment = window->incident->moment;
	else
		timeline_find(window->timeline, JOURNAL_RET, window->seq, &moment);
	at = window_find(window, moment);
	if (at >= 0)
		g_array_insert_val(window->columns, (guint)at, hole);
}

struct window *window_new(const struct trial *trial, const struct timeline *timeline,
			  const struct incident *incident, guint64 seq)
{
	struct window *window = g_new0(struct window, 1);
	struct points points;

	window->trial = trial;
	window->timeline = timeline;
	window->incident = incident;
	window->seq = incident ? incident->seq : seq;
	window->missing = incident ? incident->missing : DEVICE_KINDS;
	window->columns = g_array_new(FALSE, FALSE, sizeof(struct column));
	window->transfer = find_transfer(window);
	points = find_points(window);
	if (!points.count)
		return window;
	fill(window, reach_back(timeline, points.first),
	     reach(timeline, points.last, 1, REACH_AFTER));
	if (window->columns->len > COLUMNS_MAX)
		elide(window, &points);
	add_hole(window);
	return window;
}

void window_free(struct window *window)
{
	if (!window)
		return;
	g_array_unref(window->columns);
	g_free(window);
}
