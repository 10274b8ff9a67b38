/* SPDX-License-Identifier: MIT */
/* One connector, the CRTC that drives it, its primary and cursor planes, and the mode. */
#ifndef PLANESTORM_KMS_OUTPUT_H
#define PLANESTORM_KMS_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

#include "compositor/kms/buffer.h"
#include "compositor/kms/object.h"
#include "compositor/model/program.h"

struct commit;
struct device;

/* The plane properties that a client sets; kms/output.c has their names in the same order. */
enum plane_prop {
	PROP_FB_ID,
	PROP_CRTC_ID,
	PROP_SRC_X, /* SRC_*: pixels of the framebuffer, 16.16 fixed point */
	PROP_SRC_Y,
	PROP_SRC_W,
	PROP_SRC_H,
	PROP_CRTC_X, /* CRTC_*: pixels of the mode; X and Y are signed */
	PROP_CRTC_Y,
	PROP_CRTC_W,
	PROP_CRTC_H,
	PROP_HOTSPOT_X, /* pixels of the framebuffer */
	PROP_HOTSPOT_Y,
	PLANE_PROPS
};

struct plane {
	struct object object;	    /* object.id is 0 if the CRTC has no such plane */
	uint32_t prop[PLANE_PROPS]; /* ids; 0: this plane has no such property */
	uint32_t damage;   /* id of FB_DAMAGE_CLIPS, which belongs to one commit; 0: none */
	uint32_t in_fence; /* id of IN_FENCE_FD, which does, too */
};

struct output {
	struct device *device; /* borrowed */
	struct object connector, crtc;
	int crtc_index; /* of the device's CRTCs */
	struct plane plane[PLANE_ROLES];
	uint32_t crtc_active; /* id of the CRTC's ACTIVE property */
	uint32_t out_fence;   /* id of its OUT_FENCE_PTR, which belongs to one commit */
	drmModeModeInfo mode;
	uint32_t mode_blob;  /* 0: no mode has been set */
	struct buffer black; /* what the primary plane shows until the program says otherwise */
};

/*
 * Pick a connected connector with a CRTC and a primary plane; nothing is switched on. Head 0 is the
 * first that there is. Head N is the device's connector N with CRTC N: on virtio-gpu, each has its
 * own. Returns 0, or a negative errno with *@why the thing that could not be done.
 */
int output_create(struct device *device, int head, struct output **out, const char **why);

/*
 * The same for the device's connector number @connector and a CRTC whose bit in @crtcs, by their numbers, is set.
 * -ENODEV: it is not connected, or there is no such connector.
 */
int output_create_on(struct device *device, int connector, uint32_t crtcs, struct output **out,
		     const char **why);

/* The size that the display would like best, pixels. Returns 0 or a negative errno. */
int output_preferred(const struct output *output, uint32_t *width, uint32_t *height);

/* Whether head @head could be created as far as connectors go; they are probed anew. */
bool output_connected(struct device *device, int head);

void output_destroy(struct output *output);

/* The device's file is closed, and with it went all that the output had of it. */
void output_forget(struct output *output);

/* What a mode needs: its description as a blob, and a black picture of its size. */
struct output_mode {
	drmModeModeInfo info;
	uint32_t blob;
	struct buffer black;
};

/* Make them for @width x @height. Returns like output_create(); then output_discard() is due. */
int output_prepare(const struct output *output, uint32_t width, uint32_t height,
		   struct output_mode *mode, const char **why);
void output_discard(const struct output *output, struct output_mode *mode);

/* @mode has been set; it is exchanged with what the output had before. */
void output_adopt(struct output *output, struct output_mode *mode);

/* The commit that switches the output on, all black, with the cursor as it is; or off with both
 * planes, if @mode is NULL. It needs DRM_MODE_ATOMIC_ALLOW_MODESET. */
void output_commit(const struct output *output, const struct output_mode *mode,
		   struct commit *commit);

/* Switch the output on at @width x @height, all black. Returns like output_create(). */
int output_set_mode(struct output *output, uint32_t width, uint32_t height, const char **why);

#endif
