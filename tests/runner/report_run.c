// SPDX-License-Identifier: MIT
#include "tests/runner/report_run.h"

#include <stdlib.h>
#include <string.h>

#include "tests/runner/json_member.h"
#include "tests/runner/matrix.h"

#define MATRIX_SCHEMA 1

static void shown_by_free(gpointer data)
{
	struct shown_by *shown_by = data;

	g_free(shown_by->program);
	g_free(shown_by->details);
	g_free(shown_by->folder);
	g_free(shown_by);
}

static void finding_free(gpointer data)
{
	struct run_finding *finding = data;

	g_ptr_array_unref(finding->shown_by);
	g_free(finding->signature);
	g_free(finding);
}

static void variant_clear(gpointer data)
{
	struct run_variant *variant = data;

	g_ptr_array_unref(variant->findings);
	g_free(variant->instrumented);
	g_free(variant->name);
	g_free(variant);
}

void run_record_free(struct run_record *record)
{
	if (!record)
		return;
	g_ptr_array_unref(record->variants);
	g_free(record->date);
	g_free(record->base_version);
	g_free(record->base_source);
	g_free(record->qemu_version);
	g_free(record->accel);
	g_free(record->control);
	g_free(record);
}

static char *text_of(JsonObject *object, const char *name)
{
	const char *text = json_member_string(object, name);

	return g_strdup(text ? text : "unknown");
}

static struct run_finding *find_finding(struct run_variant *variant, enum rule_index rule,
					enum verdict_kind verdict, const char *signature,
					gboolean expected)
{
	struct run_finding *finding;

	for (guint i = 0; i < variant->findings->len; i++) {
		finding = g_ptr_array_index(variant->findings, i);
		if (finding->rule == rule && finding->verdict == verdict &&
		    finding->expected == expected && !strcmp(finding->signature, signature))
			return finding;
	}
	finding = g_new0(struct run_finding, 1);
	finding->variant = variant->name;
	finding->rule = rule;
	finding->verdict = verdict;
	finding->signature = g_strdup(signature);
	finding->expected = expected;
	finding->shown_by = g_ptr_array_new_with_free_func(shown_by_free);
	g_ptr_array_add(variant->findings, finding);
	return finding;
}

/* Of what was made of a program, one trial shows it: that to which the file VARIANT/TRIAL/NAME belongs. */
static char *folder_of(const char *variant, const char *program, const char *file)
{
	g_auto(GStrv) parts = g_strsplit(file ? file : "", G_DIR_SEPARATOR_S, -1);
	gboolean named = g_strv_length(parts) == 3 && !strcmp(parts[0], variant) &&
			 json_names_folder(parts[1]);

	return g_build_filename(variant, named ? parts[1] : program, NULL);
}

static void read_evidence(struct run_variant *variant, enum rule_index rule, JsonNode *node)
{
	JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
	const char *program = json_member_string(object, "program");
	const char *signature = json_member_string(object, "signature");
	enum verdict_kind verdict = matrix_read_verdict(object);
	gboolean expected = json_member_truth(object, "expected");
	struct run_finding *finding;
	struct shown_by *shown_by;

	if (!json_names_folder(program) || (verdict == VERDICT_SKIP && expected))
		return;
	finding = find_finding(variant, rule, verdict, signature ? signature : "", expected);
	finding->unknown = json_member_truth(object, "unknown");
	shown_by = g_new0(struct shown_by, 1);
	shown_by->program = g_strdup(program);
	shown_by->details = g_strdup(json_member_string(object, "details"));
	shown_by->folder = folder_of(variant->name, program, json_member_string(object, "file"));
	g_ptr_array_add(finding->shown_by, shown_by);
}

static void read_cell(struct run_variant *variant, enum rule_index rule, JsonObject *object)
{
	struct run_cell *cell = &variant->cells[rule];
	JsonObject *counts = json_member_object(object, "counts");
	JsonArray *evidence = json_member_array(object, "evidence");

	cell->present = TRUE;
	cell->verdict = matrix_read_verdict(object);
	cell->expected = json_member_truth(object, "expected");
	cell->counts[VERDICT_PASS] = json_member_count(counts, "pass");
	cell->counts[VERDICT_FAIL] = json_member_count(counts, "fail");
	cell->counts[VERDICT_SKIP] = json_member_count(counts, "skip");
	for (guint i = 0; evidence && i < json_array_get_length(evidence); i++)
		read_evidence(variant, rule, json_array_get_element(evidence, i));
}

static void read_variant(struct run_record *record, const char *name, JsonObject *object)
{
	struct run_variant *variant = g_new0(struct run_variant, 1);
	JsonObject *cells = json_member_object(object, "rules");

	variant->name = g_strdup(name);
	variant->instrumented = g_strdup(json_member_string(object, "instrumented"));
	variant->interrupted = json_member_count(object, "interrupted");
	variant->findings = g_ptr_array_new_with_free_func(finding_free);
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		JsonObject *cell = json_member_object(cells, rules[rule].name);

		if (cell)
			read_cell(variant, (enum rule_index)rule, cell);
	}
	g_ptr_array_add(record->variants, variant);
}

/* The folder's own name, where @run may be a link to it. */
static char *folder_name(const char *run)
{
	g_autofree char *canonical = g_canonicalize_filename(run, NULL);
	char *real = realpath(run, NULL);
	char *name = g_path_get_basename(real ? real : canonical);

	free(real);
	return name;
}

static struct run_record *read_record(const char *run, JsonObject *object)
{
	struct run_record *record = g_new0(struct run_record, 1);
	JsonObject *base = json_member_object(object, "base"),
		   *qemu = json_member_object(object, "qemu");
	JsonObject *variants = json_member_object(object, "variants");
	JsonObject *wall = json_member_object(object, "wall_s");
	JsonNode *total = wall ? json_object_get_member(wall, "total") : NULL;
	g_autoptr(GList) names = variants ? json_object_get_members(variants) : NULL;

	record->variants = g_ptr_array_new_with_free_func(variant_clear);
	record->date = folder_name(run);
	record->base_version = text_of(base, "version");
	record->base_source = text_of(base, "source");
	record->qemu_version = text_of(qemu, "version");
	record->accel = text_of(qemu, "accel");
	record->control = text_of(object, "control");
	record->seed = json_member_int(object, "seed");
	record->instrumented = json_member_truth(object, "instrumented");
	record->complete = json_member_truth(object, "complete");
	record->as_expected = json_member_truth(object, "as_expected");
	record->total_s = total && JSON_NODE_HOLDS_VALUE(total) ? json_node_get_double(total) : 0;
	for (GList *name = names; name; name = name->next)
		if (json_names_folder(name->data))
			read_variant(record, name->data, json_member_object(variants, name->data));
	return record;
}

struct run_record *run_record_load(const char *run, GError **error)
{
	g_autofree char *path = g_build_filename(run, "matrix.json", NULL);
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *object = NULL;
	JsonNode *root;

	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
			    "expected a run's folder, with a matrix.json in it, got \"%s\"", run);
		return NULL;
	}
	if (!json_parser_load_from_file(parser, path, error)) {
		g_prefix_error(error, "%s: ", path);
		return NULL;
	}
	root = json_parser_get_root(parser);
	if (root && JSON_NODE_HOLDS_OBJECT(root))
		object = json_node_get_object(root);
	if (json_member_int(object, "schema") == MATRIX_SCHEMA &&
	    json_member_object(object, "variants"))
		return read_record(run, object);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
		    "%s: expected a matrix of schema %d", path, MATRIX_SCHEMA);
	return NULL;
}
