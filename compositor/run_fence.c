// SPDX-License-Identifier: MIT
/*
 * What is journalled of fences, and what the guest itself looks for: where only the one who asks the kernel, at that moment,
 * can tell. All else is for the runner to judge.
 */
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

/* A liveness limit, and not how long a fence may take. */
#define SIGNAL_MS 10000

/*
 * A sync object's wait counts in ticks: it gives up within the last one before its deadline
 * (drm_timeout_abs_to_jiffies()), and earlier where the machine had missed some when it began. How early is counted; so
 * early is no matter of ticks, ns.
 */
#define EARLY_NS UINT64_C(1000000000)

/* A wait that ends so much later than its deadline has overslept, ns; generous, for a host that is busy. */
#define OVERSLEEP_NS UINT64_C(5000000000)

void run_broken(struct run *run, enum fence_rule rule, uint64_t seq, const char *format, ...)
{
	const char *word = fence_rule_word(rule);
	struct journal_event event = {
		.kind = JOURNAL_BROKEN, .seq = seq, .name = word, .name_len = strlen(word)
	};
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	event.text = text;
	event.text_len = strlen(text);
	sink_event(run->sink, &event);
}

static const char *name_of(const struct run *run, int timeline)
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
	const char *name = name_of(run, timeline);
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
static const struct program_point *awaited(struct run *run, const struct op *op,
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

static const char *const role_words[PLANE_ROLES] = { "primary", "cursor" };

static void write_waits(struct run *run, const struct op *op, const struct request *request)
{
	for (int role = 0; role < PLANE_ROLES; role++) {
		struct program_point itself;
		const struct program_point *of;
		char how[32];
		bool implicit;

		of = awaited(run, op, request, (enum plane_role)role, &itself, &implicit);
		/* The point of a software timeline up to which it was advanced is no wait. */
		if (!of || of->value <= run->scene.timelines[of->timeline - 1].last)
			continue;
		snprintf(how, sizeof(how), "%s%s", implicit ? "implicit " : "", role_words[role]);
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

/* --- fences that operations have made ----------------------------------------------------------- */

static void write_fence(struct run *run, const struct out_fence *out, const struct sync_file *file)
{
	const char *name = name_of(run, out->timeline);
	char text[80];
	struct journal_event event = { .kind = JOURNAL_FENCE,
				       .seq = out->seq,
				       .point = out->point,
				       .status = file->status,
				       .stamp = file->fences[0].stamp,
				       .name = name,
				       .name_len = strlen(name),
				       .text = text };

	event.text_len = (size_t)snprintf(text, sizeof(text), "%s %s", file->fences[0].driver,
					  file->fences[0].timeline);
	sink_event(run->sink, &event);
}

static void tell_ledger(struct run *run, const struct out_fence *out, uint64_t known,
			bool signalled)
{
	struct timeline *timeline = &run->scene.timelines[out->timeline];
	enum ledger_answer answer;

	/* The fences of several heads are of several contexts. */
	if (timeline->out_head < 0)
		return;
	answer = ledger_tell(timeline->ledger, known, out->point, signalled);
	run->fences.counts[FENCE_ORDER]++;
	if (answer == LEDGER_AGAIN || answer == LEDGER_DISORDER)
		run_broken(run, FENCE_ORDER, out->seq,
			   "point %" PRIu64 " of %s is not signalled, and %" PRIu64 " was",
			   out->point, name_of(run, out->timeline), known);
}

/* The device is gone, and the fence must signal all the same. */
static void judge_survivor(struct run *run, const struct out_fence *out, bool signalled)
{
	run->fences.counts[FENCE_LIFETIME]++;
	if (!signalled)
		run_broken(run, FENCE_LIFETIME, out->seq,
			   "an out-fence did not signal after the device was unbound");
}

/* Wait until the oldest is signalled, at most @ms. Returns whether that is so, or too long ago to wait on. */
static bool settle_first(struct run *run, int ms)
{
	struct run_fences *fences = &run->fences;
	struct out_fence *out = &fences->outs[0];
	uint64_t known = ledger_look(run->scene.timelines[out->timeline].ledger);
	int ready = sync_file_poll(out->file, ms), ret;
	struct sync_file file;

	if (ready == -EINTR || (!ready && !ms))
		return false;
	tell_ledger(run, out, known, ready > 0);
	if (run->scene.unbound)
		judge_survivor(run, out, ready > 0);
	ret = sync_file_ask(out->file, &file);
	if (ret)
		run_broken(run, FENCE_STATUS, out->seq, "nothing is told of an out-fence: %s",
			   strerror(-ret));
	else
		write_fence(run, out, &file);
	file_close(&out->file);
	fences->out_count--;
	memmove(out, out + 1, (size_t)fences->out_count * sizeof(*out));
	return true;
}

void run_fence_settle(struct run *run)
{
	while (run->fences.out_count > 0)
		settle_first(run, SIGNAL_MS);
}

/* Takes @file. */
static void keep_out(struct run *run, const struct op *op, uint64_t point, int file)
{
	struct run_fences *fences = &run->fences;

	while (fences->out_count == OUT_FENCES_MAX)
		settle_first(run, SIGNAL_MS);
	fences->outs[fences->out_count++] =
		(struct out_fence){ file, run->seq, point, op->point.timeline - 1 };
	while (fences->out_count > 0 && settle_first(run, 0))
		;
}

/* --- after the operation ------------------------------------------------------------------------ */

/* The fence in @file becomes the operation's point. */
static int add_point(struct run *run, const struct op *op, const struct request *request, int file)
{
	struct timeline *timeline = request->fence.timeline;
	int ret = timeline_add(timeline, request->fd, request->spare, request->fence.point, file);

	if (ret)
		return run_fail(run, op, ret, "make the fence a point of the timeline");
	timeline_note(timeline, request->fence.point);
	return 0;
}

/* Whoever observes the timeline looks at the fence itself as well. */
static void give(struct run *run, const struct op *op, uint64_t point, int file)
{
	struct observers *observers = run->fences.observers[op->point.timeline - 1];
	int ret = observers ? observers_give(observers, point, file) : 0;

	if (ret)
		sink_error(run->sink, "line %d: an observer is gone: %s", op->line, strerror(-ret));
}

/* A commit's, or that of a reservation object. Takes @file. */
static int add_out(struct run *run, const struct op *op, const struct request *request, int file)
{
	struct timeline *timeline = request->fence.timeline;
	int head = op->kind == OP_COMMIT ? op->head : -1;
	int ret = add_point(run, op, request, file);

	if (ret) {
		file_close(&file);
		return ret;
	}
	timeline->out_head = timeline->has_outs && timeline->out_head != head ? -1 : head;
	timeline->has_outs = true;
	if (timeline->out_head >= 0)
		give(run, op, request->fence.point, file);
	/* For who is there when this process is killed. */
	if (run->killed)
		device_bequeath(run->device, file);
	keep_out(run, op, request->fence.point, file);
	return 0;
}

/* A commit that failed, or was only a question, or a mistake has made nothing and used up nothing. */
static void check_untouched(struct run *run, const struct op *op, const struct request *request)
{
	const struct fence_request *fence = &request->fence;
	const struct fence_state *before = &fence->before;
	struct fence_state now;

	fence_state_read(request, &now);
	run->fences.counts[FENCE_FAILED_COMMIT]++;
	if (op->kind == OP_COMMIT && fence->out != -1 && fence->out != OUT_UNTOUCHED)
		run_broken(run, FENCE_FAILED_COMMIT, run->seq, "the out-fence's pointer holds %d",
			   fence->out);
	if (now.lowest != before->lowest)
		run_broken(run, FENCE_FAILED_COMMIT, run->seq, "a file descriptor is left: %d",
			   before->lowest);
	if (now.submitted != before->submitted)
		run_broken(run, FENCE_FAILED_COMMIT, run->seq,
			   "the timeline's last point was %" PRIu64 " and is %" PRIu64,
			   before->submitted, now.submitted);
	for (int role = 0; role < PLANE_ROLES; role++)
		if (op->in[role].timeline && now.in[role] != before->in[role])
			run_broken(run, FENCE_FAILED_COMMIT, run->seq,
				   "the status of the %s plane's in-fence was %d and is %d",
				   role_words[role], before->in[role], now.in[role]);
}

/* A blocking commit is back: what it had to wait for must have been begun to be signalled. */
static void check_waited(struct run *run, const struct op *op, const struct request *request)
{
	for (int role = 0; role < PLANE_ROLES; role++) {
		struct program_point itself;
		const struct program_point *of;
		enum fence_rule rule;
		bool implicit;

		of = awaited(run, op, request, (enum plane_role)role, &itself, &implicit);
		if (!of)
			continue;
		rule = implicit ? FENCE_IMPLICIT : FENCE_IN;
		run->fences.counts[rule]++;
		if (atomic_load(&run->scene.timelines[of->timeline - 1].ledger->begun) < of->value)
			run_broken(run, rule, run->seq,
				   "the commit is back before point %" PRIu64
				   " of %s was signalled",
				   of->value, name_of(run, of->timeline - 1));
	}
}

static int after_commit(struct run *run, const struct op *op, struct request *request,
			const struct outcome *outcome)
{
	struct fence_request *fence = &request->fence;

	if (outcome->err || op->test) {
		if (op_has_fences(op))
			check_untouched(run, op, request);
		return 0;
	}
	if (!op->nonblock)
		check_waited(run, op, request);
	if (!fence->timeline)
		return 0;
	run->fences.counts[FENCE_SIGNALS]++;
	if (fence->out >= 0)
		return add_out(run, op, request, fence->out);
	run_broken(run, FENCE_SIGNALS, run->seq, "the commit returned 0 and has no out-fence: %d",
		   fence->out);
	return 0;
}

static int after_advance(struct run *run, const struct request *request)
{
	struct run_fences *fences = &run->fences;

	timeline_note(request->fence.timeline, request->fence.point);
	if (!request->fence.later)
		return 0;
	if (fences->later_count == LATER_MAX)
		child_await(fences->later[--fences->later_count]);
	fences->later[fences->later_count++] = request->fence.later;
	return 0;
}

static void forget_points(struct timeline *timeline)
{
	timeline->last = 0;
	timeline->origin_count = 0;
	atomic_store(&timeline->ledger->begun, 0);
	atomic_store(&timeline->ledger->seen, 0);
}

static int after_transfer(struct run *run, const struct op *op, const struct request *request)
{
	struct timeline *timeline = request->fence.timeline;
	struct program_point itself;
	const struct program_point *of = origin_of(run, op, request, &itself);

	timeline_note(timeline, request->fence.point);
	if (of)
		timeline_note_origin(timeline, request->fence.point, of);
	return 0;
}

/*
 * A sync file of both has no more fences than both have, and is signalled when they are: neither before, as it was asked
 * last, nor after.
 */
static void check_merged(struct run *run, const struct request *request)
{
	const struct fence_request *fence = &request->fence;
	struct sync_file from, with, merged;
	int ret = sync_file_ask(fence->made, &merged);

	if (!ret)
		ret = sync_file_ask(fence->from, &from);
	if (!ret)
		ret = sync_file_ask(fence->with, &with);
	run->fences.counts[FENCE_STATUS]++;
	if (ret)
		run_broken(run, FENCE_STATUS, run->seq, "nothing is told of a merged sync file: %s",
			   strerror(-ret));
	else if (merged.status && (!from.status || !with.status))
		run_broken(run, FENCE_STATUS, run->seq,
			   "a merged sync file has status %d, of %d and %d", merged.status,
			   from.status, with.status);
	else if (!merged.count || merged.count > from.count + with.count)
		run_broken(run, FENCE_STATUS, run->seq,
			   "a merged sync file has %" PRIu32 " fences, of %" PRIu32 " and %" PRIu32,
			   merged.count, from.count, with.count);
}

static int after_merge(struct run *run, const struct op *op, const struct request *request)
{
	int ret;

	check_merged(run, request);
	ret = add_point(run, op, request, request->fence.made);
	return ret ? ret : after_transfer(run, op, request);
}

/* What the timeline, the point's sync file and each fence in it say must agree. */
static int after_query(struct run *run, const struct op *op, const struct request *request)
{
	const struct fence_request *fence = &request->fence;
	struct sync_file file;
	int fd, ret, all = 1;

	ret = timeline_file(fence->timeline, request->fd, request->spare, fence->point, &fd);
	if (ret)
		return run_fail(run, op, ret, "have a fence as a sync file");
	ret = sync_file_ask(fd, &file);
	file_close(&fd);
	run->fences.counts[FENCE_STATUS]++;
	if (ret) {
		run_broken(run, FENCE_STATUS, run->seq,
			   "nothing is told of a point's sync file: %s", strerror(-ret));
		return 0;
	}
	for (uint32_t i = 0; i < file.count && i < SYNC_FILE_FENCES_MAX; i++) {
		if (!file.fences[i].driver[0] || !file.fences[i].timeline[0])
			run_broken(run, FENCE_STATUS, run->seq, "a fence has no names");
		all = file.fences[i].status <= 0 && all > 0 ? file.fences[i].status : all;
	}
	if (!file.count || file.status != all)
		run_broken(run, FENCE_STATUS, run->seq,
			   "a sync file of %" PRIu32 " fences has status %d, and they have %d",
			   file.count, file.status, all);
	if (fence->value >= fence->point && !file.status)
		run_broken(run, FENCE_STATUS, run->seq,
			   "the timeline is signalled up to %" PRIu64 ", and point %" PRIu64
			   " is not",
			   fence->value, fence->point);
	if (fence->value < fence->known)
		run_broken(run, FENCE_ORDER, run->seq,
			   "the timeline is signalled up to %" PRIu64 ", and was up to %" PRIu64,
			   fence->value, fence->known);
	return 0;
}

/* A wait that says that a point is signalled: the timeline must say so, too. */
static void check_arrived(struct run *run, const struct op *op, const struct request *request)
{
	const struct fence_request *fence = &request->fence;
	bool submitted = op->how == AWAIT_AVAILABLE;
	uint64_t point = 0;

	syncobj_query(request->fd, fence->timeline->handle, submitted, &point);
	if (point < fence->point)
		run_broken(run, FENCE_WAIT, run->seq,
			   "the wait returned 0, and the timeline is %s up to %" PRIu64
			   ", not %" PRIu64,
			   submitted ? "submitted" : "signalled", point, fence->point);
	if (!submitted &&
	    ledger_tell(fence->timeline->ledger, 0, fence->point, true) == LEDGER_EARLY)
		run_broken(run, FENCE_WAIT, run->seq,
			   "the wait returned 0 before anybody had begun to signal point %" PRIu64,
			   fence->point);
}

static int after_await(struct run *run, const struct op *op, const struct request *request,
		       const struct outcome *outcome)
{
	const struct fence_request *fence = &request->fence;
	uint64_t early = outcome->err == ETIME && fence->returned < fence->deadline ?
				 fence->deadline - fence->returned :
				 0;

	if (outcome->err && outcome->err != ETIME && outcome->err != EINTR)
		return 0;
	run->fences.counts[FENCE_WAIT]++;
	if (!outcome->err)
		check_arrived(run, op, request);
	if (early > run->fences.early)
		run->fences.early = early;
	if (early > EARLY_NS)
		run_broken(run, FENCE_WAIT, run->seq,
			   "the wait gave up %" PRIu64 " ns before its deadline", early);
	if (outcome->err == ETIME && op->how != AWAIT_AVAILABLE && fence->known >= fence->point)
		run_broken(run, FENCE_WAIT, run->seq,
			   "the wait timed out for point %" PRIu64
			   ", which was signalled before it",
			   fence->point);
	if (fence->returned > fence->deadline + OVERSLEEP_NS)
		run_broken(run, FENCE_WAIT, run->seq,
			   "the wait ended %" PRIu64 " ms after its deadline",
			   (fence->returned - fence->deadline) / 1000000);
	return 0;
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
	return add_out(run, op, request, file);
}

static int after_success(struct run *run, const struct op *op, struct request *request)
{
	switch (op->kind) {
	case OP_ADVANCE:
		return after_advance(run, request);
	case OP_RESET:
		forget_points(request->fence.timeline);
		return 0;
	case OP_TRANSFER:
		return after_transfer(run, op, request);
	case OP_MERGE:
		return after_merge(run, op, request);
	case OP_QUERY:
		return after_query(run, op, request);
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
		check_untouched(run, op, request);
	if (op->kind == OP_AWAIT)
		return after_await(run, op, request, outcome);
	return outcome->err ? 0 : after_success(run, op, request);
}

void run_fence_stop(struct run *run)
{
	struct run_fences *fences = &run->fences;
	char name[32];

	if (fences->early)
		sink_stat(run->sink, "await.early", (int64_t)fences->early);
	fences->early = 0;
	while (fences->later_count > 0)
		child_await(fences->later[--fences->later_count]);
	run_fence_settle(run);
	for (int i = 0; i < PROGRAM_MAX_TIMELINES; i++)
		run_observe_stop(run, i);
	for (int rule = 0; rule < FENCE_RULES; rule++) {
		snprintf(name, sizeof(name), "fence.%s", fence_rule_word((enum fence_rule)rule));
		if (fences->counts[rule])
			sink_stat(run->sink, name, fences->counts[rule]);
		fences->counts[rule] = 0;
	}
}
