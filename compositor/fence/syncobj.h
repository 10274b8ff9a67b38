/* SPDX-License-Identifier: MIT */
/*
 * DRM sync objects (drm_syncobj.c): a handle of an open file to a fence, or to a timeline of them. Each function is one
 * ioctl; libdrm's would repeat it when it is interrupted. @fd is the device's. Each returns 0 or a negative errno.
 */
#ifndef PLANESTORM_FENCE_SYNCOBJ_H
#define PLANESTORM_FENCE_SYNCOBJ_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drm.h>

#include "compositor/model/program.h"

int syncobj_create(int fd, uint32_t *handle);
int syncobj_destroy(int fd, uint32_t handle);

/* Its only fence becomes that of the sync file @file. */
int syncobj_import_fence(int fd, uint32_t handle, int file);
/* Its last fence as a sync file, *@file the caller's to close. */
int syncobj_export_fence(int fd, uint32_t handle, int *file);

/* The sync object itself, for another open file: *@object is the caller's to close. */
int syncobj_export(int fd, uint32_t handle, int *object);
int syncobj_import(int fd, int object, uint32_t *handle);

/* The fence of @from_point is that of @point, too; 0: it is no timeline, but has one fence. */
int syncobj_transfer(int fd, uint32_t handle, uint64_t point, uint32_t from, uint64_t from_point);

/* Add @point, signalled. */
int syncobj_signal(int fd, uint32_t handle, uint64_t point);
/* It has no fence any more. */
int syncobj_reset(int fd, uint32_t handle);

/* *@point: up to which all are signalled; @submitted: or to which there are any. */
int syncobj_query(int fd, uint32_t handle, bool submitted, uint64_t *point);

/*
 * Wait for @point until @deadline, CLOCK_MONOTONIC in ns, by a way that is an ioctl of its own: -ETIME if it does not
 * come, -EINVAL where a point without a fence is not waited for.
 */
int syncobj_wait(int fd, uint32_t handle, uint64_t point, enum await_how how, uint64_t deadline);

/* libdrm has it since 2.4.116. */
struct syncobj_eventfd {
	uint32_t handle, flags;
	uint64_t point;
	int32_t fd;
	uint32_t pad;
};

#define IOCTL_SYNCOBJ_EVENTFD DRM_IOWR(0xCF, struct syncobj_eventfd)

/* Have the eventfd @event signalled when @point is. -ENOTTY or -EINVAL before Linux 6.6. */
int syncobj_eventfd(int fd, uint32_t handle, uint64_t point, int event);

#endif
