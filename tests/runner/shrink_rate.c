// SPDX-License-Identifier: MIT
#include "tests/runner/shrink_rate.h"

/* How often a candidate that is as good as the original may be given up. */
#define UNLIKELY 0.05

struct shrink_bar shrink_bar_for(struct shrink_rate original)
{
	g_assert(original.failed);
	if (original.failed == original.runs)
		return (struct shrink_bar){ SHRINK_STABLE_RUNS, SHRINK_STABLE_RUNS, 1 };
	return (struct shrink_bar){
		.need = (original.failed * SHRINK_FLAKY_RUNS / original.runs + 1) / 2,
		.of = SHRINK_FLAKY_RUNS,
		.rate = (double)original.failed / original.runs,
	};
}

/* The probability of at most so many failures, where each run fails with probability @rate. */
static double at_most(struct shrink_rate seen, double rate)
{
	g_autofree double *exactly = g_new0(double, seen.failed + 1); /* so many failures */
	double sum = 0;

	exactly[0] = 1;
	for (guint run = 0; run < seen.runs; run++) {
		for (guint failed = seen.failed; failed > 0; failed--)
			exactly[failed] = exactly[failed] * (1 - rate) + exactly[failed - 1] * rate;
		exactly[0] *= 1 - rate;
	}
	for (guint failed = 0; failed <= seen.failed; failed++)
		sum += exactly[failed];
	return sum;
}

enum shrink_decision shrink_decide(const struct shrink_bar *bar, struct shrink_rate candidate)
{
	if (candidate.failed >= bar->need)
		return SHRINK_ACCEPT;
	if (candidate.failed + bar->of < bar->need + candidate.runs ||
	    at_most(candidate, bar->rate) < UNLIKELY)
		return SHRINK_REJECT;
	return SHRINK_UNDECIDED;
}
