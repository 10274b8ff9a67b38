// SPDX-License-Identifier: MIT
#include <string.h>

#include "tests/runner/command.h"
#include "tests/runner/shrink_run.h"

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
	files = command_programs(programs, PROGRAMS, error);
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
	g_autofree char *output = g_build_filename(arguments->session.results, file, NULL);
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
		command_failed(error);
	variant_free(variant);
	session_close(session);
	return code;
}

int command_shrink(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	struct shrink_subject *subject;
	g_auto(GStrv) names = NULL;
	const char *wanted;
	int code;

	if (!arguments->rest)
		return command_trouble(
			"expected shrink TRIAL [PATCH...], a trial's folder or FILE.storm");
	if (arguments->rest[1] && arguments->variant)
		return command_trouble("expected --variant or patches, not both");
	if (!command_patches(arguments->rest + 1, &error))
		return command_failed(error);
	subject = load_subject(arguments->rest[0], arguments->rule, &error);
	if (!subject)
		return command_failed(error);
	wanted = arguments->variant ? arguments->variant : subject->variant;
	if (!arguments->rest[1])
		names = command_variants(wanted ? wanted : "upstream", &error);
	if (error && !arguments->variant && subject->variant)
		g_prefix_error(&error,
			       "%s is in no variant's folder, so --variant or patches are needed: ",
			       arguments->rest[0]);
	code = error ? command_failed(error) : shrink(arguments, subject, names ? names[0] : NULL);
	shrink_subject_free(subject);
	return code;
}
