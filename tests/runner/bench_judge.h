/* SPDX-License-Identifier: MIT */
/* How long the judge takes, on made-up trials of 1,000, 10,000 and 100,000 cursor updates. */
#ifndef PLANESTORM_BENCH_JUDGE_H
#define PLANESTORM_BENCH_JUDGE_H

#include <glib.h>

/* Print a table on stdout. FALSE with @error set if the judge finds fault with a trial that has none. */
gboolean bench_judge(GError **error);

#endif
