/* SPDX-License-Identifier: MIT */
/*
 * The part of a trial's timeline that a reader of the report is shown around one incident: a column
 * for each moment that matters, in order, with what the display said in between.
 */
#ifndef PLANESTORM_REPORT_WINDOW_H
#define PLANESTORM_REPORT_WINDOW_H

#include "tests/runner/trial.h"

enum column_kind {
	COLUMN_OP,	/* an operation begins */
	COLUMN_RET,	/* it is back */
	COLUMN_GUEST,	/* a paint, a check, an output line */
	COLUMN_DEVICE,	/* a command */
	COLUMN_DISPLAY, /* a message */
	COLUMN_HOLE,	/* where a command should be, and none is: struct window's missing */
	COLUMN_GAP,	/* ->hidden columns are left out */
};

#define NO_MOMENT G_MAXUINT

struct column {
	enum column_kind kind;
	guint moment; /* index into the timeline; NO_MOMENT: none */
	const struct journal_event *journal;
	const struct device_event *device;
	const struct display_event *display;
	guint64 time; /* us, 0: unknown */
	guint hidden;
};

struct window {
	const struct trial *trial;
	const struct timeline *timeline;
	const struct incident *incident; /* NULL: an operation is what matters */
	guint64 seq;			 /* of that operation, 0: none */
	guint transfer;			 /* the one that came too late, NO_MOMENT: none */
	enum device_kind missing;	 /* DEVICE_KINDS: nothing */
	GArray *columns;		 /* struct column */
};

/*
 * Around @incident, or around operation @seq if that is NULL. @timeline is @trial's own or, where
 * nobody watched the device, one made from its journal. All must outlive the window.
 */
struct window *window_new(const struct trial *trial, const struct timeline *timeline,
			  const struct incident *incident, guint64 seq);
void window_free(struct window *window);

/* Index of the column that shows @moment, or -1. */
int window_find(const struct window *window, guint moment);

/* The journal line of @kind and @seq, with its index in the timeline if @moment is not NULL; or
 * NULL. */
const struct journal_event *timeline_find(const struct timeline *timeline, enum journal_kind kind,
					  guint64 seq, guint *moment);

#endif
