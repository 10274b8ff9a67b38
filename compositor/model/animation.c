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

static uint32_t max(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static void strip_row(uint32_t frame, uint32_t x, uint32_t count, uint32_t *row)
{
	for (uint32_t i = 0; i < count; i++)
		row[i] = colour(wave(x + i + 8 * frame), 96, wave(2 * (x + i) + frame));
}

static uint32_t background(const struct animation *animation, uint32_t y)
{
	uint32_t height = animation->height;

	return colour(24 + y * 48 / height, 28 + y * 40 / height, 64 + y * 64 / height);
}

/* The colour of pixel (@x, @y), above the strip, and of those behind it up to *@end, which is lowered for that. */
static uint32_t windows_pixel(const struct animation *animation, uint32_t x, uint32_t y,
			      uint32_t *end)
{
	uint32_t pixel = background(animation, y);

	for (int i = 0; i < ANIMATION_WINDOWS; i++) {
		const struct animation_window *window = &animation->windows[i];
		const struct picture_area *area = &window->area;

		if (y - area->y >= area->height || x >= area->x + area->width)
			continue;
		if (x < area->x) {
			*end = min(*end, area->x);
			continue;
		}
		*end = min(*end, area->x + area->width);
		pixel = blend(pixel, y - area->y < window->title ? WHITE : window->colour,
			      window->alpha);
	}
	return pixel;
}

static void windows_row(const struct animation *animation, uint32_t x, uint32_t y, uint32_t count,
			uint32_t *row)
{
	uint32_t i = 0;

	if (y >= animation->strip.y) {
		strip_row(animation->frame, x, count, row);
		return;
	}
	while (i < count) {
		uint32_t end = x + count;
		uint32_t pixel = windows_pixel(animation, x + i, y, &end);

		while (x + i < end)
			row[i++] = pixel;
	}
}

/* The first row behind row @y in which @window begins, ends, or changes its colour; @end if that is further on. */
static uint32_t next_edge(const struct animation_window *window, uint32_t y, uint32_t end)
{
	const uint32_t edges[] = { window->area.y, window->area.y + window->title,
				   window->area.y + window->area.height };

	for (int i = 0; i < 3; i++)
		if (edges[i] > y)
			end = min(end, edges[i]);
	return end;
}

/* The first row behind row @y at which @y * @steps / @height is another number. */
static uint32_t next_step(uint32_t y, uint32_t steps, uint32_t height)
{
	return ((y * steps / height + 1) * height + steps - 1) / steps;
}

static uint32_t windows_rows_alike(const struct animation *animation, uint32_t y)
{
	uint32_t height = animation->height, end = animation->strip.y;

	if (y >= end)
		return height - y;
	end = min(end, next_step(y, 48, height));
	end = min(end, next_step(y, 40, height));
	end = min(end, next_step(y, 64, height));
	for (int i = 0; i < ANIMATION_WINDOWS; i++)
		end = next_edge(&animation->windows[i], y, end);
	return end - y;
}

/* --- all of them ------------------------------------------------------------------------------ */

void animation_init(struct animation *animation, enum picture_image scene, uint32_t frame,
		    uint32_t width, uint32_t height)
{
	*animation = (struct animation){
		.scene = scene,
		.frame = frame % ANIMATION_PERIOD,
		.width = width,
		.height = height,
		.strip = animation_strip(width, height),
	};
	for (int i = 0; i < ANIMATION_WINDOWS; i++)
		animation->windows[i] = animation_window(frame, width, height, i);
}

void animation_row(const struct animation *animation, uint32_t x, uint32_t y, uint32_t count,
		   uint32_t *row)
{
	uint32_t frame = animation->frame;

	if (animation->scene == IMAGE_WINDOWS) {
		windows_row(animation, x, y, count, row);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		row[i] = animation->scene == IMAGE_RIPPLES ?
				 ripples_pixel(frame, animation->width, animation->height, x + i,
					       y) :
				 gradient_pixel(frame, x + i, y);
}

uint32_t animation_rows_alike(const struct animation *animation, uint32_t y)
{
	return animation->scene == IMAGE_WINDOWS && y ? windows_rows_alike(animation, y) : 1;
}

static int add_area(struct picture_area *areas, int count, const struct picture_area *area)
{
	if (!area->width || !area->height)
		return count;
	areas[count] = *area;
	return count + 1;
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

/*
 * What differs where a window has moved by a little. It is as large in all frames and for the most part still where it
 * was, and what is below it stays: that is what it covers and uncovers at its edges, and the lower edge of its title bar.
 */
static int add_edges(struct picture_area *areas, int count, const struct picture_area *both,
		     uint32_t across, uint32_t down, uint32_t title)
{
	const struct picture_area edges[ANIMATION_EDGES] = {
		{ both->x, both->y, across, both->height },
		{ both->x + both->width - across, both->y, across, both->height },
		{ both->x, both->y, both->width, down },
		{ both->x, both->y + title, both->width, down },
		{ both->x, both->y + both->height - down, both->width, down },
	};

	for (int i = 0; i < ANIMATION_EDGES; i++)
		count = add_area(areas, count, &edges[i]);
	return count;
}

static int add_moved(struct picture_area *areas, int count, const struct animation_window *old,
		     const struct animation_window *new)
{
	struct picture_area both = around(&old->area, &new->area);
	uint32_t across = both.width - new->area.width, down = both.height - new->area.height;

	if (4 * across <= both.width && 6 * down <= both.height)
		return add_edges(areas, count, &both, across, down, new->title);
	if (both.width * both.height < 2 * new->area.width *new->area.height)
		return add_area(areas, count, &both);
	count = add_area(areas, count, &old->area);
	return add_area(areas, count, &new->area);
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

		count = add_moved(areas, count, &old, &new);
	}
	count = add_area(areas, count, &strip);
	return add_area(areas, count, &number);
}
