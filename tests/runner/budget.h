/* SPDX-License-Identifier: MIT */
/*
 * How long a run may begin anew. What has begun on one variant begins on the others, too, whatever the time:
 * else they could not be compared. Not locked: that is its user's.
 */
#ifndef PLANESTORM_BUDGET_H
#define PLANESTORM_BUDGET_H

#include <glib.h>

struct budget {
	int seconds; /* 0: there is no end */
	/* Private */
	double start; /* of the first; < 0: there was none yet */
	GHashTable *begun;
	gboolean over; /* something was told not to begin */
};

void budget_init(struct budget *budget, int seconds);
void budget_clear(struct budget *budget);

/* Whether @name, which must live on, may begin at @now, in seconds of any clock. The first one starts it. */
gboolean budget_begin(struct budget *budget, const char *name, double now);

/* Whether it is spent: what has begun should come to its end. */
gboolean budget_spent(const struct budget *budget, double now);

/* How many names have begun, and whether one has come too late. */
guint budget_begun(const struct budget *budget);
gboolean budget_over(const struct budget *budget);

/* Since the first began, in seconds; 0: none has. */
double budget_elapsed(const struct budget *budget, double now);

#endif
