/* SPDX-License-Identifier: MIT */
/*
 * The pictures that buffers show, as a pure function of (image, id, size): the guest paints with
 * it, and the host computes from it what must be seen. Row 0 holds the buffer's id: pixel x, for x
 * from 0 to 31, is opaque white where bit x of the id is set and opaque black where it is not.
 */
#ifndef PLANESTORM_PICTURE_H
#define PLANESTORM_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

enum picture_image {
	IMAGE_SOLID,   /* one opaque colour chosen by the id */
	IMAGE_CHECKER, /* 8x8 pixel squares of two colours chosen by the id */
	IMAGE_ARROW,   /* a pointer with its tip at the left upper corner, transparent around it */
	IMAGE_CROSS,   /* two crossed bars, transparent around them */
	IMAGE_ALPHA,   /* alpha runs from 0 at the left to 255 at the right, premultiplied */
	IMAGE_BANDS,   /* four upright bands of alpha 0, 1, 128 and 255, premultiplied */
	/* Scenes, of which the id is the frame's number: see animation.h. */
	IMAGE_WINDOWS, /* translucent windows that move over what is still, and a strip that does not stay so */
	IMAGE_GRADIENT, /* all of it moves, evenly */
	IMAGE_RIPPLES,	/* all of it moves, in rings */
	IMAGE_KINDS
};

/*
 * Of 255: as much a channel may differ where a scene is painted by GLES. The shaders compute in whole numbers, as
 * animation.c does; what is left is the blending of windows over each other. We round to the nearest after each of them,
 * a GPU may be 1 off, and the next window lets less than half of that through: together that is less than 3. The number in
 * row 0 is exact.
 */
#define PICTURE_TOLERANCE 2

/* A part of a picture, in pixels from its left upper corner. */
struct picture_area {
	uint32_t x, y, width, height;
};

/* The image's word in the language, and back; -1 for an unknown word. */
const char *picture_image_name(enum picture_image image);
int picture_image_by_name(const char *name);

/* Whether it is a scene. */
bool picture_is_scene(enum picture_image image);

/* The premultiplied ARGB8888 value of pixel (@x, @y) of a @width x @height picture. */
uint32_t picture_pixel(enum picture_image image, uint32_t id, uint32_t width, uint32_t height,
		       uint32_t x, uint32_t y);

/* Paint a whole picture; @stride is in bytes. */
void picture_paint(enum picture_image image, uint32_t id, uint32_t width, uint32_t height,
		   void *pixels, uint32_t stride);

/* Paint only @area of it, which must lie within the picture; @pixels is the whole picture. */
void picture_paint_area(enum picture_image image, uint32_t id, uint32_t width, uint32_t height,
			const struct picture_area *area, void *pixels, uint32_t stride);

/* Where a channel of a pixel is furthest from what it is to be; of several such pixels, the first. */
struct picture_difference {
	uint32_t largest; /* of 255; 0: there is none */
	uint32_t x, y;
};

/* How far the @width x @height ARGB8888 @pixels, rows of @stride bytes, are from the picture. */
struct picture_difference picture_compare(enum picture_image image, uint32_t id, uint32_t width,
					  uint32_t height, const void *pixels, uint32_t stride);

#endif
