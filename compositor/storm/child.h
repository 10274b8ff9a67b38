/* SPDX-License-Identifier: MIT */
/*
 * The processes that disturb the one that commits: contenders, rivals, tracers.
 *
 * They are processes, not threads. When the committing thread oopses, the kernel ends that one
 * thread only (make_task_dead() calls do_exit(), not do_group_exit()); were they its siblings, the
 * process would live on with a dead leader, and waitpid() for it would never return. The committing
 * process therefore has one thread, dies as a whole, and its children, which asked for it with
 * PR_SET_PDEATHSIG, are killed as it does.
 */
#ifndef PLANESTORM_STORM_CHILD_H
#define PLANESTORM_STORM_CHILD_H

#include <sys/types.h>

/*
 * Fork. In the child, all descriptors but the standard ones and the @count in @keep are closed, so
 * that a device which the parent closes is closed. Returns as fork(), with a negative errno.
 */
pid_t child_start(const int *keep, int count);

/*
 * Kill it and wait until it is gone, however long that takes: one that cannot die is stuck in the
 * kernel, and the silence that follows is for the host to judge.
 */
void child_end(pid_t pid);

/* The same for one that ends by itself. */
void child_await(pid_t pid);

#endif
