/* SPDX-License-Identifier: MIT */
/*
 * A soak: programs that are generated from the seed, one after the other, each on all variants, until the
 * time is over. Statistics are kept of all; of the programs, those that showed something first. What is
 * not known to FAIL (kernel/variants/NAME/known.ini) is shrunk at once.
 */
#ifndef PLANESTORM_SOAK_H
#define PLANESTORM_SOAK_H

#include "tests/runner/operations.h"
#include "tests/runner/session.h"

/* Files in the run's folder. */
#define SOAK_JSON "soak.json"
#define SOAK_TEXT "soak.txt"
#define SOAK_CORPUS "corpus"
#define SOAK_SHRUNK "shrink"
#define SOAK_SCHEMA 1

struct soak_setup {
	struct session *session;
	const GPtrArray *variants; /* struct variant */
	const char *candidate;	   /* the one that is held to what is known of upstream, or NULL */
	const struct operation_table *table;
	int minutes; /* from the first trial on; 0: no such end */
	int trials;  /* 0: no such end */
};

/*
 * Make trials until an end comes, write the run's folder, print the table. Returns an exit code (enum
 * storm_exit): differs if something was seen that is not known. 2 with @error set if it could not begin.
 */
int soak_run(const struct soak_setup *setup, GError **error);

#endif
