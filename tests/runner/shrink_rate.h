/* SPDX-License-Identifier: MIT */
/* How often a program fails, and whether another one fails often enough to take its place. */
#ifndef PLANESTORM_SHRINK_RATE_H
#define PLANESTORM_SHRINK_RATE_H

#include <glib.h>

/* A failure that comes in each of so many runs is taken for one that always comes. */
#define SHRINK_STABLE_RUNS 3
/* What is run of a program that fails now and then. */
#define SHRINK_FLAKY_RUNS 10

struct shrink_rate {
	guint failed, runs;
};

/* What is asked of a candidate: to fail in @need of at most @of runs. */
struct shrink_bar {
	guint need, of;
	double rate; /* the original's, 0 to 1 */
};

enum shrink_decision { SHRINK_UNDECIDED, SHRINK_ACCEPT, SHRINK_REJECT };

/*
 * What to ask of the candidates of an original that fails at this rate, more than 0: if it is stable, to
 * fail each time; else half as often, at least.
 */
struct shrink_bar shrink_bar_for(struct shrink_rate original);

/*
 * What the runs so far say. A candidate is given up before @bar->of runs if it cannot reach what is
 * needed any more, or if so few failures are too unlikely for one that fails like the original.
 */
enum shrink_decision shrink_decide(const struct shrink_bar *bar, struct shrink_rate candidate);

#endif
