// SPDX-License-Identifier: MIT
/* The display's record comes back from its folder as it went in, to the last bit of a pixel. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "compositor/model/picture.h"
#include "tests/runner/display.h"
#include "tests/unit/unit.h"

static char *dir; /* of one test */

static int make_dir(void **state)
{
	(void)state;
	dir = g_dir_make_tmp("planestorm-XXXXXX", NULL);
	return dir ? 0 : -1;
}

static int remove_dir(void **state)
{
	GDir *open = g_dir_open(dir, 0, NULL);
	const char *name;

	(void)state;
	while ((name = g_dir_read_name(open))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		g_unlink(path);
	}
	g_dir_close(open);
	g_rmdir(dir);
	g_clear_pointer(&dir, g_free);
	return 0;
}

static char *path_of(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static void assert_same_image(const struct image *a, const struct image *b)
{
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(a->width, b->width);
	assert_int_equal(a->height, b->height);
	assert_memory_equal(a->pixels, b->pixels,
			    (size_t)a->width * (size_t)a->height * sizeof(a->pixels[0]));
}

static struct image *painted(enum picture_image kind, uint32_t id, int width, int height)
{
	struct image *image = image_new(width, height);

	picture_paint(kind, id, (uint32_t)width, (uint32_t)height, image->pixels,
		      (uint32_t)width * 4);
	return image;
}

/* --- pictures ---------------------------------------------------------------------------------- */

static void save_and_load(const struct image *image)
{
	g_autofree char *path = path_of("image.png");
	GError *error = NULL;
	struct image *back;

	assert_true(image_save(image, path, &error));
	back = image_load(path, &error);
	assert_null(error);
	assert_same_image(image, back);
	image_unref(back);
}

/* What multiplying by alpha, or dividing by it, would lose. */
static void test_every_bit_of_a_pixel_is_kept(void **state)
{
	static const guint32 alphas[] = { 0, 1, 2, 127, 128, 129, 254, 255 };
	struct image *image = image_new(256, (int)LENGTH(alphas) * 4);

	(void)state;
	for (size_t a = 0; a < LENGTH(alphas); a++) {
		guint32 *row = image->pixels + a * 4 * 256;

		for (guint32 v = 0; v < 256; v++) {
			row[v] = alphas[a] << 24 | v << 16;
			row[256 + v] = alphas[a] << 24 | v << 8;
			row[512 + v] = alphas[a] << 24 | v;
			row[768 + v] = alphas[a] << 24 | v << 16 | (255 - v) << 8 | (v ^ 0x55);
		}
	}
	save_and_load(image);
	image_unref(image);
}

static void test_all_pictures_are_kept(void **state)
{
	static const int sizes[][2] = {
		{ 64, 64 }, { 1, 1 }, { 1, 77 }, { 333, 2 }, { 1024, 768 }
	};

	(void)state;
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		for (size_t i = 0; i < LENGTH(sizes); i++) {
			struct image *image =
				painted((enum picture_image)kind, 7, sizes[i][0], sizes[i][1]);

			save_and_load(image);
			image_unref(image);
		}
	}
}

static void test_what_is_no_png_is_an_error(void **state)
{
	g_autofree char *path = path_of("image.png"), *bytes = NULL;
	struct image *image = painted(IMAGE_CHECKER, 1, 64, 64);
	GError *error = NULL;
	gsize len;

	(void)state;
	assert_null(image_load(path, &error));
	g_clear_error(&error);
	g_file_set_contents(path, "GIF89a", -1, NULL);
	assert_null(image_load(path, &error));
	g_clear_error(&error);
	image_save(image, path, NULL);
	g_file_get_contents(path, &bytes, &len, NULL);
	g_file_set_contents(path, bytes, (gssize)len / 2, NULL);
	assert_null(image_load(path, &error));
	assert_non_null(error);
	g_clear_error(&error);
	image_unref(image);
}

static void test_png_in_memory_is_the_file(void **state)
{
	g_autofree char *path = path_of("image.png"), *bytes = NULL;
	struct image *image = painted(IMAGE_ALPHA, 1, 64, 64);
	g_autoptr(GBytes) png = image_to_png(image);
	gsize len;

	(void)state;
	assert_true(image_save(image, path, NULL));
	assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	assert_int_equal(len, g_bytes_get_size(png));
	assert_memory_equal(bytes, g_bytes_get_data(png, NULL), len);
	image_unref(image);
}

static void test_ids_are_read_from_row_0(void **state)
{
	static const uint32_t ids[] = { 0, 1, 2, 0x80000000, 0x7fffffff, 0xffffffff, 0x12345678 };

	(void)state;
	for (size_t i = 0; i < LENGTH(ids); i++) {
		struct image *image = painted(IMAGE_CROSS, ids[i], 64, 64);

		assert_int_equal(image_picture(image->pixels, 64), ids[i]);
		assert_int_equal(image_picture(image->pixels, 32), ids[i]);
		assert_int_equal(image_picture(image->pixels, 31), PICTURE_NONE);
		assert_int_equal(image_picture(image->pixels + 64 * 20, 64), PICTURE_NONE);
		image->pixels[31] ^= 1;
		assert_int_equal(image_picture(image->pixels, 64), PICTURE_NONE);
		image_unref(image);
	}
}

/* --- records ----------------------------------------------------------------------------------- */

static void add(struct display_record *record, struct display_event event)
{
	event.seq = record->events->len + 1;
	event.time = 1790000000000000u + record->events->len;
	g_array_append_val(record->events, event);
}

/* One of each line, and two checks: before the first cursor, and after all else. */
static struct display_record *sample(void)
{
	struct display_record *record = display_record_new();
	struct display_head heads[DISPLAY_HEADS] = { 0 };

	heads[0].scanout = painted(IMAGE_CHECKER, 5, 80, 60);
	add(record, (struct display_event){
			    .kind = DISPLAY_SCANOUT, .width = 80, .height = 60, .picture = 5 });
	add(record,
	    (struct display_event){ .kind = DISPLAY_CHECK, .check = 1, .picture = PICTURE_NONE });
	display_record_check(record, 1, heads);

	add(record, (struct display_event){ .kind = DISPLAY_UPDATE,
					    .x = 1,
					    .y = 2,
					    .width = 3,
					    .height = 4,
					    .picture = PICTURE_NONE });
	add(record, (struct display_event){ .kind = DISPLAY_SCANOUT,
					    .head = 1,
					    .width = 1,
					    .height = 1,
					    .picture = PICTURE_NONE });
	add(record,
	    (struct display_event){ .kind = DISPLAY_DISABLE, .head = 1, .picture = PICTURE_NONE });
	heads[1].cursor = painted(IMAGE_ALPHA, 0xffffffff, 64, 64);
	heads[1].hot_x = -3;
	heads[1].hot_y = 4;
	heads[1].x = -30;
	heads[1].y = G_MAXINT;
	heads[1].visible = TRUE;
	add(record, (struct display_event){ .kind = DISPLAY_CURSOR,
					    .head = 1,
					    .width = 64,
					    .height = 64,
					    .hot_x = -3,
					    .hot_y = 4,
					    .picture = 0xffffffff });
	add(record, (struct display_event){ .kind = DISPLAY_MOUSE,
					    .head = 1,
					    .x = -30,
					    .y = G_MAXINT,
					    .on = TRUE,
					    .picture = PICTURE_NONE });
	add(record, (struct display_event){
			    .kind = DISPLAY_CHECK, .check = 12345678901, .picture = PICTURE_NONE });
	display_record_check(record, 12345678901, heads);
	image_unref(heads[0].scanout);
	image_unref(heads[1].cursor);
	return record;
}

static void assert_same_head(const struct display_head *a, const struct display_head *b)
{
	assert_int_equal(!a->scanout, !b->scanout);
	assert_int_equal(!a->cursor, !b->cursor);
	if (a->scanout)
		assert_same_image(a->scanout, b->scanout);
	if (a->cursor)
		assert_same_image(a->cursor, b->cursor);
	assert_int_equal(a->hot_x, b->hot_x);
	assert_int_equal(a->hot_y, b->hot_y);
	assert_int_equal(a->x, b->x);
	assert_int_equal(a->y, b->y);
	assert_int_equal(a->visible, b->visible);
}

static void assert_same_event(const struct display_event *a, const struct display_event *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->time, b->time);
	assert_int_equal(a->head, b->head);
	assert_int_equal(a->x, b->x);
	assert_int_equal(a->y, b->y);
	assert_int_equal(a->width, b->width);
	assert_int_equal(a->height, b->height);
	assert_int_equal(a->hot_x, b->hot_x);
	assert_int_equal(a->hot_y, b->hot_y);
	assert_int_equal(a->on, b->on);
	assert_int_equal(a->picture, b->picture);
	assert_int_equal(a->check, b->check);
}

static void assert_same_record(const struct display_record *a, const struct display_record *b)
{
	assert_int_equal(a->events->len, b->events->len);
	for (guint i = 0; i < a->events->len; i++)
		assert_same_event(&g_array_index(a->events, struct display_event, i),
				  &g_array_index(b->events, struct display_event, i));
	assert_int_equal(a->checks->len, b->checks->len);
	for (guint i = 0; i < a->checks->len; i++) {
		const struct display_check *one = g_ptr_array_index(a->checks, i);
		const struct display_check *other = g_ptr_array_index(b->checks, i);

		assert_int_equal(one->number, other->number);
		for (int head = 0; head < DISPLAY_HEADS; head++)
			assert_same_head(&one->heads[head], &other->heads[head]);
	}
}

static void test_a_record_comes_back(void **state)
{
	struct display_record *record = sample(), *back;
	GError *error = NULL;
	guint rubbish = 99;

	(void)state;
	assert_true(display_record_save(record, dir, &error));
	back = display_record_load(dir, &rubbish, &error);
	assert_null(error);
	assert_int_equal(rubbish, 0);
	assert_same_record(record, back);
	display_record_free(back);
	display_record_free(record);
}

static void test_an_empty_record_comes_back(void **state)
{
	struct display_record *record = display_record_new(), *back;
	guint rubbish = 99;

	(void)state;
	assert_true(display_record_save(record, dir, NULL));
	back = display_record_load(dir, &rubbish, NULL);
	assert_int_equal(rubbish, 0);
	assert_same_record(record, back);
	display_record_free(back);
	display_record_free(record);
	display_record_free(NULL);
}

/* The text is what the header says. */
static void test_lines_are_as_documented(void **state)
{
	struct display_record *record = sample();
	g_autofree char *path = path_of("display.txt"), *text = NULL;

	(void)state;
	assert_true(display_record_save(record, dir, NULL));
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_string_equal(text, "scanout 1 1790000000000000 0 80 60 5\n"
				  "check 2 1790000000000001 1\n"
				  "update 3 1790000000000002 0 1 2 3 4 -\n"
				  "scanout 4 1790000000000003 1 1 1 -\n"
				  "disable 5 1790000000000004 1\n"
				  "cursor 6 1790000000000005 1 64 64 -3 4 4294967295\n"
				  "mouse 7 1790000000000006 1 -30 2147483647 1\n"
				  "check 8 1790000000000007 12345678901\n");
	display_record_free(record);
}

static void test_a_missing_picture_is_an_error(void **state)
{
	static const char *const names[] = { "check-1-head-0-scanout.png",
					     "check-12345678901-head-0-scanout.png",
					     "check-12345678901-head-1-cursor.png" };

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		struct display_record *record = sample();
		g_autofree char *path = path_of(names[i]);
		GError *error = NULL;
		guint rubbish;

		assert_true(display_record_save(record, dir, NULL));
		assert_int_equal(g_unlink(path), 0);
		assert_null(display_record_load(dir, &rubbish, &error));
		assert_non_null(error);
		g_clear_error(&error);
		display_record_free(record);
	}
}

static void test_a_missing_record_is_an_error(void **state)
{
	GError *error = NULL;
	guint rubbish;

	(void)state;
	assert_null(display_record_load(dir, &rubbish, &error));
	assert_non_null(error);
	g_clear_error(&error);
}

/* A line that is none, between two that are. */
static const struct line {
	const char *name, *text;
} garbage[] = {
	{ "empty", "" },
	{ "unknown word", "scan 1 2 0 80 60 5" },
	{ "word alone", "mouse" },
	{ "cut", "mouse 1 2 0 5 6" },
	{ "too long", "mouse 1 2 0 5 6 1 7" },
	{ "much too long", "mouse 1 2 0 5 6 1 7 8 9 10 11 12 13" },
	{ "letters for a number", "mouse 1 2 0 5 six 1" },
	{ "number with a tail", "mouse 1 2 0 5 6x 1" },
	{ "sequence number 0", "mouse 0 2 0 5 6 1" },
	{ "negative time", "mouse 1 -2 0 5 6 1" },
	{ "head that is not", "mouse 1 2 2 5 6 1" },
	{ "negative head", "mouse 1 2 -1 5 6 1" },
	{ "on neither 0 nor 1", "mouse 1 2 0 5 6 2" },
	{ "x beyond int", "mouse 1 2 0 2147483648 6 1" },
	{ "x beyond everything", "mouse 1 2 0 99999999999999999999999 6 1" },
	{ "two blanks", "mouse 1  2 0 5 6 1" },
	{ "blank at the end", "mouse 1 2 0 5 6 1 " },
	{ "no width", "scanout 1 2 0 0 60 5" },
	{ "negative height", "update 1 2 0 1 1 10 -60 5" },
	{ "picture beyond 32 bits", "scanout 1 2 0 80 60 4294967296" },
	{ "negative picture", "scanout 1 2 0 80 60 -1" },
	{ "dash for a number", "scanout 1 2 0 - 60 5" },
	{ "negative check", "check 1 2 -1" },
};

static void check_garbage(void **state)
{
	const struct line *row = *state;
	g_autofree char *path = NULL, *text = NULL;
	struct display_record *back;
	GError *error = NULL;
	guint rubbish = 0;

	make_dir(NULL);
	path = path_of("display.txt");
	text = g_strdup_printf("disable 1 2 0\n%s\ndisable 2 3 0\ndisable 3 4", row->text);
	g_file_set_contents(path, text, -1, NULL);
	back = display_record_load(dir, &rubbish, &error);
	assert_non_null(back);
	assert_int_equal(back->events->len, 2);
	assert_int_equal(rubbish, 2); /* with the last one, which is cut */
	display_record_free(back);
	remove_dir(NULL);
}

static void test_bytes_of_all_kinds_do_no_harm(void **state)
{
	g_autofree char *path = path_of("display.txt");
	static const char likely[] = " \nmouse0123-";
	char bytes[4096];
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct display_record *back;
		guint rubbish;

		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1103515245 + 12345;
			if (round % 2)
				bytes[i] = (char)(seed >> 16);
			else
				bytes[i] = likely[(seed >> 16) % (sizeof(likely) - 1)];
		}
		g_file_set_contents(path, bytes, sizeof(bytes), NULL);
		back = display_record_load(dir, &rubbish, NULL);
		display_record_free(back);
	}
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_DIR(test_every_bit_of_a_pixel_is_kept),
		IN_DIR(test_all_pictures_are_kept),
		IN_DIR(test_what_is_no_png_is_an_error),
		IN_DIR(test_png_in_memory_is_the_file),
		cmocka_unit_test(test_ids_are_read_from_row_0),
		IN_DIR(test_a_record_comes_back),
		IN_DIR(test_an_empty_record_comes_back),
		IN_DIR(test_lines_are_as_documented),
		IN_DIR(test_a_missing_picture_is_an_error),
		IN_DIR(test_a_missing_record_is_an_error),
		IN_DIR(test_bytes_of_all_kinds_do_no_harm),
	};
	int failed = cmocka_run_group_tests_name("display", tests, NULL, NULL);

	failed += RUN_ROWS("garbage is passed over", garbage, check_garbage);
	return failed ? 1 : 0;
}
