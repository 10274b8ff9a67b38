// SPDX-License-Identifier: MIT
#include "tests/runner/hands.h"

#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/rng.h"
#include "tests/runner/progress.h"

/* A liveness limit. */
#define ARRIVAL_MS 20000
#define PAUSE_US 500

/* Places are so far from the edges, so that nothing is cut, and each is another one than that before. */
#define MARGIN 8

void hands_clear(struct hands *hands)
{
	g_free(hands->lost);
	g_array_unref(hands->times);
}

static void begin(struct hands *hands, const char *what, guint wanted)
{
	*hands = (struct hands){ .what = what,
				 .wanted = wanted,
				 .times = g_array_new(FALSE, FALSE, sizeof(gint64)) };
}

static void arrived(struct hands *hands, gint64 us)
{
	hands->arrived++;
	g_array_append_val(hands->times, us);
}

static void lose(struct hands *hands, char *how)
{
	if (hands->lost)
		g_free(how);
	else
		hands->lost = how;
}

/* The messages of one kind that have come since, and those that are looked at already. */
struct eye {
	struct live *live;
	guint seen; /* of all messages */
};

/* The next message of @kind on head @head; FALSE: none comes. */
static gboolean see(struct eye *eye, enum display_kind kind, int head, struct display_event *event)
{
	gint64 end = g_get_monotonic_time() + ARRIVAL_MS * G_TIME_SPAN_MILLISECOND;

	do {
		g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct display_event));

		witness_events(vm_witness(eye->live->vm), eye->seen, events);
		for (guint i = 0; i < events->len; i++) {
			*event = g_array_index(events, struct display_event, i);
			eye->seen++;
			if (event->kind == kind && event->head == head)
				return TRUE;
		}
		g_usleep(PAUSE_US);
	} while (live_wait(eye->live, 0) == LIVE_ON && g_get_monotonic_time() < end);
	return FALSE;
}

/* All that has come is seen. */
static void blink(struct eye *eye)
{
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct display_event));

	witness_events(vm_witness(eye->live->vm), eye->seen, events);
	eye->seen += events->len;
}

/* --- pointing --------------------------------------------------------------------------------- */

struct place {
	int x, y;
};

static struct place choose(struct rng *rng, const struct display_head *now, struct place before)
{
	guint width = (guint)now->scanout->width, height = (guint)now->scanout->height;
	struct place place;

	do {
		place.x = MARGIN + (int)rng_below(rng, width - 2 * MARGIN);
		place.y = MARGIN + (int)rng_below(rng, height - 2 * MARGIN);
	} while (ABS(place.x - before.x) < 3 && ABS(place.y - before.y) < 3);
	return place;
}

static gboolean is_near(const struct display_event *event, const struct display_head *now,
			struct place place)
{
	return ABS(event->x + now->hot_x - place.x) <= 1 &&
	       ABS(event->y + now->hot_y - place.y) <= 1;
}

static gboolean point_once(struct eye *eye, const struct display_head *now, struct place place,
			   struct hands *hands, GError **error)
{
	struct display_event event;
	gint64 start;

	blink(eye);
	start = g_get_real_time();
	if (!witness_point(vm_witness(eye->live->vm), 0, (guint)place.x, (guint)place.y, error))
		return FALSE;
	if (!see(eye, DISPLAY_MOUSE, 0, &event))
		lose(hands, g_strdup_printf("%d,%d was not seen", place.x, place.y));
	else if (!is_near(&event, now, place))
		lose(hands, g_strdup_printf("%d,%d was seen at %d,%d", place.x, place.y,
					    event.x + now->hot_x, event.y + now->hot_y));
	else
		arrived(hands, (gint64)event.time - start);
	return TRUE;
}

gboolean hands_point(struct live *live, guint count, guint64 seed, struct hands *hands,
		     GError **error)
{
	struct eye eye = { .live = live };
	struct place place = { -1, -1 };
	struct display_head now;
	struct rng rng;
	gboolean done = TRUE;

	begin(hands, "moves", count);
	rng_init(&rng, seed);
	witness_look(vm_witness(live->vm), 0, &now);
	done = now.scanout != NULL;
	if (!done)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the display shows nothing");
	for (guint i = 0; done && i < count; i++) {
		place = choose(&rng, &now, place);
		done = point_once(&eye, &now, place, hands, error);
		progress_status("pointing: %u of %u", i + 1, count);
	}
	image_unref(now.scanout);
	image_unref(now.cursor);
	return done;
}

/* --- pressing --------------------------------------------------------------------------------- */

static gboolean act(struct live *live, guint i, GError **error)
{
	struct witness *witness = vm_witness(live->vm);

	/* Button down, button up, key: each shows another image. */
	if (i % 3 < 2)
		return witness_press(witness, 0, WITNESS_LEFT, i % 3 == 0, error);
	return witness_key(witness, 0, KEY_C, TRUE, error) &&
	       witness_key(witness, 0, KEY_C, FALSE, error);
}

gboolean hands_press(struct live *live, guint count, struct hands *hands, GError **error)
{
	static const char *const acts[] = { "a button pressed", "a button released", "key c" };
	struct eye eye = { .live = live };
	struct display_event event;

	begin(hands, "clicks and keys", count);
	for (guint i = 0; i < count; i++) {
		gint64 start;

		blink(&eye);
		start = g_get_real_time();
		if (!act(live, i, error))
			return FALSE;
		if (see(&eye, DISPLAY_CURSOR, 0, &event))
			arrived(hands, (gint64)event.time - start);
		else
			lose(hands,
			     g_strdup_printf("%s (number %u) was not seen", acts[i % 3], i + 1));
		progress_status("clicks and keys: %u of %u", i + 1, count);
	}
	return TRUE;
}

/* --- plugging --------------------------------------------------------------------------------- */

static const struct {
	guint width, height;
} monitors[] = { { 800, 600 }, { 1024, 768 }, { 640, 480 }, { 1280, 800 } };

/* A picture of that size on head @head. Others may come before. */
static gboolean see_size(struct eye *eye, int head, guint width, guint height,
			 struct display_event *event)
{
	while (see(eye, DISPLAY_SCANOUT, head, event))
		if (event->width == (int)width && event->height == (int)height)
			return TRUE;
	return FALSE;
}

static gboolean see_off(const struct eye *eye, guint before)
{
	gint64 end = g_get_monotonic_time() + ARRIVAL_MS * G_TIME_SPAN_MILLISECOND;

	while (live_count_offs(eye->live, 1) == before)
		if (live_wait(eye->live, 1) != LIVE_ON || g_get_monotonic_time() >= end)
			return FALSE;
	return TRUE;
}

static gboolean plug_once(struct eye *eye, guint i, struct hands *hands, GError **error)
{
	/* Of the first head, QEMU never takes the monitor away; it gets another one. */
	int head = i % 2 ? 1 : 0;
	gboolean off = i % 4 == 1;
	guint width = off ? 0 : monitors[i / 2 % G_N_ELEMENTS(monitors)].width;
	guint height = off ? 0 : monitors[i / 2 % G_N_ELEMENTS(monitors)].height;
	guint offs = live_count_offs(eye->live, 1);
	struct display_event event;
	gint64 start;

	blink(eye);
	start = g_get_real_time();
	if (!witness_plug(vm_witness(eye->live->vm), head, width, height, error))
		return FALSE;
	if (off ? see_off(eye, offs) : see_size(eye, head, width, height, &event))
		arrived(hands, g_get_real_time() - start);
	else
		lose(hands, g_strdup_printf("%ux%u on head %d (number %u) was not seen", width,
					    height, head, i + 1));
	return TRUE;
}

/*
 * What is plugged in while the driver still asks for the state before may never be told
 * (virtio_gpu_config_changed_work_func() acknowledges what came meanwhile), so each is seen before the next.
 */
gboolean hands_plug(struct live *live, guint count, struct hands *hands, GError **error)
{
	struct eye eye = { .live = live };

	begin(hands, "plugs", count);
	for (guint i = 0; i < count; i++) {
		if (!plug_once(&eye, i, hands, error))
			return FALSE;
		progress_status("plugging: %u of %u", i + 1, count);
	}
	return TRUE;
}

/* --- telling ---------------------------------------------------------------------------------- */

static gint compare_times(gconstpointer a, gconstpointer b)
{
	gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

	return (one > other) - (one < other);
}

gint64 hands_percentile(const struct hands *hands, guint percent)
{
	guint n = hands->times->len, i = (n * percent + 99) / 100;

	g_array_sort(hands->times, compare_times);
	return n ? g_array_index(hands->times, gint64, i ? i - 1 : 0) : 0;
}

void hands_print(const struct hands *hands)
{
	printf("%s: %u of %u arrived, p50 %.1f ms, p95 %.1f ms, max %.1f ms\n", hands->what,
	       hands->arrived, hands->wanted, (double)hands_percentile(hands, 50) / 1000,
	       (double)hands_percentile(hands, 95) / 1000,
	       (double)hands_percentile(hands, 100) / 1000);
	if (hands->lost)
		printf("  the first that did not: %s\n", hands->lost);
}
