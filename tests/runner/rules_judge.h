/* SPDX-License-Identifier: MIT */
/* For rules*.c alone: what the files share of judging. */
#ifndef PLANESTORM_RULES_JUDGE_H
#define PLANESTORM_RULES_JUDGE_H

#include "tests/runner/rules.h"

/* rules.c */

struct verdict verdict_pass(void);
struct verdict verdict_skip(const char *reason);
struct verdict verdict_fail(char *signature);					 /* takes it */
struct verdict verdict_fail_of(const struct journal_event *op, char *signature); /* takes it, too */

/* An incident is a fact whatever came after it. Takes @details. */
struct verdict verdict_of_incident(const struct incident *incident, char *details);

/* A PASS for what was watched to the end, or why it is none. */
struct verdict verdict_at_end(const struct evidence *evidence);

const struct journal_event *evidence_event(const struct evidence *evidence, guint i);

/* The first finding that is, or is not, one of standing still; NULL: there is none. */
const struct finding *evidence_finding(const struct evidence *evidence, gboolean stall);

/* The rules that have files of their own. */

struct verdict rules_judge_rollback(const struct evidence *evidence);
struct verdict rules_judge_expect(const struct evidence *evidence);

#endif
