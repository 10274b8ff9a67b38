/* SPDX-License-Identifier: MIT */
/*
 * A line of a console: what of it can be printed, and the prefix that printk() puts before it.
 * Private to the console classifier.
 *
 *	[   12.345678][   T61] WARNING: CPU: 0 PID: 61 at ...
 *	 stamp          caller  text
 */
#ifndef PLANESTORM_CONSOLE_LINE_H
#define PLANESTORM_CONSOLE_LINE_H

#include <glib.h>
#include <stdint.h>

struct line {
	const char *text;
	uint32_t caller; /* 0: the console does not say */
	double stamp;	 /* s since the guest's boot, or -1 */
	gsize offset, end;
};

/*
 * How many of @len bytes, which were received without a newline, are one line: all, or those before
 * the time stamp of a message that began on an unfinished line of someone else, as after a shell's
 * prompt. There is a NUL after them.
 */
size_t line_span(const char *bytes, size_t len);

/* Read such a span. The text is in @clean, and valid until that is written again; where in the
 * console the line is remains the caller's to say. */
struct line line_read(GString *clean, const char *bytes, size_t len);

#endif
