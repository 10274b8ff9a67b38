// SPDX-License-Identifier: MIT
#include "tests/runner/results.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tests/runner/fail.h"
#include "tests/runner/json_add.h"

/* Replace the link in one step, so that there is always one that works. */
static gboolean link_latest(const char *parent, const char *name, GError **error)
{
	g_autofree char *link = g_build_filename(parent, "latest", NULL);
	g_autofree char *fresh = g_strconcat(link, ".new", NULL);

	g_unlink(fresh);
	if (symlink(name, fresh) || g_rename(fresh, link))
		return fail_errno(error, link);
	return TRUE;
}

char *results_create(const char *parent, GError **error)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autofree char *date = g_date_time_format(now, "%Y-%m-%dT%H-%M-%S");

	if (g_mkdir_with_parents(parent, 0755)) {
		fail_errno(error, parent);
		return NULL;
	}
	for (int i = 0;; i++) {
		g_autofree char *name = i ? g_strdup_printf("%s-%d", date, i) : g_strdup(date);
		char *run = g_build_filename(parent, name, NULL);

		if (!g_mkdir(run, 0755) && link_latest(parent, name, error))
			return run;
		if (errno != EEXIST) {
			if (error && !*error)
				fail_errno(error, run);
			g_free(run);
			return NULL;
		}
		g_free(run);
	}
}

char *results_trial_folder(const char *variant, const char *program)
{
	return g_build_filename(variant, program, NULL);
}

static gboolean save(const char *dir, const char *name, const char *bytes, gsize len,
		     GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	return g_file_set_contents(path, bytes, (gssize)len, error);
}

static gboolean save_verdicts(const char *dir, const struct trial *trial, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (int i = 0; i < RULE_COUNT; i++)
		g_string_append_printf(text, "%s %s %s\n", rules[i].name,
				       verdict_name(trial->verdicts[i].kind),
				       trial->verdicts[i].signature);
	g_string_append_printf(text, "end %s\nrestore_s %.3f\nwall_s %.3f\n",
			       trial_end_name(trial->end), trial->restore_s, trial->wall_s);
	if (trial->instrumented)
		g_string_append_printf(text, "instrumented %s\ninterrupted %u\n",
				       trial->instrumented, trial->interrupted);
	if (trial->flaw)
		g_string_append_printf(text, "flaw %s\n", trial->flaw);
	return save(dir, "verdicts.txt", text->str, text->len, error);
}

static gboolean save_picture(const char *dir, const struct checked *checked, const char *which,
			     const struct image *image, GError **error)
{
	g_autofree char *name = g_strdup_printf("check-%" G_GUINT64_FORMAT "-head-%d-%s.png",
						checked->number, checked->head, which);
	g_autofree char *path = g_build_filename(dir, name, NULL);

	return image_save(image, path, error);
}

static gboolean save_pictures(const char *dir, const struct updates *updates, GError **error)
{
	for (guint i = 0; updates && i < updates->checked->len; i++) {
		const struct checked *check = &g_array_index(updates->checked, struct checked, i);

		if (!save_picture(dir, check, "expected", check->expected, error) ||
		    !save_picture(dir, check, "seen", check->seen, error) ||
		    !save_picture(dir, check, "difference", check->difference, error))
			return FALSE;
	}
	return TRUE;
}

/* What device and display were seen to do; of each check what must be seen, what was, and where they
 * differ. */
static gboolean save_witness(const char *dir, const struct trial *trial, GError **error)
{
	return save_pictures(dir, trial->updates, error) &&
	       save(dir, "trace.txt", trial->trace->str, trial->trace->len, error) &&
	       display_record_save(trial->display, dir, error);
}

gboolean results_save_trial(const char *run, const char *folder, const struct trial *trial,
			    GError **error)
{
	g_autofree char *dir = g_build_filename(run, folder, NULL);

	if (g_mkdir_with_parents(dir, 0755))
		return fail_errno(error, dir);
	return save(dir, "program.storm", trial->file->text, trial->file->len, error) &&
	       save(dir, "journal.txt", trial->journal->str, trial->journal->len, error) &&
	       save(dir, "console.txt", trial->console->str, trial->console->len, error) &&
	       (!trial->display || save_witness(dir, trial, error)) &&
	       save_verdicts(dir, trial, error);
}

void results_add_origin(JsonBuilder *json, const struct session *session, const char *plan)
{
	char **configs = session->options->build.configs;
	g_autofree char *config = configs ? g_strjoinv(",", configs) : g_strdup("");

	json_builder_set_member_name(json, "base");
	json_builder_begin_object(json);
	json_add_string(json, "version", session->base->release);
	json_add_string(json, "source", session->base->source);
	json_builder_end_object(json);
	json_builder_set_member_name(json, "qemu");
	json_builder_begin_object(json);
	json_add_string(json, "version", session->qemu_version);
	json_add_string(json, "accel", session->platform.accel == VM_KVM ? "kvm" : "tcg");
	json_builder_end_object(json);
	json_add_truth(json, "instrumented", session->options->build.instrument);
	json_add_string(json, "config", config);
	if (session->patches)
		json_add_string(json, "patches", session->patches);
	json_add_int(json, "seed", (gint64)session->options->seed);
	json_add_string(json, "plan", plan);
	json_builder_set_member_name(json, "shard");
	json_builder_begin_object(json);
	json_add_int(json, "index", session->options->shard.index);
	json_add_int(json, "count", session->options->shard.count);
	json_builder_end_object(json);
}

gboolean results_write_json(const char *run, const char *name, JsonNode *node, GError **error)
{
	g_autoptr(JsonGenerator) generator = json_generator_new();
	g_autofree char *text = NULL;
	gsize len;

	json_generator_set_pretty(generator, TRUE);
	json_generator_set_root(generator, node);
	text = json_generator_to_data(generator, &len);
	return save(run, name, text, len, error);
}
