// SPDX-License-Identifier: MIT
/*
 * The compositor's frames against what they cannot be faster than: those that the processor paints against a loop of bare flips
 * between two buffers, and those that shaders paint against the same shaders on no device. Rounds of both alternate, as in
 * bench.c. Frames of the display go through head.c, one after the other, as many as there can be.
 */
#include "compositor/bench.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "compositor/client.h"
#include "compositor/file.h"
#include "compositor/kms/commit.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/render/gles.h"
#include "compositor/render/painter.h"
#include "compositor/sink.h"
#include "compositor/view/head.h"
#include "compositor/view/present.h"
#include "compositor/view/statistics.h"

#define WIDTH 1024
#define HEIGHT 768

/* Of a display, and what its frames are measured against. */
struct stage {
	struct device *device;
	struct painter *painter;
	struct statistics statistics;
	struct head_common common;
	struct head head;
	struct buffer flips[2];
	struct gles *alone; /* on no device */
	uint32_t id;	    /* of the last frame */
};

/* Each is @count frames. Returns 0 or a negative errno. */
typedef int show_fn(struct stage *stage, int count);

static int await_event(int fd)
{
	char buf[256];
	ssize_t len;

	do
		len = read(fd, buf, sizeof(buf));
	while (len < 0 && errno == EINTR);
	return len < 0 ? -errno : 0;
}

static int show_frames(struct stage *stage, int count)
{
	int ret = 0;

	for (int i = 0; !ret && i < count; i++) {
		ret = head_show(&stage->head, IMAGE_WINDOWS, ++stage->id);
		if (!ret)
			ret = head_paint_ahead(&stage->head, IMAGE_WINDOWS, stage->id + 1);
		if (!ret)
			ret = await_event(stage->device->fd);
		head_flipped(&stage->head);
	}
	return ret;
}

static int flip_bare(struct stage *stage, int count)
{
	const struct plane *plane = &stage->head.output->plane[PLANE_PRIMARY];
	struct plane_values values = { .mask = PLANE_MASK(PROP_FB_ID) };
	int ret = 0;

	for (int i = 0; !ret && i < count; i++) {
		struct commit commit;

		values.value[PROP_FB_ID] = stage->flips[i % 2].fb;
		commit_init(&commit);
		commit_plane(&commit, plane, &values);
		ret = commit_apply(&commit, stage->device->fd,
				   DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT);
		if (!ret)
			ret = await_event(stage->device->fd);
	}
	return ret;
}

/* What a frame differs in from that before the last, as in a buffer of two. */
static int draw_alone(struct stage *stage, int count)
{
	struct picture_area areas[ANIMATION_AREAS_MAX];
	int ret = 0;

	for (int i = 0; !ret && i < count; i++) {
		int n = animation_damage(IMAGE_WINDOWS, stage->id - 1, stage->id + 1, WIDTH, HEIGHT,
					 areas);

		ret = gles_paint_memory(stage->alone, IMAGE_WINDOWS, ++stage->id, WIDTH, HEIGHT,
					areas, n, NULL);
	}
	return ret;
}

/* Returns what @show does; *@ns: a frame's. */
static int time_frames(struct stage *stage, show_fn *show, int count, uint64_t *ns)
{
	uint64_t start = sink_now();
	int ret = show(stage, count);

	*ns = (sink_now() - start) / (uint64_t)count;
	return ret;
}

static const struct subject {
	const char *name;
	enum painter_kind painter;
	show_fn *bare;
	int rounds, count; /* of frames in a round */
} subjects[] = {
	{ "dumb", PAINTER_DUMB, flip_bare, 31, 10 },
	{ "gles", PAINTER_GLES, draw_alone, 9, 4 },
};
#define ROUNDS_MAX 31

static int measure(struct stage *stage, const struct subject *subject, struct sink *sink)
{
	uint64_t bare[ROUNDS_MAX], own[ROUNDS_MAX], permille[ROUNDS_MAX];
	int ret = subject->bare(stage, 2);

	/* The first ones paint all buffers, and compile shaders. */
	if (!ret)
		ret = show_frames(stage, 3);
	for (int i = 0; !ret && i < subject->rounds; i++) {
		ret = time_frames(stage, subject->bare, subject->count, &bare[i]);
		if (!ret)
			ret = time_frames(stage, show_frames, subject->count, &own[i]);
		permille[i] = ret ? 0 : 1000 * bare[i] / own[i];
	}
	if (ret)
		return ret;
	bench_report(sink, subject->name, "bare", bare, subject->rounds, 1);
	bench_report(sink, subject->name, "engine", own, subject->rounds, 1);
	bench_report(sink, subject->name, "permille", permille, subject->rounds, 1);
	return 0;
}

static int set_up(struct stage *stage, struct device *device, const struct subject *subject,
		  const char **why)
{
	const char *data = data_folder();
	bool changed;
	int ret;

	*stage = (struct stage){ .device = device };
	ret = painter_create(subject->painter, device, data, &stage->painter, why);
	if (!ret && subject->painter == PAINTER_GLES)
		ret = gles_create(NULL, data, &stage->alone, why);
	if (ret)
		return ret;
	stage->common = (struct head_common){ .device = device,
					      .present = &present_atomic,
					      .painter = stage->painter,
					      .statistics = &stage->statistics,
					      .buffers = 2 };
	head_init(&stage->head, &stage->common, 0);
	ret = head_probe(&stage->head, &changed, why);
	if (!ret)
		ret = head_resize(&stage->head, WIDTH, HEIGHT, why);
	for (int i = 0; !ret && i < 2; i++)
		ret = painter_buffer(stage->painter, &stage->flips[i], WIDTH, HEIGHT,
				     DRM_FORMAT_XRGB8888, why);
	return ret;
}

static void tear_down(struct stage *stage)
{
	head_finish(&stage->head);
	for (int i = 0; i < 2; i++)
		if (stage->flips[i].fb)
			buffer_destroy(&stage->flips[i]);
	gles_destroy(stage->alone);
	painter_destroy(stage->painter);
}

static int measure_subject(struct device *device, const struct subject *subject, struct sink *sink)
{
	struct stage stage;
	const char *why = NULL;
	int ret = set_up(&stage, device, subject, &why);

	if (!ret) {
		why = "show frames";
		ret = measure(&stage, subject, sink);
	}
	if (ret)
		sink_error(sink, "%s: cannot %s: %s", subject->name, why, strerror(-ret));
	tear_down(&stage);
	return ret;
}

int bench_compositor(int fd, struct sink *sink)
{
	struct device device;
	const char *why;
	int ret = device_init(&device, fd, -1, &why);

	if (ret)
		sink_error(sink, "cannot %s: %s", why, strerror(-ret));
	for (size_t i = 0; !ret && i < sizeof(subjects) / sizeof(subjects[0]); i++)
		ret = measure_subject(&device, &subjects[i], sink);
	device_finish(&device);
	return ret ? CLIENT_FAILED : CLIENT_DONE;
}
