// SPDX-License-Identifier: MIT
#include "compositor/view/cursors.h"

#include <dirent.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>

#include "compositor/cursor/image.h"
#include "compositor/kms/device.h"
#include "compositor/sink.h"

#define ENDING ".png"

static int is_image(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > strlen(ENDING) && !strcmp(entry->d_name + len - strlen(ENDING), ENDING);
}

/* A side of the device's cursor plane, pixels. */
static uint32_t plane_size(int fd)
{
	uint64_t width;

	return drmGetCap(fd, DRM_CAP_CURSOR_WIDTH, &width) || !width ? 64 : (uint32_t)width;
}

static int upload(struct cursor_plane *plane, struct device *device,
		  const struct cursor_image *image, uint32_t side, const char **why)
{
	struct buffer *buffer = &plane->buffer;
	int ret;

	plane->hot_x = image->hot_x;
	plane->hot_y = image->hot_y;
	buffer_init(buffer, device, ORIGIN_DUMB, side, side, DRM_FORMAT_ARGB8888);
	ret = buffer_create(buffer, why);
	if (!ret) {
		*why = "map a buffer";
		ret = buffer_map(buffer);
	}
	if (ret) {
		buffer_destroy(buffer);
		return ret;
	}
	cursor_image_pad(image, buffer->pixels, side, side, buffer->stride);
	return 0;
}

/* The file @name of @folder, if it fits. */
static int load(struct cursors *cursors, struct device *device, const char *folder,
		const char *name, struct sink *sink)
{
	struct cursor_plane *plane = &cursors->images[cursors->count];
	uint32_t side = plane_size(device->fd);
	struct cursor_image *image;
	char path[PATH_MAX], bad[128];
	const char *why = NULL;
	int ret = 0;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	image = cursor_image_load(path, bad, sizeof(bad));
	if (!image) {
		sink_error(sink, "%s: %s", path, bad);
		return -EINVAL;
	}
	if (image->width > side || image->height > side) {
		sink_note(sink, "%s does not fit the cursor plane of %ux%u", path, side, side);
	} else {
		snprintf(plane->name, sizeof(plane->name), "%.*s",
			 (int)(strlen(name) - strlen(ENDING)), name);
		ret = upload(plane, device, image, side, &why);
		if (ret)
			sink_error(sink, "cannot %s for %s: %s", why, path, strerror(-ret));
		else
			cursors->count++;
	}
	free(image);
	return ret;
}

static int choose(struct cursors *cursors, const char *name)
{
	for (int i = 0; i < cursors->count; i++) {
		if (strcmp(cursors->images[i].name, name))
			continue;
		cursors->current = i;
		return 0;
	}
	return -ENOENT;
}

int cursors_load(struct cursors *cursors, struct device *device, const char *data, const char *name,
		 struct sink *sink)
{
	struct dirent **entries;
	char folder[PATH_MAX];
	int n, ret = 0;

	cursors->count = cursors->current = 0;
	snprintf(folder, sizeof(folder), "%s/cursors", data);
	n = scandir(folder, &entries, is_image, alphasort);
	if (n < 0) {
		ret = -errno;
		sink_error(sink, "%s: %s", folder, strerror(-ret));
		return ret;
	}
	for (int i = 0; i < n; i++) {
		if (!ret && cursors->count < CURSORS_MAX)
			ret = load(cursors, device, folder, entries[i]->d_name, sink);
		free(entries[i]);
	}
	free(entries);
	if (ret)
		return ret;
	ret = choose(cursors, name);
	if (ret)
		sink_error(sink, "there is no %s/%s" ENDING " that fits", folder, name);
	return ret;
}

void cursors_finish(struct cursors *cursors)
{
	while (cursors->count > 0)
		buffer_destroy(&cursors->images[--cursors->count].buffer);
}

const struct cursor_plane *cursors_current(const struct cursors *cursors)
{
	int shown = cursors->current + (cursors->pressed ? 1 : 0);

	return cursors->count ? &cursors->images[shown % cursors->count] : NULL;
}

void cursors_next(struct cursors *cursors)
{
	if (cursors->count)
		cursors->current = (cursors->current + 1) % cursors->count;
}
