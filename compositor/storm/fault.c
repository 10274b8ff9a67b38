// SPDX-License-Identifier: MIT
#include "compositor/storm/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compositor/file.h"

#define FAILSLAB "/sys/kernel/debug/failslab/"

static int write_text(int fd, const char *text, size_t len)
{
	ssize_t done = write(fd, text, len);

	if (done < 0)
		return -errno;
	return (size_t)done == len ? 0 : -EIO;
}

static int write_number(int fd, uint32_t number)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%" PRIu32, number);

	return write_text(fd, text, (size_t)len);
}

/* All but the mark, which is set from fault_arm() to fault_disarm() only. */
static int prepare_failslab(void)
{
	int ret = file_write(FAILSLAB "task-filter", "Y");

	return ret ? ret : file_write(FAILSLAB "probability", "100");
}

int fault_init(struct fault *fault)
{
	int ret = prepare_failslab();

	fault->nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	fault->marked = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	fault->space = open(FAILSLAB "space", O_RDWR | O_CLOEXEC);
	fault->times = open(FAILSLAB "times", O_RDWR | O_CLOEXEC);
	if (!ret && fault->nth >= 0 && fault->marked >= 0 && fault->space >= 0 && fault->times >= 0)
		return 0;
	fault_finish(fault);
	return -ENOENT;
}

void fault_finish(struct fault *fault)
{
	file_close(&fault->nth);
	file_close(&fault->marked);
	file_close(&fault->space);
	file_close(&fault->times);
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

/* Reading and writing these files allocates nothing once they are open. The mark comes last: without
 * it failslab leaves this thread alone, and as long as fail-nth counts it is not asked. */
int fault_arm(struct fault *fault, uint32_t nth, uint32_t again)
{
	int ret = 0;

	if (again)
		ret = write_number(fault->space, again);
	/* The first failure counts, too (fail_dump's caller takes one off). */
	if (!ret && again)
		ret = write_number(fault->times, 2);
	if (!ret)
		ret = write_number(fault->nth, nth);
	if (!ret && again)
		ret = write_number(fault->marked, 1);
	return ret;
}

/*
 * The kernel leaves 0 when the fault has fired and what is left of the count when it has not
 * (should_fail_ex() in lib/fault-inject.c).
 */
bool fault_disarm(struct fault *fault)
{
	char text[16];
	ssize_t len = pread(fault->nth, text, sizeof(text), 0);
	bool fired = len > 0 && text[0] == '0';

	if (!fired && write(fault->nth, "0", 1) != 1)
		return false;
	if (write(fault->marked, "0", 1) != 1)
		return fired;
	return fired;
}
