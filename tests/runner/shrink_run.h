/* SPDX-License-Identifier: MIT */
/* Shrinking in the guest: each candidate is a trial from the variant's snapshot. */
#ifndef PLANESTORM_SHRINK_RUN_H
#define PLANESTORM_SHRINK_RUN_H

#include "tests/runner/session.h"
#include "tests/runner/shrink_subject.h"

/*
 * Shrink @subject on @variant, one guest at a time, and write what is left to the file @output, also if
 * the search was interrupted. What the subject does not say of the failure is found out, and added to it.
 * The result is told on stdout. Returns an exit code (enum storm_exit): STORM_OK, or another with @error,
 * which may not be NULL, set.
 */
int shrink_run(struct session *session, const struct variant *variant,
	       struct shrink_subject *subject, const char *output, GError **error);

struct shrink_task {
	struct session *session;
	const struct snapshot *snapshot; /* of the guest with the driver of the subject's variant */
	struct shrink_subject *subject;	 /* as above */
	const char *output;
	double until_s; /* the end of the search, as of progress_elapsed(); 0: none */
	gboolean quiet; /* one line on stderr tells the result */
};

/*
 * The same for a snapshot that is there, as a part of something larger; from any thread. FALSE with @error,
 * which may not be NULL, set, or if time was up before anything was known.
 */
gboolean shrink_do(const struct shrink_task *task, GError **error);

#endif
