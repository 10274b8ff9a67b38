/* SPDX-License-Identifier: MIT */
/*
 * Pictures that move: what a compositor shows, as a pure function of (scene, frame, size). Guest and host both paint with
 * it, and the shaders of shaders/ compute the same. All is in whole numbers, of which those that a shader works with are
 * below 2^24, so that it, too, can be exact in single precision, up to where it blends and rounds.
 */
#ifndef PLANESTORM_ANIMATION_H
#define PLANESTORM_ANIMATION_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/model/picture.h"

#define ANIMATION_WINDOWS 4
/* Of two frames, no more areas differ: those of each window, the strip, and the number in row 0. */
#define ANIMATION_EDGES 5
#define ANIMATION_AREAS_MAX (ANIMATION_EDGES * ANIMATION_WINDOWS + 2)

/* Where it starts again: frame N and frame N + this look alike, but for the number. A power of two. */
#define ANIMATION_PERIOD 65536

/* A translucent window of the scene `windows`. */
struct animation_window {
	struct picture_area area;
	uint32_t title;	 /* height of its title bar, pixels, within the area */
	uint32_t colour; /* 0xRRGGBB, of what is below the title bar; that is white */
	uint32_t alpha;	 /* of 255 */
};

/* The one that is drawn as number @i, over those before it. Empty where the picture is too small. */
struct animation_window animation_window(uint32_t frame, uint32_t width, uint32_t height, int i);

/* The strip at the lower edge of `windows` that moves in each frame. */
struct picture_area animation_strip(uint32_t width, uint32_t height);

/* A frame, with what all of its pixels share worked out once. */
struct animation {
	enum picture_image scene;
	uint32_t frame; /* below ANIMATION_PERIOD */
	uint32_t width, height;
	struct animation_window windows[ANIMATION_WINDOWS];
	struct picture_area strip;
};

void animation_init(struct animation *animation, enum picture_image scene, uint32_t frame,
		    uint32_t width, uint32_t height);

/* Opaque pixels @x to @x + @count - 1 of row @y, all within the picture, into @row[0] on; without the number in row 0. */
void animation_row(const struct animation *animation, uint32_t x, uint32_t y, uint32_t count,
		   uint32_t *row);

/* How many rows from row @y on, itself included, look alike, or less: 1 at least. Row 0 has a number and is by itself. */
uint32_t animation_rows_alike(const struct animation *animation, uint32_t y);

/*
 * Into @areas, of which there is room for ANIMATION_AREAS_MAX, what differs between two frames, and maybe more. Returns how
 * many there are.
 */
int animation_damage(enum picture_image scene, uint32_t from, uint32_t to, uint32_t width,
		     uint32_t height, struct picture_area *areas);

#endif
