// SPDX-License-Identifier: MIT
/* The fences of operations: what is journalled before them, and what comes of them. */
#include "compositor/run_fence.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compositor/fence/observer.h"
#include "compositor/fence/sync_file.h"
#include "compositor/fence/syncobj.h"
#include "compositor/file.h"
#include "compositor/kms/device.h"
#include "compositor/request.h"
#include "compositor/run_state.h"
#include "compositor/sink.h"
#include "compositor/storm/child.h"

const char *run_timeline_name(const struct run *run, int timeline)
{
	return run->program->timelines[timeline].name;
}

int run_timeline(struct run *run, const struct op *op)
{
	const char *why;
	int ret = scene_timeline(&run->scene, op, &why);

	if (ret == -EOPNOTSUPP || ret == -ENOENT) {
		sink_note(run->sink, "line %d: cannot %s: %s", op->line, why, strerror(-ret));
		sink_stat(run->sink, "lacks", op->line);
		return 0;
	}
	return ret ? run_fail(run, op, ret, why) : 0;
}

/* --- before the operation ----------------------------------------------------------------------- */

/* The software timeline's point that @point of @timeline waits for, NULL: none that is known. */
static const struct program_point *software_of(struct run *run, const struct program_point *point,
					       uint64_t value, struct program_point *itself)
{
	const struct timeline *timeline = scene_point(&run->scene, point);

	if (!timeline->is_software)
		return timeline_origin(timeline, value);
	*itself = (struct program_point){ point->timeline, value };
	return itself;
}

static void write_point(struct run *run, enum journal_kind kind, int timeline, uint64_t value,
			const char *how)
{
	const char *name = run_timeline_name(run, timeline);
	struct journal_event event = { .kind = kind,
				       .seq = run->seq + 1,
				       .point = value,
				       .name = name,
				       .name_len = strlen(name),
				       .text = how,
				       .text_len = how ? strlen(how) : 0 };

	sink_event(run->sink, &event);
}

/* Which of a software timeline's fences @op has to wait for on @role; NULL: for none that is known. */
const struct program_point *run_fence_awaited(struct run *run, const struct op *op,
					      const struct request *request, enum plane_role role,
					      struct program_point *itself, bool *implicit)
{
	const struct program_point *attached = &run->scene.attached[op->buffer[role]];

	*implicit = !op->in[role].timeline;
	if (!*implicit)
		return software_of(run, &op->in[role], request->fence.in_point[role], itself);
	/* An explicit fence takes the place of those (drm_gem_plane_helper_prepare_fb()). */
	return op->change[role] == CHANGE_SHOW && attached->timeline ? attached : NULL;
}

const char *const run_role_words[PLANE_ROLES] = { "primary", "cursor" };

static void write_waits(struct run *run, const struct op *op, const struct request *request)
{
	for (int role = 0; role < PLANE_ROLES; role++) {
		struct program_point itself;
		const struct program_point *of;
		char how[32];
		bool implicit;

		of = run_fence_awaited(run, op, request, (enum plane_role)role, &itself, &implicit);
		/* The point of a software timeline up to which it was advanced is no wait. */
		if (!of || of->value <= run->scene.timelines[of->timeline - 1].last)
			continue;
		snprintf(how, sizeof(how), "%s%s", implicit ? "implicit " : "",
			 run_role_words[role]);
		write_point(run, JOURNAL_WAITS, of->timeline - 1, of->value, how);
	}
}

/* Somebody begins to signal what has the fences of @timeline up to @point. */
static void begin_others(struct run *run, int timeline, uint64_t point)
{
	for (int i = 0; i < run->program->timeline_count; i++) {
		const struct timeline *other = &run->scene.timelines[i];

		for (unsigned k = 0; k < TIMELINE_ORIGINS && k < other->origin_count; k++)
			if (other->origins[k].of.timeline == timeline + 1 &&
			    other->origins[k].of.value <= point)
				ledger_begin(other->ledger, other->origins[k].point);
	}
}

/* The fence that @op makes a point of, if it is a software timeline's and not signalled. */
static const struct program_point *origin_of(struct run *run, const struct op *op,
					     const struct request *request,
					     struct program_point *itself)
{
	const struct program_point *of = NULL;

	if (op->kind == OP_TRANSFER || op->kind == OP_MERGE)
		of = software_of(run, &op->from, request->fence.from_point, itself);
	if (!of && op->kind == OP_MERGE)
		of = software_of(run, &op->with, request->fence.with_point, itself);
	return of && of->value > run->scene.timelines[of->timeline - 1].last ? of : NULL;
}

void run_fence_before(struct run *run, const struct op *op, const struct request *request)
{
	const struct fence_request *fence = &request->fence;
	int timeline = op->point.timeline - 1;
	struct program_point itself;

	if (op->kind == OP_COMMIT)
		write_waits(run, op, request);
	if (op->kind == OP_ABANDON || op->kind == OP_ADVANCE) {
		uint64_t point = op->kind == OP_ABANDON ? INT64_MAX : fence->point;

		write_point(run, JOURNAL_SIGNALS, timeline, point, NULL);
		begin_others(run, timeline, point);
		/* Later: who does it begins. */
		if (!op->ns)
			ledger_begin(fence->timeline->ledger, point);
	} else if (timeline >= 0 && op->kind != OP_AWAIT && op->kind != OP_QUERY &&
		   !origin_of(run, op, request, &itself)) {
		ledger_begin(fence->timeline->ledger, fence->point);
	}
}

/* --- after the operation ------------------------------------------------------------------------ */

static int after_commit(struct run *run, const struct op *op, struct request *request,
			const struct outcome *outcome)
{
	struct fence_request *fence = &request->fence;

	if (outcome->err || op->test) {
		if (op_has_fences(op))
			run_fence_check_untouched(run, op, request);
		return 0;
	}
	if (!op->nonblock)
		run_fence_check_waited(run, op, request);
	if (!fence->timeline)
		return 0;
	run->fences.counts[FENCE_SIGNALS]++;
	if (fence->out >= 0)
		return run_fence_add_out(run, op, request, fence->out);
	run_broken(run, FENCE_SIGNALS, run->seq, "the commit returned 0 and has no out-fence: %d",
		   fence->out);
	return 0;
}

static int after_advance(struct run *run, const struct request *request)
{
	struct run_fences *fences = &run->fences;

	timeline_note(request->fence.timeline, request->fence.point, -1);
	if (!request->fence.later)
		return 0;
	if (fences->later_count == LATER_MAX)
		child_await(fences->later[--fences->later_count]);
	fences->later[fences->later_count++] = request->fence.later;
	return 0;
}

static int after_transfer(struct run *run, const struct op *op, const struct request *request)
{
	struct timeline *timeline = request->fence.timeline;
	struct program_point itself;
	const struct program_point *of = origin_of(run, op, request, &itself);

	timeline_note(timeline, request->fence.point, -1);
	if (of)
		timeline_note_origin(timeline, request->fence.point, of);
	return 0;
}

static int after_merge(struct run *run, const struct op *op, const struct request *request)
{
	int ret;

	run_fence_check_merged(run, request);
	ret = run_fence_add_point(run, op, request, request->fence.made);
	return ret ? ret : after_transfer(run, op, request);
}

static int after_share(struct run *run, const struct request *request)
{
	run->fences.counts[FENCE_STATUS]++;
	if (request->fence.value != request->fence.timeline->last)
		run_broken(run, FENCE_STATUS, run->seq,
			   "another file finds the last point to be %" PRIu64 ", not %" PRIu64,
			   request->fence.value, request->fence.timeline->last);
	return 0;
}

static int after_attach(struct run *run, const struct op *op, const struct request *request)
{
	struct program_point itself;
	const struct program_point *of =
		software_of(run, &op->from, request->fence.from_point, &itself);

	if (of)
		run->scene.attached[op->buffer[0]] = *of;
	return 0;
}

static int after_extract(struct run *run, const struct op *op, struct request *request)
{
	int file = request->fence.made;

	request->fence.made = -1;
	run->fences.counts[FENCE_IMPLICIT]++;
	return run_fence_add_out(run, op, request, file);
}

static int after_success(struct run *run, const struct op *op, struct request *request)
{
	switch (op->kind) {
	case OP_ADVANCE:
		return after_advance(run, request);
	case OP_RESET:
		timeline_forget(request->fence.timeline);
		return 0;
	case OP_TRANSFER:
		return after_transfer(run, op, request);
	case OP_MERGE:
		return after_merge(run, op, request);
	case OP_QUERY:
		return run_fence_check_query(run, op, request);
	case OP_SHARE:
		return after_share(run, request);
	case OP_ATTACH:
		return after_attach(run, op, request);
	case OP_EXTRACT:
		return after_extract(run, op, request);
	default:
		return 0;
	}
}

int run_fence_after(struct run *run, const struct op *op, struct request *request,
		    const struct outcome *outcome)
{
	if (op->kind == OP_COMMIT)
		return after_commit(run, op, request, outcome);
	if (op->kind == OP_MISUSE)
		run_fence_check_untouched(run, op, request);
	if (op->kind == OP_AWAIT)
		return run_fence_check_await(run, op, request, outcome);
	return outcome->err ? 0 : after_success(run, op, request);
}
