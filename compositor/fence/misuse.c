// SPDX-License-Identifier: MIT
#include "compositor/fence/misuse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "compositor/fence/syncobj.h"
#include "compositor/file.h"
#include "compositor/kms/buffer.h"
#include "compositor/kms/commit.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"

/* Handles are given out from 1 on, so that number is none. */
#define NO_HANDLE 0
/* No ioctl has this flag. */
#define NO_FLAG 0x40000000
#define SIGNAL_POINTS 2

static int enter(int fd, unsigned long code, void *arg)
{
	return ioctl(fd, code, arg) ? -errno : 0;
}

/* --- commits ------------------------------------------------------------------------------------ */

/* An object's property, set twice if @again. */
static int commit(const struct misuse *misuse, uint32_t object, uint32_t prop, uint64_t value,
		  bool again)
{
	struct drm_mode_atomic atomic;
	struct commit request;

	commit_init(&request);
	commit_object(&request, object);
	commit_prop(&request, prop, value);
	if (again)
		commit_prop(&request, prop, value);
	commit_argument(&request, 0, 0, &atomic);
	return enter(misuse->fd, DRM_IOCTL_MODE_ATOMIC, &atomic);
}

static int commit_in(const struct misuse *misuse, uint64_t value)
{
	const struct plane *plane = &misuse->output->plane[PLANE_PRIMARY];

	return commit(misuse, plane->object.id, plane->in_fence, value, false);
}

static int commit_out(const struct misuse *misuse, const void *pointer)
{
	return commit(misuse, misuse->output->crtc.id, misuse->output->out_fence,
		      (uintptr_t)pointer, false);
}

static int try_commit(const struct misuse *misuse, enum misuse_case which)
{
	const struct output *output = misuse->output;
	const struct plane *plane = &output->plane[PLANE_PRIMARY];
	int32_t out;

	switch (which) {
	case MISUSE_IN_FILE:
		return commit_in(misuse, (uint64_t)misuse->file);
	case MISUSE_IN_DEVICE:
		return commit_in(misuse, (uint64_t)misuse->fd);
	case MISUSE_IN_OBJECT:
		return commit_in(misuse, (uint64_t)misuse->object);
	case MISUSE_IN_CLOSED:
		return commit_in(misuse, (uint64_t)misuse->closed);
	case MISUSE_IN_HUGE:
		return commit_in(misuse, (UINT64_C(1) << 32) + (uint64_t)misuse->fence);
	case MISUSE_IN_NEGATIVE:
		return commit_in(misuse, (uint64_t)-2);
	case MISUSE_IN_TWICE:
		return commit(misuse, plane->object.id, plane->in_fence, (uint64_t)misuse->fence,
			      true);
	case MISUSE_IN_ON_CRTC:
		return commit(misuse, output->crtc.id, plane->in_fence, (uint64_t)misuse->fence,
			      false);
	case MISUSE_OUT_NULL:
		return commit_out(misuse, NULL);
	case MISUSE_OUT_UNMAPPED:
		return commit_out(misuse, misuse->unmapped);
	case MISUSE_OUT_READ_ONLY:
		return commit_out(misuse, misuse->read_only);
	default:
		return commit(misuse, plane->object.id, output->out_fence, (uintptr_t)&out, false);
	}
}

/* --- handles and descriptors -------------------------------------------------------------------- */

static int to_fd(const struct misuse *misuse, uint32_t handle, uint32_t flags)
{
	struct drm_syncobj_handle arg = { .handle = handle, .flags = flags, .fd = -1 };

	return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg);
}

static int to_handle(const struct misuse *misuse, uint32_t handle, uint32_t flags, int fd)
{
	struct drm_syncobj_handle arg = { .handle = handle, .flags = flags, .fd = fd };

	return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg);
}

static int try_handle(const struct misuse *misuse, enum misuse_case which)
{
	const uint32_t export_fence = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE;
	const uint32_t import_fence = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE;
	struct drm_syncobj_create create = { .flags = NO_FLAG };
	struct drm_syncobj_destroy destroy = { .handle = NO_HANDLE };

	switch (which) {
	case MISUSE_CREATE_FLAGS:
		return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_CREATE, &create);
	case MISUSE_DESTROY_NONE:
		return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
	case MISUSE_DESTROY_PAD:
		destroy = (struct drm_syncobj_destroy){ .handle = misuse->full, .pad = 1 };
		return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
	case MISUSE_EXPORT_NONE:
		return to_fd(misuse, NO_HANDLE, 0);
	case MISUSE_EXPORT_FLAGS:
		return to_fd(misuse, misuse->full, NO_FLAG);
	case MISUSE_EXPORT_FENCE_NONE:
		return to_fd(misuse, NO_HANDLE, export_fence);
	case MISUSE_EXPORT_FENCE_EMPTY:
		return to_fd(misuse, misuse->empty, export_fence);
	case MISUSE_IMPORT_CLOSED:
		return to_handle(misuse, 0, 0, misuse->closed);
	case MISUSE_IMPORT_FILE:
		return to_handle(misuse, 0, 0, misuse->file);
	case MISUSE_IMPORT_FENCE:
		return to_handle(misuse, 0, 0, misuse->fence);
	case MISUSE_IMPORT_FLAGS:
		return to_handle(misuse, 0, NO_FLAG, misuse->object);
	case MISUSE_IMPORT_FENCE_NONE:
		return to_handle(misuse, NO_HANDLE, import_fence, misuse->fence);
	case MISUSE_IMPORT_FENCE_CLOSED:
		return to_handle(misuse, misuse->full, import_fence, misuse->closed);
	default:
		return to_handle(misuse, misuse->full, import_fence, misuse->object);
	}
}

/* --- waits -------------------------------------------------------------------------------------- */

static int wait_for(const struct misuse *misuse, uint32_t handle, uint32_t count, uint32_t flags)
{
	struct drm_syncobj_wait arg = { .handles = (uintptr_t)&handle,
					.count_handles = count,
					.flags = flags };

	return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_WAIT, &arg);
}

static int wait_point(const struct misuse *misuse, uint32_t handle, uint64_t point, uint32_t flags,
		      int64_t deadline)
{
	struct drm_syncobj_timeline_wait arg = { .handles = (uintptr_t)&handle,
						 .points = (uintptr_t)&point,
						 .count_handles = 1,
						 .timeout_nsec = deadline,
						 .flags = flags };

	return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &arg);
}

static int wait_unmapped(const struct misuse *misuse)
{
	struct drm_syncobj_wait arg = { .handles = (uintptr_t)misuse->unmapped,
					.count_handles = 1 };

	return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_WAIT, &arg);
}

static int wait_points_unmapped(const struct misuse *misuse)
{
	struct drm_syncobj_timeline_wait arg = { .handles = (uintptr_t)&misuse->full,
						 .points = (uintptr_t)misuse->unmapped,
						 .count_handles = 1 };

	return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &arg);
}

static int try_wait(const struct misuse *misuse, enum misuse_case which)
{
	switch (which) {
	case MISUSE_WAIT_NONE:
		return wait_for(misuse, NO_HANDLE, 1, 0);
	case MISUSE_WAIT_FOREIGN:
		return wait_for(misuse, misuse->foreign, 1, 0);
	case MISUSE_WAIT_EMPTY:
		return wait_for(misuse, misuse->empty, 1, 0);
	case MISUSE_WAIT_FLAGS:
		return wait_for(misuse, misuse->full, 1, NO_FLAG);
	case MISUSE_WAIT_UNMAPPED:
		return wait_unmapped(misuse);
	case MISUSE_WAIT_NOTHING:
		return wait_for(misuse, NO_HANDLE, 0, 0);
	case MISUSE_TIMELINE_WAIT_FLAGS:
		return wait_point(misuse, misuse->full, 1, NO_FLAG, 0);
	case MISUSE_TIMELINE_WAIT_AHEAD:
		return wait_point(misuse, misuse->full, MISUSE_POINTS + 1, 0, 0);
	case MISUSE_TIMELINE_WAIT_UNMAPPED:
		return wait_points_unmapped(misuse);
	case MISUSE_DEADLINE_PAST:
		return wait_point(misuse, misuse->full, MISUSE_POINTS + 1,
				  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, INT64_MIN);
	default:
		return wait_point(misuse, misuse->full, MISUSE_POINTS, 0, INT64_MAX);
	}
}

/* --- points ------------------------------------------------------------------------------------- */

static int transfer(const struct misuse *misuse, struct drm_syncobj_transfer arg)
{
	return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_TRANSFER, &arg);
}

static int try_transfer(const struct misuse *misuse, enum misuse_case which)
{
	struct drm_syncobj_transfer arg = { .src_handle = misuse->full,
					    .dst_handle = misuse->full,
					    .src_point = MISUSE_POINTS,
					    .dst_point = MISUSE_POINTS + 1 };

	switch (which) {
	case MISUSE_TRANSFER_FROM_NONE:
		arg.src_handle = NO_HANDLE;
		break;
	case MISUSE_TRANSFER_TO_NONE:
		arg.dst_handle = NO_HANDLE;
		break;
	case MISUSE_TRANSFER_EMPTY:
		arg.src_handle = misuse->empty;
		break;
	case MISUSE_TRANSFER_AHEAD:
		arg.src_point = MISUSE_POINTS + 1;
		break;
	case MISUSE_TRANSFER_FLAGS:
		arg.flags = NO_FLAG;
		break;
	default:
		arg.pad = 1;
	}
	return transfer(misuse, arg);
}

static int points(const struct misuse *misuse, unsigned long code, uint32_t handle, uint32_t count,
		  uint32_t flags, const void *where)
{
	struct drm_syncobj_timeline_array arg = { .handles = (uintptr_t)&handle,
						  .points = (uintptr_t)where,
						  .count_handles = count,
						  .flags = flags };

	return enter(misuse->fd, code, &arg);
}

/* Two points, one after the other, of a sync object of their own; neither is refused (drm_syncobj_add_point()). */
static int signal_both(const struct misuse *misuse, const uint64_t values[SIGNAL_POINTS])
{
	uint32_t handle;
	int ret = syncobj_create(misuse->fd, &handle);

	if (ret)
		return ret;
	for (int i = 0; i < SIGNAL_POINTS && !ret; i++)
		ret = syncobj_signal(misuse->fd, handle, values[i]);
	syncobj_destroy(misuse->fd, handle);
	return ret;
}

static int try_signal(const struct misuse *misuse, enum misuse_case which)
{
	const unsigned long code = DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL;
	const uint64_t next = MISUSE_POINTS + 1;

	switch (which) {
	case MISUSE_SIGNAL_NONE:
		return points(misuse, code, NO_HANDLE, 1, 0, &next);
	case MISUSE_SIGNAL_NOTHING:
		return points(misuse, code, misuse->full, 0, 0, &next);
	case MISUSE_SIGNAL_FLAGS:
		return points(misuse, code, misuse->full, 1, NO_FLAG, &next);
	case MISUSE_SIGNAL_UNMAPPED:
		return points(misuse, code, misuse->full, 1, 0, misuse->unmapped);
	case MISUSE_SIGNAL_ZERO:
		return signal_both(misuse, (uint64_t[]){ 0, 0 });
	case MISUSE_SIGNAL_BACK:
		return signal_both(misuse, (uint64_t[]){ 7, 3 });
	default:
		return signal_both(misuse, (uint64_t[]){ UINT64_MAX, 1 });
	}
}

static int reset(const struct misuse *misuse, uint32_t handle, uint32_t count, uint32_t pad)
{
	struct drm_syncobj_array arg = { .handles = (uintptr_t)&handle,
					 .count_handles = count,
					 .pad = pad };

	return enter(misuse->fd, DRM_IOCTL_SYNCOBJ_RESET, &arg);
}

static int try_query(const struct misuse *misuse, enum misuse_case which)
{
	const unsigned long code = DRM_IOCTL_SYNCOBJ_QUERY;
	uint64_t point;

	switch (which) {
	case MISUSE_QUERY_NONE:
		return points(misuse, code, NO_HANDLE, 1, 0, &point);
	case MISUSE_QUERY_NOTHING:
		return points(misuse, code, misuse->full, 0, 0, &point);
	case MISUSE_QUERY_FLAGS:
		return points(misuse, code, misuse->full, 1, NO_FLAG, &point);
	case MISUSE_QUERY_UNMAPPED:
		return points(misuse, code, misuse->full, 1, 0, misuse->unmapped);
	case MISUSE_RESET_NONE:
		return reset(misuse, NO_HANDLE, 1, 0);
	case MISUSE_RESET_NOTHING:
		return reset(misuse, misuse->full, 0, 0);
	default:
		return reset(misuse, misuse->full, 1, 1);
	}
}

static int try_eventfd(const struct misuse *misuse, enum misuse_case which)
{
	struct syncobj_eventfd arg = { .handle = misuse->full, .point = 1, .fd = misuse->file };

	if (which == MISUSE_EVENTFD_NONE)
		arg.handle = NO_HANDLE;
	if (which == MISUSE_EVENTFD_CLOSED)
		arg.fd = misuse->closed;
	if (which == MISUSE_EVENTFD_FLAGS)
		arg.flags = NO_FLAG;
	if (which == MISUSE_EVENTFD_PAD)
		arg.pad = 1;
	return enter(misuse->fd, IOCTL_SYNCOBJ_EVENTFD, &arg);
}

/* --- sync files and reservation objects --------------------------------------------------------- */

static int merge(const struct misuse *misuse, int with, uint32_t flags)
{
	struct sync_merge_data arg = { .fd2 = with, .flags = flags };

	return enter(misuse->fence, SYNC_IOC_MERGE, &arg);
}

static int attach(const struct misuse *misuse, unsigned long code, int fence, uint32_t flags)
{
	struct dma_buf_import_sync_file arg = { .flags = flags, .fd = fence };

	return enter(misuse->dmabuf, code, &arg);
}

static int try_file(const struct misuse *misuse, enum misuse_case which)
{
	const unsigned long import = DMA_BUF_IOCTL_IMPORT_SYNC_FILE;
	struct sync_file_info info = { .num_fences = 1 };

	switch (which) {
	case MISUSE_MERGE_FILE:
		return merge(misuse, misuse->file, 0);
	case MISUSE_MERGE_CLOSED:
		return merge(misuse, misuse->closed, 0);
	case MISUSE_MERGE_FLAGS:
		return merge(misuse, misuse->fence, 1);
	case MISUSE_INFO_FLAGS:
		info.flags = 1;
		return enter(misuse->fence, SYNC_IOC_FILE_INFO, &info);
	case MISUSE_INFO_UNMAPPED:
		info.sync_fence_info = (uintptr_t)misuse->unmapped;
		return enter(misuse->fence, SYNC_IOC_FILE_INFO, &info);
	case MISUSE_ATTACH_CLOSED:
		return attach(misuse, import, misuse->closed, DMA_BUF_SYNC_WRITE);
	case MISUSE_ATTACH_FILE:
		return attach(misuse, import, misuse->file, DMA_BUF_SYNC_WRITE);
	case MISUSE_ATTACH_FLAGS:
		return attach(misuse, import, misuse->fence, DMA_BUF_SYNC_RW | NO_FLAG);
	case MISUSE_ATTACH_NOTHING:
		return attach(misuse, import, misuse->fence, 0);
	default:
		return attach(misuse, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, -1,
			      DMA_BUF_SYNC_RW | NO_FLAG);
	}
}

int misuse_try(const struct misuse *misuse, enum misuse_case which)
{
	if (which < MISUSE_CREATE_FLAGS)
		return try_commit(misuse, which);
	if (which < MISUSE_WAIT_NONE)
		return try_handle(misuse, which);
	if (which < MISUSE_TRANSFER_FROM_NONE)
		return try_wait(misuse, which);
	if (which < MISUSE_SIGNAL_NONE)
		return try_transfer(misuse, which);
	if (which < MISUSE_QUERY_NONE)
		return try_signal(misuse, which);
	if (which < MISUSE_EVENTFD_NONE)
		return try_query(misuse, which);
	if (which < MISUSE_MERGE_FILE)
		return try_eventfd(misuse, which);
	return try_file(misuse, which);
}
