// SPDX-License-Identifier: MIT
/* What is told of hands: histograms, on the terminal's scale and on the page's, and JSON. */
#include <string.h>

#include "tests/runner/hands_report.h"
#include "tests/unit/unit.h"

/* Hands of which @count took as long as @us says. */
static struct hands taking(const gint64 *us, guint count, guint wanted)
{
	struct hands hands;

	hands_begin(&hands, "moves", wanted);
	for (guint i = 0; i < count; i++)
		hands_arrived(&hands, us[i]);
	return hands;
}

static const struct row {
	const char *name;
	gint64 us;
	guint bucket;
} rows[] = {
	{ "nothing", 0, 0 },
	{ "below a millisecond", 999, 0 },
	{ "a millisecond", 1000, 1 },
	{ "below two", 1999, 1 },
	{ "two", 2000, 2 },
	{ "16 seconds", 16000000, 14 },
	{ "longer than any bucket", 3600000000, HANDS_BUCKETS - 1 },
};

static void check_bucket(void **state)
{
	const struct row *row = *state;
	struct hands hands = taking(&row->us, 1, 1);
	struct hands_histogram histogram;

	hands_histogram(&hands, &histogram);
	assert_int_equal(histogram.first, row->bucket);
	assert_int_equal(histogram.last, row->bucket);
	assert_int_equal(histogram.counts[row->bucket], 1);
	hands_clear(&hands);
}

static void test_nothing_that_arrived_has_no_bar(void **state)
{
	struct hands hands = taking(NULL, 0, 3);
	struct hands_histogram histogram;

	(void)state;
	hands_histogram(&hands, &histogram);
	assert_true(histogram.first > histogram.last);
	assert_int_equal(hands_percentile(&hands, 95), 0);
	hands_clear(&hands);
}

static guint count(const char *text, const char *what)
{
	guint found = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		found++;
	return found;
}

/* One bar for each bucket from the first to the last that has something, and markup that is well-formed. */
static void test_the_page_draws_what_arrived(void **state)
{
	static const gint64 us[] = { 1500, 1600, 5000, 900, 1100 };
	static const GMarkupParser parser;
	g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct hands));
	g_autoptr(GError) error = NULL;
	struct hands hands = taking(us, G_N_ELEMENTS(us), 6);
	g_autofree char *page = NULL;

	(void)state;
	hands_lose(&hands, g_strdup("1,2 was not <seen>"));
	g_array_append_val(all, hands);
	page = hands_page("hands & eyes", "upstream", all);
	assert_int_equal(count(page, "<rect "), 4);
	assert_non_null(strstr(page, "5 of 6 arrived, p50 1.5 ms, p95 5.0 ms, max 5.0 ms"));
	assert_non_null(strstr(page, "below 2 ms: 3"));
	assert_non_null(strstr(page, "was not &lt;seen&gt;"));
	if (!g_markup_parse_context_parse(context, strstr(page, "<html"), -1, &error) ||
	    !g_markup_parse_context_end_parse(context, &error))
		fail_msg("%s", error->message);
	hands_clear(&hands);
}

static void test_json_has_each_time(void **state)
{
	static const gint64 us[] = { 1500, 900 };
	struct hands hands = taking(us, G_N_ELEMENTS(us), 2);
	g_autoptr(JsonBuilder) json = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	JsonArray *times;

	(void)state;
	hands_add_json(&hands, json);
	root = json_builder_get_root(json);
	times = json_object_get_array_member(json_node_get_object(root), "us");
	assert_int_equal(json_array_get_length(times), 2);
	assert_int_equal(json_array_get_int_element(times, 0), 1500);
	assert_false(json_object_has_member(json_node_get_object(root), "lost"));
	hands_clear(&hands);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_that_arrived_has_no_bar),
		cmocka_unit_test(test_the_page_draws_what_arrived),
		cmocka_unit_test(test_json_has_each_time),
	};
	int failed = RUN_ROWS("buckets", rows, check_bucket);

	return failed + cmocka_run_group_tests_name("hands", tests, NULL, NULL) ? 1 : 0;
}
