// SPDX-License-Identifier: MIT
#include "compositor/kms/planes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

static bool shows(int fd, uint32_t id)
{
	drmModePlane *plane = drmModeGetPlane(fd, id);
	bool something = plane && plane->fb_id;

	drmModeFreePlane(plane);
	return something;
}

int planes_switch_off(int fd)
{
	drmModePlaneRes *planes;
	int count = 0;

	/* Without it primary and cursor planes are not listed. */
	if (drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1))
		return -errno;
	planes = drmModeGetPlaneResources(fd);
	if (!planes)
		return -errno;
	for (uint32_t i = 0; i < planes->count_planes; i++) {
		if (!shows(fd, planes->planes[i]))
			continue;
		drmModeSetPlane(fd, planes->planes[i], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
		count++;
	}
	drmModeFreePlaneResources(planes);
	return count;
}
