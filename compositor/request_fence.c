// SPDX-License-Identifier: MIT
#include "compositor/request_fence.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>

#include "compositor/fence/sync_file.h"
#include "compositor/fence/syncobj.h"
#include "compositor/fence/timeline.h"
#include "compositor/file.h"
#include "compositor/kms/device.h"
#include "compositor/request.h"
#include "compositor/scene.h"
#include "compositor/sink.h"
#include "compositor/storm/child.h"

/* Of an await that does not say how long; a liveness limit. */
#define AWAIT_NS UINT64_C(5000000000)

/* --- ways into the kernel ----------------------------------------------------------------------- */

static int advance(struct request *request)
{
	const struct fence_request *fence = &request->fence;
	const struct timeline *timeline = fence->timeline;

	if (timeline->is_software)
		return software_advance(timeline->software,
					(uint32_t)(fence->point - timeline->last));
	return syncobj_signal(request->fd, timeline->handle, fence->point);
}

/* In a process of its own. What it signals has begun only when its time has come. */
static _Noreturn void advance_later(struct request *request)
{
	const uint64_t ns = request->fence.op->ns;
	const struct timespec pause = { .tv_sec = (time_t)(ns / 1000000000u),
					.tv_nsec = (long)(ns % 1000000000u) };

	nanosleep(&pause, NULL);
	ledger_begin(request->fence.timeline->ledger, request->fence.point);
	_exit(advance(request) ? 1 : 0);
}

static int enter_advance(struct request *request)
{
	struct fence_request *fence = &request->fence;
	int keep[] = { request->fd, fence->timeline->software };

	if (!fence->op->ns)
		return advance(request);
	fence->later = child_start(keep, fence->timeline->is_software ? 2 : 1);
	if (fence->later == 0)
		advance_later(request);
	return fence->later < 0 ? fence->later : 0;
}

static int enter_reset(struct request *request)
{
	return syncobj_reset(request->fd, request->fence.timeline->handle);
}

static int enter_abandon(struct request *request)
{
	struct timeline *timeline = request->fence.timeline;
	int fd = timeline->software;

	timeline->software = -1;
	return close(fd) ? -errno : 0;
}

/* From a software timeline by way of a sync file, as it is no sync object. */
static int enter_transfer(struct request *request)
{
	const struct fence_request *fence = &request->fence;

	return timeline_add(fence->timeline, request->fd, request->spare, fence->point,
			    fence->from);
}

static int enter_merge(struct request *request)
{
	struct fence_request *fence = &request->fence;

	return sync_file_merge(fence->from, fence->with, &fence->made);
}

static int enter_query(struct request *request)
{
	struct fence_request *fence = &request->fence;

	return syncobj_query(request->fd, fence->timeline->handle, false, &fence->value);
}

/* Until the deadline, whatever comes in between. */
static int poll_until(int fd, uint64_t deadline)
{
	uint64_t now = sink_now(), left = deadline > now ? deadline - now : 0;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct timespec timeout = { .tv_sec = (time_t)(left / 1000000000u),
				    .tv_nsec = (long)(left % 1000000000u) };
	int ready = ppoll(&poll_fd, 1, &timeout, NULL);

	if (ready < 0)
		return -errno;
	return ready ? 0 : -ETIME;
}

static int enter_poll(struct request *request)
{
	int ret = poll_until(request->fence.from, request->fence.deadline);

	request->fence.returned = sink_now();
	return ret;
}

static int enter_eventfd(struct request *request)
{
	struct fence_request *fence = &request->fence;
	int ret = syncobj_eventfd(request->fd, fence->timeline->handle, fence->point, fence->event);

	if (!ret)
		ret = poll_until(fence->event, fence->deadline);
	fence->returned = sink_now();
	return ret;
}

static int enter_await(struct request *request)
{
	struct fence_request *fence = &request->fence;
	int ret = syncobj_wait(request->fd, fence->timeline->handle, fence->point, fence->op->how,
			       fence->deadline);

	fence->returned = sink_now();
	return ret;
}

/* Out of one open file of the device and into another, which must find the same. */
static int enter_share(struct request *request)
{
	struct fence_request *fence = &request->fence;
	int second = fence->second, object;
	uint32_t handle;
	int ret = syncobj_export(request->fd, fence->timeline->handle, &object);

	if (ret)
		return ret;
	ret = syncobj_import(second, object, &handle);
	close(object);
	if (ret)
		return ret;
	ret = syncobj_query(second, handle, true, &fence->value);
	syncobj_destroy(second, handle);
	return ret;
}

static int enter_attach(struct request *request)
{
	struct dma_buf_import_sync_file arg = { .flags = DMA_BUF_SYNC_WRITE,
						.fd = request->fence.from };

	return ioctl(request->fence.dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &arg) ? -errno : 0;
}

static int enter_extract(struct request *request)
{
	struct dma_buf_export_sync_file arg = { .flags = DMA_BUF_SYNC_RW, .fd = -1 };

	if (ioctl(request->fence.dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &arg))
		return -errno;
	request->fence.made = arg.fd;
	return 0;
}

static int enter_misuse(struct request *request)
{
	return misuse_try(&request->fence.misuse, request->fence.op->misuse);
}

static const struct {
	int (*enter)(struct request *request);
	long nr; /* SYS_ioctl if it is 0 */
} ways[OP_KINDS] = {
	[OP_ADVANCE] = { enter_advance, 0 },
	[OP_RESET] = { enter_reset, 0 },
	[OP_ABANDON] = { enter_abandon, SYS_close },
	[OP_TRANSFER] = { enter_transfer, 0 },
	[OP_MERGE] = { enter_merge, 0 },
	[OP_QUERY] = { enter_query, 0 },
	[OP_AWAIT] = { enter_await, 0 },
	[OP_SHARE] = { enter_share, 0 },
	[OP_ATTACH] = { enter_attach, 0 },
	[OP_EXTRACT] = { enter_extract, 0 },
	[OP_MISUSE] = { enter_misuse, 0 },
};

int (*fence_request_enter(const struct op *op, long *nr))(struct request *request)
{
	*nr = ways[op->kind].nr ? ways[op->kind].nr : SYS_ioctl;
	if (op->kind != OP_AWAIT)
		return ways[op->kind].enter;
	if (op->how == AWAIT_POLL || op->how == AWAIT_EVENTFD)
		*nr = SYS_ppoll;
	return op->how == AWAIT_POLL	? enter_poll :
	       op->how == AWAIT_EVENTFD ? enter_eventfd :
					  enter_await;
}

/* --- before and after --------------------------------------------------------------------------- */

/* Whether the operation makes or signals its point, and does not look for one that there is. */
static bool makes_point(const struct op *op)
{
	return op->kind != OP_QUERY && op->kind != OP_RESET && op->kind != OP_SHARE &&
	       op->kind != OP_ABANDON && (op->kind != OP_AWAIT || op->how == AWAIT_SUBMIT);
}

static int take_file(struct request *request, struct scene *scene,
		     const struct program_point *point, uint64_t *value, int *file)
{
	const struct timeline *timeline = scene_point(scene, point);

	if (!timeline)
		return 0;
	*value = timeline_present(timeline, point);
	return timeline_file(timeline, request->fd, scene->spare, *value, file);
}

static int take_files(struct request *request, struct scene *scene, const struct op *op)
{
	struct fence_request *fence = &request->fence;
	int ret = take_file(request, scene, &op->from, &fence->from_point, &fence->from);

	if (!ret)
		ret = take_file(request, scene, &op->with, &fence->with_point, &fence->with);
	for (int role = 0; role < PLANE_ROLES && !ret; role++)
		ret = take_file(request, scene, &op->in[role], &fence->in_point[role],
				&fence->in[role]);
	if (!ret && op->kind == OP_AWAIT && op->how == AWAIT_POLL)
		ret = timeline_file(fence->timeline, request->fd, scene->spare, fence->point,
				    &fence->from);
	return ret;
}

/* A descriptor of its own, whatever the program does with the buffer's. */
static int take_dmabuf(struct request *request)
{
	const struct buffer *buffer = request->buffer;

	if (drmPrimeHandleToFD(buffer->device->fd, buffer->handle, DRM_CLOEXEC | DRM_RDWR,
			       &request->fence.dmabuf))
		return -errno;
	return 0;
}

void fence_state_read(const struct request *request, struct fence_state *state)
{
	const struct fence_request *fence = &request->fence;
	uint32_t object = fence->timeline ? fence->timeline->handle : fence->misuse.full;
	bool failed;

	/* One that the kernel had left open would be the lowest. */
	*state = (struct fence_state){ .lowest = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) };
	close(state->lowest);
	if (object)
		syncobj_query(request->fd, object, true, &state->submitted);
	for (int role = 0; role < PLANE_ROLES; role++)
		if (fence->in[role] >= 0)
			state->in[role] = sync_file_status(fence->in[role], &failed);
}

static int prepare(struct request *request, struct scene *scene, const struct op *op,
		   const char **why)
{
	struct fence_request *fence = &request->fence;
	int ret = take_files(request, scene, op);

	*why = "have a fence as a sync file";
	if (!ret && (op->kind == OP_ATTACH || op->kind == OP_EXTRACT)) {
		*why = "export the buffer";
		ret = take_dmabuf(request);
	}
	if (!ret && (op->kind == OP_SHARE || op->kind == OP_MISUSE)) {
		*why = "open the device a second time";
		ret = device_open_second(scene->device);
		fence->second = scene->device->second;
	}
	if (!ret && op->kind == OP_AWAIT && op->how == AWAIT_EVENTFD) {
		*why = "have an eventfd";
		fence->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		ret = fence->event < 0 ? -errno : 0;
	}
	if (!ret && op->kind == OP_MISUSE) {
		*why = "have something to misuse";
		ret = misuse_init(&fence->misuse, scene->device, scene->heads[op->head].output,
				  &scene->buffers[0]);
	}
	if (!ret && (op->kind == OP_COMMIT || op->kind == OP_MISUSE))
		fence_state_read(request, &fence->before);
	return ret;
}

int fence_request_begin(struct request *request, struct scene *scene, const struct op *op,
			const char **why)
{
	struct fence_request *fence = &request->fence;
	int ret;

	*fence = (struct fence_request){ .op = op,
					 .timeline = scene_point(scene, &op->point),
					 .from = -1,
					 .with = -1,
					 .in = { -1, -1 },
					 .out = OUT_UNTOUCHED,
					 .made = -1,
					 .dmabuf = -1,
					 .event = -1 };
	request->spare = scene->spare;
	if (!op_has_fences(op))
		return 0;
	if (fence->timeline)
		fence->point = makes_point(op) ? timeline_next(fence->timeline, &op->point) :
						 timeline_present(fence->timeline, &op->point);
	ret = prepare(request, scene, op, why);
	if (ret) {
		fence_request_end(request);
		return ret;
	}
	if (fence->timeline)
		fence->known = ledger_look(fence->timeline->ledger);
	fence->deadline = sink_now() + (op->ns ? op->ns : AWAIT_NS);
	return 0;
}

void fence_request_end(struct request *request)
{
	struct fence_request *fence = &request->fence;

	file_close(&fence->from);
	file_close(&fence->with);
	for (int role = 0; role < PLANE_ROLES; role++)
		file_close(&fence->in[role]);
	file_close(&fence->made);
	file_close(&fence->dmabuf);
	file_close(&fence->event);
	if (fence->misuse.full)
		misuse_finish(&fence->misuse);
}
