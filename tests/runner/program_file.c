// SPDX-License-Identifier: MIT
#include "tests/runner/program_file.h"

#include <string.h>

/* Parse the text that @file has; what is complained of is called @path. */
static gboolean parse(struct program_file *file, const char *path, GError **error)
{
	struct program_error wrong;

	file->path = g_strdup(path);
	file->program = program_parse(file->text, file->len, &wrong);
	if (file->program)
		return TRUE;
	if (wrong.line)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s:%d: %s", path,
			    wrong.line, wrong.text);
	else
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", path, wrong.text);
	return FALSE;
}

struct program_file *program_file_load(const char *path, GError **error)
{
	struct program_file *file = g_new0(struct program_file, 1);
	g_autofree char *base = g_path_get_basename(path);

	file->name = g_str_has_suffix(base, ".storm") ? g_strndup(base, strlen(base) - 6) :
							g_strdup(base);
	if (g_file_get_contents(path, &file->text, &file->len, error) && parse(file, path, error))
		return file;
	program_file_free(file);
	return NULL;
}

struct program_file *program_file_parse(const char *name, const char *text, gsize len,
					GError **error)
{
	struct program_file *file = g_new0(struct program_file, 1);

	file->name = g_strdup(name);
	file->text = g_strndup(text, len);
	file->len = len;
	if (parse(file, name, error))
		return file;
	program_file_free(file);
	return NULL;
}

void program_file_free(struct program_file *file)
{
	if (!file)
		return;
	g_free(file->name);
	g_free(file->path);
	g_free(file->text);
	program_destroy(file->program);
	g_free(file);
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

gboolean program_paths(const char *dir, GPtrArray *paths, GError **error)
{
	g_autoptr(GDir) folder = g_dir_open(dir, 0, error);
	const char *name;

	while (folder && (name = g_dir_read_name(folder)))
		if (g_str_has_suffix(name, ".storm"))
			g_ptr_array_add(paths, g_build_filename(dir, name, NULL));
	g_ptr_array_sort(paths, compare_paths);
	return folder != NULL;
}

char *program_title(const struct program_file *file)
{
	g_auto(GStrv) lines = g_strsplit(file->text, "\n", -1);

	for (int i = 0; lines[i]; i++)
		if (lines[i][0] == '#' && !strstr(lines[i], "SPDX"))
			return g_strstrip(g_strdup(lines[i] + 1));
	return g_strdup("");
}
