/* SPDX-License-Identifier: MIT */
/*
 * A swap chain: two or three buffers, of which one is on the screen and one may be on its way there. Each knows
 * which frame it holds, so that only what differs from that is painted, and told to the device.
 */
#ifndef PLANESTORM_RENDER_CHAIN_H
#define PLANESTORM_RENDER_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/model/animation.h"

#define CHAIN_MAX 3

enum chain_use {
	CHAIN_FREE,
	CHAIN_TAKEN,  /* is being painted */
	CHAIN_QUEUED, /* committed; the event is still to come */
	CHAIN_SHOWN,
};

/* What a buffer holds. */
struct chain_frame {
	bool whole; /* FALSE: nothing that could be relied on */
	enum picture_image scene;
	uint32_t id;
};

struct chain {
	uint32_t count, width, height;
	struct {
		enum chain_use use;
		struct chain_frame frame;
	} slots[CHAIN_MAX];
};

/* Of @count buffers, 2 or 3, of @width x @height pixels, all free and empty. */
void chain_init(struct chain *chain, uint32_t count, uint32_t width, uint32_t height);

/* The index of a free buffer, that with the latest frame, which is taken from now on; -1: there is none. */
int chain_take(struct chain *chain);

/* It was not painted whole, and is free again. */
void chain_give_back(struct chain *chain, int slot);

/* It holds frame @id of @scene and is on its way to the screen. */
void chain_queue(struct chain *chain, int slot, enum picture_image scene, uint32_t id);

/* What was on its way is shown; what was shown is free. */
void chain_flipped(struct chain *chain);

/*
 * What is to be painted of frame @id of @scene in buffer @slot, and what of it differs from what was committed last. Both into
 * @areas, room for ANIMATION_AREAS_MAX; return how many there are, which is one if it is all.
 */
int chain_repaint(const struct chain *chain, int slot, enum picture_image scene, uint32_t id,
		  struct picture_area *areas);
int chain_damage(const struct chain *chain, enum picture_image scene, uint32_t id,
		 struct picture_area *areas);

#endif
