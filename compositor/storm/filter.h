/* SPDX-License-Identifier: MIT */
/* Which allocations can be made to fail, by their call stack (CONFIG_FAULT_INJECTION_STACKTRACE_FILTER). */
#ifndef PLANESTORM_STORM_FILTER_H
#define PLANESTORM_STORM_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* The kernel's two ways to have an allocation fail: in debugfs they have the same knobs. */
enum injector { INJECTOR_SLAB, INJECTOR_PAGES, INJECTORS };

/* Write @number into @knob of an injector, or read it. Return 0 or a negative errno. */
int injector_set(enum injector injector, const char *knob, uint64_t number);
int injector_get(enum injector injector, const char *knob, int64_t *number);

/* Only what the code from @start to @end calls, directly or not; all again. Returns 0 or a negative errno. */
int filter_start(uint64_t start, uint64_t end);
void filter_stop(void);

#endif
