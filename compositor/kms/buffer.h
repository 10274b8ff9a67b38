/* SPDX-License-Identifier: MIT */
/* A dumb buffer with its framebuffer. */
#ifndef PLANESTORM_KMS_BUFFER_H
#define PLANESTORM_KMS_BUFFER_H

#include <stdint.h>

#include "compositor/model/picture.h"

struct device;

struct buffer {
	const struct device *device; /* borrowed */
	uint32_t width, height; /* pixels */
	uint32_t stride; /* bytes */
	uint64_t size; /* bytes */
	uint32_t handle; /* GEM handle, 0 is never valid */
	uint32_t fb; /* framebuffer id, 0 is never valid */
	uint32_t res; /* the number by which virtio-gpu's host knows it, 0: unknown */
	void *pixels; /* mapping of @size bytes, NULL: not mapped */
};

/*
 * Create a buffer of @format (DRM_FORMAT_*, four bytes a pixel), filled with zeros by the kernel.
 * Returns 0, or a negative errno with *@why the thing that could not be done.
 */
int buffer_create(const struct device *device, uint32_t width, uint32_t height, uint32_t format,
		  struct buffer **out, const char **why);

void buffer_destroy(struct buffer *buffer);

/*
 * Map the buffer, which must be done before it is painted; without effect if it is mapped.
 * Contenders and other children do not get the mapping. Returns 0 or a negative errno.
 */
int buffer_map(struct buffer *buffer);
void buffer_unmap(struct buffer *buffer);

/* Paint @area, which lies within the buffer, of the picture. */
void buffer_paint(struct buffer *buffer, enum picture_image image, uint32_t id,
		  const struct picture_area *area);

#endif
