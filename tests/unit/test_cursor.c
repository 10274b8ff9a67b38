// SPDX-License-Identifier: MIT
/* Cursor images: those of the project can be loaded, and what is broken is refused in one line. */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "compositor/cursor/image.h"
#include "compositor/view/shot.h"
#include "tests/unit/unit.h"

#define CURSORS SOURCE_ROOT "/data/cursors/"

static struct cursor_image *load(const char *name)
{
	g_autofree char *path = g_strconcat(CURSORS, name, ".png", NULL);
	char why[256];
	struct cursor_image *image = cursor_image_load(path, why, sizeof(why));

	if (!image)
		fail_msg("%s: %s", path, why);
	return image;
}

static const struct known {
	const char *name;
	uint32_t size;
	int32_t hot_x, hot_y;
} images[] = {
	{ "arrow-24", 24, 2, 1 },  { "arrow-32", 32, 2, 2 },   { "arrow-64", 64, 5, 4 },
	{ "hand-48", 48, 19, 4 },  { "cross-32", 32, 16, 16 }, { "arrow-128", 128, 10, 8 },
	{ "text-24", 24, 12, 12 }, { "wait-64", 64, 32, 32 },
};

static void check_image(void **state)
{
	const struct known *known = *state;
	struct cursor_image *image = load(known->name);
	size_t seen = 0;

	assert_int_equal(image->width, known->size);
	assert_int_equal(image->height, known->size);
	assert_int_equal(image->hot_x, known->hot_x);
	assert_int_equal(image->hot_y, known->hot_y);
	for (size_t i = 0; i < (size_t)image->width * image->height; i++) {
		uint32_t pixel = image->pixels[i], alpha = pixel >> 24;

		assert_in_range(pixel >> 16 & 0xff, 0, alpha);
		assert_in_range(pixel >> 8 & 0xff, 0, alpha);
		assert_in_range(pixel & 0xff, 0, alpha);
		seen += alpha == 255;
	}
	assert_in_range(seen, image->width, image->width * image->height / 2);
	free(image);
}

/* Bytes of a file that is whole, the caller's. */
static char *bytes_of(const char *name, gsize *len)
{
	g_autofree char *path = g_strconcat(CURSORS, name, ".png", NULL);
	char *bytes = NULL;

	assert_true(g_file_get_contents(path, &bytes, len, NULL));
	return bytes;
}

static void refused(const void *bytes, size_t len, const char *why_not)
{
	char why[256] = "";
	struct cursor_image *image = cursor_image_parse(bytes, len, why, sizeof(why));

	if (image)
		fail_msg("%zu bytes are taken for an image", len);
	assert_non_null(strstr(why, why_not));
	assert_null(strchr(why, '\n'));
}

static void test_a_file_that_is_cut_short_is_refused(void **state)
{
	gsize len;
	g_autofree char *bytes = bytes_of("arrow-24", &len);

	(void)state;
	for (gsize cut = 0; cut < len; cut++) {
		/* Nothing behind it is there to be read. */
		g_autofree char *part = cut ? g_memdup2(bytes, cut) : NULL;

		refused(part, cut, "no PNG image");
	}
}

static void test_what_is_something_else_is_refused(void **state)
{
	gsize len;
	g_autofree char *bytes = bytes_of("arrow-24", &len);

	(void)state;
	refused("GIF89a, which is not one", 24, "no PNG image");
	/* Its width, of which the header has a checksum. */
	bytes[18] ^= 1;
	refused(bytes, len, "no PNG image that can be read");
}

static void test_a_hotspot_beyond_the_image_is_refused(void **state)
{
	gsize len;
	g_autofree char *bytes = bytes_of("arrow-24", &len);
	char *text = memmem(bytes, len, "tEXtHotspot", 11);
	guint32 sum;

	(void)state;
	assert_non_null(text);
	/* "2,1" becomes "x,1"; the checksum is taken anew, as of ISO 3309. */
	text[12] = 'x';
	sum = 0xffffffffu;
	for (const char *at = text; at < text + 15; at++) {
		sum ^= (guchar)*at;
		for (int bit = 0; bit < 8; bit++)
			sum = sum & 1 ? sum >> 1 ^ 0xedb88320u : sum >> 1;
	}
	sum = GUINT32_TO_BE(~sum);
	memcpy(text + 15, &sum, sizeof(sum));
	refused(bytes, len, "Hotspot");
}

static void test_a_file_that_is_missing(void **state)
{
	char why[256];

	(void)state;
	assert_null(cursor_image_load(CURSORS "nothing.png", why, sizeof(why)));
	assert_string_equal(why, "No such file or directory");
}

static void test_padding_is_transparent(void **state)
{
	struct cursor_image *image = load("arrow-24");
	uint32_t pixels[64 * 64];

	(void)state;
	memset(pixels, 0xa5, sizeof(pixels));
	cursor_image_pad(image, pixels, 64, 64, 64 * 4);
	for (uint32_t y = 0; y < 64; y++)
		for (uint32_t x = 0; x < 64; x++)
			assert_int_equal(pixels[y * 64 + x],
					 x < 24 && y < 24 ? image->pixels[y * 24 + x] : 0);
	free(image);
}

/* Each colour: what the image has of it, and of what is below as much as the image lets through. */
static void test_blending(void **state)
{
	static const struct {
		uint32_t under, over, result;
	} rows[] = {
		{ 0x00102030, 0x00000000, 0xff102030 },
		{ 0x00102030, 0xffe0a020, 0xffe0a020 },
		{ 0x00ff0000, 0x80008000, 0xff7f8000 },
		{ 0x00ffffff, 0x80808080, 0xffffffff },
	};
	struct cursor_image *image = calloc(1, sizeof(*image) + sizeof(image->pixels[0]));
	const struct picture_area area = { 1, 0, 1, 1 };

	(void)state;
	assert_non_null(image);
	image->width = image->height = 1;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		uint32_t pixels[3] = { 7, rows[i].under, 9 };

		image->pixels[0] = rows[i].over;
		cursor_image_blend(image, 1, 0, pixels, &area, sizeof(pixels));
		assert_int_equal(pixels[0], 7);
		assert_int_equal(pixels[1], rows[i].result);
		assert_int_equal(pixels[2], 9);
	}
	free(image);
}

static void test_what_lies_within(void **state)
{
	static const struct {
		int32_t x, y;
		struct picture_area area;
	} rows[] = {
		{ 0, 0, { 0, 0, 16, 8 } },     { -4, -2, { 0, 0, 12, 6 } },
		{ 90, 45, { 90, 45, 10, 5 } }, { 100, 0, { 0, 0, 0, 0 } },
		{ 0, -8, { 0, 0, 0, 0 } },     { INT32_MAX, INT32_MIN, { 0, 0, 0, 0 } },
	};
	const struct cursor_image image = { .width = 16, .height = 8 };

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct picture_area area = cursor_image_area(&image, rows[i].x, rows[i].y, 100, 50);

		assert_memory_equal(&area, &rows[i].area, sizeof(area));
	}
}

/* What shot_save() writes is read again as it was. */
static void test_a_picture_that_is_saved(void **state)
{
	static const uint32_t pixels[] = { 0xff112233, 0x00445566, 0xffffffff,
					   0xff000000, 0xffabcdef, 0xff010203 };
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "planestorm-shot.png", NULL);
	struct cursor_image *image;
	char why[256];

	(void)state;
	assert_int_equal(shot_save(path, pixels, 3, 2), 0);
	image = cursor_image_load(path, why, sizeof(why));
	assert_non_null(image);
	assert_int_equal(image->width, 3);
	assert_int_equal(image->height, 2);
	for (int i = 0; i < 6; i++)
		assert_int_equal(image->pixels[i], pixels[i] | 0xff000000u);
	free(image);
	g_remove(path);
	assert_int_equal(shot_save("/nowhere/at/all.png", pixels, 3, 2), -ENOENT);
}

/* A disk that is full leaves nothing of it. */
static void test_a_picture_that_cannot_be_saved(void **state)
{
	static const uint32_t pixels[64 * 64];
	const struct rlimit none = { .rlim_cur = 8, .rlim_max = RLIM_INFINITY };
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "planestorm-full.png", NULL);
	struct rlimit before;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	setrlimit(RLIMIT_FSIZE, &none);
	assert_true(shot_save(path, pixels, 64, 64) < 0);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file_that_is_cut_short_is_refused),
		cmocka_unit_test(test_what_is_something_else_is_refused),
		cmocka_unit_test(test_a_hotspot_beyond_the_image_is_refused),
		cmocka_unit_test(test_a_file_that_is_missing),
		cmocka_unit_test(test_padding_is_transparent),
		cmocka_unit_test(test_blending),
		cmocka_unit_test(test_what_lies_within),
		cmocka_unit_test(test_a_picture_that_is_saved),
		cmocka_unit_test(test_a_picture_that_cannot_be_saved),
	};
	int failed = run_rows("image", images, LENGTH(images), sizeof(images[0]), check_image);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
