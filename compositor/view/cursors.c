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

static int upload(struct cursor *cursor, struct device *device, uint32_t side, const char **why)
{
	struct buffer *buffer = &cursor->buffer;
	int ret;

	buffer_init(buffer, device, ORIGIN_DUMB, side, side, DRM_FORMAT_ARGB8888);
	ret = buffer_create(buffer, why);
	if (!ret) {
		*why = "map a buffer";
		ret = buffer_map(buffer);
	}
	if (ret)
		buffer_destroy(buffer);
	else
		cursor_image_pad(cursor->image, buffer->pixels, side, side, buffer->stride);
	return ret;
}

/* The file @name of @folder. */
static int load(struct cursor *cursor, const char *folder, const char *name, struct sink *sink)
{
	char path[PATH_MAX], bad[128];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	cursor->image = cursor_image_load(path, bad, sizeof(bad));
	if (!cursor->image) {
		sink_error(sink, "%s: %s", path, bad);
		return -EINVAL;
	}
	snprintf(cursor->name, sizeof(cursor->name), "%.*s", (int)(strlen(name) - strlen(ENDING)),
		 name);
	return 0;
}

/* Into a buffer for the plane, if it fits there. */
static int fit(struct cursor *cursor, struct device *device, struct sink *sink)
{
	uint32_t side = plane_size(device->fd);
	const char *why = NULL;
	int ret;

	if (cursor->image->width > side || cursor->image->height > side) {
		sink_note(sink, "cursor %s is too large for the plane of %ux%u and will be painted",
			  cursor->name, side, side);
		return 0;
	}
	ret = upload(cursor, device, side, &why);
	if (ret)
		sink_error(sink, "cannot %s for cursor %s: %s", why, cursor->name, strerror(-ret));
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
		 bool planes, struct sink *sink)
{
	struct dirent **entries;
	char folder[PATH_MAX];
	int n, ret = 0;

	snprintf(folder, sizeof(folder), "%s/cursors", data);
	n = scandir(folder, &entries, is_image, alphasort);
	if (n < 0) {
		ret = -errno;
		sink_error(sink, "%s: %s", folder, strerror(-ret));
		return ret;
	}
	for (int i = 0; i < n; i++) {
		if (!ret && cursors->count < CURSORS_MAX) {
			struct cursor *cursor = &cursors->images[cursors->count];

			ret = load(cursor, folder, entries[i]->d_name, sink);
			cursors->count += !ret;
			if (!ret && planes)
				ret = fit(cursor, device, sink);
		}
		free(entries[i]);
	}
	free(entries);
	if (ret)
		return ret;
	ret = choose(cursors, name);
	if (ret)
		sink_error(sink, "there is no %s/%s" ENDING, folder, name);
	return ret;
}

void cursors_finish(struct cursors *cursors)
{
	while (cursors->count > 0) {
		struct cursor *cursor = &cursors->images[--cursors->count];

		if (cursor->buffer.fb)
			buffer_destroy(&cursor->buffer);
		free(cursor->image);
	}
}

const struct cursor *cursors_current(const struct cursors *cursors)
{
	int shown = cursors->current + (cursors->pressed ? 1 : 0);

	return cursors->count ? &cursors->images[shown % cursors->count] : NULL;
}

void cursors_next(struct cursors *cursors)
{
	if (cursors->count)
		cursors->current = (cursors->current + 1) % cursors->count;
}
