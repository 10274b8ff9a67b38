/* SPDX-License-Identifier: MIT */
/* What the interpreter and its journal cost: the operation loop against a bare ioctl loop. */
#ifndef PLANESTORM_BENCH_H
#define PLANESTORM_BENCH_H

struct sink;

/*
 * Measure on the device @fd, and journal for OPERATION cursor, move and commit the medians over the
 * rounds: `stat bench.OPERATION.bare` and `.engine` in nanoseconds per operation, and `.permille`,
 * the engine's speed in thousandths of the bare loop's; for a storm, `bench.storm.engine` alone.
 * Returns an exit code as client_run() does.
 */
int bench_run(int fd, struct sink *sink);

#endif
