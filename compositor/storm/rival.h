/* SPDX-License-Identifier: MIT */
/*
 * Another process of the same client, with the same open file, that makes one system call again and
 * again as fast as it can: a second thread that commits. See child.h for why it is a process.
 */
#ifndef PLANESTORM_STORM_RIVAL_H
#define PLANESTORM_STORM_RIVAL_H

#include <stdint.h>

struct request;
struct rival;

/* Start a rival that enters @request. Returns 0 or a negative errno. */
int rival_create(struct request *request, struct rival **out);

/* End it. Returns how often its call has succeeded. */
int64_t rival_destroy(struct rival *rival);

#endif
