// SPDX-License-Identifier: MIT
/* What a buffer shows: its id in row 0, valid premultiplied pixels, the same on guest and host. */
#include <stdbool.h>
#include <string.h>

#include "compositor/model/picture.h"
#include "tests/unit/unit.h"

/* Each channel of a premultiplied pixel is at most its alpha. */
static bool premultiplied(uint32_t pixel)
{
	uint32_t alpha = pixel >> 24;

	return (pixel >> 16 & 0xff) <= alpha && (pixel >> 8 & 0xff) <= alpha &&
	       (pixel & 0xff) <= alpha;
}

static uint32_t *paint(enum picture_image image, uint32_t id, uint32_t width, uint32_t height)
{
	uint32_t *pixels = malloc((size_t)width * height * sizeof(*pixels));

	assert_non_null(pixels);
	picture_paint(image, id, width, height, pixels, width * (uint32_t)sizeof(*pixels));
	return pixels;
}

/* FNV-1a over the pixels' values, so that the byte order of the machine does not matter. */
static uint64_t checksum(const uint32_t *pixels, size_t count)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < count; i++)
		for (int shift = 0; shift < 32; shift += 8)
			hash = (hash ^ (pixels[i] >> shift & 0xff)) * 0x100000001b3u;
	return hash;
}

static const struct size {
	const char *name;
	uint32_t width, height;
} sizes[] = {
	{ "64x64", 64, 64 }, { "1024x768", 1024, 768 }, { "33x7", 33, 7 },
	{ "32x1", 32, 1 },   { "1x64", 1, 64 },		{ "1x1", 1, 1 },
	{ "31x31", 31, 31 }, { "16384x1", 16384, 1 },	{ "1x16384", 1, 16384 },
};

static void check_premultiplied(void **state)
{
	const struct size *size = *state;

	for (int image = 0; image < IMAGE_KINDS; image++) {
		uint32_t *pixels = paint((enum picture_image)image, 5, size->width, size->height);

		for (size_t i = 0; i < (size_t)size->width * size->height; i++)
			assert_true(premultiplied(pixels[i]));
		free(pixels);
	}
}

/* The id as the host reads it back from row 0. */
static uint32_t read_id(const uint32_t *row)
{
	uint32_t id = 0;

	for (int x = 0; x < 32; x++) {
		assert_true(row[x] == 0xffffffffu || row[x] == 0xff000000u);
		id |= (row[x] & 1u) << x;
	}
	return id;
}

static void test_row_0_tells_the_id(void **state)
{
	static const uint32_t ids[] = { 0, 1, 2, 64, 0x12345678, 0x80000000u, UINT32_MAX };

	(void)state;
	for (int image = 0; image < IMAGE_KINDS; image++) {
		for (size_t i = 0; i < LENGTH(ids); i++) {
			uint32_t *pixels = paint((enum picture_image)image, ids[i], 64, 64);

			assert_int_equal(read_id(pixels), ids[i]);
			free(pixels);
		}
	}
}

/* A cursor that has not been uploaded whole is found out by more than its first row. */
static void test_ids_differ_below_row_0_too(void **state)
{
	(void)state;
	for (int image = 0; image < IMAGE_KINDS; image++) {
		for (uint32_t id = 1; id < 64; id++) {
			uint32_t *one = paint((enum picture_image)image, id, 64, 64);
			uint32_t *next = paint((enum picture_image)image, id + 1, 64, 64);

			assert_memory_not_equal(one + 64, next + 64, 63 * 64 * sizeof(*one));
			free(one);
			free(next);
		}
	}
}

static void test_opacity(void **state)
{
	(void)state;
	for (uint32_t y = 1; y < 64; y++) {
		assert_int_equal(picture_pixel(IMAGE_SOLID, 3, 64, 64, y, y) >> 24, 0xff);
		assert_int_equal(picture_pixel(IMAGE_CHECKER, 3, 64, 64, y, y) >> 24, 0xff);
		assert_int_equal(picture_pixel(IMAGE_ALPHA, 3, 64, 64, 0, y) >> 24, 0);
		assert_int_equal(picture_pixel(IMAGE_ALPHA, 3, 64, 64, 63, y) >> 24, 0xff);
	}
	/* Inside and beside the arrow and the cross. */
	assert_int_equal(picture_pixel(IMAGE_ARROW, 3, 64, 64, 5, 20) >> 24, 0xff);
	assert_int_equal(picture_pixel(IMAGE_ARROW, 3, 64, 64, 40, 20), 0);
	assert_int_equal(picture_pixel(IMAGE_CROSS, 3, 64, 64, 32, 5) >> 24, 0xff);
	assert_int_equal(picture_pixel(IMAGE_CROSS, 3, 64, 64, 5, 32) >> 24, 0xff);
	assert_int_equal(picture_pixel(IMAGE_CROSS, 3, 64, 64, 5, 5), 0);
}

/* A stride that is wider than the rows, as dumb buffers have it: what is between stays. */
static void test_paint_keeps_to_its_rows(void **state)
{
	enum { WIDTH = 30, HEIGHT = 20, PITCH = 48 };
	uint32_t *pixels = malloc(PITCH * HEIGHT * sizeof(*pixels));

	(void)state;
	assert_non_null(pixels);
	memset(pixels, 0xa5, PITCH * HEIGHT * sizeof(*pixels));
	picture_paint(IMAGE_ALPHA, 9, WIDTH, HEIGHT, pixels, PITCH * sizeof(*pixels));
	for (uint32_t y = 0; y < HEIGHT; y++)
		for (uint32_t x = 0; x < PITCH; x++)
			assert_int_equal(
				pixels[y * PITCH + x],
				x < WIDTH ? picture_pixel(IMAGE_ALPHA, 9, WIDTH, HEIGHT, x, y) :
					    0xa5a5a5a5u);
	free(pixels);
}

static const struct part {
	const char *name;
	struct picture_area area;
} parts[] = {
	{ "all", { 0, 0, 40, 30 } },
	{ "one pixel", { 17, 9, 1, 1 } },
	{ "the last pixel", { 39, 29, 1, 1 } },
	{ "a part of row 0", { 5, 0, 20, 1 } },
	{ "a column", { 33, 0, 1, 30 } },
	{ "the middle", { 3, 4, 21, 17 } },
	{ "nothing", { 3, 4, 0, 17 } },
};

/* The pixels of the area are those of the whole picture, and the others stay. */
static void check_part(void **state)
{
	enum { WIDTH = 40, HEIGHT = 30, PITCH = 48, STRIDE = PITCH * sizeof(uint32_t) };
	const struct picture_area *area = &((const struct part *)*state)->area;

	for (int i = 0; i < IMAGE_KINDS; i++) {
		enum picture_image image = (enum picture_image)i;
		uint32_t *pixels = malloc(STRIDE * HEIGHT);

		assert_non_null(pixels);
		memset(pixels, 0xa5, STRIDE * HEIGHT);
		picture_paint_area(image, 77, WIDTH, HEIGHT, area, pixels, STRIDE);
		for (uint32_t y = 0; y < HEIGHT; y++) {
			for (uint32_t x = 0; x < PITCH; x++) {
				bool inside =
					x - area->x < area->width && y - area->y < area->height;
				uint32_t expected =
					inside ? picture_pixel(image, 77, WIDTH, HEIGHT, x, y) :
						 0xa5a5a5a5u;

				assert_int_equal(pixels[y * PITCH + x], expected);
			}
		}
		free(pixels);
	}
}

/* A channel of one pixel, at the begin, in the middle or at the end, by little or by much; the furthest one counts. */
static void test_compare(void **state)
{
	enum { WIDTH = 300, HEIGHT = 200, NEAR = 70 * WIDTH + 257, FAR = WIDTH * HEIGHT - 1 };
	uint32_t *pixels = paint(IMAGE_RIPPLES, 9, WIDTH, HEIGHT);
	uint32_t near = pixels[NEAR], far = pixels[FAR];
	struct picture_difference difference;

	(void)state;
	assert_int_equal(
		picture_compare(IMAGE_RIPPLES, 9, WIDTH, HEIGHT, pixels, WIDTH * 4).largest, 0);
	for (int shift = 0; shift < 32; shift += 8) {
		uint32_t channel = far >> shift & 0xff;

		pixels[NEAR] = near ^ 1u;
		pixels[FAR] = channel < 128 ? far + (3u << shift) : far - (3u << shift);
		difference = picture_compare(IMAGE_RIPPLES, 9, WIDTH, HEIGHT, pixels, WIDTH * 4);
		assert_int_equal(difference.largest, 3);
		assert_int_equal(difference.x, WIDTH - 1);
		assert_int_equal(difference.y, HEIGHT - 1);
		pixels[FAR] = far;
		difference = picture_compare(IMAGE_RIPPLES, 9, WIDTH, HEIGHT, pixels, WIDTH * 4);
		assert_int_equal(difference.largest, 1);
		assert_int_equal(difference.x, 257);
		assert_int_equal(difference.y, 70);
	}
	pixels[0] ^= 0x00ffffffu; /* a bit of the number */
	difference = picture_compare(IMAGE_RIPPLES, 9, WIDTH, HEIGHT, pixels, WIDTH * 4);
	assert_int_equal(difference.largest, 255);
	free(pixels);
}

static void test_names(void **state)
{
	(void)state;
	for (int image = 0; image < IMAGE_KINDS; image++)
		assert_int_equal(
			picture_image_by_name(picture_image_name((enum picture_image)image)),
			image);
	assert_int_equal(picture_image_by_name("circle"), -1);
	assert_int_equal(picture_image_by_name(""), -1);
	assert_int_equal(picture_image_by_name("Solid"), -1);
}

/*
 * Recorded pictures and their seeds are compared across versions, so a picture may only change
 * together with these numbers, knowingly.
 */
static const struct known {
	const char *name;
	enum picture_image image;
	uint32_t id, width, height;
	uint64_t checksum;
} known[] = {
	{ "solid 1, 64x64", IMAGE_SOLID, 1, 64, 64, 0x60642a696dcd23bcu },
	{ "checker 2, 64x64", IMAGE_CHECKER, 2, 64, 64, 0x032086f9bfb60ba4u },
	{ "arrow 3, 64x64", IMAGE_ARROW, 3, 64, 64, 0x6566ea4c36586750u },
	{ "cross 4, 64x64", IMAGE_CROSS, 4, 64, 64, 0x33a743a30b69aa39u },
	{ "alpha 5, 64x64", IMAGE_ALPHA, 5, 64, 64, 0x8c3f396226d87ae5u },
	{ "bands 5, 64x64", IMAGE_BANDS, 5, 64, 64, 0xfe9111ae52db3c25u },
	{ "checker 6, 1024x768", IMAGE_CHECKER, 6, 1024, 768, 0xb74e797ad3810b5du },
	{ "cross 7, 33x21", IMAGE_CROSS, 7, 33, 21, 0x2ff8f959c205526cu },
	{ "windows 8, 1024x768", IMAGE_WINDOWS, 8, 1024, 768, 0x1f481c2800f0c1e3u },
	{ "windows 70001, 333x217", IMAGE_WINDOWS, 70001, 333, 217, 0x2bcb197617d22a48u },
	{ "windows 12, 20x9", IMAGE_WINDOWS, 12, 20, 9, 0x4ef8ae88f92877a2u },
	{ "gradient 9, 640x480", IMAGE_GRADIENT, 9, 640, 480, 0x0d3766ff265c2ed6u },
	{ "ripples 10, 640x480", IMAGE_RIPPLES, 10, 640, 480, 0x93b403401c0bfe28u },
	{ "ripples, the last, 1920x1080", IMAGE_RIPPLES, UINT32_MAX, 1920, 1080,
	  0x9128aa83c8bb1bf3u },
};

static void check_known(void **state)
{
	const struct known *row = *state;
	uint32_t *pixels = paint(row->image, row->id, row->width, row->height);
	uint64_t sum = checksum(pixels, (size_t)row->width * row->height);

	free(pixels);
	if (sum != row->checksum)
		print_error("checksum is 0x%016llx\n", (unsigned long long)sum);
	assert_true(sum == row->checksum);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row_0_tells_the_id),
		cmocka_unit_test(test_ids_differ_below_row_0_too),
		cmocka_unit_test(test_opacity),
		cmocka_unit_test(test_paint_keeps_to_its_rows),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_names),
	};
	int failed = cmocka_run_group_tests_name("picture", tests, NULL, NULL);

	failed += RUN_ROWS("valid premultiplied pixels", sizes, check_premultiplied);
	failed += RUN_ROWS("parts of pictures", parts, check_part);
	failed += RUN_ROWS("pictures as they always were", known, check_known);
	return failed ? 1 : 0;
}
