// SPDX-License-Identifier: MIT
/* What sweeps found, written as JSON by several shards and joined: as if one had found it all. */
#include <glib.h>
#include <string.h>

#include "tests/runner/sweep_table.h"
#include "tests/unit/unit.h"

#define TABLE SOURCE_ROOT "/data/operations.ini"

/* Allocation @nth of @operation failed, with @outcome. */
static void add_point(struct swept *swept, guint nth, const char *site, enum point_outcome outcome)
{
	struct point point = { .nth = nth,
			       .err = outcome == POINT_REFUSED ? 12 : 0,
			       .outcome = outcome,
			       .site = g_strdup(site),
			       .signature = g_strdup(outcome > POINT_SURVIVED ? "lost" : "") };

	g_array_append_val(swept->points, point);
}

static void sweep(GPtrArray *results, const char *operation)
{
	static const char *const variants[] = { "upstream", "unfixed" };

	for (gsize i = 0; i < G_N_ELEMENTS(variants); i++) {
		struct swept *swept = swept_new(operation, variants[i]);

		add_point(swept, 1, "drm_atomic_state_alloc < drm_mode_atomic_ioctl",
			  POINT_REFUSED);
		add_point(swept, 2, "virtio_gpu_array_alloc < virtio_gpu_cursor_plane_update",
			  i ? POINT_SPLAT : POINT_LOST);
		swept->whole = TRUE;
		swept->plain_err = 0;
		swept->plain_outcome = POINT_SURVIVED;
		swept->trials = 2;
		g_ptr_array_add(results, swept);
	}
}

static char *print(const GPtrArray *results)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	sweep_table_print(results, TRUE, file);
	fclose(file);
	return text;
}

static void test_shards(void **state)
{
	static const char *const names[] = { "modeset", "cursor+signal", "create", "close",
					     "cursor" };
	struct operation_table *table = operation_table_load(TABLE, NULL);
	g_autoptr(GPtrArray) whole = g_ptr_array_new_with_free_func(swept_free);
	g_autoptr(GPtrArray) joined = g_ptr_array_new_with_free_func(swept_free);
	g_autofree char *wanted = NULL, *got = NULL;

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		sweep(whole, names[i]);
	for (gsize from = 0; from < 2; from++) {
		g_autoptr(GPtrArray) part = g_ptr_array_new_with_free_func(swept_free);
		g_autoptr(JsonNode) json = NULL;

		for (gsize i = from; i < G_N_ELEMENTS(names); i += 2)
			sweep(part, names[i]);
		sweep_table_sort(part, table);
		json = sweep_table_json(part);
		sweep_table_read(joined, json_node_get_array(json), "upstream");
		sweep_table_read(joined, json_node_get_array(json), "unfixed");
	}
	sweep_table_sort(whole, table);
	sweep_table_sort(joined, table);
	wanted = print(whole);
	got = print(joined);
	assert_string_equal(got, wanted);
	assert_int_equal(sweep_table_count(joined), 20);
	/* In the order of the table. */
	assert_true(g_str_has_prefix(got, "create\n"));
	assert_true(strstr(got, "\ncursor\n") < strstr(got, "\ncursor+signal\n"));
	operation_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shards) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
