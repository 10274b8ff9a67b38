/* SPDX-License-Identifier: MIT */
/* A trial that was run before: read from its folder (results.h), and judged again. */
#ifndef PLANESTORM_RECORDED_H
#define PLANESTORM_RECORDED_H

#include "tests/runner/trial.h"

struct recorded {
	struct program_file *file;
	struct trial *trial; /* borrows the file */
};

/*
 * Read folder @dir: program.storm, journal.txt, console.txt, verdicts.txt (how it ended, and why it is no
 * evidence, if so), and, where device and display were watched, trace.txt and display.txt with its
 * pictures. Judge it by the rules of today. Returns NULL with @error set.
 */
struct recorded *recorded_load(const char *dir, const char *variant, GError **error);
void recorded_free(struct recorded *recorded); /* NULL is fine */

#endif
