/* SPDX-License-Identifier: MIT */
/* A trial: what one program on one variant left behind, and how it is judged. */
#ifndef PLANESTORM_TRIAL_H
#define PLANESTORM_TRIAL_H

#include "tests/runner/program_file.h"
#include "tests/runner/rules.h"

/* What was recorded of a trial. Texts need no NUL; NULL with length 0 is fine. */
struct recording {
	const char *console, *journal, *trace;
	gsize console_len, journal_len, trace_len;
	struct display_record *display; /* NULL: nobody watched device and display */
};

/* For people, above what is told of trials of instrumented drivers. */
#define TRIAL_INSTRUMENTED                                                                         \
	"instrumented: what follows is of drivers whose lock helpers were interrupted, too"

struct trial {
	const char *variant;		 /* borrowed */
	const struct program_file *file; /* borrowed */
	enum trial_end end;
	GString *console;
	GString *journal;
	GArray *events; /* struct journal_event, pointing into journal */
	GString *trace; /* as QEMU wrote it */
	GArray *device; /* struct device_event, from the trace */
	guint garbled;	/* lines of the trace that are cut */
	struct display_record *display;
	struct timeline
		*timeline; /* of events and device; this and updates: NULL if nobody watched, or
				   * not well, and the kernel has splatted */
	struct updates *updates;
	struct console *findings;
	/* The functions that a fault may interrupt, as "A, B"; NULL: the driver is not instrumented. To be
	 * set before trial_finish(). */
	char *instrumented;
	guint interrupted; /* calls of them that did return -EINTR */
	struct verdict verdicts[RULE_COUNT];
	/* Why the trial is no evidence (a set-up failure), or NULL; all verdicts are then SKIP. */
	char *flaw;
	double restore_s; /* from starting QEMU to the first operation; 0: recorded, or none */
	double wall_s;
};

struct trial *trial_new(const char *variant, const struct program_file *file);
void trial_free(struct trial *trial);

/*
 * Fill in what was recorded, and judge it. May be called once for a trial; a ->flaw that is set
 * already stands. Takes @recording->display.
 */
void trial_finish(struct trial *trial, enum trial_end end, const struct recording *recording);

/* From now on @trial stands for @file; its verdicts keep the name of the program that gave them. */
void trial_rename(struct trial *trial, const struct program_file *file);

/*
 * @sum takes @trial's verdicts in, in exchange for its own: FAIL before PASS before SKIP; of several FAILs
 * the first stands. The first flaw stands, too.
 */
void trial_merge(struct trial *sum, struct trial *trial);

#endif
