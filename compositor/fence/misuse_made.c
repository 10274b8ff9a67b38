// SPDX-License-Identifier: MIT
/* What there is to be misused. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "compositor/fence/misuse.h"
#include "compositor/fence/syncobj.h"
#include "compositor/file.h"
#include "compositor/kms/buffer.h"
#include "compositor/kms/device.h"

/* More sync objects than any program has, so that the last of them has a number that its file has no handle for. */
#define FOREIGN_HANDLES 256

/* The last of many handles of the device's other open file. */
static int take_foreign(struct misuse *misuse)
{
	uint32_t handles[FOREIGN_HANDLES];
	int made = 0, ret = 0;

	while (made < FOREIGN_HANDLES && !ret) {
		ret = syncobj_create(misuse->second, &handles[made]);
		made += !ret;
	}
	misuse->foreign = made ? handles[made - 1] : 0;
	for (int i = 0; i < made - 1; i++)
		syncobj_destroy(misuse->second, handles[i]);
	return ret;
}

static int make_objects(struct misuse *misuse)
{
	int ret = syncobj_create(misuse->fd, &misuse->empty);

	if (!ret)
		ret = syncobj_create(misuse->fd, &misuse->full);
	for (uint64_t point = 1; point <= MISUSE_POINTS && !ret; point++)
		ret = syncobj_signal(misuse->fd, misuse->full, point);
	if (!ret)
		ret = syncobj_export(misuse->fd, misuse->full, &misuse->object);
	return ret ? ret : syncobj_export_fence(misuse->fd, misuse->full, &misuse->fence);
}

static int make_pages(struct misuse *misuse)
{
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	misuse->read_only = mmap(NULL, size, PROT_READ, flags, -1, 0);
	/* Nothing may be done with it. */
	misuse->unmapped = mmap(NULL, size, PROT_NONE, flags, -1, 0);
	return misuse->read_only == MAP_FAILED || misuse->unmapped == MAP_FAILED ? -ENOMEM : 0;
}

int misuse_init(struct misuse *misuse, struct device *device, const struct output *output,
		const struct buffer *buffer)
{
	int ret;

	*misuse = (struct misuse){ .fd = device->fd,
				   .second = device->second,
				   .output = output,
				   .object = -1,
				   .fence = -1,
				   .dmabuf = -1,
				   .unmapped = MAP_FAILED,
				   .read_only = MAP_FAILED };
	misuse->file = open("/dev/null", O_RDWR | O_CLOEXEC);
	ret = misuse->file < 0 ? -errno : make_objects(misuse);
	if (!ret)
		ret = make_pages(misuse);
	if (!ret)
		ret = take_foreign(misuse);
	if (!ret &&
	    drmPrimeHandleToFD(device->fd, buffer->handle, DRM_CLOEXEC | DRM_RDWR, &misuse->dmabuf))
		ret = -errno;
	/* The lowest that is free, until the next one is opened. */
	misuse->closed = fcntl(misuse->file, F_DUPFD_CLOEXEC, 0);
	close(misuse->closed);
	if (ret)
		misuse_finish(misuse);
	return ret;
}

void misuse_finish(struct misuse *misuse)
{
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);

	if (misuse->empty)
		syncobj_destroy(misuse->fd, misuse->empty);
	if (misuse->full)
		syncobj_destroy(misuse->fd, misuse->full);
	if (misuse->foreign)
		syncobj_destroy(misuse->second, misuse->foreign);
	file_close(&misuse->object);
	file_close(&misuse->fence);
	file_close(&misuse->file);
	file_close(&misuse->dmabuf);
	if (misuse->unmapped != MAP_FAILED)
		munmap(misuse->unmapped, size);
	if (misuse->read_only != MAP_FAILED)
		munmap(misuse->read_only, size);
}
