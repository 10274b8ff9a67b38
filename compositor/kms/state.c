// SPDX-License-Identifier: MIT
#include "compositor/kms/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/sink.h"

enum legacy_field {
	LEGACY_FB,
	LEGACY_X,
	LEGACY_Y,
	LEGACY_MODE_VALID,
	LEGACY_HDISPLAY,
	LEGACY_VDISPLAY,
	LEGACY_CLOCK, /* kHz */
	LEGACY_FIELDS
};

static const char *const legacy_names[LEGACY_FIELDS] = {
	[LEGACY_FB] = "fb",
	[LEGACY_X] = "x",
	[LEGACY_Y] = "y",
	[LEGACY_MODE_VALID] = "mode_valid",
	[LEGACY_HDISPLAY] = "hdisplay",
	[LEGACY_VDISPLAY] = "vdisplay",
	[LEGACY_CLOCK] = "clock",
};

/* In the order in which they are read and written. */
enum part_index { PART_PRIMARY, PART_CURSOR, PART_CRTC, PART_CONNECTOR, PART_LEGACY, PARTS };

struct part {
	const struct object *object; /* NULL: the output has no such object */
	bool written;
	uint64_t values[OBJECT_PROPS_MAX]; /* as last read, which is as last written */
};

struct state {
	const struct output *output; /* borrowed */
	struct object legacy;	     /* a pseudo object that names the fields of drmModeGetCrtc() */
	struct part parts[PARTS];
};

static void init_legacy(struct object *legacy, uint32_t crtc)
{
	legacy->kind = "legacy";
	legacy->id = crtc;
	legacy->count = LEGACY_FIELDS;
	for (int i = 0; i < LEGACY_FIELDS; i++)
		snprintf(legacy->props[i].name, sizeof(legacy->props[i].name), "%s",
			 legacy_names[i]);
}

struct state *state_create(const struct output *output)
{
	struct state *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	state->output = output;
	init_legacy(&state->legacy, output->crtc.id);
	state->parts[PART_PRIMARY].object = &output->plane[PLANE_PRIMARY].object;
	if (output->plane[PLANE_CURSOR].object.id)
		state->parts[PART_CURSOR].object = &output->plane[PLANE_CURSOR].object;
	state->parts[PART_CRTC].object = &output->crtc;
	state->parts[PART_CONNECTOR].object = &output->connector;
	state->parts[PART_LEGACY].object = &state->legacy;
	return state;
}

void state_destroy(struct state *state)
{
	free(state);
}

/* Not drmModeGetCrtc(), which allocates; its place in the loop is that of object_read(). */
static int read_legacy(const struct object *legacy, int fd, uint64_t values[OBJECT_PROPS_MAX])
{
	struct drm_mode_crtc crtc = { .crtc_id = legacy->id };

	if (drmIoctl(fd, DRM_IOCTL_MODE_GETCRTC, &crtc))
		return -errno;
	values[LEGACY_FB] = crtc.fb_id;
	values[LEGACY_X] = crtc.x;
	values[LEGACY_Y] = crtc.y;
	values[LEGACY_MODE_VALID] = crtc.mode_valid;
	values[LEGACY_HDISPLAY] = crtc.mode.hdisplay;
	values[LEGACY_VDISPLAY] = crtc.mode.vdisplay;
	values[LEGACY_CLOCK] = crtc.mode.clock;
	return 0;
}

static int format_value(const struct part *part, uint32_t i, char *text, size_t size)
{
	const char *space = i ? " " : "";
	const char *name = part->object->props[i].name;

	if (part->object->props[i].is_signed)
		return snprintf(text, size, "%s%s=%" PRId64, space, name, (int64_t)part->values[i]);
	return snprintf(text, size, "%s%s=%" PRIu64, space, name, part->values[i]);
}

static size_t format_props(const struct part *part, char *text, size_t size)
{
	size_t used = 0;

	for (uint32_t i = 0; i < part->object->count && used < size; i++)
		used += (size_t)format_value(part, i, text + used, size - used);
	return used < size ? used : size - 1;
}

static void write_part(const struct part *part, struct sink *sink)
{
	char name[64];
	char text[JOURNAL_LINE_MAX];
	struct journal_event event = { .kind = JOURNAL_STATE, .name = name, .text = text };

	event.name_len = (size_t)snprintf(name, sizeof(name), "%s:%" PRIu32, part->object->kind,
					  part->object->id);
	event.text_len = format_props(part, text, sizeof(text));
	sink_event(sink, &event);
}

/*
 * A plane says until the next commit what damage the last one had named, by a blob that is gone. It
 * has come to its effect and is nothing that a compositor could lose, so it is no state.
 */
static void forget_damage(const struct state *state, const struct part *part,
			  uint64_t values[OBJECT_PROPS_MAX])
{
	uint32_t damage = state->output->plane[PLANE_PRIMARY].damage;

	for (uint32_t i = 0; damage && i < part->object->count; i++)
		if (part->object->props[i].id == damage)
			values[i] = 0;
}

/* Nothing that a commit could change either: a monitor comes when it likes. */
static void forget_facts(const struct part *part, uint64_t values[OBJECT_PROPS_MAX])
{
	for (uint32_t i = 0; part->written && i < part->object->count; i++)
		if (part->object->props[i].is_fact)
			values[i] = part->values[i];
}

static int read_part(struct state *state, struct part *part, struct sink *sink, bool *changed)
{
	const struct object *object = part->object;
	int fd = state->output->device->fd;
	uint64_t values[OBJECT_PROPS_MAX];
	size_t size;
	int ret;

	if (object == &state->legacy)
		ret = read_legacy(object, fd, values);
	else
		ret = object_read(object, fd, values);
	if (ret)
		return ret;
	forget_damage(state, part, values);
	forget_facts(part, values);
	size = object->count * sizeof(values[0]);
	if (part->written && !memcmp(part->values, values, size))
		return 0;
	memcpy(part->values, values, size);
	part->written = true;
	*changed = true;
	write_part(part, sink);
	return 0;
}

int state_read(struct state *state, struct sink *sink, bool *changed)
{
	int ret = 0;

	for (int i = 0; !ret && i < PARTS; i++)
		if (state->parts[i].object)
			ret = read_part(state, &state->parts[i], sink, changed);
	return ret;
}

static uint64_t value_of(const struct part *part, uint32_t prop)
{
	for (uint32_t i = 0; i < part->object->count; i++)
		if (part->object->props[i].id == prop)
			return part->values[i];
	return 0;
}

void state_plane(const struct state *state, enum plane_role role, struct plane_values *values)
{
	const struct part *part = &state->parts[role == PLANE_CURSOR ? PART_CURSOR : PART_PRIMARY];
	const struct plane *plane = &state->output->plane[role];

	*values = (struct plane_values){ .mask = 0 };
	if (!part->object)
		return;
	values->mask = PLANE_MASK_ALL;
	for (int i = 0; i < PLANE_PROPS; i++)
		if (plane->prop[i])
			values->value[i] = value_of(part, plane->prop[i]);
}
