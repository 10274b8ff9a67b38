/* SPDX-License-Identifier: MIT */
/*
 * Another process of the same client, with the same open file, that makes one system call again and
 * again: a second thread that commits. See child.h for why it is a process.
 */
#ifndef PLANESTORM_STORM_RIVAL_H
#define PLANESTORM_STORM_RIVAL_H

#include <stdint.h>

struct op;
struct request;
struct rival;
struct rng;

/*
 * Start a rival that enters @request, and again @pause_ns (below a second) after it has come back. It is sent signals of its own as @signals, a `signals` line, says, unless that
 * is NULL, at a period and from a time that @rng decides. Returns 0 or a negative errno.
 */
int rival_create(struct request *request, uint32_t pause_ns, const struct op *signals,
		 struct rng *rng, struct rival **out);

/* End it. Returns how often its call has succeeded. */
int64_t rival_destroy(struct rival *rival);

#endif
