/* SPDX-License-Identifier: MIT */
/* A KMS device: how to find and open one, and what it is able to do. */
#ifndef PLANESTORM_KMS_DEVICE_H
#define PLANESTORM_KMS_DEVICE_H

#include <stdbool.h>

struct opener;

struct device {
	int fd; /* -1: closed */
	int second; /* another open file of the same device, which owns nothing on the screen; -1: none */
	int holder; /* a socket to a process that holds the first file open as well; -1: none */
	int node;   /* an O_PATH descriptor, to open the device again */
	char driver[32];  /* "virtio_gpu", "vkms", ... */
	char version[32]; /* of the driver, "0.1.0" */
	bool is_virtio;	  /* can tell the host's resource of a buffer */
};

/* A driver into which dma-bufs of the others can be imported: it maps them, which takes their locks. */
#define SECOND_DRIVER "vgem"

/* Open the first device of the driver called @driver, be it a KMS one or not. Returns the same as device_open(). */
int device_open_driver(const char *driver);

/*
 * Open the device at @path or, if that is NULL, the first KMS device, of the driver called @driver
 * unless that is NULL. Returns a file descriptor that the caller closes, -ENODEV if there is none,
 * or another negative errno.
 */
int device_open(const char *path, const char *driver);

/* The same by @opener, which closes it: @name is a path, a driver's name or NULL. */
int device_open_by(const struct opener *opener, const char *name);

/*
 * Take @fd and @holder, learn about the device behind it and make this client an atomic one that sees all
 * planes. Returns 0, or a negative errno with *@why the thing that could not be done; device_finish()
 * is due in both cases.
 */
int device_init(struct device *device, int fd, int holder, const char **why);

/* What the holder is told, in a byte that it sends back. */
enum device_word {
	DEVICE_CLOSE = 'c', /* to close its descriptor */
	DEVICE_FENCE =
		'f', /* to keep the sync file that comes with it; this one is not sent back */
};

/* Tell the holder, if there is one. Returns 0 or a negative errno. */
int device_tell(const struct device *device, enum device_word word);

/* Give the holder, if there is one, the sync file @file, which stays the caller's. Returns the same. */
int device_bequeath(const struct device *device, int file);

/*
 * The holder's side, at @socket: *@word, and in *@file what came with it, the caller's to close, or -1. Returns false when the
 * client is gone.
 */
bool device_listen(int socket, enum device_word *word, int *file);

#define DEVICE_NAME_MAX 64

/*
 * What to write to have the driver let go of the device, *@name, and where: returns a descriptor, the caller's to close, or a
 * negative errno. Writing returns when the device is gone.
 */
int device_unbinder(const struct device *device, char name[DEVICE_NAME_MAX]);

/* Have a second open file, if there is none yet. Returns 0 or a negative errno. */
int device_open_second(struct device *device);

/* Open the device anew after ->fd was closed, and be the same client again. As device_init(). */
int device_reopen(struct device *device, const char **why);

void device_finish(struct device *device);

#endif
