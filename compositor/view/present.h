/* SPDX-License-Identifier: MIT */
/* How a head's frames and its cursor come to the screen: by atomic commits, or by the older ioctls one by one. */
#ifndef PLANESTORM_VIEW_PRESENT_H
#define PLANESTORM_VIEW_PRESENT_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/model/picture.h"

struct head;
struct output;

struct present {
	/* Switch the output on at that size, all black, the cursor off. Returns like output_create(). */
	int (*set_mode)(struct output *output, uint32_t width, uint32_t height, const char **why);
	/* Both planes as well. What cannot be done is left. */
	void (*switch_off)(struct output *output);
	/*
	 * Show framebuffer @fb of which @areas have changed, and the cursor that is wanted if that can go along; the event
	 * comes with @head as its user data. Returns 0 or a negative errno.
	 */
	int (*show)(struct head *head, uint32_t fb, const struct picture_area *areas, int count);
	/* Show the cursor that is wanted. Returns 0 or a negative errno, -EBUSY if it would wait and not @wait. */
	int (*move)(struct head *head, bool wait);
};

extern const struct present present_atomic, present_legacy;

#endif
