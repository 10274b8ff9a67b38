/* SPDX-License-Identifier: MIT */
/*
 * Other users of a buffer's reservation object, in processes of their own (see child.h), each as fast
 * as it can. All ways that user space has to take the dma_resv lock:
 *
 *	fences	export the fences as a sync file and import them again (drivers/dma-buf/dma-buf.c)
 *	map	map the dma-buf, fault its pages in, and unmap it (drm_gem_shmem_fault() and
 *		drm_gem_shmem_vm_close() take it)
 *	import	PRIME import into an open file of its own, of the same driver, which only takes a reference;
 *		and into one of SECOND_DRIVER, which pins, attaches and maps it (drm_gem_pin(),
 *		dma_buf_map_attachment_unlocked())
 *	wait	poll() the dma-buf until its fences are signalled (dma_buf_poll())
 */
#ifndef PLANESTORM_STORM_CONTEND_H
#define PLANESTORM_STORM_CONTEND_H

#include <stdint.h>

#include "compositor/model/program.h"

struct buffer;
struct contend;

/*
 * Start @count contenders on @buffer, which has a handle. Returns 0, -ENODEV if there is no SECOND_DRIVER to import
 * into, or another negative errno.
 */
int contend_create(const struct buffer *buffer, enum contend_way way, uint32_t count,
		   struct contend **out);

/* End the contenders. Returns how often, all together, they have taken the lock on their way. */
int64_t contend_destroy(struct contend *contend);

#endif
