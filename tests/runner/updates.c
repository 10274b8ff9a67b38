// SPDX-License-Identifier: MIT
#include "tests/runner/updates_judge.h"

#include <string.h>

#include "tests/runner/evidence.h"

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
	g_array_unref(updates->unjudged);
	g_free(updates);
}

char *updates_merged(const struct updates *updates)
{
	if (updates->defined >= updates->told)
		return NULL;
	return g_strdup_printf(
		"the display defined %u of %u cursor images: it merged messages, and "
		"the device's trace decides on the others",
		updates->defined, updates->told);
}

static gint compare_seqs(gconstpointer a, gconstpointer b)
{
	const guint64 *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

gboolean updates_unjudged(const struct updates *updates, guint64 seq)
{
	return g_array_binary_search(updates->unjudged, &seq, compare_seqs, NULL);
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

void judge_report(struct judge *judge, enum incident_kind kind, guint64 seq, guint moment,
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
static void lacks(struct judge *judge, enum device_kind missing)
{
	if (judge->reported)
		judge->reported->missing = missing;
}

int judge_word_length(const struct journal_event *op)
{
	return (int)MIN(strcspn(op->text, " \n"), op->text_len);
}

const char *judge_buffer_name(const struct judge *judge, int buffer)
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
	judge_report(
		judge, INCIDENT_LOST, demand->op->seq, demand->moment,
		g_strdup_printf("%s %.*s", missing_commands[demand->kind],
				judge_word_length(demand->op), demand->op->text),
		g_strdup_printf("operation %" G_GUINT64_FORMAT " (%.*s) returned 0, and the device "
				"was never told to show %s at %d,%d",
				demand->op->seq, (int)demand->op->text_len, demand->op->text,
				judge_buffer_name(judge, demand->buffer), demand->x, demand->y));
	lacks(judge, demanded_commands[demand->kind]);
	judge->updates->lost++;
	track->broken = TRUE;
}

void judge_lose_pixels(struct judge *judge, struct track *track, const char *plane,
		       const struct demand *demand, guint moment)
{
	const struct journal_event *op = demand->op;

	judge_report(judge, INCIDENT_LOST, op->seq, moment,
		     g_strdup_printf("%s pixels never transferred %.*s", plane,
				     judge_word_length(op), op->text),
		     g_strdup_printf("operation %" G_GUINT64_FORMAT
				     " (%.*s) returned 0, and %s was "
				     "shown without a transfer of its pixels",
				     op->seq, (int)op->text_len, op->text,
				     judge_buffer_name(judge, demand->buffer)));
	lacks(judge, DEVICE_TRANSFER);
	judge->updates->lost++;
	track->broken = TRUE;
}

void judge_lose_until(struct judge *judge, struct track *track, guint end)
{
	for (; track->met < end; track->met++)
		lose(judge, track, &g_array_index(track->demands, struct demand, track->met));
}

static void add_demand(struct judge *judge, int head, enum plane_role role, struct demand wanted)
{
	wanted.res = wanted.buffer < 0 ? 0 : judge->copies[wanted.buffer].res;
	g_array_append_val(judge->tracks[head][role].demands, wanted);
	judge->updates->demanded++;
}

/* A rival may have shown this framebuffer before, or left it: then the device need be told of no more than a
 * move, or nothing. The next check tells. */
static gboolean may_be_there(const struct shown_cursor *before, const struct shown_cursor *after)
{
	if (!before->unknown || after->legacy)
		return FALSE;
	return after->buffer < 0 || after->buffer == before->buffer ||
	       (before->rivals & G_GUINT64_CONSTANT(1) << after->buffer);
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
	/* What an undo goes back to may be a rival's. */
	if (after->unknown || may_be_there(before, after))
		return;
	if (after->buffer < 0)
		wanted.kind = DEMAND_HIDE;
	else if (before->unknown || before->buffer != after->buffer)
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

/* Whose doing a command is cannot be told as long as a rival is at the same plane. */
static gboolean is_contested(const struct judge *judge, int head, enum plane_role role)
{
	for (guint i = 0; i < judge->rivals->len; i++)
		if (shown_touches(judge->shown, g_ptr_array_index(judge->rivals, i), head, role))
			return TRUE;
	return FALSE;
}

static void contest(struct judge *judge)
{
	for (guint i = 0; i < judge->rivals->len; i++)
		shown_rival(judge->shown, g_ptr_array_index(judge->rivals, i));
}

/* What @head shows has changed from @before: the device must be told. */
static void demand_head(struct judge *judge, int head, const struct journal_event *event,
			const struct shown_head *before)
{
	const struct shown_head *after = shown_head(judge->shown, head);

	if (!is_contested(judge, head, PLANE_PRIMARY))
		demand_primary(judge, head, event, &before->primary, &after->primary);
	if (!is_contested(judge, head, PLANE_CURSOR))
		demand_cursor(judge, head, event, &before->cursor, &after->cursor);
}

static void succeed(struct judge *judge, const struct journal_event *event, const struct op *op,
		    gboolean is_undo)
{
	struct shown_head before[PROGRAM_MAX_HEADS];

	for (int head = 0; head < PROGRAM_MAX_HEADS; head++) {
		before[head] = *shown_head(judge->shown, head);
		for (int role = 0; role < PLANE_ROLES; role++)
			if ((is_undo && head == op->head) ||
			    shown_touches(judge->shown, op, head, (enum plane_role)role))
				judge_close_failure(judge, &judge->tracks[head][role]);
	}
	if (is_undo)
		shown_undo(judge->shown, op->head);
	else
		shown_success(judge->shown, op);
	/* A mode is set with a black buffer that the program does not know. */
	if (op->kind == OP_MODESET && (is_undo || !op->off))
		judge->tracks[op->head][PLANE_PRIMARY].changing = TRUE;
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		demand_head(judge, head, event, &before[head]);
	contest(judge);
}

int judge_result(const struct judge *judge, guint64 seq)
{
	return seq < judge->results->len ? g_array_index(judge->results, int, seq) : -1;
}

/* One that failed, or only asked whether it would succeed, is to change nothing. */
static void change_nothing(struct judge *judge, const struct journal_event *event,
			   const struct op *op, gboolean is_undo)
{
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++) {
		for (int role = 0; role < PLANE_ROLES; role++) {
			struct track *track = &judge->tracks[head][role];

			if (!(is_undo && head == op->head) &&
			    !shown_touches(judge->shown, op, head, (enum plane_role)role))
				continue;
			judge_close_failure(judge, track);
			if (!is_contested(judge, head, (enum plane_role)role))
				track->failed = event;
		}
	}
}

/* Whether anything that @op is about is nobody else's. */
static gboolean can_be_judged(const struct judge *judge, const struct op *op)
{
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		for (int role = 0; role < PLANE_ROLES; role++)
			if (shown_touches(judge->shown, op, head, (enum plane_role)role) &&
			    !is_contested(judge, head, (enum plane_role)role))
				return TRUE;
	return !judge->rivals->len;
}

static void take_op(struct judge *judge, const struct journal_event *event)
{
	const struct op *op = g_hash_table_lookup(judge->ops, GINT_TO_POINTER(event->line));
	gboolean is_undo = evidence_is_undo(event);
	int result = judge_result(judge, event->seq);

	if (!op || !op_enters(op->kind))
		return;
	if (!is_undo) {
		if (!can_be_judged(judge, op))
			g_array_append_val(judge->updates->unjudged, event->seq);
		shown_issue(judge->shown, op);
	}
	if (result == 0 && (is_undo || !op->test))
		succeed(judge, event, op, is_undo);
	else if (result >= 0)
		change_nothing(judge, event, op, is_undo);
}

static void take_output(struct judge *judge, const struct journal_event *event)
{
	const struct op *op = g_hash_table_lookup(judge->ops, GINT_TO_POINTER(event->line));

	if (!op || op->kind != OP_OUTPUT)
		return;
	for (int role = 0; role < PLANE_ROLES; role++)
		judge_close_failure(judge, &judge->tracks[op->head][role]);
	judge->tracks[op->head][PLANE_PRIMARY].changing = TRUE;
	shown_output(judge->shown, op);
}

/* New memory: the device has nothing of it yet. What it is still to do with the old one is known by that
 * one's resource. */
static void take_buffer(struct judge *judge, const struct journal_event *event)
{
	for (int i = 0; i < judge->program->buffer_count; i++) {
		const char *name = judge->program->buffers[i].name;
		struct copy *copy = &judge->copies[i];

		if (strlen(name) != event->name_len || memcmp(name, event->name, event->name_len))
			continue;
		shown_paint(judge->shown, i, 0, event->id);
		*copy = (struct copy){ .res = event->res };
		if (event->res)
			g_hash_table_insert(judge->buffers, GUINT_TO_POINTER(event->res),
					    GINT_TO_POINTER(i + 1));
		return;
	}
}

/* A rival has begun, or all have ended. */
static void take_stat(struct judge *judge, const struct journal_event *event)
{
	const struct op *op;

	if (event->name_len == 10 && !memcmp(event->name, "rival.done", 10))
		g_ptr_array_set_size(judge->rivals, 0);
	if (event->name_len != 10 || memcmp(event->name, "rival.line", 10))
		return;
	op = g_hash_table_lookup(judge->ops, GINT_TO_POINTER((int)event->value));
	if (!op || !op_enters(op->kind))
		return;
	g_ptr_array_add(judge->rivals, (gpointer)op);
	/* What the planes are told from here on is not the doing of an operation that failed before. */
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		for (int role = 0; role < PLANE_ROLES; role++)
			if (shown_touches(judge->shown, op, head, (enum plane_role)role))
				judge_close_failure(judge, &judge->tracks[head][role]);
	contest(judge);
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
		judge_settle(judge);
	judge_fences(judge, event);
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
	case JOURNAL_STAT:
		take_stat(judge, event);
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

		if (op_enters(op->kind) || op->kind == OP_OUTPUT || op->kind == OP_PAINT)
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
	judge->updates->unjudged = g_array_new(FALSE, FALSE, sizeof(guint64));
	judge->shown = shown_new(program);
	judge->ops = g_hash_table_new(NULL, NULL);
	judge->buffers = g_hash_table_new(NULL, NULL);
	judge->rivals = g_ptr_array_new();
	judge->waits = g_array_new(FALSE, FALSE, sizeof(struct wait));
	judge->results = g_array_new(FALSE, FALSE, sizeof(int));
	g_array_append_val(judge->results, none);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		for (int role = 0; role < PLANE_ROLES; role++)
			judge->tracks[head][role].demands =
				g_array_new(FALSE, FALSE, sizeof(struct demand));
	index_ops(judge);
	index_results(judge, timeline);
}

/* What no check came after. */
static void count_open(const struct judge *judge)
{
	struct updates *updates = judge->updates;

	updates->open = updates->demanded - judge->settled;
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		for (int role = 0; role < PLANE_ROLES; role++)
			updates->open_failures += judge->tracks[head][role].failed ? 1 : 0;
}

static void judge_finish(struct judge *judge)
{
	shown_free(judge->shown);
	g_hash_table_unref(judge->ops);
	g_hash_table_unref(judge->buffers);
	g_ptr_array_unref(judge->rivals);
	g_array_unref(judge->waits);
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
			judge_device(&judge, moment->device);
	}
	judge_settle(&judge);
	count_open(&judge);
	judge_finish(&judge);
	return judge.updates;
}
