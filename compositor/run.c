// SPDX-License-Identifier: MIT
#include "compositor/run.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "compositor/kms/buffer.h"
#include "compositor/kms/device.h"
#include "compositor/kms/events.h"
#include "compositor/kms/output.h"
#include "compositor/kms/state.h"
#include "compositor/model/program.h"
#include "compositor/model/rng.h"
#include "compositor/request.h"
#include "compositor/scene.h"
#include "compositor/sink.h"
#include "compositor/storm/contend.h"
#include "compositor/storm/fault.h"
#include "compositor/storm/signals.h"

/* A page flip takes a frame; the time allows for a host that is busy with several guests. */
#define EVENT_TIMEOUT_NS UINT64_C(10000000000)

/* For the host to plug a display in; well below its own limit for a silent guest. */
#define CONNECT_TIMEOUT_NS UINT64_C(10000000000)

/* No operation makes nearly as many allocations; a count that never ends is stopped here. */
#define SWEEP_MAX 10000

/* What signals keep from an end so often in a row, they always will; so it is for a sweep in which
 * that many allocations in a row were given up. */
#define INTERRUPTED_MAX 100
#define GIVEN_UP_MAX 10

/* How a sweep goes on. */
enum { SWEEP_END, SWEEP_NEXT, SWEEP_AGAIN };

/* An operation's text in the journal, formatted once: it is written again at every repetition. */
struct text {
	char *bytes;
	size_t len;
};

struct run {
	const struct device *device;
	const struct program *program;
	struct sink *sink;
	struct rng rng;
	struct scene scene;
	struct state *states[PROGRAM_MAX_HEADS]; /* NULL as long as there is no output */
	bool fresh; /* nothing has been done since all states were read */
	struct events events;
	struct fault fault;
	struct signals signals;
	int64_t signals_before; /* count when they were switched on */
	struct contend *contends[PROGRAM_MAX_BUFFERS]; /* by buffer */
	int contend_count;
	uint64_t seq; /* of the last operation, the first is 1 */
	uint32_t checks; /* done so far */
	uint32_t picture; /* id of the one painted last */
	const struct op *fault_op; /* the fault line that waits for its operation */
	bool expect_failure; /* so does an expect line that allows for an error */
	struct text *texts; /* by operation */
	uint32_t *left; /* by operation: repetitions that a repeat has left */
};

/* What perform() is to say of the operation, and what came of it. */
struct issue {
	int line;
	uint32_t nth; /* allocation to fail, 0: none */
	struct text text;
};

struct outcome {
	int err; /* errno value, 0 is success */
	bool fired;
	bool unchanged; /* it failed, and the state is what it was */
};

static int format_text(struct run *run, const struct op *op, struct text *text)
{
	int len = op_format(run->program, op, NULL, 0);

	if (!op_is_ioctl(op->kind))
		return 0;
	text->len = (size_t)len;
	text->bytes = malloc(text->len + 1);
	if (!text->bytes)
		return -ENOMEM;
	op_format(run->program, op, text->bytes, text->len + 1);
	return 0;
}

struct run *run_create(const struct device *device, const struct program *program,
		       struct sink *sink, uint64_t seed)
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
	run->fault.fd = -1;
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

static void stop_signals(struct run *run)
{
	if (!run->signals.active)
		return;
	signals_stop(&run->signals);
	sink_stat(run->sink, "signals.delivered", signals_count() - run->signals_before);
}

static void stop_contend(struct run *run, int buffer)
{
	char name[PROGRAM_NAME_SIZE + 16] = "contend.";

	if (!run->contends[buffer])
		return;
	strcat(name, run->program->buffers[buffer].name);
	strcat(name, ".loops");
	sink_stat(run->sink, name, contend_destroy(run->contends[buffer]));
	run->contends[buffer] = NULL;
	run->contend_count--;
}

/* An event that does not come is a finding for the host, not an end of the program. */
static void wait_events(struct run *run)
{
	int ret = events_wait(&run->events, EVENT_TIMEOUT_NS);

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
	wait_events(run);
}

void run_quiesce(struct run *run)
{
	stop_signals(run);
	for (int i = 0; i < PROGRAM_MAX_BUFFERS; i++)
		stop_contend(run, i);
	drain_events(run);
}

void run_destroy(struct run *run)
{
	if (!run)
		return;
	run_quiesce(run);
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

const struct scene *run_scene(const struct run *run)
{
	return &run->scene;
}

/* Our own work failed: say at which line of the program, and why. */
static int fail(struct run *run, const struct op *op, int err, const char *what)
{
	sink_error(run->sink, "line %d: cannot %s: %s", op->line, what, strerror(-err));
	return err;
}

/* Of all heads, whichever the operation was for: none of the others may change either. */
static int read_back(struct run *run, bool *changed)
{
	int ret = 0;

	*changed = false;
	for (int head = 0; !ret && head < PROGRAM_MAX_HEADS; head++)
		if (run->states[head])
			ret = state_read(run->states[head], run->sink, changed);
	run->fresh = !ret;
	if (ret)
		sink_error(run->sink, "cannot read the state back: %s", strerror(-ret));
	return ret;
}

static int read_back_if_stale(struct run *run)
{
	bool changed;

	return run->fresh ? 0 : read_back(run, &changed);
}

static void write_read(struct run *run, bool after)
{
	struct journal_event event = { .kind = JOURNAL_READ, .seq = run->seq, .after = after };

	sink_event(run->sink, &event);
}

static void write_op(struct run *run, const struct issue *issue)
{
	struct journal_event event = {
		.kind = JOURNAL_OP,
		.seq = run->seq,
		.line = issue->line,
		.nth = issue->nth,
		.text = issue->text.bytes,
		.text_len = issue->text.len,
	};

	sink_event(run->sink, &event);
}

static void write_ret(struct run *run, const struct outcome *outcome)
{
	struct journal_event event = {
		.kind = JOURNAL_RET,
		.seq = run->seq,
		.err = outcome->err,
		.fired = outcome->fired,
	};

	sink_event(run->sink, &event);
}

/* The one place where an operation enters the kernel. */
static int enter(struct run *run, struct request *request, uint32_t nth, struct outcome *outcome)
{
	int ret = nth ? fault_arm(&run->fault, nth) : 0;

	if (ret) {
		sink_error(run->sink, "cannot arm the fault: %s", strerror(-ret));
		return ret;
	}
	outcome->err = ioctl(run->device->fd, request->code, &request->arg) ? errno : 0;
	outcome->fired = nth && fault_disarm(&run->fault);
	return 0;
}

/*
 * The operation has failed. Without a read before it there is nothing that the host could compare
 * with; the state is read all the same, so that there is before the next one.
 */
static int read_after(struct run *run, bool had_before, struct outcome *outcome)
{
	bool changed;
	int ret = read_back(run, &changed);

	if (ret || !had_before)
		return ret;
	write_read(run, true);
	outcome->unchanged = !changed;
	return 0;
}

/* Perform the operation number run->seq + 1. */
static int perform(struct run *run, struct request *request, const struct issue *issue,
		   struct outcome *outcome)
{
	bool had_before = run->fresh;
	int ret;

	*outcome = (struct outcome){ .err = 0 };
	run->seq++;
	if (had_before)
		write_read(run, false);
	write_op(run, issue);
	ret = enter(run, request, issue->nth, outcome);
	if (ret)
		return ret;
	write_ret(run, outcome);
	run->fresh = false;
	if (outcome->err)
		return read_after(run, had_before, outcome);
	if (request->has_event)
		events_expect(&run->events, run->seq);
	return 0;
}

static int perform_built(struct run *run, const struct op *op, uint32_t nth, uint32_t damage,
			 struct outcome *outcome)
{
	struct issue issue = {
		.line = op->line,
		.nth = nth,
		.text = run->texts[op - run->program->ops],
	};
	struct request request;
	int ret;

	/* Room for another event must not run out (drm_event_reserve_init()); EBUSY is not
	 * hidden, as nothing is waited for. */
	if (run->events.count > 0)
		events_wait(&run->events, 0);
	request_build(&request, &run->scene, op, run->seq + 1, damage);
	ret = perform(run, &request, &issue, outcome);
	if (ret || outcome->err)
		return ret;
	scene_done(&run->scene, op);
	if (op->kind == OP_FLIP)
		wait_events(run);
	return 0;
}

/* One ioctl operation of the program, with its fault if @nth is not 0. */
static int perform_op(struct run *run, const struct op *op, uint32_t nth, struct outcome *outcome)
{
	int fd = run->device->fd, ret;
	uint32_t damage = 0;

	if (!op->has_area)
		return perform_built(run, op, nth, 0, outcome);
	ret = damage_create(fd, &op->area, &damage);
	if (ret)
		return fail(run, op, ret, "create a blob for the damage");
	ret = perform_built(run, op, nth, damage, outcome);
	/* The kernel holds it for as long as the commit needs it. */
	damage_destroy(fd, damage);
	return ret;
}

/*
 * Put back what the planes of @op's head were before it; it says nothing of another head's. An
 * operation of its own, and repeated as such if a signal interrupts it. If it fails, the sweep
 * ends, for another round would not start from the same state. Returns how the sweep goes on, or
 * a negative errno.
 */
static int undo(struct run *run, const struct op *op, const struct scene *before,
		const struct plane_values planes[PLANE_ROLES])
{
	struct issue issue = { .line = op->line,
			       .text = { .bytes = (char[]){ "undo" }, .len = 4 } };
	struct scene_head *head = &run->scene.heads[op->head];
	struct request request;
	struct outcome outcome = { .err = EINTR };
	int ret = 0;

	request_planes(&request, head->output, planes);
	for (int i = 0; !ret && outcome.err == EINTR && i < INTERRUPTED_MAX; i++)
		ret = perform(run, &request, &issue, &outcome);
	if (ret)
		return ret;
	if (outcome.err) {
		sink_note(run->sink, "line %d: the sweep ends, as its undo has failed: %s",
			  op->line, strerror(outcome.err));
		return SWEEP_END;
	}
	head->cursor_x = before->heads[op->head].cursor_x;
	head->cursor_y = before->heads[op->head].cursor_y;
	return SWEEP_NEXT;
}

/* One round of a sweep. Returns how it goes on, or a negative errno. */
static int fault_round(struct run *run, const struct op *op, uint32_t nth)
{
	const struct scene before = run->scene;
	struct plane_values planes[PLANE_ROLES];
	struct outcome outcome;
	int ret;

	ret = read_back_if_stale(run);
	if (ret)
		return ret;
	for (int role = 0; role < PLANE_ROLES; role++) {
		state_plane(run->states[op->head], (enum plane_role)role, &planes[role]);
		scene_lasting(&before, op->head, &planes[role]);
	}
	ret = perform_op(run, op, nth, &outcome);
	if (ret)
		return ret;
	/* A signal that came before the allocation did says nothing about whether there is one. */
	if (!outcome.fired)
		return outcome.err == EINTR ? SWEEP_AGAIN : SWEEP_END;
	return outcome.unchanged ? SWEEP_NEXT : undo(run, op, &before, planes);
}

/* All rounds for one allocation. SWEEP_AGAIN is returned when it is given up. */
static int fault_rounds(struct run *run, const struct op *op, uint32_t nth)
{
	int ret = SWEEP_AGAIN;

	for (int i = 0; ret == SWEEP_AGAIN && i < INTERRUPTED_MAX; i++)
		ret = fault_round(run, op, nth);
	if (ret == SWEEP_AGAIN)
		sink_note(run->sink, "line %d: allocation %u given up, interrupted %d times",
			  op->line, nth, INTERRUPTED_MAX);
	return ret;
}

/* The last round, in which nothing failed, stands: the operation has been carried out. */
static int sweep(struct run *run, const struct op *op, const struct op *fault)
{
	int given_up = 0;

	for (uint32_t i = 0; i < SWEEP_MAX; i++) {
		int ret = fault_rounds(run, op, fault->nth + i);

		if (ret <= SWEEP_END)
			return ret;
		given_up = ret == SWEEP_AGAIN ? given_up + 1 : 0;
		if (given_up == GIVEN_UP_MAX) {
			sink_note(run->sink, "line %d: the sweep ends, signals are too fast for it",
				  op->line);
			return 0;
		}
	}
	sink_error(run->sink, "line %d: no end of allocations after %d", fault->line, SWEEP_MAX);
	return -ELOOP;
}

static int run_faults(struct run *run, const struct op *op, const struct op *fault)
{
	struct outcome outcome;

	fault_settle_memory();
	if (fault->nth_open)
		return sweep(run, op, fault);
	return perform_op(run, op, fault->nth, &outcome);
}

static bool at_risk(const struct run *run)
{
	return run->fault_op || run->signals.active || run->contend_count > 0 ||
	       run->expect_failure;
}

static int do_ioctl(struct run *run, const struct op *op)
{
	const struct op *fault = run->fault_op;
	struct outcome outcome;
	const char *why;
	int ret = 0;

	if (!scene_allows(&run->scene, op, &why)) {
		sink_error(run->sink, "line %d: cannot %s: %s", op->line, op_name(op->kind), why);
		return -ENODEV;
	}
	if (at_risk(run))
		ret = read_back_if_stale(run);
	run->fault_op = NULL;
	run->expect_failure = false;
	if (ret)
		return ret;
	return fault ? run_faults(run, op, fault) : perform_op(run, op, 0, &outcome);
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
		return fail(run, op, ret, why);
	if (!*state)
		*state = state_create(run->scene.heads[op->head].output);
	return *state ? 0 : fail(run, op, -ENOMEM, "keep the state");
}

static int do_buffer(struct run *run, const struct op *op)
{
	const struct program_buffer *want = &run->program->buffers[op->buffer[0]];
	struct journal_event event = { .kind = JOURNAL_BUFFER };
	const struct buffer *made;
	const char *why;
	int ret = scene_buffer(&run->scene, op, &why);

	if (ret)
		return fail(run, op, ret, why);
	made = run->scene.buffers[op->buffer[0]];
	event.name = want->name;
	event.name_len = strlen(want->name);
	event.id = want->id;
	event.fb = made->fb;
	event.res = made->res;
	sink_event(run->sink, &event);
	return 0;
}

static int do_paint(struct run *run, const struct op *op)
{
	struct journal_event event = {
		.kind = JOURNAL_PAINT,
		.line = op->line,
		.id = ++run->picture,
	};
	const char *why;
	int ret = scene_paint(&run->scene, op, event.id, &why);

	if (ret)
		return fail(run, op, ret, why);
	sink_event(run->sink, &event);
	return 0;
}

static int do_fault(struct run *run, const struct op *op)
{
	int ret = run->fault.fd < 0 ? fault_init(&run->fault) : 0;

	if (ret)
		return fail(run, op, ret, "inject faults (has the kernel CONFIG_FAULT_INJECTION?)");
	run->fault_op = op;
	return 0;
}

static int do_expect(struct run *run, const struct op *op)
{
	for (int i = 0; i < op->expect_count; i++)
		run->expect_failure |= op->expect[i] != 0;
	return 0;
}

static int do_signals(struct run *run, const struct op *op)
{
	int ret;

	stop_signals(run);
	if (!op->ns)
		return 0;
	run->signals_before = signals_count();
	ret = signals_start(&run->signals, op->ns, op->restart, &run->rng);
	return ret ? fail(run, op, ret, "start the signals") : 0;
}

static int do_contend(struct run *run, const struct op *op)
{
	int index = op->buffer[0];
	int ret;

	stop_contend(run, index);
	if (!op->threads)
		return 0;
	ret = contend_create(run->device->fd, run->scene.buffers[index]->handle, op->threads,
			     &run->contends[index]);
	if (ret)
		return fail(run, op, ret, "contend for the buffer");
	run->contend_count++;
	return 0;
}

/* The host looks at what is shown while nothing changes it. */
static int do_check(struct run *run, const struct op *op)
{
	bool changed;
	int ret;

	(void)op;
	drain_events(run);
	ret = read_back(run, &changed);
	if (ret)
		return ret;
	write_read(run, true);
	sink_check(run->sink, ++run->checks);
	return 0;
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

/* repeat and end are run_range()'s own: they say where to go on. */
static int (*const handlers[OP_KINDS])(struct run *run, const struct op *op) = {
	[OP_OUTPUT] = do_output,   [OP_BUFFER] = do_buffer,   [OP_PAINT] = do_paint,
	[OP_COMMIT] = do_ioctl,	   [OP_CURSOR] = do_ioctl,    [OP_MOVE] = do_ioctl,
	[OP_HIDE] = do_ioctl,	   [OP_FLIP] = do_ioctl,      [OP_FAULT] = do_fault,
	[OP_EXPECT] = do_expect,   [OP_SIGNALS] = do_signals, [OP_CONTEND] = do_contend,
	[OP_CHECK] = do_check,	   [OP_WAIT] = do_wait,
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
		assert(handlers[op->kind]);
		ret = handlers[op->kind](run, op);
		index++;
	}
	return ret;
}
