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
#include "compositor/kms/commit.h"
#include "compositor/model/picture.h"
#include "compositor/render/chain.h"

struct device;
struct output;
struct painter;
struct statistics;

/* What all heads share; the view owns it. */
struct head_common {
	struct device *device;
	struct painter *painter;
	struct statistics *statistics;
	uint32_t buffers; /* of a swap chain */
	uint32_t crtcs;	  /* that are in use, a bit each */
};

/* What the cursor plane is to show. */
struct head_cursor {
	uint32_t fb;   /* 0: nothing */
	uint32_t size; /* of the framebuffer, which is a square, pixels */
	int32_t x, y;  /* of its left upper corner, pixels of the mode */
	int32_t hot_x, hot_y;
};

struct head {
	struct head_common *common; /* borrowed */
	int connector;		    /* the device's, by its number */
	struct output *output;	    /* NULL: there is no display */
	uint32_t width, height;	    /* of the mode, pixels */
	struct chain chain;
	struct buffer buffers[CHAIN_MAX];
	bool flipping; /* the event of a frame is still to come */
	uint64_t committed_ns;
	struct head_cursor cursor;   /* as it was committed last */
	struct plane_values pending; /* for the cursor plane; mask 0: nothing is to be committed */
	drmModeCrtc *found;	     /* what the CRTC showed before; NULL: unknown */
};

void head_init(struct head *head, struct head_common *common, int connector);

/*
 * See whether a display is there and which size it wants: switch it on, off, or over to that size, all black. *@changed:
 * something was done. Returns 0, also if there is no display, or a negative errno with *@why as usual.
 */
int head_probe(struct head *head, bool *changed, const char **why);

/*
 * Others have had the device: switch on anew at the same size, all black, with the next frame and cursor whole. No
 * event of a frame may be under way to the caller any more. Returns as head_probe().
 */
int head_renew(struct head *head, const char **why);

/* Show what was there before, or nothing, and let go of everything. */
void head_finish(struct head *head);

/* Whether frame @id of @scene can be painted now: there is a display, a free buffer, and no frame under way. */
bool head_is_ready(struct head *head);

/* Paint it and commit it. Returns 0 or a negative errno. */
int head_show(struct head *head, enum picture_image scene, uint32_t id);

/* The event of its frame has come. */
void head_flipped(struct head *head);

/* Show the cursor so, soon. Returns 0 or a negative errno. */
int head_place_cursor(struct head *head, const struct head_cursor *cursor);

/* What is pending of the cursor, now that no frame is under way. Returns 0 or a negative errno. */
int head_flush_cursor(struct head *head);

/* Whether it has a cursor plane. */
bool head_has_cursor(const struct head *head);

#endif
