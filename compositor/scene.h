/* SPDX-License-Identifier: MIT */
/*
 * What the client has set up by running its program so far: the outputs, the program's buffers, and
 * what the kernel cannot be asked about the cursors. It can be copied, and what has changed since
 * the copy was made can be put back.
 */
#ifndef PLANESTORM_SCENE_H
#define PLANESTORM_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/fence/timeline.h"
#include "compositor/kms/buffer.h"
#include "compositor/kms/commit.h"
#include "compositor/model/program.h"

struct device;
struct output;
struct painter;

struct scene_head {
	struct output *output;	/* NULL: the program has not switched it on yet */
	uint32_t width, height; /* of its mode, pixels; 0: off */
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
	struct device *device;	       /* borrowed */
	const struct program *program; /* borrowed */
	struct scene_head heads[PROGRAM_MAX_HEADS];
	struct buffer buffers[PROGRAM_MAX_BUFFERS];
	struct painter *painter; /* of buffers that GLES paints; NULL: there has been none */
	bool pictured[PROGRAM_MAX_BUFFERS]; /* it shows a picture, and not the kernel's zeros */
	uint32_t blob;			    /* of addblob, 0: none */
	struct timeline timelines[PROGRAM_MAX_TIMELINES];
	uint32_t
		spare; /* a sync object with one fence, on the way from and to sync files; 0: none */
	/* The last fence of a software timeline that was attached to a buffer. */
	struct program_point attached[PROGRAM_MAX_BUFFERS];
	bool master;
	bool unbound; /* the device is there no more */
};

void scene_init(struct scene *scene, struct device *device, const struct program *program);
void scene_finish(struct scene *scene);

/*
 * Carry out an `output`, `buffer` or `paint` line. @id is that of the picture to paint. Return 0,
 * or a negative errno with *@why as usual.
 */
int scene_output(struct scene *scene, const struct op *op, const char **why);
int scene_buffer(struct scene *scene, int index, const char **why);
int scene_paint(struct scene *scene, const struct op *op, uint32_t id, const char **why);
int scene_timeline(struct scene *scene, const struct op *op, const char **why);

/* What is missing of the timelines that @op speaks of, NULL: nothing; and what @before had of them is put back. For scene.c. */
const char *scene_fences_lack(const struct scene *scene, const struct op *op);
int scene_restore_fences(struct scene *scene, const struct scene *before, const char **why);

/* The timeline of @point, NULL: it names none. */
struct timeline *scene_point(struct scene *scene, const struct program_point *point);

/* Whether an operation can be tried at all. */
enum scene_answer {
	SCENE_READY,
	SCENE_ABSENT,  /* something that it speaks of is not there, as what makes it has failed */
	SCENE_LACKING, /* the device cannot do it */
};

/* If it is not SCENE_READY, *@why says what is missing. */
enum scene_answer scene_allows(const struct scene *scene, const struct op *op, const char **why);

/* Take note that @op, an operation that enters the kernel, has succeeded. */
void scene_done(struct scene *scene, const struct op *op);

/*
 * Put back what @before had and @scene has lost, and the other way round: the open device, modes,
 * buffers with their framebuffers, mappings and dma-bufs, the blob, being master. What the planes
 * show is not touched, other than by that. @remade is told the index of each buffer that has new
 * memory. Returns 0, or a negative errno with *@why as usual.
 */
int scene_restore(struct scene *scene, const struct scene *before,
		  void (*remade)(void *data, int buffer), void *data, const char **why);

/*
 * Turn what the read-back of @before said of a plane of head @head into what can be committed again
 * now: a framebuffer of the legacy cursor ioctl's is replaced by the buffer's own, one that was made
 * anew by its successor.
 */
void scene_lasting(const struct scene *scene, const struct scene *before, int head,
		   enum plane_role role, struct plane_values *values);

#endif
