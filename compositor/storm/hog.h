/* SPDX-License-Identifier: MIT */
/*
 * Memory runs out: this process gets a memory cgroup (v2) of its own with a limit, and in it a process
 * beside it, the hog, that keeps the cgroup at its limit. Whatever the kernel charges to this process
 * from then on must be reclaimed first, from the hog.
 *
 * What the hog takes is the kernel's own: negative dentries, of names that do not exist in a directory
 * of kernfs, which keeps them (kernfs_iop_lookup()). A guest has neither a disk nor swap, so no page of
 * a file or of a process could be reclaimed, and an OOM kill would be all that there is.
 */
#ifndef PLANESTORM_STORM_HOG_H
#define PLANESTORM_STORM_HOG_H

#include <stdint.h>

struct hog;

/*
 * From now on, @bytes are what can be charged to this process and its children. Waits until the cgroup
 * is full. Returns 0, or a negative errno with *@why as usual.
 */
int hog_create(uint64_t bytes, struct hog **out, const char **why);

/* Returns how often since then a charge went beyond the limit and had to reclaim (memory.events: max). */
int64_t hog_destroy(struct hog *hog);

#endif
