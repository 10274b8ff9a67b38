/* SPDX-License-Identifier: MIT */
/* An operation that enters the kernel as the system call that it is. */
#ifndef PLANESTORM_REQUEST_H
#define PLANESTORM_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

#include "compositor/kms/commit.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/request_fence.h"

struct op;
struct scene;

struct request {
	/* The way into the kernel; returns 0 or a negative errno. */
	int (*enter)(struct request *request);
	int fd;
	long nr;      /* of the system call that it is, SYS_* */
	uint64_t seq; /* of the event */
	const char
		*work;	/* the kernel's function that goes on with it in a worker, if that is so */
	bool has_event; /* if it succeeds, a page-flip event will come */
	unsigned long code; /* DRM_IOCTL_*, for what is one */
	union {
		struct drm_mode_cursor cursor;
		struct drm_mode_cursor2 cursor2;
		struct drm_mode_crtc_page_flip flip;
		struct drm_mode_atomic atomic;
		struct drm_mode_set_plane setplane;
		struct drm_mode_fb_dirty_cmd dirty;
		struct drm_mode_create_blob addblob;
		struct drm_mode_destroy_blob rmblob;
	} arg;
	struct commit commit;	   /* what arg.atomic points into */
	struct drm_clip_rect clip; /* what arg.dirty points to */
	uint32_t damage;	   /* a blob, 0: none */
	bool has_mode;
	struct output_mode mode;
	struct buffer *buffer; /* of the scene */
	int (*step)(struct buffer *buffer);
	uint32_t spare; /* the scene's */
	int unbinder;	/* where ->name is written to */
	char name[DEVICE_NAME_MAX];
	struct fence_request fence;
};

/* Before the first of them: what takes a while, once. */
void request_prepare(void);

/*
 * Make all that @op needs before it enters the kernel, for which scene_allows() it. @seq is the
 * event's user data. The request must not be copied. Returns 0, then request_end() is due; or a
 * negative errno with *@why as usual.
 */
int request_begin(struct request *request, struct scene *scene, const struct op *op, uint64_t seq,
		  const char **why);

/* Take note in @scene of what @op came to, 0 or a negative errno, and clear up. */
void request_end(struct request *request, struct scene *scene, const struct op *op, int result);

/* A blocking commit of these values for the planes of @output, by role; those without a mask are
 * left out. Nothing is to be cleared up. */
void request_planes(struct request *request, const struct output *output,
		    const struct plane_values values[PLANE_ROLES]);

#endif
