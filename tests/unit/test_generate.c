// SPDX-License-Identifier: MIT
/* The generator: a seed and a number give a program, always the same one, and a valid one. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tests/runner/generate.h"
#include "tests/unit/unit.h"

#define TABLE SOURCE_ROOT "/data/operations.ini"
/* So many programs are looked at where one says little. */
#define MANY 2000

static struct operation_table *load(const char *path)
{
	g_autoptr(GError) error = NULL;
	struct operation_table *table = operation_table_load(path, &error);

	if (!table)
		print_error("%s\n", error->message);
	assert_non_null(table);
	return table;
}

static int setup(void **state)
{
	*state = load(TABLE);
	return 0;
}

static int teardown(void **state)
{
	operation_table_free(*state);
	return 0;
}

static char *text_of(const struct operation_table *table, guint64 seed, guint64 number)
{
	char *text = generate_text(table, seed, number, NULL);

	assert_non_null(text);
	return text;
}

/* Each by itself: no program depends on which were made before. */
static void test_same(void **state)
{
	struct operation_table *again = load(TABLE);

	for (guint64 number = 0; number < 100; number++) {
		g_autofree char *first = text_of(*state, 1, number);
		g_autofree char *other = text_of(*state, 1, 99 - number);
		g_autofree char *second = text_of(again, 1, number);

		assert_string_equal(first, second);
		(void)other;
	}
	operation_table_free(again);
}

/* Write @text to a file of its own, and read it as a table. */
static struct operation_table *table_of(const char *text)
{
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("operations-XXXXXX", &path, NULL);
	struct operation_table *table;

	assert_true(g_close(fd, NULL));
	assert_true(g_file_set_contents(path, text, -1, NULL));
	table = load(path);
	g_unlink(path);
	return table;
}

/* The same on every machine and for ever: another answer means that the numbers in people's reports are of
 * no use any more. */
static void test_known(void **state)
{
	struct operation_table *table =
		table_of("[setup]\nlines=output 640x480;buffer C cursor 64x64\n"
			 "[choices]\nat=1,1;0..99,0..99\n"
			 "[company]\nsignals=signals every=1ms;{fault}\n"
			 "[set]\nline=paint C;cursor C at={at}\nweight=3\n"
			 "[move]\nbefore=cursor C at=1,2\nline=move {at}\n"
			 "[off]\nline=modeset off\nafter=modeset 640x480\n");
	g_autofree char *text = text_of(table, 1, 4);

	(void)state;
	assert_string_equal(text, "# program 4 of seed 1\n"
				  "output 640x480\n"
				  "buffer C cursor 64x64\n"
				  "signals every=1ms\n"
				  "repeat 16\n"
				  "\tpaint C\n"
				  "\tcursor C at=94,97\n"
				  "end\n"
				  "repeat 22\n"
				  "\tpaint C\n"
				  "\tcursor C at=1,1\n"
				  "end\n"
				  "check\n"
				  "modeset off\n"
				  "modeset 640x480\n"
				  "check\n"
				  "repeat 43\n"
				  "\tcursor C at=1,1\n"
				  "end\n"
				  "signals off\n"
				  "check\n"
				  "signals every=1ms\n"
				  "fault nth=2\n"
				  "paint C\n"
				  "cursor C at=1,1\n"
				  "check\n"
				  "cursor C at=1,2\n"
				  "repeat 34\n"
				  "\tmove 57,31\n"
				  "end\n"
				  "check\n"
				  "repeat 4\n"
				  "\tcursor C at=63,94\n"
				  "end\n"
				  "check\n"
				  "signals off\n"
				  "check\n");
	operation_table_free(table);
}

static void test_different(void **state)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint64 number = 0; number < MANY; number++) {
		g_autofree char *text = text_of(*state, 1, number);
		g_autofree char *other = text_of(*state, 2, number);

		/* Without their titles. */
		assert_true(g_hash_table_add(seen, g_strdup(strchr(text, '\n'))));
		assert_true(g_hash_table_add(seen, g_strdup(strchr(other, '\n'))));
	}
}

static void test_valid(void **state)
{
	for (guint64 number = 0; number < MANY; number++) {
		g_autoptr(GError) error = NULL;
		struct program_file *file = generate_program(*state, 1, number, &error);
		g_auto(GStrv) lines = NULL;

		if (!file)
			print_error("%s\n", error->message);
		assert_non_null(file);
		lines = g_strsplit(file->text, "\n", -1);
		assert_in_range(g_strv_length(lines), 12, 52);
		assert_true(g_str_has_suffix(file->text, "\ncheck\n"));
		program_file_free(file);
	}
}

/* Whether one of the first @many programs has @line, of which what is chosen is cut off. */
static bool appears(const struct operation_table *table, guint64 many, const char *line)
{
	g_autofree char *begin = g_strndup(line, strcspn(line, "{"));

	for (guint64 number = 0; number < many; number++) {
		g_autofree char *text = text_of(table, 1, number);

		if (strstr(text, begin))
			return true;
	}
	return false;
}

static void test_operations(void **state)
{
	const struct operation_table *table = *state;

	for (guint i = 0; i < table->operations->len; i++) {
		const struct operation_entry *entry = g_ptr_array_index(table->operations, i);
		const char *last = entry->lines[g_strv_length(entry->lines) - 1];

		if (!appears(table, 300, last))
			fail_msg("%s is in none of 300 programs", entry->name);
	}
}

static void test_disturbances(void **state)
{
	static const char *const lines[] = { "\nfault nth=1\n",
					     "\nfault nth=1.. check\n",
					     " again=",
					     "\nsignal\n",
					     "\nsignal restart\n",
					     "\nsignals every=",
					     "\nsignals off\n",
					     "\nrival\n",
					     "\nrival off\n",
					     "\ncontend C threads=",
					     "\ncontend C off\n",
					     "\npressure alloc=",
					     "\npressure memory=",
					     "\npressure fds=",
					     "\npressure queue\n",
					     "\npressure off\n",
					     "\nrepeat " };

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		if (!appears(*state, 300, lines[i]))
			fail_msg("%s is in none of 300 programs", lines[i]);
}

/* A file of somebody's with @more at its end; the caller's. */
static struct operation_table *table_with(const char *more)
{
	g_autofree char *text = NULL, *longer = NULL;

	assert_true(g_file_get_contents(TABLE, &text, NULL, NULL));
	longer = g_strconcat(text, more, NULL);
	return table_of(longer);
}

static void test_new_operation(void **state)
{
	struct operation_table *table =
		table_with("\n[mine]\nline=commit cursor=S at=7,7\nafter=setmaster\nweight=5\n");

	assert_true(appears(table, 100, "\ncommit cursor=S at=7,7\n"));
	assert_false(appears(*state, 100, "\ncommit cursor=S at=7,7\n"));
	operation_table_free(table);
}

/* An operation of weight 1000 beside all others, and the same with 1. */
static void test_weight(void **state)
{
	struct operation_table *heavy = table_with("\n[mine]\nline=hide\nweight=1000\n");
	guint count = 0;

	(void)state;
	for (guint64 number = 0; number < 100; number++) {
		g_autofree char *text = text_of(heavy, 1, number);

		count += strstr(text, "hide\n") ? 1 : 0;
	}
	assert_int_equal(count, 100);
	operation_table_free(heavy);
}

static void test_digest(void **state)
{
	struct operation_table *other = table_with("\n[mine]\nline=hide\n");
	g_autofree char *first = generate_digest(*state, 1, NULL);
	g_autofree char *same = generate_digest(*state, 1, NULL);
	g_autofree char *seed = generate_digest(*state, 2, NULL);
	g_autofree char *table = generate_digest(other, 1, NULL);

	assert_string_equal(first, same);
	assert_string_not_equal(first, seed);
	assert_string_not_equal(first, table);
	operation_table_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),	      cmocka_unit_test(test_known),
		cmocka_unit_test(test_different),     cmocka_unit_test(test_valid),
		cmocka_unit_test(test_operations),    cmocka_unit_test(test_disturbances),
		cmocka_unit_test(test_new_operation), cmocka_unit_test(test_weight),
		cmocka_unit_test(test_digest),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
