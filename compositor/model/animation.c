// SPDX-License-Identifier: MIT
#include "compositor/model/animation.h"

#define OPAQUE 0xff000000u
#define WHITE 0xffffffu
#define NUMBER_BITS 32

/* 0 to 255 and back, once in 512. */
static uint32_t wave(uint32_t value)
{
	value &= 511;
	return value < 256 ? value : 511 - value;
}

/* 0 to @range and back, in steps. */
static uint32_t bounce(uint32_t value, uint32_t range)
{
	uint32_t period = 2 * range;

	if (!range)
		return 0;
	value %= period;
	return value < range ? value : period - value;
}

static uint32_t colour(uint32_t red, uint32_t green, uint32_t blue)
{
	return OPAQUE | red << 16 | green << 8 | blue;
}

/* --- gradient and ripples --------------------------------------------------------------------- */

static uint32_t gradient_pixel(uint32_t frame, uint32_t x, uint32_t y)
{
	return colour(wave(x + 2 * frame), wave(y + frame), wave(x + y + 3 * frame));
}

/* Squares of distances, in units of which one is a step of the wave. */
static uint32_t rings(uint32_t x, uint32_t y, uint32_t centre_x, uint32_t centre_y)
{
	uint32_t dx = x < centre_x ? centre_x - x : x - centre_x;
	uint32_t dy = y < centre_y ? centre_y - y : y - centre_y;

	return (dx * dx + dy * dy) / 256;
}

static uint32_t ripples_pixel(uint32_t frame, uint32_t width, uint32_t height, uint32_t x,
			      uint32_t y)
{
	uint32_t one = wave(rings(x, y, width / 4, height / 2) + 508 * frame);
	uint32_t other = wave(rings(x, y, width - width / 4, height / 2) + 506 * frame);

	return colour(one / 2, (one + other) / 2, 64 + other / 2);
}

/* --- windows ---------------------------------------------------------------------------------- */

struct animation_window animation_window(uint32_t frame, uint32_t width, uint32_t height, int i)
{
	static const struct {
		uint32_t speed_x, speed_y, colour, alpha;
	} kinds[ANIMATION_WINDOWS] = {
		{ 3, 2, 0x2a6fdb, 176 },
		{ 2, 3, 0xd1495b, 160 },
		{ 4, 1, 0xedae49, 144 },
		{ 1, 1, 0x3bb273, 192 },
	};
	uint32_t room = height - animation_strip(width, height).height;
	uint32_t n = (uint32_t)i;
	struct animation_window window = { .colour = kinds[i].colour, .alpha = kinds[i].alpha };

	frame %= ANIMATION_PERIOD;
	window.area.width = width / 4;
	window.area.height = room / 4;
	window.title = window.area.height / 8;
	window.area.x = bounce(frame * kinds[i].speed_x + n * width / 5, width - window.area.width);
	window.area.y = bounce(frame * kinds[i].speed_y + n * room / 6, room - window.area.height);
	return window;
}

struct picture_area animation_strip(uint32_t width, uint32_t height)
{
	uint32_t strip = height / 32;

	return (struct picture_area){ .y = height - strip, .width = width, .height = strip };
}

static uint32_t blend_channel(uint32_t below, uint32_t above, uint32_t alpha)
{
	return (above * alpha + below * (255 - alpha) + 127) / 255;
}

static uint32_t blend(uint32_t below, uint32_t above, uint32_t alpha)
{
	uint32_t pixel = OPAQUE;

	for (int shift = 0; shift < 24; shift += 8)
		pixel |= blend_channel(below >> shift & 0xff, above >> shift & 0xff, alpha)
			 << shift;
	return pixel;
}

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The window's part of the row. */
static void blend_window(const struct animation_window *window, uint32_t x, uint32_t y,
			 uint32_t count, uint32_t *row)
{
	const struct picture_area *area = &window->area;
	uint32_t begin, end, above;

	if (y < area->y || y >= area->y + area->height)
		return;
	above = y - area->y < window->title ? WHITE : window->colour;
	begin = area->x > x ? area->x - x : 0;
	end = area->x + area->width > x ? min(area->x + area->width - x, count) : 0;
	for (uint32_t i = begin; i < end; i++)
		row[i] = blend(row[i], above, window->alpha);
}

static void windows_row(uint32_t frame, uint32_t width, uint32_t height, uint32_t x, uint32_t y,
			uint32_t count, uint32_t *row)
{
	struct picture_area strip = animation_strip(width, height);
	uint32_t still = colour(24 + y * 48 / height, 28 + y * 40 / height, 64 + y * 64 / height);

	for (uint32_t i = 0; i < count; i++)
		row[i] = y < strip.y ?
				 still :
				 colour(wave(x + i + 8 * frame), 96, wave(2 * (x + i) + frame));
	for (int i = 0; i < ANIMATION_WINDOWS; i++) {
		struct animation_window window = animation_window(frame, width, height, i);

		blend_window(&window, x, y, count, row);
	}
}

/* --- all of them ------------------------------------------------------------------------------ */

void animation_row(enum picture_image scene, uint32_t frame, uint32_t width, uint32_t height,
		   uint32_t x, uint32_t y, uint32_t count, uint32_t *row)
{
	frame %= ANIMATION_PERIOD;
	if (scene == IMAGE_WINDOWS) {
		windows_row(frame, width, height, x, y, count, row);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		row[i] = scene == IMAGE_RIPPLES ? ripples_pixel(frame, width, height, x + i, y) :
						  gradient_pixel(frame, x + i, y);
}

static int add_area(struct picture_area *areas, int count, const struct picture_area *area)
{
	if (!area->width || !area->height)
		return count;
	areas[count] = *area;
	return count + 1;
}

static uint32_t max(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* The smallest area with both in it. */
static struct picture_area around(const struct picture_area *a, const struct picture_area *b)
{
	uint32_t x = min(a->x, b->x), y = min(a->y, b->y);

	return (struct picture_area){ .x = x,
				      .y = y,
				      .width = max(a->x + a->width, b->x + b->width) - x,
				      .height = max(a->y + a->height, b->y + b->height) - y };
}

/* A window that has moved a little: one area is less than two. */
static int add_moved(struct picture_area *areas, int count, const struct picture_area *old,
		     const struct picture_area *new)
{
	struct picture_area both = around(old, new);

	if (both.width * both.height < old->width * old->height + new->width *new->height)
		return add_area(areas, count, &both);
	count = add_area(areas, count, old);
	return add_area(areas, count, new);
}

int animation_damage(enum picture_image scene, uint32_t from, uint32_t to, uint32_t width,
		     uint32_t height, struct picture_area *areas)
{
	const struct picture_area number = { .width = min(width, NUMBER_BITS), .height = 1 };
	struct picture_area strip = animation_strip(width, height);
	int count = 0;

	if (scene != IMAGE_WINDOWS) {
		areas[0] = (struct picture_area){ .width = width, .height = height };
		return 1;
	}
	for (int i = 0; i < ANIMATION_WINDOWS; i++) {
		struct animation_window old = animation_window(from, width, height, i);
		struct animation_window new = animation_window(to, width, height, i);

		count = add_moved(areas, count, &old.area, &new.area);
	}
	count = add_area(areas, count, &strip);
	return add_area(areas, count, &number);
}
