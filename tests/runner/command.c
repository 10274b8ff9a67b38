// SPDX-License-Identifier: MIT
#include "tests/runner/command.h"

#include <stdio.h>
#include <string.h>

int command_trouble(const char *format, ...)
{
	va_list args;

	fputs("storm: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return STORM_TROUBLE;
}

int command_failed(const GError *error)
{
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return command_trouble("interrupted");
	if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_FAILED_HANDLED))
		return command_trouble("%s", error->message);
	return STORM_TROUBLE;
}

GStrv command_split(const char *list, GError **error)
{
	g_auto(GStrv) words = g_strsplit(list, ",", -1);

	if (words[0] && !g_strv_contains((const char *const *)words, ""))
		return g_steal_pointer(&words);
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		    "expected names with commas between them, got \"%s\"", list);
	return NULL;
}

/* Whether @programs has none that is called like @file: its trials would share their folders. */
static gboolean name_is_free(GPtrArray *programs, const struct program_file *file, GError **error)
{
	for (guint i = 0; i < programs->len; i++) {
		const struct program_file *other = g_ptr_array_index(programs, i);

		if (strcmp(other->name, file->name))
			continue;
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected programs with different names, got \"%s\" twice", file->name);
		return FALSE;
	}
	return TRUE;
}

GPtrArray *command_programs(GStrv wanted, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) programs =
		g_ptr_array_new_with_free_func((GDestroyNotify)program_file_free);
	g_autofree char *dir = g_build_filename(build_root(), "data", folder, NULL);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	if (!wanted && !program_paths(dir, paths, error))
		return NULL;
	for (int i = 0; wanted && wanted[i]; i++) {
		g_autofree char *file = g_strconcat(wanted[i], ".storm", NULL);

		g_ptr_array_add(paths, g_str_has_suffix(wanted[i], ".storm") ?
					       g_strdup(wanted[i]) :
					       g_build_filename(dir, file, NULL));
	}
	for (guint i = 0; i < paths->len; i++) {
		struct program_file *file = program_file_load(g_ptr_array_index(paths, i), error);

		if (!file)
			return NULL;
		if (!name_is_free(programs, file, error)) {
			program_file_free(file);
			return NULL;
		}
		g_ptr_array_add(programs, file);
	}
	return g_steal_pointer(&programs);
}

/* The names of all but the controls, which are drivers that nobody proposes: they are run when they are asked for. */
static GStrv proposed(GStrv known)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();

	for (int i = 0; known[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(known[i], "\t", 2);

		if (!parts[1] || !g_str_has_prefix(parts[1], "control:"))
			g_strv_builder_add(names, parts[0]);
	}
	return g_strv_builder_end(names);
}

GStrv command_variants(const char *wanted, GError **error)
{
	g_auto(GStrv) known = build_list_variants(error), chosen = NULL;

	if (!known)
		return NULL;
	if (!wanted)
		return proposed(known);
	for (int i = 0; known[i]; i++)
		*strchrnul(known[i], '\t') = '\0';
	chosen = command_split(wanted, error);
	for (int i = 0; chosen && chosen[i]; i++) {
		if (g_strv_contains((const char *const *)chosen + i + 1, chosen[i])) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				    "expected each variant once, got \"%s\" twice", chosen[i]);
			return NULL;
		}
		if (g_strv_contains((const char *const *)known, chosen[i]))
			continue;
		g_autofree char *all = g_strjoinv(", ", known);

		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
			    "expected one of the variants %s, got \"%s\"", all, chosen[i]);
		return NULL;
	}
	return g_steal_pointer(&chosen);
}

gboolean command_build(const struct session *session, GStrv names, GPtrArray *built, GError **error)
{
	for (int i = 0; names[i]; i++) {
		struct variant *variant =
			build_variant(session->base, &session->options->build, names[i],
				      session->options->cancellable, error);

		if (!variant)
			return FALSE;
		g_ptr_array_add(built, variant);
	}
	return TRUE;
}

struct operation_table *command_table(GError **error)
{
	g_autofree char *path = g_build_filename(build_root(), "data", "operations.ini", NULL);

	return operation_table_load(path, error);
}

gboolean command_patches(char **patches, GError **error)
{
	for (int i = 0; patches[i]; i++) {
		if (g_file_test(patches[i], G_FILE_TEST_IS_REGULAR))
			continue;
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected a patch file, got \"%s\"", patches[i]);
		return FALSE;
	}
	return TRUE;
}

/* So that runs of other patches are not taken for the same. */
static char *hash_files(char **paths, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

	for (int i = 0; paths[i]; i++) {
		g_autofree char *text = NULL;
		gsize len;

		if (!g_file_get_contents(paths[i], &text, &len, error))
			return NULL;
		g_checksum_update(checksum, (const guchar *)text, (gssize)len);
	}
	return g_strndup(g_checksum_get_string(checksum), 16);
}

gboolean command_build_patches(struct session *session, char **patches, GPtrArray *built,
			       GError **error)
{
	struct variant *tried = build_patches(session->base, &session->options->build, CANDIDATE,
					      patches, session->options->cancellable, error);

	if (!tried)
		return FALSE;
	g_ptr_array_add(built, tried);
	session->patches = hash_files(patches, error);
	return session->patches != NULL;
}

char *command_words(const struct arguments *arguments)
{
	return arguments->rest ? g_strjoinv(" ", arguments->rest) : g_strdup("");
}
