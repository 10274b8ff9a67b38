/* SPDX-License-Identifier: MIT */
/* For the rules alone: what is looked for in what a trial left behind. The rest of it is in rules.h. */
#ifndef PLANESTORM_EVIDENCE_H
#define PLANESTORM_EVIDENCE_H

#include "compositor/model/journal.h"
#include "tests/runner/rules.h"

const struct journal_event *evidence_event(const struct evidence *evidence, guint i);

/* The first of its kind, or NULL. */
const struct journal_event *evidence_find(const struct evidence *evidence, enum journal_kind kind);

/* The first finding that is, or is not, one of standing still; NULL: there is none. */
const struct finding *evidence_finding(const struct evidence *evidence, gboolean stall);

/* The first that is about what signals fences, or NULL. */
const struct finding *evidence_fence(const struct evidence *evidence);

/* The operation that was under way when the journal ended, or NULL. */
const struct journal_event *evidence_unfinished(const struct evidence *evidence);

/* Whether @op puts back what the operation before it changed: it stands for no line of the program. */
gboolean evidence_is_undo(const struct journal_event *op);

/* The sum of the guest's counts whose name begins and ends so. */
gint64 evidence_sum(const struct evidence *evidence, const char *prefix, const char *suffix);

#endif
