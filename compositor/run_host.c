// SPDX-License-Identifier: MIT
/* What a program has the host do to the machine, and how the guest comes to know of it. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compositor/input/input.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/opener.h"
#include "compositor/run_state.h"
#include "compositor/sink.h"

/* Liveness limits, well below the host's for a silent guest. */
#define TOLD_NS UINT64_C(5000000000)
#define TOLD_POLL_MS 100
#define PROBE_NS 10000000

static int ask(struct run *run, const struct op *op)
{
	int ret = sink_host(run->sink, ++run->asked, op->line);

	if (ret) {
		sink_note(run->sink, "line %d: no %s: there is no host that listens", op->line,
			  op->pointer ? "pointer" : op_name(op->kind));
		sink_stat(run->sink, "lacks", op->line);
	}
	return ret;
}

/* --- monitors --------------------------------------------------------------------------------- */

/* As far as the connector knows, which is probed anew. */
static bool is_plugged(const struct run *run, const struct op *op)
{
	const struct output *output = run->scene.heads[op->head].output;
	uint32_t width, height;

	if (output_connected(run->device, op->head) == op->off)
		return false;
	if (op->kind == OP_HOTPLUG)
		return true;
	return !output_preferred(output, &width, &height) && width == op->width &&
	       height == op->height;
}

/* A monitor of which the driver never learns is a finding for the host, not an end of the program. */
int run_monitor(struct run *run, const struct op *op)
{
	uint64_t deadline;

	if (run->device->fd < 0) {
		sink_note(run->sink, "line %d: no %s: the device is closed", op->line,
			  op_name(op->kind));
		return 0;
	}
	if (ask(run, op))
		return 0;
	deadline = sink_now() + TOLD_NS;
	while (!is_plugged(run, op)) {
		if (sink_now() >= deadline) {
			sink_stat(run->sink, "hotplug.missing", op->line);
			return 0;
		}
		nanosleep(&(struct timespec){ .tv_nsec = PROBE_NS }, NULL);
	}
	return 0;
}

/* --- the pointer ------------------------------------------------------------------------------ */

struct hand {
	struct input *input;
	double x, y; /* of an output's width and height; below 0: nothing was heard */
};

static void heard(void *data, const struct input_event *event)
{
	struct hand *hand = data;

	if (event->kind != INPUT_ABSOLUTE)
		return;
	hand->x = event->x;
	hand->y = event->y;
}

static int start_hand(struct run *run, const char **why)
{
	int ret;

	if (run->hand)
		return 0;
	*why = "listen to the pointer";
	run->hand = calloc(1, sizeof(*run->hand));
	if (!run->hand)
		return -ENOMEM;
	ret = input_create(&opener_plain, heard, run->hand, &run->hand->input, why);
	if (ret)
		run_host_finish(run);
	return ret;
}

void run_host_finish(struct run *run)
{
	if (run->hand)
		input_destroy(run->hand->input);
	free(run->hand);
	run->hand = NULL;
}

/* To the pixel: a tablet's range is finer than any mode. */
static bool is_there(const struct run *run, const struct op *op)
{
	const drmModeModeInfo *mode = &run->scene.heads[op->head].output->mode;

	return run->hand->x >= 0 && fabs(run->hand->x * mode->hdisplay - op->x) <= 1 &&
	       fabs(run->hand->y * mode->vdisplay - op->y) <= 1;
}

int run_point(struct run *run, const struct op *op)
{
	uint64_t deadline = sink_now() + TOLD_NS;
	const char *why = NULL;
	int ret = start_hand(run, &why);

	if (ret)
		return run_fail(run, op, ret, why);
	run->hand->x = -1;
	if (ask(run, op))
		return 0;
	while (!ret && !is_there(run, op)) {
		struct pollfd input = { .fd = input_fd(run->hand->input), .events = POLLIN };

		if (sink_now() >= deadline)
			return run_fail(run, op, -ETIME, "hear of the pointer");
		poll(&input, 1, TOLD_POLL_MS);
		ret = input_dispatch(run->hand->input);
	}
	return ret ? run_fail(run, op, ret, "hear of the pointer") : 0;
}
