// SPDX-License-Identifier: MIT
#include "compositor/view/view.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/input-event-codes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <xf86drm.h>

#include "compositor/client.h"
#include "compositor/file.h"
#include "compositor/input/input.h"
#include "compositor/input/pointer.h"
#include "compositor/kms/device.h"
#include "compositor/opener.h"
#include "compositor/render/painter.h"
#include "compositor/session/chord.h"
#include "compositor/session/session.h"
#include "compositor/sink.h"
#include "compositor/view/console.h"
#include "compositor/view/cursors.h"
#include "compositor/view/disturbance.h"
#include "compositor/view/head.h"
#include "compositor/view/hotplug.h"
#include "compositor/view/loop.h"
#include "compositor/view/statistics.h"

#define HEADS POINTER_OUTPUTS_MAX
#define NS_PER_S UINT64_C(1000000000)

struct view {
	const struct view_options *options;
	struct sink *sink;
	struct loop loop;
	struct session *session;
	struct device device;
	struct head_common common;
	struct head heads[HEADS];
	struct statistics statistics;
	struct hotplug *hotplug;
	struct input *input;
	struct pointer pointer;
	struct chord chord;
	struct cursors cursors;
	struct disturbance *disturbance; /* NULL: none */
	int signals, clock, hide;	 /* descriptors: of a signalfd and two timerfds; -1: none */
	enum picture_image scene;
	uint32_t frame; /* the number of the picture that comes next */
	bool behind;	/* another terminal is in front, whose the devices are */
	bool paused;	/* only what has changed is drawn */
	bool hidden;	/* the pointer is */
	bool late;	/* a frame was due when one was still under way */
	bool redraw;	/* so was one that shows what has changed */
	int ret;	/* why it ends, 0 or a negative errno */
};

/* A device may be taken away before that is told, and then all that was begun is begun anew. */
static bool is_taken(const struct view *view, int ret)
{
	return (ret == -EACCES || ret == -EPERM) && session_has_seat(view->session);
}

static void fail(struct view *view, const char *what, int ret)
{
	if (is_taken(view, ret))
		return;
	sink_error(view->sink, "cannot %s: %s", what, strerror(-ret));
	view->ret = ret;
	loop_end(&view->loop);
}

/* --- frames ----------------------------------------------------------------------------------- */

static void draw(struct view *view)
{
	for (int i = 0; i < HEADS && !view->behind; i++) {
		int ret = 0;

		if (head_is_ready(&view->heads[i]))
			ret = head_show(&view->heads[i], view->scene, view->frame);
		if (ret) {
			fail(view, "show a frame", ret);
			return;
		}
	}
}

/* The next picture, unless one is still under way; then it comes as soon as that is over. */
static void tick(struct view *view)
{
	const struct head *first = &view->heads[0];

	if (first->flipping) {
		view->late = true;
		view->statistics.missed++;
		return;
	}
	view->frame++;
	draw(view);
}

static void set_timer(int fd, uint64_t first_ns, uint64_t every_ns)
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
static void set_clock(struct view *view)
{
	uint32_t rate = view->options->rate;
	uint64_t period = !view->paused && !view->behind && rate ? NS_PER_S / rate : 0;

	set_timer(view->clock, period, period);
}

static void on_clock(void *data)
{
	struct view *view = data;
	uint64_t times;

	if (read(view->clock, &times, sizeof(times)) != sizeof(times))
		return;
	view->statistics.missed += times - 1;
	tick(view);
}

static bool is_over(const struct view *view)
{
	return view->options->frames && view->statistics.frames >= view->options->frames;
}

static void on_flip(struct view *view, struct head *head)
{
	bool due = !view->behind &&
		   (view->redraw || (!view->paused && (!view->options->rate || view->late)));
	int ret = 0;

	head_flipped(head);
	if (view->statistics.frames == 1)
		sink_note(view->sink, "first frame after %" PRIu64 " ms",
			  (sink_now() - view->statistics.begun_ns) / 1000000);
	if (is_over(view)) {
		loop_end(&view->loop);
	} else if (due) {
		view->late = view->redraw = false;
		tick(view);
	} else if (!view->behind) {
		ret = head_flush_cursor(head);
	}
	if (ret)
		fail(view, "move the cursor", ret);
}

/* Whole events, each with the head that it is for (head.c: commit()). */
static void on_device(void *data)
{
	struct view *view = data;
	char buf[1024];
	struct drm_event_vblank event;
	ssize_t len = read(view->device.fd, buf, sizeof(buf)), at = 0;

	if (len < 0 && errno != EINTR && errno != EAGAIN)
		fail(view, "hear from the device", -errno);
	while (at + (ssize_t)sizeof(event) <= len) {
		memcpy(&event, buf + at, sizeof(event));
		if (event.base.type == DRM_EVENT_FLIP_COMPLETE)
			on_flip(view, (struct head *)(uintptr_t)event.user_data);
		at += event.base.length;
	}
}

/* What is shown has changed: a frame, even if nothing moves. */
static void redraw(struct view *view)
{
	if (view->heads[0].flipping)
		view->redraw = true;
	else
		draw(view);
}

/* --- the pointer ------------------------------------------------------------------------------ */

static void place_cursor(struct view *view, struct head *head, int32_t x, int32_t y)
{
	const struct cursor_plane *image = cursors_current(&view->cursors);
	struct head_cursor cursor = { .fb = 0 };
	int ret;

	if (!view->hidden && image) {
		cursor = (struct head_cursor){ .fb = image->buffer.fb,
					       .size = image->buffer.width,
					       .x = x - image->hot_x,
					       .y = y - image->hot_y,
					       .hot_x = image->hot_x,
					       .hot_y = image->hot_y };
	}
	ret = head_place_cursor(head, &cursor);
	if (ret)
		fail(view, "move the cursor", ret);
}

/* On each display, at the same point of the whole; where nothing of it is to be seen, there is none. */
static void place_pointer(struct view *view)
{
	for (int i = 0; i < HEADS && !view->behind; i++) {
		const struct pointer_output *output = &view->pointer.outputs[i];
		int32_t x, y;

		if (!view->heads[i].output)
			continue;
		pointer_position(&view->pointer, &x, &y);
		place_cursor(view, &view->heads[i], x - output->x, y - output->y);
	}
}

static void set_hiding(struct view *view)
{
	set_timer(view->hide, view->options->hide_s * NS_PER_S, 0);
}

static void hide_pointer(struct view *view, bool hidden)
{
	view->hidden = hidden;
	place_pointer(view);
}

static void on_hide(void *data)
{
	struct view *view = data;
	uint64_t times;

	if (read(view->hide, &times, sizeof(times)) == sizeof(times))
		hide_pointer(view, true);
}

static void pointer_moved(struct view *view)
{
	view->hidden = false;
	place_pointer(view);
	if (view->options->hide_s)
		set_hiding(view);
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
	redraw(view);
}

static void next_cursor(struct view *view)
{
	cursors_next(&view->cursors);
	place_pointer(view);
}

static void pause_or_go_on(struct view *view)
{
	view->paused = !view->paused;
	set_clock(view);
	redraw(view);
}

static void storm_or_not(struct view *view)
{
	struct disturbance *disturbance = view->disturbance;
	int ret;

	view->disturbance = NULL;
	if (disturbance) {
		disturbance_destroy(disturbance, view->sink);
		return;
	}
	ret = disturbance_create(&cursors_current(&view->cursors)->buffer, &view->disturbance);
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

static void on_input_event(void *data, const struct input_event *event)
{
	struct view *view = data;

	view->statistics.inputs++;
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
		place_pointer(view);
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

static void on_input(void *data)
{
	struct view *view = data;
	int ret = input_dispatch(view->input);

	if (ret)
		fail(view, "hear from mouse and keyboard", ret);
}

/* Side by side, in the order of the connectors. */
static void lay_out(struct view *view)
{
	int32_t x = 0;

	for (int i = 0; i < HEADS; i++) {
		const struct head *head = &view->heads[i];
		struct pointer_output output = { .x = x };

		if (head->output) {
			output.width = head->width;
			output.height = head->height;
		}
		x += (int32_t)output.width;
		pointer_set_output(&view->pointer, i, &output);
	}
}

static int probe(struct view *view, const char **why)
{
	bool any = false;
	int ret = 0;

	for (int i = 0; !ret && i < HEADS; i++) {
		bool changed;

		ret = head_probe(&view->heads[i], &changed, why);
		any |= changed;
	}
	if (ret || !any)
		return ret;
	lay_out(view);
	place_pointer(view);
	redraw(view);
	return 0;
}

static void on_hotplug(void *data)
{
	struct view *view = data;
	const char *why;
	int ret;

	if (!hotplug_take(view->hotplug) || view->behind)
		return;
	ret = probe(view, &why);
	if (ret)
		fail(view, why, ret);
}

static void on_signal(void *data)
{
	struct view *view = data;
	struct signalfd_siginfo info;

	if (read(view->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGUSR1)
		statistics_tell(&view->statistics, view->loop.wakes, view->sink);
	else
		loop_end(&view->loop);
}

/* --- the session ------------------------------------------------------------------------------ */

static void on_disabled(void *data)
{
	struct view *view = data;

	view->behind = true;
	set_clock(view);
	if (view->input) {
		input_suspend(view->input);
		on_input(view); /* which hears what is released */
	}
	sink_note(view->sink, "session: given up");
}

/* Those of frames that were under way when the session was given up. */
static void take_events(struct view *view)
{
	struct pollfd events = { .fd = view->device.fd, .events = POLLIN };

	while (!view->ret && poll(&events, 1, 0) == 1 && events.revents & POLLIN)
		on_device(view);
}

/* The device may be as another compositor has left it, and other displays may be there by now. */
static int renew(struct view *view, const char **why)
{
	int ret = probe(view, why);

	for (int i = 0; !ret && i < HEADS; i++)
		ret = head_renew(&view->heads[i], why);
	take_events(view);
	return ret;
}

static void on_enabled(void *data)
{
	struct view *view = data;
	const char *why = "hear of mouse and keyboard again";
	int ret = view->input ? input_resume(view->input) : 0;

	if (!ret)
		ret = renew(view, &why);
	view->behind = view->late = view->redraw = false;
	sink_note(view->sink, "session: taken back");
	if (ret)
		fail(view, why, ret);
	set_clock(view);
	place_pointer(view);
	redraw(view);
}

static void on_session(void *data)
{
	struct view *view = data;
	int ret = session_dispatch(view->session);

	if (ret)
		fail(view, "hear from the seat", ret);
}

static const struct session_listener session_listener = { on_enabled, on_disabled };

/* --- beginning and end ------------------------------------------------------------------------ */

/* What is not there is done without, and that is said. */
static int start_input(struct view *view)
{
	const char *why;
	int ret = input_create(session_opener(view->session), on_input_event, view, &view->input,
			       &why);

	if (!ret)
		return loop_add(&view->loop, input_fd(view->input), on_input, view);
	sink_note(view->sink, "no input: cannot %s: %s", why, strerror(-ret));
	return 0;
}

static int start_hotplug(struct view *view)
{
	const char *why;
	int ret = hotplug_create(&view->hotplug, &why);

	if (!ret)
		return loop_add(&view->loop, hotplug_fd(view->hotplug), on_hotplug, view);
	sink_note(view->sink, "no hotplug: cannot %s: %s", why, strerror(-ret));
	return 0;
}

static int start_painter(struct view *view, const char **why)
{
	const struct view_options *options = view->options;
	struct painter **painter = &view->common.painter;
	int ret = -ENODEV;

	if (options->painter != VIEW_PAINTER_DUMB)
		ret = painter_create(PAINTER_GLES, &view->device, options->data, painter, why);
	if (!ret || options->painter == VIEW_PAINTER_GLES)
		return ret;
	if (options->painter == VIEW_PAINTER_BEST)
		sink_note(view->sink, "painting without GL: cannot %s: %s", *why, strerror(-ret));
	return painter_create(PAINTER_DUMB, &view->device, options->data, painter, why);
}

static int start_signals(struct view *view)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	view->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return view->signals < 0 ? -errno : loop_add(&view->loop, view->signals, on_signal, view);
}

static int start_timer(struct view *view, int *fd, void (*ready)(void *data))
{
	*fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return *fd < 0 ? -errno : loop_add(&view->loop, *fd, ready, view);
}

static int start_loop(struct view *view, const char **why)
{
	int ret = loop_init(&view->loop);

	*why = "have an event loop";
	if (!ret)
		ret = start_signals(view);
	if (!ret)
		ret = start_timer(view, &view->clock, on_clock);
	if (!ret)
		ret = start_timer(view, &view->hide, on_hide);
	if (!ret)
		ret = loop_add(&view->loop, view->device.fd, on_device, view);
	if (!ret && session_has_seat(view->session))
		ret = loop_add(&view->loop, session_fd(view->session), on_session, view);
	return ret;
}

static int show_first(struct view *view, const char **why)
{
	int displays = 0, ret;

	view->common.device = &view->device;
	view->common.statistics = &view->statistics;
	view->common.buffers = view->options->buffers;
	for (int i = 0; i < HEADS; i++)
		head_init(&view->heads[i], &view->common, i);
	ret = probe(view, why);
	for (int i = 0; i < HEADS; i++) {
		const struct head *head = &view->heads[i];

		displays += head->output != NULL;
		if (head->output && !head_has_cursor(head))
			sink_note(view->sink, "display %d has no cursor plane", i);
	}
	if (!ret && !displays)
		sink_note(view->sink, "no display is connected; waiting for one");
	return ret;
}

static int start(struct view *view, int fd, const char **why)
{
	const struct view_options *options = view->options;
	int ret = device_init(&view->device, fd, -1, why);

	statistics_begin(&view->statistics);
	if (!ret)
		ret = start_loop(view, why);
	if (!ret)
		ret = start_painter(view, why);
	*why = ret ? *why : "load the cursors";
	if (!ret)
		ret = cursors_load(&view->cursors, &view->device, options->data, options->cursor,
				   view->sink);
	if (!ret)
		ret = start_input(view);
	if (!ret)
		ret = start_hotplug(view);
	if (ret)
		return ret;
	if (!session_has_seat(view->session))
		console_cover();
	return show_first(view, why);
}

static void finish(struct view *view)
{
	const struct opener *opener = session_opener(view->session);

	disturbance_destroy(view->disturbance, view->sink);
	for (int i = 0; i < HEADS; i++)
		if (view->heads[i].output)
			head_finish(&view->heads[i]);
	cursors_finish(&view->cursors);
	painter_destroy(view->common.painter);
	input_destroy(view->input);
	hotplug_destroy(view->hotplug);
	loop_finish(&view->loop);
	file_close(&view->clock);
	file_close(&view->hide);
	file_close(&view->signals);
	opener->close(opener->data, view->device.fd);
	view->device.fd = -1;
	device_finish(&view->device);
	console_uncover();
}

static int run(struct view *view, int fd)
{
	const char *why = "be a compositor";
	int ret = start(view, fd, &why);

	if (!ret) {
		set_clock(view);
		ret = loop_run(&view->loop);
	}
	if (ret)
		sink_error(view->sink, "cannot %s: %s", why, strerror(-ret));
	else
		statistics_tell(&view->statistics, view->loop.wakes, view->sink);
	return ret ? ret : view->ret;
}

static int run_in_session(struct view *view)
{
	const char *path = view->options->device;
	int fd = device_open_by(session_opener(view->session), path), ret;

	if (fd < 0) {
		sink_error(view->sink, "cannot open %s: %s", path ? path : "a KMS device",
			   strerror(-fd));
		return fd;
	}
	ret = run(view, fd);
	finish(view);
	return ret;
}

int view_run(const struct view_options *options, struct sink *sink)
{
	struct view *view = calloc(1, sizeof(*view));
	int ret = -ENOMEM;

	if (!view)
		return CLIENT_FAILED;
	*view = (struct view){ .options = options,
			       .sink = sink,
			       .scene = options->scene,
			       .paused = options->still,
			       .loop.epoll = -1,
			       .signals = -1,
			       .clock = -1,
			       .hide = -1 };
	view->session = session_create(options->seat, &session_listener, view, sink);
	if (view->session)
		ret = run_in_session(view);
	session_destroy(view->session);
	free(view);
	return ret ? CLIENT_FAILED : CLIENT_DONE;
}
