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

#endif
