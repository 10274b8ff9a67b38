// SPDX-License-Identifier: MIT
#include "compositor/request.h"

#include <assert.h>

#include "compositor/kms/buffer.h"
#include "compositor/kms/output.h"
#include "compositor/model/program.h"
#include "compositor/scene.h"

static uint32_t crtc_id(const struct scene *scene, const struct op *op)
{
	return scene->heads[op->head].output->crtc.id;
}

/* The image and, if the program says where, the place. Without MODE_CURSOR_MOVE the kernel keeps
 * the place of the last legacy move (crtc->cursor_x). */
static void build_cursor(struct request *request, const struct scene *scene, const struct op *op,
			 uint64_t seq, uint32_t damage)
{
	const struct buffer *buffer = scene->buffers[op->buffer[PLANE_CURSOR]];

	(void)seq;
	(void)damage;
	request->code = DRM_IOCTL_MODE_CURSOR2;
	request->arg.cursor2 = (struct drm_mode_cursor2){
		.flags = DRM_MODE_CURSOR_BO | (op->has_at ? DRM_MODE_CURSOR_MOVE : 0),
		.crtc_id = crtc_id(scene, op),
		.x = op->x,
		.y = op->y,
		.width = buffer->width,
		.height = buffer->height,
		.handle = buffer->handle,
		.hot_x = op->hot_x,
		.hot_y = op->hot_y,
	};
}

static void build_move(struct request *request, const struct scene *scene, const struct op *op,
		       uint64_t seq, uint32_t damage)
{
	(void)seq;
	(void)damage;
	request->code = DRM_IOCTL_MODE_CURSOR;
	request->arg.cursor = (struct drm_mode_cursor){
		.flags = DRM_MODE_CURSOR_MOVE,
		.crtc_id = crtc_id(scene, op),
		.x = op->x,
		.y = op->y,
	};
}

static void build_hide(struct request *request, const struct scene *scene, const struct op *op,
		       uint64_t seq, uint32_t damage)
{
	(void)op;
	(void)seq;
	(void)damage;
	request->code = DRM_IOCTL_MODE_CURSOR;
	request->arg.cursor = (struct drm_mode_cursor){
		.flags = DRM_MODE_CURSOR_BO,
		.crtc_id = crtc_id(scene, op),
	};
}

static void build_flip(struct request *request, const struct scene *scene, const struct op *op,
		       uint64_t seq, uint32_t damage)
{
	(void)damage;
	request->code = DRM_IOCTL_MODE_PAGE_FLIP;
	request->has_event = true;
	request->arg.flip = (struct drm_mode_crtc_page_flip){
		.crtc_id = crtc_id(scene, op),
		.fb_id = scene->buffers[op->buffer[PLANE_PRIMARY]]->fb,
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
		.user_data = seq,
	};
}

/* The left upper part of the buffer that has the mode's size; the parser sees to it that there is
 * one. */
static void commit_primary(struct commit *commit, const struct scene *scene, const struct op *op,
			   uint32_t damage)
{
	const struct output *output = scene->heads[op->head].output;
	struct plane_values values;

	if (op->change[PLANE_PRIMARY] == CHANGE_NONE)
		return;
	if (op->change[PLANE_PRIMARY] == CHANGE_OFF)
		plane_values_off(&values);
	else
		plane_values_show(&values, output->crtc.id,
				  scene->buffers[op->buffer[PLANE_PRIMARY]]->fb,
				  output->mode.hdisplay, output->mode.vdisplay);
	commit_plane(commit, &output->plane[PLANE_PRIMARY], &values);
	if (damage)
		commit_damage(commit, &output->plane[PLANE_PRIMARY], damage);
}

/*
 * Where the program does not say so, the cursor stays where the program last put it and the hotspot
 * of a new image is (0, 0).
 */
static void commit_cursor(struct commit *commit, const struct scene *scene, const struct op *op)
{
	const struct scene_head *head = &scene->heads[op->head];
	const struct output *output = head->output;
	bool show = op->change[PLANE_CURSOR] == CHANGE_SHOW;
	struct plane_values values = { .mask = 0 };

	if (show) {
		const struct buffer *buffer = scene->buffers[op->buffer[PLANE_CURSOR]];

		plane_values_show(&values, output->crtc.id, buffer->fb, buffer->width,
				  buffer->height);
		plane_values_move(&values, head->cursor_x, head->cursor_y);
	} else if (op->change[PLANE_CURSOR] == CHANGE_OFF) {
		plane_values_off(&values);
	}
	if (op->has_at)
		plane_values_move(&values, op->x, op->y);
	if (op->has_hot) {
		values.mask |= PLANE_MASK(PROP_HOTSPOT_X) | PLANE_MASK(PROP_HOTSPOT_Y);
		values.value[PROP_HOTSPOT_X] = (uint64_t)(int64_t)op->hot_x;
		values.value[PROP_HOTSPOT_Y] = (uint64_t)(int64_t)op->hot_y;
	}
	if (values.mask)
		commit_plane(commit, &output->plane[PLANE_CURSOR], &values);
}

static void build_commit(struct request *request, const struct scene *scene, const struct op *op,
			 uint64_t seq, uint32_t damage)
{
	uint32_t flags = op->test ? DRM_MODE_ATOMIC_TEST_ONLY : 0;

	request->code = DRM_IOCTL_MODE_ATOMIC;
	request->has_event = op->nonblock && !op->test;
	if (op->nonblock)
		flags |= DRM_MODE_ATOMIC_NONBLOCK;
	if (request->has_event)
		flags |= DRM_MODE_PAGE_FLIP_EVENT;

	commit_init(&request->commit);
	/* An event belongs to a CRTC, and prepare_signaling() refuses a commit that asks for one
	 * and names none; naming the planes' unchanged CRTC_ID does not count. */
	if (request->has_event) {
		commit_object(&request->commit, crtc_id(scene, op));
		commit_prop(&request->commit, scene->heads[op->head].output->crtc_active, 1);
	}
	commit_primary(&request->commit, scene, op, damage);
	commit_cursor(&request->commit, scene, op);
	commit_argument(&request->commit, flags, seq, &request->arg.atomic);
}

static void (*const builders[OP_KINDS])(struct request *request, const struct scene *scene,
					const struct op *op, uint64_t seq,
					uint32_t damage) = {
	[OP_COMMIT] = build_commit, [OP_CURSOR] = build_cursor, [OP_MOVE] = build_move,
	[OP_HIDE] = build_hide,	    [OP_FLIP] = build_flip,
};

void request_build(struct request *request, const struct scene *scene, const struct op *op,
		   uint64_t seq, uint32_t damage)
{
	assert(builders[op->kind]);
	request->has_event = false;
	builders[op->kind](request, scene, op, seq, damage);
}

void request_planes(struct request *request, const struct output *output,
		    const struct plane_values values[PLANE_ROLES])
{
	request->code = DRM_IOCTL_MODE_ATOMIC;
	request->has_event = false;
	commit_init(&request->commit);
	for (int role = 0; role < PLANE_ROLES; role++)
		if (values[role].mask)
			commit_plane(&request->commit, &output->plane[role], &values[role]);
	commit_argument(&request->commit, 0, 0, &request->arg.atomic);
}
