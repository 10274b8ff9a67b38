// SPDX-License-Identifier: MIT
/*
 * Painters and their buffers on a device double: what a plane would show is the frame, and what was made for it is gone
 * afterwards, in order, also if something in between fails. Mesa draws by llvmpipe into dumb buffers, as in the guest.
 */
#include <drm.h>
#include <gbm.h>
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/kms/buffer.h"
#include "compositor/kms/device.h"
#include "compositor/render/painter.h"
#include "tests/unit/device_double.h"
#include "tests/unit/mesa.h"

enum { WIDTH = 300, HEIGHT = 200 };

static struct device device;

static int open_device(void **state)
{
	(void)state;
	device_double_open();
	device = (struct device){ .fd = device_double.fd, .second = -1, .holder = -1, .node = -1 };
	return device.fd < 0;
}

static int close_device(void **state)
{
	(void)state;
	device_double_close();
	return 0;
}

static struct painter *new_painter(enum painter_kind kind)
{
	struct painter *painter = NULL;
	const char *why = NULL;
	int ret = painter_create(kind, &device, SOURCE_ROOT, &painter, &why);

	if (ret)
		print_error("cannot %s: %s\n", why, strerror(-ret));
	assert_int_equal(ret, 0);
	return painter;
}

static void new_buffer(struct painter *painter, struct buffer *buffer)
{
	const char *why = NULL;
	int ret = painter_buffer(painter, buffer, WIDTH, HEIGHT, GBM_FORMAT_XRGB8888, &why);

	if (ret)
		print_error("cannot %s: %s\n", why, strerror(-ret));
	assert_int_equal(ret, 0);
}

/* Each of these is done by both painters. */
static const struct kind {
	const char *name;
	enum painter_kind kind;
	uint32_t tolerance;
} kinds[] = {
	{ "dumb", PAINTER_DUMB, 0 },
	{ "GLES", PAINTER_GLES, PICTURE_TOLERANCE },
};

/* X is whatever. */
static void copy_scanout(uint32_t fb, uint32_t *copy)
{
	uint32_t pitch;
	const uint32_t *shown = device_double_scanout(fb, &pitch);

	assert_non_null(shown);
	for (uint32_t y = 0; y < HEIGHT; y++)
		for (uint32_t x = 0; x < WIDTH; x++)
			copy[y * WIDTH + x] = 0xff000000u | shown[y * (pitch / 4) + x];
	device_double_unmap(shown);
}

static void assert_shows(const struct kind *kind, const struct buffer *buffer,
			 enum picture_image scene, uint32_t frame)
{
	g_autofree uint32_t *pixels = new_pixels(WIDTH, HEIGHT);

	copy_scanout(buffer->fb, pixels);
	assert_in_range(compare(scene, frame, WIDTH, HEIGHT, pixels).largest, 0, kind->tolerance);
}

static void paint(struct painter *painter, struct buffer *buffer, enum picture_image scene,
		  uint32_t frame, const struct picture_area *areas, int count)
{
	assert_int_equal(painter_paint(painter, buffer, scene, frame, areas, count), 0);
}

/* --- pictures --------------------------------------------------------------------------------- */

static void check_shown(void **state)
{
	static const enum picture_image scenes[] = { IMAGE_WINDOWS, IMAGE_GRADIENT, IMAGE_RIPPLES };
	const struct kind *kind = *state;
	const struct picture_area whole = whole_of(WIDTH, HEIGHT);
	struct painter *painter;
	struct buffer buffer;

	open_device(NULL);
	painter = new_painter(kind->kind);
	new_buffer(painter, &buffer);
	for (size_t i = 0; i < LENGTH(scenes); i++) {
		paint(painter, &buffer, scenes[i], 9 + (uint32_t)i, &whole, 1);
		assert_shows(kind, &buffer, scenes[i], 9 + (uint32_t)i);
	}
	buffer_destroy(&buffer);
	painter_destroy(painter);
	close_device(NULL);
}

/* Two buffers in turn, each painted where it differs from what it held. */
static void check_damage(void **state)
{
	const struct kind *kind = *state;
	struct picture_area areas[ANIMATION_AREAS_MAX] = { whole_of(WIDTH, HEIGHT) };
	struct buffer buffers[2];
	struct painter *painter;

	open_device(NULL);
	painter = new_painter(kind->kind);
	for (int i = 0; i < 2; i++)
		new_buffer(painter, &buffers[i]);
	for (uint32_t frame = 0; frame < 40; frame++) {
		int count = frame < 2 ? 1 :
					animation_damage(IMAGE_WINDOWS, frame - 2, frame, WIDTH,
							 HEIGHT, areas);

		paint(painter, &buffers[frame % 2], IMAGE_WINDOWS, frame, areas, count);
		assert_shows(kind, &buffers[frame % 2], IMAGE_WINDOWS, frame);
		if (frame)
			assert_shows(kind, &buffers[(frame + 1) % 2], IMAGE_WINDOWS, frame - 1);
	}
	for (int i = 0; i < 2; i++)
		buffer_destroy(&buffers[i]);
	painter_destroy(painter);
	close_device(NULL);
}

/* --- a sprite over it ------------------------------------------------------------------------- */

/* A disc that is opaque in its middle, translucent at its rim, and nothing in the corners. */
static struct cursor_image *new_disc(void)
{
	enum { SIDE = 21, MIDDLE = SIDE / 2 };
	struct cursor_image *image =
		calloc(1, sizeof(*image) + SIDE * SIDE * sizeof(image->pixels[0]));

	assert_non_null(image);
	image->width = image->height = SIDE;
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++) {
			int d = (x - MIDDLE) * (x - MIDDLE) + (y - MIDDLE) * (y - MIDDLE);

			/* Premultiplied: red 0x60 of 0x80 at the rim. */
			image->pixels[y * SIDE + x] = d < 36  ? 0xffe0a020u :
						      d < 100 ? 0x80603010u :
								0;
		}
	return image;
}

static uint32_t largest_difference(const uint32_t *one, const uint32_t *other, size_t count)
{
	uint32_t largest = 0;

	for (size_t i = 0; i < count; i++)
		for (int shift = 0; shift < 24; shift += 8) {
			int difference =
				(int)(one[i] >> shift & 0xff) - (int)(other[i] >> shift & 0xff);

			largest = MAX(largest, (uint32_t)ABS(difference));
		}
	return largest;
}

/* Also where only a part of it is within the picture, and what is read is what a plane would show. */
static void check_sprite(void **state)
{
	static const struct {
		int32_t x, y;
	} places[] = { { 40, 30 }, { -9, 70 }, { WIDTH - 5, -12 }, { 100, HEIGHT - 12 } };
	const struct kind *kind = *state;
	const struct picture_area whole = whole_of(WIDTH, HEIGHT);
	struct cursor_image *disc = new_disc();
	g_autofree uint32_t *expected = new_pixels(WIDTH, HEIGHT);
	g_autofree uint32_t *shown = new_pixels(WIDTH, HEIGHT);
	struct painter *painter;
	struct buffer buffer;

	open_device(NULL);
	painter = new_painter(kind->kind);
	new_buffer(painter, &buffer);
	for (size_t i = 0; i < LENGTH(places); i++) {
		int32_t x = places[i].x, y = places[i].y;
		struct picture_area area = cursor_image_area(disc, x, y, WIDTH, HEIGHT);

		picture_paint_area(IMAGE_GRADIENT, 5, WIDTH, HEIGHT, &whole, expected, WIDTH * 4);
		cursor_image_blend(disc, x, y, expected, &area, WIDTH * 4);
		paint(painter, &buffer, IMAGE_GRADIENT, 5, &whole, 1);
		assert_int_equal(painter_sprite(painter, &buffer, disc, x, y), 0);
		copy_scanout(buffer.fb, shown);
		assert_in_range(largest_difference(shown, expected, WIDTH * HEIGHT), 0,
				kind->tolerance);
		assert_int_equal(painter_read(painter, &buffer, expected), 0);
		assert_int_equal(largest_difference(shown, expected, WIDTH * HEIGHT), 0);
	}
	/* The control: without it, it is another picture. */
	paint(painter, &buffer, IMAGE_GRADIENT, 5, &whole, 1);
	copy_scanout(buffer.fb, shown);
	assert_true(largest_difference(shown, expected, WIDTH * HEIGHT) > 2 * PICTURE_TOLERANCE);
	buffer_destroy(&buffer);
	painter_destroy(painter);
	close_device(NULL);
	free(disc);
}

/* --- coming and going ------------------------------------------------------------------------- */

/* As with each change of mode. */
static void check_gone(void **state)
{
	const struct kind *kind = *state;
	struct painter *painter;
	struct buffer buffers[3];

	open_device(NULL);
	painter = new_painter(kind->kind);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 3; i++)
			new_buffer(painter, &buffers[i]);
		assert_int_equal(device_double_handles(), 3);
		assert_int_equal(device_double_fbs(), 3);
		for (int i = 0; i < 3; i++)
			buffer_destroy(&buffers[i]);
		assert_int_equal(device_double_fbs(), 0);
		assert_int_equal(device_double_handles(), 0);
	}
	painter_destroy(painter);
	assert_int_equal(device_double.wrong, 0);
	close_device(NULL);
}

static const struct failing {
	const char *name;
	enum painter_kind kind;
	unsigned long request;
	const char *why;
} failing[] = {
	{ "no memory, dumb", PAINTER_DUMB, DRM_IOCTL_MODE_CREATE_DUMB, "create a buffer" },
	{ "no framebuffer, dumb", PAINTER_DUMB, DRM_IOCTL_MODE_ADDFB2, "add a framebuffer" },
	{ "no mapping, dumb", PAINTER_DUMB, DRM_IOCTL_MODE_MAP_DUMB, "map a buffer" },
	{ "no memory, GLES", PAINTER_GLES, DRM_IOCTL_MODE_CREATE_DUMB, "have a buffer of GBM's" },
	{ "no framebuffer, GLES", PAINTER_GLES, DRM_IOCTL_MODE_ADDFB2, "make a framebuffer" },
};

/* Nothing stays, and the next one can be had. */
static void check_failing(void **state)
{
	const struct failing *row = *state;
	struct painter *painter;
	struct buffer buffer;
	const char *why = NULL;

	open_device(NULL);
	painter = new_painter(row->kind);
	device_double.fail = row->request;
	assert_int_equal(painter_buffer(painter, &buffer, WIDTH, HEIGHT, GBM_FORMAT_XRGB8888, &why),
			 -ENOMEM);
	assert_string_equal(why, row->why);
	assert_int_equal(device_double_fbs(), 0);
	assert_int_equal(device_double_handles(), 0);
	device_double.fail = 0;
	new_buffer(painter, &buffer);
	buffer_destroy(&buffer);
	painter_destroy(painter);
	assert_int_equal(device_double_handles(), 0);
	assert_int_equal(device_double.wrong, 0);
	close_device(NULL);
}

struct lent {
	struct buffer_memory memory;
	int released;
};

static void note_release(struct buffer_memory *memory)
{
	((struct lent *)memory)->released++;
}

static void lend(struct buffer *buffer, struct lent *lent)
{
	lent->memory.release = note_release;
	buffer->handle = 1;
	buffer->memory = &lent->memory;
}

/* What a painter has put behind a buffer goes with it, once, whichever way it goes. */
static void test_memory_goes_with_its_buffer(void **state)
{
	struct lent lent = { .released = 0 };
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, &device, ORIGIN_DUMB, WIDTH, HEIGHT, GBM_FORMAT_XRGB8888);
	lend(&buffer, &lent);
	buffer_destroy(&buffer);
	assert_int_equal(lent.released, 1);
	assert_int_equal(buffer.handle, 0);
	buffer_destroy(&buffer);
	assert_int_equal(lent.released, 1);

	lend(&buffer, &lent);
	buffer_forget(&buffer);
	assert_int_equal(lent.released, 2);
	assert_null(buffer.memory);

	lend(&buffer, &lent);
	assert_int_equal(buffer_free(&buffer), 0);
	assert_int_equal(lent.released, 3);
	assert_null(buffer.memory);
	/* All without a request for a handle that is not the device's. */
	assert_int_equal(device_double.wrong, 0);
}

/* The double would notice. */
static void test_double_notices(void **state)
{
	struct painter *painter = new_painter(PAINTER_DUMB);
	struct buffer buffer, copy;

	(void)state;
	new_buffer(painter, &buffer);
	copy = buffer;
	copy.pixels = NULL;
	buffer_destroy(&buffer);
	assert_int_equal(device_double.wrong, 0);
	buffer_destroy(&copy);
	assert_int_equal(device_double.wrong, 2);

	new_buffer(painter, &buffer);
	assert_true(buffer_free(&buffer) < 0); /* it is still shown */
	assert_int_equal(device_double.wrong, 3);
	buffer_destroy(&buffer);
	painter_destroy(painter);
	painter_destroy(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_memory_goes_with_its_buffer, open_device,
						close_device),
		cmocka_unit_test_setup_teardown(test_double_notices, open_device, close_device),
	};
	size_t painters;
	bool mesa;
	int failed = cmocka_run_group_tests_name("buffers", tests, NULL, NULL);

	mesa = mesa_is_there();
	/* The first rows are those without GL. */
	painters = mesa ? LENGTH(kinds) : 1;
	failed += run_rows("pictures", kinds, painters, sizeof(kinds[0]), check_shown);
	failed += run_rows("pictures by what differs", kinds, painters, sizeof(kinds[0]),
			   check_damage);
	failed += run_rows("sprites", kinds, painters, sizeof(kinds[0]), check_sprite);
	failed += run_rows("buffers come and go", kinds, painters, sizeof(kinds[0]), check_gone);
	failed += run_rows("what fails", failing, mesa ? LENGTH(failing) : 3, sizeof(failing[0]),
			   check_failing);
	if (!failed && !mesa)
		return 77;
	return failed ? 1 : 0;
}
