// SPDX-License-Identifier: MIT
#include "tests/unit/device_double.h"

#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More than any buffer of a test. */
#define ROOM (16u << 20)

/* Nobody else opens anything so. */
#define MARKED (O_RDWR | O_APPEND | O_NONBLOCK)

struct device_double device_double = { .fd = -1, .memory = -1 };

void device_double_open(void)
{
	device_double = (struct device_double){
		.fd = open("/dev/null", MARKED | O_CLOEXEC),
		.memory = memfd_create("device", MFD_CLOEXEC),
	};
	if (device_double.fd < 0 || ftruncate(device_double.memory, (off_t)DOUBLE_HANDLES * ROOM)) {
		perror("device double");
		exit(1);
	}
}

void device_double_close(void)
{
	close(device_double.fd);
	close(device_double.memory);
	device_double.fd = device_double.memory = -1;
}

int device_double_handles(void)
{
	int count = 0;

	for (int i = 0; i < DOUBLE_HANDLES; i++)
		count += device_double.handles[i].pitch != 0;
	return count;
}

int device_double_fbs(void)
{
	int count = 0;

	for (int i = 0; i < DOUBLE_HANDLES; i++)
		count += device_double.fbs[i] != 0;
	return count;
}

const uint32_t *device_double_scanout(uint32_t fb, uint32_t *pitch)
{
	uint32_t handle = fb < DOUBLE_HANDLES ? device_double.fbs[fb] : 0;
	void *pixels =
		mmap(NULL, ROOM, PROT_READ, MAP_SHARED, device_double.memory, (off_t)handle * ROOM);

	*pitch = device_double.handles[handle].pitch;
	return handle && pixels != MAP_FAILED ? pixels : NULL;
}

void device_double_unmap(const uint32_t *pixels)
{
	munmap((void *)(uintptr_t)pixels, ROOM);
}

/* --- requests --------------------------------------------------------------------------------- */

static int is_handle(uint32_t handle)
{
	return handle && handle < DOUBLE_HANDLES && device_double.handles[handle].pitch;
}

static int refuse(void)
{
	device_double.wrong++;
	return EINVAL;
}

/* Rows are longer than they would have to be, as those of many a device are. */
static int create(struct drm_mode_create_dumb *dumb)
{
	uint32_t handle = 1;

	while (handle < DOUBLE_HANDLES && device_double.handles[handle].pitch)
		handle++;
	dumb->pitch = (dumb->width * dumb->bpp / 8 + 255) / 256 * 256 + 256;
	dumb->size = (uint64_t)dumb->pitch * dumb->height;
	dumb->handle = handle;
	if (handle == DOUBLE_HANDLES || dumb->size > ROOM)
		return ENOMEM;
	device_double.handles[handle].pitch = dumb->pitch;
	device_double.handles[handle].height = dumb->height;
	return 0;
}

/* 0 is nobody's: Mesa lets go of that when it got no other. */
static int destroy(uint32_t handle)
{
	if (!handle)
		return EINVAL;
	if (!is_handle(handle) || device_double.handles[handle].fbs)
		return refuse();
	device_double.handles[handle].pitch = 0;
	return 0;
}

static int map(struct drm_mode_map_dumb *request)
{
	if (!is_handle(request->handle))
		return refuse();
	request->offset = (uint64_t)request->handle * ROOM;
	return 0;
}

static int add_fb(struct drm_mode_fb_cmd2 *request)
{
	uint32_t handle = request->handles[0], fb = 1;

	while (fb < DOUBLE_HANDLES && device_double.fbs[fb])
		fb++;
	if (!is_handle(handle) || request->pitches[0] != device_double.handles[handle].pitch ||
	    request->offsets[0] || request->height > device_double.handles[handle].height ||
	    fb == DOUBLE_HANDLES)
		return refuse();
	device_double.fbs[fb] = handle;
	device_double.handles[handle].fbs++;
	request->fb_id = fb;
	return 0;
}

static int remove_fb(uint32_t fb)
{
	if (!fb || fb >= DOUBLE_HANDLES || !device_double.fbs[fb])
		return refuse();
	device_double.handles[device_double.fbs[fb]].fbs--;
	device_double.fbs[fb] = 0;
	return 0;
}

/* As the kernel: what fits, and how long it is. */
static void say(const char *text, char *at, __kernel_size_t *len)
{
	if (at)
		memcpy(at, text, *len < strlen(text) ? *len : strlen(text));
	*len = strlen(text);
}

/* By this name Mesa looks for 3D, and finds out that there is none, as in the guest. */
static int version(struct drm_version *request)
{
	say("virtio_gpu", request->name, &request->name_len);
	say("0", request->date, &request->date_len);
	say("double", request->desc, &request->desc_len);
	return 0;
}

/* Returns 0 or an errno value. */
static int serve(unsigned long code, void *arg)
{
	if (code == device_double.fail)
		return ENOMEM;
	switch (code) {
	case DRM_IOCTL_VERSION:
		return version(arg);
	case DRM_IOCTL_MODE_CREATE_DUMB:
		return create(arg);
	case DRM_IOCTL_MODE_DESTROY_DUMB:
		return destroy(((struct drm_mode_destroy_dumb *)arg)->handle);
	case DRM_IOCTL_GEM_CLOSE:
		return destroy(((struct drm_gem_close *)arg)->handle);
	case DRM_IOCTL_MODE_MAP_DUMB:
		return map(arg);
	case DRM_IOCTL_MODE_ADDFB2:
		return add_fb(arg);
	case DRM_IOCTL_MODE_RMFB:
		return remove_fb(*(uint32_t *)arg);
	default:
		return EINVAL;
	}
}

/* --- what others call ------------------------------------------------------------------------- */

/* Also by a descriptor that is a copy of ours, as Mesa makes them. */
static int is_ours(int fd)
{
	int flags = fd < 0 || device_double.fd < 0 ? -1 : fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & (O_ACCMODE | O_APPEND | O_NONBLOCK)) == MARKED;
}

int ioctl(int fd, unsigned long code, ...)
{
	va_list list;
	void *arg;
	int err;

	va_start(list, code);
	arg = va_arg(list, void *);
	va_end(list);
	if (!is_ours(fd))
		return (int)syscall(SYS_ioctl, fd, code, arg);
	err = serve(code, arg);
	errno = err;
	return err ? -1 : 0;
}

/*
 * libdrm and Mesa call one or the other, which is the same on a 64-bit machine; by their symbols, for in the headers one
 * is the other's name.
 */
void *double_mmap(void *at, size_t size, int protection, int flags, int fd,
		  off_t offset) __asm__("mmap");
void *double_mmap64(void *at, size_t size, int protection, int flags, int fd,
		    off_t offset) __asm__("mmap64");

void *double_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (is_ours(fd))
		fd = device_double.memory;
	return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}

void *double_mmap64(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	return double_mmap(at, size, protection, flags, fd, offset);
}
