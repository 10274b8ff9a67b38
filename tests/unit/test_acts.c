// SPDX-License-Identifier: MIT
/* The words of view --do: what each says, and that what is none is refused. */
#include <linux/input-event-codes.h>
#include <signal.h>
#include <string.h>

#include "tests/runner/acts.h"
#include "tests/unit/unit.h"

static const struct row {
	const char *name;
	struct act act;
} rows[] = {
	{ "c", { .kind = ACT_KEYS, .codes = { KEY_C }, .count = 1 } },
	{ "ctrl+alt+f2",
	  { .kind = ACT_KEYS, .codes = { KEY_LEFTCTRL, KEY_LEFTALT, KEY_F2 }, .count = 3 } },
	{ "100,200", { .kind = ACT_POINT, .x = 100, .y = 200 } },
	{ "click", { .kind = ACT_CLICK } },
	{ "800x600", { .kind = ACT_PLUG, .x = 800, .y = 600 } },
	{ "1500ms", { .kind = ACT_PAUSE, .x = 1500 } },
	{ "SIGTERM", { .kind = ACT_SIGNAL, .x = SIGTERM } },
};

static void check_act(void **state)
{
	const struct row *row = *state;
	g_autoptr(GArray) acts = acts_parse(row->name, NULL);
	const struct act *act;

	assert_non_null(acts);
	assert_int_equal(acts->len, 1);
	act = &g_array_index(acts, struct act, 0);
	assert_int_equal(act->kind, row->act.kind);
	assert_int_equal(act->count, row->act.count);
	assert_memory_equal(act->codes, row->act.codes, sizeof(act->codes));
	assert_true(act->x == row->act.x && act->y == row->act.y);
}

static void test_a_file_and_what_goes_there(void **state)
{
	g_autoptr(GArray) acts = acts_parse("  /sys/unbind=virtio0=1  c ", NULL);
	const struct act *act;

	(void)state;
	assert_non_null(acts);
	assert_int_equal(acts->len, 2);
	act = &g_array_index(acts, struct act, 0);
	assert_int_equal(act->kind, ACT_WRITE);
	assert_string_equal(act->text[0], "/sys/unbind");
	assert_string_equal(act->text[1], "virtio0=1");
}

static void test_nothing_is_nothing(void **state)
{
	g_autoptr(GArray) acts = acts_parse("", NULL);

	(void)state;
	assert_int_equal(acts->len, 0);
}

static void test_what_is_no_act_is_refused(void **state)
{
	static const char *const words[] = { "hop",	   "ctrl+", "+",	"100,", ",5",
					     "100,-1",	   "ms",    "5s",	"800x", "SIGHOP",
					     "sys=virtio", "=",	    "c+c+c+c+c" };

	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++) {
		g_autoptr(GError) error = NULL;

		if (acts_parse(words[i], &error))
			fail_msg("\"%s\" is taken for an act", words[i]);
		assert_non_null(strstr(error->message, words[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file_and_what_goes_there),
		cmocka_unit_test(test_nothing_is_nothing),
		cmocka_unit_test(test_what_is_no_act_is_refused),
	};
	int failed = RUN_ROWS("acts", rows, check_act);

	return failed + cmocka_run_group_tests_name("words", tests, NULL, NULL) ? 1 : 0;
}
