// SPDX-License-Identifier: MIT
#include "compositor/render/painter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/render/gles.h"

struct painter {
	struct device *device; /* borrowed */
	struct gles *gles;     /* NULL: the processor paints */
};

int painter_create(enum painter_kind kind, struct device *device, const char *data,
		   struct painter **out, const char **why)
{
	struct painter *painter = calloc(1, sizeof(*painter));
	int ret = 0;

	*out = NULL;
	*why = "have a painter";
	if (!painter)
		return -ENOMEM;
	painter->device = device;
	if (kind == PAINTER_GLES)
		ret = gles_create(device, data, &painter->gles, why);
	if (ret) {
		free(painter);
		return ret;
	}
	*out = painter;
	return 0;
}

void painter_destroy(struct painter *painter)
{
	if (!painter)
		return;
	gles_destroy(painter->gles);
	free(painter);
}

int painter_buffer(struct painter *painter, struct buffer *buffer, uint32_t width, uint32_t height,
		   uint32_t format, const char **why)
{
	int ret;

	if (painter->gles)
		return gles_buffer(painter->gles, buffer, width, height, format, why);
	buffer_init(buffer, painter->device, ORIGIN_DUMB, width, height, format);
	ret = buffer_create(buffer, why);
	*why = ret ? *why : "map a buffer";
	if (!ret)
		ret = buffer_map(buffer);
	if (ret)
		buffer_destroy(buffer);
	return ret;
}

int painter_paint(struct painter *painter, struct buffer *buffer, enum picture_image scene,
		  uint32_t id, const struct picture_area *areas, int count)
{
	if (painter->gles)
		return gles_paint(painter->gles, buffer, scene, id, areas, count);
	for (int i = 0; i < count; i++)
		buffer_paint(buffer, scene, id, &areas[i]);
	return 0;
}

int painter_sprite(struct painter *painter, struct buffer *buffer, const struct cursor_image *image,
		   int32_t x, int32_t y)
{
	struct picture_area area = cursor_image_area(image, x, y, buffer->width, buffer->height);

	if (painter->gles)
		return gles_sprite(painter->gles, buffer, image, x, y);
	cursor_image_blend(image, x, y, buffer->pixels, &area, buffer->stride);
	return 0;
}

int painter_read(struct painter *painter, const struct buffer *buffer, uint32_t *pixels)
{
	if (painter->gles)
		return gles_read(painter->gles, buffer, pixels);
	for (uint32_t y = 0; y < buffer->height; y++)
		memcpy(pixels + (size_t)y * buffer->width,
		       (const char *)buffer->pixels + (size_t)y * buffer->stride,
		       (size_t)buffer->width * sizeof(*pixels));
	return 0;
}
