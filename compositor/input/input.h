/* SPDX-License-Identifier: MIT */
/* Mouse, tablet, keyboard and touch screen, as libinput hears of them. */
#ifndef PLANESTORM_INPUT_INPUT_H
#define PLANESTORM_INPUT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

struct input;
struct opener;

enum input_kind {
	INPUT_MOTION,	/* of the pointer, by (dx, dy) pixels */
	INPUT_ABSOLUTE, /* of the pointer, to (x, y) */
	INPUT_BUTTON,
	INPUT_KEY,
	INPUT_TOUCH_DOWN, /* at (x, y) */
	INPUT_TOUCH_MOTION,
	INPUT_TOUCH_UP,
	INPUT_GONE, /* a device is */
};

struct input_event {
	enum input_kind kind;
	uint64_t time_us; /* CLOCK_MONOTONIC, when the kernel had it */
	double dx, dy;
	double x, y;   /* of an output's width and height, from 0 to 1 */
	uint32_t code; /* BTN_* or KEY_* */
	bool pressed;
	const char *name; /* of the device that is gone */
};

/*
 * Hear of all devices of seat0, now and whenever they come, as udev knows them. Each event is given to
 * @deliver, with @data. @opener and @data are borrowed. Returns 0, or a negative errno with *@why as usual; that there
 * is no device is no error.
 */
int input_create(const struct opener *opener,
		 void (*deliver)(void *data, const struct input_event *event), void *data,
		 struct input **out, const char **why);
void input_destroy(struct input *input); /* NULL is fine */

/* To be waited for. */
int input_fd(const struct input *input);

/* Deliver what there is. Returns 0 or a negative errno. */
int input_dispatch(struct input *input);

/* Close all devices. What is held of keys and buttons is released, which input_dispatch() delivers. */
void input_suspend(struct input *input);

/* Open those that there are now. Returns 0 or a negative errno. */
int input_resume(struct input *input);

#endif
