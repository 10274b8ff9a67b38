/* SPDX-License-Identifier: MIT */
/* An ioctl operation of the language as the ioctl that it is. */
#ifndef PLANESTORM_REQUEST_H
#define PLANESTORM_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

#include "compositor/kms/commit.h"

struct op;
struct output;
struct scene;

struct request {
	unsigned long code; /* DRM_IOCTL_* */
	bool has_event; /* if it succeeds, a page-flip event will come */
	union {
		struct drm_mode_cursor cursor;
		struct drm_mode_cursor2 cursor2;
		struct drm_mode_crtc_page_flip flip;
		struct drm_mode_atomic atomic;
	} arg;
	struct commit commit; /* what arg.atomic points into */
};

/*
 * Fill in @request for @op, which scene_allows(); op_is_ioctl(). @seq is the event's user data;
 * @damage a blob for the area of @op, if it has one. Pure: no system call. The request must not be
 * copied.
 */
void request_build(struct request *request, const struct scene *scene, const struct op *op,
		   uint64_t seq, uint32_t damage);

/* A blocking commit of these values for the planes of @output, by role; those without a mask are
 * left out. */
void request_planes(struct request *request, const struct output *output,
		    const struct plane_values values[PLANE_ROLES]);

#endif
