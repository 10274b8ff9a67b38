// SPDX-License-Identifier: MIT
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "compositor/kms/device.h"
#include "compositor/kms/state.h"
#include "compositor/request.h"
#include "compositor/run_state.h"
#include "compositor/sink.h"
#include "compositor/storm/turn.h"

/* A page flip's worker, milliseconds; a liveness limit. */
#define WORKER_MS 2000

/* Of all heads, whichever the operation was for: none of the others may change either. */
int run_read_back(struct run *run, bool *changed)
{
	int ret = 0;

	*changed = false;
	if (run->device->fd < 0 || run->scene.unbound)
		return 0;
	for (int head = 0; !ret && head < PROGRAM_MAX_HEADS; head++)
		if (run->states[head])
			ret = state_read(run->states[head], run->sink, changed);
	run->fresh = !ret;
	if (ret)
		sink_error(run->sink, "cannot read the state back: %s", strerror(-ret));
	return ret;
}

int run_read_back_if_stale(struct run *run)
{
	bool changed;

	return run->fresh ? 0 : run_read_back(run, &changed);
}

void run_write_read(struct run *run, bool after)
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
		.nth = issue->fault.nth,
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

static int arm(struct run *run, const struct request *request, const struct issue *issue)
{
	int ret = 0;

	if (issue->signal)
		ret = due_arm(&run->due, request->nr, SIGNALS_REALTIME);
	if (!ret && issue->fault.nth)
		ret = fault_arm(&run->fault, &issue->fault, request->work);
	if (ret)
		sink_error(run->sink, "cannot arm the %s: %s",
			   issue->fault.nth ? "fault" : "signal", strerror(-ret));
	return ret;
}

/*
 * What a worker does for the operation is over when its event is there; removing a framebuffer waits for
 * its worker by itself. An event that does not come is missed later, when it is waited for.
 */
static void await_worker(const struct run *run, const struct request *request)
{
	struct pollfd event = { .fd = run->device->fd, .events = POLLIN };

	if (request->has_event)
		poll(&event, 1, WORKER_MS);
}

static void disarm(struct run *run, const struct request *request, const struct issue *issue,
		   struct outcome *outcome)
{
	if (!issue->fault.nth)
		return;
	if (issue->fault.worker && !outcome->err)
		await_worker(run, request);
	outcome->fired = fault_disarm(&run->fault, &outcome->missed);
}

/* The one place where an operation enters the kernel. */
static int enter(struct run *run, struct request *request, const struct issue *issue,
		 struct outcome *outcome)
{
	int ret = 0;

	if (issue->fault.nth)
		ret = turn_await(run->device->fd);
	if (ret) {
		sink_error(run->sink, "the number of lock contexts does not go on");
		return ret;
	}
	/* The fault last: what is in between would count as well. */
	pressure_enter(&run->pressure);
	ret = arm(run, request, issue);
	if (ret)
		return ret;
	outcome->err = -request->enter(request);
	disarm(run, request, issue, outcome);
	if (issue->signal)
		run->due_count += due_disarm(&run->due);
	pressure_leave(&run->pressure, outcome->err);
	return 0;
}

/*
 * The operation has failed. Without a read before it there is nothing that the host could compare
 * with; the state is read all the same, so that there is before the next one.
 */
static int read_after(struct run *run, bool had_before, struct outcome *outcome)
{
	bool changed;
	int ret = run_read_back(run, &changed);

	if (ret || !had_before)
		return ret;
	run_write_read(run, true);
	outcome->unchanged = !changed;
	return 0;
}

/* Perform the operation number run->seq + 1. */
int run_perform(struct run *run, struct request *request, const struct issue *issue,
		struct outcome *outcome)
{
	/* A rival may change the state at any time: nothing follows from a difference. */
	bool had_before = run->fresh && !run->rival_count;
	int ret;

	*outcome = (struct outcome){ .err = 0 };
	run->seq++;
	if (had_before)
		run_write_read(run, false);
	write_op(run, issue);
	ret = enter(run, request, issue, outcome);
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

/* What an operation's success means to us, and is to be told. */
static void after_success(struct run *run, const struct op *op)
{
	const struct program_buffer *buffer = &run->program->buffers[op->buffer[0]];

	/* When the device has the memory. */
	if (op->kind == (buffer->origin == ORIGIN_DUMB ? OP_CREATE : OP_IMPORT))
		run_write_buffer(run, op->buffer[0]);
	if (op->kind == OP_COMMIT && op->nonblock && !op->test)
		run->pending = op;
	if (op->kind == OP_FLIP)
		run_wait_events(run);
	if (op->kind == OP_CLOSE) {
		events_forget(&run->events);
		run->pending = NULL;
	}
}

/* A dma-buf of a driver that this one takes none from: no failure of the operation's. */
static bool is_lack(const struct run *run, const struct op *op, const struct outcome *outcome)
{
	return op->kind == OP_IMPORT &&
	       run->program->buffers[op->buffer[0]].origin != ORIGIN_DUMB && !outcome->fired &&
	       (outcome->err == ENODEV || outcome->err == EOPNOTSUPP);
}

/* One operation of the program, with what @plan has fail. */
int run_perform_op(struct run *run, const struct op *op, const struct fault_plan *plan,
		   struct outcome *outcome)
{
	struct issue issue = {
		.line = op->line,
		.fault = *plan,
		.signal = run->waiting[OP_SIGNAL],
		.text = run->texts[op - run->program->ops],
	};
	struct request request;
	const char *why;
	int ret;

	/* Room for another event must not run out (drm_event_reserve_init()); EBUSY is not
	 * hidden, as nothing is waited for. */
	if (run->events.count > 0)
		events_wait(&run->events, 0);
	ret = run_paints(run);
	if (!ret && op->pointer)
		ret = run_point(run, op);
	if (ret)
		return ret;
	ret = request_begin(&request, &run->scene, op, run->seq + 1, &why);
	if (ret)
		return run_fail(run, op, ret, why);
	run_fence_before(run, op, &request);
	ret = run_perform(run, &request, &issue, outcome);
	if (!ret && (op_has_fences(op) || op->kind == OP_COMMIT))
		ret = run_fence_after(run, op, &request, outcome);
	request_end(&request, &run->scene, op, ret ? ret : -outcome->err);
	if (!ret && !outcome->err)
		after_success(run, op);
	if (!ret && is_lack(run, op, outcome))
		sink_stat(run->sink, "lacks", op->line);
	return ret;
}
