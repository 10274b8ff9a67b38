// SPDX-License-Identifier: MIT
#include "tests/runner/compose.h"

#include <string.h>

#define BLACK 0xff000000u
#define WHITE 0xffffffffu
#define RED 0xffff0000u

static guint32 *pixel_at(struct image *image, int x, int y)
{
	return &image->pixels[(gsize)y * (gsize)image->width + (gsize)x];
}

static guint32 read_pixel(const struct image *image, int x, int y)
{
	return image->pixels[(gsize)y * (gsize)image->width + (gsize)x];
}

/* The cursor's premultiplied @over on the opaque @under: over + (1 - alpha) * under, rounded. */
static guint32 blend(guint32 over, guint32 under)
{
	guint32 rest = 255 - (over >> 24), result = BLACK;

	for (int shift = 0; shift < 24; shift += 8) {
		guint32 value =
			(over >> shift & 0xff) + ((under >> shift & 0xff) * rest + 127) / 255;

		result |= MIN(value, 255u) << shift;
	}
	return result;
}

static void draw_cursor(struct image *image, const struct display_head *head)
{
	for (int y = 0; y < head->cursor->height; y++) {
		for (int x = 0; x < head->cursor->width; x++) {
			gint64 to_x = (gint64)head->x + x, to_y = (gint64)head->y + y;
			guint32 *pixel;

			if (to_x < 0 || to_y < 0 || to_x >= image->width || to_y >= image->height)
				continue;
			pixel = pixel_at(image, (int)to_x, (int)to_y);
			*pixel = blend(read_pixel(head->cursor, x, y), *pixel);
		}
	}
}

struct image *compose_head(const struct display_head *head, int width, int height)
{
	struct image *image;

	if (head->scanout) {
		image = image_new(head->scanout->width, head->scanout->height);
		memcpy(image->pixels, head->scanout->pixels,
		       sizeof(guint32) * (gsize)image->width * (gsize)image->height);
	} else {
		image = image_new(width, height);
		for (gsize i = 0; i < (gsize)width * (gsize)height; i++)
			image->pixels[i] = BLACK;
	}
	if (head->visible && head->cursor)
		draw_cursor(image, head);
	return image;
}

static gboolean inside(const struct image *image, int x, int y)
{
	return x < image->width && y < image->height;
}

struct image *compose_difference(const struct image *a, const struct image *b, guint *differing)
{
	struct image *image = image_new(MAX(a->width, b->width), MAX(a->height, b->height));

	*differing = 0;
	for (int y = 0; y < image->height; y++) {
		for (int x = 0; x < image->width; x++) {
			guint32 colour = BLACK;

			if (inside(a, x, y) != inside(b, x, y))
				colour = RED;
			else if (inside(a, x, y) && read_pixel(a, x, y) != read_pixel(b, x, y))
				colour = WHITE;
			*differing += colour != BLACK ? 1 : 0;
			*pixel_at(image, x, y) = colour;
		}
	}
	return image;
}
