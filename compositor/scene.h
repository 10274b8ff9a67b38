/* SPDX-License-Identifier: MIT */
/*
 * What the client has set up by running its program so far: the outputs, the program's buffers, and
 * what the kernel cannot be asked about the cursors.
 */
#ifndef PLANESTORM_SCENE_H
#define PLANESTORM_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/kms/commit.h"
#include "compositor/model/program.h"

struct buffer;
struct device;
struct output;

struct scene_head {
	struct output *output; /* NULL: the program has not switched it on yet */
	/* Where the program has put the cursor plane's left upper corner, in pixels of the mode. */
	int32_t cursor_x, cursor_y;
	/*
	 * Index of the buffer that the last successful legacy cursor ioctl showed, or -1. That
	 * ioctl wraps the buffer in a framebuffer of its own (drm_mode_cursor_universal()), which
	 * is gone as soon as it is no longer shown; the buffer's own can stand in for it.
	 */
	int legacy_cursor;
};

struct scene {
	const struct device *device; /* borrowed */
	const struct program *program; /* borrowed */
	struct scene_head heads[PROGRAM_MAX_HEADS];
	struct buffer *buffers[PROGRAM_MAX_BUFFERS]; /* NULL: not created yet */
};

void scene_init(struct scene *scene, const struct device *device, const struct program *program);
void scene_finish(struct scene *scene);

/*
 * Carry out an `output`, `buffer` or `paint` line. @id is that of the picture to paint. Return 0,
 * or a negative errno with *@why as usual.
 */
int scene_output(struct scene *scene, const struct op *op, const char **why);
int scene_buffer(struct scene *scene, const struct op *op, const char **why);
int scene_paint(struct scene *scene, const struct op *op, uint32_t id, const char **why);

/* Whether all that @op speaks of is there; if it is not, *@why says what is missing. */
bool scene_allows(const struct scene *scene, const struct op *op, const char **why);

/* Take note that @op, an ioctl operation, has succeeded. */
void scene_done(struct scene *scene, const struct op *op);

/*
 * Turn what the read-back said of a plane of head @head into what can be committed again: a
 * framebuffer of the legacy cursor ioctl's is replaced by the buffer's own.
 */
void scene_lasting(const struct scene *scene, int head, struct plane_values *values);

#endif
