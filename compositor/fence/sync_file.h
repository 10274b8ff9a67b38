/* SPDX-License-Identifier: MIT */
/* A fence as a file descriptor (linux/sync_file.h), and sw_sync, whose fences user space signals. */
#ifndef PLANESTORM_FENCE_SYNC_FILE_H
#define PLANESTORM_FENCE_SYNC_FILE_H

#include <stdbool.h>
#include <stdint.h>

#define SYNC_FILE_FENCES_MAX 16

struct sync_file {
	int status; /* of all of them: 1 signalled, 0 not yet, or a negative errno */
	uint32_t count;
	struct {
		char driver[32], timeline[32];
		int status;
		uint64_t stamp; /* CLOCK_MONOTONIC when it was signalled, ns */
	} fences[SYNC_FILE_FENCES_MAX];
};

/* SYNC_IOC_FILE_INFO. Returns 0 or a negative errno; what is beyond SYNC_FILE_FENCES_MAX is not told. */
int sync_file_ask(int fd, struct sync_file *file);

/* The same, with its status alone, or a negative errno. *@failed: it is the ioctl's. */
int sync_file_status(int fd, bool *failed);

/* SYNC_IOC_MERGE: *@merged is the caller's to close. Returns 0 or a negative errno. */
int sync_file_merge(int first, int second, int *merged);

/* poll(), at most so long. Returns 1 if it is signalled, 0 if it is not yet, or a negative errno. */
int sync_file_poll(int fd, int timeout_ms);

/* A timeline whose value is 0. Returns its descriptor, or a negative errno: -ENOENT without CONFIG_SW_SYNC. */
int software_open(void);

/* A fence that is signalled when the timeline's value has come to @point. Returns the same. */
int software_fence(int timeline, uint32_t point);

/* Add @steps to its value. Returns 0 or a negative errno. */
int software_advance(int timeline, uint32_t steps);

#endif
