/* SPDX-License-Identifier: MIT */
/*
 * What became of each round of a sweep (`fault nth=K..`): a pure function of a trial. A round whose
 * fault fired is a fault point.
 */
#ifndef PLANESTORM_POINTS_H
#define PLANESTORM_POINTS_H

#include "tests/runner/trial.h"

/*
 * From the best to the worst; of several that are true of a point, the worst counts. What a rival may have done,
 * too, or nobody has watched, is not judged but for splats and lockups.
 */
enum point_outcome {
	POINT_REFUSED,	/* an error, and nothing has changed */
	POINT_SURVIVED, /* success, and all that was asked for is shown */
	POINT_UNJUDGED, /* an error or success, and the rules had nothing to look at */
	POINT_STALE,	/* success, and the cursor was shown before its pixels came */
	POINT_CHANGED,	/* an error, and something has changed nevertheless */
	POINT_LOST,	/* success, and what was asked for is not shown */
	POINT_LOCKUP,	/* it did not come back, or nothing did after it */
	POINT_SPLAT,	/* the kernel reported an error of its own */
	POINT_OUTCOMES
};

struct point {
	guint nth;
	guint64 seq; /* of the operation, in the trial's journal */
	int err;     /* what it returned, -1: it did not */
	enum point_outcome outcome;
	/* Of the allocation that failed, as in injection.h, or that the console does not say; of two, both, with
	 * POINT_THEN or, if it does not say the second, POINT_AND between them. */
	char *site;
	char *stack, *second_stack; /* theirs, as in injection.h; NULL: the console does not say */
	char *signature;	    /* of a rule that FAILs for it, or empty */
};

#define POINT_THEN ", then "
#define POINT_AND ", and "

struct points {
	/* struct point, in the order of their allocations, of which each may have several: another site
	 * or outcome at another time. */
	GArray *points;
	/* The operation by itself, with the fault behind the last allocation that it makes: what it
	 * returned, -1: it did not or was not tried; and what became of it. */
	int plain_err;
	enum point_outcome plain_outcome;
	char *plain_signature; /* as a point's, or NULL */
	/*
	 * TRUE: there are no more points: the operation came back, or broke the guest down, with nothing made
	 * to fail. FALSE: the trial ended before that, and the sweep goes on from @next in another one; 0: it
	 * cannot, as this one got nowhere.
	 */
	gboolean finished;
	guint next;
	char *gap; /* why points may be missing, or NULL */
};

/* For g_array_set_clear_func(). */
void point_clear(gpointer point);

const char *point_outcome_name(enum point_outcome outcome);

/* The rule that FAILs for @outcome, -1: none does. */
int point_rule(enum point_outcome outcome);

/* @trial has no flaw. The caller's. */
struct points *points_read(const struct trial *trial);
void points_free(struct points *points);

/* The site of the allocation that failed in operation @seq of @trial, the caller's; NULL: none did. */
char *points_site(const struct trial *trial, guint64 seq);

#endif
