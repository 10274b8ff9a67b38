// SPDX-License-Identifier: MIT
/* The command line: which command, its options, and nothing else. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/runner/bench.h"
#include "tests/runner/campaign.h"
#include "tests/runner/doctor.h"
#include "tests/runner/narrate.h"
#include "tests/runner/progress.h"
#include "tests/runner/report.h"
#include "tests/runner/reproduce.h"
#include "tests/runner/sweep.h"
#include "tests/runner/shrink_run.h"

#define DEFAULT_SEED 1
#define DEFAULT_RESULTS "storm-results"
#define CANDIDATE "tried"
/* Folders of data/ with programs. */
#define PROGRAMS "programs"
#define SMOKE "smoke"

/* All options of all commands; each command takes those that it lists. */
struct arguments {
	struct session_options session;
	char *seed;
	char *variants; /* comma-separated */
	char *program_list; /* comma-separated */
	char **programs; /* the same as a list */
	char *variant;
	int pairs; /* seconds */
	char *rule;
	char *output; /* a file */
	char **rest;
};

struct command {
	const char *name;
	const char *operands;
	const char *summary;
	int (*run)(struct arguments *arguments);
	const char *const *options; /* the long names of those that it takes */
};

static int trouble(const char *format, ...) G_GNUC_PRINTF(1, 2);

static int trouble(const char *format, ...)
{
	va_list args;

	fputs("storm: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return STORM_TROUBLE;
}

/* What @error says, unless the user has been told. */
static int failed(const GError *error)
{
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return trouble("interrupted");
	if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_FAILED_HANDLED))
		return trouble("%s", error->message);
	return STORM_TROUBLE;
}

/* Ctrl-C and kill: what runs is stopped in order, and what is known is written down. */
static gpointer wait_for_signal(gpointer data)
{
	GCancellable *cancellable = data;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	for (;;)
		if (!sigwait(&set, &sig))
			g_cancellable_cancel(cancellable);
	return NULL;
}

static void catch_signals(GCancellable *cancellable)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	g_thread_unref(g_thread_new("signals", wait_for_signal, cancellable));
}

/* The words of @list, which are separated by commas and not empty; NULL with @error set. */
static GStrv split(const char *list, GError **error)
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

/* Load the programs that @wanted names (files, or names in data/@folder), or all of that folder. */
static GPtrArray *load_programs(GStrv wanted, const char *folder, GError **error)
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

/* The names of the variants that @wanted (comma-separated) asks for, all if NULL. */
static GStrv choose_variants(const char *wanted, GError **error)
{
	g_auto(GStrv) known = build_list_variants(error), chosen = NULL;

	if (!known)
		return NULL;
	for (int i = 0; known[i]; i++)
		*strchrnul(known[i], '\t') = '\0';
	if (!wanted)
		return g_steal_pointer(&known);
	chosen = split(wanted, error);
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

/* Build the named variants over the session's base, after @built that are there already. */
static gboolean build_variants(const struct session *session, GStrv names, GPtrArray *built,
			       GError **error)
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

/*
 * What the matrix, try, run and smoke have in common: run @campaign, of which the programs and what is
 * special are filled in. @patches NULL: no candidate.
 */
static int storm(struct arguments *arguments, GStrv names, struct campaign campaign, char **patches)
{
	g_autoptr(GPtrArray) variants =
		g_ptr_array_new_with_free_func((GDestroyNotify)variant_free);
	g_autoptr(GError) error = NULL;
	int code = STORM_TROUBLE;

	campaign.variants = variants;
	campaign.candidate = patches ? CANDIDATE : NULL;
	campaign.session = session_open(&arguments->session, &error);
	if (!campaign.session)
		return failed(error);
	if (!build_variants(campaign.session, names, variants, &error))
		goto out;
	if (patches) {
		struct variant *tried =
			build_patches(campaign.session->base, &arguments->session.build, CANDIDATE,
				      patches, arguments->session.cancellable, &error);

		if (!tried)
			goto out;
		g_ptr_array_add(variants, tried);
	}
	session_stage(campaign.session, "variants");
	code = campaign_run(&campaign);
out:
	if (error)
		failed(error);
	session_close(campaign.session);
	return code;
}

static int run_matrix(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_auto(GStrv) names = NULL;

	programs = load_programs(arguments->programs, PROGRAMS, &error);
	if (programs)
		names = choose_variants(arguments->variants, &error);
	if (!names)
		return failed(error);
	return storm(arguments, names, (struct campaign){ .programs = programs }, NULL);
}

/* Whether all of @patches are files; they are looked at later. */
static gboolean check_patches(char **patches, GError **error)
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

static int run_try(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_auto(GStrv) names = NULL;

	if (!arguments->rest)
		return trouble("expected try PATCH..., a patch or an mbox");
	if (!check_patches(arguments->rest, &error))
		return failed(error);
	programs = load_programs(arguments->programs, PROGRAMS, &error);
	if (programs)
		names = choose_variants(
			arguments->variants ? arguments->variants : "unfixed,upstream", &error);
	if (!names)
		return failed(error);
	return storm(arguments, names, (struct campaign){ .programs = programs },
		     arguments->rest);
}

static int run_one(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_auto(GStrv) names = NULL;

	if (!arguments->rest || arguments->rest[1])
		return trouble("expected run [--variant V] FILE.storm");
	programs = load_programs(arguments->rest, PROGRAMS, &error);
	if (programs)
		names = choose_variants(arguments->variant ? arguments->variant : "upstream",
					&error);
	if (!names)
		return failed(error);
	return storm(arguments, names,
		     (struct campaign){ .programs = programs, .report = narrate_trial }, NULL);
}

/* The visual checks: on every variant the same is to be seen. */
static int run_smoke(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_auto(GStrv) names = NULL;
	g_autofree char *expectations =
		g_build_filename(build_root(), "data", SMOKE, "expect.ini", NULL);

	programs = load_programs(arguments->programs, SMOKE, &error);
	if (programs)
		names = choose_variants(arguments->variants ? arguments->variants : "upstream",
					&error);
	if (!names)
		return failed(error);
	return storm(arguments, names,
		     (struct campaign){ .programs = programs, .expectations = expectations }, NULL);
}

static void list_programs(const char *title, GPtrArray *programs)
{
	printf("\n%s\n", title);
	for (guint i = 0; i < programs->len; i++) {
		const struct program_file *file = g_ptr_array_index(programs, i);
		g_autofree char *text = program_title(file);

		printf("  %-18s %s\n", file->name, text);
	}
}

static int run_list(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) variants = build_list_variants(&error);
	g_autoptr(GPtrArray) programs = load_programs(arguments->programs, PROGRAMS, &error);
	g_autoptr(GPtrArray) smoke = NULL;

	if (programs && !arguments->programs)
		smoke = load_programs(NULL, SMOKE, &error);
	if (!variants || !programs || error)
		return failed(error);
	printf("variants\n");
	for (int i = 0; variants[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(variants[i], "\t", 2);

		printf("  %-18s %s\n", parts[0], parts[1] ? parts[1] : "");
	}
	list_programs("programs", programs);
	if (smoke)
		list_programs("smoke checks", smoke);
	printf("\nrules\n");
	for (int i = 0; i < RULE_COUNT; i++)
		printf("  %-18s %s\n", rules[i].name, rules[i].promise);
	return STORM_OK;
}

static int run_bench(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names =
		choose_variants(arguments->variant ? arguments->variant : "upstream", &error);
	struct variant *variant = NULL;
	struct session *session;
	int code = STORM_TROUBLE;

	if (!names)
		return failed(error);
	session = session_open(&arguments->session, &error);
	if (session)
		variant = build_variant(session->base, &arguments->session.build, names[0],
					arguments->session.cancellable, &error);
	if (variant)
		code = bench_run(session, variant, &error);
	if (error)
		failed(error);
	variant_free(variant);
	session_close(session);
	return code;
}

static int sweep(struct arguments *arguments, const struct operation_table *table, GStrv names)
{
	g_autoptr(GPtrArray) variants =
		g_ptr_array_new_with_free_func((GDestroyNotify)variant_free);
	struct session *session;
	g_autoptr(GError) error = NULL;
	int code = STORM_TROUBLE;

	session = session_open(&arguments->session, &error);
	if (session && build_variants(session, names, variants, &error)) {
		session_stage(session, "variants");
		code = sweep_run(session, variants, table, arguments->rest, arguments->pairs,
				 &error);
	}
	if (error)
		failed(error);
	session_close(session);
	return code;
}

static int run_sweep(struct arguments *arguments)
{
	g_autofree char *path = g_build_filename(build_root(), "data", "operations.ini", NULL);
	g_autoptr(GError) error = NULL;
	struct operation_table *table = operation_table_load(path, &error);
	g_auto(GStrv) names = NULL;
	int code;

	if (table)
		names = choose_variants(arguments->variants, &error);
	code = names ? sweep(arguments, table, names) : failed(error);
	operation_table_free(table);
	return code;
}

/* The rule that is wanted, -1: any. */
static gboolean choose_rule(const char *wanted, int *rule, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	*rule = wanted ? rule_by_name(wanted) : -1;
	if (!wanted || *rule >= 0)
		return TRUE;
	for (int i = 0; i < RULE_COUNT; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", rules[i].name);
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		    "expected one of the rules %s, got \"%s\"", names->str, wanted);
	return FALSE;
}

/* @trial is a trial's folder, or a program as run takes it. */
static struct shrink_subject *load_subject(char *trial, const char *rule_name, GError **error)
{
	char *programs[] = { trial, NULL };
	g_autoptr(GPtrArray) files = NULL;
	int rule;

	if (!choose_rule(rule_name, &rule, error))
		return NULL;
	if (g_file_test(trial, G_FILE_TEST_IS_DIR))
		return shrink_subject_load(trial, rule, error);
	if (strchr(trial, G_DIR_SEPARATOR) && !g_str_has_suffix(trial, ".storm")) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected a trial's folder or FILE.storm, got \"%s\"", trial);
		return NULL;
	}
	files = load_programs(programs, PROGRAMS, error);
	return files ? shrink_subject_new(g_ptr_array_index(files, 0), rule) : NULL;
}

/* The variant that @subject is to be shrunk on: @patches make one of their own. */
static struct variant *build_for(const struct session *session, const char *name, char **patches,
				 GError **error)
{
	GCancellable *cancellable = session->options->cancellable;

	if (*patches)
		return build_patches(session->base, &session->options->build, CANDIDATE, patches,
				     cancellable, error);
	return build_variant(session->base, &session->options->build, name, cancellable, error);
}

static int shrink(struct arguments *arguments, struct shrink_subject *subject, const char *name)
{
	g_autofree char *file = g_strconcat(subject->name, "-shrunk.storm", NULL);
	g_autofree char *output =
		g_build_filename(arguments->session.results, file, NULL);
	g_autoptr(GError) error = NULL;
	struct variant *variant = NULL;
	struct session *session;
	int code = STORM_TROUBLE;

	if (!arguments->seed)
		arguments->session.seed = shrink_subject_seed(subject, DEFAULT_SEED);
	session = session_open(&arguments->session, &error);
	if (session)
		variant = build_for(session, name, arguments->rest + 1, &error);
	if (variant)
		code = shrink_run(session, variant, subject,
				  arguments->output ? arguments->output : output, &error);
	if (error)
		failed(error);
	variant_free(variant);
	session_close(session);
	return code;
}

static int run_shrink(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	struct shrink_subject *subject;
	g_auto(GStrv) names = NULL;
	const char *wanted;
	int code;

	if (!arguments->rest)
		return trouble("expected shrink TRIAL [PATCH...], a trial's folder or FILE.storm");
	if (arguments->rest[1] && arguments->variant)
		return trouble("expected --variant or patches, not both");
	if (!check_patches(arguments->rest + 1, &error))
		return failed(error);
	subject = load_subject(arguments->rest[0], arguments->rule, &error);
	if (!subject)
		return failed(error);
	wanted = arguments->variant ? arguments->variant : subject->variant;
	if (!arguments->rest[1])
		names = choose_variants(wanted ? wanted : "upstream", &error);
	if (error && !arguments->variant && subject->variant)
		g_prefix_error(&error, "%s is in no variant's folder, so --variant or patches are needed: ",
			       arguments->rest[0]);
	code = error ? failed(error) : shrink(arguments, subject, names ? names[0] : NULL);
	shrink_subject_free(subject);
	return code;
}

/* Needs neither kernel nor QEMU, nor even libdrm. */
static int run_c(struct arguments *arguments)
{
	g_autofree char *path = g_build_filename(build_root(), REPRODUCE_HELPERS, NULL);
	g_autofree char *helpers = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (!arguments->rest || arguments->rest[1])
		return trouble("expected c FILE.storm [-o FILE.c]");
	programs = load_programs(arguments->rest, PROGRAMS, &error);
	if (!programs || !g_file_get_contents(path, &helpers, NULL, &error))
		return failed(error);
	reproduce(g_ptr_array_index(programs, 0), helpers, text);
	if (!arguments->output)
		fputs(text->str, stdout);
	else if (!g_file_set_contents(arguments->output, text->str, (gssize)text->len, &error))
		return failed(error);
	return STORM_OK;
}

static int run_report(struct arguments *arguments)
{
	g_autofree char *latest = g_build_filename(DEFAULT_RESULTS, "latest", NULL), *path = NULL;
	g_autoptr(GError) error = NULL;
	const char *run = arguments->rest ? arguments->rest[0] : latest;

	if (arguments->rest && arguments->rest[1])
		return trouble("expected report [DIR], one run's folder");
	if (!report_write(run, &error))
		return failed(error);
	path = g_build_filename(run, REPORT_NAME, NULL);
	printf("%s\n", path);
	return STORM_OK;
}

static int run_doctor(struct arguments *arguments)
{
	return doctor_run(&arguments->session);
}

#define KERNEL_OPTIONS "tree", "base", "config"
#define RUN_OPTIONS KERNEL_OPTIONS, "seed", "jobs", "qemu", "results", "keep"

static const char *const matrix_options[] = { "variants", "programs", "instrument", RUN_OPTIONS,
					      NULL };
static const char *const one_options[] = { "variant", "instrument", RUN_OPTIONS, NULL };
static const char *const smoke_options[] = { "variants", "programs", RUN_OPTIONS, NULL };
static const char *const sweep_options[] = { "variants", "pairs", "instrument", RUN_OPTIONS, NULL };
static const char *const c_options[] = { "output", NULL };
static const char *const list_options[] = { "programs", NULL };
static const char *const bench_options[] = {
	"variant", KERNEL_OPTIONS, "seed", "qemu", "keep", NULL
};
static const char *const shrink_options[] = {
	"variant", "rule", "output", KERNEL_OPTIONS, "seed", "qemu", "results", "keep", NULL
};
static const char *const report_options[] = { NULL };
static const char *const doctor_options[] = { "qemu", NULL };

/* The first is what there is without a command. */
static const struct command commands[] = {
	{ "matrix", "", "run the default programs on every variant (the default)", run_matrix,
	  matrix_options },
	{ "try", "PATCH...", "the same for your patches, next to unfixed and upstream", run_try,
	  matrix_options },
	{ "run", "FILE.storm", "run one program on one variant and show its journal", run_one,
	  one_options },
	{ "smoke", "", "visual checks of the cursor on the screen, on one variant or several", run_smoke,
	  smoke_options },
	{ "sweep", "[OPERATION...]", "fail every allocation of every operation once", run_sweep,
	  sweep_options },
	{ "shrink", "TRIAL", "make a program that FAILs as small as can be", run_shrink,
	  shrink_options },
	{ "c", "FILE.storm", "a program as a C file that needs only libdrm", run_c, c_options },
	{ "list", "", "the variants, programs and rules there are", run_list, list_options },
	{ "report", "[DIR]", "a run as one HTML file", run_report,
	  report_options },
	{ "bench", "", "what the guest's operation loop, the witnesses and the judge cost", run_bench, bench_options },
	{ "doctor", "", "what this machine has and lacks", run_doctor, doctor_options },
};

static char *summary_text(void)
{
	g_autoptr(GString) text = g_string_new("Commands:\n");

	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
		g_string_append_printf(text, "  %-7s%-12s%s\n", commands[i].name,
				       commands[i].operands, commands[i].summary);
	g_string_append(text, "\nExit codes: 0 all as expected, 1 a verdict differs, 2 wrong usage "
			      "or a set-up failure.\n");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The command is the first word that is no option. */
static const struct command *take_command(struct arguments *arguments)
{
	char **rest = arguments->rest;

	for (gsize i = 0; rest && i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(rest[0], commands[i].name))
			continue;
		arguments->rest = rest[1] ? g_strdupv(rest + 1) : NULL;
		g_strfreev(rest);
		return &commands[i];
	}
	return &commands[0];
}

/* Whether @command takes the @entries that were given and the operands. */
static gboolean check_taken(const struct command *command, const struct arguments *arguments,
			    const GOptionEntry *entries, GError **error)
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
		    command == commands ? "a command (see --help)" : "options only",
		    arguments->rest[0]);
	return FALSE;
}

/* Fill in @arguments; returns the command, or NULL with @error set. */
static const struct command *parse(struct arguments *arguments, int *argc, char ***argv,
				   GError **error)
{
	struct session_options *session = &arguments->session;
	gboolean clean = FALSE; /* for --help only: kernel/storm does it */
	const GOptionEntry entries[] = {
		{ "variants", 0, 0, G_OPTION_ARG_STRING, &arguments->variants,
		  "Only these variants (matrix, try, smoke)", "A,B" },
		{ "variant", 0, 0, G_OPTION_ARG_STRING, &arguments->variant,
		  "The variant to use (run, shrink, bench); upstream if not given", "V" },
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &arguments->rule,
		  "The rule that is to FAIL (shrink); the first that does if not given", "RULE" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments->output,
		  "The file to write (c, shrink); standard output, NAME-shrunk.storm if not given",
		  "FILE" },
		{ "programs", 0, 0, G_OPTION_ARG_STRING, &arguments->program_list,
		  "Only these programs: names as in list, or files", "A,B" },
		{ "pairs", 0, 0, G_OPTION_ARG_INT, &arguments->pairs,
		  "Sweep in company, for so long (sweep)", "SECONDS" },
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
		  "Have fault interrupt lock helpers too (matrix, try, run)", NULL },
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
	g_autofree char *summary = summary_text();
	const struct command *command;

	g_set_prgname("kernel/storm");
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	if (!g_option_context_parse(context, argc, argv, error))
		return NULL;
	command = take_command(arguments);
	return check_taken(command, arguments, entries, error) ? command : NULL;
}

/* What the values must be, whatever the command. */
static gboolean check(struct arguments *arguments, GError **error)
{
	struct session_options *session = &arguments->session;

	session->seed = DEFAULT_SEED;
	if (arguments->seed &&
	    !g_ascii_string_to_unsigned(arguments->seed, 10, 0, G_MAXINT64, &session->seed, NULL)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected --seed N, a whole number from 0, got \"%s\"",
			    arguments->seed);
		return FALSE;
	}
	if (arguments->pairs < 0) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected --pairs SECONDS, from 1, got %d", arguments->pairs);
		return FALSE;
	}
	if (session->jobs < 0 || session->jobs > 64) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "expected --jobs N from 1 to 64, got %d", session->jobs);
		return FALSE;
	}
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
		arguments->programs = split(arguments->program_list, error);
		if (!arguments->programs)
			return FALSE;
	}
	if (!session->results)
		session->results = g_strdup(DEFAULT_RESULTS);
	return TRUE;
}

static void clear(struct arguments *arguments)
{
	g_free(arguments->seed);
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

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	const struct command *command;
	g_autoptr(GError) error = NULL;
	int code;

	setlocale(LC_ALL, "");
	progress_init();
	arguments.session.cancellable = g_cancellable_new();
	catch_signals(arguments.session.cancellable);
	command = parse(&arguments, &argc, &argv, &error);
	if (command && check(&arguments, &error))
		code = command->run(&arguments);
	else
		code = failed(error);
	clear(&arguments);
	return code;
}
