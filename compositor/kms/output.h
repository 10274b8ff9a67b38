/* SPDX-License-Identifier: MIT */
/* One connector, the CRTC that drives it, its primary and cursor planes, and the mode. */
#ifndef PLANESTORM_KMS_OUTPUT_H
#define PLANESTORM_KMS_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

#include "compositor/kms/object.h"
#include "compositor/model/program.h"

struct buffer;
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
	struct object object; /* object.id is 0 if the CRTC has no such plane */
	uint32_t prop[PLANE_PROPS]; /* ids; 0: this plane has no such property */
	uint32_t damage; /* id of FB_DAMAGE_CLIPS, which belongs to one commit; 0: none */
};

struct output {
	const struct device *device; /* borrowed */
	struct object connector, crtc;
	struct plane plane[PLANE_ROLES];
	uint32_t crtc_active; /* id of the CRTC's ACTIVE property */
	drmModeModeInfo mode;
	uint32_t mode_blob; /* 0: no mode has been set */
	struct buffer *black; /* what the primary plane shows until the program says otherwise */
};

/*
 * Pick a connected connector with a CRTC and a primary plane; nothing is switched on. Head 0 is the
 * first that there is. Head N is the device's connector N with CRTC N: on virtio-gpu, each has its
 * own. Returns 0, or a negative errno with *@why the thing that could not be done.
 */
int output_create(const struct device *device, int head, struct output **out, const char **why);

/* Whether head @head could be created as far as connectors go; they are probed anew. */
bool output_connected(const struct device *device, int head);

void output_destroy(struct output *output);

/* Switch the output on at @width x @height, all black. Returns like output_create(). */
int output_set_mode(struct output *output, uint32_t width, uint32_t height, const char **why);

#endif
