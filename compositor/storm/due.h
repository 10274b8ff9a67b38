/* SPDX-License-Identifier: MIT */
/*
 * A signal that is due when the next system call of a kind enters the kernel.
 *
 * A signal that another process sends comes when it likes. Here a tracer (ptrace) stops the client at
 * the entry of the call, sends the signal there, and lets it go on: the kernel looks for signals when
 * it returns to user space and where it waits, so the call runs with the signal pending from its
 * first instruction on, each time alike. What waits interruptibly, and finds that it has to wait,
 * is interrupted at once.
 */
#ifndef PLANESTORM_STORM_DUE_H
#define PLANESTORM_STORM_DUE_H

#include <stdbool.h>
#include <sys/types.h>

struct due {
	pid_t tracer; /* 0: none yet */
	int socket;
};

void due_init(struct due *due);

/* To be called by the thread that makes the calls. Returns 0 or a negative errno. */
int due_start(struct due *due);
void due_stop(struct due *due);

/*
 * From now on the tracer watches for the next call number @nr (SYS_*), and sends @signal at its entry.
 * If it never comes, due_disarm() says so. Returns 0 or a negative errno.
 */
int due_arm(struct due *due, long nr, int signal);

/* Wait until the tracer has let go of this process again. Returns whether it sent the signal. */
bool due_disarm(struct due *due);

#endif
