/* SPDX-License-Identifier: MIT */
/*
 * Observers: they look at a timeline's points all the time, by every interface that tells of them, while somebody else makes
 * them. They share the timeline's ledger, so that what one has seen binds all others.
 *
 * They are threads, two to a process (why not the committing one's, see storm/child.h). Of each two, one
 * looks at the sync files of the fences as they are made, the other at the sync object, which it has
 * imported into an open file of its own.
 */
#ifndef PLANESTORM_FENCE_OBSERVER_H
#define PLANESTORM_FENCE_OBSERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "compositor/fence/ledger.h"

#define OBSERVER_COMPLAINTS_MAX 8
#define OBSERVER_TEXT_MAX 120

struct device;
struct observers;
struct timeline;

/* What they have to tell; it outlives them. */
struct observed {
	int64_t looks;	 /* how often they asked the kernel for a point */
	uint64_t points; /* the last that they saw signalled */
	int complaints;	 /* what they saw and must not see; the first ones as a text */
	char texts[OBSERVER_COMPLAINTS_MAX][OBSERVER_TEXT_MAX];
};

/* @count of them, for @timeline, a sync object of @device. Returns 0 or a negative errno. */
int observers_create(const struct device *device, const struct timeline *timeline, uint32_t count,
		     struct observers **out);

/* The sync file @file has the fence of @point; it is the caller's still. Waits for who has not taken the last ones. */
int observers_give(struct observers *observers, uint64_t point, int file);

/* End them; *@observed: what they saw. NULL is fine. */
void observers_destroy(struct observers *observers, struct observed *observed);

/* One look by a query, as observers do it all the time; for measuring it, too. */
struct observer_look {
	uint64_t known; /* what was known before */
	uint64_t point; /* up to which the kernel says that all are signalled */
	enum ledger_answer answer;
};

/* At @handle of @fd; it is counted in @looks. Returns 0 or a negative errno. */
int observer_query(struct ledger *ledger, atomic_llong *looks, int fd, uint32_t handle,
		   struct observer_look *look);

#endif
