// SPDX-License-Identifier: MIT
#include "tests/runner/report_svg.h"

#include <string.h>

#include "tests/runner/html.h"
#include "tests/runner/report_svg_drawing.h"

#define AXIS 18
#define WIDTH_OF_NAMES 74

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
		guint64 time = svg_column(window, i)->time;
		char text[G_ASCII_DTOSTR_BUF_SIZE + 4];

		if (!time || time == last)
			continue;
		zero = zero ? zero : time;
		last = time;
		g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, "%.3f",
				(double)(gint64)(time - zero) / 1000);
		strcat(text, " ms");
		svg_text(drawing, svg_middle(i), drawing->height - 5, "mid small", text);
	}
}

static void draw_lanes(struct drawing *drawing, int width)
{
	for (int lane = 0; lane < drawing->lane_count; lane++)
		html_printf(drawing->out,
			    "<rect class=\"lane\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
			    svg_lanes[lane].y - 4, width, svg_lanes[lane].height + 8);
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
		int y = svg_lanes[lane].y + svg_lanes[lane].height / 2;

		svg_text(drawing, 4, y - 3, "strong", svg_lanes[lane].first);
		svg_text(drawing, 4, y - 3 + LINE, "small", svg_lanes[lane].second);
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
		text = svg_op_text(column->journal);
		html_printf(out, "operation %" G_GUINT64_FORMAT " begins: %s; ",
			    column->journal->seq, text);
		break;
	case COLUMN_RET:
		result = svg_result(column->journal);
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
			    svg_buffer_name(window, column->device->res, name));
		break;
	case COLUMN_DISPLAY:
		html_printf(out, "the display's %s; ", svg_message_names[column->display->kind]);
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
		describe_column(drawing->out, window, svg_column(window, i));
	g_string_append(drawing->out, "</desc>\n");
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
	if (svg_column(window, (int)window->columns->len - 1)->kind == COLUMN_OP)
		drawing.width += COLUMN;
	drawing.height = svg_lane_end((enum lane)(drawing.lane_count - 1)) + 4 + AXIS;
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
	svg_links(&drawing);
	svg_incident(&drawing);
	svg_operations(&drawing);
	svg_columns(&drawing);
	draw_axis(&drawing);
	g_string_append(out, "</svg>\n");
	add_start(&drawing);
	g_string_append(out, "</div>\n</div>\n");
}
