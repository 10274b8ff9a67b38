// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "tests/runner/command.h"
#include "tests/runner/display.h"
#include "tests/runner/live.h"

/* The compositor's own options come after the command, as they are. */
static char *words_of(struct arguments *arguments)
{
	return arguments->rest ? g_strjoinv(" ", arguments->rest) : g_strdup("");
}

static gboolean save_shot(struct live *live, const char *path, GError **error)
{
	struct image *picture = live_picture(live, 0, error);
	gboolean saved = picture && image_save(picture, path, error);

	image_unref(picture);
	return saved;
}

/* Nobody looks, but for one picture at the end. */
static gboolean be_headless(struct live *live, int seconds, const char *shot, GError **error)
{
	if (live_wait(live, seconds * 1000) == LIVE_ON && shot && !save_shot(live, shot, error))
		return FALSE;
	return live_quit(live, error);
}

static gboolean view(struct arguments *arguments, struct session *session, const char *name,
		     GError **error)
{
	g_autofree char *words = words_of(arguments);
	struct variant *variant = build_variant(session->base, &arguments->session.build, name,
						arguments->session.cancellable, error);
	struct live live;
	gboolean done;

	if (!variant)
		return FALSE;
	done = live_start(&live, session, variant, words, error) &&
	       be_headless(&live, arguments->headless, arguments->shot, error);
	if (live.vm)
		live_print(&live);
	live_stop(&live);
	variant_free(variant);
	return done;
}

int command_view(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names =
		command_variants(arguments->variant ? arguments->variant : "upstream", &error);
	struct session *session = names ? session_open(&arguments->session, &error) : NULL;
	gboolean done = session && view(arguments, session, names[0], &error);

	session_close(session);
	return done ? STORM_OK : command_failed(error);
}
