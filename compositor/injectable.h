/* SPDX-License-Identifier: MIT */
/*
 * Make calls of functions fail as allocations do, counted by the same fail-nth (storm/fault.h): the
 * kernel's fail_function (kernel/fail_function.c, CONFIG_FAIL_FUNCTION), for the functions that a
 * module marks with ALLOW_ERROR_INJECTION().
 *
 * It asks should_fail() at each call, which counts down the task's fail-nth, but only in task
 * context. A kprobe that is a breakpoint runs like an NMI (exc_int3() in arch/x86/kernel/traps.c) and
 * is never counted; one on the function's ftrace site is. So ftrace is needed, and looked for.
 */
#ifndef PLANESTORM_INJECTABLE_H
#define PLANESTORM_INJECTABLE_H

struct sink;

/*
 * Let every function that @module marks as returning an errno return -EINTR when fail-nth comes to a
 * call of it. Each is journalled as a stat, with that value. Returns how many there are, or a
 * negative errno after an error in the journal.
 */
int injectable_interrupt(const char *module, struct sink *sink);

#endif
