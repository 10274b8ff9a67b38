// SPDX-License-Identifier: MIT
/*
 * A sweep: the operation again and again, with another allocation failing each time, or another pair of
 * them, from the same state each time.
 */
#include <errno.h>
#include <string.h>

#include "compositor/kms/state.h"
#include "compositor/request.h"
#include "compositor/run_state.h"
#include "compositor/sink.h"

/* So many allocations at a time: the host goes on from there in a guest that is as new. */
#define SWEEP_MAX 10000

/* What signals keep from an end so often in a row, they always will; so it is for a sweep in which
 * that many allocations in a row were given up. */
#define INTERRUPTED_MAX 100
#define GIVEN_UP_MAX 10

/* How a sweep goes on: not at all, with the next allocation, with the same again, with the next second one. */
enum { SWEEP_END, SWEEP_NEXT, SWEEP_AGAIN, SWEEP_SECOND };

/* What there was before a round. */
struct before {
	struct scene scene;
	struct plane_values planes[PLANE_ROLES]; /* of the operation's head */
};

static void take_before(const struct run *run, const struct op *op, struct before *before)
{
	const struct state *state = run->states[op->head];

	before->scene = run->scene;
	for (int role = 0; role < PLANE_ROLES; role++) {
		before->planes[role] = (struct plane_values){ .mask = 0 };
		if (state)
			state_plane(state, (enum plane_role)role, &before->planes[role]);
	}
}

static void write_remade(void *data, int buffer)
{
	run_write_buffer(data, buffer);
}

/* What the planes of @op's head were; it says nothing of another head's. Repeated if a signal
 * interrupts it. */
static int undo_planes(struct run *run, const struct op *op, const struct before *before,
		       struct outcome *outcome)
{
	struct issue issue = { .line = op->line,
			       .text = { .bytes = (char[]){ "undo" }, .len = 4 } };
	const struct output *output = run->scene.heads[op->head].output;
	struct plane_values planes[PLANE_ROLES];
	struct request request;
	int ret = 0;

	for (int role = 0; role < PLANE_ROLES; role++) {
		planes[role] = (struct plane_values){ .mask = 0 };
		/* What a rival shows is not ours to put back, and may be gone by then. */
		if (run_storm_is_contested(run, op->head, (enum plane_role)role))
			continue;
		planes[role] = before->planes[role];
		scene_lasting(&run->scene, &before->scene, op->head, (enum plane_role)role,
			      &planes[role]);
	}
	request_planes(&request, output, planes);
	outcome->err = EINTR;
	for (int i = 0; !ret && outcome->err == EINTR && i < INTERRUPTED_MAX; i++)
		ret = run_perform(run, &request, &issue, outcome);
	return ret;
}

/*
 * Put back what there was before @op: whatever has come or gone, and then the planes, by an operation
 * of its own. If it fails, the sweep ends, for another round would not start from the same state.
 * Returns how the sweep goes on, or a negative errno.
 */
static int undo(struct run *run, const struct op *op, const struct before *before)
{
	struct outcome outcome = { .err = 0 };
	const char *why;
	int ret;

	run->fresh = false;
	ret = scene_restore(&run->scene, &before->scene, write_remade, run, &why);
	if (ret)
		return run_fail(run, op, ret, why);
	/* An output that is off shows nothing, and would refuse to. */
	if (before->scene.heads[op->head].width)
		ret = undo_planes(run, op, before, &outcome);
	if (ret)
		return ret;
	if (!outcome.err)
		return SWEEP_NEXT;
	sink_note(run->sink, "line %d: the sweep ends, as its undo has failed: %s", op->line,
		  strerror(outcome.err));
	return SWEEP_END;
}

/* One round of a sweep. Returns how it goes on, or a negative errno. */
static int fault_round(struct run *run, const struct op *op, const struct op *fault,
		       const struct fault_plan *plan)
{
	struct before before;
	struct outcome outcome;
	int ret, next = SWEEP_NEXT;

	ret = run_read_back_if_stale(run);
	if (ret)
		return ret;
	take_before(run, op, &before);
	/* What is painted anew next must not be what the host is still to copy. */
	if (fault->look && run->paint_count)
		ret = run_check(run);
	if (!ret && run->anew)
		ret = run_perform_op(run, run->anew, &(struct fault_plan){ 0 }, &outcome);
	if (!ret)
		ret = run_perform_op(run, op, plan, &outcome);
	/* A signal that came before the allocation did says nothing about whether there is one. */
	if (!ret && !outcome.fired && !outcome.missed)
		return outcome.err == EINTR ? SWEEP_AGAIN : SWEEP_END;
	if (!ret && fault->look)
		ret = run_check(run);
	if (!ret && !outcome.unchanged)
		ret = undo(run, op, &before);
	else if (!ret)
		ret = SWEEP_NEXT;
	if (outcome.missed)
		next = SWEEP_AGAIN;
	else if (fault->again_open && outcome.fired > 1)
		next = SWEEP_SECOND;
	return ret == SWEEP_NEXT ? next : ret;
}

/* All rounds for one plan, until its allocation was reached. SWEEP_AGAIN is returned when it is given up. */
static int fault_rounds(struct run *run, const struct op *op, const struct op *fault,
			const struct fault_plan *plan)
{
	/* A signal that is due is so each time. */
	int tries = run->waiting[OP_SIGNAL] ? 1 : INTERRUPTED_MAX;
	int ret = SWEEP_AGAIN;

	for (int i = 0; ret == SWEEP_AGAIN && i < tries; i++)
		ret = fault_round(run, op, fault, plan);
	if (ret == SWEEP_AGAIN)
		sink_note(run->sink, "line %d: allocation %u given up, interrupted %d times",
			  op->line, plan->nth, tries);
	return ret;
}

/* The same with each second failure behind the first. */
static int fault_pairs(struct run *run, const struct op *op, const struct op *fault, uint32_t nth)
{
	struct fault_plan plan = { nth, fault->again, fault->worker };
	int ret = fault_rounds(run, op, fault, &plan);

	for (; ret == SWEEP_SECOND; ret = fault_rounds(run, op, fault, &plan))
		plan.again++;
	return ret;
}

/* The last round, in which nothing failed, stands: the operation has been carried out. */
int run_sweep(struct run *run, const struct op *op, const struct op *fault)
{
	int given_up = 0;

	run->anew = run->pending;

	for (uint32_t i = 0; i < SWEEP_MAX; i++) {
		int ret = fault_pairs(run, op, fault, fault->nth + i);

		if (ret <= SWEEP_END)
			return ret;
		given_up = ret == SWEEP_AGAIN ? given_up + 1 : 0;
		if (given_up == GIVEN_UP_MAX) {
			sink_note(run->sink, "line %d: the sweep ends, signals are too fast for it",
				  op->line);
			return 0;
		}
	}
	sink_note(run->sink, "line %d: the sweep ends for now, after %d allocations", op->line,
		  SWEEP_MAX);
	return 0;
}
