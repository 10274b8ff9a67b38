// SPDX-License-Identifier: MIT
/*
 * The operation table by examples: the program that sweeps an operation, alone and in company, and for
 * every mistake in the file the line and the words with which it is answered.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/runner/operations.h"
#include "tests/runner/program_file.h"
#include "tests/unit/unit.h"

#define SHIPPED SOURCE_ROOT "/data/operations.ini"

/* Eleven lines, and after them the operations. */
#define ABOVE                                                                                      \
	"[setup]\n"                                                                                \
	"lines=output 8x8;buffer C cursor 8x8;buffer D cursor 8x8\n"                               \
	"\n"                                                                                       \
	"[choices]\n"                                                                              \
	"cursor=C;D\n"                                                                             \
	"at=3,5;1..4,-2..-1\n"                                                                     \
	"bytes=200;7..9\n"                                                                         \
	"\n"                                                                                       \
	"[company]\n"                                                                              \
	"signal=signal restart;{fault}\n"                                                          \
	"rival=rival;cursor {cursor} at={at};{fault} again={bytes}\n"
#define SHOW "[show]\nline=paint {cursor};cursor {cursor} at={at}\n"
#define MOVE "[move]\nbefore=cursor C;hide\nline=move {at}\nweight=3\n"

static char *write_table(const char *text)
{
	char *path = NULL;
	int fd = g_file_open_tmp("operations-XXXXXX.ini", &path, NULL);

	assert_true(fd >= 0);
	g_close(fd, NULL);
	assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static struct operation_table *load(const char *text)
{
	g_autofree char *path = write_table(text);
	g_autoptr(GError) error = NULL;
	struct operation_table *table = operation_table_load(path, &error);

	g_unlink(path);
	if (!table)
		fail_msg("%s", error->message);
	return table;
}

/* The sweep of @name in @company from allocation @nth on; @seed 0: the first of all choices. */
static char *sweep(const struct operation_table *table, const char *name, const char *company,
		   guint64 seed, guint nth)
{
	const struct operation_entry *entry = operation_table_find(table, name);
	struct rng rng;

	assert_non_null(entry);
	rng_init(&rng, seed);
	return operation_sweep_text(table, entry,
				    company ? operation_table_company(table, company) : NULL,
				    seed ? &rng : NULL, nth);
}

/* Reading */

static void test_operations_and_companies_are_in_the_files_order(void **state)
{
	struct operation_table *table = load(ABOVE SHOW MOVE);
	const struct operation_entry *show, *move;

	(void)state;
	assert_int_equal(table->operations->len, 2);
	show = g_ptr_array_index(table->operations, 0);
	move = g_ptr_array_index(table->operations, 1);
	assert_string_equal(show->name, "show");
	assert_string_equal(move->name, "move");
	assert_ptr_equal(operation_table_find(table, "move"), move);
	assert_null(operation_table_find(table, "mov"));

	assert_int_equal(table->companies->len, 2);
	assert_ptr_equal(operation_table_company(table, "rival"),
			 g_ptr_array_index(table->companies, 1));
	assert_null(operation_table_company(table, "show"));
	operation_table_free(table);
}

static void test_weights_are_1_if_nothing_is_said(void **state)
{
	struct operation_table *table = load(ABOVE SHOW MOVE);

	(void)state;
	assert_int_equal(operation_table_find(table, "show")->weight, 1);
	assert_int_equal(operation_table_find(table, "move")->weight, 3);
	operation_table_free(table);
}

static void test_a_table_needs_neither_choices_nor_company(void **state)
{
	struct operation_table *table =
		load("[setup]\nlines=output 8x8\n[drop]\nline=dropmaster\n");
	g_autofree char *text = sweep(table, "drop", NULL, 0, 1);

	(void)state;
	assert_int_equal(table->companies->len, 0);
	assert_string_equal(text, "# drop, from allocation 1 on\noutput 8x8\n"
				  "check\nfault nth=1.. check\ndropmaster\ncheck\n");
	operation_table_free(table);
}

/* Sweeps */

static void test_a_sweep_takes_the_first_of_each_choice(void **state)
{
	struct operation_table *table = load(ABOVE SHOW);
	g_autofree char *text = sweep(table, "show", NULL, 0, 1);

	(void)state;
	assert_string_equal(text, "# show, from allocation 1 on\n"
				  "output 8x8\nbuffer C cursor 8x8\nbuffer D cursor 8x8\n"
				  "check\n"
				  "fault nth=1.. check\n"
				  "paint C\ncursor C at=3,5\n"
				  "check\n");
	operation_table_free(table);
}

static void test_a_sweep_goes_on_from_any_allocation(void **state)
{
	struct operation_table *table = load(ABOVE MOVE);
	g_autofree char *text = sweep(table, "move", NULL, 0, 12);

	(void)state;
	assert_string_equal(text, "# move, from allocation 12 on\n"
				  "output 8x8\nbuffer C cursor 8x8\nbuffer D cursor 8x8\n"
				  "cursor C\nhide\n"
				  "check\n"
				  "fault nth=12.. check\n"
				  "move 3,5\n"
				  "check\n");
	operation_table_free(table);
}

/* The fault line stays beside its operation, with the company's words behind it. */
static void test_company_stands_around_the_fault(void **state)
{
	struct operation_table *table = load(ABOVE MOVE);
	g_autofree char *text = sweep(table, "move", "rival", 0, 2);

	(void)state;
	assert_string_equal(text, "# move, from allocation 2 on\n"
				  "output 8x8\nbuffer C cursor 8x8\nbuffer D cursor 8x8\n"
				  "cursor C\nhide\n"
				  "check\n"
				  "rival\ncursor C at=3,5\n"
				  "fault nth=2.. again=200 check\n"
				  "move 3,5\n"
				  "check\n");
	operation_table_free(table);
}

/* A seed decides what the company does, and not what is swept. */
static void test_a_seed_gives_the_same_company_each_time(void **state)
{
	struct operation_table *table = load(ABOVE SHOW);

	(void)state;
	for (guint64 seed = 1; seed < 50; seed++) {
		g_autofree char *once = sweep(table, "show", "rival", seed, 1);
		g_autofree char *again = sweep(table, "show", "rival", seed, 1);

		assert_string_equal(once, again);
		assert_non_null(strstr(once, "\npaint C\ncursor C at=3,5\n"));
	}
	operation_table_free(table);
}

/* Of "3,5;1..4,-2..-1" all of 3,5 and 1,-2 to 4,-1 come, and nothing else. */
static void test_all_values_come_and_nothing_else(void **state)
{
	static const char *const wanted[] = { "3,5",  "1,-2", "2,-2", "3,-2", "4,-2",
					      "1,-1", "2,-1", "3,-1", "4,-1" };
	struct operation_table *table = load(ABOVE MOVE);
	guint seen[LENGTH(wanted)] = { 0 };

	(void)state;
	for (guint64 seed = 1; seed <= 500; seed++) {
		g_autofree char *text = sweep(table, "move", "rival", seed, 1), *at = NULL;
		gsize i = 0;

		at = g_strdup(strstr(text, "rival\ncursor ") + strlen("rival\ncursor C at="));
		*strchr(at, '\n') = '\0';
		while (i < LENGTH(wanted) && strcmp(at, wanted[i]))
			i++;
		if (i == LENGTH(wanted))
			fail_msg("%s", at);
		seen[i]++;
	}
	for (gsize i = 0; i < LENGTH(wanted); i++)
		assert_true(seen[i] > 0);
	assert_true(seen[0] > 150); /* the values are as likely as each other: half of 500 */
	operation_table_free(table);
}

/* The file that is shipped */

static void test_each_pair_that_is_shipped_is_a_program(void **state)
{
	g_autoptr(GError) error = NULL;
	struct operation_table *table = operation_table_load(SHIPPED, &error);
	guint pairs = 0;

	(void)state;
	if (!table)
		fail_msg("%s", error->message);
	for (guint i = 0; i < table->operations->len; i++) {
		const struct operation_entry *entry = g_ptr_array_index(table->operations, i);

		for (guint j = 0; j < table->companies->len; j++) {
			const struct operation_company *company =
				g_ptr_array_index(table->companies, j);
			g_autofree char *text =
				sweep(table, entry->name, company->name, i + 1, j + 1);
			struct program_file *file =
				program_file_parse(entry->name, text, strlen(text), &error);

			/* What goes on in a worker has no second failure; a rival keeps the device open. */
			if (!file && strcmp(entry->fault, " worker") != 0 &&
			    !g_str_has_prefix(entry->name, "close"))
				fail_msg("%s\n%s", error->message, text);
			if (file)
				pairs++;
			g_clear_error(&error);
			g_clear_pointer(&file, program_file_free);
		}
	}
	assert_true(pairs > 100);
	operation_table_free(table);
}

/* Every operation that enters the kernel is swept, but for the one that leaves nothing to go on with. */
static void test_no_operation_is_forgotten(void **state)
{
	struct operation_table *table = operation_table_load(SHIPPED, NULL);
	gboolean seen[OP_KINDS] = { FALSE };

	(void)state;
	for (guint i = 0; i < table->operations->len; i++) {
		const struct operation_entry *entry = g_ptr_array_index(table->operations, i);
		g_autofree char *text = sweep(table, entry->name, NULL, 0, 1);
		struct program *program = program_parse(text, strlen(text), NULL);

		/* A check is last, and before it what is swept. */
		seen[program->ops[program->op_count - 2].kind] = TRUE;
		program_destroy(program);
	}
	for (int kind = 0; kind < OP_KINDS; kind++)
		if (op_enters((enum op_kind)kind) && kind != OP_UNBIND && !seen[kind])
			fail_msg("%s is not swept", op_name((enum op_kind)kind));
	operation_table_free(table);
}

/* Mistakes */

static const struct mistake {
	const char *name, *text;
	int line;	     /* 0: of the whole file */
	const char *message; /* that it begins with */
} mistakes[] = {
	{ "nothing", "", 0, "expected at least one operation" },
	{ "setup only", "[setup]\nlines=output 8x8\n", 0, "expected at least one operation" },
	{ "a line that is none", "[setup]\n# a comment\nlines\n[a]\nline=hide\n", 3, "" },
	{ "a key before all groups", "# a comment\n\nline=hide\n", 3, "" },
	{ "an operation without a line", ABOVE "[show]\nbefore=hide\n", 12, "[show] " },
	{ "a line that the parser refuses", ABOVE SHOW "[move]\nline=move 1,2,3\n", 14,
	  "[move] expected a place X,Y in pixels, got \"1,2,3\", in "
	  "\"move 1,2,3\"" },
	{ "what it needs is refused", ABOVE "[show]\nbefore=cursor E\nline=hide\n", 12,
	  "[show] expected a buffer of at most 64x64 made above, got \"E\", in \"cursor E\"" },
	{ "a group with blanks behind it", ABOVE "[show] \nline=cursor E\n", 12, "" },
	{ "an operation that is none", ABOVE "[check]\nline=check\n", 12, "[check] expected " },
	{ "no such choice", ABOVE "[show]\nline=cursor {corsor}\n", 12,
	  "[show] expected the name of one of the [choices], got {corsor}" },
	{ "a choice of nothing", "[choices]\ncursor=\n[show]\nline=cursor {cursor}\n", 3,
	  "[show] expected the name of one of the [choices], got {cursor}" },
	{ "a weight of 0", ABOVE SHOW "weight=0\n", 12,
	  "[show] expected a weight from 1 to 1000, got 0" },
	{ "a weight of 1001", ABOVE SHOW "weight=1001\n", 12,
	  "[show] expected a weight from 1 to 1000, got 1001" },
	{ "a weight that is no number", ABOVE SHOW "weight=much\n", 12, "[show] " },
	{ "a company without the fault",
	  SHOW "[choices]\ncursor=C\nat=1,2\n"
	       "[setup]\nlines=output 8x8;buffer C cursor 8x8\n[company]\nsignal=signal\n",
	  8, "[company] expected {fault} in signal" },
	{ "a company that the parser refuses",
	  "[setup]\nlines=output 8x8\n[drop]\nline=dropmaster\n"
	  "[company]\nboth=signal;{fault} twice\n",
	  5, "[company] expected " },
	{ "a company with a choice that there is not",
	  "[setup]\nlines=output 8x8\n[drop]\nline=dropmaster\n\n"
	  "[company]\nboth={fault} again={bytes}\n",
	  6, "[company] expected the name of one of the [choices], got {bytes}" },
};

static void check_mistake(void **state)
{
	const struct mistake *row = *state;
	g_autofree char *path = write_table(row->text), *wanted = NULL;
	g_autoptr(GError) error = NULL;

	assert_null(operation_table_load(path, &error));
	g_unlink(path);
	assert_non_null(error);
	wanted = row->line ? g_strdup_printf("%s:%d: %s", path, row->line, row->message) :
			     g_strdup_printf("%s: %s", path, row->message);
	if (!g_str_has_prefix(error->message, wanted))
		fail_msg("%s\nis not\n%s", error->message, wanted);
	assert_null(strchr(error->message, '\n'));
}

static void test_a_file_that_is_not_there(void **state)
{
	g_autoptr(GError) error = NULL;

	(void)state;
	assert_null(operation_table_load("/nowhere/operations.ini", &error));
	assert_non_null(strstr(error->message, "/nowhere/operations.ini"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operations_and_companies_are_in_the_files_order),
		cmocka_unit_test(test_weights_are_1_if_nothing_is_said),
		cmocka_unit_test(test_a_table_needs_neither_choices_nor_company),
		cmocka_unit_test(test_a_sweep_takes_the_first_of_each_choice),
		cmocka_unit_test(test_a_sweep_goes_on_from_any_allocation),
		cmocka_unit_test(test_company_stands_around_the_fault),
		cmocka_unit_test(test_a_seed_gives_the_same_company_each_time),
		cmocka_unit_test(test_all_values_come_and_nothing_else),
		cmocka_unit_test(test_each_pair_that_is_shipped_is_a_program),
		cmocka_unit_test(test_no_operation_is_forgotten),
		cmocka_unit_test(test_a_file_that_is_not_there),
	};
	int failed = cmocka_run_group_tests_name("operations", tests, NULL, NULL);

	return failed + RUN_ROWS("mistakes", mistakes, check_mistake);
}
