/* SPDX-License-Identifier: MIT */
/* A KMS device: how to find and open one, and what it is able to do. */
#ifndef PLANESTORM_KMS_DEVICE_H
#define PLANESTORM_KMS_DEVICE_H

#include <stdbool.h>

struct device {
	int fd; /* borrowed from whoever called device_open() */
	char driver[32]; /* "virtio_gpu", "vkms", ... */
	char version[32]; /* of the driver, "0.1.0" */
	bool is_virtio; /* can tell the host's resource of a buffer */
};

/*
 * Open the device at @path or, if that is NULL, the first KMS device, of the driver called @driver
 * unless that is NULL. Returns a file descriptor that the caller closes, -ENODEV if there is none,
 * or another negative errno.
 */
int device_open(const char *path, const char *driver);

/*
 * Learn about the device behind @fd and make this client an atomic one that sees all planes.
 * Returns 0, or a negative errno with *@why the thing that could not be done.
 */
int device_init(struct device *device, int fd, const char **why);

#endif
