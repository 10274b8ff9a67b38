// SPDX-License-Identifier: MIT
#include "compositor/kms/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "compositor/kms/device.h"

static int create_dumb(struct buffer *buffer)
{
	struct drm_mode_create_dumb dumb = {
		.width = buffer->width,
		.height = buffer->height,
		.bpp = 32,
	};

	if (drmIoctl(buffer->device->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		return -errno;
	buffer->handle = dumb.handle;
	buffer->stride = dumb.pitch;
	buffer->size = dumb.size;
	return 0;
}

static int add_framebuffer(struct buffer *buffer, uint32_t format)
{
	uint32_t handles[4] = { buffer->handle };
	uint32_t strides[4] = { buffer->stride };
	uint32_t offsets[4] = { 0 };

	return drmModeAddFB2(buffer->device->fd, buffer->width, buffer->height, format, handles,
			     strides, offsets, &buffer->fb, 0);
}

/* Only tells; a kernel that does not answer leaves the number unknown. */
static void ask_resource(struct buffer *buffer)
{
	struct drm_virtgpu_resource_info info = { .bo_handle = buffer->handle };
	unsigned long request = DRM_IOWR(DRM_COMMAND_BASE + DRM_VIRTGPU_RESOURCE_INFO,
					 struct drm_virtgpu_resource_info);

	if (buffer->device->is_virtio && !drmIoctl(buffer->device->fd, request, &info))
		buffer->res = info.res_handle;
}

int buffer_create(const struct device *device, uint32_t width, uint32_t height, uint32_t format,
		  struct buffer **out, const char **why)
{
	struct buffer *buffer = calloc(1, sizeof(*buffer));
	int ret;

	*why = "allocate a buffer";
	if (!buffer)
		return -ENOMEM;
	buffer->device = device;
	buffer->width = width;
	buffer->height = height;

	*why = "create a dumb buffer";
	ret = create_dumb(buffer);
	if (ret)
		goto out;
	*why = "add a framebuffer";
	ret = add_framebuffer(buffer, format);
	if (ret)
		goto out;
	ask_resource(buffer);
	*why = NULL;
out:
	if (ret) {
		buffer_destroy(buffer);
		buffer = NULL;
	}
	*out = buffer;
	return ret;
}

void buffer_destroy(struct buffer *buffer)
{
	struct drm_mode_destroy_dumb destroy;

	if (!buffer)
		return;
	buffer_unmap(buffer);
	destroy = (struct drm_mode_destroy_dumb){ .handle = buffer->handle };
	if (buffer->fb)
		drmModeRmFB(buffer->device->fd, buffer->fb);
	if (buffer->handle)
		drmIoctl(buffer->device->fd, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy);
	free(buffer);
}

int buffer_map(struct buffer *buffer)
{
	struct drm_mode_map_dumb map = { .handle = buffer->handle };
	int prot = PROT_READ | PROT_WRITE;
	int fd = buffer->device->fd;
	void *pixels;

	if (buffer->pixels)
		return 0;
	if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		return -errno;
	pixels = mmap(NULL, buffer->size, prot, MAP_SHARED, fd, (off_t)map.offset);
	if (pixels == MAP_FAILED)
		return -errno;
	/* A child that had it would hold it, and take its lock to let go. */
	madvise(pixels, buffer->size, MADV_DONTFORK);
	buffer->pixels = pixels;
	return 0;
}

void buffer_unmap(struct buffer *buffer)
{
	if (buffer->pixels)
		munmap(buffer->pixels, buffer->size);
	buffer->pixels = NULL;
}

void buffer_paint(struct buffer *buffer, enum picture_image image, uint32_t id,
		  const struct picture_area *area)
{
	picture_paint_area(image, id, buffer->width, buffer->height, area, buffer->pixels,
			   buffer->stride);
}
