/* SPDX-License-Identifier: MIT */
/*
 * What verdicts are expected, as data: kernel/variants/NAME/expect.ini, a key file with a group for
 * each rule and a key for each program, "*" for the others. A value is one verdict or several
 * joined by |, and after FAIL what its signature must contain:
 *
 *	[splat]
 *	cursor-fault = FAIL dma_resv_add_fence
 *	* = PASS|SKIP
 */
#ifndef PLANESTORM_EXPECT_H
#define PLANESTORM_EXPECT_H

#include "tests/runner/rules.h"

struct expectations;

/* The variant that a patch under review is held to. */
#define EXPECT_OF_PATCHES "upstream"

/* Every verdict: what is wrong is told otherwise. */
struct expectations *expectations_any(void);

/* Read @path; an error names the file, the group and the key, and says what was expected. */
struct expectations *expectations_load(const char *path, GError **error);
struct expectations *expectations_parse(const char *name, const char *text, gsize len,
					GError **error);
void expectations_free(struct expectations *expectations);

/* From now on a PASS is as expected, whatever is: so a patch under review is held to what is expected of the
 * driver that it is for. */
void expectations_accept_better(struct expectations *expectations);

/* Whether @verdict on @rule for @program is as expected. */
gboolean expectations_met(const struct expectations *expectations, int rule, const char *program,
			  const struct verdict *verdict);

/* Whether @rule is to FAIL for @program: a PASS would not do. */
gboolean expectations_fail(const struct expectations *expectations, int rule, const char *program);

/*
 * For programs that have no names beforehand (known.ini), a key of @rule is the name of what is known to
 * FAIL, and its value a pattern with * and ? of what is somewhere in the signature. Returns the name of
 * what FAILs with @signature is known as, or NULL. Borrowed.
 */
const char *expectations_known(const struct expectations *expectations, int rule,
			       const char *signature);

/* Every program that is named, for checking that each exists. The caller's. */
GStrv expectations_programs(const struct expectations *expectations);

#endif
