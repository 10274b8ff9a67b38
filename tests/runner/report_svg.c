// SPDX-License-Identifier: MIT
#include "tests/runner/report_svg.h"

#include <string.h>

#include "tests/runner/html.h"

/* All lengths are in pixels of CSS. */
#define COLUMN 86
#define BOX 80 /* the width of what stands in a column */
#define INDENT ((COLUMN - BOX) / 2)
#define LINE 13
#define LETTER 6.4 /* no wider in any common monospace font of the size in report_style.c */
#define BOX_LETTERS 12
#define NAME_LETTERS 11 /* of a name in bold that can be cut at its underscores */
#define AXIS 18
#define ARROW 5
#define BAND 10
#define WIDTH_OF_NAMES 74

enum lane { LANE_GUEST, LANE_CONTROL, LANE_CURSOR, LANE_DISPLAY, LANES };

static const struct {
	const char *first, *second; /* name */
	int y, height;
} lanes[LANES] = {
	[LANE_GUEST] = { "guest", "operations", BAND, 74 },
	[LANE_CONTROL] = { "device", "control q.", 118, 60 },
	[LANE_CURSOR] = { "device", "cursor q.", 208, 60 },
	[LANE_DISPLAY] = { "display", "messages", 282, 60 },
};

struct drawing {
	GString *out;
	const struct window *window;
	int lane_count; /* 1: nobody watched the device */
	int width, height;
};

static const struct column *column_at(const struct window *window, int i)
{
	return &g_array_index(window->columns, struct column, i);
}

static int column_x(int i)
{
	return i * COLUMN + INDENT;
}

static int column_middle(int i)
{
	return i * COLUMN + COLUMN / 2;
}

/* --- text ------------------------------------------------------------------------------------- */

/* @text cut into at most @count lines of @letters, after blanks and underscores where it can be. */
static GPtrArray *wrap(const char *text, guint letters, guint count)
{
	GPtrArray *wrapped = g_ptr_array_new_with_free_func(g_free);

	while (*text && wrapped->len < count) {
		gsize len = strlen(text), cut;

		if (len > letters) {
			for (cut = letters; cut > 0; cut--)
				if (text[cut - 1] == '_' || text[cut] == ' ')
					break;
			len = cut ? cut : letters;
		}
		if (wrapped->len + 1 == count && text[len])
			g_ptr_array_add(wrapped,
					g_strdup_printf("%.*s...", (int)letters - 3, text));
		else
			g_ptr_array_add(wrapped, g_strndup(text, len));
		text += len;
		text += strspn(text, " ");
	}
	return wrapped;
}

static void draw_text(struct drawing *drawing, int x, int y, const char *class, const char *text)
{
	html_printf(drawing->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class,
		    text);
}

/* Lines below each other, the first at @y; returns where the next would be. */
static int draw_wrapped(struct drawing *drawing, int x, int y, const char *class, const char *text,
			guint letters, guint count)
{
	g_autoptr(GPtrArray) wrapped = wrap(text, letters, count);

	for (guint i = 0; i < wrapped->len; i++, y += LINE)
		draw_text(drawing, x, y, class, g_ptr_array_index(wrapped, i));
	return y;
}

static const char *buffer_name(const struct window *window, guint32 res, char name[static 32])
{
	const GArray *events = window->trial->events;

	for (guint i = 0; res && i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind != JOURNAL_BUFFER || event->res != res)
			continue;
		g_snprintf(name, 32, "%.*s", (int)event->name_len, event->name);
		return name;
	}
	g_snprintf(name, 32, res ? "resource %u" : "none", res);
	return name;
}

static char *text_of(const struct journal_event *event)
{
	return g_strndup(event->text, event->text_len);
}

/* The language's word for what an operation came to; a result is "returned 0" or an errno. */
static char *result_text(const struct journal_event *ret)
{
	const char *word = ret && ret->err ? errno_word(ret->err) : NULL;

	if (!ret)
		return g_strdup("never came back");
	if (!ret->err)
		return g_strdup("returned 0");
	return word ? g_strdup_printf("failed: %s", word) :
		      g_strdup_printf("failed: errno %d", ret->err);
}

/* --- what stands in a lane -------------------------------------------------------------------- */

static enum lane lane_of(enum device_kind kind)
{
	return kind == DEVICE_CURSOR_UPDATE || kind == DEVICE_CURSOR_MOVE ? LANE_CURSOR :
									    LANE_CONTROL;
}

static void draw_box(struct drawing *drawing, enum lane lane, int x, int width, const char *class)
{
	html_printf(drawing->out,
		    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" class=\"%s\"/>\n",
		    x, lanes[lane].y, width, lanes[lane].height, class);
}

/* A bar from the operation's beginning to its return; one that is open reaches the edge. */
static void draw_operation(struct drawing *drawing, int first, int last,
			   const struct journal_event *op)
{
	const struct window *window = drawing->window;
	const struct journal_event *ret =
		timeline_find(window->timeline, JOURNAL_RET, op->seq, NULL);
	gboolean bad = window->seq && op->seq == window->seq;
	int x = first < 0 ? -COLUMN : column_x(first);
	int end = last < 0 ? drawing->width + COLUMN : column_x(last) + BOX;
	int left = MAX(x, 0), right = MIN(end, drawing->width), y = lanes[LANE_GUEST].y + LINE + 1;
	guint letters = (guint)((right - left - 10) / LETTER);
	g_autofree char *text = text_of(op), *result = result_text(ret);

	g_string_append(drawing->out, "<g>");
	html_printf(drawing->out,
		    "<title>operation %" G_GUINT64_FORMAT ", line %d: %s: %s</title>\n", op->seq,
		    op->line, text, result);
	draw_box(drawing, LANE_GUEST, x, end - x, bad ? "bar bad" : "bar");
	html_printf(drawing->out,
		    "<text x=\"%d\" y=\"%d\" class=\"small\">operation %" G_GUINT64_FORMAT
		    ", line %d</text>\n",
		    left + 4, y, op->seq, op->line);
	y = draw_wrapped(drawing, left + 4, y + LINE, "", text, letters, 2);
	draw_text(drawing, left + 4, y, ret && !ret->err && !bad ? "" : "strong", result);
	if (ret && ret->fired) {
		g_autofree char *fault = g_strdup_printf(
			"%s %u failed", window->trial->instrumented ? "call" : "allocation", op->nth);

		draw_text(drawing, left + 4, y + LINE, "small", fault);
	}
	g_string_append(drawing->out, "</g>\n");
}

static void draw_operations(struct drawing *drawing)
{
	const struct window *window = drawing->window;

	for (int i = 0; i < (int)window->columns->len; i++) {
		const struct journal_event *event = column_at(window, i)->journal;
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
	int y = lanes[lane].y + LINE + 1;

	g_string_append(drawing->out, "<g>");
	draw_box(drawing, lane, column_x(i), BOX, class);
	for (int line = 0; line < count; line++)
		if (lines[line])
			y = draw_wrapped(drawing, column_middle(i), y,
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
	const struct journal_event *event = column_at(drawing->window, i)->journal;
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
	const struct column *column = column_at(drawing->window, i);
	const struct device_event *event = column->device;
	gboolean cursor = lane_of(event->kind) == LANE_CURSOR;
	gboolean culprit = is_culprit(drawing->window, column);
	gboolean late = column->moment == drawing->window->transfer;
	g_autofree char *place = g_strdup_printf("at %d,%d", event->x, event->y);
	char name[32];
	const char *lines[] = { device_kind_name(event->kind),
				buffer_name(drawing->window, event->res, name),
				late		     ? "too late" :
				cursor && culprit    ? "too early" :
				cursor && event->res ? place :
						       NULL };

	if (culprit && drawing->window->incident->kind != INCIDENT_STALE)
		lines[2] = NULL;
	draw_column(drawing, i, lane_of(event->kind), culprit || late ? "cmd bad" : "cmd", lines,
		    3);
}

static const char *const message_names[DISPLAY_KINDS] = {
	[DISPLAY_SCANOUT] = "Scanout", [DISPLAY_UPDATE] = "Update",
	[DISPLAY_DISABLE] = "Disable", [DISPLAY_CURSOR] = "CursorDefine",
	[DISPLAY_MOUSE] = "MouseSet",  [DISPLAY_CHECK] = "check",
};

static void draw_display(struct drawing *drawing, int i)
{
	const struct display_event *event = column_at(drawing->window, i)->display;
	g_autofree char *picture = g_strdup_printf("picture %" G_GINT64_FORMAT, event->picture);
	g_autofree char *place = g_strdup_printf("%d,%d", event->x, event->y);
	g_autofree char *size = g_strdup_printf("%d x %d", event->width, event->height);
	const char *lines[4] = { message_names[event->kind] };
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

	draw_column(drawing, i, lane_of(drawing->window->missing), "hole", lines, 2);
}

static void draw_gap(struct drawing *drawing, int i)
{
	g_autofree char *text =
		g_strdup_printf("%u not shown", column_at(drawing->window, i)->hidden);

	for (int lane = 0; lane < drawing->lane_count; lane++)
		html_printf(drawing->out, "<text x=\"%d\" y=\"%d\" class=\"mid\">. . .</text>\n",
			    column_middle(i), lanes[lane].y + lanes[lane].height / 2);
	draw_text(drawing, column_middle(i), drawing->height - 5, "mid small", text);
}

/* --- arrows ----------------------------------------------------------------------------------- */

static int lane_end(enum lane lane)
{
	return lanes[lane].y + lanes[lane].height;
}

/* Down from (@x, @y), along at @turn, and down to a box's upper edge: nothing stands in the way, as
 * each column has one box. */
static void draw_arrow(struct drawing *drawing, int x, int y, int turn, int to_x, int to_y,
		       const char *class)
{
	html_printf(drawing->out, "<path class=\"%s\" d=\"M%d %dV%dH%dV%d\"/>", class, x, y, turn,
		    to_x, to_y - ARROW);
	html_printf(drawing->out, "<path class=\"%s head\" d=\"M%d %dh%dl-%d %dz\"/>\n", class,
		    to_x - ARROW, to_y - ARROW - 1, 2 * ARROW, ARROW, ARROW + 1);
}

/* From an operation's bar to what became of it, in the column @to of @lane. */
static void draw_link(struct drawing *drawing, guint op_moment, int to, enum lane lane,
		      const char *class)
{
	const struct window *window = drawing->window;
	int from = window_find(window, op_moment), last;
	guint ret = NO_MOMENT;
	int x;

	if (from < 0 || to < 0 || drawing->lane_count == 1)
		return;
	timeline_find(window->timeline, JOURNAL_RET, column_at(window, from)->journal->seq, &ret);
	last = window_find(window, ret);
	x = CLAMP(column_middle(to), column_middle(from),
		  last < 0 ? drawing->width : column_middle(last));
	draw_arrow(drawing, x, lane_end(LANE_GUEST), lane_end(LANE_GUEST) + 12, column_middle(to),
		   lanes[lane].y, class);
}

static void draw_links(struct drawing *drawing)
{
	const struct window *window = drawing->window;
	const GArray *met = window->trial->updates ? window->trial->updates->met : NULL;

	for (guint i = 0; met && i < met->len; i++) {
		const struct met *pair = &g_array_index(met, struct met, i);
		int to = window_find(window, pair->command);

		if (to >= 0)
			draw_link(drawing, pair->op, to,
				  lane_of(column_at(window, to)->device->kind), "link");
	}
}

/* The late transfer to the update that came before it. */
static void draw_stale(struct drawing *drawing)
{
	const struct window *window = drawing->window;
	int from = window_find(window, window->transfer);
	int to = window_find(window, window->incident->moment);
	int turn = lane_end(LANE_CONTROL) + 17;

	if (from < 0 || to < 0)
		return;
	draw_arrow(drawing, column_middle(from), lane_end(LANE_CONTROL), turn, column_middle(to),
		   lanes[LANE_CURSOR].y, "link bad");
	draw_text(drawing, column_middle(from) + 6, turn, "red strong", "should come first");
}

static void draw_incident(struct drawing *drawing)
{
	const struct window *window = drawing->window;
	guint op = NO_MOMENT;
	int to;

	if (!window->incident)
		return;
	timeline_find(window->timeline, JOURNAL_OP, window->seq, &op);
	if (window->incident->kind == INCIDENT_STALE)
		draw_stale(drawing);
	to = window_find(window, window->incident->moment);
	if (window->incident->kind == INCIDENT_ROLLBACK && to >= 0 && column_at(window, to)->device)
		draw_link(drawing, op, to, lane_of(column_at(window, to)->device->kind),
			  "link bad");
	for (int i = 0; i < (int)window->columns->len; i++)
		if (column_at(window, i)->kind == COLUMN_HOLE)
			draw_link(drawing, op, i, lane_of(window->missing), "link bad dashed");
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The columns of the operation that matters, or of the check. FALSE: none is in the window. */
static gboolean find_band(const struct window *window, int *first, int *last)
{
	guint op = NO_MOMENT, ret = NO_MOMENT;

	if (window->seq) {
		timeline_find(window->timeline, JOURNAL_OP, window->seq, &op);
		timeline_find(window->timeline, JOURNAL_RET, window->seq, &ret);
	} else if (window->incident) {
		op = ret = window->incident->moment;
	}
	*first = window_find(window, op);
	*last = ret == NO_MOMENT ? (int)window->columns->len - 1 : window_find(window, ret);
	*last = MAX(*first, *last);
	return *first >= 0;
}

/* It stands out over the whole height. */
static void draw_band(struct drawing *drawing)
{
	int first, last;

	if (find_band(drawing->window, &first, &last))
		html_printf(drawing->out,
			    "<rect class=\"band\" x=\"%d\" y=\"0\" width=\"%d\" height=\"%d\"/>\n",
			    first * COLUMN, (last - first + 1) * COLUMN, drawing->height - AXIS);
}

/* Where a browser that can (scroll-initial-target) begins: a little before the band. */
static void add_start(struct drawing *drawing)
{
	int first, last;

	if (find_band(drawing->window, &first, &last))
		html_printf(drawing->out, "<span class=\"start\" style=\"left:%dpx\"></span>\n",
			    MAX(0, first * COLUMN - COLUMN / 2));
}

/* The first column's time is 0. */
static void draw_axis(struct drawing *drawing)
{
	const struct window *window = drawing->window;
	guint64 zero = 0, last = 0;

	for (int i = 0; i < (int)window->columns->len; i++) {
		guint64 time = column_at(window, i)->time;
		char text[G_ASCII_DTOSTR_BUF_SIZE + 4];

		if (!time || time == last)
			continue;
		zero = zero ? zero : time;
		last = time;
		g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, "%.3f",
				(double)(gint64)(time - zero) / 1000);
		strcat(text, " ms");
		draw_text(drawing, column_middle(i), drawing->height - 5, "mid small", text);
	}
}

static void draw_lanes(struct drawing *drawing, int width)
{
	for (int lane = 0; lane < drawing->lane_count; lane++)
		html_printf(drawing->out,
			    "<rect class=\"lane\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
			    lanes[lane].y - 4, width, lanes[lane].height + 8);
}

/* The lanes' names stay in sight when the rest is scrolled. Readers of the screen get them from the
 * other drawing's description. */
static void draw_names(struct drawing *drawing)
{
	g_string_append_printf(
		drawing->out,
		"<svg class=\"names\" width=\"%d\" height=\"%d\" aria-hidden=\"true\">\n",
		WIDTH_OF_NAMES, drawing->height);
	draw_lanes(drawing, WIDTH_OF_NAMES);
	for (int lane = 0; lane < drawing->lane_count; lane++) {
		int y = lanes[lane].y + lanes[lane].height / 2;

		draw_text(drawing, 4, y - 3, "strong", lanes[lane].first);
		draw_text(drawing, 4, y - 3 + LINE, "small", lanes[lane].second);
	}
	g_string_append(drawing->out, "</svg>\n");
}

/* What a column says, in words. */
static void describe_column(GString *out, const struct window *window, const struct column *column)
{
	g_autofree char *text = NULL, *result = NULL;
	char name[32];

	switch (column->kind) {
	case COLUMN_OP:
		text = text_of(column->journal);
		html_printf(out, "operation %" G_GUINT64_FORMAT " begins: %s; ",
			    column->journal->seq, text);
		break;
	case COLUMN_RET:
		result = result_text(column->journal);
		html_printf(out, "operation %" G_GUINT64_FORMAT " %s; ", column->journal->seq,
			    result);
		break;
	case COLUMN_GUEST:
		html_printf(out, "%s; ",
			    column->journal->kind == JOURNAL_CHECK ? "a check" :
			    column->journal->kind == JOURNAL_PAINT ? "a paint" :
								     "an output");
		break;
	case COLUMN_DEVICE:
		html_printf(out, "%s of %s; ", device_kind_name(column->device->kind),
			    buffer_name(window, column->device->res, name));
		break;
	case COLUMN_DISPLAY:
		html_printf(out, "the display's %s; ", message_names[column->display->kind]);
		break;
	case COLUMN_HOLE:
		html_printf(out, "missing here: %s; ", device_kind_name(window->missing));
		break;
	case COLUMN_GAP:
	default:
		html_printf(out, "%u left out; ", column->hidden);
		break;
	}
}

static void describe(struct drawing *drawing, guint number)
{
	const struct window *window = drawing->window;
	const struct incident *incident = window->incident;

	html_printf(drawing->out,
		    "<title id=\"line-%u\">Time line: %s</title>\n<desc id=\"says-%u\">", number,
		    incident ? incident->text : "around the operation", number);
	for (int i = 0; i < (int)window->columns->len; i++)
		describe_column(drawing->out, window, column_at(window, i));
	g_string_append(drawing->out, "</desc>\n");
}

static void draw_columns(struct drawing *drawing)
{
	for (int i = 0; i < (int)drawing->window->columns->len; i++) {
		switch (column_at(drawing->window, i)->kind) {
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

void report_svg_definitions(GString *out)
{
	g_string_append(
		out, "<svg width=\"0\" height=\"0\" class=\"definitions\" aria-hidden=\"true\">"
		     "<defs><pattern id=\"hatch\" width=\"7\" height=\"7\" "
		     "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		     "<rect width=\"7\" height=\"7\" class=\"under\"/>"
		     "<rect width=\"2\" height=\"7\" class=\"stripe\"/></pattern></defs></svg>\n");
}

void report_svg(GString *out, const struct window *window, guint number)
{
	struct drawing drawing = { .out = out,
				   .window = window,
				   .lane_count = window->trial->timeline ? LANES : 1,
				   .width = (int)window->columns->len * COLUMN };

	if (!window->columns->len)
		return;
	/* Room for an operation that never came back. */
	if (column_at(window, (int)window->columns->len - 1)->kind == COLUMN_OP)
		drawing.width += COLUMN;
	drawing.height = lane_end((enum lane)(drawing.lane_count - 1)) + 4 + AXIS;
	g_string_append(out, "<div class=\"timeline\">\n");
	draw_names(&drawing);
	g_string_append_printf(out,
			       "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
			       "aria-label=\"time line, to be scrolled sideways\">\n"
			       "<svg role=\"img\" width=\"%d\" height=\"%d\" "
			       "aria-labelledby=\"line-%u\" aria-describedby=\"says-%u\">\n",
			       drawing.width, drawing.height, number, number);
	describe(&drawing, number);
	draw_lanes(&drawing, drawing.width);
	draw_band(&drawing);
	draw_links(&drawing);
	draw_incident(&drawing);
	draw_operations(&drawing);
	draw_columns(&drawing);
	draw_axis(&drawing);
	g_string_append(out, "</svg>\n");
	add_start(&drawing);
	g_string_append(out, "</div>\n</div>\n");
}
