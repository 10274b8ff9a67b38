// SPDX-License-Identifier: MIT
#include "tests/runner/eye.h"

#include "compositor/model/rng.h"

#define PAUSE_US 500

gboolean eye_see_any(struct eye *eye, guint kinds, int head, struct display_event *event)
{
	gint64 end = g_get_monotonic_time() + EYE_ARRIVAL_MS * G_TIME_SPAN_MILLISECOND;

	do {
		g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct display_event));

		witness_events(vm_witness(eye->live->vm), eye->seen, events);
		for (guint i = 0; i < events->len; i++) {
			*event = g_array_index(events, struct display_event, i);
			eye->seen++;
			if ((EYE_KIND(event->kind) & kinds) && event->head == head)
				return TRUE;
		}
		g_usleep(PAUSE_US);
	} while (live_wait(eye->live, 0) == LIVE_ON && g_get_monotonic_time() < end);
	return FALSE;
}

gboolean eye_see(struct eye *eye, enum display_kind kind, int head, struct display_event *event)
{
	return eye_see_any(eye, EYE_KIND(kind), head, event);
}

void eye_blink(struct eye *eye)
{
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct display_event));

	witness_events(vm_witness(eye->live->vm), eye->seen, events);
	eye->seen += events->len;
}

struct place place_choose(struct rng *rng, const struct display_head *now, struct place before)
{
	guint width = (guint)now->scanout->width, height = (guint)now->scanout->height;
	struct place place;

	do {
		place.x = PLACE_MARGIN + (int)rng_below(rng, width - 2 * PLACE_MARGIN);
		place.y = PLACE_MARGIN + (int)rng_below(rng, height - 2 * PLACE_MARGIN);
	} while (ABS(place.x - before.x) < 3 && ABS(place.y - before.y) < 3);
	return place;
}

gboolean place_is_near(const struct display_event *event, const struct display_head *now,
		       struct place place)
{
	return ABS(event->x + now->hot_x - place.x) <= 1 &&
	       ABS(event->y + now->hot_y - place.y) <= 1;
}
