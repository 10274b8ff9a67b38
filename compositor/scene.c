// SPDX-License-Identifier: MIT
#include "compositor/scene.h"

#include <drm_fourcc.h>
#include <stddef.h>

#include "compositor/kms/buffer.h"
#include "compositor/kms/output.h"

void scene_init(struct scene *scene, const struct device *device, const struct program *program)
{
	*scene = (struct scene){ .device = device, .program = program };
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		scene->heads[head].legacy_cursor = -1;
}

/* Removing a framebuffer that a plane shows switches the plane off (drm_framebuffer_remove()). */
void scene_finish(struct scene *scene)
{
	for (int i = 0; i < PROGRAM_MAX_BUFFERS; i++)
		buffer_destroy(scene->buffers[i]);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		output_destroy(scene->heads[head].output);
}

int scene_output(struct scene *scene, const struct op *op, const char **why)
{
	struct scene_head *head = &scene->heads[op->head];
	int ret;

	if (!head->output) {
		ret = output_create(scene->device, op->head, &head->output, why);
		if (ret)
			return ret;
	}
	return output_set_mode(head->output, op->width, op->height, why);
}

int scene_buffer(struct scene *scene, const struct op *op, const char **why)
{
	const struct program_buffer *want = &scene->program->buffers[op->buffer[0]];
	uint32_t format = want->role == PLANE_CURSOR ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888;
	const struct picture_area whole = { .width = want->width, .height = want->height };
	struct buffer *buffer;
	int ret;

	ret = buffer_create(scene->device, want->width, want->height, format, &buffer, why);
	if (ret)
		return ret;
	*why = "map the buffer";
	ret = buffer_map(buffer);
	if (ret) {
		buffer_destroy(buffer);
		return ret;
	}
	buffer_paint(buffer, want->image, want->id, &whole);
	/* Most are never painted again, and a client with a mapping takes the buffer's lock when it
	 * dies (drm_gem_shmem_vm_close()), which a broken driver may have left locked. */
	buffer_unmap(buffer);
	scene->buffers[op->buffer[0]] = buffer;
	*why = NULL;
	return 0;
}

/* From the first paint on the buffer stays mapped, as paints stand in loops. */
int scene_paint(struct scene *scene, const struct op *op, uint32_t id, const char **why)
{
	struct buffer *buffer = scene->buffers[op->buffer[0]];
	int ret = buffer_map(buffer);

	*why = "map the buffer";
	if (ret)
		return ret;
	buffer_paint(buffer, op->image, id, &op->area);
	*why = NULL;
	return 0;
}

static bool needs_cursor(const struct op *op)
{
	switch (op->kind) {
	case OP_CURSOR:
	case OP_MOVE:
	case OP_HIDE:
		return true;
	case OP_COMMIT:
		return op->change[PLANE_CURSOR] || op->has_at || op->has_hot;
	default:
		return false;
	}
}

bool scene_allows(const struct scene *scene, const struct op *op, const char **why)
{
	const struct output *output = scene->heads[op->head].output;

	*why = "there is no output yet";
	if (!output)
		return false;
	*why = "this device has no cursor plane";
	if (needs_cursor(op) && !output->plane[PLANE_CURSOR].object.id)
		return false;
	*why = "this device's primary plane has no FB_DAMAGE_CLIPS";
	if (op->has_area && !output->plane[PLANE_PRIMARY].damage)
		return false;
	*why = "its buffer does not exist yet";
	for (int role = 0; role < PLANE_ROLES; role++)
		if (op->change[role] == CHANGE_SHOW && !scene->buffers[op->buffer[role]])
			return false;
	*why = NULL;
	return true;
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
}

static bool is_ours(const struct scene *scene, const struct output *output, uint64_t fb)
{
	if (fb == 0 || (output->black && fb == output->black->fb))
		return true;
	for (int i = 0; i < scene->program->buffer_count; i++)
		if (scene->buffers[i] && fb == scene->buffers[i]->fb)
			return true;
	return false;
}

void scene_lasting(const struct scene *scene, int head, struct plane_values *values)
{
	int legacy = scene->heads[head].legacy_cursor;

	if (values->mask && legacy >= 0 &&
	    !is_ours(scene, scene->heads[head].output, values->value[PROP_FB_ID]))
		values->value[PROP_FB_ID] = scene->buffers[legacy]->fb;
}
