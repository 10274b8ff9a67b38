// SPDX-License-Identifier: MIT
/*
 * The shaders against the processor: pictures by GLES, off the screen, agree with those of animation.c, whole and in
 * parts. Without EGL there is nothing to be tried, and that is said.
 *
 * Last come figures, which are for people.
 */
#include <glib.h>
#include <stdbool.h>
#include <time.h>

#include "tests/runner/display.h"
#include "tests/unit/mesa.h"

static const enum picture_image scenes[] = { IMAGE_WINDOWS, IMAGE_GRADIENT, IMAGE_RIPPLES };

/* EGL has one display for this process, and so all tests have one renderer. */
static struct gles *gles;

/* --- pictures --------------------------------------------------------------------------------- */

static void assert_agrees(enum picture_image scene, uint32_t frame, uint32_t width, uint32_t height,
			  const uint32_t *pixels)
{
	struct picture_difference difference = compare(scene, frame, width, height, pixels);

	if (difference.largest > PICTURE_TOLERANCE)
		print_error("frame %u of %s, %ux%u: %u apart at %u,%u: %08x, not %08x\n", frame,
			    picture_image_name(scene), width, height, difference.largest,
			    difference.x, difference.y, pixels[difference.y * width + difference.x],
			    picture_pixel(scene, frame, width, height, difference.x, difference.y));
	assert_in_range(difference.largest, 0, PICTURE_TOLERANCE);
}

static const struct size {
	const char *name;
	uint32_t width, height;
} sizes[] = {
	{ "1024x768", 1024, 768 },   { "64x64", 64, 64 },
	{ "333x271", 333, 271 },     { "1280x720", 1280, 720 },
	{ "640x480", 640, 480 },     { "800x600", 800, 600 },
	{ "1920x1080", 1920, 1080 }, { "2560x1600", 2560, 1600 },
	{ "17x5", 17, 5 },	     { "1x1", 1, 1 },
	{ "3x200", 3, 200 },	     { "200x3", 200, 3 },
};

/* Where waves and windows turn round, the period begins anew, and a 32-bit number does. */
static const uint32_t frames[] = { 0,	  1,	 2,	77,	  255,	    256,       511,
				   12345, 65535, 65536, 70000000, 1u << 31, UINT32_MAX };

static void check_whole(void **state)
{
	const struct size *size = *state;
	struct picture_area whole = whole_of(size->width, size->height);
	g_autofree uint32_t *pixels = new_pixels(size->width, size->height);
	uint32_t step = size->width > 1024 ? 4 : 1, largest = 0;

	for (size_t s = 0; s < LENGTH(scenes); s++) {
		for (size_t f = 0; f < LENGTH(frames); f += step) {
			assert_int_equal(gles_paint_memory(gles, scenes[s], frames[f], size->width,
							   size->height, &whole, 1, pixels),
					 0);
			assert_agrees(scenes[s], frames[f], size->width, size->height, pixels);
			largest = MAX(largest, compare(scenes[s], frames[f], size->width,
						       size->height, pixels)
						       .largest);
		}
	}
	print_message("at most %u of 255 apart, %u allowed\n", largest, PICTURE_TOLERANCE);
}

/* The id is told by pixels that are all white or all black, or the host would not read it. */
static void test_host_reads_the_frame(void **state)
{
	const struct picture_area whole = whole_of(64, 64);
	uint32_t pixels[64 * 64];

	(void)state;
	for (size_t s = 0; s < LENGTH(scenes); s++) {
		for (size_t f = 0; f < LENGTH(frames); f++) {
			assert_int_equal(gles_paint_memory(gles, scenes[s], frames[f], 64, 64,
							   &whole, 1, pixels),
					 0);
			assert_true(image_picture(pixels, 64) == frames[f]);
		}
	}
}

/* --- parts ------------------------------------------------------------------------------------ */

enum { PART_WIDTH = 120, PART_HEIGHT = 90, BEFORE = 1000, AFTER = 1003 };

static const struct parts {
	const char *name;
	int count;
	struct picture_area areas[3];
} parts[] = {
	{ "nothing", 0, { { 0 } } },
	{ "an empty area", 1, { { 5, 0, 0, 1 } } },
	{ "one pixel", 1, { { 57, 33, 1, 1 } } },
	{ "the last pixel", 1, { { 119, 89, 1, 1 } } },
	{ "some bits of the number", 1, { { 3, 0, 9, 1 } } },
	{ "the end of the number and what is behind it", 1, { { 30, 0, 20, 2 } } },
	{ "row 0 behind the number", 1, { { 32, 0, 88, 1 } } },
	{ "what is below row 0", 1, { { 0, 1, 120, 89 } } },
	{ "two that overlap, over the number", 2, { { 0, 0, 20, 20 }, { 10, 0, 30, 9 } } },
	{ "three", 3, { { 0, 80, 120, 10 }, { 20, 20, 30, 31 }, { 90, 7, 11, 70 } } },
};

static bool is_in(const struct parts *row, uint32_t x, uint32_t y)
{
	for (int i = 0; i < row->count; i++)
		if (x - row->areas[i].x < row->areas[i].width &&
		    y - row->areas[i].y < row->areas[i].height)
			return true;
	return false;
}

static void paint_part(enum picture_image scene, uint32_t frame, const struct picture_area *areas,
		       int count, uint32_t *pixels)
{
	assert_int_equal(gles_paint_memory(gles, scene, frame, PART_WIDTH, PART_HEIGHT, areas,
					   count, pixels),
			 0);
}

/* A pixel in the areas is the new frame's, exactly as if all of it had been painted; any other stays. */
static void check_parts(void **state)
{
	const struct parts *row = *state;
	const struct picture_area whole = whole_of(PART_WIDTH, PART_HEIGHT);
	g_autofree uint32_t *before = new_pixels(PART_WIDTH, PART_HEIGHT);
	g_autofree uint32_t *after = new_pixels(PART_WIDTH, PART_HEIGHT);
	g_autofree uint32_t *pixels = new_pixels(PART_WIDTH, PART_HEIGHT);

	for (size_t s = 0; s < LENGTH(scenes); s++) {
		paint_part(scenes[s], AFTER, &whole, 1, after);
		paint_part(scenes[s], BEFORE, &whole, 1, before);
		paint_part(scenes[s], AFTER, row->areas, row->count, pixels);
		for (uint32_t y = 0; y < PART_HEIGHT; y++)
			for (uint32_t x = 0; x < PART_WIDTH; x++) {
				size_t at = y * PART_WIDTH + x;

				assert_int_equal(pixels[at],
						 is_in(row, x, y) ? after[at] : before[at]);
			}
	}
}

/* What a swap chain does: each frame over the one two before it, for many frames. */
static void test_damage_is_enough(void **state)
{
	enum { WIDTH = 320, HEIGHT = 240, STEP = 2 };
	struct picture_area areas[ANIMATION_AREAS_MAX] = { whole_of(WIDTH, HEIGHT) };
	g_autofree uint32_t *pixels = new_pixels(WIDTH, HEIGHT);
	int count = 1;

	(void)state;
	for (uint32_t frame = 0; frame < 400; frame += STEP) {
		assert_int_equal(gles_paint_memory(gles, IMAGE_WINDOWS, frame, WIDTH, HEIGHT, areas,
						   count, pixels),
				 0);
		assert_agrees(IMAGE_WINDOWS, frame, WIDTH, HEIGHT, pixels);
		count = animation_damage(IMAGE_WINDOWS, frame, frame + STEP, WIDTH, HEIGHT, areas);
	}
}

/* --- shaders ---------------------------------------------------------------------------------- */

/* --- figures ---------------------------------------------------------------------------------- */

enum { BENCH_WIDTH = 1024, BENCH_HEIGHT = 768, BENCH_FRAMES = 100 };

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void paint_frame(bool shaders, enum picture_image scene, uint32_t frame,
			const struct picture_area *areas, int count, uint32_t *pixels)
{
	if (shaders) {
		assert_int_equal(gles_paint_memory(gles, scene, frame, BENCH_WIDTH, BENCH_HEIGHT,
						   areas, count, NULL),
				 0);
		return;
	}
	for (int i = 0; i < count; i++)
		picture_paint_area(scene, frame, BENCH_WIDTH, BENCH_HEIGHT, &areas[i], pixels,
				   BENCH_WIDTH * 4);
}

static double frames_per_second(bool shaders, enum picture_image scene, bool damage,
				uint32_t *pixels)
{
	struct picture_area areas[ANIMATION_AREAS_MAX] = { whole_of(BENCH_WIDTH, BENCH_HEIGHT) };
	double begin;
	int count = 1;

	paint_frame(shaders, scene, 0, areas, count, pixels);
	begin = seconds();
	for (uint32_t frame = 1; frame <= BENCH_FRAMES; frame++) {
		if (damage)
			count = animation_damage(scene, frame - 1, frame, BENCH_WIDTH, BENCH_HEIGHT,
						 areas);
		paint_frame(shaders, scene, frame, areas, count, pixels);
	}
	return BENCH_FRAMES / (seconds() - begin);
}

static void test_print_frames_per_second(void **state)
{
	g_autofree uint32_t *pixels = new_pixels(BENCH_WIDTH, BENCH_HEIGHT);

	(void)state;
	for (size_t s = 0; s < LENGTH(scenes); s++)
		for (int damage = 0; damage <= (scenes[s] == IMAGE_WINDOWS); damage++)
			print_message("%s %dx%d%s: %.0f frames/s by the processor, %.0f by GLES\n",
				      picture_image_name(scenes[s]), BENCH_WIDTH, BENCH_HEIGHT,
				      damage ? ", what differs" : ", whole",
				      frames_per_second(false, scenes[s], damage, pixels),
				      frames_per_second(true, scenes[s], damage, pixels));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host_reads_the_frame),
		cmocka_unit_test(test_damage_is_enough),
		cmocka_unit_test(test_print_frames_per_second),
	};
	const char *why = NULL;
	int failed;

	if (!mesa_is_there())
		return 77;
	if (gles_create(NULL, SOURCE_ROOT, &gles, &why)) {
		fprintf(stderr, "cannot %s\n", why);
		return 1;
	}
	failed = RUN_ROWS("whole frames", sizes, check_whole);
	failed += RUN_ROWS("parts of frames", parts, check_parts);
	failed += cmocka_run_group_tests_name("render", tests, NULL, NULL);
	gles_destroy(gles);
	return failed ? 1 : 0;
}
