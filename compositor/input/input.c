// SPDX-License-Identifier: MIT
#include "compositor/input/input.h"

#include <errno.h>
#include <libinput.h>
#include <libudev.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "compositor/opener.h"

#define SEAT "seat0"

struct input {
	const struct opener *opener; /* borrowed */
	void (*deliver)(void *data, const struct input_event *event);
	void *data;
	struct udev *udev;
	struct libinput *libinput;
};

static int open_restricted(const char *path, int flags, void *user_data)
{
	const struct input *input = user_data;

	return input->opener->open(input->opener->data, path, flags);
}

static void close_restricted(int fd, void *user_data)
{
	const struct input *input = user_data;

	input->opener->close(input->opener->data, fd);
}

static const struct libinput_interface interface = { open_restricted, close_restricted };

/* Errors only, a line each, which libinput ends. */
static void __attribute__((format(printf, 3, 0)))
say(struct libinput *libinput, enum libinput_log_priority priority, const char *format,
    va_list arguments)
{
	(void)libinput;
	(void)priority;
	fputs("planestorm: input: ", stderr);
	vfprintf(stderr, format, arguments);
}

int input_create(const struct opener *opener,
		 void (*deliver)(void *data, const struct input_event *event), void *data,
		 struct input **out, const char **why)
{
	struct input *input = calloc(1, sizeof(*input));
	int ret = -ENOMEM;

	*out = NULL;
	*why = "ask udev";
	if (!input)
		return ret;
	*input = (struct input){ .opener = opener, .deliver = deliver, .data = data };
	input->udev = udev_new();
	if (input->udev)
		input->libinput = libinput_udev_create_context(&interface, input, input->udev);
	if (input->libinput) {
		libinput_log_set_handler(input->libinput, say);
		libinput_log_set_priority(input->libinput, LIBINPUT_LOG_PRIORITY_ERROR);
		*why = "take the devices of " SEAT;
		ret = libinput_udev_assign_seat(input->libinput, SEAT) ? -ENODEV : 0;
	}
	if (ret) {
		input_destroy(input);
		return ret;
	}
	*out = input;
	return 0;
}

void input_destroy(struct input *input)
{
	if (!input)
		return;
	if (input->libinput)
		libinput_unref(input->libinput);
	if (input->udev)
		udev_unref(input->udev);
	free(input);
}

int input_fd(const struct input *input)
{
	return libinput_get_fd(input->libinput);
}

/* As of an output of 1 x 1. */
#define UNIT 1

static bool take_pointer(struct libinput_event_pointer *pointer, enum libinput_event_type type,
			 struct input_event *event)
{
	event->time_us = libinput_event_pointer_get_time_usec(pointer);
	switch (type) {
	case LIBINPUT_EVENT_POINTER_MOTION:
		event->kind = INPUT_MOTION;
		event->dx = libinput_event_pointer_get_dx(pointer);
		event->dy = libinput_event_pointer_get_dy(pointer);
		return true;
	case LIBINPUT_EVENT_POINTER_MOTION_ABSOLUTE:
		event->kind = INPUT_ABSOLUTE;
		event->x = libinput_event_pointer_get_absolute_x_transformed(pointer, UNIT);
		event->y = libinput_event_pointer_get_absolute_y_transformed(pointer, UNIT);
		return true;
	default: /* LIBINPUT_EVENT_POINTER_BUTTON */
		event->kind = INPUT_BUTTON;
		event->code = libinput_event_pointer_get_button(pointer);
		event->pressed = libinput_event_pointer_get_button_state(pointer) ==
				 LIBINPUT_BUTTON_STATE_PRESSED;
		return true;
	}
}

static bool take_key(struct libinput_event_keyboard *key, struct input_event *event)
{
	event->kind = INPUT_KEY;
	event->time_us = libinput_event_keyboard_get_time_usec(key);
	event->code = libinput_event_keyboard_get_key(key);
	event->pressed = libinput_event_keyboard_get_key_state(key) == LIBINPUT_KEY_STATE_PRESSED;
	return true;
}

static bool take_touch(struct libinput_event_touch *touch, enum libinput_event_type type,
		       struct input_event *event)
{
	event->time_us = libinput_event_touch_get_time_usec(touch);
	if (type == LIBINPUT_EVENT_TOUCH_UP) {
		event->kind = INPUT_TOUCH_UP;
		return true;
	}
	event->kind = type == LIBINPUT_EVENT_TOUCH_DOWN ? INPUT_TOUCH_DOWN : INPUT_TOUCH_MOTION;
	event->x = libinput_event_touch_get_x_transformed(touch, UNIT);
	event->y = libinput_event_touch_get_y_transformed(touch, UNIT);
	return true;
}

/* FALSE: it is of no interest here. */
static bool take(struct libinput_event *from, struct input_event *event)
{
	enum libinput_event_type type = libinput_event_get_type(from);

	switch (type) {
	case LIBINPUT_EVENT_POINTER_MOTION:
	case LIBINPUT_EVENT_POINTER_MOTION_ABSOLUTE:
	case LIBINPUT_EVENT_POINTER_BUTTON:
		return take_pointer(libinput_event_get_pointer_event(from), type, event);
	case LIBINPUT_EVENT_KEYBOARD_KEY:
		return take_key(libinput_event_get_keyboard_event(from), event);
	case LIBINPUT_EVENT_TOUCH_DOWN:
	case LIBINPUT_EVENT_TOUCH_MOTION:
	case LIBINPUT_EVENT_TOUCH_UP:
		return take_touch(libinput_event_get_touch_event(from), type, event);
	case LIBINPUT_EVENT_DEVICE_REMOVED:
		event->kind = INPUT_GONE;
		event->name = libinput_device_get_name(libinput_event_get_device(from));
		return true;
	default:
		return false;
	}
}

int input_dispatch(struct input *input)
{
	struct libinput_event *from;
	int ret = libinput_dispatch(input->libinput);

	while (!ret && (from = libinput_get_event(input->libinput))) {
		struct input_event event = { .time_us = 0 };

		if (take(from, &event))
			input->deliver(input->data, &event);
		libinput_event_destroy(from);
	}
	return ret;
}

void input_suspend(struct input *input)
{
	libinput_suspend(input->libinput);
}

int input_resume(struct input *input)
{
	return libinput_resume(input->libinput) ? -ENODEV : 0;
}
