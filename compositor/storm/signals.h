/* SPDX-License-Identifier: MIT */
/*
 * Signals that keep hitting the process that commits, as a compositor's timers and input do, so that
 * interruptible waits in the kernel are interrupted.
 */
#ifndef PLANESTORM_STORM_SIGNALS_H
#define PLANESTORM_STORM_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct op;
struct rng;
struct stops;

/* A real-time signal: it is queued from memory that its sender brings along, so that its delivery
 * takes no part in the count of allocations, and nothing else uses it. */
#define SIGNALS_REALTIME (SIGRTMIN + 5)

struct signals {
	bool active;
	bool stopping; /* there is @stopper, and no timer */
	timer_t timer;
	pid_t stopper;
	struct stops *stops; /* a page shared with it */
	int64_t before;	     /* signals handled when they began */
};

void signals_init(struct signals *signals);

/*
 * As @op says, a `signals` line: a period from ->ns to ->ns_max, chosen by @rng, and the first after a
 * part of it that is chosen as well. With ->stop another process stops this one and lets it go on.
 * Replaces what was running. Returns 0 or a negative errno.
 */
int signals_start(struct signals *signals, const struct op *op, struct rng *rng);

/* Returns how many there were; 0 if none were on. */
int64_t signals_stop(struct signals *signals);

/* Have @signal handled by a function that only counts. Returns 0 or a negative errno. */
int signals_handle(int signal, bool restart);

/* SIGKILL for this process, @ns from now. Returns 0 or a negative errno. */
int signals_kill_after(uint64_t ns);

#endif
