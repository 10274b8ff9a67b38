/* SPDX-License-Identifier: MIT */
/*
 * What is known of one timeline's points, by all who look at them at once.
 *
 * The points of a context are signalled in order, and stay signalled: the driver sees to the order, and a lock that a
 * context's fences share keeps observers from seeing a later one signalled while an earlier one is not
 * (Documentation/driver-api/dma-buf.rst, struct dma_fence). So once anybody has seen point N signalled,
 * whoever begins to look from then on must find no point up to N unsignalled, by whatever interface. And
 * none is signalled before somebody has begun what may signal it.
 *
 * Nothing is compared but what happened before what: an observer notes what is known, asks the kernel, and
 * tells the answer. A look that had begun before somebody else told is no witness against that. No clock
 * is read, so the cost of it is two loads and, rarely, a store.
 *
 * Pure: no libdrm. It may lie in memory that processes share.
 */
#ifndef PLANESTORM_FENCE_LEDGER_H
#define PLANESTORM_FENCE_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* All zeros: nothing has begun. Points count from 1. */
struct ledger {
	atomic_uint_least64_t begun; /* up to here, somebody has begun what may signal them */
	atomic_uint_least64_t seen;  /* up to here, somebody has seen them signalled */
};

enum ledger_answer {
	LEDGER_FINE,
	LEDGER_EARLY,	 /* signalled, and nobody had begun what signals it */
	LEDGER_AGAIN,	 /* unsignalled, and that very point had been seen signalled */
	LEDGER_DISORDER, /* unsignalled, and a later one had been seen signalled */
};

/* To be called before what may signal @point: a commit, an ioctl of user space's. */
void ledger_begin(struct ledger *ledger, uint64_t point);

/* Before the kernel is asked: what is known by now. */
uint64_t ledger_look(const struct ledger *ledger);

/*
 * The kernel was asked after ledger_look() had returned @before, and has said of @point whether it is
 * signalled, be it with an error.
 */
enum ledger_answer ledger_tell(struct ledger *ledger, uint64_t before, uint64_t point,
			       bool signalled);

#endif
