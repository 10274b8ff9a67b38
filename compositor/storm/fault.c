// SPDX-License-Identifier: MIT
#include "compositor/storm/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compositor/file.h"
#include "compositor/storm/filter.h"

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

static int64_t read_number(int fd)
{
	char text[24] = "";

	return pread(fd, text, sizeof(text) - 1, 0) < 1 ? -1 : strtoll(text, NULL, 10);
}

/* All but the mark, which is set from fault_arm() to fault_disarm() only. */
static int prepare_failslab(void)
{
	int ret = injector_set(INJECTOR_SLAB, "task-filter", 1);

	return ret ? ret : injector_set(INJECTOR_SLAB, "probability", 100);
}

int fault_init(struct fault *fault)
{
	int ret = prepare_failslab();

	fault->nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	fault->marked = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	fault->times = open("/sys/kernel/debug/failslab/times", O_RDWR | O_CLOEXEC);
	if (!ret && fault->nth >= 0 && fault->marked >= 0 && fault->times >= 0)
		return 0;
	fault_finish(fault);
	return -ENOENT;
}

void fault_finish(struct fault *fault)
{
	file_close(&fault->nth);
	file_close(&fault->marked);
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

/* How many failures failslab has left, or -1. Its file cannot be read twice. */
static int64_t left(void)
{
	int64_t times;

	return injector_get(INJECTOR_SLAB, "times", &times) ? -1 : times;
}

/* Make a few allocations that failslab is asked about. */
static int allocate_marked(const struct fault *fault)
{
	int ret = write_number(fault->marked, 1);
	int fd = ret ? -1 : eventfd(0, EFD_CLOEXEC);

	file_close(&fd);
	return ret ? ret : write_number(fault->marked, 0);
}

/* Have allocations of our own fail, silently, until failslab's counter is a multiple of @interval. */
static int settle(const struct fault *fault, uint32_t interval)
{
	int64_t verbose;
	int ret = injector_get(INJECTOR_SLAB, "verbose", &verbose);

	if (!ret)
		ret = injector_set(INJECTOR_SLAB, "verbose", 0);
	if (!ret)
		ret = write_number(fault->times, 1);
	for (uint32_t i = 0; !ret && left() > 0 && i < interval; i++)
		ret = allocate_marked(fault);
	if (!ret && left())
		ret = -EIO;
	injector_set(INJECTOR_SLAB, "verbose", (uint64_t)verbose);
	return ret;
}

/* The first failure counts in `times` as well (fail_dump()'s caller takes one off), of either injector. */
static int prepare_second(const struct fault *fault, uint32_t again)
{
	int ret = injector_set(INJECTOR_SLAB, "interval", again);

	/* An interval of 1 has no counter. */
	if (!ret && again > 1)
		ret = settle(fault, again);
	if (!ret)
		ret = injector_set(INJECTOR_PAGES, "times", 1);
	return ret ? ret : write_number(fault->times, 2);
}

/* Reading and writing these files allocates nothing once they are open. The mark comes last: without
 * it failslab leaves this thread alone, and as long as fail-nth counts it is not asked. */
int fault_arm(struct fault *fault, const struct fault_plan *plan, const char *work)
{
	int ret = 0;

	fault->worker = plan->worker;
	fault->again = plan->again;
	if (plan->worker)
		return workers_arm(&fault->workers, work, plan->nth);
	if (plan->again)
		ret = prepare_second(fault, plan->again);
	if (!ret)
		ret = write_number(fault->nth, plan->nth);
	if (!ret && plan->again)
		ret = write_number(fault->marked, 1);
	return ret;
}

/* What `times` has less, of both. */
static uint32_t count_failures(void)
{
	int64_t pages;

	if (injector_get(INJECTOR_PAGES, "times", &pages))
		return 1;
	return left() + pages < 2 ? 2 : 1;
}

/*
 * The kernel leaves 0 when the fault has fired and what is left of the count when it has not
 * (should_fail_ex() in lib/fault-inject.c).
 */
uint32_t fault_disarm(struct fault *fault, bool *missed)
{
	bool fired;

	*missed = false;
	if (fault->worker)
		return workers_disarm(&fault->workers, missed);
	fired = read_number(fault->nth) == 0;
	if (write_number(fault->marked, 0) || (!fired && write_number(fault->nth, 0)))
		perror("planestorm: fail-nth");
	if (!fired)
		return 0;
	return fault->again ? count_failures() : 1;
}
