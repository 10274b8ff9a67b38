// SPDX-License-Identifier: MIT
#include "tests/runner/operations.h"

#include <gio/gio.h>
#include <string.h>

#include "compositor/model/program.h"

#define SETUP "setup"
#define CHOICES "choices"
#define COMPANY "company"
#define PRESSURE "pressure"
#define FAULT OPERATION_FAULT

static void entry_free(gpointer data)
{
	struct operation_entry *entry = data;

	g_free(entry->name);
	g_strfreev(entry->lines);
	g_strfreev(entry->before);
	g_strfreev(entry->after);
	g_free(entry->fault);
	g_free(entry);
}

static void company_free(gpointer data)
{
	struct operation_company *company = data;

	g_free(company->name);
	g_strfreev(company->lines);
	g_free(company);
}

void operation_table_free(struct operation_table *table)
{
	if (!table)
		return;
	g_strfreev(table->setup);
	g_strfreev(table->pressures);
	g_hash_table_unref(table->choices);
	g_ptr_array_unref(table->operations);
	g_ptr_array_unref(table->companies);
	g_free(table);
}

const struct operation_entry *operation_table_find(const struct operation_table *table,
						   const char *name)
{
	for (guint i = 0; i < table->operations->len; i++) {
		const struct operation_entry *entry = g_ptr_array_index(table->operations, i);

		if (!strcmp(entry->name, name))
			return entry;
	}
	return NULL;
}

/* "A..B" within @value is a number from A to B. */
static char *pick_number(const char *value, struct rng *rng)
{
	g_autoptr(GRegex) range = g_regex_new("(-?[0-9]+)\\.\\.(-?[0-9]+)", 0, 0, NULL);
	g_autoptr(GString) text = g_string_new(value);
	g_autoptr(GMatchInfo) match = NULL;

	while (g_regex_match(range, text->str, 0, &match)) {
		g_autofree char *low = g_match_info_fetch(match, 1);
		g_autofree char *high = g_match_info_fetch(match, 2);
		gint64 from = g_ascii_strtoll(low, NULL, 10), to = g_ascii_strtoll(high, NULL, 10);
		gint64 number =
			from + (to > from ? (gint64)rng_below(rng, (guint64)(to - from + 1)) : 0);
		g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number);
		int start, end;

		g_match_info_fetch_pos(match, 0, &start, &end);
		g_string_erase(text, start, end - start);
		g_string_insert(text, start, digits);
		g_clear_pointer(&match, g_match_info_free);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *pick(const struct operation_table *table, const char *name, struct rng *rng,
		  GError **error)
{
	GStrv values = g_hash_table_lookup(table->choices, name);

	if (!values || !values[0]) {
		g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
			    "expected the name of one of the [" CHOICES "], got {%s}", name);
		return NULL;
	}
	if (!rng)
		return g_strdup(values[0]);
	return pick_number(values[rng_below(rng, g_strv_length(values))], rng);
}

/* What @name stands for: what it did before, according to @picked. Borrowed from there. */
static const char *value_of(const struct operation_table *table, const char *name, struct rng *rng,
			    GHashTable *picked, GError **error)
{
	char *value = g_hash_table_lookup(picked, name);

	if (value)
		return value;
	value = pick(table, name, rng, error);
	if (value)
		g_hash_table_insert(picked, g_strdup(name), value);
	return value;
}

GHashTable *operation_picked_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

char *operation_expand(const struct operation_table *table, const char *line, struct rng *rng,
		       GHashTable *picked, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const char *open, *close;

	while ((open = strchr(line, '{')) && (close = strchr(open, '}'))) {
		g_autofree char *name = g_strndup(open + 1, (gsize)(close - open - 1));
		const char *value = value_of(table, name, rng, picked, error);

		if (!value)
			return NULL;
		g_string_append_len(text, line, open - line);
		g_string_append(text, value);
		line = close + 1;
	}
	g_string_append(text, line);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void append_lines(GString *text, const char *const *lines)
{
	for (int i = 0; lines && lines[i]; i++)
		g_string_append_printf(text, "%s\n", lines[i]);
}

const struct operation_company *operation_table_company(const struct operation_table *table,
							const char *name)
{
	for (guint i = 0; i < table->companies->len; i++) {
		const struct operation_company *company = g_ptr_array_index(table->companies, i);

		if (!strcmp(company->name, name))
			return company;
	}
	return NULL;
}

/* The fault line, with what stands around it. */
static gboolean append_fault(GString *text, const struct operation_table *table,
			     const struct operation_entry *entry,
			     const struct operation_company *company, struct rng *rng, guint nth,
			     GError **error)
{
	g_autofree char *fault = g_strdup_printf("fault nth=%u..%s", nth, entry->fault);
	static char *const alone[] = { (char *)FAULT, NULL };
	g_autoptr(GHashTable) picked = operation_picked_new();
	char *const *lines = company ? company->lines : alone;

	for (int i = 0; lines[i]; i++) {
		const char *at = strstr(lines[i], FAULT);
		g_autofree char *rest = NULL;

		rest = operation_expand(table, at ? at + strlen(FAULT) : lines[i], rng, picked,
					error);
		if (!rest)
			return FALSE;
		g_string_append_printf(text, "%s%s%s\n", at ? fault : "", rest, at ? " check" : "");
	}
	return TRUE;
}

static char *sweep_text(const struct operation_table *table, const struct operation_entry *entry,
			const struct operation_company *company, struct rng *rng, guint nth,
			GError **error)
{
	g_autoptr(GHashTable) picked = operation_picked_new();
	g_autofree char *before_lines = g_strjoinv("\n", entry->before);
	g_autofree char *lines = g_strjoinv("\n", entry->lines);
	g_autofree char *before = operation_expand(table, before_lines, NULL, picked, error);
	g_autofree char *line = before ? operation_expand(table, lines, NULL, picked, error) : NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (!line)
		return NULL;
	g_string_append_printf(text, "# %s, from allocation %u on\n", entry->name, nth);
	append_lines(text, (const char *const *)table->setup);
	g_string_append_printf(text, "%s%scheck\n", before, *before ? "\n" : "");
	if (!append_fault(text, table, entry, company, rng, nth, error))
		return NULL;
	g_string_append_printf(text, "%s\ncheck\n", line);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

char *operation_sweep_text(const struct operation_table *table, const struct operation_entry *entry,
			   const struct operation_company *company, struct rng *rng, guint nth)
{
	return sweep_text(table, entry, company, rng, nth, NULL);
}

/* Every operation can be swept, so that what is wrong with it is found before any guest is started. */
static gboolean check_entry(const struct operation_table *table,
			    const struct operation_entry *entry,
			    const struct operation_company *company, GError **error)
{
	g_autofree char *text = sweep_text(table, entry, company, NULL, 1, error);
	struct program_error wrong;
	struct program *program;

	if (!text)
		return FALSE;
	program = program_parse(text, strlen(text), &wrong);
	if (!program) {
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

		g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
			    "%s, in \"%s\"", wrong.text,
			    wrong.line ? lines[wrong.line - 1] : entry->name);
		return FALSE;
	}
	program_destroy(program);
	return TRUE;
}

static GStrv get_list(GKeyFile *file, const char *group, const char *key)
{
	GStrv list = g_key_file_get_string_list(file, group, key, NULL, NULL);

	return list ? list : g_new0(char *, 1);
}

/* A value that goes behind others, so with a blank before it, or "". The caller's. */
static char *get_options(GKeyFile *file, const char *group, const char *key)
{
	g_autofree char *value = g_key_file_get_string(file, group, key, NULL);

	return g_strconcat(value ? " " : "", value, NULL);
}

static gboolean add_entry(struct operation_table *table, GKeyFile *file, const char *group,
			  GError **error)
{
	struct operation_entry *entry = g_new0(struct operation_entry, 1);

	g_ptr_array_add(table->operations, entry);
	entry->name = g_strdup(group);
	entry->before = get_list(file, group, "before");
	entry->after = get_list(file, group, "after");
	entry->fault = get_options(file, group, "fault");
	entry->weight = 1;
	entry->lines = g_key_file_get_string_list(file, group, "line", NULL, error);
	if (!entry->lines)
		return FALSE;
	if (g_key_file_has_key(file, group, "weight", NULL)) {
		int weight = g_key_file_get_integer(file, group, "weight", error);

		if (weight < 1 || weight > 1000) {
			if (error && !*error)
				g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
					    "expected a weight from 1 to 1000, got %d", weight);
			return FALSE;
		}
		entry->weight = (guint)weight;
	}
	return check_entry(table, entry, NULL, error);
}

static void add_choices(struct operation_table *table, GKeyFile *file)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, CHOICES, NULL, NULL);

	for (int i = 0; keys && keys[i]; i++)
		g_hash_table_insert(table->choices, g_strdup(keys[i]),
				    get_list(file, CHOICES, keys[i]));
}

static gboolean add_company(struct operation_table *table, GKeyFile *file, const char *name,
			    GError **error)
{
	struct operation_company *company = g_new0(struct operation_company, 1);
	gboolean fault = FALSE;

	company->name = g_strdup(name);
	company->lines = get_list(file, COMPANY, name);
	g_ptr_array_add(table->companies, company);
	for (int i = 0; company->lines[i]; i++)
		fault |= strstr(company->lines[i], FAULT) != NULL;
	if (!fault) {
		g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
			    "expected " FAULT " in %s", name);
		return FALSE;
	}
	return check_entry(table, g_ptr_array_index(table->operations, 0), company, error);
}

/* They are tried with an operation, so these come first. */
static gboolean add_companies(struct operation_table *table, GKeyFile *file, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, COMPANY, NULL, NULL);

	for (int i = 0; keys && keys[i]; i++)
		if (!add_company(table, file, keys[i], error))
			return FALSE;
	return TRUE;
}

/* What is wrong, in @group: where that begins in @text. */
static void prefix_group(GError **error, const char *path, const char *text, const char *group)
{
	g_autofree char *header = g_strdup_printf("[%s]", group);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	int i = 0;

	while (lines[i] && strcmp(g_strstrip(lines[i]), header))
		i++;
	g_prefix_error(error, "%s:%d: %s ", path, i + 1, header);
}

static gboolean read_groups(struct operation_table *table, GKeyFile *file, const char *path,
			    const char *text, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

	table->setup = get_list(file, SETUP, "lines");
	table->pressures = get_list(file, PRESSURE, "lines");
	add_choices(table, file);
	for (int i = 0; groups[i]; i++) {
		if (!strcmp(groups[i], SETUP) || !strcmp(groups[i], CHOICES) ||
		    !strcmp(groups[i], COMPANY) || !strcmp(groups[i], PRESSURE))
			continue;
		if (!add_entry(table, file, groups[i], error)) {
			prefix_group(error, path, text, groups[i]);
			return FALSE;
		}
	}
	if (!table->operations->len) {
		g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND,
			    "%s: expected at least one operation", path);
		return FALSE;
	}
	if (add_companies(table, file, error))
		return TRUE;
	prefix_group(error, path, text, COMPANY);
	return FALSE;
}

/* The first line of @text with which it is no key file any more: GKeyFile does not say. */
static guint wrong_line(const char *text)
{
	guint line = 0;

	for (const char *end = text; *end; line++) {
		g_autoptr(GKeyFile) file = g_key_file_new();

		end += strcspn(end, "\n");
		end += *end ? 1 : 0;
		if (!g_key_file_load_from_data(file, text, (gsize)(end - text), G_KEY_FILE_NONE,
					       NULL))
			return line + 1;
	}
	return line;
}

static gboolean read_file(struct operation_table *table, const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *text = NULL;
	gsize len;

	if (!g_file_get_contents(path, &text, &len, error))
		return FALSE;
	if (g_key_file_load_from_data(file, text, len, G_KEY_FILE_NONE, error))
		return read_groups(table, file, path, text, error);
	g_prefix_error(error, "%s:%u: ", path, wrong_line(text));
	return FALSE;
}

struct operation_table *operation_table_load(const char *path, GError **error)
{
	struct operation_table *table = g_new0(struct operation_table, 1);

	table->choices =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
	table->operations = g_ptr_array_new_with_free_func(entry_free);
	table->companies = g_ptr_array_new_with_free_func(company_free);
	if (read_file(table, path, error))
		return table;
	operation_table_free(table);
	return NULL;
}
