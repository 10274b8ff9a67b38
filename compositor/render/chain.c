// SPDX-License-Identifier: MIT
#include "compositor/render/chain.h"

#include <assert.h>

void chain_init(struct chain *chain, uint32_t count, uint32_t width, uint32_t height)
{
	assert(count <= CHAIN_MAX);
	*chain = (struct chain){ .count = count, .width = width, .height = height };
}

/* The buffer in that use, or -1. */
static int find(const struct chain *chain, enum chain_use use)
{
	for (uint32_t i = 0; i < chain->count; i++)
		if (chain->slots[i].use == use)
			return (int)i;
	return -1;
}

/* Frames are numbered on, so the latest is the one of which least has changed since. */
static bool is_later(const struct chain *chain, uint32_t slot, int other)
{
	if (!chain->slots[slot].whole || !chain->slots[other].whole)
		return chain->slots[slot].whole;
	return (int32_t)(chain->slots[slot].frame.id - chain->slots[other].frame.id) > 0;
}

int chain_take(struct chain *chain)
{
	int best = find(chain, CHAIN_FREE);

	for (uint32_t i = 0; best >= 0 && i < chain->count; i++)
		if (chain->slots[i].use == CHAIN_FREE && is_later(chain, i, best))
			best = (int)i;
	if (best >= 0)
		chain->slots[best].use = CHAIN_TAKEN;
	return best;
}

void chain_give_back(struct chain *chain, int slot)
{
	chain->slots[slot].use = CHAIN_FREE;
	chain->slots[slot].whole = false;
}

void chain_put_back(struct chain *chain, int slot, const struct chain_frame *frame)
{
	chain->slots[slot].use = CHAIN_FREE;
	chain->slots[slot].whole = true;
	chain->slots[slot].frame = *frame;
}

bool chain_frame_is(const struct chain_frame *one, const struct chain_frame *other)
{
	const struct chain_sprite *a = &one->sprite, *b = &other->sprite;

	return one->scene == other->scene && one->id == other->id && a->image == b->image &&
	       (!a->image || (a->x == b->x && a->y == b->y));
}

void chain_queue(struct chain *chain, int slot, const struct chain_frame *frame)
{
	chain->slots[slot].use = CHAIN_QUEUED;
	chain->slots[slot].whole = true;
	chain->slots[slot].frame = *frame;
}

void chain_flipped(struct chain *chain)
{
	int queued = find(chain, CHAIN_QUEUED), shown = chain_shown(chain);

	if (queued < 0)
		return;
	if (shown >= 0)
		chain->slots[shown].use = CHAIN_FREE;
	chain->slots[queued].use = CHAIN_SHOWN;
}

int chain_shown(const struct chain *chain)
{
	return find(chain, CHAIN_SHOWN);
}

static int add_sprite(const struct chain *chain, const struct chain_sprite *sprite,
		      struct picture_area *areas, int count)
{
	if (!sprite->image)
		return count;
	areas[count] =
		cursor_image_area(sprite->image, sprite->x, sprite->y, chain->width, chain->height);
	return count + (areas[count].width ? 1 : 0);
}

/* @slot -1: from nothing. */
static int differs(const struct chain *chain, int slot, const struct chain_frame *frame,
		   struct picture_area *areas)
{
	const struct chain_frame *from;
	int count;

	if (slot < 0 || !chain->slots[slot].whole ||
	    chain->slots[slot].frame.scene != frame->scene) {
		areas[0] = (struct picture_area){ .width = chain->width, .height = chain->height };
		return 1;
	}
	from = &chain->slots[slot].frame;
	count = animation_damage(frame->scene, from->id, frame->id, chain->width, chain->height,
				 areas);
	count = add_sprite(chain, &from->sprite, areas, count);
	return add_sprite(chain, &frame->sprite, areas, count);
}

int chain_repaint(const struct chain *chain, int slot, const struct chain_frame *frame,
		  struct picture_area *areas)
{
	return differs(chain, slot, frame, areas);
}

int chain_damage(const struct chain *chain, const struct chain_frame *frame,
		 struct picture_area *areas)
{
	int last = find(chain, CHAIN_QUEUED);

	return differs(chain, last < 0 ? chain_shown(chain) : last, frame, areas);
}
