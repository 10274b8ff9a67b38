/* SPDX-License-Identifier: MIT */
/* Page-flip events that were asked for and have not come yet. */
#ifndef PLANESTORM_KMS_EVENTS_H
#define PLANESTORM_KMS_EVENTS_H

#include <stdint.h>

struct events {
	int fd; /* the device, borrowed */
	uint32_t outstanding;
};

void events_init(struct events *events, int fd);

/*
 * Take up to @timeout_ns for all outstanding events to come; 0 only takes those that are there.
 * Returns 0 when none is outstanding, -ETIME, or another negative errno.
 */
int events_wait(struct events *events, uint64_t timeout_ns);

#endif
