// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "tests/runner/command.h"
#include "tests/runner/hands.h"
#include "tests/runner/report.h"
#include "tests/runner/results.h"

/* How often each is done. */
#define MOVES 200
#define PRESSES 51
#define PLUGS 20
#define SWITCHES 10

/* Each appends to @all what came of it. Returns FALSE with @error set if that cannot be known. */
static gboolean point(struct live *live, guint64 seed, GArray *all, GError **error)
{
	struct hands hands;
	gboolean done = hands_point(live, MOVES, seed, &hands, error);

	g_array_append_val(all, hands);
	return done;
}

static gboolean press(struct live *live, GArray *all, GError **error)
{
	struct hands hands;
	gboolean done = hands_press(live, PRESSES, &hands, error);

	g_array_append_val(all, hands);
	return done;
}

static gboolean point_and_press(struct live *live, guint64 seed, GArray *all, GError **error)
{
	return point(live, seed, all, error) && press(live, all, error);
}

static gboolean plug(struct live *live, guint64 seed, GArray *all, GError **error)
{
	struct hands hands;
	gboolean done = hands_plug(live, PLUGS, &hands, error);

	(void)seed;
	g_array_append_val(all, hands);
	return done;
}

static gboolean switch_terminals(struct live *live, guint64 seed, GArray *all, GError **error)
{
	struct hands hands;
	gboolean done = hands_switch(live, SWITCHES, seed, &hands, error);

	g_array_append_val(all, hands);
	return done;
}

/* In a guest of its own, since a pointer is for all displays together. */
static const struct scene {
	int heads;
	gboolean (*play)(struct live *live, guint64 seed, GArray *all, GError **error);
} scenes[] = { { 1, point_and_press }, { 2, plug }, { 1, switch_terminals } };

/* *@quiet: the kernel had nothing to complain of. */
static gboolean play(const struct scene *scene, struct session *session,
		     const struct variant *variant, const char *words, GArray *all, gboolean *quiet,
		     GError **error)
{
	guint before = all->len;
	struct live live;
	gboolean done = live_start(&live, session, variant, scene->heads, words, error) &&
			scene->play(&live, session->options->seed, all, error) &&
			live_quit(&live, error);

	for (guint i = before; i < all->len; i++)
		hands_print(&g_array_index(all, struct hands, i));
	if (done)
		*quiet &= live_tell_splats(&live);
	if (live.vm)
		live_print(&live);
	live_stop(&live);
	return done;
}

static JsonNode *json_of(const struct session *session, const char *variant, const GArray *all)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	json_builder_set_member_name(json, "variant");
	json_builder_add_string_value(json, variant);
	results_add_origin(json, session, "hands");
	json_builder_set_member_name(json, "hands");
	json_builder_begin_array(json);
	for (guint i = 0; i < all->len; i++)
		hands_add_json(&g_array_index(all, struct hands, i), json);
	json_builder_end_array(json);
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

/* In a run folder of its own. */
static gboolean save(const struct session *session, const char *variant, const GArray *all,
		     GError **error)
{
	g_autofree char *folder = results_create(session->options->results, error);
	g_autofree char *path = folder ? g_build_filename(folder, REPORT_NAME, NULL) : NULL;
	g_autofree char *origin = g_strdup_printf("%s, kernel %s, QEMU %s", variant,
						  session->base->release, session->qemu_version);
	g_autofree char *page = hands_page("planestorm: hands", origin, all);
	g_autoptr(JsonNode) json = json_of(session, variant, all);

	if (!folder || !results_write_json(folder, HANDS_JSON, json, error) ||
	    !g_file_set_contents(path, page, -1, error))
		return FALSE;
	printf("results: %s\nreport: %s\n", folder, path);
	return TRUE;
}

static gboolean all_arrived(const GArray *all)
{
	for (guint i = 0; i < all->len; i++) {
		const struct hands *hands = &g_array_index(all, struct hands, i);

		if (hands->arrived != hands->wanted)
			return FALSE;
	}
	return TRUE;
}

static void clear(gpointer data)
{
	hands_clear(data);
}

/* What has come of it is kept, also if it ends early. Returns an exit code. */
static int play_all(struct arguments *arguments, struct session *session,
		    const struct variant *variant, GError **error)
{
	g_autofree char *words = command_words(arguments);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct hands));
	gboolean quiet = TRUE, done = TRUE;

	g_array_set_clear_func(all, clear);
	for (gsize i = 0; done && i < G_N_ELEMENTS(scenes); i++)
		done = play(&scenes[i], session, variant, words, all, &quiet, error);
	if (!save(session, variant->name, all, done ? error : NULL) || !done)
		return STORM_TROUBLE;
	return quiet && all_arrived(all) ? STORM_OK : STORM_DIFFERS;
}

int command_hands(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names =
		command_variants(arguments->variant ? arguments->variant : "upstream", &error);
	struct session *session = names ? session_open(&arguments->session, &error) : NULL;
	struct variant *variant = NULL;
	int code = STORM_TROUBLE;

	if (session)
		variant = build_variant(session->base, &arguments->session.build, names[0],
					arguments->session.cancellable, &error);
	if (variant)
		code = play_all(arguments, session, variant, &error);
	variant_free(variant);
	session_close(session);
	return error ? command_failed(error) : code;
}
