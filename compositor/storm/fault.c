// SPDX-License-Identifier: MIT
#include "compositor/storm/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int fault_init(struct fault *fault)
{
	fault->fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return fault->fd < 0 ? -errno : 0;
}

void fault_finish(struct fault *fault)
{
	if (fault->fd >= 0)
		close(fault->fd);
	fault->fd = -1;
}

/*
 * After a fork (the contenders) our private pages are shared again until written to; mlockall()
 * breaks that sharing for the pages of writable mappings, each time that it is called. It may be
 * refused to a user without privileges, which only makes the count less steady.
 */
void fault_settle_memory(void)
{
	if (mlockall(MCL_CURRENT))
		return;
}

int fault_arm(struct fault *fault, uint32_t nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%" PRIu32, nth);
	ssize_t done = write(fault->fd, text, (size_t)len);

	if (done < 0)
		return -errno;
	return done == len ? 0 : -EIO;
}

/*
 * The kernel leaves 0 when the fault has fired and what is left of the count when it has not
 * (should_fail_ex() in lib/fault-inject.c); reading and writing fail-nth allocate nothing.
 */
bool fault_disarm(struct fault *fault)
{
	char text[16];
	ssize_t len = pread(fault->fd, text, sizeof(text), 0);
	bool fired = len > 0 && text[0] == '0';

	if (!fired && write(fault->fd, "0", 1) != 1)
		return false;
	return fired;
}
