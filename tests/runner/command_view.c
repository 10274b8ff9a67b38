// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "tests/runner/acts.h"
#include "tests/runner/command.h"
#include "tests/runner/display.h"
#include "tests/runner/live.h"
#include "tests/runner/progress.h"

static gboolean save_shot(struct live *live, const char *path, GError **error)
{
	struct image *picture = live_picture(live, 0, error);
	gboolean saved = picture && image_save(picture, path, error);

	image_unref(picture);
	return saved;
}

/* Nobody looks, but for one picture at the end. What it leaves behind is looked at, too. */
static gboolean be_headless(struct live *live, const struct arguments *arguments,
			    const GArray *acts, GError **error)
{
	if (!acts_play(live, acts, error))
		return FALSE;
	if (live_wait(live, arguments->headless * 1000) == LIVE_ON && arguments->shot &&
	    !save_shot(live, arguments->shot, error))
		return FALSE;
	if (!live_quit(live, error))
		return FALSE;
	printf("display: %s, off %u times in all\n",
	       live_is_off(live) ? "left as it was found" : "left on", live_count_offs(live, 0));
	return TRUE;
}

/* Until the compositor is quit, or its window is closed. */
static gboolean be_seen(struct live *live)
{
	progress_say(
		"the compositor runs; its keys: q quit, s scene, c cursor, space pause, p picture, "
		"o displays off, x storm");
	while (live_wait(live, G_MAXINT) == LIVE_ON)
		;
	return TRUE;
}

/* Returns an exit code. */
static int view(struct arguments *arguments, struct session *session, const char *name,
		const GArray *acts, GError **error)
{
	g_autofree char *words = command_words(arguments);
	struct variant *variant = build_variant(session->base, &arguments->session.build, name,
						arguments->session.cancellable, error);
	int code = STORM_TROUBLE;
	struct live live;
	gboolean done;

	if (!variant)
		return code;
	if (arguments->headless)
		done = live_start(&live, session, variant, 1, words, error) &&
		       be_headless(&live, arguments, acts, error);
	else
		done = live_start(&live, session, variant, 0, words, error) && be_seen(&live);
	if (live.vm)
		live_print(&live);
	if (done)
		code = live_tell_splats(&live) && live_ended_well(&live) ? STORM_OK : STORM_DIFFERS;
	live_stop(&live);
	variant_free(variant);
	return code;
}

int command_view(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names =
		command_variants(arguments->variant ? arguments->variant : "upstream", &error);
	g_autoptr(GArray) acts = acts_parse(arguments->acts ? arguments->acts : "", &error);
	struct session *session = NULL;
	int code = STORM_TROUBLE;

	if (names && acts)
		session = session_open(&arguments->session, &error);
	if (session)
		code = view(arguments, session, names[0], acts, &error);
	session_close(session);
	return error ? command_failed(error) : code;
}
