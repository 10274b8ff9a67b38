// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "tests/runner/acts.h"
#include "tests/runner/command.h"
#include "tests/runner/console.h"
#include "tests/runner/display.h"
#include "tests/runner/hands.h"
#include "tests/runner/live.h"
#include "tests/runner/progress.h"

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
		"the compositor runs; its keys: q quit, s scene, c cursor, space pause, x storm");
	while (live_wait(live, G_MAXINT) == LIVE_ON)
		;
	return TRUE;
}

/* The kernel's own complaints; the console is looked through once more as a whole. */
static gboolean tell_console(const struct live *live)
{
	const GString *said = vm_console(live->vm);
	struct console *console = console_new();
	const GPtrArray *findings;

	console_feed(console, said->str, said->len);
	console_finish(console);
	findings = console_findings(console);
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);

		printf("splat: %s\n", finding->signature);
	}
	console_free(console);
	return !findings->len;
}

/* Returns an exit code. */
static int view(struct arguments *arguments, struct session *session, const char *name,
		const GArray *acts, GError **error)
{
	g_autofree char *words = words_of(arguments);
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
		code = tell_console(&live) && live_ended_well(&live) ? STORM_OK : STORM_DIFFERS;
	live_stop(&live);
	variant_free(variant);
	return code;
}

/* How often each is done. */
#define MOVES 200
#define PRESSES 51
#define PLUGS 20
#define SWITCHES 10

static gboolean tell(struct hands *hands)
{
	gboolean whole = hands->arrived == hands->wanted;

	hands_print(hands);
	hands_clear(hands);
	return whole;
}

static gboolean point_and_press(struct live *live, guint64 seed, gboolean *whole, GError **error)
{
	struct hands hands;

	if (!hands_point(live, MOVES, seed, &hands, error))
		return FALSE;
	*whole &= tell(&hands);
	if (!hands_press(live, PRESSES, &hands, error))
		return FALSE;
	*whole &= tell(&hands);
	return TRUE;
}

static gboolean plug(struct live *live, guint64 seed, gboolean *whole, GError **error)
{
	struct hands hands;

	(void)seed;
	if (!hands_plug(live, PLUGS, &hands, error))
		return FALSE;
	*whole &= tell(&hands);
	return TRUE;
}

static gboolean switch_terminals(struct live *live, guint64 seed, gboolean *whole, GError **error)
{
	struct hands hands;

	if (!hands_switch(live, SWITCHES, seed, &hands, error))
		return FALSE;
	*whole &= tell(&hands);
	return TRUE;
}

/* In a guest of its own, since a pointer is for all displays together. */
static const struct scene {
	int heads;
	gboolean (*play)(struct live *live, guint64 seed, gboolean *whole, GError **error);
} scenes[] = { { 1, point_and_press }, { 2, plug }, { 1, switch_terminals } };

static gboolean play(const struct scene *scene, struct session *session,
		     const struct variant *variant, const char *words, gboolean *whole,
		     GError **error)
{
	struct live live;
	gboolean done = live_start(&live, session, variant, scene->heads, words, error) &&
			scene->play(&live, session->options->seed, whole, error) &&
			live_quit(&live, error);

	if (done)
		*whole &= tell_console(&live);
	if (live.vm)
		live_print(&live);
	live_stop(&live);
	return done;
}

static int hands_on(struct arguments *arguments, struct session *session, const char *name,
		    GError **error)
{
	g_autofree char *words = words_of(arguments);
	struct variant *variant = build_variant(session->base, &arguments->session.build, name,
						arguments->session.cancellable, error);
	gboolean whole = TRUE, done = variant != NULL;

	for (gsize i = 0; done && i < G_N_ELEMENTS(scenes); i++)
		done = play(&scenes[i], session, variant, words, &whole, error);
	variant_free(variant);
	if (!done)
		return STORM_TROUBLE;
	return whole ? STORM_OK : STORM_DIFFERS;
}

int command_hands(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names =
		command_variants(arguments->variant ? arguments->variant : "upstream", &error);
	struct session *session = names ? session_open(&arguments->session, &error) : NULL;
	int code = session ? hands_on(arguments, session, names[0], &error) : STORM_TROUBLE;

	session_close(session);
	return error ? command_failed(error) : code;
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
