// SPDX-License-Identifier: MIT
#include "compositor/storm/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm.h>
#include <drm_mode.h>

#include "compositor/symbol.h"

#define PERIOD 16
#define PASSES_MAX (64 * PERIOD)

/* Where the kernel's image is mapped (__START_KERNEL_map). It lies where it was linked for, as it cannot be
 * relocated (kernel/config/base.config). */
#define KERNEL_MAP 0xffffffff80000000

/* The class of all modeset locks, which begins with the number of its last context. */
#define CLASS "crtc_ww_class"

static int memory = -1; /* /dev/mem */
static off_t place;	/* of the class in it */

int turn_init(void)
{
	uint64_t start, end;
	int ret = symbol_find(CLASS, &start, &end);

	if (ret)
		return ret;
	if (start < KERNEL_MAP)
		return -ENOENT;
	place = (off_t)(start - KERNEL_MAP);
	memory = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	return memory < 0 ? -errno : 0;
}

/* The number of the last context, or -1. */
static int64_t last(void)
{
	int64_t number;

	return pread(memory, &number, sizeof(number), place) == sizeof(number) ? number : -1;
}

/* Ask for an object that there is not, which is looked for with all modeset locks held. */
static void pass(int fd)
{
	struct drm_mode_obj_get_properties get = { .obj_id = 0 };

	ioctl(fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get);
}

int turn_await(int fd)
{
	int64_t number, before = -1;

	if (memory < 0 || fd < 0)
		return 0;
	for (int i = 0; i < PASSES_MAX; i++) {
		number = last();
		if (number == before)
			return -EIO;
		if (number % PERIOD == PERIOD - 2)
			return 0;
		pass(fd);
		before = number;
	}
	return -EIO;
}
