/* SPDX-License-Identifier: MIT */
/*
 * One report of the kernel, and what its lines say. Knows nothing of the stream that they come in.
 * Private to the console classifier.
 */
#ifndef PLANESTORM_CONSOLE_REPORT_H
#define PLANESTORM_CONSOLE_REPORT_H

#include <stdint.h>

#include "tests/runner/console.h"
#include "tests/runner/console_names.h"
#include "tests/runner/injection.h"

#define TITLE_BYTES 256

struct report {
	int kind; /* enum finding_kind, OPEN_CUT_HERE or OPEN_INJECTION */

	/* Its place in the stream, which console.c keeps. */
	uint32_t caller;
	double began; /* its first time stamp, or -1 */
	double stamp; /* of its last line */
	gsize offset, end;
	struct finding *finding;     /* what it became, if it was the first of its signature */
	struct injection *injection; /* the console's, if it is the report of one */
	bool silent;	/* an injection or its consequence: followed only to know its extent */
	bool published; /* its finding has been counted, its length may still grow */

	bool cut_here;		       /* began with that line */
	bool header;		       /* a KIND_MESSAGE has got its WARNING or BUG line */
	bool died;		       /* the "Oops: ... [#1]" line has been seen */
	bool machine;		       /* past the head: registers, modules, CPU line */
	bool fence;		       /* see struct finding */
	bool tracing, bracket, traced; /* in a call trace; that has <TASK>; has had one */

	/* Candidates for the function, best first; see KIND_NAMED. */
	char named[NAME_BYTES];
	char rip[NAME_BYTES];
	char frame[NAME_BYTES];
	char hint[NAME_BYTES];	/* a frame with "?": the unwinder was not sure */
	char spare[NAME_BYTES]; /* plumbing, better than nothing */

	char file[NAME_BYTES];
	char title[TITLE_BYTES];
	char objects[2][NAME_BYTES];
};

/* A report that @text opens, and what kind_of_opener() says of that line. Released by g_free(). */
struct report *report_create(int kind, const char *text);

/* Does its kind have this KIND_... flag, or one of these? */
bool report_has(const struct report *report, unsigned flags);

/* Is an opener of @kind a further line of @report, which is under way? */
bool report_continues(const struct report *report, int kind, const char *text);

/* A further opener has come that says more about @report. */
void report_refine(struct report *report, int kind, const char *text);

/* A line that opens nothing: take from it what the report needs. */
void report_read(struct report *report, const char *text);

/* Is @text, which opens nothing, past the end of @report although nothing has marked that end? */
bool report_is_past_end(struct report *report, const char *text);

/* Is @text, which is the report's, its last line? */
bool report_is_end(const struct report *report, const char *text);

/* "" if nothing has named it; valid until a further line is read. */
const char *report_function(const struct report *report);

/* To be released by g_free(). */
char *report_signature(const struct report *report);

#endif
