/* SPDX-License-Identifier: MIT */
/* What runs out while a program runs: memory, descriptors, room in the device's queue. */
#ifndef PLANESTORM_STORM_PRESSURE_H
#define PLANESTORM_STORM_PRESSURE_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/model/program.h"
#include "compositor/storm/chance.h"
#include "compositor/storm/fds.h"

struct device;
struct hog;
struct queue;

/* All zeros: there is none. */
struct pressure {
	struct chance chance;
	struct fds fds;
	struct hog *hog;
	struct queue *queue;
};

/* As @op says, a `pressure` line that is not `off`, and whose kind is not on. Returns 0, or a negative
 * errno with *@why the thing that could not be done. */
int pressure_start(struct pressure *pressure, const struct op *op, const struct device *device,
		   const char **why);

bool pressure_is_on(const struct pressure *pressure, enum pressure_kind kind);
bool pressure_is_any(const struct pressure *pressure);

/* End one kind, which is on. Returns how often it has pressed, as the kind counts it. */
int64_t pressure_stop(struct pressure *pressure, enum pressure_kind kind);

/* Around an operation's one system call; @err is what that came to, an errno value. */
void pressure_enter(const struct pressure *pressure);
void pressure_leave(struct pressure *pressure, int err);

#endif
