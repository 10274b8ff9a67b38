/* SPDX-License-Identifier: MIT */
/* The kernel's symbols, by its own list (/proc/kallsyms), which takes some milliseconds to read. */
#ifndef PLANESTORM_SYMBOL_H
#define PLANESTORM_SYMBOL_H

#include <stdint.h>

/*
 * The addresses from where what is called @name begins to where the next symbol does, in the kernel or a
 * module. Returns 0, or -ENOENT if there is none or the kernel hides its addresses.
 */
int symbol_find(const char *name, uint64_t *start, uint64_t *end);

/*
 * The addresses of the module @name's code, and of the data behind it: by /proc/modules, which tells the size
 * of all. Returns 0, -ENOENT if it is not loaded or the kernel hides its addresses, or another negative errno.
 */
int symbol_find_module(const char *name, uint64_t *start, uint64_t *end);

#endif
