// SPDX-License-Identifier: MIT
#include "compositor/kms/device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "compositor/file.h"
#include "compositor/opener.h"
#include "compositor/pass.h"

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

/* @driver NULL: of any. */
static int open_suitable(const struct opener *opener, const char *path, const char *driver,
			 bool kms)
{
	int fd = opener->open(opener->data, path, O_RDWR);

	if (fd < 0)
		return fd;
	if ((kms && !drmIsKMS(fd)) || (driver && !has_driver(fd, driver))) {
		opener->close(opener->data, fd);
		return -ENODEV;
	}
	return fd;
}

static int open_first(const struct opener *opener, const char *driver, bool kms)
{
	char card[32];
	int fd;

	for (int i = 0; i < MAX_CARDS; i++) {
		snprintf(card, sizeof(card), "/dev/dri/card%d", i);
		fd = open_suitable(opener, card, driver, kms);
		if (fd >= 0 || (fd != -ENODEV && fd != -ENOENT))
			return fd;
	}
	return -ENODEV;
}

int device_open(const char *path, const char *driver)
{
	return path ? open_suitable(&opener_plain, path, driver, true) :
		      open_first(&opener_plain, driver, true);
}

int device_open_by(const struct opener *opener, const char *name)
{
	return name && *name == '/' ? open_suitable(opener, name, NULL, true) :
				      open_first(opener, name, true);
}

int device_open_driver(const char *driver)
{
	return open_first(&opener_plain, driver, false);
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

static int become_client(struct device *device, const char **why)
{
	int fd = device->fd;

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

/* Opening a descriptor's link opens the file behind it once more; with O_PATH without its driver. */
static int open_again(int fd, int flags)
{
	char path[64];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, flags | O_CLOEXEC);
	return again < 0 ? -errno : again;
}

int device_init(struct device *device, int fd, int holder, const char **why)
{
	*device = (struct device){ .fd = fd, .holder = holder, .second = -1 };
	*why = "find the device's file";
	device->node = open_again(fd, O_PATH);
	if (device->node < 0)
		return device->node;
	*why = "read the driver's version";
	if (read_version(device))
		return -ENODEV;
	return become_client(device, why);
}

int device_tell(const struct device *device, enum device_word word)
{
	char byte = (char)word;
	ssize_t len;

	if (device->holder < 0)
		return 0;
	/* A signal of the storm may interrupt either. */
	if (pass_send(device->holder, &byte, 1, -1))
		return -EPIPE;
	do
		len = recv(device->holder, &byte, 1, 0);
	while (len < 0 && errno == EINTR);
	return len == 1 ? 0 : -EPIPE;
}

int device_bequeath(const struct device *device, int file)
{
	char byte = DEVICE_FENCE;

	return device->holder < 0 ? 0 : pass_send(device->holder, &byte, 1, file);
}

bool device_listen(int socket, enum device_word *word, int *file)
{
	char byte;

	if (pass_receive(socket, &byte, 1, file, 0) != 1)
		return false;
	*word = (enum device_word)byte;
	return true;
}

/* sysfs: /sys/dev/char/MAJOR:MINOR/device is the device on its bus, and driver/unbind of that takes its name. */
int device_unbinder(const struct device *device, char name[DEVICE_NAME_MAX])
{
	char link[64], path[PATH_MAX], *base;
	struct stat stat;
	int fd;

	if (fstat(device->fd, &stat))
		return -errno;
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(stat.st_rdev),
		 minor(stat.st_rdev));
	if (!realpath(link, path))
		return -errno;
	base = strrchr(path, '/') + 1;
	snprintf(name, DEVICE_NAME_MAX, "%.*s", DEVICE_NAME_MAX - 1, base);
	if (strlen(path) + sizeof("/driver/unbind") > sizeof(path))
		return -ENAMETOOLONG;
	strcat(path, "/driver/unbind");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int device_open_second(struct device *device)
{
	if (device->second < 0)
		device->second = open_again(device->node, O_RDWR);
	return device->second < 0 ? device->second : 0;
}

int device_reopen(struct device *device, const char **why)
{
	*why = "open the device again";
	device->fd = open_again(device->node, O_RDWR);
	return device->fd < 0 ? device->fd : become_client(device, why);
}

void device_finish(struct device *device)
{
	file_close(&device->second);
	file_close(&device->holder);
	file_close(&device->fd);
	file_close(&device->node);
}
