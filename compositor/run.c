// SPDX-License-Identifier: MIT
#include "compositor/run_state.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compositor/annotation.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/kms/state.h"
#include "compositor/sink.h"

/* A page flip takes a frame; the time allows for a host that is busy with several guests. */
#define EVENT_TIMEOUT_NS UINT64_C(10000000000)

/* For the host to plug a display in; well below its own limit for a silent guest. */
#define CONNECT_TIMEOUT_NS UINT64_C(10000000000)

static int format_text(struct run *run, const struct op *op, struct text *text)
{
	int len = op_format(run->program, op, NULL, 0);

	if (!op_enters(op->kind))
		return 0;
	text->len = (size_t)len;
	text->bytes = malloc(text->len + 1);
	if (!text->bytes)
		return -ENOMEM;
	op_format(run->program, op, text->bytes, text->len + 1);
	return 0;
}

struct run *run_create(struct device *device, const struct program *program, struct sink *sink,
		       uint64_t seed)
{
	size_t count = (size_t)program->op_count;
	struct run *run = calloc(1, sizeof(*run));
	int ret = 0;

	if (!run)
		return NULL;
	run->device = device;
	run->program = program;
	run->sink = sink;
	run->picture = (uint32_t)program->buffer_count;
	run->fault = (struct fault){ .nth = -1, .marked = -1, .times = -1 };
	due_init(&run->due);
	rng_init(&run->rng, seed);
	scene_init(&run->scene, device, program);
	events_init(&run->events, device->fd);
	signals_init(&run->signals);
	run->texts = calloc(count, sizeof(*run->texts));
	run->left = calloc(count, sizeof(*run->left));
	if (!run->texts || !run->left)
		ret = -ENOMEM;
	for (size_t i = 0; !ret && i < count; i++)
		ret = format_text(run, &program->ops[i], &run->texts[i]);
	if (ret) {
		run_destroy(run);
		return NULL;
	}
	return run;
}

/* An event that does not come is a finding for the host, not an end of the program. */
void run_wait_events(struct run *run)
{
	int ret = events_wait(&run->events, EVENT_TIMEOUT_NS);

	run->pending = NULL;
	if (!ret)
		return;
	if (ret != -ETIME)
		sink_error(run->sink, "cannot wait for events: %s", strerror(-ret));
	for (uint32_t i = 0; ret == -ETIME && i < run->events.count; i++)
		sink_stat(run->sink, "flip.missing", (int64_t)run->events.seqs[i]);
	events_forget(&run->events);
}

/* Where the last line in the journal may be that of a long wait: the two are not to be one silence.
 */
static void drain_events(struct run *run)
{
	if (run->events.count > 0)
		sink_note(run->sink, "wait for events");
	run_wait_events(run);
}

static void tell_annotated(struct run *run)
{
	if (run->annotated)
		sink_stat(run->sink, "annotate.tails", annotation_count());
	run->annotated = false;
}

void run_quiesce(struct run *run)
{
	run_storm_stop(run);
	drain_events(run);
	run_fence_stop(run);
	tell_annotated(run);
}

void run_destroy(struct run *run)
{
	if (!run)
		return;
	run_quiesce(run);
	run_host_finish(run);
	due_stop(&run->due);
	fault_finish(&run->fault);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		state_destroy(run->states[head]);
	scene_finish(&run->scene);
	for (int i = 0; run->texts && i < run->program->op_count; i++)
		free(run->texts[i].bytes);
	free(run->texts);
	free(run->left);
	free(run);
}

struct scene *run_scene(struct run *run)
{
	return &run->scene;
}

/* Our own work failed: say at which line of the program, and why. */
int run_fail(struct run *run, const struct op *op, int err, const char *what)
{
	sink_error(run->sink, "line %d: cannot %s: %s", op->line, what, strerror(-err));
	return err;
}

void run_write_buffer(struct run *run, int index)
{
	const struct program_buffer *want = &run->program->buffers[index];
	const struct buffer *made = &run->scene.buffers[index];
	struct journal_event event = {
		.kind = JOURNAL_BUFFER,
		.name = want->name,
		.name_len = strlen(want->name),
		.id = run->scene.pictured[index] ? want->id : 0,
		.fb = made->fb,
		.res = made->res,
	};

	sink_event(run->sink, &event);
}

static int run_faults(struct run *run, const struct op *op, const struct op *fault)
{
	struct outcome outcome;

	fault_settle_memory();
	if (fault->nth_open)
		return run_sweep(run, op, fault);
	return run_perform_op(
		run, op, &(struct fault_plan){ fault->nth, fault->again, fault->worker }, &outcome);
}

static int enter_op(struct run *run, const struct op *op)
{
	static const struct fault_plan no_fault;
	const struct op *fault = run->waiting[OP_FAULT];
	struct outcome outcome;
	int ret = run_storm_at_risk(run) ? run_read_back_if_stale(run) : 0;

	if (ret)
		return ret;
	if (run->waiting[OP_RIVAL])
		return run_storm_rival(run, op);
	return fault ? run_faults(run, op, fault) : run_perform_op(run, op, &no_fault, &outcome);
}

/* An operation that cannot be tried is none. What the device lacks the host must know of. */
static int do_op(struct run *run, const struct op *op)
{
	const char *why;
	enum scene_answer answer = scene_allows(&run->scene, op, &why);
	int ret = 0;

	if (answer == SCENE_READY && op->kind == OP_CLOSE && run->rival_count) {
		answer = SCENE_ABSENT;
		why = "a rival has the device open";
	}
	if (answer == SCENE_READY)
		ret = enter_op(run, op);
	else
		sink_note(run->sink, "line %d: no %s: %s", op->line, op_name(op->kind), why);
	if (answer == SCENE_LACKING)
		sink_stat(run->sink, "lacks", op->line);
	memset(run->waiting, 0, sizeof(run->waiting));
	run->anew = NULL;
	run->paint_count = 0;
	run->expect_failure = false;
	return ret;
}

/* The host plugs a second display in while the guest already runs, so its connector may take a
 * while to be connected. Where it never is, scene_output() says so. */
static void wait_connected(struct run *run, const struct op *op)
{
	uint64_t deadline = sink_now() + CONNECT_TIMEOUT_NS;

	if (op->head == 0 || run->scene.heads[op->head].output ||
	    output_connected(run->device, op->head))
		return;
	sink_note(run->sink, "line %d: wait for the connector of head %d", op->line, op->head);
	while (!output_connected(run->device, op->head) && sink_now() < deadline)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

static int do_output(struct run *run, const struct op *op)
{
	struct state **state = &run->states[op->head];
	struct journal_event event = { .kind = JOURNAL_OUTPUT, .line = op->line };
	const char *why;
	int ret;

	/* Set-up is no operation, but a kernel can hang in it: leave a trace. */
	sink_event(run->sink, &event);
	run->fresh = false;
	wait_connected(run, op);
	ret = scene_output(&run->scene, op, &why);
	if (ret)
		return run_fail(run, op, ret, why);
	if (!*state)
		*state = state_create(run->scene.heads[op->head].output);
	return *state ? 0 : run_fail(run, op, -ENOMEM, "keep the state");
}

/* What cannot be had from elsewhere is not there; the program goes on without it. */
static bool is_lack(const struct program_buffer *want, int err)
{
	return (want->origin != ORIGIN_DUMB || want->gles) &&
	       (err == -ENOENT || err == -ENODEV || err == -ENOTTY || err == -EOPNOTSUPP);
}

static int do_buffer(struct run *run, const struct op *op)
{
	const struct program_buffer *want = &run->program->buffers[op->buffer[0]];
	const char *why;
	int ret;

	if (want->bare)
		return 0;
	ret = scene_buffer(&run->scene, op->buffer[0], &why);
	if (is_lack(want, ret)) {
		sink_note(run->sink, "line %d: cannot %s: %s", op->line, why, strerror(-ret));
		sink_stat(run->sink, "lacks", op->line);
		return 0;
	}
	if (ret)
		return run_fail(run, op, ret, why);
	run_write_buffer(run, op->buffer[0]);
	return 0;
}

static int paint(struct run *run, const struct op *op)
{
	struct journal_event event = {
		.kind = JOURNAL_PAINT,
		.line = op->line,
		.id = ++run->picture,
	};
	const char *why;
	int ret = scene_paint(&run->scene, op, event.id, &why);

	if (ret)
		return run_fail(run, op, ret, why);
	sink_event(run->sink, &event);
	return 0;
}

int run_paints(struct run *run)
{
	int ret = 0;

	for (int i = 0; !ret && i < run->paint_count; i++)
		ret = paint(run, run->paints[i]);
	return ret;
}

static bool is_modified(const struct run *run)
{
	for (int kind = 0; kind < OP_KINDS; kind++)
		if (run->waiting[kind])
			return true;
	return false;
}

/* Behind a modifier it belongs to the operation, and is done as often as that. */
static int do_paint(struct run *run, const struct op *op)
{
	if (!buffer_has_memory(&run->scene.buffers[op->buffer[0]])) {
		sink_note(run->sink, "line %d: no paint: its buffer does not exist yet", op->line);
		return 0;
	}
	if (!is_modified(run))
		return paint(run, op);
	if (run->paint_count == PAINTS_MAX)
		return run_fail(run, op, -E2BIG, "paint so often before an operation");
	run->paints[run->paint_count++] = op;
	return 0;
}

static int do_expect(struct run *run, const struct op *op)
{
	for (int i = 0; i < op->expect_count; i++)
		run->expect_failure |= op->expect[i] != 0;
	run->waiting[OP_EXPECT] = op;
	return 0;
}

/* The host looks at what is shown while nothing changes it. */
int run_check(struct run *run)
{
	bool changed;
	int ret;

	drain_events(run);
	run_fence_settle(run);
	ret = run_read_back(run, &changed);
	if (ret)
		return ret;
	run_write_read(run, true);
	sink_check(run->sink, ++run->checks);
	return 0;
}

static int do_check(struct run *run, const struct op *op)
{
	(void)op;
	return run_check(run);
}

/*
 * To an absolute time, so that signals do not lengthen it. The note keeps waits in a row from being
 * one silence, which the host would call a lockup.
 */
static int do_wait(struct run *run, const struct op *op)
{
	uint64_t until = sink_now() + op->ns;
	struct timespec time = {
		.tv_sec = (time_t)(until / 1000000000u),
		.tv_nsec = (long)(until % 1000000000u),
	};
	char text[32];

	op_format(run->program, op, text, sizeof(text));
	sink_note(run->sink, "%s", text);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
		;
	return 0;
}

/* A kernel without lockdep, or whose lockdep has reported already, lacks it; so does one that has no such module. */
static int do_annotate(struct run *run, const struct op *op)
{
	int ret = annotation_start(run->device->fd, op->locks);

	if (ret == -ENOENT || ret == -EOPNOTSUPP) {
		sink_note(run->sink, "line %d: cannot annotate: %s", op->line, strerror(-ret));
		sink_stat(run->sink, "lacks", op->line);
		return 0;
	}
	run->annotated = !ret;
	return ret ? run_fail(run, op, ret, "annotate") : 0;
}

/* The host has seen to it. */
static int do_device(struct run *run, const struct op *op)
{
	(void)run;
	(void)op;
	return 0;
}

/* What enters the kernel is do_op()'s; repeat and end are run_range()'s own. */
static int (*const handlers[OP_KINDS])(struct run *run, const struct op *op) = {
	[OP_DEVICE] = do_device,     [OP_OUTPUT] = do_output,	   [OP_BUFFER] = do_buffer,
	[OP_PAINT] = do_paint,	     [OP_FAULT] = run_storm,	   [OP_EXPECT] = do_expect,
	[OP_SIGNAL] = run_storm,     [OP_RIVAL] = run_storm,	   [OP_SIGNALS] = run_storm,
	[OP_CONTEND] = run_storm,    [OP_KILL] = run_storm,	   [OP_PRESSURE] = run_storm,
	[OP_CHECK] = do_check,	     [OP_WAIT] = do_wait,	   [OP_HOTPLUG] = run_monitor,
	[OP_RESIZE] = run_monitor,   [OP_TIMELINE] = run_timeline, [OP_OBSERVE] = run_observe,
	[OP_ANNOTATE] = do_annotate,
};

/* The index of the operation after operation @index, which is a repeat or an end. */
static int jump(struct run *run, int index)
{
	const struct op *op = &run->program->ops[index];

	if (op->kind == OP_REPEAT) {
		run->left[index] = op->count;
		return op->count ? index + 1 : op->jump + 1;
	}
	run->left[op->jump]--;
	return run->left[op->jump] ? op->jump + 1 : index + 1;
}

int run_range(struct run *run, int from, int to)
{
	int index = from, ret = 0;

	while (!ret && index < to) {
		const struct op *op = &run->program->ops[index];

		if (op->kind == OP_REPEAT || op->kind == OP_END) {
			index = jump(run, index);
			continue;
		}
		assert(op_enters(op->kind) || handlers[op->kind]);
		ret = op_enters(op->kind) ? do_op(run, op) : handlers[op->kind](run, op);
		index++;
	}
	return ret;
}
