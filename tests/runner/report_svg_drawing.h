/* SPDX-License-Identifier: MIT */
/* For report_svg*.c alone: a time line that is being drawn, its geometry, and what the files share. */
#ifndef PLANESTORM_REPORT_SVG_DRAWING_H
#define PLANESTORM_REPORT_SVG_DRAWING_H

#include "tests/runner/report_window.h"

/* All lengths are in pixels of CSS. */
#define COLUMN 86
#define BOX 80 /* the width of what stands in a column */
#define LINE 13

enum lane { LANE_GUEST, LANE_CONTROL, LANE_CURSOR, LANE_DISPLAY, LANES };

struct svg_lane {
	const char *first, *second; /* name */
	int y, height;
};

extern const struct svg_lane svg_lanes[LANES];
extern const char *const svg_message_names[DISPLAY_KINDS];

struct drawing {
	GString *out;
	const struct window *window;
	int lane_count; /* 1: nobody watched the device */
	int width, height;
};

static inline const struct column *svg_column(const struct window *window, int i)
{
	return &g_array_index(window->columns, struct column, i);
}

static inline int svg_middle(int i)
{
	return i * COLUMN + COLUMN / 2;
}

static inline int svg_lane_end(enum lane lane)
{
	return svg_lanes[lane].y + svg_lanes[lane].height;
}

/* report_svg_text.c */

/* The lane of the queue that a command goes through. */
enum lane svg_lane_of(enum device_kind kind);

void svg_text(struct drawing *drawing, int x, int y, const char *class, const char *text);

/* @text in at most @count lines of @letters, below each other, the first at @y; returns where the next
 * would be. */
int svg_wrapped(struct drawing *drawing, int x, int y, const char *class, const char *text,
		guint letters, guint count);

/* The program's name of the buffer that the device knows as @res, written into @name and returned. */
const char *svg_buffer_name(const struct window *window, guint32 res, char name[static 32]);

/* The operation's text; the caller's. */
char *svg_op_text(const struct journal_event *op);

/* What an operation came to: "returned 0", the language's word for its error, or, of NULL, that it never
 * came back. The caller's. */
char *svg_result(const struct journal_event *ret);

/* report_svg_boxes.c */

void svg_operations(struct drawing *drawing);
void svg_columns(struct drawing *drawing);

/* report_svg_arrows.c */

/* From the operations to the commands that met them. */
void svg_links(struct drawing *drawing);

/* To what the incident is about. */
void svg_incident(struct drawing *drawing);

#endif
