/* SPDX-License-Identifier: MIT */
/* A campaign: programs x variants, run as trials, side by side, and gathered into a matrix. */
#ifndef PLANESTORM_CAMPAIGN_H
#define PLANESTORM_CAMPAIGN_H

#include "tests/runner/expect.h"
#include "tests/runner/session.h"

struct campaign {
	struct session *session;
	GPtrArray *variants; /* struct variant */
	GPtrArray *programs; /* struct program_file */
	/* The variant that has no expectation file and is held to the default, or NULL. */
	const char *candidate;
	/* What is expected of all variants alike, instead of each variant's own file, or NULL. */
	const char *expectations;
	/* Called for each trial when it is over, from any thread, or NULL. */
	void (*report)(const struct trial *trial);
};

/*
 * Take each variant's snapshot, run every program on every variant, write the run folder, print the
 * matrix on stdout. Returns an exit code (enum storm_exit); troubles have been told on stderr.
 */
int campaign_run(const struct campaign *campaign);

#endif
