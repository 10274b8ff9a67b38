// SPDX-License-Identifier: MIT
#include "compositor/kms/object.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xf86drm.h>

/*
 * Not drmModeObjectGetProperties(): that allocates on every call, and the read-back must be cheap
 * enough to stand between the operations of a storm. The kernel gives the properties in the order
 * in which they were attached, which never changes.
 */
static int get_properties(const struct object *object, int fd, uint32_t *ids, uint64_t *values,
			  uint32_t *count)
{
	struct drm_mode_obj_get_properties get = {
		.props_ptr = (uintptr_t)ids,
		.prop_values_ptr = (uintptr_t)values,
		.count_props = OBJECT_PROPS_MAX,
		.obj_id = object->id,
		.obj_type = object->type,
	};

	if (drmIoctl(fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get))
		return -errno;
	*count = get.count_props;
	return *count > OBJECT_PROPS_MAX ? -E2BIG : 0;
}

static const char *kind_word(uint32_t type)
{
	switch (type) {
	case DRM_MODE_OBJECT_PLANE:
		return "plane";
	case DRM_MODE_OBJECT_CRTC:
		return "crtc";
	case DRM_MODE_OBJECT_CONNECTOR:
		return "connector";
	default:
		return "object";
	}
}

/* Names such as "max bpc" become one word, as the journal separates by spaces. */
static void copy_name(char *to, const char *from)
{
	snprintf(to, DRM_PROP_NAME_LEN, "%s", from);
	for (; *to; to++)
		if (*to == ' ' || *to == '=')
			*to = '_';
}

int object_init(struct object *object, int fd, uint32_t id, uint32_t type)
{
	uint32_t ids[OBJECT_PROPS_MAX];
	uint64_t values[OBJECT_PROPS_MAX];
	int ret;

	*object = (struct object){ .kind = kind_word(type), .type = type, .id = id };
	ret = get_properties(object, fd, ids, values, &object->count);
	if (ret)
		return ret;
	for (uint32_t i = 0; i < object->count; i++) {
		drmModePropertyRes *property = drmModeGetProperty(fd, ids[i]);

		if (!property)
			return -errno;
		object->props[i].id = ids[i];
		object->props[i].is_signed =
			drm_property_type_is(property, DRM_MODE_PROP_SIGNED_RANGE);
		object->props[i].is_fact = property->flags & DRM_MODE_PROP_IMMUTABLE;
		copy_name(object->props[i].name, property->name);
		drmModeFreeProperty(property);
	}
	return 0;
}

uint32_t object_prop(const struct object *object, const char *name)
{
	for (uint32_t i = 0; i < object->count; i++)
		if (!strcmp(object->props[i].name, name))
			return object->props[i].id;
	return 0;
}

int object_read(const struct object *object, int fd, uint64_t values[OBJECT_PROPS_MAX])
{
	uint32_t ids[OBJECT_PROPS_MAX];
	uint32_t count = 0;
	int ret;

	ret = get_properties(object, fd, ids, values, &count);
	if (ret)
		return ret;
	return count == object->count ? 0 : -ESTALE;
}

uint64_t object_value(const struct object *object, int fd, const char *name, uint64_t missing)
{
	uint64_t values[OBJECT_PROPS_MAX];

	if (object_read(object, fd, values))
		return missing;
	for (uint32_t i = 0; i < object->count; i++)
		if (!strcmp(object->props[i].name, name))
			return values[i];
	return missing;
}
