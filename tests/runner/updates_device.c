// SPDX-License-Identifier: MIT
#include "tests/runner/updates_judge.h"

/* A command is held against so many waiting demands at most, so that judging takes linear time even where
 * nothing fits. */
#define AHEAD_MAX 1024

static gboolean cursor_meets(const struct demand *demand, const struct device_event *event)
{
	if (demand->kind == DEMAND_HIDE)
		return event->res == 0;
	if (event->res != demand->res || event->x != demand->x || event->y != demand->y)
		return FALSE;
	return demand->kind == DEMAND_MOVE || event->kind == DEVICE_CURSOR_UPDATE;
}

static gboolean primary_meets(const struct demand *demand, const struct device_event *event)
{
	if (demand->kind == DEMAND_OFF)
		return event->kind == DEVICE_SCANOUT && event->res == 0;
	return event->kind == DEVICE_FLUSH && event->res == demand->res;
}

/*
 * The first waiting demand that @event meets, which is then done with and those before it lost;
 * or NULL. The result is valid until the next demand.
 */
static const struct demand *
meet(struct judge *judge, struct track *track, const struct device_event *event,
     gboolean (*meets)(const struct demand *demand, const struct device_event *event))
{
	guint end = MIN(track->demands->len, track->met + AHEAD_MAX);

	for (guint i = track->met; i < end; i++) {
		const struct demand *demand = &g_array_index(track->demands, struct demand, i);

		if (!meets(demand, event))
			continue;
		judge_lose_until(judge, track, i);
		track->met++;
		if (demand->kind != DEMAND_MOVE) /* which mends no image */
			track->broken = FALSE;
		g_array_append_val(judge->updates->met,
				   ((struct met){ demand->moment, judge->moment }));
		judge_wait(judge, demand);
		return demand;
	}
	return NULL;
}

/* The device was told something new of a plane, and no success asked for it. */
static void unasked(struct judge *judge, struct track *track, const char *plane)
{
	if (!track->failed)
		return;
	judge_report(
		judge, INCIDENT_ROLLBACK, track->failed->seq, judge->moment,
		g_strdup_printf("%.*s changed the %s on the host", judge_word_length(track->failed),
				track->failed->text, plane),
		g_strdup_printf(
			"operation %" G_GUINT64_FORMAT
			" (%.*s) was to change nothing, and the device was told to change the %s",
			track->failed->seq, (int)track->failed->text_len, track->failed->text,
			plane));
	track->unasked = TRUE;
}

static int buffer_of(const struct judge *judge, guint32 res)
{
	return GPOINTER_TO_INT(g_hash_table_lookup(judge->buffers, GUINT_TO_POINTER(res))) - 1;
}

/* Whether @event is of other pixels than those that the cursor shows; they are then what it shows. */
static gboolean renews(const struct judge *judge, struct track *track,
		       const struct device_event *event)
{
	int buffer = event->kind == DEVICE_CURSOR_UPDATE ? buffer_of(judge, event->res) : -1;
	guint before = track->version;

	if (buffer < 0)
		return FALSE;
	track->version = judge->copies[buffer].version;
	return track->version != before;
}

/* A cursor image is shown: are its pixels there? */
static void take_image(struct judge *judge, struct track *track, const struct demand *demand)
{
	struct copy *copy = &judge->copies[demand->buffer];

	judge->updates->images++;
	if (copy->res != demand->res) /* its memory is gone by now */
		return;
	if (copy->version >= demand->version || copy->awaited)
		return;
	copy->awaited = TRUE;
	copy->track = track;
	copy->late = *demand;
	copy->late.moment = judge->moment;
}

/* A success that waits for more asked for this place of this image as well; or of an image that was
 * lost, which the device then does not name when it is told to move. */
static gboolean awaits_place(const struct track *track, const struct device_event *event)
{
	guint end = MIN(track->demands->len, track->met + AHEAD_MAX);

	for (guint i = track->met; i < end; i++) {
		const struct demand *demand = &g_array_index(track->demands, struct demand, i);

		if ((demand->res == event->res || event->kind == DEVICE_CURSOR_MOVE) &&
		    demand->x == event->x && demand->y == event->y)
			return TRUE;
	}
	return FALSE;
}

static void take_cursor(struct judge *judge, const struct device_event *event)
{
	struct track *track = &judge->tracks[event->scanout][PLANE_CURSOR];
	gboolean renewed = renews(judge, track, event);
	gboolean changes =
		renewed || event->res != track->res || event->x != track->x || event->y != track->y;
	const struct demand *demand = meet(judge, track, event, cursor_meets);

	if (event->kind == DEVICE_CURSOR_UPDATE)
		judge->told++;
	if (demand && (demand->kind == DEMAND_IMAGE || demand->kind == DEMAND_REPAINT))
		take_image(judge, track, demand);
	if (!demand && changes && !awaits_place(track, event))
		unasked(judge, track, "cursor");
	track->res = event->res;
	track->x = event->x;
	track->y = event->y;
}

/* A success that waits for its flush asked for the scanout as well, whatever has failed since. */
static gboolean awaits(const struct track *track, guint32 res)
{
	guint end = MIN(track->demands->len, track->met + AHEAD_MAX);

	for (guint i = track->met; i < end; i++) {
		const struct demand *demand = &g_array_index(track->demands, struct demand, i);

		if (demand->kind == DEMAND_SCANOUT && demand->res == res)
			return TRUE;
	}
	return FALSE;
}

static void take_scanout(struct judge *judge, const struct device_event *event)
{
	struct track *track = &judge->tracks[event->scanout][PLANE_PRIMARY];
	const struct demand *demand = meet(judge, track, event, primary_meets);

	if (!demand && event->res != track->res && !track->changing && !awaits(track, event->res))
		unasked(judge, track, "primary plane");
	track->res = event->res;
}

static void take_flush(struct judge *judge, const struct device_event *event)
{
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++) {
		struct track *track = &judge->tracks[head][PLANE_PRIMARY];
		const struct demand *demand;

		if (event->res == 0 || track->res != event->res)
			continue;
		track->changing = FALSE;
		demand = meet(judge, track, event, primary_meets);
		if (!demand || judge->copies[demand->buffer].res != demand->res ||
		    judge->copies[demand->buffer].version >= demand->version)
			continue;
		judge_lose_pixels(judge, track, "primary", demand, judge->moment);
	}
}

static void take_transfer(struct judge *judge, const struct device_event *event)
{
	int buffer = buffer_of(judge, event->res);
	struct copy *copy;

	if (buffer < 0)
		return;
	copy = &judge->copies[buffer];
	if (copy->res != event->res)
		return;
	copy->version = shown_version(judge->shown, buffer);
	if (!copy->awaited)
		return;
	copy->awaited = FALSE;
	copy->track->broken = TRUE;
	judge_report(judge, INCIDENT_STALE, copy->late.op->seq, copy->late.moment,
		     g_strdup("UPDATE_CURSOR before TRANSFER_TO_HOST_2D"),
		     g_strdup_printf("operation %" G_GUINT64_FORMAT
				     " (%.*s): the device was told to show "
				     "%s before its new pixels were transferred (picture %u)",
				     copy->late.op->seq, (int)copy->late.op->text_len,
				     copy->late.op->text, judge_buffer_name(judge, buffer),
				     shown_picture(judge->shown, buffer, copy->late.version)));
}

void judge_device(struct judge *judge, const struct device_event *event)
{
	gboolean known = event->scanout >= 0 && event->scanout < PROGRAM_MAX_HEADS;

	switch (event->kind) {
	case DEVICE_CURSOR_UPDATE:
	case DEVICE_CURSOR_MOVE:
		if (known)
			take_cursor(judge, event);
		break;
	case DEVICE_SCANOUT:
		if (known)
			take_scanout(judge, event);
		break;
	case DEVICE_FLUSH:
		take_flush(judge, event);
		break;
	case DEVICE_TRANSFER:
		take_transfer(judge, event);
		break;
	case DEVICE_REFUSAL:
		judge->updates->denied++;
		break;
	case DEVICE_MARK:
	case DEVICE_NOTIFY:
	case DEVICE_CREATE:
	case DEVICE_UNREF:
	case DEVICE_OTHER:
	case DEVICE_KINDS:
	default:
		break;
	}
}
