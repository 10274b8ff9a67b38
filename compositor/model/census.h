/* SPDX-License-Identifier: MIT */
/*
 * A census: how many of each thing there are that a client can make. Taken before there is a client
 * and after it is gone, it says what was left behind.
 *
 * Nearly all of it is read from /proc/allocinfo (CONFIG_MEM_ALLOC_PROFILING, Linux 6.10 on), where
 * each place in the kernel's source that allocates has a line, such as
 *
 *	 1472        8 drivers/gpu/drm/virtio/virtgpu_vq.c:96 [virtio_gpu] func:virtio_gpu_get_vbuf
 *
 * with the bytes and the number of allocations that were made there and have not been freed. The
 * kernel adds one where it allocates, and takes one off when that very object is freed. So the
 * numbers are exact, other than those of a slab cache, which has free objects on each processor and
 * is used by everybody. What RCU is to free counts until it is freed.
 */
#ifndef PLANESTORM_CENSUS_H
#define PLANESTORM_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CENSUS_NAME_MAX 64
#define CENSUS_MAX 128
#define CENSUS_FUNCTIONS_MAX 2

/* What has a name of its own. */
struct census_kind {
	const char *name;
	/* That allocate it, or did under another name; none: counted otherwise. */
	const char *functions[CENSUS_FUNCTIONS_MAX];
};

enum {
	CENSUS_DEVICES,
	CENSUS_SYNC_FILES,
	CENSUS_DMABUFS,
	CENSUS_ATOMIC_STATES,
	CENSUS_PLANE_STATES,
	CENSUS_FRAMEBUFFERS,
	CENSUS_COMMANDS,
	CENSUS_OBJECT_ARRAYS,
	CENSUS_FENCES,
	CENSUS_RESOURCES, /* the device's: counted by the host */
	CENSUS_BUFFERS,
	CENSUS_MEMORY, /* stands for all other names, see census_rank() */
	CENSUS_FILES,
	CENSUS_UNREFERENCED, /* memory that nothing points to: counted by kmemleak */
	CENSUS_PLANES,	     /* that show something: counted by whoever switches them off */
	CENSUS_SHOWN,	     /* what the device shows then: known to the host */
	CENSUS_KINDS
};

/* In the order of who keeps whom: a framebuffer keeps its buffer, that its resource. */
extern const struct census_kind census_kinds[CENSUS_KINDS];

/* What else the driver under test or dma-buf has allocated is called so, with the function behind it. */
#define CENSUS_MEMORY_PREFIX "memory:"

/* Index into census_kinds of what is called @name. */
int census_rank(const char *name);

struct census_count {
	char name[CENSUS_NAME_MAX];
	int64_t value;
};

/* In no order; what is not there is 0. */
struct census {
	size_t len;
	struct census_count counts[CENSUS_MAX];
	bool met[CENSUS_KINDS]; /* a function that allocates it has a line, be it 0 */
};

/* Add @value to what is called @name (cut to fit). Returns 0, or -ENOSPC if there are too many. */
int census_add(struct census *census, const char *name, int64_t value);

/*
 * Add what a line of /proc/allocinfo says, if it is of a thing that counts. Returns 0, also for
 * lines that say nothing, or -ENOSPC.
 */
int census_add_line(struct census *census, const char *line);

/*
 * A kind whose functions have no line at all in a census that was read whole: the kernel calls them
 * otherwise, and would seem to leave none behind. CENSUS_KINDS: there is none.
 */
int census_unmet(const struct census *census);

int64_t census_value(const struct census *census, const char *name);

/* Whether there is more of anything in @after than in @before. */
bool census_grew(const struct census *before, const struct census *after);

#endif
