// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "compositor/fence/observer.h"
#include "compositor/run_state.h"
#include "compositor/sink.h"

static void write_stat(struct run *run, int timeline, const char *what, int64_t value)
{
	char name[PROGRAM_NAME_SIZE + 24];

	snprintf(name, sizeof(name), "observe.%s.%s", run->program->timelines[timeline].name, what);
	sink_stat(run->sink, name, value);
}

void run_observe_stop(struct run *run, int timeline)
{
	struct observed observed;

	if (!run->fences.observers[timeline])
		return;
	observers_destroy(run->fences.observers[timeline], &observed);
	run->fences.observers[timeline] = NULL;
	run->scene.timelines[timeline].observed = false;
	run->fences.counts[FENCE_ORDER] += observed.looks;
	for (int i = 0; i < observed.complaints && i < OBSERVER_COMPLAINTS_MAX; i++)
		run_broken(run, FENCE_ORDER, run->seq, "%.*s", OBSERVER_TEXT_MAX,
			   observed.texts[i]);
	write_stat(run, timeline, "looks", observed.looks);
	write_stat(run, timeline, "points", (int64_t)observed.points);
}

int run_observe(struct run *run, const struct op *op)
{
	int timeline = op->point.timeline - 1, ret;

	run_observe_stop(run, timeline);
	if (op->off)
		return 0;
	if (!run->scene.timelines[timeline].handle) {
		sink_note(run->sink, "line %d: no observe: its timeline does not exist", op->line);
		return 0;
	}
	ret = observers_create(run->device, &run->scene.timelines[timeline], op->threads,
			       &run->fences.observers[timeline]);
	if (ret)
		return run_fail(run, op, ret, "have the timeline observed");
	run->scene.timelines[timeline].observed = true;
	return 0;
}
