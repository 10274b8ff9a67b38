/* SPDX-License-Identifier: MIT */
/* What our own work costs, beside the same without it. */
#ifndef PLANESTORM_BENCH_H
#define PLANESTORM_BENCH_H

#include <stdint.h>

struct sink;

/*
 * The interpreter and its journal: the operation loop against a bare ioctl loop.
 * Measure on the device @fd, and journal for OPERATION cursor, move and commit the medians over the
 * rounds: `stat bench.OPERATION.bare` and `.engine` in nanoseconds per operation, and `.permille`,
 * the engine's speed in thousandths of the bare loop's; for a storm, `bench.storm.engine` alone.
 * Returns an exit code as client_run() does.
 */
int bench_run(int fd, struct sink *sink);

/*
 * The compositor's frames, 1024x768: `dumb` against bare flips, and `gles` against the shaders on no device, with the same
 * stats, of a frame. @fd is taken.
 */
int bench_compositor(int fd, struct sink *sink);

/* `stat bench.@name.@what`: the median of @count @values, which are sorted, divided by @divisor. */
void bench_report(struct sink *sink, const char *name, const char *what, uint64_t *values,
		  int count, uint64_t divisor);

#endif
