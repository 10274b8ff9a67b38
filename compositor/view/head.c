// SPDX-License-Identifier: MIT
#include "compositor/view/head.h"

#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/render/painter.h"
#include "compositor/sink.h"
#include "compositor/view/statistics.h"

#include <drm_fourcc.h>

void head_init(struct head *head, struct head_common *common, int connector)
{
	*head = (struct head){ .common = common, .connector = connector };
}

bool head_has_cursor(const struct head *head)
{
	return head->output && head->output->plane[PLANE_CURSOR].object.id;
}

/* --- coming and going ------------------------------------------------------------------------- */

static void destroy_buffers(struct head *head)
{
	for (uint32_t i = 0; i < head->common->buffers; i++)
		buffer_destroy(&head->buffers[i]);
}

static int create_buffers(struct head *head, const char **why)
{
	int ret = 0;

	chain_init(&head->chain, head->common->buffers, head->width, head->height);
	for (uint32_t i = 0; !ret && i < head->common->buffers; i++)
		ret = painter_buffer(head->common->painter, &head->buffers[i], head->width,
				     head->height, DRM_FORMAT_XRGB8888, why);
	return ret;
}

/* The output is all black in its new mode; framebuffers of the old one are no longer shown. */
static int set_size(struct head *head, uint32_t width, uint32_t height, const char **why)
{
	int ret = output_set_mode(head->output, width, height, why);

	if (ret)
		return ret;
	destroy_buffers(head);
	head->width = width;
	head->height = height;
	head->flipping = false;
	memset(&head->cursor, 0, sizeof(head->cursor));
	head->pending.mask = 0;
	return create_buffers(head, why);
}

static void switch_off(struct head *head)
{
	struct commit commit;

	commit_init(&commit);
	output_commit(head->output, NULL, &commit);
	commit_apply(&commit, head->common->device->fd, DRM_MODE_ATOMIC_ALLOW_MODESET);
}

/* As it was found: a CRTC that showed something does so again. */
static void restore(struct head *head)
{
	int fd = head->common->device->fd;

	if (head->found && head->found->mode_valid && head->found->buffer_id)
		drmModeSetCrtc(fd, head->found->crtc_id, head->found->buffer_id, head->found->x,
			       head->found->y, &head->output->connector.id, 1, &head->found->mode);
}

static void let_go(struct head *head)
{
	head->common->crtcs &= ~(1u << head->output->crtc_index);
	destroy_buffers(head);
	output_destroy(head->output);
	drmModeFreeCrtc(head->found);
	head_init(head, head->common, head->connector);
}

static int switch_on(struct head *head, const char **why)
{
	struct head_common *common = head->common;
	uint32_t width, height;
	int ret = output_create_on(common->device, head->connector, ~common->crtcs, &head->output,
				   why);

	if (ret)
		return ret;
	common->crtcs |= 1u << head->output->crtc_index;
	head->found = drmModeGetCrtc(common->device->fd, head->output->crtc.id);
	*why = "read the display's modes";
	ret = output_preferred(head->output, &width, &height);
	if (!ret)
		ret = set_size(head, width, height, why);
	if (ret)
		let_go(head);
	return ret;
}

int head_probe(struct head *head, bool *changed, const char **why)
{
	struct head_common *common = head->common;
	struct output *probed = NULL;
	uint32_t width = 0, height = 0;
	int ret;

	*changed = false;
	if (!head->output) {
		ret = switch_on(head, why);
		*changed = !ret;
		return ret == -ENODEV ? 0 : ret;
	}
	ret = output_create_on(common->device, head->connector, 1u << head->output->crtc_index,
			       &probed, why);
	if (ret && ret != -ENODEV)
		return ret;
	if (!probed) {
		switch_off(head);
		let_go(head);
		*changed = true;
		return 0;
	}
	ret = output_preferred(probed, &width, &height);
	output_destroy(probed);
	if (ret || (width == head->width && height == head->height))
		return ret;
	*changed = true;
	return set_size(head, width, height, why);
}

int head_renew(struct head *head, const char **why)
{
	int ret = head->output ? set_size(head, head->width, head->height, why) : 0;

	/* Whatever is there by now; nothing else of it is known. */
	if (!ret && head_has_cursor(head))
		plane_values_off(&head->pending);
	return ret;
}

void head_finish(struct head *head)
{
	if (!head->output)
		return;
	switch_off(head);
	restore(head);
	let_go(head);
}

/* --- frames ----------------------------------------------------------------------------------- */

static int commit(struct head *head, const struct commit *commit, uint32_t flags)
{
	struct drm_mode_atomic atomic;
	int ret;

	commit_argument(commit, flags, (uintptr_t)head, &atomic);
	ret = drmIoctl(head->common->device->fd, DRM_IOCTL_MODE_ATOMIC, &atomic) ? -errno : 0;
	return ret;
}

static void add_cursor(struct head *head, struct commit *commit)
{
	if (head->pending.mask)
		commit_plane(commit, &head->output->plane[PLANE_CURSOR], &head->pending);
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

bool head_is_ready(struct head *head)
{
	return head->output && !head->flipping;
}

static int commit_frame(struct head *head, const struct buffer *buffer, uint32_t damage)
{
	struct plane_values values = { .mask = PLANE_MASK(PROP_FB_ID) };
	struct commit frame;
	int ret;

	commit_init(&frame);
	/* The mode shows a black framebuffer of the same size: all else is as it is to be. */
	values.value[PROP_FB_ID] = buffer->fb;
	commit_plane(&frame, &head->output->plane[PLANE_PRIMARY], &values);
	if (damage)
		commit_damage(&frame, &head->output->plane[PLANE_PRIMARY], damage);
	add_cursor(head, &frame);
	ret = commit(head, &frame, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT);
	/* Behind a cursor that has just moved, of which nobody is told when it is there. */
	return ret == -EBUSY ? commit(head, &frame, DRM_MODE_PAGE_FLIP_EVENT) : ret;
}

int head_show(struct head *head, enum picture_image scene, uint32_t id)
{
	struct head_common *common = head->common;
	struct picture_area areas[ANIMATION_AREAS_MAX];
	int slot = chain_take(&head->chain), count, ret;
	struct buffer *buffer;
	uint32_t damage;

	if (slot < 0)
		return -EBUSY;
	buffer = &head->buffers[slot];
	count = chain_repaint(&head->chain, slot, scene, id, areas);
	ret = painter_paint(common->painter, buffer, scene, id, areas, count);
	if (ret)
		goto give_back;
	for (int i = 0; i < count; i++)
		common->statistics->painted += (uint64_t)areas[i].width * areas[i].height;
	count = chain_damage(&head->chain, scene, id, areas);
	damage = tell_damage(head, areas, count);
	head->committed_ns = sink_now();
	ret = commit_frame(head, buffer, damage);
	if (damage)
		damage_destroy(common->device->fd, damage);
	if (ret)
		goto give_back;
	head->pending.mask = 0;
	head->flipping = true;
	chain_queue(&head->chain, slot, scene, id);
	return 0;
give_back:
	chain_give_back(&head->chain, slot);
	return ret;
}

void head_flipped(struct head *head)
{
	if (!head->flipping)
		return;
	head->flipping = false;
	head->common->statistics->frames++;
	histogram_add(&head->common->statistics->latency, (sink_now() - head->committed_ns) / 1000);
	chain_flipped(&head->chain);
}

/* --- the cursor ------------------------------------------------------------------------------- */

/* What is to be said of the plane so that it goes from @old to @now. */
static void cursor_values(const struct head *head, const struct head_cursor *old,
			  const struct head_cursor *now, struct plane_values *values)
{
	if (!now->fb) {
		plane_values_off(values);
		return;
	}
	if (old->fb != now->fb) {
		plane_values_show(values, head->output->crtc.id, now->fb, now->size, now->size);
		values->value[PROP_HOTSPOT_X] = (uint64_t)(int64_t)now->hot_x;
		values->value[PROP_HOTSPOT_Y] = (uint64_t)(int64_t)now->hot_y;
	}
	plane_values_move(values, now->x, now->y);
}

/* Without waiting if that can be; behind a commit that was no frame's nobody would be told when. */
static int commit_cursor(struct head *head)
{
	struct statistics *statistics = head->common->statistics;
	uint32_t values = head->pending.mask;
	struct commit move;
	int ret;

	commit_init(&move);
	add_cursor(head, &move);
	ret = commit(head, &move, DRM_MODE_ATOMIC_NONBLOCK);
	if (ret == -EBUSY && head->flipping) {
		statistics->put_off++;
		return 0;
	}
	if (ret == -EBUSY)
		ret = commit(head, &move, 0);
	if (ret)
		return ret;
	head->pending.mask = 0;
	statistics->moves++;
	if (!(values & PLANE_MASK(PROP_FB_ID)))
		statistics->properties = move.prop_count;
	return 0;
}

int head_flush_cursor(struct head *head)
{
	return head->output && head->pending.mask ? commit_cursor(head) : 0;
}

static bool is_same(const struct head_cursor *one, const struct head_cursor *other)
{
	return (!one->fb && !other->fb) ||
	       (one->fb == other->fb && one->x == other->x && one->y == other->y);
}

int head_place_cursor(struct head *head, const struct head_cursor *cursor)
{
	if (!head_has_cursor(head) || is_same(&head->cursor, cursor))
		return 0;
	/* What is pending stays so, less what is said anew. */
	cursor_values(head, &head->cursor, cursor, &head->pending);
	head->cursor = *cursor;
	return commit_cursor(head);
}
