// SPDX-License-Identifier: MIT
#include "compositor/kms/device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

/*
 * Since Linux 6.6 the cursor planes of drivers with DRIVER_CURSOR_HOTSPOT are hidden from an atomic
 * client that does not say that it sets hotspots (drm_mode_getplane_res()). libdrm has had the name
 * since 2.4.118.
 */
#ifndef DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT
#define DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT 6
#endif

#define MAX_CARDS 64

static bool has_driver(int fd, const char *driver)
{
	drmVersion *version = drmGetVersion(fd);
	bool same = version && !strcmp(version->name, driver);

	drmFreeVersion(version);
	return same;
}

static int open_suitable(const char *path, const char *driver)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (!drmIsKMS(fd) || (driver && !has_driver(fd, driver))) {
		close(fd);
		return -ENODEV;
	}
	return fd;
}

int device_open(const char *path, const char *driver)
{
	char card[32];
	int fd;

	if (path)
		return open_suitable(path, driver);
	for (int i = 0; i < MAX_CARDS; i++) {
		snprintf(card, sizeof(card), "/dev/dri/card%d", i);
		fd = open_suitable(card, driver);
		if (fd >= 0 || (fd != -ENODEV && fd != -ENOENT))
			return fd;
	}
	return -ENODEV;
}

static int read_version(struct device *device)
{
	drmVersion *version = drmGetVersion(device->fd);

	if (!version)
		return -ENODEV;
	snprintf(device->driver, sizeof(device->driver), "%s", version->name);
	snprintf(device->version, sizeof(device->version), "%d.%d.%d", version->version_major,
		 version->version_minor, version->version_patchlevel);
	device->is_virtio = !strcmp(device->driver, "virtio_gpu");
	drmFreeVersion(version);
	return 0;
}

int device_init(struct device *device, int fd, const char **why)
{
	*device = (struct device){ .fd = fd };
	*why = "read the driver's version";
	if (read_version(device))
		return -ENODEV;
	*why = "become master of the device (does another program hold it?)";
	if (!drmIsMaster(fd) && drmSetMaster(fd))
		return -errno;
	*why = "see all planes";
	if (drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1))
		return -errno;
	*why = "be an atomic client";
	if (drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1))
		return -errno;
	/* Refused by drivers whose cursor has no hotspot, and by kernels that do not hide it. */
	drmSetClientCap(fd, DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT, 1);
	*why = NULL;
	return 0;
}
