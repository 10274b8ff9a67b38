// SPDX-License-Identifier: MIT
#include <linux/input-event-codes.h>

#include "compositor/model/rng.h"
#include "tests/runner/eye.h"
#include "tests/runner/hands.h"
#include "tests/runner/progress.h"

#define QUIET_MS 300

/* What the compositor says (compositor/view/view.c). */
#define GIVEN_UP "session: given up"
#define TAKEN_BACK "session: taken back"

static const guint away[] = { KEY_LEFTCTRL, KEY_LEFTALT, KEY_F2 };
/* There, the kernel listens itself. */
static const guint back[] = { KEY_LEFTALT, KEY_F1 };

static gboolean press_keys(const struct eye *eye, const guint *codes, guint count, GError **error)
{
	struct witness *witness = vm_witness(eye->live->vm);
	gboolean done = TRUE;

	for (guint i = 0; done && i < count; i++)
		done = witness_key(witness, 0, codes[i], TRUE, error);
	for (guint i = count; done && i > 0; i--)
		done = witness_key(witness, 0, codes[i - 1], FALSE, error);
	return done;
}

static gboolean hear(const struct eye *eye, const char *text, guint times)
{
	gint64 end = g_get_monotonic_time() + EYE_ARRIVAL_MS * G_TIME_SPAN_MILLISECOND;

	while (live_said(eye->live, text) < times)
		if (live_wait(eye->live, 1) != LIVE_ON || g_get_monotonic_time() >= end)
			return FALSE;
	return TRUE;
}

/* Whether nothing at all is seen for a while. */
static gboolean is_quiet(struct eye *eye)
{
	guint before;

	eye_blink(eye);
	before = eye->seen;
	live_wait(eye->live, QUIET_MS);
	eye_blink(eye);
	return eye->seen == before;
}

/* What was on its way before comes first. */
static gboolean falls_quiet(struct eye *eye)
{
	gint64 end = g_get_monotonic_time() + EYE_ARRIVAL_MS * G_TIME_SPAN_MILLISECOND;

	while (!is_quiet(eye))
		if (g_get_monotonic_time() >= end)
			return FALSE;
	return TRUE;
}

/* So many frames one after the other are no longer the one with which a picture comes back. */
#define FRAMES 3

static gboolean moves_on(struct eye *eye)
{
	/* QEMU's display has another message for a change of everything. */
	const guint kinds = EYE_KIND(DISPLAY_SCANOUT) | EYE_KIND(DISPLAY_UPDATE);
	struct display_event event;
	gboolean seen = TRUE;

	eye_blink(eye);
	for (int i = 0; seen && i < FRAMES; i++)
		seen = eye_see_any(eye, kinds, 0, &event);
	return seen;
}

static gboolean is_black(const struct image *image)
{
	for (int i = 0; image && i < image->width * image->height; i++)
		if (image->pixels[i] & 0xffffff)
			return FALSE;
	return TRUE;
}

/* Something to be looked at, and the cursor over it; *@now is the caller's. */
static gboolean see_picture(const struct eye *eye, struct display_head *now)
{
	gint64 end = g_get_monotonic_time() + EYE_ARRIVAL_MS * G_TIME_SPAN_MILLISECOND;

	for (;;) {
		witness_look(vm_witness(eye->live->vm), 0, now);
		if (!is_black(now->scanout) && now->visible)
			return TRUE;
		image_unref(now->scanout);
		image_unref(now->cursor);
		*now = (struct display_head){ .scanout = NULL };
		if (live_wait(eye->live, 1) != LIVE_ON || g_get_monotonic_time() >= end)
			return FALSE;
	}
}

/* What is done in front of another terminal. Returns what was wrong, NULL: nothing. */
static const char *be_away(struct eye *eye, guint i, GError **error)
{
	if (!press_keys(eye, away, G_N_ELEMENTS(away), error))
		return "";
	if (!hear(eye, GIVEN_UP, i + 1))
		return "the session was not given up";
	if (!falls_quiet(eye))
		return "frames were seen although the session was given up";
	if (!witness_point(vm_witness(eye->live->vm), 0, PLACE_MARGIN + i, PLACE_MARGIN, error))
		return "";
	return is_quiet(eye) ? NULL : "pointing was seen although the session was given up";
}

static const char *follow(struct eye *eye, const struct display_head *now, struct place place,
			  GError **error)
{
	struct display_event event;

	eye_blink(eye);
	if (!witness_point(vm_witness(eye->live->vm), 0, (guint)place.x, (guint)place.y, error))
		return "";
	if (!eye_see(eye, DISPLAY_MOUSE, 0, &event) || !place_is_near(&event, now, place))
		return "the cursor did not follow after the session was taken back";
	return NULL;
}

static const char *come_back(struct eye *eye, guint i, struct display_head *now, GError **error)
{
	if (!press_keys(eye, back, G_N_ELEMENTS(back), error))
		return "";
	if (!hear(eye, TAKEN_BACK, i + 1))
		return "the session was not taken back";
	return see_picture(eye, now) ? NULL : "picture or cursor did not come back";
}

static gboolean switch_once(struct eye *eye, guint i, struct rng *rng, struct hands *hands,
			    GError **error)
{
	struct display_head now = { .scanout = NULL };
	const struct place nowhere = { -1, -1 };
	const gboolean still = eye->live->still;
	const char *wrong = be_away(eye, i, error);
	gint64 start = g_get_real_time(), taken = 0;

	if (!wrong) {
		wrong = come_back(eye, i, &now, error);
		taken = g_get_real_time() - start;
	}
	if (!wrong && !(still ? falls_quiet(eye) : moves_on(eye)))
		wrong = still ? "the picture does not stand still" : "the picture stands still";
	if (!wrong)
		wrong = follow(eye, &now, place_choose(rng, &now, nowhere), error);
	if (!wrong)
		hands_arrived(hands, taken);
	else if (*wrong)
		hands_lose(hands, g_strdup_printf("%s (number %u)", wrong, i + 1));
	image_unref(now.scanout);
	image_unref(now.cursor);
	return !wrong || *wrong;
}

gboolean hands_switch(struct live *live, guint count, guint64 seed, struct hands *hands,
		      GError **error)
{
	struct eye eye = { .live = live };
	struct rng rng;

	hands_begin(hands, "switches of the terminal", count);
	rng_init(&rng, seed);
	/* From where it is lost there is no way back. */
	for (guint i = 0; i < count && !hands->lost; i++) {
		if (!switch_once(&eye, i, &rng, hands, error))
			return FALSE;
		progress_status("switching terminals: %u of %u", i + 1, count);
	}
	return TRUE;
}
