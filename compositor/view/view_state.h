/* SPDX-License-Identifier: MIT */
/* The compositor under way, which the files of this folder share. view.c begins and ends it. */
#ifndef PLANESTORM_VIEW_STATE_H
#define PLANESTORM_VIEW_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "compositor/input/input.h"
#include "compositor/input/pointer.h"
#include "compositor/kms/device.h"
#include "compositor/session/chord.h"
#include "compositor/view/cursors.h"
#include "compositor/view/head.h"
#include "compositor/view/loop.h"
#include "compositor/view/statistics.h"
#include "compositor/view/view.h"

#define HEADS POINTER_OUTPUTS_MAX
#define NS_PER_S UINT64_C(1000000000)

struct view {
	const struct view_options *options;
	struct sink *sink;
	struct loop loop;
	struct session *session;
	struct device device;
	dev_t number; /* its */
	struct head_common common;
	struct head heads[HEADS];
	struct statistics statistics;
	struct hotplug *hotplug;
	struct input *input;
	struct chord chord;
	struct pointer pointer;
	struct cursors cursors;
	struct disturbance *disturbance; /* NULL: none */
	int signals, clock, hide;	 /* descriptors: of a signalfd and two timerfds; -1: none */
	enum picture_image scene;
	uint32_t frame; /* the number of the picture that comes next */
	bool behind;	/* another terminal is in front, whose the devices are */
	bool asleep;	/* all displays are, until somebody touches something */
	bool paused;	/* only what has changed is drawn */
	bool hidden;	/* the pointer is */
	bool late;	/* a frame was due when one was still under way */
	bool redraw;	/* so was one that shows what has changed */
	int ret;	/* why it ends, 0 or a negative errno */
};

/* view.c */

/* It cannot do @what, and ends. A device that was taken away is no reason, and one that is gone says so to everything. */
void view_fail(struct view *view, const char *what, int ret);

/* frames.c */

/* Have a clock if frames are due by themselves. */
void view_set_clock(struct view *view);
void view_set_timer(int fd, uint64_t first_ns, uint64_t every_ns);
/* For the loop: of the clock, and of the device. @data is the view. */
void view_on_clock(void *data);
void view_on_device(void *data);
/* What is shown has changed: a frame, even if nothing moves. */
void view_redraw(struct view *view);
/* Each display in a file of its own, in the current folder. */
void view_take_pictures(struct view *view);
/* All displays are off, and then on again as they were. */
void view_sleep(struct view *view);
void view_wake(struct view *view);

/* hand.c */

/* The cursor is where the pointer is, on each display. */
void view_place_pointer(struct view *view);
/* It is hidden if it does not move from now on, for as long as the options say. */
void view_set_hiding(struct view *view);
/* For the loop, of the timer that hides it, and of input. @data is the view. */
void view_on_hide(void *data);
void view_on_input(void *data);
/* For input_create(). */
void view_on_input_event(void *data, const struct input_event *event);

#endif
