// SPDX-License-Identifier: MIT
/* A matrix as the variants member of matrix.json, written and read. */
#include <string.h>

#include "tests/runner/json_add.h"
#include "tests/runner/json_member.h"
#include "tests/runner/matrix_rows.h"

static void add_entry(JsonBuilder *json, const struct evidence_entry *entry)
{
	json_builder_begin_object(json);
	json_add_string(json, "program", entry->program);
	json_add_string(json, "verdict", verdict_name(entry->verdict));
	json_add_string(json, "signature", entry->signature);
	if (entry->details)
		json_add_string(json, "details", entry->details);
	json_add_truth(json, "expected", entry->expected);
	if (entry->unknown)
		json_add_truth(json, "unknown", TRUE);
	json_add_string(json, "file", entry->file);
	json_builder_end_object(json);
}

static void add_cell(JsonBuilder *json, const struct cell *cell)
{
	json_builder_begin_object(json);
	json_add_string(json, "verdict", verdict_name(matrix_cell_verdict(cell)));
	json_add_truth(json, "expected", cell->expected);
	json_add_int(json, "trials",
		     cell->counts[VERDICT_PASS] + cell->counts[VERDICT_FAIL] +
			     cell->counts[VERDICT_SKIP]);
	json_builder_set_member_name(json, "counts");
	json_builder_begin_object(json);
	json_add_int(json, "pass", cell->counts[VERDICT_PASS]);
	json_add_int(json, "fail", cell->counts[VERDICT_FAIL]);
	json_add_int(json, "skip", cell->counts[VERDICT_SKIP]);
	json_builder_end_object(json);
	json_builder_set_member_name(json, "evidence");
	json_builder_begin_array(json);
	for (guint i = 0; i < cell->entries->len; i++)
		add_entry(json, g_ptr_array_index(cell->entries, i));
	json_builder_end_array(json);
	json_builder_end_object(json);
}

JsonNode *matrix_to_json(const struct matrix *matrix)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	for (guint i = 0; i < matrix->rows->len; i++) {
		const struct row *row = g_ptr_array_index(matrix->rows, i);

		json_builder_set_member_name(json, row->name);
		json_builder_begin_object(json);
		if (row->instrumented) {
			json_add_string(json, "instrumented", row->instrumented);
			json_add_int(json, "interrupted", row->interrupted);
		}
		json_add_int(json, "setup_failures", row->flaws);
		json_add_int(json, "controls", row->controls);
		json_add_int(json, "missed", row->missed);
		json_add_int(json, "faulted", row->faulted);
		json_builder_set_member_name(json, "rules");
		json_builder_begin_object(json);
		for (int rule = 0; rule < RULE_COUNT; rule++) {
			json_builder_set_member_name(json, rules[rule].name);
			add_cell(json, &row->cells[rule]);
		}
		json_builder_end_object(json);
		json_builder_end_object(json);
	}
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

enum verdict_kind matrix_read_verdict(JsonObject *object)
{
	const char *name = json_member_string(object, "verdict");
	enum verdict_kind kind = VERDICT_SKIP;

	for (int i = 0; name && i < VERDICT_KINDS; i++)
		if (!strcmp(name, verdict_name((enum verdict_kind)i)))
			kind = (enum verdict_kind)i;
	return kind;
}

static void read_entry(struct cell *cell, JsonObject *json)
{
	const char *program = json_member_string(json, "program");
	const char *signature = json_member_string(json, "signature");
	const char *file = json_member_string(json, "file");
	struct evidence_entry *entry;

	if (!program)
		return;
	entry = g_new0(struct evidence_entry, 1);
	entry->program = g_strdup(program);
	entry->verdict = matrix_read_verdict(json);
	entry->signature = g_strdup(signature ? signature : "");
	entry->details = g_strdup(json_member_string(json, "details"));
	entry->file = g_strdup(file ? file : "");
	entry->expected = json_member_truth(json, "expected");
	entry->unknown = json_member_truth(json, "unknown");
	g_ptr_array_add(cell->entries, entry);
}

static void read_cell(struct cell *cell, JsonObject *json)
{
	JsonObject *counts = json_member_object(json, "counts");
	JsonArray *evidence = json_member_array(json, "evidence");

	cell->counts[VERDICT_PASS] += json_member_count(counts, "pass");
	cell->counts[VERDICT_FAIL] += json_member_count(counts, "fail");
	cell->counts[VERDICT_SKIP] += json_member_count(counts, "skip");
	cell->expected &= json && json_member_truth(json, "expected");
	for (guint i = 0; i < json_elements(evidence); i++)
		read_entry(cell, json_element_object(evidence, i));
	matrix_sort_cell(cell);
}

void matrix_read(struct matrix *matrix, JsonObject *variants, const char *variant)
{
	JsonObject *json = json_member_object(variants, variant);
	JsonObject *cells = json_member_object(json, "rules");
	struct row *row;

	if (!json)
		return;
	if (!matrix_row(matrix, variant))
		matrix_add_variant(matrix, variant, NULL);
	row = matrix_row(matrix, variant);
	row->flaws += json_member_count(json, "setup_failures");
	row->controls += json_member_count(json, "controls");
	row->missed += json_member_count(json, "missed");
	row->faulted += json_member_count(json, "faulted");
	row->interrupted += json_member_count(json, "interrupted");
	if (!row->instrumented)
		row->instrumented = g_strdup(json_member_string(json, "instrumented"));
	for (int rule = 0; rule < RULE_COUNT; rule++)
		read_cell(&row->cells[rule], json_member_object(cells, rules[rule].name));
}
