/* SPDX-License-Identifier: MIT */
/*
 * A KMS object (plane, CRTC, connector) and its properties, as data. Properties have an id that
 * differs from device to device and a name that does not; values are 64 bits whatever the type.
 */
#ifndef PLANESTORM_KMS_OBJECT_H
#define PLANESTORM_KMS_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

/* The kernel has no more than DRM_OBJECT_MAX_PROPERTY (64) on one object. */
#define OBJECT_PROPS_MAX 64

struct object {
	const char *kind; /* "plane", "crtc", "connector": its word in the journal */
	uint32_t type;	  /* DRM_MODE_OBJECT_* */
	uint32_t id;	  /* 0 is never a valid id: the device has no such object */
	uint32_t count;
	struct {
		uint32_t id;
		bool is_signed; /* its values are int64_t */
		bool is_fact;	/* which nobody can set, such as a monitor's EDID */
		char name[DRM_PROP_NAME_LEN];
	} props[OBJECT_PROPS_MAX];
};

/* Find out @id's properties. Returns 0 or a negative errno. */
int object_init(struct object *object, int fd, uint32_t id, uint32_t type);

/* The id of the property called @name, or 0. */
uint32_t object_prop(const struct object *object, const char *name);

/*
 * Read all values, in the order of object->props, with one ioctl that is retried while it is
 * interrupted. Returns 0 or a negative errno.
 */
int object_read(const struct object *object, int fd, uint64_t values[OBJECT_PROPS_MAX]);

/* Read one value by its property's name; @missing if there is no such property. */
uint64_t object_value(const struct object *object, int fd, const char *name, uint64_t missing);

#endif
