/* SPDX-License-Identifier: MIT */
/*
 * A buffer in all the forms that a compositor knows it: memory with a GEM handle, framebuffer,
 * mapping, dma-buf. Each comes and goes by an operation of its own; buffer_create() makes all that
 * it takes to show it.
 */
#ifndef PLANESTORM_KMS_BUFFER_H
#define PLANESTORM_KMS_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/model/program.h"

struct device;

/* Memory that somebody else has made, and lets go of with the buffer's handle. */
struct buffer_memory {
	void (*release)(struct buffer_memory *memory);
};

struct buffer {
	struct device *device; /* borrowed */
	enum buffer_origin origin;
	uint32_t format;	/* DRM_FORMAT_*, four bytes a pixel */
	uint32_t width, height; /* pixels */
	uint32_t stride;	/* bytes */
	uint64_t size;		/* bytes */
	uint32_t handle;	/* GEM handle, 0 is never valid */
	uint32_t fb;		/* framebuffer id, 0 is never valid */
	uint32_t res;		/* the number by which virtio-gpu's host knows it, 0: unknown */
	uint32_t imported;	/* GEM handle in the device's second open file, 0: none */
	int dmabuf;		/* file descriptor, -1: none */
	struct buffer_memory *memory; /* NULL: it is of its origin */
	void *pixels;		      /* mapping of @size bytes, NULL: not mapped */
};

/* Nothing but what it is to be. */
void buffer_init(struct buffer *buffer, struct device *device, enum buffer_origin origin,
		 uint32_t width, uint32_t height, uint32_t format);

/*
 * Make its memory, handle and framebuffer; the kernel fills the memory with zeros. Returns 0, or a
 * negative errno with *@why the thing that could not be done.
 */
int buffer_create(struct buffer *buffer, const char **why);

/* Let go of everything; it can be created again. */
void buffer_destroy(struct buffer *buffer);

/*
 * The device's file is closed: handles and framebuffers are gone. A mapping and a dma-buf, which
 * have files of their own, are let go of.
 */
void buffer_forget(struct buffer *buffer);

/* Whether there is something to be mapped. */
bool buffer_has_memory(const struct buffer *buffer);

/* The single steps, as the operations of the same names. Each returns 0 or a negative errno. */

/* Dumb: DRM_IOCTL_MODE_CREATE_DUMB. Otherwise: the dma-buf, from udmabuf or the heap. */
int buffer_allocate(struct buffer *buffer);
/* DRM_IOCTL_MODE_DESTROY_DUMB, or GEM_CLOSE for what was imported. */
int buffer_free(struct buffer *buffer);
int buffer_add_framebuffer(struct buffer *buffer);
int buffer_remove_framebuffer(struct buffer *buffer);
/* All pages are faulted in. Contenders and other children do not get the mapping. */
int buffer_map(struct buffer *buffer);
int buffer_unmap(struct buffer *buffer);
/* DRM_IOCTL_PRIME_HANDLE_TO_FD; what stood there is closed. */
int buffer_export(struct buffer *buffer);
/*
 * DRM_IOCTL_PRIME_FD_TO_HANDLE: a dumb buffer into the device's second open file, memory of another
 * origin into the first, where it gets its handle by that.
 */
int buffer_import(struct buffer *buffer);

/* Ask the device for ->res; it is left 0 if it does not tell. */
void buffer_ask_resource(struct buffer *buffer);

/* Paint @area, which lies within the buffer, of the picture; it must be mapped. */
void buffer_paint(struct buffer *buffer, enum picture_image image, uint32_t id,
		  const struct picture_area *area);

#endif
