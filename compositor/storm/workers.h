/* SPDX-License-Identifier: MIT */
/*
 * Allocations in kernel workers, where the second part of a nonblocking commit and of a page flip is done,
 * and a framebuffer that is shown and removed is taken off the planes.
 *
 * Each worker has a fail-nth of its own, which root may set. As nobody knows which one will do the work, all
 * are armed; a filter on the call stack has them count nothing but that work.
 */
#ifndef PLANESTORM_STORM_WORKERS_H
#define PLANESTORM_STORM_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct worker {
	int pid;
	int nth; /* its fail-nth, open */
};

struct workers {
	struct worker *workers; /* while they are armed */
	size_t count;
	bool filtered;
};

/* Look for the function @work, a constant, now rather than later: it takes a while. */
void workers_prepare(const char *work);

/*
 * Allocation @nth that a worker makes in the function @work is to fail. Returns 0, -ENOENT if the kernel has no
 * such function, or another negative errno.
 */
int workers_arm(struct workers *workers, const char *work, uint32_t nth);

/*
 * Whether one has failed; *@missed: none, but there is a worker that was not armed. Safe to call again.
 */
bool workers_disarm(struct workers *workers, bool *missed);

#endif
