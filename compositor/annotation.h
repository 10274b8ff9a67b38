/* SPDX-License-Identifier: MIT */
/* The guest's side of kernel/annotate: lockdep takes the device's commits for what signals a fence. */
#ifndef PLANESTORM_ANNOTATION_H
#define PLANESTORM_ANNOTATION_H

#include <stdbool.h>
#include <stdint.h>

/* Its name, as guest_load_driver() takes it. */
#define ANNOTATION_MODULE "planestorm_annotate"

/*
 * Annotate the commits of the device that is open as @fd from here on, until the kernel's end; with @locks
 * reclaim is left out. Returns 0 or a negative errno: -ENOENT without the module, -EOPNOTSUPP where lockdep
 * does not look.
 */
int annotation_start(int fd, bool locks);

/* How many commits ran annotated to their end; 0 also if lockdep no longer looks, or nobody can tell. */
int64_t annotation_count(void);

#endif
