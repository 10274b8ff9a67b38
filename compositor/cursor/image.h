/* SPDX-License-Identifier: MIT */
/* A cursor's picture and its hotspot, from a PNG file. */
#ifndef PLANESTORM_CURSOR_IMAGE_H
#define PLANESTORM_CURSOR_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "compositor/model/picture.h"

/* No side is longer. */
#define CURSOR_SIDE_MAX 256

struct cursor_image {
	uint32_t width, height; /* pixels */
	int32_t hot_x, hot_y;	/* within the picture */
	uint32_t pixels[];	/* premultiplied ARGB8888, rows without gaps */
};

/*
 * The hotspot is in a tEXt chunk "Hotspot" as "X,Y", else it is (0, 0). Returns the image, to be freed with free(), or NULL
 * with what is wrong in @why, of @size bytes.
 */
struct cursor_image *cursor_image_parse(const void *bytes, size_t len, char *why, size_t size);

/* The same of a file. */
struct cursor_image *cursor_image_load(const char *path, char *why, size_t size);

/*
 * Copy @image into @pixels of @width x @height, a picture into which it fits, at the left upper corner; what is beyond it
 * is transparent. @stride: bytes.
 */
void cursor_image_pad(const struct cursor_image *image, void *pixels, uint32_t width,
		      uint32_t height, uint32_t stride);

/* What of @image, with its left upper corner at (@x, @y), lies within a picture of @width x @height; empty: nothing. */
struct picture_area cursor_image_area(const struct cursor_image *image, int32_t x, int32_t y,
				      uint32_t width, uint32_t height);

/* Draw that over @pixels, XRGB8888 with rows of @stride bytes, where all of the area lies. */
void cursor_image_blend(const struct cursor_image *image, int32_t x, int32_t y, void *pixels,
			const struct picture_area *area, uint32_t stride);

#endif
