// SPDX-License-Identifier: MIT
#include "tests/runner/command_line.h"

#include <string.h>

/* A week. */
#define MAX_MINUTES (7 * 24 * 60)

static char *summary_text(const struct command *commands, gsize count)
{
	g_autoptr(GString) text = g_string_new("Commands:\n");

	for (gsize i = 0; i < count; i++)
		g_string_append_printf(text, "  %-9s%-15s%s\n", commands[i].name,
				       commands[i].operands, commands[i].summary);
	g_string_append(text, "\nExit codes: 0 all as expected, 1 a verdict differs, 2 wrong usage "
			      "or a set-up failure.\n");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The command is the first word that is no option. */
static const struct command *take_command(const struct command *commands, gsize count,
					  struct arguments *arguments)
{
	char **rest = arguments->rest;

	for (gsize i = 0; rest && i < count; i++) {
		if (strcmp(rest[0], commands[i].name))
			continue;
		arguments->rest = rest[1] ? g_strdupv(rest + 1) : NULL;
		g_strfreev(rest);
		return &commands[i];
	}
	return &commands[0];
}

/* Whether @command takes the @entries that were given and the operands. */
static gboolean check_taken(const struct command *command, gboolean unnamed,
			    const struct arguments *arguments, const GOptionEntry *entries,
			    GError **error)
{
	for (; entries->arg != G_OPTION_ARG_FILENAME_ARRAY; entries++) {
		gboolean number =
			entries->arg == G_OPTION_ARG_NONE || entries->arg == G_OPTION_ARG_INT;

		if (number ? !*(const int *)entries->arg_data : !*(void *const *)entries->arg_data)
			continue;
		if (g_strv_contains(command->options, entries->long_name))
			continue;
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
			    "%s takes no --%s (see --help)", command->name, entries->long_name);
		return FALSE;
	}
	if (!arguments->rest || *command->operands)
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "expected %s, got \"%s\"",
		    unnamed ? "a command (see --help)" : "options only", arguments->rest[0]);
	return FALSE;
}

static const struct command *parse(const struct command *commands, gsize count,
				   struct arguments *arguments, int *argc, char ***argv,
				   GError **error)
{
	struct session_options *session = &arguments->session;
	gboolean clean = FALSE; /* for --help only: kernel/storm does it */
	const GOptionEntry entries[] = {
		{ "variants", 0, 0, G_OPTION_ARG_STRING, &arguments->variants,
		  "Only these variants (matrix, try, smoke, sweep, soak)", "A,B" },
		{ "variant", 0, 0, G_OPTION_ARG_STRING, &arguments->variant,
		  "The variant to use (run, shrink, bench); upstream if not given", "V" },
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &arguments->rule,
		  "The rule that is to FAIL (shrink); the first that does if not given", "RULE" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments->output,
		  "The file to write (c, generate, shrink); standard output, NAME-shrunk.storm if "
		  "not given",
		  "FILE" },
		{ "programs", 0, 0, G_OPTION_ARG_STRING, &arguments->program_list,
		  "Only these programs: names as in list, or files", "A,B" },
		{ "pairs", 0, 0, G_OPTION_ARG_INT, &arguments->pairs,
		  "Sweep in company, for so long (sweep)", "SECONDS" },
		{ "minutes", 0, 0, G_OPTION_ARG_INT, &arguments->minutes,
		  "Go on for so long (soak); 10 without --trials", "N" },
		{ "trials", 0, 0, G_OPTION_ARG_INT, &arguments->trials,
		  "End after so many trials (soak)", "N" },
		{ "shard", 0, 0, G_OPTION_ARG_STRING, &arguments->shard,
		  "Only the Ith of N parts (matrix, sweep, soak), for merge to join", "I/N" },
		{ "headless", 0, 0, G_OPTION_ARG_INT, &arguments->headless,
		  "Show no window, and quit after so long (view)", "SECONDS" },
		{ "shot", 0, 0, G_OPTION_ARG_FILENAME, &arguments->shot,
		  "What is to be seen at the end, as PNG (view)", "FILE" },
		{ "do", 0, 0, G_OPTION_ARG_STRING, &arguments->acts,
		  "What is done in front of it meanwhile, see the manual (view --headless)",
		  "\"ACT...\"" },
		{ "clean", 0, 0, G_OPTION_ARG_NONE, &clean, "Empty the cache and end", NULL },
		{ "seed", 0, 0, G_OPTION_ARG_STRING, &arguments->seed,
		  "What every random choice comes from (1)", "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &session->jobs,
		  "VMs side by side (half the processors)", "N" },
		{ "tree", 0, 0, G_OPTION_ARG_FILENAME, &session->build.tree,
		  "A kernel tree instead of Debian's source; it is not written to", "DIR" },
		{ "base", 0, 0, G_OPTION_ARG_STRING, &session->build.base,
		  "Which Debian kernel source: 6.12, or 7 from a newer suite", "VERSION" },
		{ "config", 0, 0, G_OPTION_ARG_STRING_ARRAY, &session->build.configs,
		  "One more fragment of kernel/config, like kasan", "NAME" },
		{ "instrument", 0, 0, G_OPTION_ARG_NONE, &session->build.instrument,
		  "Have fault interrupt lock helpers too (matrix, try, run, sweep, soak)", NULL },
		{ "qemu", 0, 0, G_OPTION_ARG_FILENAME, &session->qemu, "The QEMU to use", "PATH" },
		{ "results", 0, 0, G_OPTION_ARG_FILENAME, &session->results,
		  "Where run folders go (./storm-results)", "DIR" },
		{ "keep", 0, 0, G_OPTION_ARG_NONE, &session->keep,
		  "Keep the guests' snapshots after the run", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments->rest, NULL,
		  NULL },
		G_OPTION_ENTRY_NULL
	};
	g_autoptr(GOptionContext) context = g_option_context_new("[COMMAND]");
	g_autofree char *summary = summary_text(commands, count);
	const struct command *command;

	g_set_prgname("kernel/storm");
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	if (!g_option_context_parse(context, argc, argv, error))
		return NULL;
	command = take_command(commands, count, arguments);
	return check_taken(command, command == commands, arguments, entries, error) ? command :
										      NULL;
}

/* A number that was not given is 0. */
static gboolean in_range(const char *option, const char *unit, int value, int max, GError **error)
{
	if (value >= 0 && value <= max)
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		    "expected --%s %s from 1 to %d, got %d", option, unit, max, value);
	return FALSE;
}

/* What the values must be, whatever the command. */
static gboolean check(struct arguments *arguments, GError **error)
{
	struct session_options *session = &arguments->session;

	session->seed = DEFAULT_SEED;
	session->shard = SHARD_WHOLE;
	if (arguments->seed &&
	    !g_ascii_string_to_unsigned(arguments->seed, 10, 0, G_MAXINT64, &session->seed, NULL)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected --seed N, a whole number from 0, got \"%s\"",
			    arguments->seed);
		return FALSE;
	}
	if (arguments->shard && !shard_parse(arguments->shard, &session->shard, error))
		return FALSE;
	if (!in_range("pairs", "SECONDS", arguments->pairs, G_MAXINT, error) ||
	    !in_range("minutes", "N", arguments->minutes, MAX_MINUTES, error) ||
	    !in_range("trials", "N", arguments->trials, G_MAXINT, error) ||
	    !in_range("jobs", "N", session->jobs, 64, error))
		return FALSE;
	if (!session->jobs)
		session->jobs = (int)MAX(1, g_get_num_processors() / VM_CPUS);
	if (session->build.tree && session->build.base) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected --tree or --base, not both");
		return FALSE;
	}
	if (arguments->variant && strchr(arguments->variant, ',')) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected one variant, got \"%s\"", arguments->variant);
		return FALSE;
	}
	if (arguments->program_list) {
		arguments->programs = command_split(arguments->program_list, error);
		if (!arguments->programs)
			return FALSE;
	}
	if (!session->results)
		session->results = g_strdup(DEFAULT_RESULTS);
	return TRUE;
}

const struct command *command_line_parse(const struct command *commands, gsize count,
					 struct arguments *arguments, int *argc, char ***argv,
					 GError **error)
{
	const struct command *command = parse(commands, count, arguments, argc, argv, error);

	return command && check(arguments, error) ? command : NULL;
}

void command_line_clear(struct arguments *arguments)
{
	g_free(arguments->seed);
	g_free(arguments->shard);
	g_free(arguments->variants);
	g_free(arguments->variant);
	g_free(arguments->rule);
	g_free(arguments->output);
	g_free(arguments->program_list);
	g_strfreev(arguments->programs);
	g_strfreev(arguments->rest);
	g_free((char *)arguments->session.build.tree);
	g_free((char *)arguments->session.build.base);
	g_strfreev(arguments->session.build.configs);
	g_free(arguments->session.qemu);
	g_free(arguments->session.results);
	g_clear_object(&arguments->session.cancellable);
}
