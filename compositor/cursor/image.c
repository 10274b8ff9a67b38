// SPDX-License-Identifier: MIT
#include "compositor/cursor/image.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNATURE_BYTES 8
/* A cursor of CURSOR_SIDE_MAX takes less, packed as badly as can be. */
#define FILE_MAX (1 << 20)

/* A read under way: where libpng is in the bytes, and what goes when it fails. */
struct reading {
	const unsigned char *bytes;
	size_t len, at;
	char *why;
	size_t why_size;
	struct cursor_image *image;
	png_bytep rows[CURSOR_SIDE_MAX];
};

static void read_bytes(png_structp png, png_bytep out, png_size_t count)
{
	struct reading *reading = png_get_io_ptr(png);

	if (count > reading->len - reading->at)
		png_error(png, "the file is cut short");
	memcpy(out, reading->bytes + reading->at, count);
	reading->at += count;
}

static void fail(png_structp png, png_const_charp message)
{
	struct reading *reading = png_get_error_ptr(png);

	snprintf(reading->why, reading->why_size, "no PNG image that can be read: %s", message);
	longjmp(png_jmpbuf(png), 1);
}

static void warn(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

/* Anything that PNG has, as eight bits each of blue, green, red and alpha: ARGB8888 in memory. */
static void want_argb(png_structp png)
{
	png_set_expand(png);
	png_set_strip_16(png);
	png_set_gray_to_rgb(png);
	png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
	png_set_bgr(png);
	png_set_interlace_handling(png);
}

static uint32_t premultiplied(const unsigned char bgra[4])
{
	uint32_t alpha = bgra[3], pixel = alpha << 24;

	for (int i = 0; i < 3; i++)
		pixel |= (bgra[i] * alpha + 127) / 255 << (8 * i);
	return pixel;
}

static void premultiply(struct cursor_image *image)
{
	for (size_t i = 0; i < (size_t)image->width * image->height; i++) {
		unsigned char bgra[4];

		memcpy(bgra, &image->pixels[i], sizeof(bgra));
		image->pixels[i] = premultiplied(bgra);
	}
}

static void read_hotspot(png_structp png, png_infop info, struct cursor_image *image)
{
	png_textp texts = NULL;
	int count = 0;

	png_get_text(png, info, &texts, &count);
	for (int i = 0; i < count; i++) {
		int x, y, end = 0;

		if (strcmp(texts[i].key, "Hotspot"))
			continue;
		if (sscanf(texts[i].text, "%d,%d%n", &x, &y, &end) != 2 || texts[i].text[end] ||
		    x < 0 || y < 0 || (uint32_t)x >= image->width || (uint32_t)y >= image->height)
			png_error(png, "its Hotspot is not X,Y within the image");
		image->hot_x = x;
		image->hot_y = y;
	}
}

static void read_image(png_structp png, png_infop info, struct reading *reading)
{
	uint32_t width, height;

	png_set_read_fn(png, reading, read_bytes);
	png_set_user_limits(png, CURSOR_SIDE_MAX, CURSOR_SIDE_MAX);
	png_read_info(png, info);
	width = png_get_image_width(png, info);
	height = png_get_image_height(png, info);
	want_argb(png);
	png_read_update_info(png, info);
	reading->image = calloc(1, sizeof(*reading->image) + (size_t)width * height * 4);
	if (!reading->image)
		png_error(png, "no memory");
	reading->image->width = width;
	reading->image->height = height;
	for (uint32_t y = 0; y < height; y++)
		reading->rows[y] = (png_bytep)(reading->image->pixels + (size_t)y * width);
	png_read_image(png, reading->rows);
	png_read_end(png, info);
	read_hotspot(png, info, reading->image);
	premultiply(reading->image);
}

/* Apart from who holds what is lost in a jump. */
static bool read_guarded(png_structp png, png_infop info, struct reading *reading)
{
	if (setjmp(png_jmpbuf(png)))
		return false;
	read_image(png, info, reading);
	return true;
}

struct cursor_image *cursor_image_parse(const void *bytes, size_t len, char *why, size_t size)
{
	struct reading reading = { .bytes = bytes, .len = len, .why = why, .why_size = size };
	png_structp png;
	png_infop info;
	bool done;

	if (len < SIGNATURE_BYTES || png_sig_cmp(bytes, 0, SIGNATURE_BYTES)) {
		snprintf(why, size, "no PNG image");
		return NULL;
	}
	png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, fail, warn);
	info = png ? png_create_info_struct(png) : NULL;
	snprintf(why, size, "no memory");
	done = info && read_guarded(png, info, &reading);
	png_destroy_read_struct(&png, &info, NULL);
	if (done)
		return reading.image;
	free(reading.image);
	return NULL;
}

struct cursor_image *cursor_image_load(const char *path, char *why, size_t size)
{
	struct cursor_image *image = NULL;
	FILE *file = fopen(path, "re");
	char *bytes = malloc(FILE_MAX);
	size_t len = 0;

	snprintf(why, size, "%s", strerror(file ? ENOMEM : errno));
	if (file && bytes) {
		len = fread(bytes, 1, FILE_MAX, file);
		image = cursor_image_parse(bytes, len, why, size);
	}
	if (file)
		fclose(file);
	free(bytes);
	return image;
}

void cursor_image_pad(const struct cursor_image *image, void *pixels, uint32_t width,
		      uint32_t height, uint32_t stride)
{
	for (uint32_t y = 0; y < height; y++) {
		uint32_t *row = (uint32_t *)((char *)pixels + (size_t)y * stride);

		memset(row, 0, width * sizeof(*row));
		if (y < image->height)
			memcpy(row, image->pixels + (size_t)y * image->width,
			       image->width * sizeof(*row));
	}
}

/* The part of @length pixels from @at on that lies within @limit pixels. */
static void cut(int32_t at, uint32_t length, uint32_t limit, uint32_t *from, uint32_t *count)
{
	int64_t begin = at > 0 ? at : 0, end = (int64_t)at + length;

	if (end > limit)
		end = limit;
	*from = (uint32_t)begin;
	*count = end > begin ? (uint32_t)(end - begin) : 0;
}

struct picture_area cursor_image_area(const struct cursor_image *image, int32_t x, int32_t y,
				      uint32_t width, uint32_t height)
{
	struct picture_area area;

	cut(x, image->width, width, &area.x, &area.width);
	cut(y, image->height, height, &area.y, &area.height);
	if (!area.width || !area.height)
		area = (struct picture_area){ .width = 0 };
	return area;
}

/* The colours of @over are premultiplied. */
static uint32_t blend(uint32_t under, uint32_t over)
{
	uint32_t rest = 255 - (over >> 24), pixel = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		uint32_t value =
			((under >> shift & 0xff) * rest + 127) / 255 + (over >> shift & 0xff);

		pixel |= (value > 255 ? 255 : value) << shift;
	}
	return pixel | 0xff000000u;
}

void cursor_image_blend(const struct cursor_image *image, int32_t x, int32_t y, void *pixels,
			const struct picture_area *area, uint32_t stride)
{
	for (uint32_t row = area->y; row < area->y + area->height; row++) {
		uint32_t *under = (uint32_t *)((char *)pixels + (size_t)row * stride);
		const uint32_t *over = image->pixels + (size_t)((int64_t)row - y) * image->width;

		for (uint32_t at = area->x; at < area->x + area->width; at++)
			under[at] = blend(under[at], over[(int64_t)at - x]);
	}
}
