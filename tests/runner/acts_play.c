// SPDX-License-Identifier: MIT
#include "tests/runner/acts.h"

#include "tests/runner/live.h"

/* So that each is seen to before the next: a compositor takes milliseconds for one. */
#define PAUSE_MS 250

static gboolean press_keys(struct witness *witness, const struct act *act, GError **error)
{
	gboolean done = TRUE;

	for (guint i = 0; done && i < act->count; i++)
		done = witness_key(witness, 0, act->codes[i], TRUE, error);
	for (guint i = act->count; done && i > 0; i--)
		done = witness_key(witness, 0, act->codes[i - 1], FALSE, error);
	return done;
}

static gboolean play(struct live *live, const struct act *act, GError **error)
{
	struct witness *witness = vm_witness(live->vm);
	g_autofree char *text = NULL;

	switch (act->kind) {
	case ACT_KEYS:
		return press_keys(witness, act, error);
	case ACT_POINT:
		return witness_point(witness, 0, act->x, act->y, error);
	case ACT_CLICK:
		return witness_press(witness, 0, WITNESS_LEFT, TRUE, error) &&
		       witness_press(witness, 0, WITNESS_LEFT, FALSE, error);
	case ACT_PLUG:
		return witness_plug(witness, 0, act->x, act->y, error);
	case ACT_SIGNAL:
		text = g_strdup_printf("%u", act->x);
		return live_ask(live, REQUEST_SIGNAL, text, error);
	case ACT_WRITE:
		text = g_strjoinv("=", act->text);
		return live_ask(live, REQUEST_WRITE, text, error);
	default: /* ACT_PAUSE */
		return TRUE;
	}
}

gboolean acts_play(struct live *live, const GArray *acts, GError **error)
{
	for (guint i = 0; i < acts->len; i++) {
		const struct act *act = &g_array_index(acts, struct act, i);

		if (!play(live, act, error))
			return FALSE;
		if (live_wait(live, act->kind == ACT_PAUSE ? act->x : PAUSE_MS) != LIVE_ON)
			return TRUE;
	}
	return TRUE;
}
