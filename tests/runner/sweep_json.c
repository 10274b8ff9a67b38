// SPDX-License-Identifier: MIT
/* What a sweep found as JSON, written and read. */
#include <string.h>

#include "tests/runner/json_add.h"
#include "tests/runner/json_member.h"
#include "tests/runner/sweep_table.h"

static const struct swept *swept_at(const GPtrArray *results, guint i)
{
	return g_ptr_array_index(results, i);
}

static void add_points(JsonBuilder *json, const struct swept *swept)
{
	json_builder_set_member_name(json, "points");
	json_builder_begin_array(json);
	for (guint i = 0; i < swept->points->len; i++) {
		const struct point *point = &g_array_index(swept->points, struct point, i);

		json_builder_begin_object(json);
		json_add_int(json, "nth", point->nth);
		json_add_string(json, "site", point->site);
		if (point->stack)
			json_add_string(json, "stack", point->stack);
		if (point->second_stack)
			json_add_string(json, "second_stack", point->second_stack);
		json_add_string(json, "outcome", point_outcome_name(point->outcome));
		json_add_int(json, "errno", point->err);
		json_add_string(json, "signature", point->signature);
		json_builder_end_object(json);
	}
	json_builder_end_array(json);
}

static void add_operations(JsonBuilder *json, const GPtrArray *results)
{
	json_builder_set_member_name(json, "operations");
	json_builder_begin_array(json);
	for (guint from = 0, to; from < results->len; from = to) {
		to = sweep_table_end(results, from);
		json_builder_begin_object(json);
		json_add_string(json, "operation", swept_at(results, from)->operation);
		json_builder_set_member_name(json, "variants");
		json_builder_begin_object(json);
		for (guint i = from; i < to; i++) {
			const struct swept *swept = swept_at(results, i);

			json_builder_set_member_name(json, swept->variant);
			json_builder_begin_object(json);
			json_add_int(json, "trials", swept->trials);
			json_add_truth(json, "whole", swept->whole);
			if (swept->gap)
				json_add_string(json, "gap", swept->gap);
			json_add_int(json, "plain_errno", swept->plain_err);
			json_add_string(json, "plain_outcome",
					point_outcome_name(swept->plain_outcome));
			if (point_rule(swept->plain_outcome) >= 0)
				json_add_string(json, "plain_signature", swept->plain_signature);
			json_add_int(json, "sites", sweep_table_sites(swept));
			add_points(json, swept);
			json_builder_end_object(json);
		}
		json_builder_end_object(json);
		json_builder_end_object(json);
	}
	json_builder_end_array(json);
}

static void add_pairs(JsonBuilder *json, const struct sweep_about *about)
{
	json_builder_set_member_name(json, "pairs");
	json_builder_begin_object(json);
	json_add_int(json, "seconds", about->pairs_s);
	json_add_int(json, "begun", about->pairs_begun);
	json_add_int(json, "all", about->pairs);
	json_add_truth(json, "over", about->pairs_over);
	json_builder_end_object(json);
}

JsonNode *sweep_table_json(const GPtrArray *results, const struct sweep_about *about)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	json_add_int(json, "schema", SWEEP_SCHEMA);
	json_add_string(json, "base", about->base);
	json_add_int(json, "seed", (gint64)about->seed);
	json_add_truth(json, "instrumented", about->instrumented);
	if (about->pairs_s)
		add_pairs(json, about);
	add_operations(json, results);
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

static const char *text_of(JsonObject *object, const char *name)
{
	const char *text = json_member_string(object, name);

	return text ? text : "?";
}

static enum point_outcome outcome_of(JsonObject *object, const char *name)
{
	const char *text = text_of(object, name);
	int outcome = 0;

	while (outcome < POINT_OUTCOMES - 1 &&
	       strcmp(point_outcome_name((enum point_outcome)outcome), text))
		outcome++;
	return (enum point_outcome)outcome;
}

static void read_points(struct swept *swept, JsonArray *points)
{
	for (guint i = 0; i < json_elements(points); i++) {
		JsonObject *json = json_element_object(points, i);
		struct point point = { .nth = json_member_count(json, "nth"),
				       .err = (int)json_member_int(json, "errno"),
				       .outcome = outcome_of(json, "outcome"),
				       .site = g_strdup(text_of(json, "site")),
				       .stack = g_strdup(json_member_string(json, "stack")),
				       .second_stack =
					       g_strdup(json_member_string(json, "second_stack")),
				       .signature = g_strdup(text_of(json, "signature")) };

		g_array_append_val(swept->points, point);
	}
}

void sweep_table_read_about(struct sweep_about *about, JsonObject *sweep)
{
	JsonObject *pairs = json_member_object(sweep, "pairs");

	about->instrumented |= json_member_truth(sweep, "instrumented");
	about->pairs_s = MAX(about->pairs_s, (int)json_member_int(pairs, "seconds"));
	about->pairs_begun += json_member_count(pairs, "begun");
	about->pairs += json_member_count(pairs, "all");
	about->pairs_over |= json_member_truth(pairs, "over");
}

void sweep_table_read(GPtrArray *results, JsonObject *sweep, const char *variant)
{
	JsonArray *operations = json_member_array(sweep, "operations");

	for (guint i = 0; i < json_elements(operations); i++) {
		JsonObject *operation = json_element_object(operations, i);
		const char *name = g_intern_string(text_of(operation, "operation"));
		JsonObject *json =
			json_member_object(json_member_object(operation, "variants"), variant);
		struct swept *swept;

		if (!json)
			continue;
		swept = swept_new(name, g_intern_string(variant));
		swept->trials = json_member_count(json, "trials");
		swept->whole = json_member_truth(json, "whole");
		swept->gap = g_strdup(json_member_string(json, "gap"));
		swept->plain_err = (int)json_member_int(json, "plain_errno");
		swept->plain_outcome = outcome_of(json, "plain_outcome");
		swept->plain_signature = g_strdup(json_member_string(json, "plain_signature"));
		read_points(swept, json_member_array(json, "points"));
		g_ptr_array_add(results, swept);
	}
}
