// SPDX-License-Identifier: MIT
#include "compositor/model/picture.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "compositor/model/animation.h"
#include "compositor/model/rng.h"

#define OPAQUE 0xff000000u
#define WHITE 0xffffffffu
#define ID_BITS 32

static const char *const image_names[IMAGE_KINDS] = {
	[IMAGE_SOLID] = "solid",     [IMAGE_CHECKER] = "checker",   [IMAGE_ARROW] = "arrow",
	[IMAGE_CROSS] = "cross",     [IMAGE_ALPHA] = "alpha",	    [IMAGE_BANDS] = "bands",
	[IMAGE_WINDOWS] = "windows", [IMAGE_GRADIENT] = "gradient", [IMAGE_RIPPLES] = "ripples",
};

const char *picture_image_name(enum picture_image image)
{
	return image_names[image];
}

int picture_image_by_name(const char *name)
{
	for (int i = 0; i < IMAGE_KINDS; i++)
		if (!strcmp(image_names[i], name))
			return i;
	return -1;
}

bool picture_is_scene(enum picture_image image)
{
	return image >= IMAGE_WINDOWS;
}

/* An opaque colour that tells ids apart at a glance; @which picks one of a picture's colours. */
static uint32_t id_colour(uint32_t id, uint32_t which)
{
	struct rng rng;

	rng_init(&rng, ((uint64_t)which << 32) | id);
	return OPAQUE | (uint32_t)(rng_next(&rng) >> 40);
}

/* What all pixels of a picture share, worked out once. */
struct picture {
	enum picture_image image;
	uint32_t id, width, height;
	uint32_t colours[2];
	struct animation animation; /* of a scene */
};

static struct picture picture_of(enum picture_image image, uint32_t id, uint32_t width,
				 uint32_t height)
{
	struct picture picture = {
		.image = image,
		.id = id,
		.width = width,
		.height = height,
		.colours = { id_colour(id, 0), id_colour(id, 1) },
	};

	if (picture_is_scene(image))
		animation_init(&picture.animation, image, id, width, height);
	return picture;
}

static uint32_t arrow_pixel(const struct picture *picture, uint32_t x, uint32_t y)
{
	uint32_t length = picture->height * 3 / 4;

	if (y >= length || x > y)
		return 0;
	/* A white rim of one pixel keeps it visible on every background. */
	return x == 0 || x == y || y == length - 1 ? WHITE : picture->colours[0];
}

static uint32_t cross_pixel(const struct picture *picture, uint32_t x, uint32_t y)
{
	uint32_t width = picture->width, height = picture->height;
	uint32_t bar = (width < height ? width : height) / 8 + 1;
	bool upright = x >= width / 2 - bar / 2 && x < width / 2 - bar / 2 + bar;
	bool level = y >= height / 2 - bar / 2 && y < height / 2 - bar / 2 + bar;

	return upright || level ? picture->colours[0] : 0;
}

static uint32_t translucent(const struct picture *picture, uint32_t alpha)
{
	uint32_t pixel = alpha << 24;

	for (int shift = 0; shift < 24; shift += 8)
		pixel |= ((picture->colours[0] >> shift & 0xff) * alpha / 255) << shift;
	return pixel;
}

static uint32_t alpha_pixel(const struct picture *picture, uint32_t x)
{
	return translucent(picture, picture->width > 1 ? x * 255 / (picture->width - 1) : 255);
}

static uint32_t bands_pixel(const struct picture *picture, uint32_t x)
{
	static const uint32_t alphas[] = { 0, 1, 128, 255 };

	return translucent(picture, alphas[x * 4 / picture->width]);
}

static bool is_number(uint32_t x, uint32_t y)
{
	return y == 0 && x < ID_BITS;
}

static uint32_t pixel_of(const struct picture *picture, uint32_t x, uint32_t y)
{
	if (is_number(x, y))
		return picture->id >> x & 1 ? WHITE : OPAQUE;

	switch (picture->image) {
	case IMAGE_CHECKER:
		return picture->colours[(x / 8 + y / 8) % 2];
	case IMAGE_ARROW:
		return arrow_pixel(picture, x, y);
	case IMAGE_CROSS:
		return cross_pixel(picture, x, y);
	case IMAGE_ALPHA:
		return alpha_pixel(picture, x);
	case IMAGE_BANDS:
		return bands_pixel(picture, x);
	case IMAGE_SOLID:
	default:
		return picture->colours[0];
	}
}

uint32_t picture_pixel(enum picture_image image, uint32_t id, uint32_t width, uint32_t height,
		       uint32_t x, uint32_t y)
{
	const struct picture picture = picture_of(image, id, width, height);
	uint32_t pixel;

	if (!picture_is_scene(image) || is_number(x, y))
		return pixel_of(&picture, x, y);
	animation_row(&picture.animation, x, y, 1, &pixel);
	return pixel;
}

/* Pixels @x to @x + @count - 1 of row @y into @row[0] on. */
static void paint_row(const struct picture *picture, uint32_t x, uint32_t y, uint32_t count,
		      uint32_t *row)
{
	uint32_t i = 0;

	for (; i < count && (is_number(x + i, y) || !picture_is_scene(picture->image)); i++)
		row[i] = pixel_of(picture, x + i, y);
	if (i < count)
		animation_row(&picture->animation, x + i, y, count - i, row + i);
}

/* As animation_rows_alike(), of any picture. */
static uint32_t rows_alike(const struct picture *picture, uint32_t y)
{
	return picture_is_scene(picture->image) ? animation_rows_alike(&picture->animation, y) : 1;
}

/* @count rows of @width pixels under that at @row. */
static void repeat_row(uint32_t *row, uint32_t width, uint32_t stride, uint32_t count)
{
	char *below = (char *)row;

	for (; count; count--)
		memcpy(below += stride, row, width * sizeof(*row));
}

void picture_paint_area(enum picture_image image, uint32_t id, uint32_t width, uint32_t height,
			const struct picture_area *area, void *pixels, uint32_t stride)
{
	struct picture picture = picture_of(image, id, width, height);
	uint32_t y = area->y, end = area->y + area->height;

	while (y < end) {
		uint32_t *row = (uint32_t *)((char *)pixels + (size_t)y * stride) + area->x;
		uint32_t count = rows_alike(&picture, y);

		if (count > end - y)
			count = end - y;
		paint_row(&picture, area->x, y, area->width, row);
		repeat_row(row, area->width, stride, count - 1);
		y += count;
	}
}

void picture_paint(enum picture_image image, uint32_t id, uint32_t width, uint32_t height,
		   void *pixels, uint32_t stride)
{
	const struct picture_area whole = { .width = width, .height = height };

	picture_paint_area(image, id, width, height, &whole, pixels, stride);
}

static uint32_t channel_difference(uint32_t one, uint32_t other)
{
	uint32_t largest = 0;

	for (int shift = 0; shift < 32; shift += 8) {
		int difference = (int)(one >> shift & 0xff) - (int)(other >> shift & 0xff);
		uint32_t size = (uint32_t)(difference < 0 ? -difference : difference);

		largest = size > largest ? size : largest;
	}
	return largest;
}

struct picture_difference picture_compare(enum picture_image image, uint32_t id, uint32_t width,
					  uint32_t height, const void *pixels, uint32_t stride)
{
	enum { PART = 256 };
	const struct picture picture = picture_of(image, id, width, height);
	struct picture_difference result = { 0 };
	uint32_t expected[PART];

	for (uint32_t y = 0; y < height; y++) {
		const uint32_t *row = (const uint32_t *)((const char *)pixels + (size_t)y * stride);

		for (uint32_t x = 0; x < width; x++) {
			uint32_t difference;

			if (x % PART == 0)
				paint_row(&picture, x, y, width - x < PART ? width - x : PART,
					  expected);
			difference = channel_difference(row[x], expected[x % PART]);
			if (difference > result.largest)
				result = (struct picture_difference){ difference, x, y };
		}
	}
	return result;
}
