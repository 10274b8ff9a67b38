/* SPDX-License-Identifier: MIT */
/*
 * A display of the compositor: its swap chain on the primary plane, frame by frame, and the cursor on the cursor
 * plane, which takes its own way there.
 *
 * A frame is a nonblocking commit with a page-flip event, and nothing else is committed until that is there. A
 * cursor that moves meanwhile goes along with what comes next; else it is a commit of its own, without an
 * event, so that it wakes nobody up.
 */
#ifndef PLANESTORM_VIEW_HEAD_H
#define PLANESTORM_VIEW_HEAD_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

#include "compositor/kms/buffer.h"
#include "compositor/model/picture.h"
#include "compositor/render/chain.h"

struct cursor;
struct device;
struct output;
struct painter;
struct present;
struct statistics;

/* What all heads share; the view owns it. */
struct head_common {
	struct device *device;
	const struct present *present;
	struct painter *painter;
	struct statistics *statistics;
	uint32_t buffers; /* of a swap chain */
	uint32_t crtcs;	  /* that are in use, a bit each */
	bool painted;	  /* the cursor is part of the frames, and no plane shows it */
};

/* What the cursor plane shows. */
struct head_cursor {
	const struct cursor *cursor; /* borrowed; NULL: nothing */
	int32_t x, y;		     /* of its left upper corner, pixels of the mode */
};

struct head {
	struct head_common *common; /* borrowed */
	int connector;		    /* the device's, by its number */
	struct output *output;	    /* NULL: there is no display */
	uint32_t width, height;	    /* of the mode, pixels */
	struct chain chain;
	struct buffer buffers[CHAIN_MAX];
	bool flipping;	    /* the event of a frame is still to come */
	unsigned int stale; /* so are those of so many frames that were given up */
	int ahead;	    /* a buffer that is painted and not committed yet; -1: none */
	struct chain_frame ahead_frame;
	bool asleep; /* it is switched off, but not to be forgotten */
	uint64_t committed_ns;
	struct head_cursor wanted, shown; /* on the cursor plane, and what was committed last */
	struct chain_sprite sprite;	  /* over the next frame */
	drmModeCrtc *found;		  /* what the CRTC showed before; NULL: unknown */
};

void head_init(struct head *head, struct head_common *common, int connector);

/*
 * See whether a display is there and which size it wants: switch it on, off, or over to that size, all black. *@changed:
 * something was done. Returns 0, also if there is no display, or a negative errno with *@why as usual.
 */
int head_probe(struct head *head, bool *changed, const char **why);

/* Have a display that is there in another size, all black. As head_probe(). */
int head_resize(struct head *head, uint32_t width, uint32_t height, const char **why);

/* Switch the display off, until head_wake(). */
void head_sleep(struct head *head);

/*
 * Switch it on anew at the same size, all black and without a cursor, whatever the device has been doing meanwhile. As
 * head_probe().
 */
int head_wake(struct head *head, const char **why);

/* Show what was there before, or nothing, and let go of everything. */
void head_finish(struct head *head);

/* Whether frame @id of @scene can be painted now: there is a display, a free buffer, and no frame under way. */
bool head_is_ready(struct head *head);

/* Paint it and commit it. Returns 0 or a negative errno. */
int head_show(struct head *head, enum picture_image scene, uint32_t id);

/* Paint frame @id of @scene, for head_show() to commit, if a buffer is free for that. Returns 0 or a negative errno. */
int head_paint_ahead(struct head *head, enum picture_image scene, uint32_t id);

/* The event of its frame has come. */
void head_flipped(struct head *head);

/*
 * Show @cursor, NULL: none, with its left upper corner at (@x, @y): on the cursor plane soon, else in the next frame, which
 * *@redraw tells is due. Returns 0 or a negative errno.
 */
int head_place_cursor(struct head *head, const struct cursor *cursor, int32_t x, int32_t y,
		      bool *redraw);

/* Whether the plane shows another cursor than is wanted. */
bool head_cursor_pends(const struct head *head);

/* That, now that no frame is under way. Returns 0 or a negative errno. */
int head_flush_cursor(struct head *head);

/* Whether it has a cursor plane. */
bool head_has_cursor(const struct head *head);

/* What is to be seen, the caller's to free, width * height XRGB8888; NULL: nothing. */
uint32_t *head_picture(struct head *head);

#endif
