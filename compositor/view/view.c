// SPDX-License-Identifier: MIT
#include "compositor/view/view.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "compositor/client.h"
#include "compositor/file.h"
#include "compositor/opener.h"
#include "compositor/render/painter.h"
#include "compositor/session/session.h"
#include "compositor/sink.h"
#include "compositor/view/console.h"
#include "compositor/view/disturbance.h"
#include "compositor/view/hotplug.h"
#include "compositor/view/present.h"
#include "compositor/view/view_state.h"

/* A device may be taken away before that is told, and then all that was begun is begun anew. */
static bool is_taken(const struct view *view, int ret)
{
	return (ret == -EACCES || ret == -EPERM) && session_has_seat(view->session);
}

void view_fail(struct view *view, const char *what, int ret)
{
	if (is_taken(view, ret) || view->ret)
		return;
	sink_error(view->sink, "cannot %s: %s", ret == -ENODEV ? "go on without the device" : what,
		   strerror(-ret));
	view->ret = ret;
	loop_end(&view->loop);
}

/* --- displays that come and go ---------------------------------------------------------------- */

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
	if (view->asleep) {
		view_wake(view);
		return 0;
	}
	view_place_pointer(view);
	view_redraw(view);
	return 0;
}

static void on_hotplug(void *data)
{
	struct view *view = data;
	enum hotplug_news news = hotplug_take(view->hotplug, view->number);
	const char *why;
	int ret = 0;

	if (news == HOTPLUG_GONE)
		view_fail(view, "", -ENODEV);
	else if (news == HOTPLUG_DISPLAYS && !view->behind)
		ret = probe(view, &why);
	if (ret)
		view_fail(view, why, ret);
}

/* --- the session ------------------------------------------------------------------------------ */

static void on_disabled(void *data)
{
	struct view *view = data;

	view->behind = true;
	view_set_clock(view);
	if (view->input) {
		input_suspend(view->input);
		view_on_input(view); /* which hears what is released */
	}
	sink_note(view->sink, "session: given up");
}

/* The device may be as another compositor has left it, and other displays may be there by now. */
static void on_enabled(void *data)
{
	struct view *view = data;
	const char *why = "hear of mouse and keyboard again";
	int ret = view->input ? input_resume(view->input) : 0;

	if (!ret)
		ret = probe(view, &why);
	view->behind = false;
	sink_note(view->sink, "session: taken back");
	if (ret)
		view_fail(view, why, ret);
	else
		view_wake(view);
}

static void on_session(void *data)
{
	struct view *view = data;
	int ret = session_dispatch(view->session);

	if (ret)
		view_fail(view, "hear from the seat", ret);
}

static const struct session_listener session_listener = { on_enabled, on_disabled };

/* --- signals ---------------------------------------------------------------------------------- */

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

/* --- beginning and end ------------------------------------------------------------------------ */

/* What is not there is done without, and that is said. */
static int start_input(struct view *view)
{
	const char *why;
	int ret = input_create(session_opener(view->session), view_on_input_event, view,
			       &view->input, &why);

	if (!ret)
		return loop_add(&view->loop, input_fd(view->input), view_on_input, view);
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
		ret = start_timer(view, &view->clock, view_on_clock);
	if (!ret)
		ret = start_timer(view, &view->hide, view_on_hide);
	if (!ret)
		ret = loop_add(&view->loop, view->device.fd, view_on_device, view);
	if (!ret && session_has_seat(view->session))
		ret = loop_add(&view->loop, session_fd(view->session), on_session, view);
	return ret;
}

static int show_first(struct view *view, const char **why)
{
	int displays = 0, ret;

	view->common.device = &view->device;
	view->common.statistics = &view->statistics;
	view->common.painted = view->options->painted;
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

/* Without atomic commits it is an older client, that sees all planes as well. */
static int start_device(struct view *view, int fd, const char **why)
{
	struct stat stat;
	int ret = device_init(&view->device, fd, -1, why);

	view->common.present = view->options->legacy ? &present_legacy : &present_atomic;
	if (ret == -EOPNOTSUPP) {
		sink_note(view->sink, "no atomic commits: cannot %s", *why);
		view->common.present = &present_legacy;
		ret = 0;
	}
	*why = ret ? *why : "find the device's number";
	if (!ret)
		ret = fstat(fd, &stat) ? -errno : 0;
	view->number = stat.st_rdev;
	return ret;
}

static int start(struct view *view, int fd, const char **why)
{
	const struct view_options *options = view->options;
	int ret = start_device(view, fd, why);

	statistics_begin(&view->statistics);
	if (!ret)
		ret = start_loop(view, why);
	if (!ret)
		ret = start_painter(view, why);
	*why = ret ? *why : "load the cursors";
	if (!ret)
		ret = cursors_load(&view->cursors, &view->device, options->data, options->cursor,
				   !options->painted, view->sink);
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
		view_set_clock(view);
		view_set_hiding(view);
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
