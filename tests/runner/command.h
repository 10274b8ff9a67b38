/* SPDX-License-Identifier: MIT */
/* What each command of the runner is given, and what they have in common to get ready. */
#ifndef PLANESTORM_COMMAND_H
#define PLANESTORM_COMMAND_H

#include "tests/runner/operations.h"
#include "tests/runner/session.h"

#define DEFAULT_SEED 1
#define DEFAULT_RESULTS "storm-results"
/* The variant that patches of the user's make. */
#define CANDIDATE "tried"
/* Folders of data/ with programs. */
#define PROGRAMS "programs"
#define SMOKE "smoke"

/* All options of all commands; each command takes those that it lists. */
struct arguments {
	struct session_options session;
	char *seed;
	char *variants;	    /* comma-separated */
	char *program_list; /* comma-separated */
	char **programs;    /* the same as a list */
	char *variant;
	int pairs; /* seconds; this and what follows: 0: not given */
	int minutes, trials;
	char *shard; /* I/N */
	char *rule;
	char *output; /* a file */
	int headless; /* seconds */
	char *shot;   /* a file */
	char *acts;
	char **rest;
};

struct command {
	const char *name;
	const char *operands;
	const char *summary;
	int (*run)(struct arguments *arguments); /* returns an exit code */
	const char *const *options;		 /* the long names of those that it takes */
};

/* Each is in the file that is called after it, or after its like. */
int command_matrix(struct arguments *arguments);
int command_try(struct arguments *arguments);
int command_run(struct arguments *arguments);
int command_smoke(struct arguments *arguments);
int command_sweep(struct arguments *arguments);
int command_soak(struct arguments *arguments);
int command_generate(struct arguments *arguments);
int command_merge(struct arguments *arguments);
int command_shrink(struct arguments *arguments);
int command_c(struct arguments *arguments);
int command_list(struct arguments *arguments);
int command_report(struct arguments *arguments);
int command_bench(struct arguments *arguments);
int command_view(struct arguments *arguments);
int command_hands(struct arguments *arguments);
int command_doctor(struct arguments *arguments);

/* What came after the command, as it is; the caller's. */
char *command_words(const struct arguments *arguments);

/* Say what is wrong on stderr, in one line. Returns the exit code for it. */
int command_trouble(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* The same of what @error says, unless the user has been told. */
int command_failed(const GError *error);

/* The words of @list, which are separated by commas and not empty; the caller's, NULL with @error set. */
GStrv command_split(const char *list, GError **error);

/*
 * Load the programs that @wanted names (files, or names in data/@folder), or all of that folder. Returns
 * struct program_file, the caller's, or NULL with @error set.
 */
GPtrArray *command_programs(GStrv wanted, const char *folder, GError **error);

/*
 * The names of the variants that @wanted (comma-separated) asks for; if NULL, of all but the controls.
 * The caller's; NULL with @error set.
 */
GStrv command_variants(const char *wanted, GError **error);

/* data/operations.ini; the caller's, or NULL with @error set. */
struct operation_table *command_table(GError **error);

/* Whether all of @patches are files; they are looked at later. */
gboolean command_patches(char **patches, GError **error);

/* Build the named variants over the session's base, after @built (struct variant) that are there already. */
gboolean command_build(const struct session *session, GStrv names, GPtrArray *built,
		       GError **error);

/* The same for the variant CANDIDATE, of @patches. */
gboolean command_build_patches(struct session *session, char **patches, GPtrArray *built,
			       GError **error);

#endif
