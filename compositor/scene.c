// SPDX-License-Identifier: MIT
#include "compositor/scene.h"

#include <drm_fourcc.h>
#include <stddef.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "compositor/fence/syncobj.h"
#include "compositor/file.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/render/painter.h"

void scene_init(struct scene *scene, struct device *device, const struct program *program)
{
	*scene = (struct scene){ .device = device, .program = program, .master = true };
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		scene->heads[head].legacy_cursor = -1;
	for (int i = 0; i < program->buffer_count; i++) {
		const struct program_buffer *want = &program->buffers[i];

		buffer_init(&scene->buffers[i], device, want->origin, want->width, want->height,
			    want->role == PLANE_CURSOR ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888);
	}
}

/* Removing a framebuffer that a plane shows switches the plane off (drm_framebuffer_remove()). */
void scene_finish(struct scene *scene)
{
	if (!scene->program)
		return;
	for (int i = 0; i < scene->program->buffer_count; i++)
		buffer_destroy(&scene->buffers[i]);
	painter_destroy(scene->painter);
	for (int i = 0; i < scene->program->timeline_count; i++)
		timeline_destroy(&scene->timelines[i], scene->device->fd);
	if (scene->spare)
		syncobj_destroy(scene->device->fd, scene->spare);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		output_destroy(scene->heads[head].output);
	if (scene->blob)
		drmModeDestroyPropertyBlob(scene->device->fd, scene->blob);
}

int scene_output(struct scene *scene, const struct op *op, const char **why)
{
	struct scene_head *head = &scene->heads[op->head];
	int ret = 0;

	if (scene->device->fd < 0)
		ret = device_reopen(scene->device, why);
	if (!ret && !head->output)
		ret = output_create(scene->device, op->head, &head->output, why);
	if (!ret)
		ret = output_set_mode(head->output, op->width, op->height, why);
	if (ret)
		return ret;
	head->width = op->width;
	head->height = op->height;
	return 0;
}

/* Most are never painted again, and a client with a mapping takes the buffer's lock when it dies
 * (drm_gem_shmem_vm_close()), which a broken driver may have left locked; so no mapping stays. */
static int paint_picture(struct scene *scene, int index)
{
	const struct program_buffer *want = &scene->program->buffers[index];
	const struct picture_area whole = { .width = want->width, .height = want->height };
	struct buffer *buffer = &scene->buffers[index];
	int ret = buffer_map(buffer);

	if (ret)
		return ret;
	buffer_paint(buffer, want->image, want->id, &whole);
	scene->pictured[index] = true;
	return buffer_unmap(buffer);
}

/* GLES comes with the first buffer that it is to paint. */
static int make_painted(struct scene *scene, int index, const char **why)
{
	const struct program_buffer *want = &scene->program->buffers[index];
	const struct picture_area whole = { .width = want->width, .height = want->height };
	struct buffer *buffer = &scene->buffers[index];
	int ret = 0;

	if (!scene->painter)
		ret = painter_create(PAINTER_GLES, scene->device, data_folder(), &scene->painter,
				     why);
	if (!ret)
		ret = painter_buffer(scene->painter, buffer, want->width, want->height,
				     DRM_FORMAT_XRGB8888, why);
	if (ret)
		return ret;
	*why = "paint the buffer";
	ret = painter_paint(scene->painter, buffer, want->image, want->id, &whole, 1);
	scene->pictured[index] = !ret;
	return ret;
}

int scene_buffer(struct scene *scene, int index, const char **why)
{
	int ret;

	if (scene->program->buffers[index].gles)
		return make_painted(scene, index, why);
	ret = buffer_create(&scene->buffers[index], why);

	if (ret)
		return ret;
	*why = "paint the buffer";
	ret = paint_picture(scene, index);
	if (ret)
		buffer_destroy(&scene->buffers[index]);
	return ret;
}

/* From the first paint on the buffer stays mapped, as paints stand in loops. */
int scene_paint(struct scene *scene, const struct op *op, uint32_t id, const char **why)
{
	struct buffer *buffer = &scene->buffers[op->buffer[0]];
	int ret;

	if (scene->program->buffers[op->buffer[0]].gles) {
		*why = "paint the buffer";
		return painter_paint(scene->painter, buffer, op->image, id, &op->area, 1);
	}
	ret = buffer_map(buffer);
	*why = "map the buffer";
	if (ret)
		return ret;
	buffer_paint(buffer, op->image, id, &op->area);
	scene->pictured[op->buffer[0]] = true;
	*why = NULL;
	return 0;
}

/* What a buffer must have, or must not have, for an operation; NULL: it is fine. */
static const char *buffer_lacks(const struct buffer *buffer, enum op_kind kind)
{
	bool backed = buffer_has_memory(buffer);

	switch (kind) {
	case OP_CREATE:
		return backed ? "its buffer has memory already" : NULL;
	case OP_MAP:
		return !backed ? "its buffer has no memory" :
				 (buffer->pixels ? "its buffer is mapped already" : NULL);
	case OP_UNMAP:
		return buffer->pixels ? NULL : "its buffer is not mapped";
	case OP_DESTROY:
	case OP_EXPORT:
	case OP_ATTACH:
	case OP_EXTRACT:
	case OP_MISUSE:
		return buffer->handle ? NULL : "its buffer has no handle";
	case OP_ADDFB:
		return !buffer->handle ? "its buffer has no handle" :
					 (buffer->fb ? "its buffer has a framebuffer" : NULL);
	case OP_DIRTY:
	case OP_RMFB:
		return buffer->fb ? NULL : "its buffer has no framebuffer";
	case OP_IMPORT:
		return buffer->dmabuf < 0 ? "its buffer is not exported" :
		       buffer->origin == ORIGIN_DUMB ?
					    (buffer->imported ? "its buffer is imported" : NULL) :
					    (buffer->handle ? "its buffer is imported" : NULL);
	default:
		return NULL;
	}
}

/* The legacy cursor takes a handle, all else a framebuffer. */
static bool can_show(const struct buffer *buffer, enum op_kind kind)
{
	return kind == OP_CURSOR ? buffer->handle != 0 : buffer->fb != 0;
}

static bool needs_cursor(const struct op *op)
{
	switch (op->kind) {
	case OP_CURSOR:
	case OP_MOVE:
	case OP_HIDE:
		return true;
	case OP_COMMIT:
	case OP_SETPLANE:
		return op->change[PLANE_CURSOR] || op->has_at || op->has_hot;
	default:
		return false;
	}
}

static bool needs_output(const struct op *op)
{
	switch (op->kind) {
	case OP_COMMIT:
	case OP_SETPLANE:
	case OP_CURSOR:
	case OP_MOVE:
	case OP_HIDE:
	case OP_FLIP:
	case OP_MODESET:
	case OP_MISUSE:
		return true;
	default:
		return false;
	}
}

/* What the device does not have that @op needs, or NULL. */
static const char *device_lacks(const struct output *output, const struct op *op)
{
	if (output && needs_cursor(op) && !output->plane[PLANE_CURSOR].object.id)
		return "this device has no cursor plane";
	if (output && op->kind == OP_COMMIT && op->has_area && !output->plane[PLANE_PRIMARY].damage)
		return "this device's primary plane has no FB_DAMAGE_CLIPS";
	return NULL;
}

static const char *scene_lacks(const struct scene *scene, const struct op *op)
{
	const char *why = buffer_lacks(&scene->buffers[op->buffer[0]], op->kind);

	if (scene->device->fd < 0)
		return "the device is closed";
	if (op->kind == OP_UNBIND && scene->unbound)
		return "the device is unbound";
	if (needs_output(op) && !scene->heads[op->head].output)
		return "there is no output yet";
	if (op->kind == OP_RMBLOB && !scene->blob)
		return "there is no blob";
	for (int role = 0; role < PLANE_ROLES && !why; role++)
		if (op->change[role] == CHANGE_SHOW &&
		    !can_show(&scene->buffers[op->buffer[role]], op->kind))
			why = "its buffer does not exist yet";
	return why || !op_has_fences(op) ? why : scene_fences_lack(scene, op);
}

enum scene_answer scene_allows(const struct scene *scene, const struct op *op, const char **why)
{
	*why = scene_lacks(scene, op);
	if (*why)
		return SCENE_ABSENT;
	*why = device_lacks(scene->heads[op->head].output, op);
	return *why ? SCENE_LACKING : SCENE_READY;
}

/* The kernel has let go of everything that hung on the open file. */
static void forget(struct scene *scene)
{
	for (int i = 0; i < scene->program->buffer_count; i++) {
		buffer_forget(&scene->buffers[i]);
		scene->pictured[i] = false;
		scene->attached[i] = (struct program_point){ .timeline = 0 };
	}
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++) {
		if (scene->heads[head].output)
			output_forget(scene->heads[head].output);
		scene->heads[head].width = scene->heads[head].height = 0;
		scene->heads[head].legacy_cursor = -1;
	}
	for (int i = 0; i < scene->program->timeline_count; i++)
		scene->timelines[i].handle = 0;
	scene->spare = 0;
	scene->blob = 0;
	scene->master = false;
	scene->device->fd = -1;
}

void scene_done(struct scene *scene, const struct op *op)
{
	struct scene_head *head = &scene->heads[op->head];

	if (op->has_at && !op->test) {
		head->cursor_x = op->x;
		head->cursor_y = op->y;
	}
	if (op->kind == OP_CURSOR)
		head->legacy_cursor = op->buffer[PLANE_CURSOR];
	if (op->kind == OP_MODESET) {
		head->width = op->width;
		head->height = op->height;
	}
	if (op->kind == OP_CREATE || op->kind == OP_DESTROY)
		scene->pictured[op->buffer[0]] = false;
	/* New memory has a reservation object of its own. */
	if (op->kind == OP_CREATE)
		scene->attached[op->buffer[0]] = (struct program_point){ .timeline = 0 };
	if (op->kind == OP_DROPMASTER || op->kind == OP_SETMASTER)
		scene->master = op->kind == OP_SETMASTER;
	scene->unbound |= op->kind == OP_UNBIND;
	if (op->kind == OP_CLOSE)
		forget(scene);
}

/* What the buffer has now and had not. */
static void drop_extra(struct scene *scene, const struct buffer *was, struct buffer *now)
{
	if (now->pixels && !was->pixels)
		buffer_unmap(now);
	if (now->fb && !was->fb)
		buffer_remove_framebuffer(now);
	/* Also what it has anew, and lacks the rest of. */
	if (!was->handle && was->dmabuf < 0 && (now->handle || now->dmabuf >= 0))
		buffer_destroy(now);
	if (now->imported && !was->imported) {
		drmCloseBufferHandle(scene->device->second, now->imported);
		now->imported = 0;
	}
}

/* What it had and has no more, but for its memory. */
static int make_missing(struct scene *scene, const struct buffer *was, struct buffer *now)
{
	int ret = 0;

	if (was->handle && !now->handle && now->origin != ORIGIN_DUMB)
		ret = buffer_import(now);
	if (!ret && was->fb && !now->fb)
		ret = buffer_add_framebuffer(now);
	if (!ret && was->pixels && !now->pixels)
		ret = buffer_map(now);
	if (!ret && was->dmabuf >= 0 && now->dmabuf < 0)
		ret = buffer_export(now);
	if (!ret && was->imported && !now->imported)
		ret = device_open_second(scene->device);
	if (!ret && was->imported && !now->imported)
		ret = buffer_import(now);
	return ret;
}

/* A dumb buffer without a handle has lost its memory, or at least the way to it. */
static bool lost_memory(const struct buffer *was, const struct buffer *now)
{
	return now->origin == ORIGIN_DUMB ? was->handle && !now->handle :
					    buffer_has_memory(was) && !buffer_has_memory(now);
}

static int restore_buffer(struct scene *scene, const struct scene *before, int index, bool *remade)
{
	const struct buffer *was = &before->buffers[index];
	struct buffer *now = &scene->buffers[index];
	int ret = 0;

	*remade = false;
	drop_extra(scene, was, now);
	if (lost_memory(was, now)) {
		*remade = true;
		scene->attached[index] = (struct program_point){ .timeline = 0 };
		buffer_destroy(now);
		ret = buffer_allocate(now);
		if (!ret && !now->handle)
			ret = buffer_import(now);
		if (!ret)
			buffer_ask_resource(now);
		if (!ret && before->pictured[index])
			ret = paint_picture(scene, index);
	}
	return ret ? ret : make_missing(scene, was, now);
}

static int restore_head(struct scene *scene, const struct scene *before, int index,
			const char **why)
{
	const struct scene_head *was = &before->heads[index];
	struct scene_head *now = &scene->heads[index];
	int fd = scene->device->fd, ret = 0;

	now->legacy_cursor = was->legacy_cursor;
	now->cursor_x = was->cursor_x;
	now->cursor_y = was->cursor_y;
	/* The kernel switches a CRTC off for a primary framebuffer that is removed. */
	if (was->width && (was->width != now->width || was->height != now->height ||
			   !object_value(&was->output->crtc, fd, "ACTIVE", 0)))
		ret = output_set_mode(now->output, was->width, was->height, why);
	if (ret)
		return ret;
	now->width = was->width;
	now->height = was->height;
	return 0;
}

static int restore_rest(struct scene *scene, const struct scene *before, const char **why)
{
	int fd = scene->device->fd;
	uint64_t nothing = 0;

	*why = "become master again";
	if (before->master && !scene->master && !drmIsMaster(fd) && drmSetMaster(fd))
		return -1;
	scene->master = before->master;
	*why = "make the blob again";
	if (scene->blob && !before->blob)
		drmModeDestroyPropertyBlob(fd, scene->blob);
	if (!before->blob)
		scene->blob = 0;
	else if (!scene->blob)
		return drmModeCreatePropertyBlob(fd, &nothing, sizeof(nothing), &scene->blob);
	return 0;
}

int scene_restore(struct scene *scene, const struct scene *before,
		  void (*remade)(void *data, int buffer), void *data, const char **why)
{
	int ret = 0;

	if (scene->device->fd < 0)
		ret = device_reopen(scene->device, why);
	if (!ret)
		ret = restore_rest(scene, before, why);
	if (!ret)
		ret = scene_restore_fences(scene, before, why);
	for (int head = 0; head < PROGRAM_MAX_HEADS && !ret; head++)
		ret = restore_head(scene, before, head, why);
	for (int i = 0; i < scene->program->buffer_count && !ret; i++) {
		bool again;

		*why = "make a buffer again";
		ret = restore_buffer(scene, before, i, &again);
		if (!ret && again)
			remade(data, i);
	}
	return ret;
}

void scene_lasting(const struct scene *scene, const struct scene *before, int head,
		   enum plane_role role, struct plane_values *values)
{
	const struct scene_head *was = &before->heads[head];
	uint64_t *fb = &values->value[PROP_FB_ID];

	if (!values->mask || !*fb)
		return;
	for (int i = 0; i < scene->program->buffer_count; i++) {
		if (before->buffers[i].fb && before->buffers[i].fb == *fb) {
			*fb = scene->buffers[i].fb;
			return;
		}
	}
	/* No buffer of the program's: the black picture, of this mode or the last, or a legacy cursor. */
	if (role == PLANE_PRIMARY)
		*fb = scene->heads[head].output->black.fb;
	else if (was->legacy_cursor >= 0)
		*fb = scene->buffers[was->legacy_cursor].fb;
}
