/* SPDX-License-Identifier: MIT */
/*
 * Other users of a buffer's reservation object: they export its fences as a sync file and import
 * them again, which takes the dma_resv lock (drivers/dma-buf/dma-buf.c), as fast as they can.
 *
 * They are processes, not threads. When the committing thread oopses, the kernel ends that one
 * thread only (make_task_dead() calls do_exit(), not do_group_exit()); were the contenders its
 * siblings, the process would live on with a dead leader, and waitpid() for it would never return.
 * The committing process therefore has one thread, dies as a whole, and its contenders, which asked
 * for it with PR_SET_PDEATHSIG, are killed as it does.
 */
#ifndef PLANESTORM_STORM_CONTEND_H
#define PLANESTORM_STORM_CONTEND_H

#include <stdint.h>

struct contend;

/*
 * Start @count contenders on the buffer with GEM handle @handle of the device @fd. To be called in
 * the thread that commits. Returns 0 or a negative errno.
 */
int contend_create(int fd, uint32_t handle, uint32_t count, struct contend **out);

/*
 * Kill the contenders and wait until they are gone, however long that takes: one that cannot die
 * is stuck in the kernel, and the silence that follows is for the host to judge. Returns how many
 * times an export and the import after it have both succeeded.
 */
int64_t contend_destroy(struct contend *contend);

#endif
