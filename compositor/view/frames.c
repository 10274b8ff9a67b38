// SPDX-License-Identifier: MIT
/* When frames are due, and what becomes of them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <xf86drm.h>

#include "compositor/sink.h"
#include "compositor/view/shot.h"
#include "compositor/view/view_state.h"

/* Nothing can be shown. */
static bool is_dark(const struct view *view)
{
	return view->behind || view->asleep;
}

/* With a buffer to spare, the next frame is painted while the last one is on its way. */
static int paint_ahead(struct view *view)
{
	int ret = 0;

	for (int i = 0; !ret && i < HEADS && !view->paused && !is_dark(view); i++)
		ret = head_paint_ahead(&view->heads[i], view->scene, view->frame + 1);
	return ret;
}

static void draw(struct view *view)
{
	int failed;

	for (int i = 0; i < HEADS && !is_dark(view); i++) {
		int ret = 0;

		if (head_is_ready(&view->heads[i]))
			ret = head_show(&view->heads[i], view->scene, view->frame);
		if (ret) {
			view_fail(view, "show a frame", ret);
			return;
		}
	}
	failed = paint_ahead(view);
	if (failed)
		view_fail(view, "paint a frame", failed);
}

void view_redraw(struct view *view)
{
	if (view->heads[0].flipping)
		view->redraw = true;
	else
		draw(view);
}

/* --- the clock -------------------------------------------------------------------------------- */

void view_set_timer(int fd, uint64_t first_ns, uint64_t every_ns)
{
	const struct itimerspec timer = {
		.it_value = { .tv_sec = (time_t)(first_ns / NS_PER_S),
			      .tv_nsec = (long)(first_ns % NS_PER_S) },
		.it_interval = { .tv_sec = (time_t)(every_ns / NS_PER_S),
				 .tv_nsec = (long)(every_ns % NS_PER_S) },
	};

	timerfd_settime(fd, 0, &timer, NULL);
}

/* A compositor that shows a still picture has no clock. */
void view_set_clock(struct view *view)
{
	uint32_t rate = view->options->rate;
	uint64_t period = !view->paused && !is_dark(view) && rate ? NS_PER_S / rate : 0;

	view_set_timer(view->clock, period, period);
}

/* The next picture, unless one is still under way; then it comes as soon as that is over. */
static void tick(struct view *view)
{
	if (view->heads[0].flipping) {
		view->late = true;
		view->statistics.missed++;
		return;
	}
	view->frame++;
	draw(view);
}

void view_on_clock(void *data)
{
	struct view *view = data;
	uint64_t times;

	if (read(view->clock, &times, sizeof(times)) != sizeof(times))
		return;
	view->statistics.missed += times - 1;
	tick(view);
}

/* --- what the device says --------------------------------------------------------------------- */

static bool is_over(const struct view *view)
{
	return view->options->frames && view->statistics.frames >= view->options->frames;
}

static void on_flip(struct view *view, struct head *head)
{
	bool next = !view->paused && (!view->options->rate || view->late);
	int ret = 0;

	head_flipped(head);
	if (!view->statistics.first_ns && view->statistics.frames) {
		view->statistics.first_ns = sink_now() - view->statistics.begun_ns;
		sink_note(view->sink, "first frame after %" PRIu64 " ms",
			  view->statistics.first_ns / 1000000);
	}
	if (is_over(view)) {
		loop_end(&view->loop);
	} else if (next || view->redraw) {
		view->late = view->redraw = false;
		view->frame += next;
		draw(view);
	} else if (!is_dark(view)) {
		ret = head_flush_cursor(head);
	}
	if (ret)
		view_fail(view, "move the cursor", ret);
}

/* Whole events, each with the head that it is for (struct present). */
void view_on_device(void *data)
{
	struct view *view = data;
	char buf[1024];
	struct drm_event_vblank event;
	ssize_t len = read(view->device.fd, buf, sizeof(buf)), at = 0;

	if (len < 0 && errno != EINTR && errno != EAGAIN)
		view_fail(view, "hear from the device", -errno);
	while (at + (ssize_t)sizeof(event) <= len) {
		memcpy(&event, buf + at, sizeof(event));
		if (event.base.type == DRM_EVENT_FLIP_COMPLETE)
			on_flip(view, (struct head *)(uintptr_t)event.user_data);
		at += event.base.length;
	}
}

/* --- off and on ------------------------------------------------------------------------------- */

void view_sleep(struct view *view)
{
	for (int i = 0; i < HEADS; i++)
		head_sleep(&view->heads[i]);
	view->asleep = true;
	view_set_clock(view);
}

void view_wake(struct view *view)
{
	const char *why = NULL;
	int ret = 0;

	for (int i = 0; !ret && i < HEADS; i++)
		ret = head_wake(&view->heads[i], &why);
	if (ret) {
		view_fail(view, why, ret);
		return;
	}
	view->asleep = view->late = view->redraw = false;
	view_set_clock(view);
	view_place_pointer(view);
	view_redraw(view);
}

/* --- pictures --------------------------------------------------------------------------------- */

void view_take_pictures(struct view *view)
{
	for (int i = 0; i < HEADS; i++) {
		struct head *head = &view->heads[i];
		uint32_t *pixels = head_picture(head);
		char path[64];
		int ret;

		if (!pixels)
			continue;
		snprintf(path, sizeof(path), "planestorm-%d-%" PRIu32 ".png", i, view->frame);
		ret = shot_save(path, pixels, head->width, head->height);
		if (ret)
			sink_error(view->sink, "cannot save %s: %s", path, strerror(-ret));
		else
			sink_note(view->sink, "saved %s", path);
		free(pixels);
	}
}
