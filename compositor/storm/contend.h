/* SPDX-License-Identifier: MIT */
/*
 * Other users of a buffer's reservation object, in processes of their own (see child.h), each as fast
 * as it can. All ways that user space has to take the dma_resv lock:
 *
 *	fences	export the fences as a sync file and import them again (drivers/dma-buf/dma-buf.c)
 *	map	map the dma-buf, fault its pages in, and unmap it (drm_gem_shmem_fault() and
 *		drm_gem_shmem_vm_close() take it)
 *	import	PRIME import into an open file of its own, and close the handle again, which frees
 *		what the driver keeps for that file (drm_gem_object_close)
 *	wait	poll() the dma-buf for its fences (dma_buf_poll())
 */
#ifndef PLANESTORM_STORM_CONTEND_H
#define PLANESTORM_STORM_CONTEND_H

#include <stdint.h>

#include "compositor/model/program.h"

struct buffer;
struct contend;

/*
 * Start @count contenders on @buffer, which has a handle. Returns 0 or a negative errno.
 */
int contend_create(const struct buffer *buffer, enum contend_way way, uint32_t count,
		   struct contend **out);

/* End the contenders. Returns how often, all together, they have taken the lock on their way. */
int64_t contend_destroy(struct contend *contend);

#endif
