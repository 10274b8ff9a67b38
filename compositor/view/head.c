// SPDX-License-Identifier: MIT
#include "compositor/view/head.h"

#include <errno.h>
#include <stdlib.h>

#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/render/painter.h"
#include "compositor/sink.h"
#include "compositor/view/cursors.h"
#include "compositor/view/present.h"
#include "compositor/view/statistics.h"

#include <drm_fourcc.h>

void head_init(struct head *head, struct head_common *common, int connector)
{
	*head = (struct head){ .common = common, .connector = connector, .ahead = -1 };
}

bool head_has_cursor(const struct head *head)
{
	return head->output && !head->common->painted &&
	       head->output->plane[PLANE_CURSOR].object.id;
}

/* --- coming and going ------------------------------------------------------------------------- */

static void destroy_buffers(struct head *head)
{
	for (uint32_t i = 0; i < head->common->buffers; i++)
		buffer_destroy(&head->buffers[i]);
}

/* Nobody knows what the buffers hold. */
static void empty_chain(struct head *head)
{
	chain_init(&head->chain, head->common->buffers, head->width, head->height);
	head->ahead = -1;
}

static int create_buffers(struct head *head, const char **why)
{
	int ret = 0;

	empty_chain(head);
	for (uint32_t i = 0; !ret && i < head->common->buffers; i++)
		ret = painter_buffer(head->common->painter, &head->buffers[i], head->width,
				     head->height, DRM_FORMAT_XRGB8888, why);
	return ret;
}

/* What was under way to the display is of no interest any more. */
static void give_up_frame(struct head *head)
{
	head->stale += head->flipping;
	head->flipping = false;
}

/* The output is all black in its new mode; framebuffers of the old one are no longer shown. */
static int set_mode(struct head *head, uint32_t width, uint32_t height, const char **why)
{
	int ret = head->common->present->set_mode(head->output, width, height, why);

	if (ret)
		return ret;
	give_up_frame(head);
	head->shown = (struct head_cursor){ .cursor = NULL };
	head->asleep = false;
	return 0;
}

int head_resize(struct head *head, uint32_t width, uint32_t height, const char **why)
{
	int ret = set_mode(head, width, height, why);

	if (ret)
		return ret;
	destroy_buffers(head);
	head->width = width;
	head->height = height;
	return create_buffers(head, why);
}

void head_sleep(struct head *head)
{
	if (!head->output || head->asleep)
		return;
	head->common->present->switch_off(head->output);
	give_up_frame(head);
	head->asleep = true;
}

int head_wake(struct head *head, const char **why)
{
	if (!head->output)
		return 0;
	empty_chain(head);
	return set_mode(head, head->width, head->height, why);
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
	unsigned int stale = head->stale + head->flipping;

	head->common->crtcs &= ~(1u << head->output->crtc_index);
	destroy_buffers(head);
	output_destroy(head->output);
	drmModeFreeCrtc(head->found);
	head_init(head, head->common, head->connector);
	head->stale = stale;
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
		ret = head_resize(head, width, height, why);
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
		common->present->switch_off(head->output);
		let_go(head);
		*changed = true;
		return 0;
	}
	ret = output_preferred(probed, &width, &height);
	output_destroy(probed);
	if (ret || (width == head->width && height == head->height))
		return ret;
	*changed = true;
	return head_resize(head, width, height, why);
}

void head_finish(struct head *head)
{
	if (!head->output)
		return;
	head->common->present->switch_off(head->output);
	restore(head);
	let_go(head);
}

/* --- frames ----------------------------------------------------------------------------------- */

bool head_is_ready(struct head *head)
{
	return head->output && !head->flipping && !head->asleep;
}

static int paint(struct head *head, int slot, const struct chain_frame *frame)
{
	struct head_common *common = head->common;
	const struct chain_sprite *sprite = &frame->sprite;
	struct picture_area areas[CHAIN_AREAS_MAX];
	int count = chain_repaint(&head->chain, slot, frame, areas);
	int ret = painter_paint(common->painter, &head->buffers[slot], frame->scene, frame->id,
				areas, count);

	if (!ret && sprite->image)
		ret = painter_sprite(common->painter, &head->buffers[slot], sprite->image,
				     sprite->x, sprite->y);
	for (int i = 0; !ret && i < count; i++)
		common->statistics->painted += (uint64_t)areas[i].width * areas[i].height;
	return ret;
}

/* A buffer with @frame, whoever painted it when; or a negative errno. */
static int painted(struct head *head, const struct chain_frame *frame)
{
	int slot = head->ahead, ret;

	head->ahead = -1;
	if (slot >= 0 && chain_frame_is(frame, &head->ahead_frame))
		return slot;
	if (slot >= 0)
		chain_put_back(&head->chain, slot, &head->ahead_frame);
	slot = chain_take(&head->chain);
	if (slot < 0)
		return -EBUSY;
	ret = paint(head, slot, frame);
	if (ret)
		chain_give_back(&head->chain, slot);
	return ret ? ret : slot;
}

int head_show(struct head *head, enum picture_image scene, uint32_t id)
{
	const struct chain_frame frame = { .scene = scene, .id = id, .sprite = head->sprite };
	struct picture_area areas[CHAIN_AREAS_MAX];
	int slot = painted(head, &frame), count, ret;

	if (slot < 0)
		return slot;
	count = chain_damage(&head->chain, &frame, areas);
	head->committed_ns = sink_now();
	ret = head->common->present->show(head, head->buffers[slot].fb, areas, count);
	if (ret) {
		chain_put_back(&head->chain, slot, &frame);
		return ret;
	}
	head->flipping = true;
	chain_queue(&head->chain, slot, &frame);
	return 0;
}

int head_paint_ahead(struct head *head, enum picture_image scene, uint32_t id)
{
	const struct chain_frame frame = { .scene = scene, .id = id, .sprite = head->sprite };
	int slot;

	if (!head->output || head->asleep || head->ahead >= 0)
		return 0;
	slot = painted(head, &frame);
	if (slot == -EBUSY)
		return 0;
	if (slot < 0)
		return slot;
	head->ahead = slot;
	head->ahead_frame = frame;
	return 0;
}

void head_flipped(struct head *head)
{
	if (head->stale) {
		head->stale--;
		return;
	}
	if (!head->flipping)
		return;
	head->flipping = false;
	head->common->statistics->frames++;
	histogram_add(&head->common->statistics->latency, (sink_now() - head->committed_ns) / 1000);
	chain_flipped(&head->chain);
}

/* --- the cursor ------------------------------------------------------------------------------- */

bool head_cursor_pends(const struct head *head)
{
	const struct head_cursor *wanted = &head->wanted, *shown = &head->shown;

	return wanted->cursor != shown->cursor ||
	       (wanted->cursor && (wanted->x != shown->x || wanted->y != shown->y));
}

/* Without waiting if that can be; behind a commit that was no frame's nobody would be told when. */
static int move_cursor(struct head *head)
{
	struct statistics *statistics = head->common->statistics;
	int ret = head->common->present->move(head, false);

	if (ret == -EBUSY && head->flipping) {
		statistics->put_off++;
		return 0;
	}
	if (ret == -EBUSY)
		ret = head->common->present->move(head, true);
	if (!ret)
		statistics->moves++;
	return ret;
}

int head_flush_cursor(struct head *head)
{
	return head->output && !head->asleep && head_cursor_pends(head) ? move_cursor(head) : 0;
}

int head_place_cursor(struct head *head, const struct cursor *cursor, int32_t x, int32_t y,
		      bool *redraw)
{
	bool on_plane = cursor && cursor->buffer.fb && head_has_cursor(head);
	struct chain_sprite sprite = { .image = NULL };

	if (cursor && !on_plane)
		sprite = (struct chain_sprite){ cursor->image, x, y };
	*redraw = sprite.image != head->sprite.image ||
		  (sprite.image && (x != head->sprite.x || y != head->sprite.y));
	head->sprite = sprite;
	head->wanted = (struct head_cursor){ on_plane ? cursor : NULL, x, y };
	return head_flush_cursor(head);
}

/* --- a picture of it -------------------------------------------------------------------------- */

uint32_t *head_picture(struct head *head)
{
	const struct head_cursor *shown = &head->shown;
	int slot = head->output && !head->asleep ? chain_shown(&head->chain) : -1;
	uint32_t *pixels =
		slot < 0 ? NULL : calloc((size_t)head->width * head->height, sizeof(*pixels));

	if (pixels && painter_read(head->common->painter, &head->buffers[slot], pixels)) {
		free(pixels);
		pixels = NULL;
	}
	if (pixels && shown->cursor) {
		struct picture_area area = cursor_image_area(shown->cursor->image, shown->x,
							     shown->y, head->width, head->height);

		cursor_image_blend(shown->cursor->image, shown->x, shown->y, pixels, &area,
				   head->width * sizeof(*pixels));
	}
	return pixels;
}
