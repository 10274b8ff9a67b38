// SPDX-License-Identifier: MIT
#include "tests/runner/hands.h"

#include <linux/input-event-codes.h>
#include <string.h>

#include "compositor/model/rng.h"
#include "tests/runner/eye.h"
#include "tests/runner/progress.h"

/* --- pointing --------------------------------------------------------------------------------- */

static gboolean point_once(struct eye *eye, const struct display_head *now, struct place place,
			   struct hands *hands, GError **error)
{
	struct display_event event;
	gint64 start;

	eye_blink(eye);
	start = g_get_real_time();
	if (!witness_point(vm_witness(eye->live->vm), 0, (guint)place.x, (guint)place.y, error))
		return FALSE;
	if (!eye_see(eye, DISPLAY_MOUSE, 0, &event))
		hands_lose(hands, g_strdup_printf("%d,%d was not seen", place.x, place.y));
	else if (!place_is_near(&event, now, place))
		hands_lose(hands, g_strdup_printf("%d,%d was seen at %d,%d", place.x, place.y,
						  event.x + now->hot_x, event.y + now->hot_y));
	else
		hands_arrived(hands, (gint64)event.time - start);
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

	hands_begin(hands, "moves", count);
	rng_init(&rng, seed);
	witness_look(vm_witness(live->vm), 0, &now);
	done = now.scanout != NULL;
	if (!done)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the display shows nothing");
	for (guint i = 0; done && i < count; i++) {
		place = place_choose(&rng, &now, place);
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

	hands_begin(hands, "clicks and keys", count);
	for (guint i = 0; i < count; i++) {
		gint64 start;

		eye_blink(&eye);
		start = g_get_real_time();
		if (!act(live, i, error))
			return FALSE;
		if (eye_see(&eye, DISPLAY_CURSOR, 0, &event))
			hands_arrived(hands, (gint64)event.time - start);
		else
			hands_lose(hands, g_strdup_printf("%s (number %u) was not seen",
							  acts[i % 3], i + 1));
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
	while (eye_see(eye, DISPLAY_SCANOUT, head, event))
		if (event->width == (int)width && event->height == (int)height)
			return TRUE;
	return FALSE;
}

static gboolean see_off(const struct eye *eye, guint before)
{
	gint64 end = g_get_monotonic_time() + EYE_ARRIVAL_MS * G_TIME_SPAN_MILLISECOND;

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

	eye_blink(eye);
	start = g_get_real_time();
	if (!witness_plug(vm_witness(eye->live->vm), head, width, height, error))
		return FALSE;
	if (off ? see_off(eye, offs) : see_size(eye, head, width, height, &event))
		hands_arrived(hands, g_get_real_time() - start);
	else
		hands_lose(hands, g_strdup_printf("%ux%u on head %d (number %u) was not seen",
						  width, height, head, i + 1));
	return TRUE;
}

/*
 * What is plugged in while the driver still asks for the state before may never be told
 * (virtio_gpu_config_changed_work_func() acknowledges what came meanwhile), so each is seen before the next.
 */
gboolean hands_plug(struct live *live, guint count, struct hands *hands, GError **error)
{
	struct eye eye = { .live = live };

	hands_begin(hands, "plugs", count);
	for (guint i = 0; i < count; i++) {
		if (!plug_once(&eye, i, hands, error))
			return FALSE;
		progress_status("plugging: %u of %u", i + 1, count);
	}
	return TRUE;
}
