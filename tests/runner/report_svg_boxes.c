// SPDX-License-Identifier: MIT
/* What stands in the lanes: the operations as bars, and in each column a box. */
#include "tests/runner/report_svg_drawing.h"

#include <string.h>

#include "tests/runner/html.h"

#define INDENT ((COLUMN - BOX) / 2)
#define LETTER 6.4 /* no wider in any common monospace font of the size in report_style.c */
#define BOX_LETTERS 12
#define NAME_LETTERS 11 /* of a name in bold that can be cut at its underscores */

static int svg_x(int i)
{
	return i * COLUMN + INDENT;
}

static void draw_box(struct drawing *drawing, enum lane lane, int x, int width, const char *class)
{
	html_printf(drawing->out,
		    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" class=\"%s\"/>\n",
		    x, svg_lanes[lane].y, width, svg_lanes[lane].height, class);
}

/* A bar from the operation's beginning to its return; one that is open reaches the edge. */
static void draw_operation(struct drawing *drawing, int first, int last,
			   const struct journal_event *op)
{
	const struct window *window = drawing->window;
	const struct journal_event *ret =
		timeline_find(window->timeline, JOURNAL_RET, op->seq, NULL);
	gboolean bad = window->seq && op->seq == window->seq;
	int x = first < 0 ? -COLUMN : svg_x(first);
	int end = last < 0 ? drawing->width + COLUMN : svg_x(last) + BOX;
	int left = MAX(x, 0), right = MIN(end, drawing->width),
	    y = svg_lanes[LANE_GUEST].y + LINE + 1;
	guint letters = (guint)((right - left - 10) / LETTER);
	g_autofree char *text = svg_op_text(op), *result = svg_result(ret);

	g_string_append(drawing->out, "<g>");
	html_printf(drawing->out,
		    "<title>operation %" G_GUINT64_FORMAT ", line %d: %s: %s</title>\n", op->seq,
		    op->line, text, result);
	draw_box(drawing, LANE_GUEST, x, end - x, bad ? "bar bad" : "bar");
	html_printf(drawing->out,
		    "<text x=\"%d\" y=\"%d\" class=\"small\">operation %" G_GUINT64_FORMAT
		    ", line %d</text>\n",
		    left + 4, y, op->seq, op->line);
	y = svg_wrapped(drawing, left + 4, y + LINE, "", text, letters, 2);
	svg_text(drawing, left + 4, y, ret && !ret->err && !bad ? "" : "strong", result);
	if (ret && ret->fired) {
		g_autofree char *fault = g_strdup_printf(
			"%s %u failed", window->trial->instrumented ? "call" : "allocation",
			op->nth);

		svg_text(drawing, left + 4, y + LINE, "small", fault);
	}
	g_string_append(drawing->out, "</g>\n");
}

void svg_operations(struct drawing *drawing)
{
	const struct window *window = drawing->window;

	for (int i = 0; i < (int)window->columns->len; i++) {
		const struct journal_event *event = svg_column(window, i)->journal;
		guint moment = NO_MOMENT;

		if (!event)
			continue;
		if (event->kind == JOURNAL_OP) {
			timeline_find(window->timeline, JOURNAL_RET, event->seq, &moment);
			draw_operation(drawing, i, window_find(window, moment), event);
		} else if (event->kind == JOURNAL_RET) {
			event = timeline_find(window->timeline, JOURNAL_OP, event->seq, &moment);
			if (event && window_find(window, moment) < 0)
				draw_operation(drawing, -1, i, event);
		}
	}
}

/* A column's box with a few lines in it; @lines are texts or NULL. */
static void draw_column(struct drawing *drawing, int i, enum lane lane, const char *class,
			const char *const *lines, int count)
{
	guint letters = lane == LANE_DISPLAY ? BOX_LETTERS : NAME_LETTERS;
	int y = svg_lanes[lane].y + LINE + 1;

	g_string_append(drawing->out, "<g>");
	draw_box(drawing, lane, svg_x(i), BOX, class);
	for (int line = 0; line < count; line++)
		if (lines[line])
			y = svg_wrapped(drawing, svg_middle(i), y,
					line && strcmp(class, "hole") ? "mid" : "mid name",
					lines[line], letters, 2);
	g_string_append(drawing->out, "</g>\n");
}

/* Whether what was seen at check @number is not what must have been. */
static gboolean differs(const struct trial *trial, guint64 number)
{
	const GArray *checked = trial->updates ? trial->updates->checked : NULL;

	for (guint i = 0; checked && i < checked->len; i++) {
		const struct checked *check = &g_array_index(checked, struct checked, i);

		if (check->number == number && check->differing)
			return TRUE;
	}
	return FALSE;
}

static void draw_guest(struct drawing *drawing, int i)
{
	const struct journal_event *event = svg_column(drawing->window, i)->journal;
	gboolean bad = event->kind == JOURNAL_CHECK && differs(drawing->window->trial, event->seq);
	g_autofree char *where = g_strdup_printf("line %d", event->line);
	g_autofree char *number = g_strdup_printf("check %" G_GUINT64_FORMAT, event->seq);
	g_autofree char *picture = g_strdup_printf("picture %u", event->id);
	const char *lines[3] = { NULL };

	switch (event->kind) {
	case JOURNAL_CHECK:
		lines[0] = number;
		lines[1] = bad ? "another" : NULL;
		lines[2] = bad ? "picture seen" : NULL;
		break;
	case JOURNAL_PAINT:
		lines[0] = "paint";
		lines[1] = where;
		lines[2] = picture;
		break;
	default:
		lines[0] = "output";
		lines[1] = where;
		break;
	}
	draw_column(drawing, i, LANE_GUEST, bad ? "cmd bad" : "cmd", lines, 3);
}

/* Whether the column is the command that the incident is about, or the transfer that was late. */
static gboolean is_culprit(const struct window *window, const struct column *column)
{
	return window->incident && column->moment == window->incident->moment;
}

static void draw_device(struct drawing *drawing, int i)
{
	const struct column *column = svg_column(drawing->window, i);
	const struct device_event *event = column->device;
	gboolean cursor = svg_lane_of(event->kind) == LANE_CURSOR;
	gboolean culprit = is_culprit(drawing->window, column);
	gboolean late = column->moment == drawing->window->transfer;
	g_autofree char *place = g_strdup_printf("at %d,%d", event->x, event->y);
	char name[32];
	const char *lines[] = { device_kind_name(event->kind),
				svg_buffer_name(drawing->window, event->res, name),
				late		     ? "too late" :
				cursor && culprit    ? "too early" :
				cursor && event->res ? place :
						       NULL };

	if (culprit && drawing->window->incident->kind != INCIDENT_STALE)
		lines[2] = NULL;
	draw_column(drawing, i, svg_lane_of(event->kind), culprit || late ? "cmd bad" : "cmd",
		    lines, 3);
}

static void draw_display(struct drawing *drawing, int i)
{
	const struct display_event *event = svg_column(drawing->window, i)->display;
	g_autofree char *picture = g_strdup_printf("picture %" G_GINT64_FORMAT, event->picture);
	g_autofree char *place = g_strdup_printf("%d,%d", event->x, event->y);
	g_autofree char *size = g_strdup_printf("%d x %d", event->width, event->height);
	const char *lines[4] = { svg_message_names[event->kind] };
	gboolean pictured = event->kind == DISPLAY_SCANOUT || event->kind == DISPLAY_UPDATE ||
			    event->kind == DISPLAY_CURSOR;

	if (event->kind == DISPLAY_MOUSE) {
		lines[1] = place;
		lines[2] = event->on ? "visible" : "hidden";
	} else if (pictured) {
		lines[1] = size;
		lines[2] = event->picture == PICTURE_NONE ? NULL : picture;
	}
	if (event->head)
		lines[3] = event->head == 1 ? "head 1" : "another head";
	draw_column(drawing, i, LANE_DISPLAY, "cmd msg", lines, 4);
}

static void draw_hole(struct drawing *drawing, int i)
{
	const char *lines[] = { "no", device_kind_name(drawing->window->missing) };

	draw_column(drawing, i, svg_lane_of(drawing->window->missing), "hole", lines, 2);
}

static void draw_gap(struct drawing *drawing, int i)
{
	g_autofree char *text =
		g_strdup_printf("%u not shown", svg_column(drawing->window, i)->hidden);

	for (int lane = 0; lane < drawing->lane_count; lane++)
		html_printf(drawing->out, "<text x=\"%d\" y=\"%d\" class=\"mid\">. . .</text>\n",
			    svg_middle(i), svg_lanes[lane].y + svg_lanes[lane].height / 2);
	svg_text(drawing, svg_middle(i), drawing->height - 5, "mid small", text);
}

void svg_columns(struct drawing *drawing)
{
	for (int i = 0; i < (int)drawing->window->columns->len; i++) {
		switch (svg_column(drawing->window, i)->kind) {
		case COLUMN_GUEST:
			draw_guest(drawing, i);
			break;
		case COLUMN_DEVICE:
			draw_device(drawing, i);
			break;
		case COLUMN_DISPLAY:
			draw_display(drawing, i);
			break;
		case COLUMN_HOLE:
			draw_hole(drawing, i);
			break;
		case COLUMN_GAP:
			draw_gap(drawing, i);
			break;
		case COLUMN_OP:
		case COLUMN_RET:
		default:
			break;
		}
	}
}
