/* SPDX-License-Identifier: MIT */
/*
 * A swap chain: two or three buffers, of which one is on the screen and one may be on its way there. Each knows
 * which frame it holds, so that only what differs from that is painted, and told to the device.
 */
#ifndef PLANESTORM_RENDER_CHAIN_H
#define PLANESTORM_RENDER_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/cursor/image.h"
#include "compositor/model/animation.h"

#define CHAIN_MAX 3

enum chain_use {
	CHAIN_FREE,
	CHAIN_TAKEN,  /* is being painted */
	CHAIN_QUEUED, /* committed; the event is still to come */
	CHAIN_SHOWN,
};

/* A picture over the scene: the cursor, where no plane shows it. */
struct chain_sprite {
	const struct cursor_image *image; /* borrowed; NULL: none */
	int32_t x, y;			  /* of its left upper corner, pixels of the frame */
};

/* What a buffer holds. */
struct chain_frame {
	enum picture_image scene;
	uint32_t id;
	struct chain_sprite sprite;
};

/* Of two frames, no more areas differ. */
#define CHAIN_AREAS_MAX (ANIMATION_AREAS_MAX + 2)

struct chain {
	uint32_t count, width, height;
	struct {
		enum chain_use use;
		bool whole; /* FALSE: it holds nothing that could be relied on */
		struct chain_frame frame;
	} slots[CHAIN_MAX];
};

/* Of @count buffers, 2 or 3, of @width x @height pixels, all free and empty. */
void chain_init(struct chain *chain, uint32_t count, uint32_t width, uint32_t height);

/* The index of a free buffer, that with the latest frame, which is taken from now on; -1: there is none. */
int chain_take(struct chain *chain);

/* It was not painted whole, and is free again. */
void chain_give_back(struct chain *chain, int slot);

/* It holds @frame, which nobody wants to see, and is free again. */
void chain_put_back(struct chain *chain, int slot, const struct chain_frame *frame);

/* Whether they look alike. */
bool chain_frame_is(const struct chain_frame *one, const struct chain_frame *other);

/* It holds @frame and is on its way to the screen. */
void chain_queue(struct chain *chain, int slot, const struct chain_frame *frame);

/* What was on its way is shown; what was shown is free. */
void chain_flipped(struct chain *chain);

/* The index of the buffer on the screen; -1: there is none. */
int chain_shown(const struct chain *chain);

/*
 * What is to be painted of @frame in buffer @slot, all of its sprite included, and what of it differs from what was
 * committed last. Both into @areas, room for CHAIN_AREAS_MAX; return how many there are.
 */
int chain_repaint(const struct chain *chain, int slot, const struct chain_frame *frame,
		  struct picture_area *areas);
int chain_damage(const struct chain *chain, const struct chain_frame *frame,
		 struct picture_area *areas);

#endif
