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
static bool is_later(const struct chain_frame *frame, const struct chain_frame *other)
{
	return frame->whole && (!other->whole || (int32_t)(frame->id - other->id) > 0);
}

int chain_take(struct chain *chain)
{
	int best = find(chain, CHAIN_FREE);

	for (uint32_t i = 0; best >= 0 && i < chain->count; i++)
		if (chain->slots[i].use == CHAIN_FREE &&
		    is_later(&chain->slots[i].frame, &chain->slots[best].frame))
			best = (int)i;
	if (best >= 0)
		chain->slots[best].use = CHAIN_TAKEN;
	return best;
}

void chain_give_back(struct chain *chain, int slot)
{
	chain->slots[slot].use = CHAIN_FREE;
	chain->slots[slot].frame.whole = false;
}

void chain_queue(struct chain *chain, int slot, enum picture_image scene, uint32_t id)
{
	chain->slots[slot].use = CHAIN_QUEUED;
	chain->slots[slot].frame = (struct chain_frame){ true, scene, id };
}

void chain_flipped(struct chain *chain)
{
	int queued = find(chain, CHAIN_QUEUED), shown = find(chain, CHAIN_SHOWN);

	if (queued < 0)
		return;
	if (shown >= 0)
		chain->slots[shown].use = CHAIN_FREE;
	chain->slots[queued].use = CHAIN_SHOWN;
}

static int differs(const struct chain *chain, const struct chain_frame *from,
		   enum picture_image scene, uint32_t id, struct picture_area *areas)
{
	if (from->whole && from->scene == scene)
		return animation_damage(scene, from->id, id, chain->width, chain->height, areas);
	areas[0] = (struct picture_area){ .width = chain->width, .height = chain->height };
	return 1;
}

int chain_repaint(const struct chain *chain, int slot, enum picture_image scene, uint32_t id,
		  struct picture_area *areas)
{
	return differs(chain, &chain->slots[slot].frame, scene, id, areas);
}

int chain_damage(const struct chain *chain, enum picture_image scene, uint32_t id,
		 struct picture_area *areas)
{
	static const struct chain_frame nothing = { .whole = false };
	int last = find(chain, CHAIN_QUEUED);

	if (last < 0)
		last = find(chain, CHAIN_SHOWN);
	return differs(chain, last < 0 ? &nothing : &chain->slots[last].frame, scene, id, areas);
}
