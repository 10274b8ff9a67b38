/* SPDX-License-Identifier: MIT */
/*
 * The read-back: all properties of an output's planes, CRTC and connector, and the CRTC as the
 * legacy interface shows it. The host compares the values before and after an operation that
 * failed. Nothing is left out but FB_DAMAGE_CLIPS, which is always written as 0: on virtio-gpu no
 * other property changes by itself between two reads (fences read as empty, the EDID changes only
 * when the host changes the display, which the runner does not do between two operations).
 */
#ifndef PLANESTORM_KMS_STATE_H
#define PLANESTORM_KMS_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/kms/commit.h"

struct output;
struct sink;
struct state;

/* @output is borrowed. Returns NULL if there is no memory. */
struct state *state_create(const struct output *output);
void state_destroy(struct state *state);

/*
 * Read everything back and write a `state` line for each object whose properties are not those
 * last written. *@changed becomes true if there is any, as on the first read; it is never made
 * false. Returns 0 or a negative errno.
 */
int state_read(struct state *state, struct sink *sink, bool *changed);

/* What a plane was when last read, with every property that a client can set. */
void state_plane(const struct state *state, enum plane_role role, struct plane_values *values);

#endif
