/* SPDX-License-Identifier: MIT */
#ifndef PLANESTORM_PROGRAM_FILE_H
#define PLANESTORM_PROGRAM_FILE_H

#include <gio/gio.h>

#include "compositor/model/program.h"

/* A .storm file. */
struct program_file {
	char *name; /* the file's name without its ending */
	char *path;
	char *text;
	gsize len;
	struct program *program;
};

/* Read and parse @path; an error says FILE:LINE: what was expected. */
struct program_file *program_file_load(const char *path, GError **error);

/* The same of a @text that is in no file; @name is the program's. */
struct program_file *program_file_parse(const char *name, const char *text, gsize len,
					GError **error);
void program_file_free(struct program_file *file);

/* The paths of all .storm files in the folder @dir, sorted, added to @paths. */
gboolean program_paths(const char *dir, GPtrArray *paths, GError **error);

/* The first comment in the program, for a list. The caller's. */
char *program_title(const struct program_file *file);

#endif
