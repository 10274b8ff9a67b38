// SPDX-License-Identifier: MIT
#include "compositor/storm/chance.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compositor/storm/filter.h"
#include "compositor/symbol.h"

/* `times` counts down with each failure, and is the only count of them that the kernel keeps. */
#define TIMES INT32_MAX

/* The probability comes last: nothing fails before. */
static int arm(enum injector injector, uint64_t percent)
{
	const struct {
		const char *knob;
		uint64_t number;
	} settings[] = {
		{ "task-filter", 1 }, { "interval", 1 },	  { "space", 0 },
		{ "times", TIMES },   { "probability", percent },
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < sizeof(settings) / sizeof(settings[0]); i++)
		ret = injector_set(injector, settings[i].knob, settings[i].number);
	return ret;
}

int chance_start(struct chance *chance, uint64_t percent, const char *driver, const char **why)
{
	uint64_t start, end;
	int ret;

	*why = "find the driver's module in /proc/modules";
	ret = symbol_find_module(driver, &start, &end);
	if (ret)
		return ret;
	*why = "have allocations fail by chance (has the kernel CONFIG_FAULT_INJECTION and its "
	       "stack filter?)";
	ret = filter_start(start, end);
	if (ret)
		return ret;
	chance->marked = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	if (chance->marked < 0) {
		ret = -errno;
		filter_stop();
		return ret;
	}
	chance->on = true;
	for (int i = 0; !ret && i < INJECTORS; i++)
		ret = arm((enum injector)i, percent);
	if (ret)
		chance_stop(chance);
	return ret;
}

int64_t chance_stop(struct chance *chance)
{
	int64_t failed = 0;

	for (int i = 0; i < INJECTORS; i++) {
		int64_t left = TIMES;

		injector_set((enum injector)i, "probability", 0);
		if (!injector_get((enum injector)i, "times", &left))
			failed += TIMES - left;
	}
	filter_stop(); /* so that fail-nth again counts what it counted before */
	close(chance->marked);
	chance->on = false;
	return failed;
}

static void mark(const struct chance *chance, const char *value)
{
	if (chance->on && write(chance->marked, value, 1) != 1)
		perror("planestorm: make-it-fail");
}

void chance_enter(const struct chance *chance)
{
	mark(chance, "1");
}

void chance_leave(const struct chance *chance)
{
	mark(chance, "0");
}
