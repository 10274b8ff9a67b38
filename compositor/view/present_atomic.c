// SPDX-License-Identifier: MIT
#include <errno.h>
#include <xf86drm.h>

#include "compositor/kms/commit.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/view/cursors.h"
#include "compositor/view/head.h"
#include "compositor/view/present.h"
#include "compositor/view/statistics.h"

/* Others may have had the device before: whatever they left on the cursor plane goes. */
static int set_mode(struct output *output, uint32_t width, uint32_t height, const char **why)
{
	const struct plane *cursor = &output->plane[PLANE_CURSOR];
	struct plane_values off;
	struct commit commit;
	int ret = output_set_mode(output, width, height, why);

	if (ret || !cursor->object.id)
		return ret;
	*why = "hide the cursor";
	commit_init(&commit);
	plane_values_off(&off);
	commit_plane(&commit, cursor, &off);
	return commit_apply(&commit, output->device->fd, 0);
}

static void switch_off(struct output *output)
{
	struct commit commit;

	commit_init(&commit);
	output_commit(output, NULL, &commit);
	commit_apply(&commit, output->device->fd, DRM_MODE_ATOMIC_ALLOW_MODESET);
}

static int apply(const struct head *head, const struct commit *commit, uint32_t flags)
{
	struct drm_mode_atomic atomic;

	commit_argument(commit, flags, (uintptr_t)head, &atomic);
	return drmIoctl(head->common->device->fd, DRM_IOCTL_MODE_ATOMIC, &atomic) ? -errno : 0;
}

/* What is to be said of the plane so that it shows what is wanted. */
static void cursor_values(const struct head *head, struct plane_values *values)
{
	const struct cursor *cursor = head->wanted.cursor;

	values->mask = 0;
	if (!cursor) {
		plane_values_off(values);
		return;
	}
	if (cursor != head->shown.cursor) {
		plane_values_show(values, head->output->crtc.id, cursor->buffer.fb,
				  cursor->buffer.width, cursor->buffer.height);
		values->value[PROP_HOTSPOT_X] = (uint64_t)(int64_t)cursor->image->hot_x;
		values->value[PROP_HOTSPOT_Y] = (uint64_t)(int64_t)cursor->image->hot_y;
	}
	plane_values_move(values, head->wanted.x, head->wanted.y);
}

static void add_cursor(const struct head *head, struct commit *commit)
{
	struct plane_values values;

	if (!head_cursor_pends(head))
		return;
	cursor_values(head, &values);
	commit_plane(commit, &head->output->plane[PLANE_CURSOR], &values);
}

/* Only what differs from the frame on the screen is told to the device. Returns a blob, 0: all of it differs. */
static uint32_t tell_damage(const struct head *head, const struct picture_area *areas, int count)
{
	uint32_t blob = 0;

	if (!head->output->plane[PLANE_PRIMARY].damage || count <= 0)
		return 0;
	if (damage_create(head->common->device->fd, areas, count, &blob))
		return 0;
	return blob;
}

static int show(struct head *head, uint32_t fb, const struct picture_area *areas, int count)
{
	const struct plane *plane = &head->output->plane[PLANE_PRIMARY];
	struct plane_values values = { .mask = PLANE_MASK(PROP_FB_ID) };
	uint32_t damage = tell_damage(head, areas, count);
	struct commit frame;
	int ret;

	commit_init(&frame);
	/* The mode shows a black framebuffer of the same size: all else is as it is to be. */
	values.value[PROP_FB_ID] = fb;
	commit_plane(&frame, plane, &values);
	if (damage)
		commit_damage(&frame, plane, damage);
	add_cursor(head, &frame);
	ret = apply(head, &frame, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT);
	/* Behind a cursor that has just moved, of which nobody is told when it is there. */
	if (ret == -EBUSY)
		ret = apply(head, &frame, DRM_MODE_PAGE_FLIP_EVENT);
	if (damage)
		damage_destroy(head->common->device->fd, damage);
	if (!ret)
		head->shown = head->wanted;
	return ret;
}

static int move(struct head *head, bool wait)
{
	bool same_image = head->wanted.cursor && head->wanted.cursor == head->shown.cursor;
	struct commit commit;
	int ret;

	commit_init(&commit);
	add_cursor(head, &commit);
	ret = apply(head, &commit, wait ? 0 : DRM_MODE_ATOMIC_NONBLOCK);
	if (ret)
		return ret;
	head->shown = head->wanted;
	if (same_image)
		head->common->statistics->properties = commit.prop_count;
	return 0;
}

const struct present present_atomic = { set_mode, switch_off, show, move };
