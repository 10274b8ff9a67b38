// SPDX-License-Identifier: MIT
#include "compositor/request.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compositor/file.h"
#include "compositor/kms/buffer.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/model/program.h"
#include "compositor/scene.h"
#include "compositor/storm/workers.h"

/* The one ioctl that most operations are. */
static int enter_ioctl(struct request *request)
{
	return ioctl(request->fd, request->code, &request->arg) ? -errno : 0;
}

static uint32_t crtc_id(const struct scene *scene, const struct op *op)
{
	return scene->heads[op->head].output->crtc.id;
}

/* The image and, if the program says where, the place. Without MODE_CURSOR_MOVE the kernel keeps
 * the place of the last legacy move (crtc->cursor_x). */
static void build_cursor(struct request *request, struct scene *scene, const struct op *op)
{
	const struct buffer *buffer = &scene->buffers[op->buffer[PLANE_CURSOR]];

	/* The one has all but the hotspot of the other's argument, in the same order. */
	request->code = op->has_hot ? DRM_IOCTL_MODE_CURSOR2 : DRM_IOCTL_MODE_CURSOR;
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

static void build_move(struct request *request, struct scene *scene, const struct op *op)
{
	request->code = DRM_IOCTL_MODE_CURSOR;
	request->arg.cursor = (struct drm_mode_cursor){
		.flags = DRM_MODE_CURSOR_MOVE,
		.crtc_id = crtc_id(scene, op),
		.x = op->x,
		.y = op->y,
	};
}

static void build_hide(struct request *request, struct scene *scene, const struct op *op)
{
	request->code = DRM_IOCTL_MODE_CURSOR;
	request->arg.cursor = (struct drm_mode_cursor){
		.flags = DRM_MODE_CURSOR_BO,
		.crtc_id = crtc_id(scene, op),
	};
}

static void build_flip(struct request *request, struct scene *scene, const struct op *op)
{
	request->code = DRM_IOCTL_MODE_PAGE_FLIP;
	request->has_event = true;
	request->arg.flip = (struct drm_mode_crtc_page_flip){
		.crtc_id = crtc_id(scene, op),
		.fb_id = scene->buffers[op->buffer[PLANE_PRIMARY]].fb,
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
		.user_data = request->seq,
	};
}

static void commit_in_fence(struct request *request, const struct plane *plane,
			    enum plane_role role)
{
	if (request->fence.in[role] >= 0)
		commit_prop(&request->commit, plane->in_fence, (uint64_t)request->fence.in[role]);
}

/* The left upper part of the buffer that has the mode's size; the parser sees to it that there is
 * one. */
static void commit_primary(struct request *request, const struct scene *scene, const struct op *op)
{
	struct commit *commit = &request->commit;
	const struct output *output = scene->heads[op->head].output;
	struct plane_values values;

	if (op->change[PLANE_PRIMARY] == CHANGE_NONE)
		return;
	if (op->change[PLANE_PRIMARY] == CHANGE_OFF)
		plane_values_off(&values);
	else
		plane_values_show(&values, output->crtc.id,
				  scene->buffers[op->buffer[PLANE_PRIMARY]].fb,
				  output->mode.hdisplay, output->mode.vdisplay);
	commit_plane(commit, &output->plane[PLANE_PRIMARY], &values);
	if (request->damage)
		commit_damage(commit, &output->plane[PLANE_PRIMARY], request->damage);
	commit_in_fence(request, &output->plane[PLANE_PRIMARY], PLANE_PRIMARY);
}

/*
 * Where the program does not say so, the cursor stays where the program last put it and the hotspot
 * of a new image is (0, 0).
 */
static void commit_cursor(struct request *request, const struct scene *scene, const struct op *op)
{
	struct commit *commit = &request->commit;
	const struct scene_head *head = &scene->heads[op->head];
	const struct output *output = head->output;
	bool show = op->change[PLANE_CURSOR] == CHANGE_SHOW;
	struct plane_values values = { .mask = 0 };

	if (show) {
		const struct buffer *buffer = &scene->buffers[op->buffer[PLANE_CURSOR]];

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
	if (!values.mask)
		return;
	commit_plane(commit, &output->plane[PLANE_CURSOR], &values);
	commit_in_fence(request, &output->plane[PLANE_CURSOR], PLANE_CURSOR);
}

static void build_commit(struct request *request, struct scene *scene, const struct op *op)
{
	const struct output *output = scene->heads[op->head].output;
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
	if (request->has_event || request->fence.timeline)
		commit_object(&request->commit, crtc_id(scene, op));
	if (request->has_event)
		commit_prop(&request->commit, output->crtc_active, 1);
	if (request->fence.timeline)
		commit_prop(&request->commit, output->out_fence, (uintptr_t)&request->fence.out);
	commit_primary(request, scene, op);
	commit_cursor(request, scene, op);
	commit_argument(&request->commit, flags, request->seq, &request->arg.atomic);
}

static void build_setplane(struct request *request, struct scene *scene, const struct op *op)
{
	enum plane_role role = op->change[PLANE_CURSOR] ? PLANE_CURSOR : PLANE_PRIMARY;
	const struct scene_head *head = &scene->heads[op->head];
	const struct output *output = head->output;
	const struct buffer *buffer = &scene->buffers[op->buffer[role]];
	struct drm_mode_set_plane *set = &request->arg.setplane;

	request->code = DRM_IOCTL_MODE_SETPLANE;
	*set = (struct drm_mode_set_plane){ .plane_id = output->plane[role].object.id };
	if (op->change[role] == CHANGE_OFF)
		return;
	set->crtc_id = output->crtc.id;
	set->fb_id = buffer->fb;
	set->crtc_w = role == PLANE_CURSOR ? buffer->width : output->mode.hdisplay;
	set->crtc_h = role == PLANE_CURSOR ? buffer->height : output->mode.vdisplay;
	set->src_w = set->crtc_w << 16;
	set->src_h = set->crtc_h << 16;
	if (role == PLANE_PRIMARY)
		return;
	set->crtc_x = op->has_at ? op->x : head->cursor_x;
	set->crtc_y = op->has_at ? op->y : head->cursor_y;
}

static void build_dirty(struct request *request, struct scene *scene, const struct op *op)
{
	request->code = DRM_IOCTL_MODE_DIRTYFB;
	request->arg.dirty = (struct drm_mode_fb_dirty_cmd){
		.fb_id = scene->buffers[op->buffer[0]].fb,
		.num_clips = op->has_area,
		.clips_ptr = op->has_area ? (uintptr_t)&request->clip : 0,
	};
	request->clip = (struct drm_clip_rect){
		.x1 = (unsigned short)op->area.x,
		.y1 = (unsigned short)op->area.y,
		.x2 = (unsigned short)(op->area.x + op->area.width),
		.y2 = (unsigned short)(op->area.y + op->area.height),
	};
}

static void build_modeset(struct request *request, struct scene *scene, const struct op *op)
{
	request->code = DRM_IOCTL_MODE_ATOMIC;
	commit_init(&request->commit);
	output_commit(scene->heads[op->head].output, request->has_mode ? &request->mode : NULL,
		      &request->commit);
	commit_argument(&request->commit, DRM_MODE_ATOMIC_ALLOW_MODESET, 0, &request->arg.atomic);
}

/* As much as a gamma ramp of 256 entries. */
static const uint64_t blob_content[256];

static void build_addblob(struct request *request, struct scene *scene, const struct op *op)
{
	(void)scene;
	(void)op;
	request->code = DRM_IOCTL_MODE_CREATEPROPBLOB;
	request->arg.addblob = (struct drm_mode_create_blob){
		.data = (uintptr_t)blob_content,
		.length = sizeof(blob_content),
	};
}

static void build_rmblob(struct request *request, struct scene *scene, const struct op *op)
{
	(void)op;
	request->code = DRM_IOCTL_MODE_DESTROYPROPBLOB;
	request->arg.rmblob = (struct drm_mode_destroy_blob){ .blob_id = scene->blob };
}

static int enter_step(struct request *request)
{
	return request->step(request->buffer);
}

static int enter_close(struct request *request)
{
	return close(request->fd) ? -errno : 0;
}

static int enter_unbind(struct request *request)
{
	return write(request->unbinder, request->name, strlen(request->name)) < 0 ? -errno : 0;
}

/* Where a nonblocking commit and a page flip go on (drm_atomic_helper.c), and where a framebuffer that was
 * removed is taken off the planes (drm_framebuffer.c). */
#define COMMIT_WORK "commit_work"
#define REMOVE_WORK "drm_mode_rmfb_work_fn"

void request_prepare(void)
{
	workers_prepare(COMMIT_WORK);
	workers_prepare(REMOVE_WORK);
}

/*
 * Each operation's way into the kernel: an ioctl without an argument, one that is built, a step of
 * a buffer's life, or one of its own.
 */
static const struct {
	void (*build)(struct request *request, struct scene *scene, const struct op *op);
	int (*step)(struct buffer *buffer);
	int (*enter)(struct request *request);
	unsigned long code;
	long nr;	  /* SYS_ioctl if it is 0 */
	const char *work; /* COMMIT_WORK if it is NULL */
} ways[OP_KINDS] = {
	[OP_COMMIT] = { .build = build_commit },
	[OP_SETPLANE] = { .build = build_setplane },
	[OP_CURSOR] = { .build = build_cursor },
	[OP_MOVE] = { .build = build_move },
	[OP_HIDE] = { .build = build_hide },
	[OP_FLIP] = { .build = build_flip },
	[OP_DIRTY] = { .build = build_dirty },
	[OP_MODESET] = { .build = build_modeset },
	[OP_CREATE] = { .step = buffer_allocate },
	[OP_MAP] = { .step = buffer_map },
	[OP_UNMAP] = { .step = buffer_unmap, .nr = SYS_munmap },
	[OP_DESTROY] = { .step = buffer_free },
	[OP_ADDFB] = { .step = buffer_add_framebuffer },
	[OP_RMFB] = { .step = buffer_remove_framebuffer, .work = REMOVE_WORK },
	[OP_EXPORT] = { .step = buffer_export },
	[OP_IMPORT] = { .step = buffer_import },
	[OP_ADDBLOB] = { .build = build_addblob },
	[OP_RMBLOB] = { .build = build_rmblob },
	[OP_DROPMASTER] = { .code = DRM_IOCTL_DROP_MASTER },
	[OP_SETMASTER] = { .code = DRM_IOCTL_SET_MASTER },
	[OP_UNBIND] = { .enter = enter_unbind, .nr = SYS_write },
	[OP_CLOSE] = { .enter = enter_close, .nr = SYS_close, .work = REMOVE_WORK },
};

/* What takes system calls of its own that are not under test. */
static int prepare(struct request *request, struct scene *scene, const struct op *op,
		   const char **why)
{
	struct output *output = scene->heads[op->head].output;
	int ret = 0;

	if (op->kind == OP_COMMIT && op->has_area) {
		*why = "create a blob for the damage";
		ret = damage_create(request->fd, &op->area, 1, &request->damage);
	} else if (op->kind == OP_MODESET && !op->off) {
		ret = output_prepare(output, op->width, op->height, &request->mode, why);
		request->has_mode = !ret;
	} else if (op->kind == OP_IMPORT) {
		*why = "open the device a second time";
		ret = device_open_second(scene->device);
	} else if (op->kind == OP_UNBIND) {
		*why = "find out how to unbind the device";
		request->unbinder = device_unbinder(scene->device, request->name);
		ret = request->unbinder < 0 ? request->unbinder : 0;
	} else if (op->kind == OP_CLOSE) {
		/* A mapping holds the file open. */
		for (int i = 0; i < scene->program->buffer_count; i++)
			buffer_unmap(&scene->buffers[i]);
		*why = "have the device to itself";
		ret = device_tell(scene->device, DEVICE_CLOSE);
	}
	return ret;
}

int request_begin(struct request *request, struct scene *scene, const struct op *op, uint64_t seq,
		  const char **why)
{
	int (*fence_enter)(struct request * request);
	int ret;

	assert(op_enters(op->kind));
	fence_enter = fence_request_enter(op, &request->nr);
	request->enter = enter_ioctl;
	request->fd = scene->device->fd;
	request->seq = seq;
	request->has_event = request->has_mode = false;
	request->damage = 0;
	request->unbinder = -1;
	request->buffer = &scene->buffers[op->buffer[0]];
	request->code = ways[op->kind].code;
	if (!fence_enter)
		request->nr = ways[op->kind].nr ? ways[op->kind].nr : SYS_ioctl;
	request->work = ways[op->kind].work ? ways[op->kind].work : COMMIT_WORK;
	request->step = ways[op->kind].step;
	ret = prepare(request, scene, op, why);
	if (!ret)
		ret = fence_request_begin(request, scene, op, why);
	if (ret && request->damage)
		damage_destroy(request->fd, request->damage);
	if (ret)
		return ret;
	if (fence_enter)
		request->enter = fence_enter;
	if (request->step)
		request->enter = enter_step;
	if (ways[op->kind].enter)
		request->enter = ways[op->kind].enter;
	if (ways[op->kind].build)
		ways[op->kind].build(request, scene, op);
	return 0;
}

void request_end(struct request *request, struct scene *scene, const struct op *op, int result)
{
	struct output *output = scene->heads[op->head].output;

	/* The kernel holds it for as long as the commit needs it. */
	if (request->damage)
		damage_destroy(request->fd, request->damage);
	fence_request_end(request);
	file_close(&request->unbinder);
	if (request->has_mode) {
		if (!result)
			output_adopt(output, &request->mode);
		output_discard(output, &request->mode);
	}
	if (result)
		return;
	if (op->kind == OP_CREATE || op->kind == OP_IMPORT)
		buffer_ask_resource(request->buffer);
	if (op->kind == OP_ADDBLOB)
		scene->blob = request->arg.addblob.blob_id;
	if (op->kind == OP_RMBLOB)
		scene->blob = 0;
	scene_done(scene, op);
}

void request_planes(struct request *request, const struct output *output,
		    const struct plane_values values[PLANE_ROLES])
{
	request->enter = enter_ioctl;
	request->nr = SYS_ioctl;
	request->fd = output->device->fd;
	request->code = DRM_IOCTL_MODE_ATOMIC;
	request->work = COMMIT_WORK;
	request->has_event = false;
	commit_init(&request->commit);
	for (int role = 0; role < PLANE_ROLES; role++)
		if (values[role].mask)
			commit_plane(&request->commit, &output->plane[role], &values[role]);
	commit_argument(&request->commit, 0, 0, &request->arg.atomic);
}
