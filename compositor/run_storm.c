// SPDX-License-Identifier: MIT
/* The lines that disturb: what is armed for the next operation, and what goes on beside all of them. */
#include "compositor/run_state.h"

#include <errno.h>
#include <string.h>

#include "compositor/kms/device.h"
#include "compositor/request.h"
#include "compositor/sink.h"
#include "compositor/storm/contend.h"
#include "compositor/storm/rival.h"

static void stop_signals(struct run *run)
{
	if (run->signals.active)
		sink_stat(run->sink, "signals.delivered", signals_stop(&run->signals));
	run->signals_line = NULL;
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

static void stop_rivals(struct run *run)
{
	/* What was read while there were any is the past. */
	run->fresh = false;
	while (run->rival_count > 0)
		sink_stat(run->sink, "rival.done", rival_destroy(run->rivals[--run->rival_count]));
}

static void stop_pressure(struct run *run, enum pressure_kind kind)
{
	char name[32] = "pressure.";

	if (!pressure_is_on(&run->pressure, kind))
		return;
	strcat(name, pressure_word(kind));
	sink_stat(run->sink, name, pressure_stop(&run->pressure, kind));
}

static void stop_pressures(struct run *run)
{
	for (int kind = 0; kind < PRESSURES; kind++)
		stop_pressure(run, (enum pressure_kind)kind);
}

void run_storm_stop(struct run *run)
{
	if (run->due_count)
		sink_stat(run->sink, "signal.due", run->due_count);
	run->due_count = 0;
	stop_signals(run);
	stop_rivals(run);
	for (int i = 0; i < PROGRAM_MAX_BUFFERS; i++)
		stop_contend(run, i);
	stop_pressures(run);
}

bool run_storm_at_risk(const struct run *run)
{
	return run->waiting[OP_FAULT] || run->waiting[OP_SIGNAL] || run->signals.active ||
	       run->contend_count > 0 || run->rival_count > 0 || run->expect_failure ||
	       pressure_is_any(&run->pressure);
}

/*
 * A rival on the primary plane pauses so long, as for a frame: each time the display is sent a whole picture, and QEMU keeps
 * those that have not been read yet, without end.
 */
#define FRAME_NS 10000000

static bool touches(const struct op *op, int head, enum plane_role role)
{
	if (op->kind == OP_DIRTY || op->head != head)
		return false;
	if (op->kind == OP_COMMIT && role == PLANE_CURSOR && op->has_at)
		return true;
	if (op->kind == OP_COMMIT || op->kind == OP_SETPLANE)
		return op->change[role] != CHANGE_NONE;
	return role == PLANE_CURSOR;
}

bool run_storm_is_contested(const struct run *run, int head, enum plane_role role)
{
	for (int i = 0; i < run->rival_count; i++)
		if (touches(run->rival_ops[i], head, role))
			return true;
	return false;
}

/* The rival goes on with the system call that is built here, in a copy of this process. */
int run_storm_rival(struct run *run, const struct op *op)
{
	struct request request;
	const char *why;
	int ret;

	if (run->rival_count == RIVALS_MAX)
		return run_fail(run, op, -EUSERS, "start another rival");
	ret = request_begin(&request, &run->scene, op, 0, &why);
	if (ret)
		return run_fail(run, op, ret, why);
	sink_stat(run->sink, "rival.line", op->line);
	ret = rival_create(&request, touches(op, op->head, PLANE_PRIMARY) ? FRAME_NS : 0,
			   run->signals_line, &run->rng, &run->rivals[run->rival_count]);
	if (ret)
		return run_fail(run, op, ret, "start a rival");
	run->rival_ops[run->rival_count++] = op;
	return 0;
}

static int do_fault(struct run *run, const struct op *op)
{
	int ret = run->fault.nth < 0 ? fault_init(&run->fault) : 0;

	if (ret)
		return run_fail(run, op, ret,
				"inject faults (has the kernel CONFIG_FAULT_INJECTION?)");
	run->waiting[OP_FAULT] = op;
	return 0;
}

static int do_signal(struct run *run, const struct op *op)
{
	int ret = due_start(&run->due);

	if (!ret)
		ret = signals_handle(SIGNALS_REALTIME, op->restart);
	if (ret)
		return run_fail(run, op, ret, "have a signal sent");
	run->waiting[OP_SIGNAL] = op;
	return 0;
}

static int do_rival(struct run *run, const struct op *op)
{
	if (op->off)
		stop_rivals(run);
	else
		run->waiting[OP_RIVAL] = op;
	return 0;
}

static int do_signals(struct run *run, const struct op *op)
{
	int ret;

	stop_signals(run);
	if (op->off)
		return 0;
	ret = signals_start(&run->signals, op, &run->rng);
	if (ret)
		return run_fail(run, op, ret, "start the signals");
	run->signals_line = op;
	return 0;
}

static int do_contend(struct run *run, const struct op *op)
{
	const struct buffer *buffer = &run->scene.buffers[op->buffer[0]];
	int ret;

	stop_contend(run, op->buffer[0]);
	if (op->off)
		return 0;
	if (!buffer->handle) {
		sink_note(run->sink, "line %d: no contend: its buffer does not exist yet",
			  op->line);
		return 0;
	}
	ret = contend_create(buffer, op->way, op->threads, &run->contends[op->buffer[0]]);
	if (ret)
		return run_fail(run, op, ret, "contend for the buffer");
	run->contend_count++;
	return 0;
}

static int do_kill(struct run *run, const struct op *op)
{
	int ret = signals_kill_after(op->ns);

	run->killed = true;
	return ret ? run_fail(run, op, ret, "have this client killed") : 0;
}

static int do_pressure(struct run *run, const struct op *op)
{
	const char *why;
	int ret;

	if (op->pressure == PRESSURE_OFF) {
		stop_pressures(run);
		return 0;
	}
	stop_pressure(run, op->pressure);
	ret = pressure_start(&run->pressure, op, run->device, &why);
	return ret ? run_fail(run, op, ret, why) : 0;
}

static int (*const handlers[OP_KINDS])(struct run *run, const struct op *op) = {
	[OP_FAULT] = do_fault,	     [OP_SIGNAL] = do_signal,	[OP_RIVAL] = do_rival,
	[OP_SIGNALS] = do_signals,   [OP_CONTEND] = do_contend, [OP_KILL] = do_kill,
	[OP_PRESSURE] = do_pressure,
};

int run_storm(struct run *run, const struct op *op)
{
	return handlers[op->kind](run, op);
}
