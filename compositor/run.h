/* SPDX-License-Identifier: MIT */
/*
 * The interpreter: carries out a program's operations on a device and journals them.
 *
 * What the kernel does is recorded, never asserted. An operation is exactly one system call (map is
 * two): libdrm's wrappers would repeat it when it is interrupted and hide what is to be seen. An
 * operation is at risk if a fault is armed or a signal due, if signals, contention or a rival are
 * on, or if the program expects it to fail; then all state is read back before it and, if it failed, after it. Without
 * risk there is no read-back, so that plain operations run nearly as fast as the bare ioctls.
 */
#ifndef PLANESTORM_RUN_H
#define PLANESTORM_RUN_H

#include <stdint.h>

struct device;
struct program;
struct scene;
struct sink;

struct run;

/*
 * All arguments but @seed are borrowed until run_destroy(). Only the calling thread may run the
 * operations. Returns NULL if there is no memory.
 */
struct run *run_create(struct device *device, const struct program *program, struct sink *sink,
		       uint64_t seed);

/* Ends signals and contention, waits for outstanding events, frees what the program created. */
void run_destroy(struct run *run);

/*
 * Carry out the operations from index @from up to and without @to; a repeat and its end must both
 * be within. Returns 0, or a negative errno if our own work failed, which has been journalled.
 */
int run_range(struct run *run, int from, int to);

/* End the storm and wait for outstanding events, as at the end of a program. */
void run_quiesce(struct run *run);

struct scene *run_scene(struct run *run);

#endif
