// SPDX-License-Identifier: MIT
#include "compositor/storm/contend.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>

struct contend {
	int dmabuf;
	atomic_llong *loops; /* a page shared with the contenders */
	uint32_t count;
	pid_t pids[];
};

/* Only what took the lock twice counts; whether 0 is a failure is for the host to say. */
static void contend_once(struct contend *contend)
{
	struct dma_buf_export_sync_file export = { .flags = DMA_BUF_SYNC_RW, .fd = -1 };
	struct dma_buf_import_sync_file import = { .flags = DMA_BUF_SYNC_READ };

	if (ioctl(contend->dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export))
		return;
	import.fd = export.fd;
	if (!ioctl(contend->dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import))
		atomic_fetch_add_explicit(contend->loops, 1, memory_order_relaxed);
	close(export.fd);
}

/* The parent may have died before the death signal was asked for. */
static _Noreturn void contender(struct contend *contend, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	for (;;)
		contend_once(contend);
}

static int start(struct contend *contend, uint32_t count)
{
	pid_t parent = getpid();

	while (contend->count < count) {
		pid_t pid = fork();

		if (pid < 0)
			return -errno;
		if (pid == 0)
			contender(contend, parent);
		contend->pids[contend->count++] = pid;
	}
	return 0;
}

int contend_create(int fd, uint32_t handle, uint32_t count, struct contend **out)
{
	struct contend *contend = calloc(1, sizeof(*contend) + count * sizeof(contend->pids[0]));
	int ret;

	*out = NULL;
	if (!contend)
		return -ENOMEM;
	contend->dmabuf = -1;
	contend->loops = mmap(NULL, sizeof(*contend->loops), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (contend->loops == MAP_FAILED) {
		contend->loops = NULL;
		ret = -ENOMEM;
		goto out;
	}
	if (drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC | DRM_RDWR, &contend->dmabuf)) {
		ret = -errno;
		goto out;
	}
	ret = start(contend, count);
out:
	if (ret)
		contend_destroy(contend);
	else
		*out = contend;
	return ret;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int64_t contend_destroy(struct contend *contend)
{
	int64_t loops;

	if (!contend)
		return 0;
	for (uint32_t i = 0; i < contend->count; i++)
		end(contend->pids[i]);
	loops = contend->loops ? atomic_load_explicit(contend->loops, memory_order_relaxed) : 0;
	if (contend->loops)
		munmap(contend->loops, sizeof(*contend->loops));
	if (contend->dmabuf >= 0)
		close(contend->dmabuf);
	free(contend);
	return loops;
}
