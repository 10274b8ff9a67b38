/* SPDX-License-Identifier: MIT */
/*
 * File descriptors run out: in the operations, RLIMIT_NOFILE leaves only so many more. Between them it
 * is what it was, so that what this process opens for itself does not fail.
 */
#ifndef PLANESTORM_STORM_FDS_H
#define PLANESTORM_STORM_FDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

struct fds {
	bool on;
	rlim_t limit, before; /* the soft one: in the operations, and else */
	int64_t refused;      /* operations that failed with EMFILE */
};

/* @left descriptors more can be opened, from those that are open now. Returns 0 or a negative errno. */
int fds_start(struct fds *fds, uint64_t left);

/* Returns how many operations were refused a descriptor. */
int64_t fds_stop(struct fds *fds);

/* Around an operation; @err is what it came to, an errno value. */
void fds_enter(const struct fds *fds);
void fds_leave(struct fds *fds, int err);

#endif
