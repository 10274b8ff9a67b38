// SPDX-License-Identifier: MIT
/*
 * The engine's side runs the repeats of a program in the language through run_range(), which is all
 * that a trial does too, journal included. The bare side makes the same ioctls with the same
 * buffers in a loop of nothing else. Rounds of both alternate within one process, so that what the
 * machine does meanwhile falls on both; the medians leave out the rounds that it disturbed. The
 * ratio is taken between neighbouring rounds: over the whole time the machine's speed may change.
 *
 * A look of an observer's at a timeline has a bare side as well: the query by itself.
 *
 * Last comes what trials do most of their time: painted cursors swapped under signals and
 * contention, with all state read back before each operation. That has no bare side.
 */
#include "compositor/bench.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "compositor/client.h"
#include "compositor/fence/observer.h"
#include "compositor/fence/syncobj.h"
#include "compositor/kms/buffer.h"
#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/model/program.h"
#include "compositor/request.h"
#include "compositor/run.h"
#include "compositor/scene.h"
#include "compositor/sink.h"

/* Many short rounds: a disturbance then falls on both sides alike. A cursor image takes about 0.4 ms
 * under TCG, a round of twice 20 therefore about 16 ms. */
#define ROUNDS 101
#define PAIRS_TEXT "20"
#define PAIRS 20
/* A round of the storm takes about 100 ms. */
#define STORM_ROUNDS 31
#define QUERY_POINTS 4

static const char bench_program[] = "output 1024x768\n"
				    "buffer C1 cursor 64x64 image=arrow\n"
				    "buffer C2 cursor 64x64 image=cross\n"
				    "cursor C1 at=10,20\n"
				    "repeat " PAIRS_TEXT "\n"
				    "cursor C1\n"
				    "cursor C2\n"
				    "end\n"
				    "repeat " PAIRS_TEXT "\n"
				    "move 100,100\n"
				    "move 200,200\n"
				    "end\n"
				    "repeat " PAIRS_TEXT "\n"
				    "commit cursor=C1\n"
				    "commit cursor=C2\n"
				    "end\n"
				    "contend C1 threads=1\n"
				    "contend C2 threads=1\n"
				    "signals every=400us restart\n"
				    "repeat " PAIRS_TEXT "\n"
				    "paint C1\n"
				    "cursor C1\n"
				    "paint C2\n"
				    "cursor C2\n"
				    "end\n";

/* What the program's repeats but the last are called, in their order. */
static const char *const names[] = { "cursor", "move", "commit" };
#define BENCHES ((int)(sizeof(names) / sizeof(names[0])))

/* One repeat; the requests are its two alternating operations, and not set for the storm. */
struct pair {
	int repeat, end; /* indices in the program */
	struct request requests[2];
};

/* The @number-th repeat of the program, from 0. */
static void find_pair(const struct program *program, int number, struct pair *pair)
{
	int i = 0;

	while (program->ops[i].kind != OP_REPEAT || number-- > 0)
		i++;
	assert(i < program->op_count);
	pair->repeat = i;
	pair->end = program->ops[i].jump;
}

static uint64_t time_bare(int fd, struct pair *pair)
{
	uint64_t start = sink_now();

	for (int i = 0; i < PAIRS; i++) {
		ioctl(fd, pair->requests[0].code, &pair->requests[0].arg);
		ioctl(fd, pair->requests[1].code, &pair->requests[1].arg);
	}
	return sink_now() - start;
}

/* Returns what run_range() does. */
static int time_engine(struct run *run, const struct pair *pair, uint64_t *ns)
{
	uint64_t start = sink_now();
	int ret = run_range(run, pair->repeat, pair->end + 1);

	*ns = sink_now() - start;
	return ret;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void bench_report(struct sink *sink, const char *name, const char *what, uint64_t *values,
		  int count, uint64_t divisor)
{
	char stat[64];

	qsort(values, (size_t)count, sizeof(*values), compare);
	snprintf(stat, sizeof(stat), "bench.%s.%s", name, what);
	sink_stat(sink, stat, (int64_t)(values[count / 2] / divisor));
}

static int measure(int fd, struct run *run, struct pair *pair, const char *name, struct sink *sink)
{
	uint64_t bare[ROUNDS], engine[ROUNDS], permille[ROUNDS];
	int ret;

	/* The first time is for the caches. */
	time_bare(fd, pair);
	ret = time_engine(run, pair, &engine[0]);
	for (int i = 0; !ret && i < ROUNDS; i++) {
		bare[i] = time_bare(fd, pair);
		ret = time_engine(run, pair, &engine[i]);
		permille[i] = 1000 * bare[i] / engine[i];
	}
	if (ret)
		return ret;
	bench_report(sink, name, "bare", bare, ROUNDS, 2 * PAIRS);
	bench_report(sink, name, "engine", engine, ROUNDS, 2 * PAIRS);
	bench_report(sink, name, "permille", permille, ROUNDS, 1);
	return 0;
}

/* A timeline all of whose points are signalled, asked by an ioctl and nothing else, and by an observer. */
static void time_queries(int fd, uint32_t handle, uint64_t *bare, uint64_t *observed)
{
	struct ledger ledger = { .begun = QUERY_POINTS, .seen = QUERY_POINTS };
	uint64_t start = sink_now(), middle, point;
	struct observer_look look;
	atomic_llong looks = 0;

	for (int i = 0; i < 2 * PAIRS; i++)
		syncobj_query(fd, handle, false, &point);
	middle = sink_now();
	for (int i = 0; i < 2 * PAIRS; i++)
		observer_query(&ledger, &looks, fd, handle, &look);
	*bare = middle - start;
	*observed = sink_now() - middle;
}

/* A device without timelines is none to measure. */
static int measure_queries(int fd, struct sink *sink)
{
	uint64_t bare[ROUNDS], observed[ROUNDS], permille[ROUNDS];
	uint32_t handle;
	int ret = 0;

	if (syncobj_create(fd, &handle))
		return 0;
	for (uint64_t point = 1; point <= QUERY_POINTS && !ret; point++)
		ret = syncobj_signal(fd, handle, point);
	for (int i = 0; i < ROUNDS && !ret; i++) {
		time_queries(fd, handle, &bare[i], &observed[i]);
		permille[i] = 1000 * bare[i] / observed[i];
	}
	syncobj_destroy(fd, handle);
	if (ret)
		return ret;
	bench_report(sink, "query", "bare", bare, ROUNDS, 2 * PAIRS);
	bench_report(sink, "query", "engine", observed, ROUNDS, 2 * PAIRS);
	bench_report(sink, "query", "permille", permille, ROUNDS, 1);
	return 0;
}

/* The storm's operations begin after index @from. */
static int measure_storm(struct run *run, const struct program *program, int from,
			 struct sink *sink)
{
	uint64_t engine[STORM_ROUNDS];
	struct pair pair;
	int ret;

	find_pair(program, BENCHES, &pair);
	ret = run_range(run, from + 1, pair.repeat);
	for (int i = 0; !ret && i < STORM_ROUNDS; i++)
		ret = time_engine(run, &pair, &engine[i]);
	run_quiesce(run);
	if (!ret)
		bench_report(sink, "storm", "engine", engine, STORM_ROUNDS, 2 * PAIRS);
	return ret;
}

static int measure_all(int fd, const struct program *program, struct run *run, struct sink *sink)
{
	const char *why;
	struct pair pair;
	int ret;

	find_pair(program, 0, &pair);
	ret = run_range(run, 0, pair.repeat);
	for (int i = 0; !ret && i < BENCHES; i++) {
		find_pair(program, i, &pair);
		for (int j = 0; j < 2; j++)
			ret |= request_begin(&pair.requests[j], run_scene(run),
					     &program->ops[pair.repeat + 1 + j], 0, &why);
		if (!ret)
			ret = measure(fd, run, &pair, names[i], sink);
	}
	if (!ret)
		ret = measure_queries(fd, sink);
	return ret ? ret : measure_storm(run, program, pair.end, sink);
}

int bench_run(int fd, struct sink *sink)
{
	struct program_error error;
	struct program *program = program_parse(bench_program, strlen(bench_program), &error);
	struct run *run = NULL;
	struct device device;
	const char *why;
	int ret;

	if (!program) {
		sink_error(sink, "bench program, line %d: %s", error.line, error.text);
		return CLIENT_FAILED;
	}
	ret = device_init(&device, fd, -1, &why);
	if (ret) {
		sink_error(sink, "cannot %s: %s", why, strerror(-ret));
		goto out;
	}
	run = run_create(&device, program, sink, 0);
	ret = run ? measure_all(fd, program, run, sink) : -1;
out:
	run_destroy(run);
	device_finish(&device);
	program_destroy(program);
	return ret ? CLIENT_FAILED : CLIENT_DONE;
}
