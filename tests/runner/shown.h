/* SPDX-License-Identifier: MIT */
/*
 * What must be shown, computed from the program and from which of its operations succeeded: on each
 * head the primary plane's and the cursor's state, and every buffer's pixels. The guest is asked for
 * nothing but the results of its ioctls.
 *
 * A buffer's version counts how often it was painted; a plane shows the version that the buffer had
 * when the last successful operation put it there.
 */
#ifndef PLANESTORM_SHOWN_H
#define PLANESTORM_SHOWN_H

#include <glib.h>

#include "compositor/model/program.h"
#include "tests/runner/display.h"

struct shown_cursor {
	int buffer; /* index into program.buffers, -1: hidden */
	guint version;
	/* By the legacy ioctl, which wraps the buffer in a framebuffer of its own. */
	gboolean legacy;
	gboolean unknown; /* a rival shows something else; nothing certain is to be seen */
	guint64 rivals; /* then: buffers that rivals have shown by framebuffers of the program's */
	int x, y;	/* left upper corner, pixels of the mode */
	int hot_x, hot_y;
};

enum shown_primary_kind { PRIMARY_UNKNOWN, PRIMARY_OFF, PRIMARY_BLACK, PRIMARY_BUFFER };

struct shown_primary {
	enum shown_primary_kind kind;
	int buffer; /* as in shown_cursor */
	guint version;
};

struct shown_head {
	guint32 width, height; /* of the mode, 0: off, or no output line yet */
	struct shown_primary primary;
	struct shown_cursor cursor;
	/* Where a cursor appears that is shown without a place: by an atomic commit, where the
	 * program last put it; by a legacy ioctl, where the last such one did (crtc->cursor_x). */
	int place_x, place_y;
	int legacy_x, legacy_y;
};

struct shown;

struct shown *shown_new(const struct program *program);
void shown_free(struct shown *shown); /* NULL is fine */

/* Borrowed; changes with the calls below. */
const struct shown_head *shown_head(const struct shown *shown, int head);

/* How often @buffer was painted so far. */
guint shown_version(const struct shown *shown, int buffer);

/* Buffer @buffer was made (@line 0) or painted by the program's line @line, with picture @id; 0: it is
 * all zeros, as the kernel made it. */
void shown_paint(struct shown *shown, int buffer, int line, guint32 id);

/* An output line was carried out: its head is black, with no change to its cursor. */
void shown_output(struct shown *shown, const struct op *op);

/* @op, an ioctl operation, is about to be issued: what its undo will put back. */
void shown_issue(struct shown *shown, const struct op *op);

/* @op has succeeded. */
void shown_success(struct shown *shown, const struct op *op);

/* A rival does @op, again and again: what it changes is not known from here on, until an operation of the
 * program's own changes it. */
void shown_rival(struct shown *shown, const struct op *op);

/* Whether @op is about what @role of @head shows, going by what is shown now. */
gboolean shown_touches(const struct shown *shown, const struct op *op, int head,
		       enum plane_role role);

/* The undo of the operation last issued has succeeded. */
void shown_undo(struct shown *shown, int head);

/* The id of the picture that version @version of @buffer shows in row 0. */
guint32 shown_picture(const struct shown *shown, int buffer, guint version);

/* The pixels of a buffer's version, the caller's. */
struct image *shown_pixels(struct shown *shown, int buffer, guint version);

/*
 * What a person must see on @head. The images are the caller's; the scanout is NULL where nothing
 * certain is to be seen: QEMU shows a text of its own when a scanout is off.
 */
void shown_display(struct shown *shown, int head, struct display_head *expected);

#endif
