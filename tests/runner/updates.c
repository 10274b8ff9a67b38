// SPDX-License-Identifier: MIT
#include "tests/runner/updates.h"

#include <string.h>

#include "tests/runner/compare.h"
#include "tests/runner/compose.h"

/* What an operation that succeeded owes: a command that tells the device so. */
enum demand_kind {
	DEMAND_IMAGE,	/* UPDATE_CURSOR: image and place */
	DEMAND_REPAINT, /* the same, for new pixels in the buffer that is shown already */
	DEMAND_HOTSPOT, /* the same, for another hotspot of the image that is shown already */
	DEMAND_MOVE,	/* UPDATE_CURSOR or MOVE_CURSOR: place */
	DEMAND_HIDE,	/* either, with no resource */
	DEMAND_SCANOUT, /* RESOURCE_FLUSH of the scanout's resource, after the transfer */
	DEMAND_OFF,	/* SET_SCANOUT with no resource */
};

struct demand {
	enum demand_kind kind;
	guint moment; /* of the operation */
	const struct journal_event *op;
	int buffer; /* -1: none */
	guint version;
	int x, y;
};

/* A plane as the operations and as the device know it. */
struct track {
	GArray *demands; /* struct demand, in order; those before ->met are done with */
	guint met;
	/* The last operation on the plane, if it failed: what the device is told now breaks a promise. */
	const struct journal_event *failed;
	gboolean unasked; /* it was */
	gboolean broken; /* the device's state is not what the operations made it, as was told */
	/* What the device was last told: resource (0: off, hidden), and the cursor's place. */
	guint32 res;
	int x, y;
};

/* What the device has of a buffer. */
struct copy {
	guint32 res;
	guint version; /* at its last transfer, 0: none yet */
	/* The cursor update that showed an older version, until its transfer comes. */
	gboolean awaited;
	struct demand late;
};

struct judge {
	const struct program *program;
	const struct display_record *display;
	struct updates *updates;
	struct shown *shown;
	GHashTable *ops;     /* line to struct op: the ioctl operation or output of that line */
	GArray *results;     /* gint by seq: errno, or -1: it never came back */
	GHashTable *buffers; /* resource to index of a buffer, + 1 */
	struct copy copies[PROGRAM_MAX_BUFFERS];
	struct track tracks[PROGRAM_MAX_HEADS][PLANE_ROLES];
	guint moment;	 /* index of the one at hand */
	guint64 checking; /* the check that waits to be settled, 0: none */
	guint check_moment;
	int comparing; /* the head whose turn it is */
	guint next_check; /* in display->checks */
	gboolean ended;
	struct incident *reported; /* the last, NULL: it was not kept */
};

static void incident_free(gpointer data)
{
	struct incident *incident = data;

	g_free(incident->signature);
	g_free(incident->text);
	g_free(incident);
}

static void checked_clear(gpointer data)
{
	struct checked *checked = data;

	image_unref(checked->expected);
	image_unref(checked->seen);
	image_unref(checked->difference);
}

void updates_free(struct updates *updates)
{
	if (!updates)
		return;
	g_ptr_array_unref(updates->incidents);
	g_array_unref(updates->met);
	g_array_unref(updates->checked);
	g_free(updates);
}

const struct incident *updates_first(const struct updates *updates, enum incident_kind kind)
{
	for (guint i = 0; i < updates->incidents->len; i++) {
		const struct incident *incident = g_ptr_array_index(updates->incidents, i);

		if (incident->kind == kind)
			return incident;
	}
	return NULL;
}

/* Takes @signature and @text. @moment: where to look. */
static void report(struct judge *judge, enum incident_kind kind, guint64 seq, guint moment,
		   char *signature, char *text)
{
	struct incident *incident;

	judge->reported = NULL;
	if (judge->updates->counts[kind]++ >= INCIDENTS_MAX) {
		g_free(signature);
		g_free(text);
		return;
	}
	incident = g_new(struct incident, 1);
	*incident = (struct incident){ kind, signature, text, seq, moment, DEVICE_KINDS };
	g_ptr_array_add(judge->updates->incidents, incident);
	judge->reported = incident;
}

/* What was just reported lacks @missing. */
static void report_missing(struct judge *judge, enum device_kind missing)
{
	if (judge->reported)
		judge->reported->missing = missing;
}

/* The operation's text, without what a run's numbers are. */
static int word_length(const struct journal_event *op)
{
	return (int)MIN(strcspn(op->text, " \n"), op->text_len);
}

static const char *buffer_name(const struct judge *judge, int buffer)
{
	return buffer < 0 ? "nothing" : judge->program->buffers[buffer].name;
}

static const char *const missing_commands[] = {
	[DEMAND_IMAGE] = "cursor image never sent",
	[DEMAND_REPAINT] = "cursor repaint never sent",
	[DEMAND_HOTSPOT] = "cursor hotspot never sent",
	[DEMAND_MOVE] = "cursor move never sent",
	[DEMAND_HIDE] = "cursor hide never sent",
	[DEMAND_SCANOUT] = "primary flush never sent",
	[DEMAND_OFF] = "primary off never sent",
};

static const enum device_kind demanded_commands[] = {
	[DEMAND_IMAGE] = DEVICE_CURSOR_UPDATE,	 [DEMAND_REPAINT] = DEVICE_CURSOR_UPDATE,
	[DEMAND_HOTSPOT] = DEVICE_CURSOR_UPDATE, [DEMAND_MOVE] = DEVICE_CURSOR_MOVE,
	[DEMAND_HIDE] = DEVICE_CURSOR_UPDATE,	 [DEMAND_SCANOUT] = DEVICE_FLUSH,
	[DEMAND_OFF] = DEVICE_SCANOUT,
};

static void lose(struct judge *judge, struct track *track, const struct demand *demand)
{
	report(judge, INCIDENT_LOST, demand->op->seq, demand->moment,
	       g_strdup_printf("%s %.*s", missing_commands[demand->kind], word_length(demand->op),
			       demand->op->text),
	       g_strdup_printf("operation %" G_GUINT64_FORMAT " (%.*s) returned 0, and the device "
			       "was never told to show %s at %d,%d",
			       demand->op->seq, (int)demand->op->text_len, demand->op->text,
			       buffer_name(judge, demand->buffer), demand->x, demand->y));
	report_missing(judge, demanded_commands[demand->kind]);
	track->broken = TRUE;
}

/* All demands before index @end that wait still are lost. */
static void lose_until(struct judge *judge, struct track *track, guint end)
{
	for (; track->met < end; track->met++)
		lose(judge, track, &g_array_index(track->demands, struct demand, track->met));
}

static guint32 res_of(const struct judge *judge, int buffer)
{
	return buffer < 0 ? 0 : judge->copies[buffer].res;
}

static gboolean cursor_meets(const struct judge *judge, const struct demand *demand,
			     const struct device_event *event)
{
	if (demand->kind == DEMAND_HIDE)
		return event->res == 0;
	if (event->res != res_of(judge, demand->buffer) || event->x != demand->x ||
	    event->y != demand->y)
		return FALSE;
	return demand->kind == DEMAND_MOVE || event->kind == DEVICE_CURSOR_UPDATE;
}

static gboolean primary_meets(const struct judge *judge, const struct demand *demand,
			      const struct device_event *event)
{
	if (demand->kind == DEMAND_OFF)
		return event->kind == DEVICE_SCANOUT && event->res == 0;
	return event->kind == DEVICE_FLUSH && event->res == res_of(judge, demand->buffer);
}

/*
 * The first waiting demand that @event meets, which is then done with and those before it lost;
 * or NULL. The result is valid until the next demand.
 */
static const struct demand *meet(struct judge *judge, struct track *track,
				 const struct device_event *event,
				 gboolean (*meets)(const struct judge *judge,
						   const struct demand *demand,
						   const struct device_event *event))
{
	for (guint i = track->met; i < track->demands->len; i++) {
		const struct demand *demand = &g_array_index(track->demands, struct demand, i);

		if (!meets(judge, demand, event))
			continue;
		lose_until(judge, track, i);
		track->met++;
		track->broken = FALSE;
		g_array_append_val(judge->updates->met,
				   ((struct met){ demand->moment, judge->moment }));
		return demand;
	}
	return NULL;
}

/* The device was told something new of a plane, and no success asked for it. */
static void unasked(struct judge *judge, struct track *track, const char *plane)
{
	if (!track->failed)
		return;
	report(judge, INCIDENT_ROLLBACK, track->failed->seq, judge->moment,
	       g_strdup_printf("%.*s changed the %s on the host", word_length(track->failed),
			       track->failed->text, plane),
	       g_strdup_printf("operation %" G_GUINT64_FORMAT
			       " (%.*s) failed, and the device was told to change the %s",
			       track->failed->seq, (int)track->failed->text_len,
			       track->failed->text, plane));
	track->unasked = TRUE;
}

/* A cursor image is shown: are its pixels there? */
static void take_image(struct judge *judge, const struct demand *demand)
{
	struct copy *copy = &judge->copies[demand->buffer];

	judge->updates->images++;
	if (copy->version >= demand->version || copy->awaited)
		return;
	copy->awaited = TRUE;
	copy->late = *demand;
	copy->late.moment = judge->moment;
}

static void take_cursor(struct judge *judge, const struct device_event *event)
{
	struct track *track = &judge->tracks[event->scanout][PLANE_CURSOR];
	gboolean changes = event->res != track->res || event->x != track->x || event->y != track->y;
	const struct demand *demand = meet(judge, track, event, cursor_meets);

	if (event->kind == DEVICE_CURSOR_UPDATE)
		judge->updates->told++;
	if (demand && (demand->kind == DEMAND_IMAGE || demand->kind == DEMAND_REPAINT))
		take_image(judge, demand);
	if (!demand && changes)
		unasked(judge, track, "cursor");
	track->res = event->res;
	track->x = event->x;
	track->y = event->y;
}

/* A success that waits for its flush asked for the scanout as well, whatever has failed since. */
static gboolean awaits(const struct judge *judge, const struct track *track, guint32 res)
{
	for (guint i = track->met; i < track->demands->len; i++) {
		const struct demand *demand = &g_array_index(track->demands, struct demand, i);

		if (demand->kind == DEMAND_SCANOUT && res_of(judge, demand->buffer) == res)
			return TRUE;
	}
	return FALSE;
}

static void take_scanout(struct judge *judge, const struct device_event *event)
{
	struct track *track = &judge->tracks[event->scanout][PLANE_PRIMARY];
	const struct demand *demand = meet(judge, track, event, primary_meets);

	if (!demand && event->res != track->res && !awaits(judge, track, event->res))
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
		demand = meet(judge, track, event, primary_meets);
		if (!demand || judge->copies[demand->buffer].version >= demand->version)
			continue;
		report(judge, INCIDENT_LOST, demand->op->seq, judge->moment,
		       g_strdup_printf("primary pixels never transferred %.*s",
				       word_length(demand->op), demand->op->text),
		       g_strdup_printf("operation %" G_GUINT64_FORMAT " (%.*s) returned 0, and %s "
				       "was shown without a transfer of its pixels",
				       demand->op->seq, (int)demand->op->text_len,
				       demand->op->text, buffer_name(judge, demand->buffer)));
		report_missing(judge, DEVICE_TRANSFER);
	}
}

static int buffer_of(const struct judge *judge, guint32 res)
{
	return GPOINTER_TO_INT(g_hash_table_lookup(judge->buffers, GUINT_TO_POINTER(res))) - 1;
}

static void take_transfer(struct judge *judge, const struct device_event *event)
{
	int buffer = buffer_of(judge, event->res);
	struct copy *copy;

	if (buffer < 0)
		return;
	copy = &judge->copies[buffer];
	copy->version = shown_version(judge->shown, buffer);
	if (!copy->awaited)
		return;
	copy->awaited = FALSE;
	report(judge, INCIDENT_STALE, copy->late.op->seq, copy->late.moment,
	       g_strdup("UPDATE_CURSOR before TRANSFER_TO_HOST_2D"),
	       g_strdup_printf("operation %" G_GUINT64_FORMAT " (%.*s): the device was told to show "
			       "%s before its new pixels were transferred (picture %u)",
			       copy->late.op->seq, (int)copy->late.op->text_len,
			       copy->late.op->text, buffer_name(judge, buffer),
			       shown_picture(judge->shown, buffer, copy->late.version)));
}

static void take_device(struct judge *judge, const struct device_event *event)
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
	case DEVICE_MARK:
	case DEVICE_NOTIFY:
	case DEVICE_CREATE:
	case DEVICE_UNREF:
	case DEVICE_ANSWER:
	case DEVICE_OTHER:
	case DEVICE_KINDS:
	default:
		break;
	}
}

/* What a check found wrong of one plane: after a failed operation it is that one's doing. */
static void take_difference(const struct difference *difference, void *data)
{
	struct judge *judge = data;
	struct track *track = &judge->tracks[judge->comparing][difference->role];
	gboolean failed = track->failed && !track->broken;

	report(judge, failed ? INCIDENT_ROLLBACK : INCIDENT_LOST,
	       failed ? track->failed->seq : 0, judge->check_moment,
	       g_strdup_printf("%s at a check%s", difference->what,
			       failed ? " after a failure" : ""),
	       g_strdup_printf("check %" G_GUINT64_FORMAT ", head %d: %s: %s", judge->checking,
			       judge->comparing, difference->what, difference->text));
}

/* For people: keep the whole pictures of this head. */
static void keep_pictures(struct judge *judge, const struct display_head *expected,
			  const struct display_head *seen, gboolean differs)
{
	const struct shown_head *head = shown_head(judge->shown, judge->comparing);
	struct checked checked = { .number = judge->checking, .head = judge->comparing };
	guint kept = judge->updates->checked->len;

	if (kept >= (differs ? 2 * CHECKED_KEPT : CHECKED_KEPT))
		return;
	checked.expected = compose_head(expected, (int)head->width, (int)head->height);
	checked.seen = compose_head(seen, (int)head->width, (int)head->height);
	checked.difference =
		compose_difference(checked.expected, checked.seen, &checked.differing);
	g_array_append_val(judge->updates->checked, checked);
}

static void compare_head(struct judge *judge, int head, const struct display_head *seen)
{
	struct display_head expected;
	gboolean same;

	judge->comparing = head;
	shown_display(judge->shown, head, &expected);
	same = compare_heads(&expected, seen, take_difference, judge);
	keep_pictures(judge, &expected, seen, !same);
	judge->updates->checks++;
	image_unref(expected.scanout);
	image_unref(expected.cursor);
}

/* The display's state at check @number, or NULL: the guest did not wait for the host there. */
static const struct display_check *find_check(struct judge *judge, guint64 number)
{
	const GPtrArray *checks = judge->display->checks;

	for (; judge->next_check < checks->len; judge->next_check++) {
		const struct display_check *check =
			g_ptr_array_index(checks, judge->next_check);

		if (check->number == number)
			return check;
		if (check->number > number)
			break;
	}
	return NULL;
}

static void settle_plane(struct judge *judge, int head, enum plane_role role)
{
	lose_until(judge, &judge->tracks[head][role], judge->tracks[head][role].demands->len);
}

/* A cursor that was shown, and its pixels never came. */
static void settle_copy(struct judge *judge, int buffer)
{
	struct copy *copy = &judge->copies[buffer];

	if (!copy->awaited)
		return;
	copy->awaited = FALSE;
	report(judge, INCIDENT_LOST, copy->late.op->seq, copy->late.moment,
	       g_strdup_printf("cursor pixels never transferred %.*s", word_length(copy->late.op),
			       copy->late.op->text),
	       g_strdup_printf("operation %" G_GUINT64_FORMAT " (%.*s) returned 0, and %s was shown "
			       "without a transfer of its pixels",
			       copy->late.op->seq, (int)copy->late.op->text_len,
			       copy->late.op->text, buffer_name(judge, buffer)));
	report_missing(judge, DEVICE_TRANSFER);
}

/* A failed operation that was followed by nothing that it could have caused. */
static void close_failure(struct judge *judge, struct track *track)
{
	judge->updates->refused += track->failed && !track->unasked ? 1 : 0;
	track->failed = NULL;
	track->unasked = FALSE;
}

/*
 * The guest waited in the check for the host, which has seen all that was sent by then; nothing that
 * is demanded comes any more.
 */
static void settle(struct judge *judge)
{
	const struct display_check *check =
		judge->checking ? find_check(judge, judge->checking) : NULL;

	if (!check) {
		judge->checking = 0;
		return;
	}
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		for (int role = 0; role < PLANE_ROLES; role++)
			settle_plane(judge, head, (enum plane_role)role);
	for (int i = 0; i < judge->program->buffer_count; i++)
		settle_copy(judge, i);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++) {
		if (shown_head(judge->shown, head)->width)
			compare_head(judge, head, &check->heads[head]);
		for (int role = 0; role < PLANE_ROLES; role++)
			close_failure(judge, &judge->tracks[head][role]);
	}
	judge->checking = 0;
}

static void add_demand(struct judge *judge, int head, enum plane_role role, struct demand wanted)
{
	g_array_append_val(judge->tracks[head][role].demands, wanted);
	judge->updates->demanded++;
}

static void demand_cursor(struct judge *judge, int head, const struct journal_event *op,
			  const struct shown_cursor *before, const struct shown_cursor *after)
{
	struct demand wanted = { .moment = judge->moment,
				 .op = op,
				 .buffer = after->buffer,
				 .version = after->version,
				 .x = after->x,
				 .y = after->y };

	if (after->buffer < 0 && before->buffer < 0)
		return;
	if (after->buffer < 0)
		wanted.kind = DEMAND_HIDE;
	else if (before->buffer != after->buffer)
		wanted.kind = DEMAND_IMAGE;
	else if (before->version != after->version)
		wanted.kind = DEMAND_REPAINT;
	else if (before->hot_x != after->hot_x || before->hot_y != after->hot_y)
		wanted.kind = DEMAND_HOTSPOT;
	else if (before->x != after->x || before->y != after->y)
		wanted.kind = DEMAND_MOVE;
	else
		return;
	add_demand(judge, head, PLANE_CURSOR, wanted);
}

static void demand_primary(struct judge *judge, int head, const struct journal_event *op,
			   const struct shown_primary *before, const struct shown_primary *after)
{
	struct demand wanted = { .kind = after->kind == PRIMARY_OFF ? DEMAND_OFF : DEMAND_SCANOUT,
				 .moment = judge->moment,
				 .op = op,
				 .buffer = after->buffer,
				 .version = after->version };

	if (after->kind == PRIMARY_UNKNOWN || after->kind == PRIMARY_BLACK)
		return; /* the program cannot ask for these */
	if (before->kind == after->kind && before->buffer == after->buffer &&
	    before->version == after->version)
		return;
	add_demand(judge, head, PLANE_PRIMARY, wanted);
}

static gboolean touches(const struct op *op, enum plane_role role)
{
	gboolean place = op->kind == OP_MOVE || op->kind == OP_HIDE || op->has_at || op->has_hot;

	return op->change[role] != CHANGE_NONE || (role == PLANE_CURSOR && place);
}

static void succeed(struct judge *judge, const struct journal_event *event, const struct op *op,
		    gboolean is_undo)
{
	struct shown_head before = *shown_head(judge->shown, op->head);
	const struct shown_head *after = shown_head(judge->shown, op->head);

	if (is_undo)
		shown_undo(judge->shown, op->head);
	else
		shown_success(judge->shown, op);
	for (int role = 0; role < PLANE_ROLES; role++)
		if (is_undo || touches(op, (enum plane_role)role))
			close_failure(judge, &judge->tracks[op->head][role]);
	demand_primary(judge, op->head, event, &before.primary, &after->primary);
	demand_cursor(judge, op->head, event, &before.cursor, &after->cursor);
}

static int result_of(const struct judge *judge, guint64 seq)
{
	return seq < judge->results->len ? g_array_index(judge->results, int, seq) : -1;
}

static void take_op(struct judge *judge, const struct journal_event *event)
{
	const struct op *op = g_hash_table_lookup(judge->ops, GINT_TO_POINTER(event->line));
	gboolean is_undo = event->text_len == 4 && !memcmp(event->text, "undo", 4);
	int result = result_of(judge, event->seq);

	if (!op || op->kind == OP_OUTPUT)
		return;
	if (!is_undo)
		shown_issue(judge->shown, op);
	if (result == 0 && !op->test)
		succeed(judge, event, op, is_undo);
	for (int role = 0; result > 0 && role < PLANE_ROLES; role++) {
		if (!is_undo && !touches(op, (enum plane_role)role))
			continue;
		close_failure(judge, &judge->tracks[op->head][role]);
		judge->tracks[op->head][role].failed = event;
	}
}

static void take_output(struct judge *judge, const struct journal_event *event)
{
	const struct op *op = g_hash_table_lookup(judge->ops, GINT_TO_POINTER(event->line));

	if (!op || op->kind != OP_OUTPUT)
		return;
	for (int role = 0; role < PLANE_ROLES; role++)
		close_failure(judge, &judge->tracks[op->head][role]);
	shown_output(judge->shown, op);
}

static void take_buffer(struct judge *judge, const struct journal_event *event)
{
	for (int i = 0; i < judge->program->buffer_count; i++) {
		const char *name = judge->program->buffers[i].name;

		if (strlen(name) != event->name_len || memcmp(name, event->name, event->name_len))
			continue;
		shown_paint(judge->shown, i, 0, event->id);
		judge->copies[i].res = event->res;
		if (event->res)
			g_hash_table_insert(judge->buffers, GUINT_TO_POINTER(event->res),
					    GINT_TO_POINTER(i + 1));
		return;
	}
}

static void take_paint(struct judge *judge, const struct journal_event *event)
{
	const struct op *op = g_hash_table_lookup(judge->ops, GINT_TO_POINTER(event->line));

	if (op && op->kind == OP_PAINT)
		shown_paint(judge->shown, op->buffer[0], event->line, event->id);
}

static void take_journal(struct judge *judge, const struct journal_event *event)
{
	if (journal_mark(event) && event->kind != JOURNAL_RET)
		settle(judge);
	switch (event->kind) {
	case JOURNAL_OP:
		take_op(judge, event);
		break;
	case JOURNAL_OUTPUT:
		take_output(judge, event);
		break;
	case JOURNAL_BUFFER:
		take_buffer(judge, event);
		break;
	case JOURNAL_PAINT:
		take_paint(judge, event);
		break;
	case JOURNAL_CHECK:
		judge->checking = event->seq;
		judge->check_moment = judge->moment;
		break;
	case JOURNAL_END:
		judge->ended = TRUE; /* what follows is the client's cleaning up */
		break;
	default:
		break;
	}
}

static void index_ops(struct judge *judge)
{
	for (int i = 0; i < judge->program->op_count; i++) {
		const struct op *op = &judge->program->ops[i];

		if (op_is_ioctl(op->kind) || op->kind == OP_OUTPUT || op->kind == OP_PAINT)
			g_hash_table_insert(judge->ops, GINT_TO_POINTER(op->line), (gpointer)op);
	}
}

static void index_results(struct judge *judge, const struct timeline *timeline)
{
	for (guint i = 0; i < timeline->moments->len; i++) {
		const struct journal_event *event =
			g_array_index(timeline->moments, struct moment, i).journal;
		int none = -1;

		if (!event || (event->kind != JOURNAL_OP && event->kind != JOURNAL_RET))
			continue;
		/* They count from 1; a line that says otherwise is none of ours. */
		if (event->seq > judge->results->len)
			continue;
		if (event->kind == JOURNAL_OP && event->seq == judge->results->len)
			g_array_append_val(judge->results, none);
		else if (event->kind == JOURNAL_RET && event->seq < judge->results->len)
			g_array_index(judge->results, int, event->seq) = event->err;
	}
}

static void judge_init(struct judge *judge, const struct program *program,
		       const struct timeline *timeline, const struct display_record *display)
{
	int none = -1;

	*judge = (struct judge){ .program = program, .display = display };
	judge->updates = g_new0(struct updates, 1);
	judge->updates->incidents = g_ptr_array_new_with_free_func(incident_free);
	judge->updates->met = g_array_new(FALSE, FALSE, sizeof(struct met));
	judge->updates->checked = g_array_new(FALSE, FALSE, sizeof(struct checked));
	g_array_set_clear_func(judge->updates->checked, checked_clear);
	judge->shown = shown_new(program);
	judge->ops = g_hash_table_new(NULL, NULL);
	judge->buffers = g_hash_table_new(NULL, NULL);
	judge->results = g_array_new(FALSE, FALSE, sizeof(int));
	g_array_append_val(judge->results, none);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		for (int role = 0; role < PLANE_ROLES; role++)
			judge->tracks[head][role].demands =
				g_array_new(FALSE, FALSE, sizeof(struct demand));
	index_ops(judge);
	index_results(judge, timeline);
}

static void judge_finish(struct judge *judge)
{
	shown_free(judge->shown);
	g_hash_table_unref(judge->ops);
	g_hash_table_unref(judge->buffers);
	g_array_unref(judge->results);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		for (int role = 0; role < PLANE_ROLES; role++)
			g_array_unref(judge->tracks[head][role].demands);
}

struct updates *updates_judge(const struct program *program, const struct timeline *timeline,
			      const struct display_record *display)
{
	struct judge judge;

	judge_init(&judge, program, timeline, display);
	for (guint i = 0; i < timeline->moments->len && !judge.ended; i++) {
		const struct moment *moment = &g_array_index(timeline->moments, struct moment, i);

		judge.moment = i;
		if (moment->journal)
			take_journal(&judge, moment->journal);
		else
			take_device(&judge, moment->device);
	}
	settle(&judge);
	for (guint i = 0; i < display->events->len; i++)
		judge.updates->defined += g_array_index(display->events, struct display_event, i)
						  .kind == DISPLAY_CURSOR;
	judge_finish(&judge);
	return judge.updates;
}
