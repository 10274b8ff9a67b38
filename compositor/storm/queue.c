// SPDX-License-Identifier: MIT
#include "compositor/storm/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "compositor/kms/device.h"
#include "compositor/sink.h"
#include "compositor/storm/child.h"

/* Pixels: to copy them must take the host longer than to ask for it takes the guest. */
#define SIDE 1024

/* Shorter than the silence for which the runner takes a guest to be locked up. */
#define FULL_NS UINT64_C(5000000000)
#define FULL_PAUSE_NS 1000000

struct queue {
	atomic_llong *waits; /* a page shared with the other process */
	int64_t before;	     /* when the queue was full for the first time */
	pid_t pid;
};

/* It sleeps by itself only where it waits for room. */
static long sleeps(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_nvcsw;
}

static _Noreturn void fill(const struct queue *queue, int node)
{
	struct drm_mode_create_dumb dumb = { .width = SIDE, .height = SIDE, .bpp = 32 };
	struct drm_virtgpu_3d_transfer_to_host transfer = { .box = { .w = SIDE, .h = SIDE } };
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", node);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		_exit(1);
	/* Who opens a device that has no master becomes it. */
	drmDropMaster(fd);
	transfer.bo_handle = dumb.handle;
	for (;;) {
		long before = sleeps();

		if (ioctl(fd, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, &transfer))
			_exit(1);
		if (sleeps() > before)
			atomic_fetch_add_explicit(queue->waits, 1, memory_order_relaxed);
	}
}

static int64_t read_waits(const struct queue *queue)
{
	return atomic_load_explicit(queue->waits, memory_order_relaxed);
}

static void await_full(struct queue *queue)
{
	uint64_t deadline = sink_now() + FULL_NS;

	while (!queue->before && sink_now() < deadline) {
		nanosleep(&(struct timespec){ .tv_nsec = FULL_PAUSE_NS }, NULL);
		queue->before = read_waits(queue);
	}
}

int queue_create(const struct device *device, struct queue **out)
{
	struct queue *queue;

	*out = NULL;
	if (!device->is_virtio)
		return -EOPNOTSUPP;
	queue = calloc(1, sizeof(*queue));
	if (!queue)
		return -ENOMEM;
	queue->waits = mmap(NULL, sizeof(*queue->waits), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (queue->waits == MAP_FAILED) {
		free(queue);
		return -ENOMEM;
	}
	queue->pid = child_start(&device->node, 1);
	if (queue->pid == 0)
		fill(queue, device->node);
	if (queue->pid < 0) {
		int ret = queue->pid;

		queue_destroy(queue);
		return ret;
	}
	await_full(queue);
	*out = queue;
	return 0;
}

int64_t queue_destroy(struct queue *queue)
{
	int64_t waits;

	if (queue->pid > 0)
		child_end(queue->pid);
	waits = read_waits(queue) - queue->before;
	munmap(queue->waits, sizeof(*queue->waits));
	free(queue);
	return waits;
}
