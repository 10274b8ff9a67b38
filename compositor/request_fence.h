/* SPDX-License-Identifier: MIT */
/* The fences of a request: what an operation on fences, or a commit with some, needs before and leaves behind. */
#ifndef PLANESTORM_REQUEST_FENCE_H
#define PLANESTORM_REQUEST_FENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "compositor/fence/misuse.h"
#include "compositor/model/program.h"

struct request;
struct scene;
struct timeline;

/* What OUT_FENCE_PTR points to before the kernel writes to it. */
#define OUT_UNTOUCHED (-2)

/* What must be the same after a commit that failed, or only asked. */
struct fence_state {
	int lowest;	     /* file descriptor that is free */
	uint64_t submitted;  /* the last point of the out-fence's timeline */
	int in[PLANE_ROLES]; /* status of the in-fences */
};

struct fence_request {
	const struct op *op;
	struct timeline *timeline;	 /* of the operation's point; NULL: none */
	uint64_t point;			 /* of it */
	uint64_t from_point, with_point; /* of theirs */
	int from, with;			 /* sync files, -1: none */
	int in[PLANE_ROLES];		 /* the same */
	uint64_t in_point[PLANE_ROLES];
	int32_t out;		     /* the kernel's to write: the out-fence's sync file */
	int made;		     /* the sync file that the operation has made, -1: none */
	int dmabuf, event;	     /* -1: none */
	int second;		     /* another open file of the device, borrowed */
	uint64_t deadline, returned; /* await: CLOCK_MONOTONIC, ns */
	uint64_t known;		     /* await, query: of the ledger, before it */
	uint64_t value;		     /* query: what the kernel said */
	pid_t later;		     /* who advances after a while, 0: nobody */
	struct misuse misuse;
	struct fence_state before;
};

/* Part of request_begin(). Returns the same. */
int fence_request_begin(struct request *request, struct scene *scene, const struct op *op,
			const char **why);

/* Part of request_end(): close what was for the operation alone. */
void fence_request_end(struct request *request);

/* What the way into the kernel is for @kind, an operation on fences, and the system call that it is; NULL: not of this file. */
int (*fence_request_enter(const struct op *op, long *nr))(struct request *request);

/* How things are now that fence_request.before tells of. */
void fence_state_read(const struct request *request, struct fence_state *state);

#endif
