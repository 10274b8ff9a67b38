/* SPDX-License-Identifier: MIT */
/* A run as its matrix.json tells it, for the report: what was counted, and the findings. */
#ifndef PLANESTORM_REPORT_RUN_H
#define PLANESTORM_REPORT_RUN_H

#include "tests/runner/rules.h"

/* A trial's verdict, one that is no expected PASS. */
struct shown_by {
	char *program;
	char *details; /* or NULL */
	char *folder;  /* of the trial, in the run's */
};

/* What trials of one variant showed of one rule, all with the same signature. */
struct run_finding {
	const char *variant; /* borrowed */
	enum rule_index rule;
	enum verdict_kind verdict;
	char *signature; /* of a SKIP, the reason; of a PASS, empty */
	gboolean expected;
	gboolean unknown;    /* news of a sweep; the signature has its cause, see cause.h */
	GPtrArray *shown_by; /* struct shown_by, in the order of matrix.json; at least one */
};

struct run_cell {
	gboolean present; /* a run of an older planestorm has fewer rules */
	enum verdict_kind verdict;
	gboolean expected;
	guint counts[VERDICT_KINDS]; /* trials */
};

struct run_variant {
	char *name;
	struct run_cell cells[RULE_COUNT];
	GPtrArray *findings; /* struct run_finding: each FAIL and each surprise, by rule */
	char *instrumented;  /* functions that a fault may interrupt; NULL: none can be */
	guint interrupted;   /* calls of them */
};

struct run_record {
	char *date; /* as the folder is called */
	char *base_version, *base_source, *qemu_version, *accel;
	char *control; /* "held", "missed", "none" */
	gint64 seed;
	gboolean complete, as_expected, instrumented;
	double total_s;
	GPtrArray *variants; /* struct run_variant, in order */
};

/* Read @run/matrix.json. Returns NULL with @error set if it cannot be read or is none. */
struct run_record *run_record_load(const char *run, GError **error);
void run_record_free(struct run_record *record); /* NULL is fine */

#endif
