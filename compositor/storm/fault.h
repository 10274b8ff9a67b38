/* SPDX-License-Identifier: MIT */
/*
 * Make the Nth allocation of this thread's next system call fail (CONFIG_FAULT_INJECTION's
 * /proc/thread-self/fail-nth; Documentation/fault-injection/fault-injection.rst), or of
 * what a kernel worker does for it.
 *
 * The kernel counts down from N at every allocation that the task makes in process context, system
 * calls other than the one meant included. Between fault_arm() and fault_disarm() there must
 * therefore be nothing but that one call, and no page of ours may still have to be faulted in.
 *
 * fail-nth fires once. For a second failure in the same call there is failslab's `interval`, which has
 * every Nth allocation fail of those that it is asked about, and it is asked only once fail-nth has
 * fired (should_fail_ex() in lib/fault-inject.c). Nobody can set its counter; but when one has failed,
 * the counter is known to be a multiple of N.
 */
#ifndef PLANESTORM_STORM_FAULT_H
#define PLANESTORM_STORM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/storm/workers.h"

struct fault {
	int nth;	/* fail-nth of the thread that called fault_init(), -1: not initialised */
	int marked;	/* its make-it-fail: whether failslab is for it */
	int times;	/* failslab's: how many failures are left */
	bool worker;	/* the last one armed was for the workers */
	uint32_t again; /* the same of that one's second */
	struct workers workers;
};

/* What is to fail. */
struct fault_plan {
	uint32_t nth;	/* the allocation, from 1 */
	uint32_t again; /* the slab allocation that comes so many after it, from 1; 0: none */
	bool worker;	/* of a kernel worker's instead of this thread's, without again */
};

/* For the calling thread. Returns 0, or -ENOENT if this kernel has no fault injection. */
int fault_init(struct fault *fault);
void fault_finish(struct fault *fault);

/* Fault in and keep this process's memory, so that no page fault takes part in the count. */
void fault_settle_memory(void);

/* @work is the function that a worker is to be in. Returns 0 or a negative errno. */
int fault_arm(struct fault *fault, const struct fault_plan *plan, const char *work);

/* Returns how many allocations failed; *@missed: none, but a worker came that had not been armed. */
uint32_t fault_disarm(struct fault *fault, bool *missed);

#endif
