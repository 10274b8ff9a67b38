// SPDX-License-Identifier: MIT
#include "compositor/view/statistics.h"

#include <stdio.h>
#include <time.h>

#include "compositor/sink.h"

#define NS_PER_US 1000

void histogram_add(struct histogram *histogram, uint64_t us)
{
	int bucket = 0;

	while (bucket < HISTOGRAM_BUCKETS - 1 && us >> bucket)
		bucket++;
	histogram->buckets[bucket]++;
	histogram->count++;
	if (us > histogram->max_us)
		histogram->max_us = us;
}

uint64_t histogram_percentile(const struct histogram *histogram, unsigned int percent)
{
	uint64_t wanted = (histogram->count * percent + 99) / 100, seen = 0;

	for (int bucket = 0; bucket < HISTOGRAM_BUCKETS - 1; bucket++) {
		uint64_t end = (UINT64_C(1) << bucket) - 1;

		seen += histogram->buckets[bucket];
		if (seen && seen >= wanted)
			return end < histogram->max_us ? end : histogram->max_us;
	}
	return histogram->max_us;
}

void statistics_begin(struct statistics *statistics)
{
	*statistics = (struct statistics){ .begun_ns = sink_now() };
}

static void tell_latency(const struct histogram *latency, struct sink *sink)
{
	char name[32];

	sink_stat(sink, "flip.us.p50", (int64_t)histogram_percentile(latency, 50));
	sink_stat(sink, "flip.us.p95", (int64_t)histogram_percentile(latency, 95));
	sink_stat(sink, "flip.us.max", (int64_t)latency->max_us);
	for (int bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		if (!latency->buckets[bucket])
			continue;
		snprintf(name, sizeof(name), "flip.us.below.%u", 1u << bucket);
		sink_stat(sink, name, (int64_t)latency->buckets[bucket]);
	}
}

void statistics_tell(const struct statistics *statistics, uint64_t wakes, struct sink *sink)
{
	struct timespec cpu = { .tv_sec = 0 };
	uint64_t cpu_us;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	cpu_us = (uint64_t)cpu.tv_sec * 1000000 + (uint64_t)cpu.tv_nsec / NS_PER_US;
	sink_stat(sink, "ms", (int64_t)((sink_now() - statistics->begun_ns) / 1000000));
	sink_stat(sink, "first-frame.ms", (int64_t)(statistics->first_ns / 1000000));
	sink_stat(sink, "frames", (int64_t)statistics->frames);
	sink_stat(sink, "frames.missed", (int64_t)statistics->missed);
	if (statistics->frames) {
		sink_stat(sink, "frame.pixels",
			  (int64_t)(statistics->painted / statistics->frames));
		sink_stat(sink, "frame.cpu.us", (int64_t)(cpu_us / statistics->frames));
	}
	tell_latency(&statistics->latency, sink);
	sink_stat(sink, "inputs", (int64_t)statistics->inputs);
	sink_stat(sink, "cursor.commits", (int64_t)statistics->moves);
	sink_stat(sink, "cursor.commits.put-off", (int64_t)statistics->put_off);
	sink_stat(sink, "cursor.properties", (int64_t)statistics->properties);
	sink_stat(sink, "wakes", (int64_t)wakes);
	sink_stat(sink, "cpu.us", (int64_t)cpu_us);
}
