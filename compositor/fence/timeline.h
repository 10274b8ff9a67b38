/* SPDX-License-Identifier: MIT */
/*
 * A program's timeline: a DRM sync object whose points are fences, or a software timeline (sw_sync), whose fences user space
 * signals. What is known of its points lies in a ledger that the observers share.
 */
#ifndef PLANESTORM_FENCE_TIMELINE_H
#define PLANESTORM_FENCE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/fence/ledger.h"
#include "compositor/model/program.h"

/* More transfers from software timelines than that are not remembered. */
#define TIMELINE_ORIGINS 8

/* Point @point has the fence of @of, which is a software timeline's. */
struct timeline_origin {
	uint64_t point;
	struct program_point of;
};

struct timeline {
	bool is_software;
	int software;	 /* descriptor of a software timeline, -1: none, or abandoned */
	uint32_t handle; /* of a sync object, in the device's first file; 0: none */
	uint64_t last;	 /* the last point that there is; software: up to which all are signalled */
	struct ledger *ledger; /* in a page that children share; NULL: it has not been made */
	struct timeline_origin origins[TIMELINE_ORIGINS];
	unsigned origin_count; /* so far, of which the last ones are kept */
	/* All its points are out-fences of this head, which are one context; -1: there are others. */
	int head;
	bool has_points;
	bool observed;
};

/* Returns 0 or a negative errno: -EOPNOTSUPP of a device without sync objects, -ENOENT without sw_sync. @fd: the device's. */
int timeline_create(struct timeline *timeline, int fd, bool software);
void timeline_destroy(struct timeline *timeline, int fd);

/* Have again what @was had, and @now has lost. Returns 0 or a negative errno. */
int timeline_restore(struct timeline *now, const struct timeline *was, int fd);

/* The point that @point means where it makes or signals one: the next, unless it has a number. */
uint64_t timeline_next(const struct timeline *timeline, const struct program_point *point);

/* The same where there is one already: the last; of a software timeline the next, which is not signalled yet. */
uint64_t timeline_present(const struct timeline *timeline, const struct program_point *point);

/* @point has come to be, an out-fence of @head (-1: or something else); or, of a software timeline, was signalled. */
void timeline_note(struct timeline *timeline, uint64_t point, int head);

/* It has no points any more. */
void timeline_forget(struct timeline *timeline);

/* @point has the fence of @of. */
void timeline_note_origin(struct timeline *timeline, uint64_t point,
			  const struct program_point *of);
/* NULL: of none that is known. */
const struct program_point *timeline_origin(const struct timeline *timeline, uint64_t point);

/*
 * The fence of @point as a sync file, *@file the caller's to close. @spare is a sync object of @fd that nobody else needs now.
 * Returns 0 or a negative errno.
 */
int timeline_file(const struct timeline *timeline, int fd, uint32_t spare, uint64_t point,
		  int *file);

/* Make the fence of the sync file @file the point @point. Returns the same. */
int timeline_add(const struct timeline *timeline, int fd, uint32_t spare, uint64_t point, int file);

#endif
