// SPDX-License-Identifier: MIT
/* The pointer stays on what there is, and reaches all of it. */
#include "compositor/input/pointer.h"
#include "tests/unit/unit.h"

static const struct pointer_output left = { 0, 0, 1024, 768 }, right = { 1024, 0, 800, 600 },
				   none = { 0 };

static struct pointer both(void)
{
	struct pointer pointer = { .x = 0 };

	pointer_set_output(&pointer, 0, &left);
	pointer_set_output(&pointer, 1, &right);
	return pointer;
}

static void at(const struct pointer *pointer, int32_t x, int32_t y)
{
	int32_t seen_x, seen_y;

	pointer_position(pointer, &seen_x, &seen_y);
	assert_int_equal(seen_x, x);
	assert_int_equal(seen_y, y);
}

static const struct move {
	const char *name;
	double x, y, dx, dy;
	int32_t to_x, to_y;
} moves[] = {
	{ "a little", 10, 10, 5, -3, 15, 7 },
	{ "beyond the left upper corner", 10, 10, -500, -500, 0, 0 },
	{ "beyond the lower edge", 500, 700, 0, 500, 500, 767 },
	{ "over to the other output", 1020, 100, 10, 0, 1030, 100 },
	{ "beyond the right edge", 1800, 100, 500, 0, 1823, 100 },
	{ "below the smaller one", 1500, 590, 0, 100, 1500, 599 },
	{ "from below past the smaller one", 1000, 700, 50, 0, 1023, 700 },
};

static void check_move(void **state)
{
	const struct move *move = *state;
	struct pointer pointer = both();

	pointer_move(&pointer, move->x, move->y);
	pointer_move(&pointer, move->dx, move->dy);
	at(&pointer, move->to_x, move->to_y);
}

static void test_parts_of_pixels_add_up(void **state)
{
	struct pointer pointer = both();

	(void)state;
	for (int i = 0; i < 10; i++)
		pointer_move(&pointer, 0.25, 0.125);
	at(&pointer, 2, 1);
}

/* As a tablet of 15 bits says it, after QEMU has scaled it down (qemu_input_scale_axis()). */
static void test_a_tablet_reaches_each_pixel(void **state)
{
	struct pointer pointer = { .x = 0 };

	(void)state;
	pointer_set_output(&pointer, 0, &left);
	for (int32_t x = 0; x < 1024; x++) {
		int32_t seen_x, seen_y, axis = x * 32767 / 1023;

		pointer_place(&pointer, POINTER_ANY, axis / 32768.0, 0);
		pointer_position(&pointer, &seen_x, &seen_y);
		assert_in_range(seen_x, x > 0 ? x - 1 : 0, x + 1);
		assert_int_equal(seen_y, 0);
	}
}

static void test_absolute_is_of_an_output_or_of_all(void **state)
{
	struct pointer pointer = both();

	(void)state;
	pointer_place(&pointer, 1, 0.5, 0.5);
	at(&pointer, 1424, 300);
	pointer_place(&pointer, POINTER_ANY, 0.5, 0.5);
	at(&pointer, 912, 384);
	pointer_place(&pointer, POINTER_ANY, 1, 1);
	at(&pointer, 1823, 599);
}

static void test_an_output_that_goes_leaves_it_on_the_others(void **state)
{
	struct pointer pointer = both();

	(void)state;
	pointer_place(&pointer, 1, 0.5, 0.5);
	pointer_set_output(&pointer, 1, &none);
	at(&pointer, 1023, 300);
	/* Without any, it stays where it was. */
	pointer_set_output(&pointer, 0, &none);
	pointer_move(&pointer, 100, 100);
	pointer_place(&pointer, POINTER_ANY, 0, 0);
	pointer_place(&pointer, 0, 0, 0);
	at(&pointer, 1023, 300);
	pointer_set_output(&pointer, 0, &right);
	at(&pointer, 1024, 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts_of_pixels_add_up),
		cmocka_unit_test(test_a_tablet_reaches_each_pixel),
		cmocka_unit_test(test_absolute_is_of_an_output_or_of_all),
		cmocka_unit_test(test_an_output_that_goes_leaves_it_on_the_others),
	};
	int failed = run_rows("move", moves, LENGTH(moves), sizeof(moves[0]), check_move);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
