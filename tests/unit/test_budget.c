// SPDX-License-Identifier: MIT
/* What may begin within a budget of time, by examples. The clock is the example's. */
#include "tests/runner/budget.h"
#include "tests/unit/unit.h"

/* Who wants to begin, and when. */
static const struct example {
	const char *name;
	int seconds;
	struct {
		const char *name;
		double now;
		gboolean begins;
	} calls[5];
	guint begun;
	gboolean over;
} examples[] = {
	{ "all within the time", 10, { { "a", 1, TRUE }, { "b", 5, TRUE } }, 2, FALSE },
	{ "the clock starts with the first",
	  10,
	  { { "a", 100, TRUE }, { "b", 109, TRUE } },
	  2,
	  FALSE },
	{ "what comes too late does not begin",
	  10,
	  { { "a", 100, TRUE }, { "b", 110, FALSE } },
	  1,
	  TRUE },
	{ "what has begun on one variant begins on the others",
	  10,
	  { { "a", 0, TRUE },
	    { "a", 11, TRUE },
	    { "b", 12, FALSE },
	    { "a", 13, TRUE },
	    { "b", 14, FALSE } },
	  1,
	  TRUE },
	{ "without a limit there is no end",
	  0,
	  { { "a", 0, TRUE }, { "b", 1e6, TRUE } },
	  2,
	  FALSE },
	{ "nobody came", 10, { { NULL, 0, FALSE } }, 0, FALSE },
};

static void check_example(void **state)
{
	const struct example *row = *state;
	struct budget budget;

	budget_init(&budget, row->seconds);
	for (size_t i = 0; i < LENGTH(row->calls) && row->calls[i].name; i++)
		assert_int_equal(budget_begin(&budget, row->calls[i].name, row->calls[i].now),
				 row->calls[i].begins);
	assert_int_equal(budget_begun(&budget), row->begun);
	assert_int_equal(budget_over(&budget), row->over);
	budget_clear(&budget);
}

static void test_elapsed(void **state)
{
	struct budget budget;

	(void)state;
	budget_init(&budget, 10);
	assert_true(budget_elapsed(&budget, 7) == 0);
	budget_begin(&budget, "a", 100);
	assert_true(budget_elapsed(&budget, 107) == 7);
	assert_false(budget_spent(&budget, 109));
	assert_true(budget_spent(&budget, 110));
	budget_clear(&budget);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_elapsed) };

	return RUN_ROWS("budget", examples, check_example) +
	       cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
