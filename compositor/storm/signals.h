/* SPDX-License-Identifier: MIT */
/*
 * Signals that keep hitting the thread that commits, as a compositor's timers and input do, so that
 * interruptible waits in the kernel are interrupted.
 */
#ifndef PLANESTORM_STORM_SIGNALS_H
#define PLANESTORM_STORM_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct rng;

struct signals {
	bool active;
	timer_t timer;
};

void signals_init(struct signals *signals);

/*
 * Send the calling thread a signal every @period_ns, the first after a random part of that. With
 * @restart the kernel restarts interrupted calls where it can (SA_RESTART). Replaces what was
 * running. Returns 0 or a negative errno.
 */
int signals_start(struct signals *signals, uint64_t period_ns, bool restart, struct rng *rng);

void signals_stop(struct signals *signals);

/* How many signals this process has handled so far. */
int64_t signals_count(void);

#endif
