// SPDX-License-Identifier: MIT
#include "compositor/storm/contend.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "compositor/file.h"
#include "compositor/kms/buffer.h"
#include "compositor/kms/device.h"
#include "compositor/storm/child.h"

/* For fences that are not signalled, milliseconds; then they are waited for anew. */
#define WAIT_MS 10

struct contend {
	int dmabuf;
	int nodes[2]; /* to be opened: the device's, and the second driver's, -1: not needed */
	int files[2]; /* a contender's own open files of them, -1: none */
	size_t size;  /* of the buffer, bytes */
	atomic_llong *loops; /* a page shared with the contenders */
	uint32_t count;
	pid_t pids[];
};

/* Each returns whether the lock was taken, all the way; whether never is a failure is the host's to
 * say. */
static bool contend_fences(struct contend *contend)
{
	struct dma_buf_export_sync_file export = { .flags = DMA_BUF_SYNC_RW, .fd = -1 };
	struct dma_buf_import_sync_file import = { .flags = DMA_BUF_SYNC_READ };
	bool done;

	if (ioctl(contend->dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export))
		return false;
	import.fd = export.fd;
	done = !ioctl(contend->dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import);
	close(export.fd);
	return done;
}

static bool contend_map(struct contend *contend)
{
	void *pixels =
		mmap(NULL, contend->size, PROT_READ | PROT_WRITE, MAP_SHARED, contend->dmabuf, 0);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (pixels == MAP_FAILED)
		return false;
	for (size_t at = 0; at < contend->size; at += page)
		(void)*((volatile char *)pixels + at);
	return !munmap(pixels, contend->size);
}

static bool import(struct contend *contend, int which)
{
	char path[64];
	uint32_t handle;

	if (contend->files[which] < 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", contend->nodes[which]);
		contend->files[which] = open(path, O_RDWR | O_CLOEXEC);
	}
	return !drmPrimeFDToHandle(contend->files[which], contend->dmabuf, &handle) &&
	       !drmCloseBufferHandle(contend->files[which], handle);
}

/* Both, and it is the second that takes the lock. */
static bool contend_import(struct contend *contend)
{
	import(contend, 0);
	return import(contend, 1);
}

static bool contend_wait(struct contend *contend)
{
	struct pollfd poll_fd = { .fd = contend->dmabuf, .events = POLLIN | POLLOUT };

	return poll(&poll_fd, 1, WAIT_MS) >= 0;
}

static bool (*const ways[WAYS])(struct contend *contend) = {
	[WAY_FENCES] = contend_fences,
	[WAY_MAP] = contend_map,
	[WAY_IMPORT] = contend_import,
	[WAY_WAIT] = contend_wait,
};

static int start(struct contend *contend, enum contend_way way, uint32_t count)
{
	const int keep[] = { contend->dmabuf, contend->nodes[0], contend->nodes[1] };

	while (contend->count < count) {
		pid_t pid = child_start(keep, 3);

		if (pid < 0)
			return pid;
		while (pid == 0)
			if (ways[way](contend))
				atomic_fetch_add_explicit(contend->loops, 1, memory_order_relaxed);
		contend->pids[contend->count++] = pid;
	}
	return 0;
}

/* A descriptor of our own, whatever the program does with the buffer's. */
static int take_dmabuf(struct contend *contend, const struct buffer *buffer)
{
	if (buffer->origin != ORIGIN_DUMB)
		contend->dmabuf = dup(buffer->dmabuf);
	else if (drmPrimeHandleToFD(buffer->device->fd, buffer->handle, DRM_CLOEXEC | DRM_RDWR,
				    &contend->dmabuf))
		contend->dmabuf = -1;
	return contend->dmabuf < 0 ? -errno : 0;
}

static int open_second(struct contend *contend)
{
	contend->nodes[1] = device_open_driver(SECOND_DRIVER);
	return contend->nodes[1] < 0 ? contend->nodes[1] : 0;
}

int contend_create(const struct buffer *buffer, enum contend_way way, uint32_t count,
		   struct contend **out)
{
	struct contend *contend = calloc(1, sizeof(*contend) + count * sizeof(contend->pids[0]));
	int ret;

	*out = NULL;
	if (!contend)
		return -ENOMEM;
	contend->dmabuf = contend->nodes[1] = contend->files[0] = contend->files[1] = -1;
	contend->nodes[0] = buffer->device->node;
	contend->size = buffer->size;
	contend->loops = mmap(NULL, sizeof(*contend->loops), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (contend->loops == MAP_FAILED) {
		contend->loops = NULL;
		ret = -ENOMEM;
		goto out;
	}
	ret = take_dmabuf(contend, buffer);
	if (!ret && way == WAY_IMPORT)
		ret = open_second(contend);
	if (!ret)
		ret = start(contend, way, count);
out:
	if (ret)
		contend_destroy(contend);
	else
		*out = contend;
	return ret;
}

int64_t contend_destroy(struct contend *contend)
{
	int64_t loops;

	if (!contend)
		return 0;
	for (uint32_t i = 0; i < contend->count; i++)
		child_end(contend->pids[i]);
	loops = contend->loops ? atomic_load_explicit(contend->loops, memory_order_relaxed) : 0;
	if (contend->loops)
		munmap(contend->loops, sizeof(*contend->loops));
	file_close(&contend->dmabuf);
	file_close(&contend->nodes[1]);
	free(contend);
	return loops;
}
