// SPDX-License-Identifier: MIT
/* What belongs together, across the lanes. */
#include "tests/runner/report_svg_drawing.h"

#include "tests/runner/html.h"

#define ARROW 5

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
	timeline_find(window->timeline, JOURNAL_RET, svg_column(window, from)->journal->seq, &ret);
	last = window_find(window, ret);
	x = CLAMP(svg_middle(to), svg_middle(from), last < 0 ? drawing->width : svg_middle(last));
	draw_arrow(drawing, x, svg_lane_end(LANE_GUEST), svg_lane_end(LANE_GUEST) + 12,
		   svg_middle(to), svg_lanes[lane].y, class);
}

void svg_links(struct drawing *drawing)
{
	const struct window *window = drawing->window;
	const GArray *met = window->trial->updates ? window->trial->updates->met : NULL;

	for (guint i = 0; met && i < met->len; i++) {
		const struct met *pair = &g_array_index(met, struct met, i);
		int to = window_find(window, pair->command);

		if (to >= 0)
			draw_link(drawing, pair->op, to,
				  svg_lane_of(svg_column(window, to)->device->kind), "link");
	}
}

/* The late transfer to the update that came before it. */
static void draw_stale(struct drawing *drawing)
{
	const struct window *window = drawing->window;
	int from = window_find(window, window->transfer);
	int to = window_find(window, window->incident->moment);
	int turn = svg_lane_end(LANE_CONTROL) + 17;

	if (from < 0 || to < 0)
		return;
	draw_arrow(drawing, svg_middle(from), svg_lane_end(LANE_CONTROL), turn, svg_middle(to),
		   svg_lanes[LANE_CURSOR].y, "link bad");
	svg_text(drawing, svg_middle(from) + 6, turn, "red strong", "should come first");
}

void svg_incident(struct drawing *drawing)
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
	if (window->incident->kind == INCIDENT_ROLLBACK && to >= 0 &&
	    svg_column(window, to)->device)
		draw_link(drawing, op, to, svg_lane_of(svg_column(window, to)->device->kind),
			  "link bad");
	for (int i = 0; i < (int)window->columns->len; i++)
		if (svg_column(window, i)->kind == COLUMN_HOLE)
			draw_link(drawing, op, i, svg_lane_of(window->missing), "link bad dashed");
}
