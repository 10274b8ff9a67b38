// SPDX-License-Identifier: MIT
/* Scenes move, and what is said to differ between two frames is all that does. */
#include <stdbool.h>
#include <string.h>

#include "compositor/model/animation.h"
#include "compositor/render/chain.h"
#include "tests/unit/unit.h"

static uint32_t *paint(enum picture_image scene, uint32_t frame, uint32_t width, uint32_t height)
{
	uint32_t *pixels = malloc((size_t)width * height * sizeof(*pixels));

	assert_non_null(pixels);
	picture_paint(scene, frame, width, height, pixels, width * (uint32_t)sizeof(*pixels));
	return pixels;
}

static const struct step {
	const char *name;
	uint32_t width, height, from, to;
} steps[] = {
	{ "the next frame", 320, 240, 7, 8 },
	{ "two frames on", 320, 240, 100, 102 },
	{ "far on", 320, 240, 3, 5000 },
	{ "back", 320, 240, 900, 12 },
	{ "where it starts again", 320, 240, ANIMATION_PERIOD - 1, ANIMATION_PERIOD },
	{ "the last number", 320, 240, UINT32_MAX, 0 },
	{ "an odd size", 333, 217, 41, 42 },
	{ "a cursor's size", 64, 64, 41, 42 },
	{ "too small for a strip", 31, 17, 41, 42 },
	{ "one pixel", 1, 1, 1, 2 },
	{ "the same frame", 320, 240, 9, 9 },
};

static bool covered(const struct picture_area *areas, int count, uint32_t x, uint32_t y)
{
	for (int i = 0; i < count; i++)
		if (x - areas[i].x < areas[i].width && y - areas[i].y < areas[i].height)
			return true;
	return false;
}

/* Returns how many pixels differ and are in none of @areas. */
static int uncovered(const struct step *step, enum picture_image scene,
		     const struct picture_area *areas, int count)
{
	uint32_t *old = paint(scene, step->from, step->width, step->height);
	uint32_t *new = paint(scene, step->to, step->width, step->height);
	int missing = 0;

	for (uint32_t y = 0; y < step->height; y++)
		for (uint32_t x = 0; x < step->width; x++)
			missing += old[y * step->width + x] != new[y * step->width + x] &&
				   !covered(areas, count, x, y);
	free(old);
	free(new);
	return missing;
}

static void check_step(void **state)
{
	const struct step *step = *state;

	for (int image = 0; image < IMAGE_KINDS; image++) {
		enum picture_image scene = (enum picture_image)image;
		struct picture_area areas[ANIMATION_AREAS_MAX];
		int count;

		if (!picture_is_scene(scene))
			continue;
		count = animation_damage(scene, step->from, step->to, step->width, step->height,
					 areas);
		assert_in_range(count, 1, ANIMATION_AREAS_MAX);
		for (int i = 0; i < count; i++) {
			assert_in_range(areas[i].x + areas[i].width, 1, step->width);
			assert_in_range(areas[i].y + areas[i].height, 1, step->height);
		}
		assert_int_equal(uncovered(step, scene, areas, count), 0);
	}
}

/* Each of many frames against the three before it, as swap chains have it, in sizes that turn windows round often. */
static const struct walk {
	const char *name;
	uint32_t width, height, begin, frames;
} walks[] = {
	{ "64x64", 64, 64, 0, 600 },
	{ "67x131", 67, 131, 0, 600 },
	{ "160x120", 160, 120, 0, 300 },
	{ "40x30, too small for a strip", 40, 30, 0, 300 },
	{ "9x9", 9, 9, 0, 100 },
	{ "200x100, over the period", 200, 100, ANIMATION_PERIOD - 20, 40 },
	{ "200x100, over the last number", 200, 100, UINT32_MAX - 19, 40 },
};

static void check_walk(void **state)
{
	const struct walk *walk = *state;

	for (uint32_t i = 3; i < walk->frames; i++) {
		for (uint32_t age = 1; age <= 3; age++) {
			uint32_t to = walk->begin + i;
			struct step step = { "", walk->width, walk->height, to - age, to };
			struct picture_area areas[ANIMATION_AREAS_MAX];
			int count = animation_damage(IMAGE_WINDOWS, step.from, step.to, step.width,
						     step.height, areas);

			assert_in_range(count, 1, ANIMATION_AREAS_MAX);
			assert_int_equal(uncovered(&step, IMAGE_WINDOWS, areas, count), 0);
		}
	}
}

static void check_windows_inside(void **state)
{
	const struct walk *walk = *state;

	for (uint32_t i = 0; i < walk->frames; i++) {
		for (int n = 0; n < ANIMATION_WINDOWS; n++) {
			struct animation_window window =
				animation_window(walk->begin + i, walk->width, walk->height, n);

			assert_in_range(window.area.x + window.area.width, 0, walk->width);
			assert_in_range(window.area.y + window.area.height, 0,
					animation_strip(walk->width, walk->height).y);
			assert_in_range(window.title, 0, window.area.height);
		}
	}
}

/* The control: without any one of its areas, a step of `windows` leaves something out. */
static void test_a_missing_area_is_noticed(void **state)
{
	struct picture_area areas[ANIMATION_AREAS_MAX];
	int count = animation_damage(IMAGE_WINDOWS, 7, 8, 320, 240, areas);

	(void)state;
	for (int i = 0; i < count; i++) {
		struct picture_area left_out = areas[i];

		areas[i].width = 0;
		assert_true(uncovered(&steps[0], IMAGE_WINDOWS, areas, count) > 0);
		areas[i] = left_out;
	}
}

static void test_windows_change_little(void **state)
{
	struct picture_area areas[ANIMATION_AREAS_MAX];
	int count = animation_damage(IMAGE_WINDOWS, 7, 8, 1024, 768, areas);
	uint32_t pixels = 0;

	(void)state;
	for (int i = 0; i < count; i++)
		pixels += areas[i].width * areas[i].height;
	assert_in_range(pixels, 1, 1024 * 768 / 20);
}

/* Where rows are painted once for several, each of them is what it would be by itself. */
static void test_rows_that_are_alike(void **state)
{
	enum { WIDTH = 200, HEIGHT = 150 };
	static const uint32_t frames[] = { 0, 1, 77, 4099, 65535 };
	uint32_t row[WIDTH], first[WIDTH];

	(void)state;
	for (size_t i = 0; i < LENGTH(frames); i++) {
		struct animation animation;
		uint32_t groups = 0;

		animation_init(&animation, IMAGE_WINDOWS, frames[i], WIDTH, HEIGHT);
		for (uint32_t y = 0, end = 0; y < HEIGHT; y++) {
			animation_row(&animation, 0, y, WIDTH, row);
			if (y == end) {
				end = y + animation_rows_alike(&animation, y);
				assert_in_range(end, y + 1, HEIGHT);
				memcpy(first, row, sizeof(first));
				groups++;
			}
			assert_memory_equal(row, first, sizeof(first));
		}
		assert_in_range(groups, 2, HEIGHT - 1);
	}
}

static void test_what_is_no_scene(void **state)
{
	(void)state;
	assert_false(picture_is_scene(IMAGE_SOLID));
	assert_false(picture_is_scene(IMAGE_BANDS));
	assert_true(picture_is_scene(IMAGE_WINDOWS));
	assert_true(picture_is_scene(IMAGE_RIPPLES));
}

/* --- the swap chain --------------------------------------------------------------------------- */

/* Frame @id goes through a buffer to the screen. Returns the buffer, of which all of @repaint is painted anew. */
static int show(struct chain *chain, uint32_t id, bool whole)
{
	const struct chain_frame frame = { .scene = IMAGE_WINDOWS, .id = id };
	struct picture_area areas[CHAIN_AREAS_MAX];
	int slot = chain_take(chain), count;

	assert_true(slot >= 0);
	count = chain_repaint(chain, slot, &frame, areas);
	assert_int_equal(count == 1 && areas[0].width == 320 && areas[0].height == 240, whole);
	chain_queue(chain, slot, &frame);
	return slot;
}

static void test_two_buffers_take_turns(void **state)
{
	struct chain chain;
	int first, second;

	(void)state;
	chain_init(&chain, 2, 320, 240);
	first = show(&chain, 1, true);
	chain_flipped(&chain);
	second = show(&chain, 2, true);
	assert_int_not_equal(first, second);
	/* One is shown, the other on its way. */
	assert_int_equal(chain_take(&chain), -1);
	chain_flipped(&chain);
	assert_int_equal(show(&chain, 3, false), first);
	chain_flipped(&chain);
	assert_int_equal(show(&chain, 4, false), second);
}

static void test_with_three_one_is_free_meanwhile(void **state)
{
	struct chain chain;
	int slot;

	(void)state;
	chain_init(&chain, 3, 320, 240);
	show(&chain, 1, true);
	chain_flipped(&chain);
	show(&chain, 2, true);
	slot = chain_take(&chain);
	assert_true(slot >= 0);
	assert_int_equal(chain_take(&chain), -1);
	chain_give_back(&chain, slot);
	assert_int_equal(chain_take(&chain), slot);
}

static void test_the_latest_buffer_is_taken(void **state)
{
	struct chain chain;
	int latest;

	(void)state;
	chain_init(&chain, 3, 320, 240);
	for (uint32_t id = 1; id <= 3; id++) {
		show(&chain, id, id < 3);
		chain_flipped(&chain);
	}
	/* 3 is shown; 2 was, and less has changed since. */
	latest = chain_take(&chain);
	assert_int_equal(chain.slots[latest].frame.id, 2);
}

static void test_a_buffer_that_was_given_back_is_painted_whole(void **state)
{
	struct chain chain;

	(void)state;
	chain_init(&chain, 2, 320, 240);
	show(&chain, 1, true);
	chain_flipped(&chain);
	show(&chain, 2, true);
	chain_flipped(&chain);
	chain_give_back(&chain, chain_take(&chain));
	show(&chain, 3, true);
}

static void test_another_scene_is_all_damage(void **state)
{
	const struct chain_frame next = { .scene = IMAGE_WINDOWS, .id = 2 };
	const struct chain_frame other = { .scene = IMAGE_RIPPLES, .id = 2 };
	struct picture_area areas[CHAIN_AREAS_MAX];
	struct chain chain;

	(void)state;
	chain_init(&chain, 2, 320, 240);
	assert_int_equal(chain_damage(&chain, &next, areas), 1);
	show(&chain, 1, true);
	assert_true(chain_damage(&chain, &next, areas) > 1);
	chain_flipped(&chain);
	assert_true(chain_damage(&chain, &next, areas) > 1);
	assert_int_equal(chain_damage(&chain, &other, areas), 1);
	assert_int_equal(areas[0].width, 320);
}

static bool has_area(const struct picture_area *areas, int count, uint32_t x, uint32_t y,
		     uint32_t width, uint32_t height)
{
	for (int i = 0; i < count; i++)
		if (areas[i].x == x && areas[i].y == y && areas[i].width == width &&
		    areas[i].height == height)
			return true;
	return false;
}

static void test_a_sprite_that_moves_is_painted_where_it_was_and_is(void **state)
{
	const struct cursor_image image = { .width = 16, .height = 8 };
	struct chain_frame frame = { IMAGE_WINDOWS, 1, { &image, 10, 20 } };
	struct picture_area areas[CHAIN_AREAS_MAX];
	struct chain chain;
	int count, both;

	(void)state;
	chain_init(&chain, 2, 320, 240);
	chain_queue(&chain, chain_take(&chain), &frame);
	chain_flipped(&chain);
	frame.sprite.x = 312;
	both = chain_damage(&chain, &frame, areas);
	assert_true(has_area(areas, both, 10, 20, 16, 8));
	assert_true(has_area(areas, both, 312, 20, 8, 8));
	/* Beyond the edge there is nothing to paint. */
	frame.sprite.x = -16;
	count = chain_damage(&chain, &frame, areas);
	assert_int_equal(count, both - 1);
	assert_true(has_area(areas, count, 10, 20, 16, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_missing_area_is_noticed),
		cmocka_unit_test(test_windows_change_little),
		cmocka_unit_test(test_rows_that_are_alike),
		cmocka_unit_test(test_what_is_no_scene),
		cmocka_unit_test(test_two_buffers_take_turns),
		cmocka_unit_test(test_with_three_one_is_free_meanwhile),
		cmocka_unit_test(test_the_latest_buffer_is_taken),
		cmocka_unit_test(test_a_buffer_that_was_given_back_is_painted_whole),
		cmocka_unit_test(test_another_scene_is_all_damage),
		cmocka_unit_test(test_a_sprite_that_moves_is_painted_where_it_was_and_is),
	};
	int failed = RUN_ROWS("damage", steps, check_step);

	failed += RUN_ROWS("damage of many frames", walks, check_walk);
	failed += RUN_ROWS("windows are within", walks, check_windows_inside);
	failed += cmocka_run_group_tests_name("animation", tests, NULL, NULL);
	return failed ? 1 : 0;
}
