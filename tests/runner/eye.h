/* SPDX-License-Identifier: MIT */
/* What a person in front of the display sees one after the other, and the places that are pointed at. */
#ifndef PLANESTORM_EYE_H
#define PLANESTORM_EYE_H

#include "tests/runner/live.h"

struct rng;

/* A liveness limit. */
#define EYE_ARRIVAL_MS 20000

/* The messages of one kind that have come since, and those that are looked at already. */
struct eye {
	struct live *live;
	guint seen; /* of all messages */
};

/* A kind of message, for the bits of eye_see_any(). */
#define EYE_KIND(kind) (1u << (kind))

/* The next message of one of @kinds on head @head; FALSE: none comes. */
gboolean eye_see_any(struct eye *eye, guint kinds, int head, struct display_event *event);

/* The same of one kind. */
gboolean eye_see(struct eye *eye, enum display_kind kind, int head, struct display_event *event);

/* All that has come is seen. */
void eye_blink(struct eye *eye);

/* Places are so far from the edges, so that nothing is cut, and each is another one than that before. */
#define PLACE_MARGIN 8

struct place {
	int x, y;
};

struct place place_choose(struct rng *rng, const struct display_head *now, struct place before);

/* Whether @event has the cursor of @now there, within a pixel. */
gboolean place_is_near(const struct display_event *event, const struct display_head *now,
		       struct place place);

#endif
