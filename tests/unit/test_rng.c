// SPDX-License-Identifier: MIT
/* A seed gives the same numbers for ever: those of the published SplitMix64. */
#include "compositor/model/rng.h"
#include "tests/unit/unit.h"

struct sequence {
	const char *name;
	uint64_t seed;
	uint64_t values[5];
};

/*
 * Seeds 0 and 1234567 are the test vectors that implementations of SplitMix64 are commonly held to;
 * the values of all three are what the algorithm as published gives, computed apart from our code.
 */
static const struct sequence sequences[] = {
	{ "seed 0 gives what SplitMix64 gives",
	  0,
	  { 0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u, 0x06c45d188009454fu, 0xf88bb8a8724c81ecu,
	    0x1b39896a51a8749bu } },
	{ "seed 1234567 gives what SplitMix64 gives",
	  1234567,
	  { 6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u,
	    16408922859458223821u } },
	{ "the largest seed gives what SplitMix64 gives",
	  UINT64_MAX,
	  { 0xe4d971771b652c20u, 0xe99ff867dbf682c9u, 0x382ff84cb27281e9u, 0x6d1db36ccba982d2u,
	    0xb4a0472e578069aeu } },
};

static void check_sequence(void **state)
{
	const struct sequence *row = *state;
	struct rng rng;

	rng_init(&rng, row->seed);
	for (size_t i = 0; i < LENGTH(row->values); i++)
		assert_true(rng_next(&rng) == row->values[i]);
}

static void test_same_seed_same_numbers(void **state)
{
	struct rng first, second;

	(void)state;
	rng_init(&first, 42);
	rng_init(&second, 42);
	for (int i = 0; i < 1000; i++)
		assert_true(rng_below(&first, 1000 + (uint64_t)i) ==
			    rng_below(&second, 1000 + (uint64_t)i));
}

static void test_below_stays_below(void **state)
{
	static const uint64_t bounds[] = { 1, 2, 3, 10, 1u << 31, UINT64_MAX / 2 + 2, UINT64_MAX };
	struct rng rng;

	(void)state;
	rng_init(&rng, 7);
	for (size_t b = 0; b < LENGTH(bounds); b++)
		for (int i = 0; i < 1000; i++)
			assert_true(rng_below(&rng, bounds[b]) < bounds[b]);
}

/* 60000 throws of a die: each face 10000 times, give or take five standard deviations. */
static void test_below_is_even(void **state)
{
	unsigned int faces[6] = { 0 };
	struct rng rng;

	(void)state;
	rng_init(&rng, 1);
	for (int i = 0; i < 60000; i++)
		faces[rng_below(&rng, LENGTH(faces))]++;
	for (size_t i = 0; i < LENGTH(faces); i++)
		assert_in_range(faces[i], 10000 - 460, 10000 + 460);
}

/* Of three quarters of all numbers, a plain modulo would give the lowest third twice as often. */
static void test_below_is_even_for_large_bounds(void **state)
{
	const uint64_t bound = UINT64_MAX / 4 * 3;
	unsigned int low = 0;
	struct rng rng;

	(void)state;
	rng_init(&rng, 1);
	for (int i = 0; i < 30000; i++)
		low += rng_below(&rng, bound) < bound / 3;
	assert_in_range(low, 10000 - 410, 10000 + 410);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_seed_same_numbers),
		cmocka_unit_test(test_below_stays_below),
		cmocka_unit_test(test_below_is_even),
		cmocka_unit_test(test_below_is_even_for_large_bounds),
	};
	int failed = RUN_ROWS("sequences", sequences, check_sequence);

	failed += cmocka_run_group_tests_name("rng", tests, NULL, NULL);
	return failed ? 1 : 0;
}
