// SPDX-License-Identifier: MIT
#include "tests/runner/display.h"

#include <gio/gio.h>
#include <png.h>

/* The pixels as they lie in memory: a guint32 ARGB of a little endian machine. libpng neither
 * scales nor premultiplies between two 8-bit formats, so the channels go through as they are. */
#define FORMAT PNG_FORMAT_BGRA

/* As wide or high as a virtio-gpu scanout can be (hw/display/virtio-gpu.c of QEMU); a larger PNG
 * was not written by us. */
#define MAX_SIDE 16384

/* The pixels of row 0 that stand for the bits of the id (compositor/model/picture.h). */
#define BIT_SET 0xffffffffu
#define BIT_CLEAR 0xff000000u

struct image *image_new(int width, int height)
{
	struct image *image;

	image = g_malloc0(sizeof(*image) + (gsize)width * (gsize)height * sizeof(guint32));
	image->refs = 1;
	image->width = width;
	image->height = height;
	return image;
}

struct image *image_ref(struct image *image)
{
	if (image)
		g_atomic_int_inc(&image->refs);
	return image;
}

void image_unref(struct image *image)
{
	if (image && g_atomic_int_dec_and_test(&image->refs))
		g_free(image);
}

static void set_png_error(GError **error, const char *what, png_image *png)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, png->message);
	png_image_free(png);
}

static GBytes *encode(const struct image *image, GError **error)
{
	png_image png = { .version = PNG_IMAGE_VERSION,
			  .width = (png_uint_32)image->width,
			  .height = (png_uint_32)image->height,
			  .format = FORMAT,
			  .flags = PNG_IMAGE_FLAG_FAST };
	/* Asked for the size first, libpng would compress twice. */
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
	void *bytes = g_malloc(size);

	if (png_image_write_to_memory(&png, bytes, &size, 0, image->pixels, 0, NULL))
		return g_bytes_new_take(g_realloc(bytes, size), size);
	g_free(bytes);
	set_png_error(error, "PNG", &png);
	return NULL;
}

GBytes *image_to_png(const struct image *image)
{
	return encode(image, NULL);
}

gboolean image_save(const struct image *image, const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = encode(image, error);
	gsize len;
	const char *data;

	if (!bytes)
		return FALSE;
	data = g_bytes_get_data(bytes, &len);
	return g_file_set_contents(path, data, (gssize)len, error);
}

struct image *image_load(const char *path, GError **error)
{
	png_image png = { .version = PNG_IMAGE_VERSION };
	g_autofree char *bytes = NULL;
	struct image *image;
	gsize len;

	if (!g_file_get_contents(path, &bytes, &len, error))
		return NULL;
	if (!png_image_begin_read_from_memory(&png, bytes, len)) {
		set_png_error(error, path, &png);
		return NULL;
	}
	if (png.width > MAX_SIDE || png.height > MAX_SIDE) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: larger than %d pixels",
			    path, MAX_SIDE);
		png_image_free(&png);
		return NULL;
	}
	png.format = FORMAT;
	image = image_new((int)png.width, (int)png.height);
	if (png_image_finish_read(&png, NULL, image->pixels, 0, NULL))
		return image;
	set_png_error(error, path, &png);
	image_unref(image);
	return NULL;
}

gint64 image_picture(const guint32 *row, int width)
{
	gint64 id = 0;

	if (width < PICTURE_ID_PIXELS)
		return PICTURE_NONE;
	for (int x = 0; x < PICTURE_ID_PIXELS; x++) {
		if (row[x] == BIT_SET)
			id |= (gint64)1 << x;
		else if (row[x] != BIT_CLEAR)
			return PICTURE_NONE;
	}
	return id;
}
