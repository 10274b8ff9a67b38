// SPDX-License-Identifier: MIT
/* The shaders and the processor paint the same pictures, but for how they round where they blend. */
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "compositor/model/animation.h"
#include "compositor/render/gles.h"
#include "tests/unit/unit.h"

/* Of 255, in each channel: each of up to four windows over each other is rounded. */
#define TOLERANCE 2

static struct gles *gles;

static uint32_t difference(uint32_t one, uint32_t other)
{
	uint32_t worst = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		uint32_t a = one >> shift & 0xff, b = other >> shift & 0xff;
		uint32_t here = a > b ? a - b : b - a;

		worst = here > worst ? here : worst;
	}
	return worst;
}

static const struct picture {
	const char *name;
	enum picture_image scene;
	uint32_t width, height, frame;
} pictures[] = {
	{ "windows", IMAGE_WINDOWS, 1024, 768, 1 },
	{ "windows, later", IMAGE_WINDOWS, 1024, 768, 12345 },
	{ "windows, small", IMAGE_WINDOWS, 64, 64, 77 },
	{ "windows, odd", IMAGE_WINDOWS, 333, 217, 500 },
	{ "gradient", IMAGE_GRADIENT, 640, 480, 3 },
	{ "gradient, the last frame", IMAGE_GRADIENT, 640, 480, UINT32_MAX },
	{ "ripples", IMAGE_RIPPLES, 640, 480, 3 },
	{ "ripples, large", IMAGE_RIPPLES, 1920, 1080, 65535 },
};

static void check_picture(void **state)
{
	const struct picture *row = *state;
	const struct picture_area whole = { .width = row->width, .height = row->height };
	size_t count = (size_t)row->width * row->height;
	g_autofree uint32_t *ours = g_new0(uint32_t, count), *theirs = g_new0(uint32_t, count);
	uint32_t worst = 0;

	picture_paint(row->scene, row->frame, row->width, row->height, ours, row->width * 4);
	assert_int_equal(gles_paint_memory(gles, row->scene, row->frame, row->width, row->height,
					   &whole, 1, theirs),
			 0);
	for (size_t i = 0; i < count; i++) {
		uint32_t here = difference(ours[i], theirs[i]);

		worst = MAX(worst, here);
		if (here > TOLERANCE)
			fail_msg("(%zu, %zu): %06x by shaders, %06x by the processor",
				 i % row->width, i / row->width, theirs[i] & 0xffffff,
				 ours[i] & 0xffffff);
	}
	/* The number is exact. */
	assert_memory_equal(ours, theirs, 32 * sizeof(*ours));
	print_message("%s: at most %u of 255\n", row->name, worst);
}

/* The control of what is above. */
static void test_another_frame_differs(void **state)
{
	const struct picture_area whole = { .width = 64, .height = 64 };
	uint32_t ours[64 * 64], theirs[64 * 64], worst = 0;

	(void)state;
	picture_paint(IMAGE_GRADIENT, 8, 64, 64, ours, 64 * 4);
	assert_int_equal(gles_paint_memory(gles, IMAGE_GRADIENT, 10, 64, 64, &whole, 1, theirs), 0);
	for (int i = 64; i < 64 * 64; i++)
		worst = MAX(worst, difference(ours[i], theirs[i]));
	assert_true(worst > TOLERANCE);
}

/* From frame to frame, only what differs is painted, and it becomes the whole picture. */
static void test_areas_make_the_next_frame(void **state)
{
	enum { WIDTH = 320, HEIGHT = 240 };
	struct picture_area areas[ANIMATION_AREAS_MAX] = { { .width = WIDTH, .height = HEIGHT } };
	static uint32_t ours[WIDTH * HEIGHT], theirs[WIDTH * HEIGHT];
	int count = 1;

	(void)state;
	for (uint32_t frame = 1; frame < 40; frame += 3) {
		assert_int_equal(gles_paint_memory(gles, IMAGE_WINDOWS, frame, WIDTH, HEIGHT, areas,
						   count, theirs),
				 0);
		picture_paint(IMAGE_WINDOWS, frame, WIDTH, HEIGHT, ours, WIDTH * 4);
		for (int i = 0; i < WIDTH * HEIGHT; i++)
			assert_in_range(difference(ours[i], theirs[i]), 0, TOLERANCE);
		count = animation_damage(IMAGE_WINDOWS, frame, frame + 3, WIDTH, HEIGHT, areas);
	}
}

static void test_what_is_outside_an_area_stays(void **state)
{
	const struct picture_area whole = { .width = 64, .height = 64 }, part = { 8, 8, 16, 16 };
	uint32_t before[64 * 64], after[64 * 64];

	(void)state;
	assert_int_equal(gles_paint_memory(gles, IMAGE_RIPPLES, 1, 64, 64, &whole, 1, before), 0);
	assert_int_equal(gles_paint_memory(gles, IMAGE_RIPPLES, 99, 64, 64, &part, 1, after), 0);
	for (uint32_t i = 0; i < 64 * 64; i++)
		if (i % 64 - 8 >= 16 || i / 64 - 8 >= 16)
			assert_int_equal(before[i], after[i]);
	assert_int_not_equal(before[10 * 64 + 10], after[10 * 64 + 10]);
}

/* --- shaders that are none -------------------------------------------------------------------- */

/* What is said on standard error while GLES is made with @folder's shaders, the caller's. */
static char *complaint(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "said", NULL);
	const struct picture_area whole = { .width = 64, .height = 64 };
	int kept = dup(STDERR_FILENO), ret;
	struct gles *other = NULL;
	char *text = NULL;
	const char *why;

	assert_int_equal(gles_create(NULL, folder, &other, &why), 0);
	assert_non_null(freopen(path, "w", stderr));
	ret = gles_paint_memory(other, IMAGE_WINDOWS, 1, 64, 64, &whole, 1, NULL);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	assert_int_equal(ret, -EINVAL);
	gles_destroy(other);
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_unlink(path);
	return text;
}

static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, "shaders", name, NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void test_a_shader_that_does_not_compile_is_told_with_its_line(void **state)
{
	g_autofree char *folder = g_dir_make_tmp("planestorm-shaders-XXXXXX", NULL);
	g_autofree char *shaders = g_build_filename(folder, "shaders", NULL);
	g_autofree char *missing = NULL, *broken = NULL, *good = NULL;
	g_autofree char *vertex = g_build_filename(SOURCE_ROOT, "shaders", "place.vert", NULL);
	g_auto(GStrv) lines = NULL;

	(void)state;
	assert_int_equal(g_mkdir(shaders, 0700), 0);
	missing = complaint(folder);
	assert_non_null(strstr(missing, "shaders/place.vert: No such file or directory\n"));
	assert_true(g_file_get_contents(vertex, &good, NULL, NULL));
	put(folder, "place.vert", good);
	put(folder, "windows.frag",
	    "precision highp float;\n\nvoid main()\n{\n\tgl_FragColor = nothing;\n}\n");
	broken = complaint(folder);
	assert_non_null(strstr(broken, "shaders/windows.frag:5: "));
	lines = g_strsplit(g_strchomp(broken), "\n", -1);
	assert_int_equal(g_strv_length(lines), 1);
	for (int i = 0; i < 2; i++) {
		static const char *const names[] = { "place.vert", "windows.frag" };
		g_autofree char *path = g_build_filename(shaders, names[i], NULL);

		g_unlink(path);
	}
	g_rmdir(shaders);
	g_rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_another_frame_differs),
		cmocka_unit_test(test_areas_make_the_next_frame),
		cmocka_unit_test(test_what_is_outside_an_area_stays),
		cmocka_unit_test(test_a_shader_that_does_not_compile_is_told_with_its_line),
	};
	const char *why;
	int failed;

	if (gles_create(NULL, SOURCE_ROOT, &gles, &why)) {
		printf("SKIP: cannot %s\n", why);
		return 77;
	}
	failed =
		run_rows("picture", pictures, LENGTH(pictures), sizeof(pictures[0]), check_picture);
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	gles_destroy(gles);
	return failed;
}
