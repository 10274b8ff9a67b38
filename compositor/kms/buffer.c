// SPDX-License-Identifier: MIT
/*
 * No function here retries an ioctl that was interrupted: each may be an operation under test, which
 * is to return what the kernel returned. Those who set things up do so before the storm begins.
 */
#include "compositor/kms/buffer.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "compositor/kms/device.h"

#define HEAP "/dev/dma_heap/system"
#define UDMABUF "/dev/udmabuf"

static int request(int fd, unsigned long code, void *arg)
{
	return ioctl(fd, code, arg) ? -errno : 0;
}

void buffer_init(struct buffer *buffer, struct device *device, enum buffer_origin origin,
		 uint32_t width, uint32_t height, uint32_t format)
{
	*buffer = (struct buffer){
		.device = device,
		.origin = origin,
		.width = width,
		.height = height,
		.format = format,
		.dmabuf = -1,
	};
}

static int allocate_dumb(struct buffer *buffer)
{
	struct drm_mode_create_dumb dumb = {
		.width = buffer->width,
		.height = buffer->height,
		.bpp = 32,
	};
	int ret = request(buffer->device->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb);

	if (ret)
		return ret;
	buffer->handle = dumb.handle;
	buffer->stride = dumb.pitch;
	buffer->size = dumb.size;
	return 0;
}

/* Rows without gaps, and whole pages: a dma-buf has no others. */
static void choose_layout(struct buffer *buffer)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	buffer->stride = buffer->width * 4;
	buffer->size = ((uint64_t)buffer->stride * buffer->height + page - 1) / page * page;
}

/* udmabuf takes sealed memory only, which cannot be cut short under the device. */
static int allocate_udmabuf(struct buffer *buffer)
{
	int memory = memfd_create("planestorm", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int maker = open(UDMABUF, O_RDWR | O_CLOEXEC);
	struct udmabuf_create create = {
		.memfd = (uint32_t)memory,
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = buffer->size,
	};
	int ret = 0;

	if (memory < 0 || maker < 0 || ftruncate(memory, (off_t)buffer->size) ||
	    fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK)) {
		ret = -errno;
		goto out;
	}
	buffer->dmabuf = ioctl(maker, UDMABUF_CREATE, &create);
	if (buffer->dmabuf < 0)
		ret = -errno;
out:
	if (maker >= 0)
		close(maker);
	if (memory >= 0)
		close(memory);
	return ret;
}

static int allocate_heap(struct buffer *buffer)
{
	struct dma_heap_allocation_data data = {
		.len = buffer->size,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	int heap = open(HEAP, O_RDWR | O_CLOEXEC);
	int ret;

	if (heap < 0)
		return -errno;
	ret = request(heap, DMA_HEAP_IOCTL_ALLOC, &data);
	close(heap);
	if (!ret)
		buffer->dmabuf = (int)data.fd;
	return ret;
}

int buffer_allocate(struct buffer *buffer)
{
	if (buffer->origin == ORIGIN_DUMB)
		return allocate_dumb(buffer);
	choose_layout(buffer);
	return buffer->origin == ORIGIN_HEAP ? allocate_heap(buffer) : allocate_udmabuf(buffer);
}

static void release_memory(struct buffer *buffer)
{
	buffer->memory->release(buffer->memory);
	buffer->memory = NULL;
}

int buffer_free(struct buffer *buffer)
{
	struct drm_mode_destroy_dumb destroy = { .handle = buffer->handle };
	struct drm_gem_close close = { .handle = buffer->handle };
	int ret = 0;

	if (buffer->memory)
		release_memory(buffer);
	else if (buffer->origin == ORIGIN_DUMB)
		ret = request(buffer->device->fd, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy);
	else
		ret = request(buffer->device->fd, DRM_IOCTL_GEM_CLOSE, &close);
	if (!ret)
		buffer->handle = buffer->res = 0;
	return ret;
}

int buffer_add_framebuffer(struct buffer *buffer)
{
	struct drm_mode_fb_cmd2 add = {
		.width = buffer->width,
		.height = buffer->height,
		.pixel_format = buffer->format,
		.handles = { buffer->handle },
		.pitches = { buffer->stride },
	};
	int ret = request(buffer->device->fd, DRM_IOCTL_MODE_ADDFB2, &add);

	if (!ret)
		buffer->fb = add.fb_id;
	return ret;
}

int buffer_remove_framebuffer(struct buffer *buffer)
{
	int ret = request(buffer->device->fd, DRM_IOCTL_MODE_RMFB, &buffer->fb);

	if (!ret)
		buffer->fb = 0;
	return ret;
}

/* Only tells; a kernel that does not answer leaves the number unknown. */
void buffer_ask_resource(struct buffer *buffer)
{
	struct drm_virtgpu_resource_info info = { .bo_handle = buffer->handle };
	unsigned long code = DRM_IOWR(DRM_COMMAND_BASE + DRM_VIRTGPU_RESOURCE_INFO,
				      struct drm_virtgpu_resource_info);

	if (buffer->device->is_virtio && !drmIoctl(buffer->device->fd, code, &info))
		buffer->res = info.res_handle;
}

int buffer_create(struct buffer *buffer, const char **why)
{
	int ret;

	*why = "create a buffer";
	ret = buffer_allocate(buffer);
	if (ret)
		goto out;
	*why = "import a buffer";
	if (!buffer->handle)
		ret = buffer_import(buffer);
	if (ret)
		goto out;
	*why = "add a framebuffer";
	ret = buffer_add_framebuffer(buffer);
	if (ret)
		goto out;
	buffer_ask_resource(buffer);
	*why = NULL;
out:
	if (ret)
		buffer_destroy(buffer);
	return ret;
}

static void close_dmabuf(struct buffer *buffer)
{
	if (buffer->dmabuf >= 0)
		close(buffer->dmabuf);
	buffer->dmabuf = -1;
}

void buffer_destroy(struct buffer *buffer)
{
	buffer_unmap(buffer);
	close_dmabuf(buffer);
	if (buffer->imported)
		drmCloseBufferHandle(buffer->device->second, buffer->imported);
	buffer->imported = 0;
	if (buffer->fb)
		drmModeRmFB(buffer->device->fd, buffer->fb);
	buffer->fb = 0;
	/* With which its handle is closed. */
	if (buffer->memory)
		release_memory(buffer);
	else if (buffer->handle)
		drmCloseBufferHandle(buffer->device->fd, buffer->handle);
	buffer->handle = buffer->res = 0;
}

void buffer_forget(struct buffer *buffer)
{
	buffer->fb = buffer->handle = buffer->res = 0;
	buffer_destroy(buffer);
}

bool buffer_has_memory(const struct buffer *buffer)
{
	return buffer->origin == ORIGIN_DUMB ? buffer->handle != 0 : buffer->dmabuf >= 0;
}

/* A dma-buf's memory is mapped through it, all else through the device. */
static int map_offset(const struct buffer *buffer, int *fd, off_t *offset)
{
	struct drm_mode_map_dumb map = { .handle = buffer->handle };
	int ret;

	*fd = buffer->dmabuf;
	*offset = 0;
	if (buffer->origin != ORIGIN_DUMB)
		return 0;
	ret = request(buffer->device->fd, DRM_IOCTL_MODE_MAP_DUMB, &map);
	*fd = buffer->device->fd;
	*offset = (off_t)map.offset;
	return ret;
}

int buffer_map(struct buffer *buffer)
{
	off_t offset;
	void *pixels;
	int fd, ret;

	if (buffer->pixels)
		return 0;
	ret = map_offset(buffer, &fd, &offset);
	if (ret)
		return ret;
	pixels = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		      offset);
	if (pixels == MAP_FAILED)
		return -errno;
	/* A child that had it would hold it, and take its lock to let go. */
	madvise(pixels, buffer->size, MADV_DONTFORK);
	buffer->pixels = pixels;
	return 0;
}

int buffer_unmap(struct buffer *buffer)
{
	if (!buffer->pixels)
		return 0;
	if (munmap(buffer->pixels, buffer->size))
		return -errno;
	buffer->pixels = NULL;
	return 0;
}

int buffer_export(struct buffer *buffer)
{
	struct drm_prime_handle prime = {
		.handle = buffer->handle,
		.flags = DRM_CLOEXEC | DRM_RDWR,
		.fd = -1,
	};
	int ret = request(buffer->device->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);

	if (ret)
		return ret;
	close_dmabuf(buffer);
	buffer->dmabuf = prime.fd;
	return 0;
}

int buffer_import(struct buffer *buffer)
{
	struct drm_prime_handle prime = { .fd = buffer->dmabuf };
	bool dumb = buffer->origin == ORIGIN_DUMB;
	int fd = dumb ? buffer->device->second : buffer->device->fd;
	int ret = request(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);

	if (!ret && dumb)
		buffer->imported = prime.handle;
	else if (!ret)
		buffer->handle = prime.handle;
	return ret;
}

void buffer_paint(struct buffer *buffer, enum picture_image image, uint32_t id,
		  const struct picture_area *area)
{
	picture_paint_area(image, id, buffer->width, buffer->height, area, buffer->pixels,
			   buffer->stride);
}
