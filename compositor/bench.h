/* SPDX-License-Identifier: MIT */
/* What the interpreter and its journal cost: the operation loop against a bare ioctl loop. */
#ifndef PLANESTORM_BENCH_H
#define PLANESTORM_BENCH_H

struct sink;

/*
 * Measure on the device @fd, and journal `stat bench.OPERATION.bare` and `.engine`: the median over
 * the rounds, in nanoseconds per operation. Returns an exit code as client_run() does.
 */
int bench_run(int fd, struct sink *sink);

#endif
