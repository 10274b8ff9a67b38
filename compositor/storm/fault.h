/* SPDX-License-Identifier: MIT */
/*
 * Make the Nth allocation of this thread's next system call fail (CONFIG_FAULT_INJECTION's
 * /proc/thread-self/fail-nth; Documentation/fault-injection/fault-injection.rst).
 *
 * The kernel counts down from N at every allocation that the task makes in process context, system
 * calls other than the one meant included. Between fault_arm() and fault_disarm() there must
 * therefore be nothing but that one call, and no page of ours may still have to be faulted in.
 *
 * A second failure in the same call cannot be counted: fail-nth fires once, and failslab's `interval`
 * has a counter that nobody can set. But failslab's `space` can: it lets that many bytes be allocated
 * before it fails one, and is asked only once fail-nth has fired (should_fail_ex() in
 * lib/fault-inject.c).
 */
#ifndef PLANESTORM_STORM_FAULT_H
#define PLANESTORM_STORM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

struct fault {
	int nth;	  /* fail-nth of the thread that called fault_init(), -1: not initialised */
	int marked;	  /* its make-it-fail: whether failslab is for it */
	int space, times; /* failslab's */
};

/* For the calling thread. Returns 0, or -ENOENT if this kernel has no fault injection. */
int fault_init(struct fault *fault);
void fault_finish(struct fault *fault);

/* Fault in and keep this process's memory, so that no page fault takes part in the count. */
void fault_settle_memory(void);

/*
 * Allocation number @nth will fail, and if @again is not 0, also the first slab allocation after it
 * that is not among the next @again bytes. Returns 0 or a negative errno.
 */
int fault_arm(struct fault *fault, uint32_t nth, uint32_t again);

/* Returns whether the first one failed. */
bool fault_disarm(struct fault *fault);

#endif
