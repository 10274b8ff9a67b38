/* SPDX-License-Identifier: MIT */
/*
 * An atomic commit under construction, in the very arrays that the ioctl takes. libdrm's
 * drmModeAtomicReq would do, but it allocates, sorts and retries behind the caller's back: here an
 * operation must be exactly one ioctl, and building it must cost nothing next to that.
 */
#ifndef PLANESTORM_KMS_COMMIT_H
#define PLANESTORM_KMS_COMMIT_H

#include <stdint.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "compositor/kms/output.h"

/* Connector, CRTC and two planes. */
#define COMMIT_OBJECTS_MAX 4
#define COMMIT_PROPS_MAX 32
#define DAMAGE_AREAS_MAX 32

struct commit {
	uint32_t object_count;
	uint32_t prop_count;
	uint32_t objects[COMMIT_OBJECTS_MAX];
	uint32_t counts[COMMIT_OBJECTS_MAX]; /* properties of each object */
	uint32_t props[COMMIT_PROPS_MAX];
	uint64_t values[COMMIT_PROPS_MAX];
};

/* What a commit says of one plane: bit P of @mask set means that property P gets value[P]. */
struct plane_values {
	uint32_t mask;
	uint64_t value[PLANE_PROPS];
};

#define PLANE_MASK(prop) (1u << (prop))
#define PLANE_MASK_ALL (PLANE_MASK(PLANE_PROPS) - 1)

void commit_init(struct commit *commit);

/* The properties that follow are those of object @id. Each object comes once. */
void commit_object(struct commit *commit, uint32_t id);
void commit_prop(struct commit *commit, uint32_t prop, uint64_t value);

/* The plane with the properties in @values, less those that it does not have. */
void commit_plane(struct commit *commit, const struct plane *plane,
		  const struct plane_values *values);

/* The object that came last is a plane: @blob (damage_create()) says what of its buffer changed. */
void commit_damage(struct commit *commit, const struct plane *plane, uint32_t blob);

/*
 * A blob that names @count areas of a framebuffer, at most DAMAGE_AREAS_MAX, as changed, *@blob for commit_damage(); the caller's to
 * destroy when the commit has been made. Returns 0 or a negative errno.
 */
int damage_create(int fd, const struct picture_area *areas, int count, uint32_t *blob);
void damage_destroy(int fd, uint32_t blob);

void plane_values_off(struct plane_values *values);
void plane_values_move(struct plane_values *values, int32_t x, int32_t y);

/* Show @width x @height pixels of framebuffer @fb, unscaled, at (0, 0), with no hotspot. */
void plane_values_show(struct plane_values *values, uint32_t crtc, uint32_t fb, uint32_t width,
		       uint32_t height);

/* Fill in the ioctl's argument; it points into @commit. @flags: DRM_MODE_ATOMIC_*. */
void commit_argument(const struct commit *commit, uint32_t flags, uint64_t user_data,
		     struct drm_mode_atomic *atomic);

/* For set-up: commit, retried while interrupted. Returns 0 or a negative errno. */
int commit_apply(const struct commit *commit, int fd, uint32_t flags);

#endif
