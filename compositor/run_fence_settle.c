// SPDX-License-Identifier: MIT
/* The fences that operations have made: kept, handed on, and told of when they have signalled. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compositor/fence/observer.h"
#include "compositor/fence/sync_file.h"
#include "compositor/file.h"
#include "compositor/kms/device.h"
#include "compositor/request.h"
#include "compositor/run_state.h"
#include "compositor/sink.h"
#include "compositor/storm/child.h"

/* A liveness limit, and not how long a fence may take. */
#define SIGNAL_NS UINT64_C(10000000000)

static void write_fence(struct run *run, const struct out_fence *out, const struct sync_file *file)
{
	const char *name = run_timeline_name(run, out->timeline);
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

	/* Others are of other contexts. */
	if (timeline->head < 0)
		return;
	answer = ledger_tell(timeline->ledger, known, out->point, signalled);
	run->fences.counts[FENCE_ORDER]++;
	if (answer == LEDGER_AGAIN || answer == LEDGER_DISORDER)
		run_broken(run, FENCE_ORDER, out->seq,
			   "point %" PRIu64 " of %s is not signalled, and %" PRIu64 " was",
			   out->point, run_timeline_name(run, out->timeline), known);
}

/* The device is gone, and the fence must signal all the same. */
static void judge_survivor(struct run *run, const struct out_fence *out, bool signalled)
{
	run->fences.counts[FENCE_LIFETIME]++;
	if (!signalled)
		run_broken(run, FENCE_LIFETIME, out->seq,
			   "an out-fence did not signal after the device was unbound");
}

/* Returns whether @file is signalled; @wait: or was not until it was too late to wait on. */
static bool is_signalled(int file, bool wait)
{
	uint64_t now = sink_now(), deadline = now + SIGNAL_NS;
	int ready;

	do {
		ready = sync_file_poll(file, wait ? (int)((deadline - now) / 1000000) : 0);
		now = sink_now();
	} while (ready == -EINTR && wait && now < deadline);
	return ready > 0;
}

/* What has become of the oldest. Returns whether it is done with: it has signalled, or @wait had it waited for. */
static bool settle_first(struct run *run, bool wait)
{
	struct run_fences *fences = &run->fences;
	struct out_fence *out = &fences->outs[0];
	uint64_t known = ledger_look(run->scene.timelines[out->timeline].ledger);
	bool signalled = is_signalled(out->file, wait);
	struct sync_file file;
	int ret;

	if (!signalled && !wait)
		return false;
	tell_ledger(run, out, known, signalled);
	if (run->scene.unbound)
		judge_survivor(run, out, signalled);
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
		settle_first(run, true);
}

/* Takes @file. */
static void keep_out(struct run *run, const struct op *op, uint64_t point, int file)
{
	struct run_fences *fences = &run->fences;

	while (fences->out_count == OUT_FENCES_MAX)
		settle_first(run, true);
	fences->outs[fences->out_count++] =
		(struct out_fence){ file, run->seq, point, op->point.timeline - 1 };
	while (fences->out_count > 0 && settle_first(run, false))
		;
}

/* The fence in @file becomes the operation's point. */
int run_fence_add_point(struct run *run, const struct op *op, const struct request *request,
			int file)
{
	int head = op->kind == OP_COMMIT ? op->head : -1;
	struct timeline *timeline = request->fence.timeline;
	int ret = timeline_add(timeline, request->fd, request->spare, request->fence.point, file);

	if (ret)
		return run_fail(run, op, ret, "make the fence a point of the timeline");
	timeline_note(timeline, request->fence.point, head);
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
int run_fence_add_out(struct run *run, const struct op *op, const struct request *request, int file)
{
	int ret = run_fence_add_point(run, op, request, file);

	if (ret) {
		file_close(&file);
		return ret;
	}
	if (request->fence.timeline->head >= 0)
		give(run, op, request->fence.point, file);
	/* For who is there when this process is killed. */
	if (run->killed)
		device_bequeath(run->device, file);
	keep_out(run, op, request->fence.point, file);
	return 0;
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
