/* SPDX-License-Identifier: MIT */
/*
 * The kinds of reports: which line opens one of them, and how to read what follows. Private to the
 * console classifier.
 */
#ifndef PLANESTORM_CONSOLE_KINDS_H
#define PLANESTORM_CONSOLE_KINDS_H

#include "tests/runner/console.h"

/* What an opener can be besides a finding's kind. */
enum {
	OPEN_NOTHING = FINDING_KINDS,
	OPEN_CUT_HERE, /* the kind is on one of the next lines */
	OPEN_DIE,      /* "Oops: 0002 [#1] SMP": a report of its own, or the second line of one */
	OPEN_INJECTION,
	OPEN_KINDS
};

enum {
	/* Where the function is, in this order; the call trace comes last and for all kinds. */
	KIND_NAMED = 1 << 0, /* a line of the report's head names it */
	KIND_EXACT = 1 << 1, /* ... and is right even where it names plumbing */
	KIND_RIP = 1 << 2,
	/* What else is in the signature. */
	KIND_FILE = 1 << 3,
	KIND_PAIR = 1 << 4,  /* the objects say it all, no function */
	KIND_WORDS = 1 << 5, /* the title's words, where there is no function */
	/* How the report goes. */
	KIND_MESSAGE = 1 << 6,	   /* a message of WARN() that makes the WARNING something better */
	KIND_END_TRACE = 1 << 7,   /* ends with "---[ end trace" */
	KIND_END_STACK = 1 << 8,   /* ends with its call trace */
	KIND_END_BANNER = 1 << 9,  /* ends with a line of "=" */
	KIND_OTHER_CPUS = 1 << 10, /* lines of callers without a report belong to it */
	KIND_STALL = 1 << 11,
};

struct kind_info {
	const char *name;
	unsigned flags;
	unsigned skip; /* plumbing that this kind is not about */
	guint objects; /* lock classes or caches that tell it from others of its kind */
};

/* An enum finding_kind, OPEN_CUT_HERE or OPEN_INJECTION. */
const struct kind_info *kind_info(int kind);

/* KIND_MESSAGE, of whatever an opener can be. */
bool kind_is_message(int kind);

/* What a line opens, or OPEN_NOTHING. To be given what kind_skip_subsystem() leaves of the line. */
int kind_of_opener(const char *text);

/* What subsystems put before their messages, and the brackets of lockdep's older reports. */
const char *kind_skip_subsystem(const char *text);

/* A line of "=", which kernels put before or after some reports. */
bool kind_is_banner(const char *text);

#endif
