/* SPDX-License-Identifier: MIT */
/*
 * Names in a console's line: functions, source files and lock classes, and how they are shortened
 * to what is the same on every run and every kernel. Private to the console classifier.
 *
 * Where a name is handed over as start and length, it need not end there.
 */
#ifndef PLANESTORM_CONSOLE_NAMES_H
#define PLANESTORM_CONSOLE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define NAME_BYTES 128 /* what a name is copied to; a longer one is cut */

/* Functions that are never the answer to "who did it", by why. */
enum {
	PLUMBING_REPORT = 1 << 0, /* what checks and reports: dump_stack(), list_add()'s checks */
	PLUMBING_LOCK = 1 << 1,
	PLUMBING_SCHED = 1 << 2, /* everything to wait with */
	PLUMBING_MEMORY = 1 << 3,
	PLUMBING_STRING = 1 << 4,
	PLUMBING_IDLE = 1 << 5,
	PLUMBING_INJECT = 1 << 6,    /* how a function is made to fail */
	PLUMBING_CONTAINER = 1 << 7, /* allocates what its user puts things into */
	PLUMBING_ENTRY = 1 << 8,     /* how the kernel is entered, or a work, or an ioctl */
};

static inline bool starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static inline const char *skip_spaces(const char *text)
{
	return text + strspn(text, " \t");
}

/* What follows @word in @text, or NULL. */
const char *name_after(const char *text, const char *word);

void name_copy_span(char *to, size_t size, const char *from, size_t len);

/* The first symbol among the words of @text, or NULL. */
const char *name_find_symbol(const char *text, size_t *len);

/*
 * "  func+0x45/0x130 [module]", " ? func+...", "[<addr>] func+...": the symbol of such a line of a
 * call trace, or NULL. A frame with "?" is not @reliable: the unwinder was not sure.
 */
const char *name_find_frame(const char *text, size_t *len, bool *reliable);

/* These write NAME_BYTES at most. */
void name_copy_function(char *to, const char *symbol, size_t len);
void name_copy_class(char *to, const char *name, size_t len);

/* Find a source file in @text and copy it; @to stays as it is if there is none. */
void name_find_file(const char *text, char *to);

/* Is this function plumbing of one of the sorts in @why? */
bool name_is_plumbing(const char *function, unsigned why);

#endif
