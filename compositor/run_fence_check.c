// SPDX-License-Identifier: MIT
/* What the guest itself looks for: where only who asks the kernel, at that moment, can tell. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compositor/fence/sync_file.h"
#include "compositor/fence/syncobj.h"
#include "compositor/file.h"
#include "compositor/request.h"
#include "compositor/run_state.h"
#include "compositor/sink.h"

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

/* Whether somebody else has begun to signal the plane's in-fence meanwhile. */
static bool has_begun(struct run *run, const struct op *op, const struct request *request,
		      enum plane_role role)
{
	struct program_point itself;
	bool implicit;
	const struct program_point *of =
		run_fence_awaited(run, op, request, role, &itself, &implicit);

	return of &&
	       atomic_load(&run->scene.timelines[of->timeline - 1].ledger->begun) >= of->value;
}

void run_fence_check_untouched(struct run *run, const struct op *op, const struct request *request)
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
		if (op->in[role].timeline && now.in[role] != before->in[role] &&
		    !has_begun(run, op, request, (enum plane_role)role))
			run_broken(run, FENCE_FAILED_COMMIT, run->seq,
				   "the status of the %s plane's in-fence was %d and is %d",
				   run_role_words[role], before->in[role], now.in[role]);
}

/* A blocking commit is back: what it had to wait for must have been begun to be signalled. */
void run_fence_check_waited(struct run *run, const struct op *op, const struct request *request)
{
	for (int role = 0; role < PLANE_ROLES; role++) {
		struct program_point itself;
		const struct program_point *of;
		enum fence_rule rule;
		bool implicit;

		of = run_fence_awaited(run, op, request, (enum plane_role)role, &itself, &implicit);
		if (!of)
			continue;
		rule = implicit ? FENCE_IMPLICIT : FENCE_IN;
		run->fences.counts[rule]++;
		if (atomic_load(&run->scene.timelines[of->timeline - 1].ledger->begun) < of->value)
			run_broken(run, rule, run->seq,
				   "the commit is back before point %" PRIu64
				   " of %s was signalled",
				   of->value, run_timeline_name(run, of->timeline - 1));
	}
}

/*
 * A sync file of both has no more fences than both have, and is signalled when they are: neither before, as it was asked
 * last, nor after.
 */
void run_fence_check_merged(struct run *run, const struct request *request)
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

/* What the timeline, the point's sync file and each fence in it say must agree. */
int run_fence_check_query(struct run *run, const struct op *op, const struct request *request)
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

int run_fence_check_await(struct run *run, const struct op *op, const struct request *request,
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
