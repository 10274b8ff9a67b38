/* SPDX-License-Identifier: MIT */
/* Who paints scenes into buffers that a plane can show: GLES shaders, or the processor. */
#ifndef PLANESTORM_RENDER_PAINTER_H
#define PLANESTORM_RENDER_PAINTER_H

#include <stdint.h>

#include "compositor/cursor/image.h"
#include "compositor/kms/buffer.h"
#include "compositor/model/picture.h"

struct painter;

enum painter_kind {
	PAINTER_DUMB, /* into dumb buffers, with animation_row() */
	PAINTER_GLES, /* into GBM's, through EGL, with the shaders of a data folder */
};

/* On @device, borrowed. @data: the folder with shaders/. Returns 0, or a negative errno with *@why as usual. */
int painter_create(enum painter_kind kind, struct device *device, const char *data,
		   struct painter **out, const char **why);
void painter_destroy(struct painter *painter); /* NULL is fine; its buffers are gone by then */

/* Make @buffer with all that it takes to be painted and shown; buffer_destroy() is for its end. As above. */
int painter_buffer(struct painter *painter, struct buffer *buffer, uint32_t width, uint32_t height,
		   uint32_t format, const char **why);

/* Paint @count areas of frame @id of @scene; they are in the buffer's memory then. Returns 0 or a negative errno. */
int painter_paint(struct painter *painter, struct buffer *buffer, enum picture_image scene,
		  uint32_t id, const struct picture_area *areas, int count);

/* Draw @image over that, with its left upper corner at (@x, @y). Returns 0 or a negative errno. */
int painter_sprite(struct painter *painter, struct buffer *buffer, const struct cursor_image *image,
		   int32_t x, int32_t y);

/* What @buffer shows, into @pixels, width * height XRGB8888 of rows without gaps. Returns 0 or a negative errno. */
int painter_read(struct painter *painter, const struct buffer *buffer, uint32_t *pixels);

#endif
