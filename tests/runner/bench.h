/* SPDX-License-Identifier: MIT */
/* What our own work costs: the guest's operation loop or its compositor, the witnesses, and the judge. */
#ifndef PLANESTORM_BENCH_H
#define PLANESTORM_BENCH_H

#include "tests/runner/session.h"

/* The operation loop over the bare ioctls, and the judge. Print them. Returns an exit code; @error may be set. */
int bench_operations(struct session *session, const struct variant *variant, GError **error);

/* The compositor's frames over bare ones; its start, its rest, and what it takes to move a cursor. The same. */
int bench_compositor(struct session *session, const struct variant *variant, GError **error);

#endif
