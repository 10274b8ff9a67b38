/* SPDX-License-Identifier: MIT */
/* Page-flip events that were asked for and have not come yet, by the operations that did. */
#ifndef PLANESTORM_KMS_EVENTS_H
#define PLANESTORM_KMS_EVENTS_H

#include <stdint.h>

/* The kernel grants an open file no more of them: 4096 bytes, of which each event takes 32 until it
 * is read (drm_file_alloc(), drm_event_reserve_init_locked()). */
#define EVENTS_MAX 128

struct events {
	int fd;			   /* the device, borrowed */
	uint32_t count;		   /* of those outstanding */
	uint64_t seqs[EVENTS_MAX]; /* their user data, oldest first */
};

void events_init(struct events *events, int fd);

/* The kernel has granted an event with user data @seq. */
void events_expect(struct events *events, uint64_t seq);

/* None is waited for any longer. One that comes late is taken for no other. */
void events_forget(struct events *events);

/*
 * Take up to @timeout_ns for all outstanding events to come; 0 only takes those that are there.
 * Returns 0 when none is outstanding, -ETIME, or another negative errno.
 */
int events_wait(struct events *events, uint64_t timeout_ns);

#endif
