// SPDX-License-Identifier: MIT
/* The timelines of a scene. */
#include <stddef.h>

#include "compositor/fence/syncobj.h"
#include "compositor/kms/device.h"
#include "compositor/scene.h"

struct timeline *scene_point(struct scene *scene, const struct program_point *point)
{
	return point->timeline ? &scene->timelines[point->timeline - 1] : NULL;
}

int scene_timeline(struct scene *scene, const struct op *op, const char **why)
{
	int fd = scene->device->fd, ret = scene->spare ? 0 : syncobj_create(fd, &scene->spare);

	*why = op->software ? "open a software timeline" : "create a sync object";
	return ret ? ret : timeline_create(scene_point(scene, &op->point), fd, op->software);
}

static const struct timeline *point_of(const struct scene *scene, const struct program_point *point)
{
	return point->timeline ? &scene->timelines[point->timeline - 1] : NULL;
}

static bool is_there(const struct timeline *timeline)
{
	return timeline->is_software ? timeline->ledger && timeline->software >= 0 :
				       timeline->handle != 0;
}

/* Of a sync object, up to its last; of a software timeline, any. */
static const char *present_lacks(const struct scene *scene, const struct program_point *point)
{
	const struct timeline *timeline = point_of(scene, point);

	if (!timeline)
		return NULL;
	if (!is_there(timeline))
		return "its timeline does not exist";
	if (!timeline->is_software && (!timeline->last || point->value > timeline->last))
		return "its timeline has no such point yet";
	return NULL;
}

/* The points of a timeline come in order, or nothing could be said of it (drm_syncobj_add_point()). */
static const char *next_lacks(const struct scene *scene, const struct program_point *point)
{
	const struct timeline *timeline = point_of(scene, point);

	if (!timeline)
		return NULL;
	if (!is_there(timeline))
		return "its timeline does not exist";
	if (point->value && point->value <= timeline->last)
		return "its timeline has come beyond this point";
	return NULL;
}

const char *scene_fences_lack(const struct scene *scene, const struct op *op)
{
	const struct program_point *present[] = { &op->from, &op->with, &op->in[PLANE_PRIMARY],
						  &op->in[PLANE_CURSOR] };
	const char *why = NULL;

	if (op->kind == OP_RESET && scene->timelines[op->point.timeline - 1].observed)
		why = "its timeline is observed";
	else if (op->kind == OP_QUERY || (op->kind == OP_AWAIT && op->how != AWAIT_SUBMIT))
		why = present_lacks(scene, &op->point);
	else if (op->kind != OP_RESET && op->kind != OP_SHARE && op->kind != OP_ABANDON)
		why = next_lacks(scene, &op->point);
	for (int i = 0; i < 4 && !why; i++)
		why = present_lacks(scene, present[i]);
	return why;
}

int scene_restore_fences(struct scene *scene, const struct scene *before, const char **why)
{
	int fd = scene->device->fd, ret = 0;

	*why = "make a timeline again";
	if (before->spare && !scene->spare)
		ret = syncobj_create(fd, &scene->spare);
	for (int i = 0; i < scene->program->timeline_count && !ret; i++)
		ret = timeline_restore(&scene->timelines[i], &before->timelines[i], fd);
	return ret;
}
