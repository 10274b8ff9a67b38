// SPDX-License-Identifier: MIT
#include "compositor/fence/sync_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>

int sync_file_ask(int fd, struct sync_file *file)
{
	struct sync_fence_info fences[SYNC_FILE_FENCES_MAX];
	struct sync_file_info info = { .num_fences = SYNC_FILE_FENCES_MAX,
				       .sync_fence_info = (uintptr_t)fences };

	memset(fences, 0, sizeof(fences));
	if (ioctl(fd, SYNC_IOC_FILE_INFO, &info))
		return -errno;
	*file = (struct sync_file){ .status = info.status, .count = info.num_fences };
	for (uint32_t i = 0; i < file->count && i < SYNC_FILE_FENCES_MAX; i++) {
		memcpy(file->fences[i].driver, fences[i].driver_name,
		       sizeof(file->fences[i].driver) - 1);
		memcpy(file->fences[i].timeline, fences[i].obj_name,
		       sizeof(file->fences[i].timeline) - 1);
		file->fences[i].status = fences[i].status;
		file->fences[i].stamp = fences[i].timestamp_ns;
	}
	return 0;
}

int sync_file_status(int fd, bool *failed)
{
	struct sync_file_info info = { .num_fences = 0 };

	*failed = ioctl(fd, SYNC_IOC_FILE_INFO, &info) != 0;
	return *failed ? -errno : info.status;
}

int sync_file_merge(int first, int second, int *merged)
{
	struct sync_merge_data data = { .name = "planestorm", .fd2 = second };

	if (ioctl(first, SYNC_IOC_MERGE, &data))
		return -errno;
	*merged = data.fence;
	return 0;
}

int sync_file_poll(int fd, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int ready = poll(&poll_fd, 1, timeout_ms);

	if (ready > 0 && (poll_fd.revents & POLLNVAL))
		return -EBADF;
	return ready < 0 ? -errno : ready;
}

/* They are in no header of the system's (drivers/dma-buf/sw_sync.c). */
struct sw_sync_create_fence_data {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC "/sys/kernel/debug/sync/sw_sync"
#define SW_SYNC_IOC_CREATE_FENCE _IOWR('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC _IOW('W', 1, uint32_t)

int software_open(void)
{
	int fd = open(SW_SYNC, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int software_fence(int timeline, uint32_t point)
{
	struct sw_sync_create_fence_data data = { .value = point, .name = "planestorm" };

	return ioctl(timeline, SW_SYNC_IOC_CREATE_FENCE, &data) ? -errno : data.fence;
}

int software_advance(int timeline, uint32_t steps)
{
	return ioctl(timeline, SW_SYNC_IOC_INC, &steps) ? -errno : 0;
}
