// SPDX-License-Identifier: MIT
#include "compositor/model/census.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * Functions as in Linux 6.12 to 7.2. A plane has a state from its reset on, which the first commit
 * replaces by a copy, so the two are counted together. Nothing else of the DRM core is counted, since
 * most of what it allocates it keeps from its first use on: modes, CRTC commits, blobs.
 */
const struct census_kind census_kinds[CENSUS_KINDS] = {
	[CENSUS_DEVICES] = { "open-devices", { "drm_file_alloc" } },
	[CENSUS_SYNC_FILES] = { "sync-files", { "sync_file_alloc" } },
	[CENSUS_DMABUFS] = { "dma-bufs", { "dma_buf_export" } },
	/* The latter from Linux 7.2 on. */
	[CENSUS_ATOMIC_STATES] = { "atomic-states",
				   { "drm_atomic_state_alloc", "drm_atomic_commit_alloc" } },
	[CENSUS_PLANE_STATES] = { "plane-states",
				  { "drm_atomic_helper_plane_reset",
				    "virtio_gpu_plane_duplicate_state" } },
	[CENSUS_FRAMEBUFFERS] = { "framebuffers", { "virtio_gpu_user_framebuffer_create" } },
	[CENSUS_COMMANDS] = { "commands", { "virtio_gpu_get_vbuf" } },
	[CENSUS_OBJECT_ARRAYS] = { "object-arrays", { "virtio_gpu_array_alloc" } },
	[CENSUS_FENCES] = { "fences", { "virtio_gpu_fence_alloc" } },
	[CENSUS_RESOURCES] = { "host-resources", { NULL } },
	[CENSUS_BUFFERS] = { "buffers", { "virtio_gpu_create_object" } },
	[CENSUS_MEMORY] = { CENSUS_MEMORY_PREFIX, { NULL } },
	[CENSUS_FILES] = { "open-files", { "alloc_empty_file" } },
	[CENSUS_UNREFERENCED] = { "unreferenced-objects", { NULL } },
	[CENSUS_PLANES] = { "lit-planes", { NULL } },
	[CENSUS_SHOWN] = { "shown-images", { NULL } },
};

/* All of what these allocate counts. */
#define DRIVER_MODULE "[virtio_gpu]"
#define DMABUF_SOURCES " drivers/dma-buf/"

#define FUNCTION " func:"

int census_rank(const char *name)
{
	for (int kind = 0; kind < CENSUS_KINDS; kind++)
		if (!strcmp(census_kinds[kind].name, name))
			return kind;
	return CENSUS_MEMORY;
}

/* What the function is known to allocate, or CENSUS_KINDS. */
static int kind_of(const char *function, size_t len)
{
	for (int kind = 0; kind < CENSUS_KINDS; kind++)
		for (int i = 0; i < CENSUS_FUNCTIONS_MAX && census_kinds[kind].functions[i]; i++)
			if (!strncmp(census_kinds[kind].functions[i], function, len) &&
			    !census_kinds[kind].functions[i][len])
				return kind;
	return CENSUS_KINDS;
}

int census_add(struct census *census, const char *name, int64_t value)
{
	struct census_count *count;

	for (size_t i = 0; i < census->len; i++) {
		count = &census->counts[i];
		if (strncmp(count->name, name, CENSUS_NAME_MAX - 1))
			continue;
		count->value += value;
		return 0;
	}
	if (census->len == CENSUS_MAX)
		return -ENOSPC;
	count = &census->counts[census->len++];
	snprintf(count->name, sizeof(count->name), "%s", name);
	count->value = value;
	return 0;
}

/*
 * "BYTES NUMBER FILE:LINE [MODULE] func:FUNCTION"; the module is missing if it is the kernel itself. There are
 * thousands of lines, and few that count, so the numbers are read last.
 */
int census_add_line(struct census *census, const char *line)
{
	const char *place = strstr(line, FUNCTION);
	const char *function = place ? place + strlen(FUNCTION) : "";
	size_t len = strcspn(function, " \n");
	int kind = kind_of(function, len);
	char name[CENSUS_NAME_MAX];
	long long value;

	if (!len ||
	    (kind == CENSUS_KINDS && !strstr(line, DRIVER_MODULE) &&
	     !strstr(line, DMABUF_SOURCES)) ||
	    sscanf(line, "%*s %lld", &value) != 1)
		return 0;
	if (kind < CENSUS_KINDS)
		census->met[kind] = true;
	if (value == 0)
		return 0;
	if (kind < CENSUS_KINDS)
		return census_add(census, census_kinds[kind].name, value);
	snprintf(name, sizeof(name), CENSUS_MEMORY_PREFIX "%.*s", (int)len, function);
	return census_add(census, name, value);
}

int census_unmet(const struct census *census)
{
	int kind = 0;

	while (kind < CENSUS_KINDS && (!census_kinds[kind].functions[0] || census->met[kind]))
		kind++;
	return kind;
}

int64_t census_value(const struct census *census, const char *name)
{
	for (size_t i = 0; i < census->len; i++)
		if (!strncmp(census->counts[i].name, name, CENSUS_NAME_MAX - 1))
			return census->counts[i].value;
	return 0;
}

bool census_grew(const struct census *before, const struct census *after)
{
	for (size_t i = 0; i < after->len; i++)
		if (after->counts[i].value > census_value(before, after->counts[i].name))
			return true;
	return false;
}
