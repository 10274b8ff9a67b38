// SPDX-License-Identifier: MIT
/* What mouse, keyboard and touch screen do: the pointer, and the keys. */
#include <errno.h>
#include <linux/input-event-codes.h>
#include <string.h>
#include <unistd.h>

#include "compositor/session/session.h"
#include "compositor/sink.h"
#include "compositor/view/disturbance.h"
#include "compositor/view/view_state.h"

/* --- the pointer ------------------------------------------------------------------------------ */

/* Returns whether a frame is due for it. */
static bool place_cursor(struct view *view, struct head *head, int32_t x, int32_t y)
{
	const struct cursor *cursor = view->hidden ? NULL : cursors_current(&view->cursors);
	bool due;
	int ret;

	if (cursor) {
		x -= cursor->image->hot_x;
		y -= cursor->image->hot_y;
	}
	ret = head_place_cursor(head, cursor, x, y, &due);
	if (ret)
		view_fail(view, "move the cursor", ret);
	return due;
}

/* At the same point of the whole; where nothing of it is to be seen, there is none. */
void view_place_pointer(struct view *view)
{
	bool due = false;

	for (int i = 0; i < HEADS && !view->behind; i++) {
		const struct pointer_output *output = &view->pointer.outputs[i];
		int32_t x, y;

		if (!view->heads[i].output)
			continue;
		pointer_position(&view->pointer, &x, &y);
		due |= place_cursor(view, &view->heads[i], x - output->x, y - output->y);
	}
	if (due)
		view_redraw(view);
}

static void hide_pointer(struct view *view, bool hidden)
{
	view->hidden = hidden;
	view_place_pointer(view);
}

void view_on_hide(void *data)
{
	struct view *view = data;
	uint64_t times;

	if (read(view->hide, &times, sizeof(times)) == sizeof(times))
		hide_pointer(view, true);
}

void view_set_hiding(struct view *view)
{
	if (view->options->hide_s)
		view_set_timer(view->hide, view->options->hide_s * NS_PER_S, 0);
}

static void pointer_moved(struct view *view)
{
	hide_pointer(view, false);
	view_set_hiding(view);
}

/* --- keys ------------------------------------------------------------------------------------- */

static void quit(struct view *view)
{
	loop_end(&view->loop);
}

static void next_scene(struct view *view)
{
	do
		view->scene = (enum picture_image)((view->scene + 1) % IMAGE_KINDS);
	while (!picture_is_scene(view->scene));
	view_redraw(view);
}

static void next_cursor(struct view *view)
{
	cursors_next(&view->cursors);
	view_place_pointer(view);
}

static void pause_or_go_on(struct view *view)
{
	view->paused = !view->paused;
	view_set_clock(view);
	view_redraw(view);
}

static void storm_or_not(struct view *view)
{
	const struct cursor *cursor = cursors_current(&view->cursors);
	struct disturbance *disturbance = view->disturbance;
	int ret;

	view->disturbance = NULL;
	if (disturbance) {
		disturbance_destroy(disturbance, view->sink);
		return;
	}
	ret = cursor->buffer.fb ? disturbance_create(&cursor->buffer, &view->disturbance) :
				  -ENOTSUP;
	if (ret)
		sink_error(view->sink, "cannot start a storm: %s", strerror(-ret));
}

static const struct {
	uint32_t code;
	void (*press)(struct view *view);
} keys[] = {
	/* clang-format off */
	{ KEY_Q, quit },
	{ KEY_ESC, quit },
	{ KEY_S, next_scene },
	{ KEY_C, next_cursor },
	{ KEY_SPACE, pause_or_go_on },
	{ KEY_X, storm_or_not },
	{ KEY_P, view_take_pictures },
	{ KEY_O, view_sleep },
	/* clang-format on */
};

static void key_pressed(struct view *view, uint32_t code)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].code == code)
			keys[i].press(view);
}

static void on_key(struct view *view, const struct input_event *event)
{
	int terminal = chord_take(&view->chord, event->code, event->pressed);
	int ret = terminal ? session_switch(view->session, terminal) : 0;

	if (ret)
		sink_note(view->sink, "cannot switch to terminal %d: %s", terminal, strerror(-ret));
	if (!terminal && event->pressed)
		key_pressed(view, event->code);
}

/* --- events ----------------------------------------------------------------------------------- */

static void on_event(struct view *view, const struct input_event *event)
{
	switch (event->kind) {
	case INPUT_MOTION:
		pointer_move(&view->pointer, event->dx, event->dy);
		pointer_moved(view);
		break;
	case INPUT_ABSOLUTE:
		pointer_place(&view->pointer, POINTER_ANY, event->x, event->y);
		pointer_moved(view);
		break;
	case INPUT_BUTTON:
		view->cursors.pressed = event->pressed;
		view_place_pointer(view);
		break;
	case INPUT_KEY:
		on_key(view, event);
		break;
	case INPUT_TOUCH_DOWN:
		hide_pointer(view, true);
		break;
	default:
		break;
	}
}

/* The key that puts displays to sleep is released, too. */
static bool wakes(const struct input_event *event)
{
	return event->kind != INPUT_KEY || event->pressed;
}

void view_on_input_event(void *data, const struct input_event *event)
{
	struct view *view = data;

	if (event->kind == INPUT_GONE) {
		/* All are when another terminal is in front. */
		if (!view->behind)
			sink_note(view->sink, "input: %s is gone", event->name);
		return;
	}
	view->statistics.inputs++;
	if (view->asleep && wakes(event))
		view_wake(view);
	else
		on_event(view, event);
}

void view_on_input(void *data)
{
	struct view *view = data;
	int ret = input_dispatch(view->input);

	if (ret)
		view_fail(view, "hear from mouse and keyboard", ret);
}
