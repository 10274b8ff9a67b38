/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail by chance: slab and page allocations that this thread makes in an operation,
 * where the driver's code is on the call stack (CONFIG_FAULT_INJECTION_STACKTRACE_FILTER;
 * fail_stacktrace() in lib/fault-inject.c). Unlike fail-nth (fault.h) any number can fail in one call,
 * in whatever combination, and none that the DRM core makes for itself.
 *
 * Both set the attributes of the same failslab, and only one of them can be used at a time.
 */
#ifndef PLANESTORM_STORM_CHANCE_H
#define PLANESTORM_STORM_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	bool on;
	int marked; /* make-it-fail of the thread that called chance_start() */
};

/*
 * From now on, @percent of a hundred of the allocations fail that are made through module @driver,
 * between chance_enter() and chance_leave(). Returns 0 or a negative errno with *@why as usual.
 */
int chance_start(struct chance *chance, uint64_t percent, const char *driver, const char **why);

/* Returns how many have failed. */
int64_t chance_stop(struct chance *chance);

/* Around the one system call that is meant. */
void chance_enter(const struct chance *chance);
void chance_leave(const struct chance *chance);

#endif
