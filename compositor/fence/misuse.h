/* SPDX-License-Identifier: MIT */
/* The mistakes of compositor/model/misuse.h, made. */
#ifndef PLANESTORM_FENCE_MISUSE_H
#define PLANESTORM_FENCE_MISUSE_H

#include <stdint.h>

#include "compositor/model/misuse.h"

#define MISUSE_POINTS 5

struct buffer;
struct device;
struct output;

/* What there is to be misused; all of it is the mistake's own. */
struct misuse {
	int fd;			     /* the device's */
	const struct output *output; /* borrowed */
	uint32_t empty;		     /* a sync object without a fence */
	uint32_t full;		     /* one with points 1 to 5, signalled */
	int second;		     /* another open file of the device, borrowed */
	uint32_t foreign; /* a number that is a handle of that file's, and not of the first */
	int object;	  /* full's descriptor */
	int fence;	  /* a sync file */
	int file;	  /* of another kind */
	int closed;	  /* a descriptor that there is none of */
	int dmabuf;
	void *unmapped, *read_only; /* pages */
};

/* Returns 0, then misuse_finish() is due; or a negative errno. @device has a second open file, @buffer a handle. */
int misuse_init(struct misuse *misuse, struct device *device, const struct output *output,
		const struct buffer *buffer);
void misuse_finish(struct misuse *misuse);

/* Returns what the kernel says to it: 0 or a negative errno. */
int misuse_try(const struct misuse *misuse, enum misuse_case which);

#endif
