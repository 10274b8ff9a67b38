// SPDX-License-Identifier: MIT
/* Shards: I/N, and what is in which. */
#include <glib.h>
#include <string.h>

#include "tests/runner/shard.h"
#include "tests/unit/unit.h"

static void test_parse(void **state)
{
	struct shard shard = SHARD_WHOLE;

	(void)state;
	assert_true(shard_parse("2/3", &shard, NULL));
	assert_int_equal(shard.index, 2);
	assert_int_equal(shard.count, 3);
	assert_true(shard_parse("1/1", &shard, NULL));
}

static void test_wrong(void **state)
{
	static const char *const texts[] = { "",   "1",	   "0/2",   "3/2", "1/0",     "/2",
					     "1/", "-1/2", "1/2/3", "a/b", "1/100001" };
	struct shard shard;

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;

		assert_false(shard_parse(texts[i], &shard, &error));
		assert_non_null(strstr(error->message, "expected --shard I/N"));
	}
}

/* Whatever is numbered is in one shard of each split, and in no other. */
static void test_union(void **state)
{
	(void)state;
	for (guint count = 1; count < 20; count++) {
		for (guint64 number = 0; number < 100; number++) {
			guint takers = 0;

			for (guint index = 1; index <= count; index++)
				takers += shard_takes(&(struct shard){ index, count }, number) ? 1 :
												 0;
			assert_int_equal(takers, 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_union),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
