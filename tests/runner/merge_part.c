// SPDX-License-Identifier: MIT
#include "tests/runner/merge_part.h"

#include <gio/gio.h>

#include "tests/runner/json_member.h"
#include "tests/runner/matrix.h"
#include "tests/runner/rules.h"
#include "tests/runner/soak.h"

#define MATRIX_JSON "matrix.json"

static gboolean has(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* What the joined run takes over as it is. */
static gboolean is_run(const struct merge_part *part)
{
	JsonObject *base = json_member_object(part->json, "base");
	JsonObject *qemu = json_member_object(part->json, "qemu");
	JsonObject *variants = json_member_object(part->json, "variants");
	g_autoptr(GList) names = variants ? json_object_get_members(variants) : NULL;

	for (const GList *name = names; name; name = name->next)
		if (!json_names_folder(name->data))
			return FALSE;
	return json_member_int(part->json, "schema") ==
		       (part->kind == MERGE_SOAK ? SOAK_SCHEMA : MATRIX_SCHEMA) &&
	       variants && json_member_string(part->json, "plan") &&
	       json_member_string(base, "version") && json_member_string(base, "source") &&
	       json_member_string(qemu, "version") && json_member_string(qemu, "accel") &&
	       part->shard.index >= 1 && part->shard.index <= part->shard.count &&
	       part->shard.count <= SHARD_MAX;
}

static gboolean read_json(struct merge_part *part, GError **error)
{
	const char *name = part->kind == MERGE_SOAK ? SOAK_JSON : MATRIX_JSON;
	g_autofree char *path = g_build_filename(part->dir, name, NULL);
	JsonObject *shard;
	JsonNode *root;

	part->parser = json_parser_new();
	if (!json_parser_load_from_file(part->parser, path, error)) {
		g_prefix_error(error, "%s: ", path);
		return FALSE;
	}
	root = json_parser_get_root(part->parser);
	part->json = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	shard = json_member_object(part->json, "shard");
	part->shard.index = json_member_count(shard, "index");
	part->shard.count = json_member_count(shard, "count");
	part->complete = json_member_truth(part->json, "complete");
	if (!g_strcmp0(json_member_string(part->json, "kind"), "sweep"))
		part->kind = MERGE_SWEEP;
	if (is_run(part))
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
		    "expected a run with its plan and shard, as this planestorm leaves it, got %s",
		    path);
	return FALSE;
}

struct merge_part *merge_part_load(const char *dir, GError **error)
{
	struct merge_part *part = g_new0(struct merge_part, 1);

	part->dir = g_strdup(dir);
	part->kind = has(dir, SOAK_JSON) ? MERGE_SOAK : MERGE_MATRIX;
	if (part->kind == MERGE_SOAK || has(dir, MATRIX_JSON)) {
		if (read_json(part, error))
			return part;
	} else {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
			    "expected a run's folder, with a matrix.json or soak.json in it, got "
			    "\"%s\"",
			    dir);
	}
	merge_part_free(part);
	return NULL;
}

void merge_part_free(gpointer data)
{
	struct merge_part *part = data;

	g_free(part->dir);
	g_clear_object(&part->parser);
	g_free(part);
}

static gboolean differ(const struct merge_part *part, const struct merge_part *other,
		       const char *what, const char *first, const char *second, GError **error)
{
	if (!g_strcmp0(first, second))
		return FALSE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		    "expected shards of one run, but %s has the %s %s and %s has %s", part->dir,
		    what, first ? first : "none", other->dir, second ? second : "none");
	return TRUE;
}

/* The same of numbers. */
static gboolean differ_int(const struct merge_part *part, const struct merge_part *other,
			   const char *what, gint64 first, gint64 second, GError **error)
{
	g_autofree char *one = g_strdup_printf("%" G_GINT64_FORMAT, first);
	g_autofree char *two = g_strdup_printf("%" G_GINT64_FORMAT, second);

	return differ(part, other, what, one, two, error);
}

static const char *qemu_of(const struct merge_part *part, const char *member)
{
	return json_member_string(json_member_object(part->json, "qemu"), member);
}

static const char *base_of(const struct merge_part *part)
{
	return json_member_string(json_member_object(part->json, "base"), "source");
}

static const char *driver_of(const struct merge_part *part)
{
	return json_member_truth(part->json, "instrumented") ? "instrumented" : "plain";
}

gboolean merge_part_matches(const struct merge_part *part, const struct merge_part *other,
			    GError **error)
{
	static const char *const kinds[] = { "matrix", "sweep", "soak" };

	return !differ(part, other, "kind", kinds[part->kind], kinds[other->kind], error) &&
	       !differ(part, other, "base", base_of(part), base_of(other), error) &&
	       !differ(part, other, "drivers", driver_of(part), driver_of(other), error) &&
	       !differ(part, other, "configuration", json_member_string(part->json, "config"),
		       json_member_string(other->json, "config"), error) &&
	       !differ(part, other, "patches", json_member_string(part->json, "patches"),
		       json_member_string(other->json, "patches"), error) &&
	       !differ(part, other, "QEMU", qemu_of(part, "version"), qemu_of(other, "version"),
		       error) &&
	       !differ(part, other, "accelerator", qemu_of(part, "accel"), qemu_of(other, "accel"),
		       error) &&
	       !differ_int(part, other, "seed", json_member_int(part->json, "seed"),
			   json_member_int(other->json, "seed"), error) &&
	       !differ_int(part, other, "number of shards", part->shard.count, other->shard.count,
			   error) &&
	       !differ(part, other, "programs", json_member_string(part->json, "plan"),
		       json_member_string(other->json, "plan"), error);
}

/* How many trials @part has made on @variant; -1: it does not know that variant. */
static gint64 count_trials(const struct merge_part *part, const char *variant)
{
	JsonObject *row = json_member_object(json_member_object(part->json, "variants"), variant);
	JsonObject *cell = json_member_object(json_member_object(row, "rules"), rules[0].name);

	if (!row)
		return -1;
	return part->kind == MERGE_SOAK ? json_member_int(row, "trials") :
					  json_member_int(cell, "trials");
}

GPtrArray *merge_variants(const GPtrArray *parts)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < parts->len; i++) {
		const struct merge_part *part = g_ptr_array_index(parts, i);
		JsonObject *rows = json_member_object(part->json, "variants");
		g_autoptr(GList) members = rows ? json_object_get_members(rows) : NULL;

		for (const GList *name = members; name; name = name->next)
			if (!g_ptr_array_find_with_equal_func(names, name->data, g_str_equal, NULL))
				g_ptr_array_add(names, g_strdup(name->data));
	}
	return names;
}

/* Whether @part says more than @other of @variant. */
static gboolean is_better(const struct merge_part *part, const struct merge_part *other,
			  const char *variant)
{
	if (part->complete != other->complete)
		return part->complete;
	return count_trials(part, variant) > count_trials(other, variant);
}

const struct merge_part *merge_choose(const GPtrArray *parts, guint index, const char *variant)
{
	const struct merge_part *best = NULL;

	for (guint i = 0; i < parts->len; i++) {
		const struct merge_part *part = g_ptr_array_index(parts, i);

		if (part->shard.index != index || count_trials(part, variant) < 0)
			continue;
		if (!best || is_better(part, best, variant))
			best = part;
	}
	return best;
}
