/* SPDX-License-Identifier: MIT */
/* One program on one device, from its `begin` to its `end` in the journal. */
#ifndef PLANESTORM_CLIENT_H
#define PLANESTORM_CLIENT_H

#include <stdint.h>

struct program;
struct sink;

/* Exit codes of the client and of `planestorm run`. */
#define CLIENT_DONE 0
#define CLIENT_FAILED 1 /* the program could not be run to its end */
#define CLIENT_USAGE 2	/* bad program or command line */

/*
 * Run @program on the device @fd (see device_open()), which is closed in the end. @holder is a socket to
 * a process that has it open as well and closes it when it gets a byte, which it sends back; -1:
 * there is none. Returns CLIENT_DONE or
 * CLIENT_FAILED, the latter with an `error` line in the journal.
 */
int client_run(int fd, int holder, const struct program *program, struct sink *sink, uint64_t seed);

#endif
