/* SPDX-License-Identifier: MIT */
/* What a compositor did and how long it took: counted, told at its end and whenever somebody asks (SIGUSR1). */
#ifndef PLANESTORM_VIEW_STATISTICS_H
#define PLANESTORM_VIEW_STATISTICS_H

#include <stdint.h>

struct sink;

/* Bucket N of a histogram holds what took less than 2^N microseconds and not less than half of that. */
#define HISTOGRAM_BUCKETS 24

struct histogram {
	uint64_t count;
	uint64_t buckets[HISTOGRAM_BUCKETS];
	uint64_t max_us;
};

void histogram_add(struct histogram *histogram, uint64_t us);

/*
 * What @percent of the values are not above, microseconds: the upper end of its bucket, or the largest value if that
 * is less. 0 if there is none.
 */
uint64_t histogram_percentile(const struct histogram *histogram, unsigned int percent);

struct statistics {
	uint64_t begun_ns;   /* CLOCK_MONOTONIC */
	uint64_t first_ns;   /* from then to the first frame's event; 0: it has not come yet */
	uint64_t frames;     /* that were shown */
	uint64_t missed;     /* times at which one was due and the one before was not shown yet */
	uint64_t painted;    /* pixels */
	uint64_t moves;	     /* commits of the cursor plane alone */
	uint64_t properties; /* in the last of them that showed no other image */
	uint64_t put_off;    /* moves that waited for the commit before them */
	uint64_t inputs;     /* events */
	struct histogram latency; /* from a commit of the primary plane to its page-flip event */
};

void statistics_begin(struct statistics *statistics);

/* @wakes: of the loop. */
void statistics_tell(const struct statistics *statistics, uint64_t wakes, struct sink *sink);

#endif
