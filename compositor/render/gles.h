/* SPDX-License-Identifier: MIT */
/* Scenes by GLES shaders, in buffers of GBM's, or in memory without any display. */
#ifndef PLANESTORM_RENDER_GLES_H
#define PLANESTORM_RENDER_GLES_H

#include <stdint.h>

#include "compositor/cursor/image.h"
#include "compositor/kms/buffer.h"
#include "compositor/model/picture.h"

struct gles;

/*
 * On @device, borrowed; NULL: on none (EGL_MESA_platform_surfaceless). @data: the folder with shaders/, which are
 * compiled when they are needed: what is wrong with one is said on standard error then, FILE:LINE: WHAT, and painting fails
 * with -EINVAL. Returns 0, or a negative errno with *@why as usual.
 */
int gles_create(struct device *device, const char *data, struct gles **out, const char **why);
void gles_destroy(struct gles *gles); /* NULL is fine; its buffers are gone by then */

/* As painter_buffer() and painter_paint(). */
int gles_buffer(struct gles *gles, struct buffer *buffer, uint32_t width, uint32_t height,
		uint32_t format, const char **why);
int gles_paint(struct gles *gles, struct buffer *buffer, enum picture_image scene, uint32_t id,
	       const struct picture_area *areas, int count);

/*
 * Have Mesa compile what the scene windows takes in a buffer of @format, for its cache on disk. @device need show nothing.
 * Returns 0 or a negative errno.
 */
int gles_warm(struct device *device, const char *data, uint32_t format);

/* As painter_sprite() and painter_read(). */
int gles_sprite(struct gles *gles, struct buffer *buffer, const struct cursor_image *image,
		int32_t x, int32_t y);
int gles_read(struct gles *gles, const struct buffer *buffer, uint32_t *pixels);

/* Without a device: paint @areas of a frame, and read the whole of it into @pixels, width * height
 * ARGB8888, unless that is NULL. */
int gles_paint_memory(struct gles *gles, enum picture_image scene, uint32_t id, uint32_t width,
		      uint32_t height, const struct picture_area *areas, int count,
		      uint32_t *pixels);

#endif
