/* SPDX-License-Identifier: MIT */
/*
 * What a person in front of the VM's display would have seen, as recorded: each message of QEMU's
 * display in order, and the full picture of every head at each `check` of the program.
 *
 * Recorded and read back as text, one event a line (display.txt), and PNG files beside it:
 *
 *	scanout SEQ TIME HEAD WIDTH HEIGHT PICTURE
 *	update SEQ TIME HEAD X Y WIDTH HEIGHT PICTURE
 *	disable SEQ TIME HEAD
 *	cursor SEQ TIME HEAD WIDTH HEIGHT HOT_X HOT_Y PICTURE
 *	mouse SEQ TIME HEAD X Y ON
 *	check SEQ TIME N
 *
 * SEQ counts from 1; TIME is the host's CLOCK_REALTIME in microseconds, as in the device's trace;
 * PICTURE is the id that row 0 of the picture encodes (compositor/model/picture.h), "-" where the
 * message does not cover those pixels or they encode none. After a check, what each head shows is
 * in check-N-head-H-scanout.png and check-N-head-H-cursor.png (verbatim ARGB, not premultiplied
 * anew, so that no bit is lost).
 */
#ifndef PLANESTORM_DISPLAY_H
#define PLANESTORM_DISPLAY_H

#include <glib.h>

#define DISPLAY_HEADS 2

enum display_kind {
	DISPLAY_SCANOUT, /* a new picture of width x height */
	DISPLAY_UPDATE,	 /* a part of it was drawn anew */
	DISPLAY_DISABLE, /* nothing is shown */
	DISPLAY_CURSOR,	 /* a new cursor image of width x height, hotspot (hot_x, hot_y) */
	DISPLAY_MOUSE,	 /* the cursor is at (x, y), and visible if on */
	DISPLAY_CHECK,	 /* the guest's check number ->check: heads are in the record's checks */
	DISPLAY_KINDS
};

#define PICTURE_NONE (-1)
/* How many pixels at the left of row 0 encode the id. */
#define PICTURE_ID_PIXELS 32

struct display_event {
	enum display_kind kind;
	guint64 seq;
	guint64 time; /* us */
	int head;
	int x, y;
	int width, height;
	int hot_x, hot_y;
	gboolean on;
	gint64 picture; /* id, or PICTURE_NONE */
	guint64 check;
};

/* A picture: width * height pixels, rows without gaps. Reference counted. */
struct image {
	gint refs;
	int width, height;
	guint32 pixels[]; /* ARGB8888 as in the guest: premultiplied; of a scanout, X is 255 */
};

struct image *image_new(int width, int height); /* all 0 */
struct image *image_ref(struct image *image);
void image_unref(struct image *image); /* NULL is fine */

/* PNG, 8 bits, RGBA, the channels verbatim. */
gboolean image_save(const struct image *image, const char *path, GError **error);
struct image *image_load(const char *path, GError **error);
/* The same as PNG bytes in memory. */
GBytes *image_to_png(const struct image *image);

/* The id that the first 32 pixels of row 0 encode, or PICTURE_NONE. */
gint64 image_picture(const guint32 *row, int width);

/* What one head shows. */
struct display_head {
	struct image *scanout; /* NULL: nothing is shown */
	struct image *cursor;  /* NULL: no image was ever defined */
	int hot_x, hot_y;
	int x, y; /* of the image's left upper corner, as the device was told */
	gboolean visible;
	int tolerance; /* of 255; an expected scanout: as much each channel may differ */
};

struct display_check {
	guint64 number; /* as in the journal */
	struct display_head heads[DISPLAY_HEADS];
};

struct display_record {
	GArray *events;	   /* struct display_event */
	GPtrArray *checks; /* struct display_check, in order */
};

struct display_record *display_record_new(void);
void display_record_free(struct display_record *record); /* NULL is fine */

/* A new last check of @record with a copy (references) of @heads. */
void display_record_check(struct display_record *record, guint64 number,
			  const struct display_head heads[DISPLAY_HEADS]);

/* Write the record into folder @dir, or read it back. Reading passes over lines that are none and
 * counts them in *@rubbish; a missing picture is an error. */
gboolean display_record_save(const struct display_record *record, const char *dir, GError **error);
struct display_record *display_record_load(const char *dir, guint *rubbish, GError **error);

#endif
