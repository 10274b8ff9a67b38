// SPDX-License-Identifier: MIT
/*
 * What sweeps found: the table that a person reads, the JSON that a program does, and the JSON of several
 * shards joined, as if one had found it all.
 */
#include <errno.h>
#include <glib.h>
#include <string.h>

#include "tests/runner/recorded.h"
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
		if (!strcmp(operation, "close")) {
			swept->whole = FALSE;
			swept->gap = g_strdup("nothing was tried");
		}
		g_ptr_array_add(results, swept);
	}
}

static char *print_some(const GPtrArray *results, gboolean all)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	sweep_table_print(results, all, file);
	fclose(file);
	return text;
}

static char *print(const GPtrArray *results)
{
	return print_some(results, TRUE);
}

/* The table */

/*
 * What was swept, as one would write it on a blackboard: an operation and a variant, then its points,
 * "NTH SITE OUTCOME". At first all was swept to its end, and the operation by itself succeeded.
 */
static struct swept *add_swept(GPtrArray *results, const char *operation, const char *variant,
			       const char *points)
{
	struct swept *swept = swept_new(operation, variant);
	g_auto(GStrv) lines = g_strsplit(points, ", ", -1);

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " ", 3);
		int outcome = 0;

		while (strcmp(point_outcome_name((enum point_outcome)outcome), words[2]))
			assert_true(++outcome < POINT_OUTCOMES);
		add_point(swept, (guint)g_ascii_strtoull(words[0], NULL, 10), words[1],
			  (enum point_outcome)outcome);
	}
	swept->whole = TRUE;
	swept->trials = 1;
	swept->plain_err = 0;
	swept->plain_outcome = POINT_SURVIVED;
	g_ptr_array_add(results, swept);
	return swept;
}

static GPtrArray *new_results(void)
{
	return g_ptr_array_new_with_free_func(swept_free);
}

static void assert_table(GPtrArray *results, gboolean all, const char *expected)
{
	g_autofree char *text = print_some(results, all);

	assert_string_equal(text, expected);
	g_ptr_array_unref(results);
}

static void test_a_site_has_a_row_for_each_outcome(void **state)
{
	GPtrArray *results = new_results();

	(void)state;
	add_swept(results, "cursor", "fixed", "1 alloc refused, 2 lock survived");
	add_swept(results, "cursor", "unfixed", "1 alloc refused, 2 lock splat");
	add_swept(results, "cursor", "upstream", "1 alloc refused, 2 lock survived");
	assert_table(results, TRUE,
		     "cursor\n"
		     "  2 points, 2 sites: 1 refused, 1 survived (fixed, upstream)\n"
		     "  2 points, 2 sites: 1 refused, 1 splat (unfixed)\n"
		     "  alloc\n"
		     "    refused    fixed, unfixed, upstream\n"
		     "  lock\n"
		     "    survived   fixed, upstream\n"
		     "    splat      unfixed\n");
}

static void test_sites_that_all_refuse_are_in_the_whole_table_only(void **state)
{
	GPtrArray *results = new_results();

	(void)state;
	add_swept(results, "create", "fixed", "1 alloc refused, 2 idr refused");
	add_swept(results, "create", "unfixed", "1 alloc refused, 2 idr lost");
	assert_table(results, FALSE,
		     "create\n"
		     "  2 points, 2 sites: 2 refused (fixed)\n"
		     "  2 points, 2 sites: 1 refused, 1 lost (unfixed)\n"
		     "  idr\n"
		     "    refused    fixed\n"
		     "    lost       unfixed\n");
}

static void test_sites_that_nobody_judged_are_in_the_whole_table_only(void **state)
{
	struct point point = { .nth = 1, .outcome = POINT_UNJUDGED };
	GPtrArray *results = new_results();
	struct swept *swept = add_swept(results, "create", "fixed", "2 idr survived");

	(void)state;
	point.site = g_strdup("alloc");
	point.signature = g_strdup("");
	g_array_append_val(swept->points, point);
	assert_table(results, FALSE,
		     "create\n"
		     "  2 points, 2 sites: 1 survived, 1 not judged (fixed)\n"
		     "  idr\n"
		     "    survived   fixed\n");
}

/* Not every variant comes to a site. */
static void test_a_variant_without_the_site_is_not_in_its_row(void **state)
{
	GPtrArray *results = new_results();

	(void)state;
	add_swept(results, "flip", "fixed", "1 alloc refused");
	add_swept(results, "flip", "unfixed", "1 alloc refused, 2 lock changed");
	assert_table(results, FALSE,
		     "flip\n"
		     "  1 points, 1 sites: 1 refused (fixed)\n"
		     "  2 points, 2 sites: 1 refused, 1 changed (unfixed)\n"
		     "  lock\n"
		     "    changed    unfixed\n");
}

/* Two allocations of one function, and one that was tried twice. */
static void test_outcomes_of_one_site_are_joined(void **state)
{
	GPtrArray *results = new_results();

	(void)state;
	add_swept(results, "flip", "fixed",
		  "1 alloc splat, 2 alloc refused, 3 lock lost, 3 lock survived");
	assert_int_equal(sweep_table_count(results), 3);
	assert_int_equal(sweep_table_sites(g_ptr_array_index(results, 0)), 2);
	assert_table(results, TRUE,
		     "flip\n"
		     "  3 points, 2 sites: 1 refused, 1 survived, 1 lost, 1 splat (fixed)\n"
		     "  alloc\n"
		     "    refused|splat fixed\n"
		     "  lock\n"
		     "    survived|lost fixed\n");
}

static void test_operations_follow_one_another(void **state)
{
	GPtrArray *results = new_results();

	(void)state;
	add_swept(results, "map", "fixed", "1 alloc refused");
	add_swept(results, "cursor", "fixed", "1 lock lockup");
	add_swept(results, "cursor", "unfixed", "1 lock stale");
	assert_int_equal(sweep_table_end(results, 0), 1);
	assert_int_equal(sweep_table_end(results, 1), 3);
	assert_int_equal(sweep_table_count(results), 3);
	assert_table(results, FALSE,
		     "map\n"
		     "  1 points, 1 sites: 1 refused (fixed)\n"
		     "cursor\n"
		     "  1 points, 1 sites: 1 lockup (fixed)\n"
		     "  1 points, 1 sites: 1 stale (unfixed)\n"
		     "  lock\n"
		     "    lockup     fixed\n"
		     "    stale      unfixed\n");
}

/* What is told besides the points: what the operation does by itself, and that there may be more. */
static const struct besides {
	const char *name;
	int err;
	enum point_outcome outcome;
	gboolean whole;
	const char *told;
	const char *gap;
} besides[] = {
	{ "it succeeds", 0, POINT_SURVIVED, TRUE, "" },
	{ "it fails", EINVAL, POINT_REFUSED, TRUE, "; without a fault EINVAL" },
	{ "it fails with an error that the language lacks", EXDEV, POINT_REFUSED, TRUE,
	  "; without a fault Invalid cross-device link" },
	{ "it succeeds, and is not shown", 0, POINT_LOST, TRUE, "; without a fault lost" },
	{ "it splats", 0, POINT_SPLAT, TRUE, "; without a fault splat" },
	{ "it does not come back", -1, POINT_LOCKUP, TRUE, "; without a fault lockup" },
	{ "it was not tried", -1, POINT_REFUSED, FALSE, "; not swept to its end" },
	{ "it fails, and that is not all", EBUSY, POINT_REFUSED, FALSE,
	  "; without a fault EBUSY; not swept to its end" },
	{ "it was not swept to its end, for a reason", EINTR, POINT_REFUSED, FALSE,
	  "; without a fault EINTR; not swept to its end: allocation 2 given up",
	  "allocation 2 given up" },
	{ "it succeeds, and a rival is there", 0, POINT_UNJUDGED, TRUE,
	  "; without a fault not judged" },
};

static void check_besides(void **state)
{
	const struct besides *row = *state;
	GPtrArray *results = new_results();
	struct swept *swept = add_swept(results, "map", "fixed", "1 alloc refused");
	g_autofree char *expected =
		g_strdup_printf("map\n  1 points, 1 sites: 1 refused%s (fixed)\n", row->told);

	swept->plain_err = row->err;
	swept->plain_outcome = row->outcome;
	swept->whole = row->whole;
	swept->gap = g_strdup(row->gap);
	assert_table(results, FALSE, expected);
}

static void test_an_operation_that_allocates_nothing_has_no_rows(void **state)
{
	GPtrArray *results = new_results();
	struct swept *swept = swept_new("setmaster", "fixed");

	(void)state;
	swept->whole = TRUE;
	swept->plain_err = 0;
	g_ptr_array_add(results, swept);
	assert_int_equal(sweep_table_count(results), 0);
	assert_table(results, TRUE, "setmaster\n  0 points, 0 sites (fixed)\n");
}

/* The golden sweeps of one program on two drivers, from what was recorded to the table. */
static void add_recorded(GPtrArray *results, const char *variant, const char *name)
{
	g_autofree char *dir = g_build_filename(GOLDEN_DIR, name, NULL);
	struct recorded *recorded = recorded_load(dir, variant, NULL);
	struct swept *swept = swept_new("cursor", variant);
	guint next;

	assert_non_null(recorded);
	swept_take(swept, recorded->trial, &next);
	g_ptr_array_add(results, swept);
	recorded_free(recorded);
}

static void test_recorded_sweeps_as_a_table(void **state)
{
	GPtrArray *results = new_results();

	(void)state;
	add_recorded(results, "fixed", "failed-allocations");
	add_recorded(results, "unfixed", "splat");
	assert_table(results, FALSE,
		     "cursor\n"
		     "  11 points, 10 sites: 8 refused, 1 survived, 2 lost (fixed)\n"
		     "  10 points, 9 sites: 8 refused, 1 lost, 1 splat; not swept to its end "
		     "(unfixed)\n"
		     "  virtio_gpu_array_alloc < virtio_gpu_cursor_plane_update\n"
		     "    lost       fixed, unfixed\n"
		     "  dma_resv_reserve_fences < virtio_gpu_lock_one_resv_uninterruptible < "
		     "virtio_gpu_cursor_plane_update\n"
		     "    lost       fixed\n"
		     "  virtqueue_add_split < virtio_gpu_cmd_transfer_to_host_2d < "
		     "virtio_gpu_cursor_plane_update\n"
		     "    survived   fixed\n"
		     "  dma_resv_reserve_fences < virtio_gpu_array_lock_resv < "
		     "virtio_gpu_cursor_plane_update\n"
		     "    splat      unfixed\n");
}

/* The JSON */

static void assert_json(GPtrArray *results, const char *expected)
{
	struct sweep_about about = { .base = "6.12", .seed = 1 };
	g_autoptr(JsonNode) json = sweep_table_json(results, &about);
	g_autofree char *text = json_to_string(json, FALSE);
	g_autofree char *whole = g_strdup_printf("{\"schema\":%d,\"base\":\"6.12\",\"seed\":1,"
						 "\"instrumented\":false,\"operations\":%s}",
						 SWEEP_SCHEMA, expected);

	assert_string_equal(text, whole);
	g_ptr_array_unref(results);
}

static void test_json_has_each_point(void **state)
{
	GPtrArray *results = new_results();
	struct swept *swept;

	(void)state;
	add_swept(results, "cursor", "fixed", "1 alloc refused, 2 lock lost");
	swept = add_swept(results, "cursor", "unfixed", "1 alloc splat");
	swept->trials = 3;
	swept->whole = FALSE;
	swept->plain_err = -1;
	swept->plain_outcome = POINT_REFUSED;
	add_swept(results, "map", "fixed", "1 alloc refused");
	assert_json(results, "[{\"operation\":\"cursor\",\"variants\":{"
			     "\"fixed\":{\"trials\":1,\"whole\":true,\"plain_errno\":0,"
			     "\"plain_outcome\":\"survived\",\"sites\":2,\"points\":["
			     "{\"nth\":1,\"site\":\"alloc\",\"outcome\":\"refused\",\"errno\":12,"
			     "\"signature\":\"\"},"
			     "{\"nth\":2,\"site\":\"lock\",\"outcome\":\"lost\",\"errno\":0,"
			     "\"signature\":\"lost\"}]},"
			     "\"unfixed\":{\"trials\":3,\"whole\":false,\"plain_errno\":-1,"
			     "\"plain_outcome\":\"refused\",\"sites\":1,\"points\":["
			     "{\"nth\":1,\"site\":\"alloc\",\"outcome\":\"splat\",\"errno\":0,"
			     "\"signature\":\"lost\"}]}}},"
			     "{\"operation\":\"map\",\"variants\":{"
			     "\"fixed\":{\"trials\":1,\"whole\":true,\"plain_errno\":0,"
			     "\"plain_outcome\":\"survived\",\"sites\":1,\"points\":["
			     "{\"nth\":1,\"site\":\"alloc\",\"outcome\":\"refused\",\"errno\":12,"
			     "\"signature\":\"\"}]}}}]");
}

static void test_json_has_the_whole_stack(void **state)
{
	GPtrArray *results = new_results();
	struct point point = { .nth = 3, .outcome = POINT_REFUSED, .err = 12 };
	struct swept *swept = add_swept(results, "cursor", "fixed", "1 alloc refused");

	(void)state;
	point.site = g_strdup("f < h, then k < h");
	point.second_stack = g_strdup("k < h");
	point.stack = g_strdup("f < g < h");
	point.signature = g_strdup("");
	g_array_append_val(swept->points, point);
	assert_json(results, "[{\"operation\":\"cursor\",\"variants\":{"
			     "\"fixed\":{\"trials\":1,\"whole\":true,\"plain_errno\":0,"
			     "\"plain_outcome\":\"survived\",\"sites\":2,\"points\":["
			     "{\"nth\":1,\"site\":\"alloc\",\"outcome\":\"refused\",\"errno\":12,"
			     "\"signature\":\"\"},"
			     "{\"nth\":3,\"site\":\"f < h, then k < h\",\"stack\":\"f < g < "
			     "h\",\"second_stack\":\"k < "
			     "h\",\"outcome\":\"refused\",\"errno\":12,\"signature\":\"\"}]}}}]");
}

static void test_json_of_nothing_is_an_empty_array(void **state)
{
	(void)state;
	assert_json(new_results(), "[]");
}

/* What is said above the table */

static void assert_about(const struct sweep_about *about, const char *expected)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	sweep_table_print_about(about, file);
	fclose(file);
	assert_string_equal(text, expected);
	free(text);
}

static void test_what_is_said_above_the_table(void **state)
{
	(void)state;
	assert_about(&(struct sweep_about){ .seed = 1 }, "");
	assert_about(&(struct sweep_about){ .pairs_s = 60, .pairs_begun = 376, .pairs = 376 },
		     "376 of 376 pairs, budget of 60 s\n");
	assert_about(&(struct sweep_about){ .instrumented = TRUE },
		     "instrumented: what follows is of drivers whose lock helpers were "
		     "interrupted, too\n");
}

/* Shards */

static void test_shards(void **state)
{
	static const char *const names[] = { "modeset", "cursor+signal", "create", "close",
					     "cursor" };
	struct operation_table *table = operation_table_load(TABLE, NULL);
	g_autoptr(GPtrArray) whole = g_ptr_array_new_with_free_func(swept_free);
	g_autoptr(GPtrArray) joined = g_ptr_array_new_with_free_func(swept_free);
	g_autofree char *wanted = NULL, *got = NULL;
	struct sweep_about about = { .pairs_s = 0 };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		sweep(whole, names[i]);
	for (gsize from = 0; from < 2; from++) {
		g_autoptr(GPtrArray) part = g_ptr_array_new_with_free_func(swept_free);
		g_autoptr(JsonNode) json = NULL;

		for (gsize i = from; i < G_N_ELEMENTS(names); i += 2)
			sweep(part, names[i]);
		sweep_table_sort(part, table);
		json = sweep_table_json(part, &(struct sweep_about){ .pairs_s = 30,
								     .pairs_begun = 2,
								     .pairs = 3,
								     .instrumented = from == 0,
								     .pairs_over = from == 1 });
		sweep_table_read(joined, json_node_get_object(json), "upstream");
		sweep_table_read(joined, json_node_get_object(json), "unfixed");
		sweep_table_read_about(&about, json_node_get_object(json));
	}
	assert_about(&about, "instrumented: what follows is of drivers whose lock helpers were "
			     "interrupted, too\n"
			     "4 of 6 pairs, budget of 30 s over\n");
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_site_has_a_row_for_each_outcome),
		cmocka_unit_test(test_sites_that_all_refuse_are_in_the_whole_table_only),
		cmocka_unit_test(test_sites_that_nobody_judged_are_in_the_whole_table_only),
		cmocka_unit_test(test_a_variant_without_the_site_is_not_in_its_row),
		cmocka_unit_test(test_outcomes_of_one_site_are_joined),
		cmocka_unit_test(test_operations_follow_one_another),
		cmocka_unit_test(test_an_operation_that_allocates_nothing_has_no_rows),
		cmocka_unit_test(test_recorded_sweeps_as_a_table),
		cmocka_unit_test(test_json_has_each_point),
		cmocka_unit_test(test_json_has_the_whole_stack),
		cmocka_unit_test(test_json_of_nothing_is_an_empty_array),
		cmocka_unit_test(test_what_is_said_above_the_table),
		cmocka_unit_test(test_shards),
	};
	int failed = cmocka_run_group_tests_name("sweep table", tests, NULL, NULL);

	return failed + RUN_ROWS("besides the points", besides, check_besides);
}
