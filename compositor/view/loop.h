/* SPDX-License-Identifier: MIT */
/*
 * The event loop: descriptors that are waited for, all at once and without a time limit, so that a compositor
 * to which nothing happens does not wake up.
 */
#ifndef PLANESTORM_VIEW_LOOP_H
#define PLANESTORM_VIEW_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#define LOOP_SOURCES_MAX 8

struct loop {
	int epoll; /* -1: not made */
	bool ended;
	uint64_t wakes; /* how often the process was woken up */
	int count;
	struct loop_source {
		int fd; /* borrowed */
		void (*ready)(void *data);
		void *data;
	} sources[LOOP_SOURCES_MAX];
};

/* Returns 0 or a negative errno; loop_finish() is due in both cases. */
int loop_init(struct loop *loop);
void loop_finish(struct loop *loop);

/*
 * Call @ready with @data whenever @fd can be read, or is in an error. It must take what there is, else it is
 * called again at once. Returns 0 or a negative errno.
 */
int loop_add(struct loop *loop, int fd, void (*ready)(void *data), void *data);

/* Until loop_end(). Returns 0 or a negative errno. */
int loop_run(struct loop *loop);
void loop_end(struct loop *loop);

#endif
