/* SPDX-License-Identifier: MIT */
/* A campaign: programs x variants, run as trials, side by side, and gathered into a matrix. */
#ifndef PLANESTORM_CAMPAIGN_H
#define PLANESTORM_CAMPAIGN_H

#include "tests/runner/expect.h"
#include "tests/runner/matrix.h"
#include "tests/runner/session.h"

struct campaign_job;

struct campaign {
	struct session *session;
	GPtrArray *variants; /* struct variant */
	GPtrArray *programs; /* struct program_file; those of the session's shard are run */
	const char *kind;    /* of run, as matrix.json says it: "sweep"; NULL: "matrix" */
	/* The variant that has no expectation file and is held to another's, or NULL. */
	const char *candidate;
	/* What is expected of all variants alike, instead of each variant's own file, or NULL. */
	const char *expectations;
	/*
	 * What is expected of a variant, the caller's, or NULL with @error set; instead of all that. NULL: it is
	 * as above.
	 */
	struct expectations *(*expect)(const char *variant, void *data, GError **error);
	/*
	 * How a program is done on a variant: with as many trials as it takes, which are made by
	 * campaign_trial(). Returns the one whose verdicts go into the matrix, the caller's, or NULL if
	 * there is none: the run has come to an end, or the program is passed over. Called from any
	 * thread. NULL: the program is one trial.
	 */
	struct trial *(*explore)(struct campaign_job *job, void *data);
	/* Called once at the end, before the matrix is printed, or NULL; with the run's folder. */
	void (*tell)(const char *folder, void *data);
	void *data; /* for all of these */
	/* Called for each trial when it is over, from any thread, or NULL. */
	void (*report)(const struct trial *trial);
};

/* A program and a variant, one of the campaign's each. */
const struct variant *campaign_job_variant(const struct campaign_job *job);
const struct program_file *campaign_job_file(const struct campaign_job *job);
const char *campaign_job_folder(const struct campaign_job *job); /* the run's */

/*
 * Run @file on the job's variant, and keep what it leaves in the run's folder under the program's name.
 * Returns the trial, the caller's, which borrows @file; or NULL: the run has come to an end.
 */
struct trial *campaign_trial(struct campaign_job *job, const struct program_file *file);

/* While the job's program is explored: it shows what is not known. */
void campaign_news(struct campaign_job *job, const struct matrix_news *news);

/* The same: a positive control, see matrix_add_control(). */
void campaign_control(struct campaign_job *job, gboolean held);

/*
 * Take each variant's snapshot, run every program on every variant, write the run folder, print the
 * matrix on stdout. Returns an exit code (enum storm_exit); troubles have been told on stderr.
 */
int campaign_run(const struct campaign *campaign);

#endif
