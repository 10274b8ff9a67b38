// SPDX-License-Identifier: MIT
/*
 * Recorded trials are judged as a person has judged them, and so are their edited copies: see
 * tests/golden/README.md. Each folder and each edit is a test of its own.
 */
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>

#include "tests/runner/recorded.h"
#include "tests/unit/unit.h"

#define ABOUT "about"
#define VERDICTS "verdicts"
#define EDIT "edit: "

struct golden {
	char *name; /* first, for run_rows() */
	char *dir;
	GKeyFile *file;
	char *group; /* the edit's, or NULL */
};

static char *describe(const struct verdict *verdict)
{
	return g_strconcat(verdict_name(verdict->kind), *verdict->signature ? " " : "",
			   verdict->signature, NULL);
}

/* What the edit's group says of @key, the caller's; NULL: nothing. */
static char *said(const struct golden *golden, const char *key)
{
	return golden->group ? g_key_file_get_string(golden->file, golden->group, key, NULL) : NULL;
}

/* What @golden says of the rule, the caller's; NULL: nothing. */
static char *wanted(const struct golden *golden, const char *rule)
{
	char *value = said(golden, rule);

	if (!value)
		value = g_key_file_get_string(golden->file, VERDICTS, rule, NULL);
	/* Most were recorded of programs without any. */
	if (!value && rule_is_fence(rule_by_name(rule)))
		value = g_strdup("SKIP the program had nothing to do with it");
	return value;
}

static guint compare(const struct golden *golden, const struct trial *trial)
{
	g_autofree char *flaw = said(golden, "flaw");
	guint wrong = 0;

	if (g_strcmp0(flaw, trial->flaw)) {
		print_error("%s: the flaw is \"%s\", not \"%s\"\n", golden->name, trial->flaw,
			    flaw);
		return 1;
	}
	for (int rule = 0; !flaw && rule < RULE_COUNT; rule++) {
		g_autofree char *expected = wanted(golden, rules[rule].name);
		g_autofree char *actual = describe(&trial->verdicts[rule]);

		if (!g_strcmp0(expected, actual))
			continue;
		print_error("%s: %s=%s, not %s\n", golden->name, rules[rule].name, actual,
			    expected ? expected : "(nothing is said)");
		wrong++;
	}
	return wrong;
}

/* Returns how much is wrong. */
static guint judge(const struct golden *golden, const char *dir)
{
	g_autofree char *complaint = said(golden, "error");
	g_autoptr(GError) error = NULL;
	struct recorded *recorded = recorded_load(dir, "golden", &error);
	guint wrong;

	if (!recorded) {
		if (complaint && strstr(error->message, complaint))
			return 0;
		print_error("%s: %s\n", golden->name, error->message);
		return 1;
	}
	if (complaint)
		print_error("%s: was read, without the error \"%s\"\n", golden->name, complaint);
	wrong = complaint ? 1 : compare(golden, recorded->trial);
	recorded_free(recorded);
	return wrong;
}

static void copy_file(const char *from, const char *to)
{
	g_autofree char *bytes = NULL;
	gsize len;

	assert_true(g_file_get_contents(from, &bytes, &len, NULL));
	assert_true(g_file_set_contents(to, bytes, (gssize)len, NULL));
}

static void copy_folder(const char *from, const char *to)
{
	g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
	const char *name;

	assert_non_null(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *source = g_build_filename(from, name, NULL);
		g_autofree char *copy = g_build_filename(to, name, NULL);

		copy_file(source, copy);
	}
}

static void remove_folder(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(path, name, NULL);

		g_unlink(file);
	}
	g_rmdir(path);
}

/*
 * Carry out one edit: @words are the verb and what follows it. Lines count from 1; the last element of @lines
 * is what follows the last newline.
 */
static void edit_lines(GPtrArray *lines, char **words)
{
	guint n = (guint)g_ascii_strtoull(words[1], NULL, 10), i = n - 1;
	guint other = words[2] ? (guint)g_ascii_strtoull(words[2], NULL, 10) : n;
	const char *verb = words[0];
	char *line;

	assert_true(n > 0 && n < lines->len);
	line = g_ptr_array_index(lines, i);
	if (!strcmp(verb, "replace")) {
		lines->pdata[i] = g_strdup(words[2]);
		g_free(line);
		return;
	}
	assert_true(other > 0 && other < lines->len);
	if (!strcmp(verb, "drop")) {
		g_ptr_array_remove_range(lines, i, other - i);
	} else if (!strcmp(verb, "duplicate")) {
		for (guint from = i; from < other; from++)
			g_ptr_array_insert(lines, (gint)(other + from - i),
					   g_strdup(lines->pdata[from]));
	} else if (!strcmp(verb, "swap")) {
		lines->pdata[i] = lines->pdata[other - 1];
		lines->pdata[other - 1] = line;
	} else if (!strcmp(verb, "cut")) {
		line[strlen(line) / 2] = '\0';
	} else {
		assert_string_equal(verb, "end");
		line[strlen(line) / 2] = '\0';
		g_ptr_array_set_size(lines, (gint)n);
	}
}

static void edit_text(const char *path, char **edits)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *bytes = NULL;
	g_auto(GStrv) parts = NULL;

	assert_true(g_file_get_contents(path, &bytes, NULL, NULL));
	parts = g_strsplit(bytes, "\n", -1);
	for (int i = 0; parts[i]; i++)
		g_ptr_array_add(lines, g_strdup(parts[i]));
	for (int i = 0; edits[i]; i++) {
		g_auto(GStrv) words = g_strsplit(edits[i], " ", 3);

		assert_true(g_strv_length(words) >= 2);
		edit_lines(lines, words);
	}
	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "%s%s", i ? "\n" : "",
				       (char *)g_ptr_array_index(lines, i));
	if (!strcmp(text->str, bytes))
		fail_msg("%s: the edit changes nothing", path);
	assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
}

/* @edits are those of file @name in folder @dir. */
static void edit_file(const char *dir, const char *name, char **edits)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	if (!strcmp(edits[0], "remove")) {
		assert_int_equal(g_unlink(path), 0);
	} else if (g_str_has_prefix(edits[0], "copy ")) {
		g_autofree char *from = g_build_filename(dir, edits[0] + strlen("copy "), NULL);

		copy_file(from, path);
	} else {
		edit_text(path, edits);
	}
}

/* The edits under @edit_key, of the file under @file_key; returns whether there are any. */
static bool edit_copy(const struct golden *golden, const char *copy, const char *file_key,
		      const char *edit_key)
{
	g_autofree char *file = g_key_file_get_string(golden->file, golden->group, file_key, NULL);
	g_auto(GStrv) edits =
		g_key_file_get_string_list(golden->file, golden->group, edit_key, NULL, NULL);

	if (!file || !edits || !edits[0])
		return false;
	edit_file(copy, file, edits);
	return true;
}

static void check_golden(void **state)
{
	const struct golden *golden = *state;
	g_autofree char *copy = NULL;
	bool edited;
	guint wrong;

	if (!golden->group) {
		assert_int_equal(judge(golden, golden->dir), 0);
		return;
	}
	copy = g_dir_make_tmp("golden-XXXXXX", NULL);
	assert_non_null(copy);
	copy_folder(golden->dir, copy);
	edited = edit_copy(golden, copy, "file", "edit");
	edit_copy(golden, copy, "also-file", "also-edit");
	wrong = judge(golden, copy);
	remove_folder(copy);
	assert_true(edited);
	assert_int_equal(wrong, 0);
}

static void golden_clear(gpointer data)
{
	struct golden *golden = data;

	g_free(golden->name);
	g_free(golden->dir);
	g_free(golden->group);
	g_key_file_unref(golden->file);
}

/* One element for the folder as it is and one for each edit. */
static bool add_folder(GArray *all, const char *name)
{
	g_autofree char *dir = g_build_filename(GOLDEN_DIR, name, NULL);
	g_autofree char *path = g_build_filename(dir, "golden.ini", NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) groups = NULL;

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error)) {
		print_error("%s: %s\n", path, error->message);
		return false;
	}
	groups = g_key_file_get_groups(file, NULL);
	for (int i = 0; groups[i]; i++) {
		struct golden golden = { .dir = g_strdup(dir), .file = g_key_file_ref(file) };
		bool is_edit = g_str_has_prefix(groups[i], EDIT);

		golden.group = is_edit ? g_strdup(groups[i]) : NULL;
		golden.name = is_edit ? g_strdup_printf("%s, %s", name, groups[i] + strlen(EDIT)) :
					g_strdup_printf("%s, as recorded", name);
		if (is_edit || !strcmp(groups[i], VERDICTS))
			g_array_append_val(all, golden);
		else
			golden_clear(&golden);
		if (!is_edit && strcmp(groups[i], VERDICTS) && strcmp(groups[i], ABOUT)) {
			print_error("%s: expected [about], [verdicts] or [edit: NAME], got [%s]\n",
				    path, groups[i]);
			return false;
		}
	}
	return true;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(((const struct golden *)a)->name, ((const struct golden *)b)->name);
}

/*
 * Each rule is seen to PASS in one run and to FAIL in another; of those on fences, most are broken by no driver that there is,
 * so what breaks them is planted.
 */
static void test_every_rule_has_a_pass_and_a_fail(void **state)
{
	const GArray *all = *state;

	for (int rule = 0; rule < RULE_COUNT; rule++) {
		guint seen[VERDICT_KINDS] = { 0 };

		for (guint i = 0; i < all->len; i++) {
			const struct golden *golden = &g_array_index(all, struct golden, i);
			g_autofree char *value = golden->group && !rule_is_fence(rule) ?
							 NULL :
							 wanted(golden, rules[rule].name);

			for (int kind = 0; value && kind < VERDICT_KINDS; kind++)
				if (g_str_has_prefix(value, verdict_name((enum verdict_kind)kind)))
					seen[kind]++;
		}
		if (!seen[VERDICT_PASS] || !seen[VERDICT_FAIL])
			fail_msg("no recorded %s of %s", seen[VERDICT_PASS] ? "FAIL" : "PASS",
				 rules[rule].name);
	}
}

int main(void)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct golden));
	g_autoptr(GDir) dir = g_dir_open(GOLDEN_DIR, 0, NULL);
	struct CMUnitTest coverage = {
		.name = "every rule has a recorded PASS and a recorded FAIL",
		.test_func = test_every_rule_has_a_pass_and_a_fail,
		.initial_state = all,
	};
	const char *name;
	int failed = 0;

	g_array_set_clear_func(all, golden_clear);
	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(GOLDEN_DIR, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR) && !add_folder(all, name))
			failed++;
	}
	g_array_sort(all, compare_names);
	failed += run_rows("golden", all->data, all->len, sizeof(struct golden), check_golden);
	failed += _cmocka_run_group_tests("golden", &coverage, 1, NULL, NULL);
	return failed;
}
