// SPDX-License-Identifier: MIT
/* Which point of a timeline is meant, whose fences it has, and what is forgotten. */
#include <errno.h>
#include <glib.h>
#include <stdbool.h>

#include "compositor/fence/timeline.h"
#include "tests/unit/unit.h"

#define HEAD_0 0
#define HEAD_1 1
#define NO_HEAD (-1)

static const struct program_point unnumbered = { .timeline = 1 };
static const struct program_point seventh = { .timeline = 1, .value = 7 };

/* One as it is without a device. */
static void make(struct timeline *timeline, struct ledger *ledger, bool software)
{
	*timeline = (struct timeline){
		.is_software = software, .software = -1, .head = NO_HEAD, .ledger = ledger
	};
	atomic_init(&ledger->begun, 0);
	atomic_init(&ledger->seen, 0);
}

static void test_a_point_without_a_number_is_the_one_that_fits(void **state)
{
	struct timeline timeline;
	struct ledger ledger;

	(void)state;
	make(&timeline, &ledger, false);
	assert_int_equal(timeline_next(&timeline, &unnumbered), 1);
	timeline_note(&timeline, 3, NO_HEAD);
	assert_int_equal(timeline_next(&timeline, &unnumbered), 4);
	assert_int_equal(timeline_present(&timeline, &unnumbered), 3);
	assert_int_equal(timeline_next(&timeline, &seventh), 7);
	assert_int_equal(timeline_present(&timeline, &seventh), 7);
}

/* Of a software timeline, the one that is waited for is the one that the next advance signals. */
static void test_a_software_timeline_is_waited_for(void **state)
{
	struct timeline timeline;
	struct ledger ledger;

	(void)state;
	make(&timeline, &ledger, true);
	assert_int_equal(timeline_present(&timeline, &unnumbered), 1);
	timeline_note(&timeline, 1, NO_HEAD);
	assert_int_equal(timeline_present(&timeline, &unnumbered), 2);
	assert_int_equal(timeline_next(&timeline, &unnumbered), 2);
}

static void test_the_last_point_never_goes_back(void **state)
{
	struct timeline timeline;
	struct ledger ledger;

	(void)state;
	make(&timeline, &ledger, false);
	timeline_note(&timeline, 9, NO_HEAD);
	timeline_note(&timeline, 4, NO_HEAD);
	assert_int_equal(timeline.last, 9);
}

/* Only the fences of one head are of one context, and come in order by themselves. */
static void test_whose_fences_it_has(void **state)
{
	static const struct {
		int heads[3], head;
	} rows[] = {
		{ { HEAD_0, HEAD_0, HEAD_0 }, HEAD_0 },	  { { HEAD_1, HEAD_1, HEAD_1 }, HEAD_1 },
		{ { HEAD_0, HEAD_1, HEAD_0 }, NO_HEAD },  { { NO_HEAD, HEAD_0, HEAD_0 }, NO_HEAD },
		{ { HEAD_0, HEAD_0, NO_HEAD }, NO_HEAD }, { { HEAD_0, NO_HEAD, HEAD_0 }, NO_HEAD },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct timeline timeline;
		struct ledger ledger;

		make(&timeline, &ledger, false);
		for (uint64_t point = 1; point <= 3; point++)
			timeline_note(&timeline, point, rows[i].heads[point - 1]);
		assert_int_equal(timeline.head, rows[i].head);
	}
}

static void test_the_last_origins_are_remembered(void **state)
{
	struct timeline timeline;
	struct ledger ledger;

	(void)state;
	make(&timeline, &ledger, false);
	for (uint64_t point = 1; point <= TIMELINE_ORIGINS + 2; point++)
		timeline_note_origin(&timeline, point, &(struct program_point){ 2, 10 * point });
	assert_null(timeline_origin(&timeline, 1));
	assert_null(timeline_origin(&timeline, 2));
	assert_int_equal(timeline_origin(&timeline, 3)->value, 30);
	assert_int_equal(timeline_origin(&timeline, TIMELINE_ORIGINS + 2)->timeline, 2);
	assert_null(timeline_origin(&timeline, 100));
}

static void test_what_is_reset_begins_anew(void **state)
{
	struct timeline timeline;
	struct ledger ledger;

	(void)state;
	make(&timeline, &ledger, false);
	timeline_note(&timeline, 5, HEAD_0);
	timeline_note_origin(&timeline, 5, &seventh);
	ledger_begin(&ledger, 5);
	assert_int_equal(ledger_tell(&ledger, 0, 5, true), LEDGER_FINE);
	timeline_forget(&timeline);
	assert_int_equal(timeline_next(&timeline, &unnumbered), 1);
	assert_null(timeline_origin(&timeline, 5));
	assert_int_equal(ledger_look(&ledger), 0);
	timeline_note(&timeline, 1, HEAD_1);
	assert_int_equal(timeline.head, HEAD_1);
}

static void test_a_device_that_is_none_has_no_timelines(void **state)
{
	struct timeline timeline;

	(void)state;
	assert_int_equal(timeline_create(&timeline, -1, false), -EBADF);
	timeline_destroy(&timeline, -1);
	assert_null(timeline.ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_point_without_a_number_is_the_one_that_fits),
		cmocka_unit_test(test_a_software_timeline_is_waited_for),
		cmocka_unit_test(test_the_last_point_never_goes_back),
		cmocka_unit_test(test_whose_fences_it_has),
		cmocka_unit_test(test_the_last_origins_are_remembered),
		cmocka_unit_test(test_what_is_reset_begins_anew),
		cmocka_unit_test(test_a_device_that_is_none_has_no_timelines),
	};

	return cmocka_run_group_tests_name("timelines", tests, NULL, NULL);
}
