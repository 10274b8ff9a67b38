// SPDX-License-Identifier: MIT
#include "compositor/fence/syncobj.h"

#include <errno.h>
#include <sys/ioctl.h>

static int enter(int fd, unsigned long code, void *arg)
{
	return ioctl(fd, code, arg) ? -errno : 0;
}

int syncobj_create(int fd, uint32_t *handle)
{
	struct drm_syncobj_create arg = { .flags = 0 };
	int ret = enter(fd, DRM_IOCTL_SYNCOBJ_CREATE, &arg);

	*handle = arg.handle;
	return ret;
}

int syncobj_destroy(int fd, uint32_t handle)
{
	struct drm_syncobj_destroy arg = { .handle = handle };

	return enter(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &arg);
}

int syncobj_import_fence(int fd, uint32_t handle, int file)
{
	struct drm_syncobj_handle arg = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
		.fd = file,
	};

	return enter(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg);
}

int syncobj_export_fence(int fd, uint32_t handle, int *file)
{
	struct drm_syncobj_handle arg = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};
	int ret = enter(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg);

	*file = ret ? -1 : arg.fd;
	return ret;
}

int syncobj_export(int fd, uint32_t handle, int *object)
{
	struct drm_syncobj_handle arg = { .handle = handle, .fd = -1 };
	int ret = enter(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg);

	*object = ret ? -1 : arg.fd;
	return ret;
}

int syncobj_import(int fd, int object, uint32_t *handle)
{
	struct drm_syncobj_handle arg = { .fd = object };
	int ret = enter(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg);

	*handle = ret ? 0 : arg.handle;
	return ret;
}

int syncobj_transfer(int fd, uint32_t handle, uint64_t point, uint32_t from, uint64_t from_point)
{
	struct drm_syncobj_transfer arg = {
		.src_handle = from,
		.dst_handle = handle,
		.src_point = from_point,
		.dst_point = point,
	};

	return enter(fd, DRM_IOCTL_SYNCOBJ_TRANSFER, &arg);
}

int syncobj_signal(int fd, uint32_t handle, uint64_t point)
{
	struct drm_syncobj_timeline_array arg = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
	};

	return enter(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &arg);
}

int syncobj_reset(int fd, uint32_t handle)
{
	struct drm_syncobj_array arg = { .handles = (uintptr_t)&handle, .count_handles = 1 };

	return enter(fd, DRM_IOCTL_SYNCOBJ_RESET, &arg);
}

int syncobj_query(int fd, uint32_t handle, bool submitted, uint64_t *point)
{
	struct drm_syncobj_timeline_array arg = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)point,
		.count_handles = 1,
		.flags = submitted ? DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED : 0,
	};

	return enter(fd, DRM_IOCTL_SYNCOBJ_QUERY, &arg);
}

static const uint32_t wait_flags[AWAIT_HOWS] = {
	[AWAIT_SUBMIT] = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
	[AWAIT_AVAILABLE] = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE,
};

int syncobj_wait(int fd, uint32_t handle, uint64_t point, enum await_how how, uint64_t deadline)
{
	struct drm_syncobj_timeline_wait timeline = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.timeout_nsec = (int64_t)deadline,
		.count_handles = 1,
		.flags = wait_flags[how],
	};
	struct drm_syncobj_wait binary = {
		.handles = (uintptr_t)&handle,
		.timeout_nsec = (int64_t)deadline,
		.count_handles = 1,
	};

	if (how == AWAIT_BINARY)
		return enter(fd, DRM_IOCTL_SYNCOBJ_WAIT, &binary);
	return enter(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &timeline);
}

int syncobj_eventfd(int fd, uint32_t handle, uint64_t point, int event)
{
	struct syncobj_eventfd arg = { .handle = handle, .point = point, .fd = event };

	return enter(fd, IOCTL_SYNCOBJ_EVENTFD, &arg);
}
