// SPDX-License-Identifier: MIT
#include "compositor/kms/commit.h"

#include <assert.h>
#include <errno.h>

void commit_init(struct commit *commit)
{
	commit->object_count = 0;
	commit->prop_count = 0;
}

void commit_object(struct commit *commit, uint32_t id)
{
	assert(commit->object_count < COMMIT_OBJECTS_MAX);
	commit->objects[commit->object_count] = id;
	commit->counts[commit->object_count] = 0;
	commit->object_count++;
}

void commit_prop(struct commit *commit, uint32_t prop, uint64_t value)
{
	assert(commit->object_count > 0 && commit->prop_count < COMMIT_PROPS_MAX);
	commit->props[commit->prop_count] = prop;
	commit->values[commit->prop_count] = value;
	commit->prop_count++;
	commit->counts[commit->object_count - 1]++;
}

void commit_plane(struct commit *commit, const struct plane *plane,
		  const struct plane_values *values)
{
	commit_object(commit, plane->object.id);
	for (int i = 0; i < PLANE_PROPS; i++)
		if ((values->mask & PLANE_MASK(i)) && plane->prop[i])
			commit_prop(commit, plane->prop[i], values->value[i]);
}

void commit_damage(struct commit *commit, const struct plane *plane, uint32_t blob)
{
	commit_prop(commit, plane->damage, blob);
}

int damage_create(int fd, const struct picture_area *areas, int count, uint32_t *blob)
{
	struct drm_mode_rect clips[DAMAGE_AREAS_MAX];

	if (count > DAMAGE_AREAS_MAX)
		return -EINVAL;
	for (int i = 0; i < count; i++)
		clips[i] = (struct drm_mode_rect){
			.x1 = (int32_t)areas[i].x,
			.y1 = (int32_t)areas[i].y,
			.x2 = (int32_t)(areas[i].x +
					areas[i].width), /* the first pixel not in it */
			.y2 = (int32_t)(areas[i].y + areas[i].height),
		};
	return drmModeCreatePropertyBlob(fd, clips, (size_t)count * sizeof(clips[0]), blob);
}

void damage_destroy(int fd, uint32_t blob)
{
	drmModeDestroyPropertyBlob(fd, blob);
}

void plane_values_off(struct plane_values *values)
{
	values->mask = PLANE_MASK(PROP_FB_ID) | PLANE_MASK(PROP_CRTC_ID);
	values->value[PROP_FB_ID] = 0;
	values->value[PROP_CRTC_ID] = 0;
}

void plane_values_move(struct plane_values *values, int32_t x, int32_t y)
{
	values->mask |= PLANE_MASK(PROP_CRTC_X) | PLANE_MASK(PROP_CRTC_Y);
	values->value[PROP_CRTC_X] = (uint64_t)(int64_t)x;
	values->value[PROP_CRTC_Y] = (uint64_t)(int64_t)y;
}

void plane_values_show(struct plane_values *values, uint32_t crtc, uint32_t fb, uint32_t width,
		       uint32_t height)
{
	*values = (struct plane_values){ .mask = PLANE_MASK_ALL };
	values->value[PROP_FB_ID] = fb;
	values->value[PROP_CRTC_ID] = crtc;
	values->value[PROP_SRC_W] = (uint64_t)width << 16;
	values->value[PROP_SRC_H] = (uint64_t)height << 16;
	values->value[PROP_CRTC_W] = width;
	values->value[PROP_CRTC_H] = height;
}

void commit_argument(const struct commit *commit, uint32_t flags, uint64_t user_data,
		     struct drm_mode_atomic *atomic)
{
	*atomic = (struct drm_mode_atomic){
		.flags = flags,
		.count_objs = commit->object_count,
		.objs_ptr = (uintptr_t)commit->objects,
		.count_props_ptr = (uintptr_t)commit->counts,
		.props_ptr = (uintptr_t)commit->props,
		.prop_values_ptr = (uintptr_t)commit->values,
		.user_data = user_data,
	};
}

int commit_apply(const struct commit *commit, int fd, uint32_t flags)
{
	struct drm_mode_atomic atomic;

	commit_argument(commit, flags, 0, &atomic);
	return drmIoctl(fd, DRM_IOCTL_MODE_ATOMIC, &atomic) ? -errno : 0;
}
