/* SPDX-License-Identifier: MIT */
/* What the guest's operation loop costs over the bare ioctls, what the witnesses cost, and the judge. */
#ifndef PLANESTORM_BENCH_H
#define PLANESTORM_BENCH_H

#include "tests/runner/session.h"

/* Run the guest's benchmark on @variant and print it. Returns an exit code; @error may be set. */
int bench_run(struct session *session, const struct variant *variant, GError **error);

#endif
