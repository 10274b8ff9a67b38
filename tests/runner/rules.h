/* SPDX-License-Identifier: MIT */
/*
 * The rules: each is one promise that the kernel made to the compositor, judged as a pure function
 * of what a trial left behind. A rule that a trial did not exercise says SKIP with the reason,
 * never PASS; and a kernel that has splatted is not believed when it is silent afterwards.
 */
#ifndef PLANESTORM_RULES_H
#define PLANESTORM_RULES_H

#include <glib.h>

#include "compositor/model/fence_rule.h"
#include "compositor/model/program.h"
#include "tests/runner/console.h"
#include "tests/runner/updates.h"

/* How the signature of a lockup begins of which the kernel said nothing. */
#define LOCKUP_SILENCE "silence "

enum verdict_kind { VERDICT_SKIP, VERDICT_PASS, VERDICT_FAIL, VERDICT_KINDS };

struct verdict {
	enum verdict_kind kind;
	/* FAIL: what to tell findings apart by, without addresses or numbers of one run; SKIP: the
	 * reason; PASS: empty. Owned by the verdict. */
	char *signature;
	/* This run's numbers, like "12 of 600 cursor images (2.0 %)"; NULL: there are none. */
	char *details;
	guint64 seq; /* FAIL: the operation that shows it, 0: none in particular */
	char *program; /* that gave it, where a trial stands for several (trial_rename()); else NULL */
};

/* How a trial came to its end, as the host saw it. */
enum trial_end {
	TRIAL_DONE,	/* the client ended and the agent answered */
	TRIAL_SILENT,	/* no sign of life past the deadline */
	TRIAL_HUNG,	/* the console reported a hung task or a stall, and the guest stood still */
	TRIAL_PANICKED, /* the kernel panicked */
	TRIAL_RESET,	/* the guest reset itself without a panic */
	TRIAL_ENOUGH,	/* its first splat was all that was to be seen, see trial_run.h */
	TRIAL_RUNAWAY,	/* it went on and on: the program is too long, or the guest mad */
	TRIAL_NO_VM,	/* QEMU could not be started, or died: a set-up failure, never a verdict */
	TRIAL_CANCELLED, /* the user asked to stop */
	TRIAL_ENDS
};

/* As one word, and back; -1: unknown. */
const char *trial_end_name(enum trial_end end);
int trial_end_by_name(const char *name);

/* What the rules judge from. Nothing is owned. */
struct evidence {
	const struct program *program;
	const GArray *events;	       /* struct journal_event, in order */
	const GPtrArray *findings;     /* struct finding, from the console */
	const struct updates *updates; /* from device and display; NULL: nobody watched them */
	const GArray *device;	       /* struct device_event, in order; NULL as well */
	guint rubbish;		       /* journal lines that are none */
	gboolean lost_lines;	       /* the console was too slow for the kernel */
	gboolean instrumented;	       /* a fault may be an interruption */
	double clock; /* what to take from a time stamp of the console for a time of the journal, s */
	enum trial_end end;
};

struct rule {
	const char *name;
	const char *promise; /* one sentence */
	const char *file;    /* of the trial's folder: where a reader finds what it judges */
	/* @rule: its own index. */
	struct verdict (*judge)(const struct evidence *evidence, int rule);
};

enum rule_index {
	RULE_SPLAT,
	RULE_LOCKUP,
	RULE_LOST_UPDATE,
	RULE_STALE_CURSOR,
	RULE_ROLLBACK,
	RULE_EXPECT,
	RULE_LEAK,
	/* FENCE_RULES, in their order (compositor/model/fence_rule.h) */
	RULE_FENCE_SIGNALS,
	RULE_FENCE_ORDER,
	RULE_FENCE_IN,
	RULE_FENCE_FAILED_COMMIT,
	RULE_FENCE_STATUS,
	RULE_FENCE_IMPLICIT,
	RULE_FENCE_LIFETIME,
	RULE_FENCE_WAIT,
	RULE_FENCE_ANNOTATED,
	RULE_COUNT
};

extern const struct rule rules[RULE_COUNT];

const char *verdict_name(enum verdict_kind kind);
int rule_by_name(const char *name); /* -1: unknown */

/* Whether it is one of those on fences. */
gboolean rule_is_fence(int rule);
void verdict_clear(struct verdict *verdict);

/*
 * Why the trial is no evidence at all (the guest's own set-up failed, nothing was executed, the
 * client died without the kernel having said why), or NULL. The caller's to free.
 */
char *evidence_flaw(const struct evidence *evidence);

/*
 * What the program asks for and the trial did not do, so that nothing PASSes for it, or NULL. Static.
 */
const char *evidence_gap(const struct evidence *evidence);

/* Parse the journal in @text into @events (struct journal_event pointing into @text). Lines that
 * are no event are passed over and counted in the return value; a last line without its newline
 * is one of them. */
guint journal_read(const char *text, gsize len, GArray *events);

#endif
