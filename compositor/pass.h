/* SPDX-License-Identifier: MIT */
/* Messages between processes, with an open file in them or without (unix(7), SCM_RIGHTS). */
#ifndef PLANESTORM_PASS_H
#define PLANESTORM_PASS_H

#include <stddef.h>
#include <sys/types.h>

/* Send @len bytes and @file, which stays the caller's; -1: none. Repeated while interrupted. Returns 0 or a negative errno. */
int pass_send(int socket, const void *bytes, size_t len, int file);

/*
 * Receive at most @len bytes; *@file is what came with them, the caller's to close, or -1. @flags: as recvmsg()'s. Returns how
 * many bytes, 0 when nobody sends any more, or a negative errno.
 */
ssize_t pass_receive(int socket, void *bytes, size_t len, int *file, int flags);

#endif
