/* SPDX-License-Identifier: MIT */
/* What a sweep shows, held to what is known of its variant: a pure function of its points and trials. */
#ifndef PLANESTORM_SWEEP_KNOWN_H
#define PLANESTORM_SWEEP_KNOWN_H

#include "tests/runner/expect.h"
#include "tests/runner/sweep_table.h"

/* Something that is not known. */
struct sweep_news {
	int rule;
	char *signature; /* with its cause: "cursor image never sent commit @ SITE", and in a pair " + COMPANY" */
	char *details; /* which allocation, or NULL */
};

void sweep_news_free(gpointer news);

/*
 * What @trial, which @swept has taken last, shows that is not in @known: of its points, which are those from
 * @first on, and of the operation by itself, whatever is worse than survived; and what a rule FAILs for that is
 * none of these's. An array of struct sweep_news, the caller's.
 */
GPtrArray *sweep_known_news(const struct swept *swept, guint first, const struct trial *trial,
			    const struct expectations *known);

/*
 * The positive control of pairs: whether one of the same points is where the driver without the fix adds a fence to
 * what it has not locked, and so must splat; *@held: whether one did.
 */
gboolean sweep_known_control(const struct swept *swept, guint first, gboolean *held);

#endif
