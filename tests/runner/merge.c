// SPDX-License-Identifier: MIT
#include "tests/runner/merge.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/runner/conclude.h"
#include "tests/runner/fail.h"
#include "tests/runner/json_add.h"
#include "tests/runner/json_member.h"
#include "tests/runner/merge_part.h"
#include "tests/runner/progress.h"
#include "tests/runner/report.h"
#include "tests/runner/results.h"
#include "tests/runner/soak.h"
#include "tests/runner/soak_table.h"
#include "tests/runner/sweep_table.h"

/* What a shard did on a variant. */
struct piece {
	const struct merge_part *part;
	const char *variant;
};

struct merge {
	const struct operation_table *table;
	GPtrArray *parts;    /* struct merge_part; at least one */
	GPtrArray *variants; /* names */
	GArray *pieces;	     /* struct piece, by variant and shard */
	gboolean complete;
	char *folder;
	GCancellable *cancellable;
};

static const struct merge_part *first_part(const struct merge *merge)
{
	return g_ptr_array_index(merge->parts, 0);
}

static const struct piece *piece_at(const struct merge *merge, guint i)
{
	return &g_array_index(merge->pieces, struct piece, i);
}

/* --- what is joined --------------------------------------------------------------------------- */

/* A folder that is named twice, perhaps by the link latest, is one. */
static gboolean is_named(const GPtrArray *parts, const char *dir)
{
	for (guint i = 0; i < parts->len; i++)
		if (!strcmp(((const struct merge_part *)g_ptr_array_index(parts, i))->dir, dir))
			return TRUE;
	return FALSE;
}

static gboolean load_parts(struct merge *merge, GStrv dirs, GError **error)
{
	for (int i = 0; dirs[i]; i++) {
		g_autofree char *real = realpath(dirs[i], NULL);
		struct merge_part *part;

		if (real && is_named(merge->parts, real))
			continue;
		part = merge_part_load(real ? real : dirs[i], error);
		if (!part)
			return FALSE;
		g_ptr_array_add(merge->parts, part);
		if (!merge_part_matches(first_part(merge), part, error))
			return FALSE;
	}
	return TRUE;
}

/* One line for each shard of which something is lacking, not one for each variant. */
static void tell_lacks(struct merge *merge, guint index, const char *missing,
		       const struct merge_part *partial)
{
	if (missing)
		progress_say("shard %u/%u is missing, for %s", index,
			     first_part(merge)->shard.count, missing);
	if (partial)
		progress_say("shard %u/%u is incomplete: %s", index, partial->shard.count,
			     partial->dir);
	if (missing || partial)
		merge->complete = FALSE;
}

static void choose_pieces(struct merge *merge)
{
	merge->complete = TRUE;
	for (guint index = 1; index <= first_part(merge)->shard.count; index++) {
		const struct merge_part *partial = NULL;
		g_autoptr(GString) missing = g_string_new(NULL);

		for (guint i = 0; i < merge->variants->len; i++) {
			const char *variant = g_ptr_array_index(merge->variants, i);
			struct piece piece = { merge_choose(merge->parts, index, variant),
					       variant };

			if (!piece.part)
				g_string_append_printf(missing, "%s%s", missing->len ? ", " : "",
						       variant);
			else
				g_array_append_val(merge->pieces, piece);
			if (piece.part && !piece.part->complete)
				partial = piece.part;
		}
		tell_lacks(merge, index, missing->len ? missing->str : NULL, partial);
	}
}

/* --- files ------------------------------------------------------------------------------------ */

/* Trials are many and large: where it can be, their files become the joined run's, too. */
static gboolean link_file(const char *from, const char *to, GCancellable *cancellable,
			  GError **error)
{
	g_autoptr(GFile) source = NULL, target = NULL;

	if (!link(from, to) || errno == EEXIST)
		return TRUE;
	source = g_file_new_for_path(from);
	target = g_file_new_for_path(to);
	return g_file_copy(source, target, G_FILE_COPY_NOFOLLOW_SYMLINKS, cancellable, NULL, NULL,
			   error);
}

/* All of the folder @from, if there is one, in @to. */
static gboolean link_tree(const char *from, const char *to, GCancellable *cancellable,
			  GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
	const char *name;

	if (!dir)
		return TRUE;
	if (g_mkdir_with_parents(to, 0755))
		return fail_errno(error, to);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *source = g_build_filename(from, name, NULL);
		g_autofree char *target = g_build_filename(to, name, NULL);

		if (!(g_file_test(source, G_FILE_TEST_IS_DIR) ? link_tree : link_file)(
			    source, target, cancellable, error) ||
		    g_cancellable_set_error_if_cancelled(cancellable, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean link_folder(const struct merge *merge, const struct merge_part *part,
			    const char *name, GError **error)
{
	g_autofree char *from = g_build_filename(part->dir, name, NULL);
	g_autofree char *to = g_build_filename(merge->folder, name, NULL);

	return link_tree(from, to, merge->cancellable, error);
}

static gboolean link_trials(const struct merge *merge, GError **error)
{
	for (guint i = 0; i < merge->pieces->len; i++) {
		const struct piece *piece = piece_at(merge, i);

		if (!link_folder(merge, piece->part, piece->variant, error))
			return FALSE;
		if (piece->part->kind == MERGE_SOAK &&
		    (!link_folder(merge, piece->part, SOAK_CORPUS, error) ||
		     !link_folder(merge, piece->part, SOAK_SHRUNK, error)))
			return FALSE;
	}
	return TRUE;
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* What the parts agree in, and that this is the whole. */
static void add_origin(const struct merge *merge, JsonBuilder *json)
{
	static const char *const members[] = { "schema",       "kind", "base", "qemu",
					       "instrumented", "seed", "plan" };
	JsonObject *first = first_part(merge)->json;

	for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
		JsonNode *node = json_object_get_member(first, members[i]);

		if (!node)
			continue;
		json_add_node(json, members[i], json_node_copy(node));
	}
	json_builder_set_member_name(json, "shard");
	json_builder_begin_object(json);
	json_add_int(json, "index", 1);
	json_add_int(json, "count", 1);
	json_builder_end_object(json);
	json_add_truth(json, "complete", merge->complete);
}

static void print_origin(const struct merge *merge)
{
	JsonObject *json = first_part(merge)->json;
	JsonObject *base = json_member_object(json, "base"),
		   *qemu = json_member_object(json, "qemu");

	printf("base %s (%s), QEMU %s %s, seed %" G_GINT64_FORMAT ", %u shards\n",
	       json_member_string(base, "version"), json_member_string(base, "source"),
	       json_member_string(qemu, "version"), json_member_string(qemu, "accel"),
	       json_member_int(json, "seed"), first_part(merge)->shard.count);
}

/* --- a matrix, and a sweep, which has one ----------------------------------------------------- */

static JsonNode *matrix_json(const struct merge *merge, const struct matrix *matrix)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	add_origin(merge, json);
	json_add_string(json, "control", matrix_control_name(matrix_control(matrix)));
	json_add_truth(json, "as_expected", merge->complete && matrix_as_expected(matrix));
	json_add_node(json, "variants", matrix_to_json(matrix));
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

static struct matrix *read_matrix(const struct merge *merge)
{
	struct matrix *matrix = matrix_new();

	for (guint i = 0; i < merge->pieces->len; i++) {
		const struct piece *piece = piece_at(merge, i);

		matrix_read(matrix, json_member_object(piece->part->json, "variants"),
			    piece->variant);
	}
	return matrix;
}

/* The sweep.json of a part; NULL: it has none, as it was killed early or had nothing to do, or @error is set. The
 * caller's. */
static JsonParser *load_sweep(const struct merge_part *part, GError **error)
{
	g_autofree char *path = g_build_filename(part->dir, SWEEP_JSON, NULL);
	g_autoptr(JsonParser) parser = json_parser_new();

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return NULL;
	if (!json_parser_load_from_file(parser, path, error)) {
		g_prefix_error(error, "%s: ", path);
		return NULL;
	}
	return g_steal_pointer(&parser);
}

static gboolean counts_already(const struct merge *merge, guint i)
{
	for (guint j = 0; j < i; j++)
		if (piece_at(merge, j)->part->shard.index == piece_at(merge, i)->part->shard.index)
			return TRUE;
	return FALSE;
}

/* The results of the sweeps, as far as each has come, and what is true of all; the caller's. NULL with @error
 * set. */
static GPtrArray *read_sweeps(const struct merge *merge, struct sweep_about *about, GError **error)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func(swept_free);

	for (guint i = 0; i < merge->pieces->len; i++) {
		const struct piece *piece = piece_at(merge, i);
		GError *trouble = NULL;
		g_autoptr(JsonParser) parser = load_sweep(piece->part, &trouble);
		JsonNode *root = parser ? json_parser_get_root(parser) : NULL;

		if (trouble) {
			g_propagate_error(error, trouble);
			return NULL;
		}
		if (!root || !JSON_NODE_HOLDS_OBJECT(root))
			continue;
		sweep_table_read(results, json_node_get_object(root), piece->variant);
		if (!counts_already(merge, i))
			sweep_table_read_about(about, json_node_get_object(root));
	}
	sweep_table_sort(results, merge->table);
	return g_steal_pointer(&results);
}

static gboolean join_sweeps(const struct merge *merge, GError **error)
{
	JsonObject *first = first_part(merge)->json;
	struct sweep_about about = {
		.base = json_member_string(json_member_object(first, "base"), "version"),
		.seed = (guint64)json_member_int(first, "seed"),
	};
	g_autoptr(GPtrArray) results = read_sweeps(merge, &about, error);
	g_autoptr(JsonNode) json = results ? sweep_table_json(results, &about) : NULL;

	if (!results || !results_write_json(merge->folder, SWEEP_JSON, json, error) ||
	    !sweep_table_save(results, &about, merge->folder, error))
		return FALSE;
	sweep_table_print_about(&about, stdout);
	sweep_table_print(results, FALSE, stdout);
	printf("\n%u fault points; all sites: %s/" SWEEP_TEXT "\n\n", sweep_table_count(results),
	       merge->folder);
	return TRUE;
}

static int join_matrices(const struct merge *merge, GError **error)
{
	struct matrix *matrix = read_matrix(merge);
	g_autoptr(JsonNode) json = matrix_json(merge, matrix);
	int code = STORM_TROUBLE;

	if (!results_write_json(merge->folder, "matrix.json", json, error) ||
	    (first_part(merge)->kind == MERGE_SWEEP && !join_sweeps(merge, error)))
		goto out;
	matrix_print(matrix, stdout, isatty(STDOUT_FILENO));
	putchar('\n');
	print_origin(merge);
	printf("results: %s\n", merge->folder);
	if (!report_write(merge->folder, error))
		goto out;
	printf("report: %s/%s\n", merge->folder, REPORT_NAME);
	code = conclude_matrix(matrix, &(struct conclusion){
					       .trials = matrix_trials(matrix),
					       .instrumented = json_member_truth(
						       first_part(merge)->json, "instrumented"),
				       });
	if (!merge->complete)
		code = STORM_TROUBLE;
out:
	matrix_free(matrix);
	return code;
}

/* --- a soak ----------------------------------------------------------------------------------- */

static JsonNode *soak_json(const struct merge *merge, const struct soak_table *table)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	add_origin(merge, json);
	soak_table_write(table, json);
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

static int join_soaks(const struct merge *merge, GError **error)
{
	struct soak_table *table = soak_table_new();
	g_autoptr(JsonNode) json = NULL;
	int code = STORM_TROUBLE;

	for (guint i = 0; i < merge->pieces->len; i++)
		soak_table_read(table, piece_at(merge, i)->part->json, piece_at(merge, i)->variant);
	json = soak_json(merge, table);
	if (results_write_json(merge->folder, SOAK_JSON, json, error)) {
		code = conclude_soak(table, merge->folder, merge->complete);
		print_origin(merge);
	}
	soak_table_free(table);
	return code;
}

/* ---------------------------------------------------------------------------------------------- */

static int join(struct merge *merge, const char *results, GError **error)
{
	merge->variants = merge_variants(merge->parts);
	merge->pieces = g_array_new(FALSE, TRUE, sizeof(struct piece));
	choose_pieces(merge);
	merge->folder = results_create(results, error);
	if (!merge->folder || !link_trials(merge, error))
		return STORM_TROUBLE;
	return first_part(merge)->kind == MERGE_SOAK ? join_soaks(merge, error) :
						       join_matrices(merge, error);
}

int merge_run(GStrv dirs, const char *results, const struct operation_table *table,
	      GCancellable *cancellable, GError **error)
{
	struct merge merge = { .table = table, .cancellable = cancellable };
	int code = STORM_TROUBLE;

	merge.parts = g_ptr_array_new_with_free_func(merge_part_free);
	if (load_parts(&merge, dirs, error))
		code = join(&merge, results, error);
	g_clear_pointer(&merge.pieces, g_array_unref);
	g_clear_pointer(&merge.variants, g_ptr_array_unref);
	g_ptr_array_unref(merge.parts);
	g_free(merge.folder);
	return code;
}
