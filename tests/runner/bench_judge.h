/* SPDX-License-Identifier: MIT */
/* How long the judge takes, on made-up trials of 1,000, 10,000 and 100,000 cursor updates. */
#ifndef PLANESTORM_BENCH_JUDGE_H
#define PLANESTORM_BENCH_JUDGE_H

/* Print a table on stdout. */
void bench_judge(void);

#endif
