// SPDX-License-Identifier: MIT
/* The commands that make no trials, or of which no verdict is asked: list, c, report, bench and doctor. */
#include <stdio.h>
#include <string.h>

#include "tests/runner/bench.h"
#include "tests/runner/command.h"
#include "tests/runner/doctor.h"
#include "tests/runner/report.h"
#include "tests/runner/reproduce.h"

static void list_programs(const char *title, GPtrArray *programs)
{
	printf("\n%s\n", title);
	for (guint i = 0; i < programs->len; i++) {
		const struct program_file *file = g_ptr_array_index(programs, i);
		g_autofree char *text = program_title(file);

		printf("  %-18s %s\n", file->name, text);
	}
}

int command_list(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) variants = build_list_variants(&error);
	g_autoptr(GPtrArray) programs = command_programs(arguments->programs, PROGRAMS, &error);
	g_autoptr(GPtrArray) smoke = NULL;

	if (programs && !arguments->programs)
		smoke = command_programs(NULL, SMOKE, &error);
	if (!variants || !programs || error)
		return command_failed(error);
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

/* Needs neither kernel nor QEMU, nor even libdrm. */
int command_c(struct arguments *arguments)
{
	g_autofree char *path = g_build_filename(build_root(), REPRODUCE_HELPERS, NULL);
	g_autofree char *helpers = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (!arguments->rest || arguments->rest[1])
		return command_trouble("expected c FILE.storm [-o FILE.c]");
	programs = command_programs(arguments->rest, PROGRAMS, &error);
	if (!programs || !g_file_get_contents(path, &helpers, NULL, &error))
		return command_failed(error);
	reproduce(g_ptr_array_index(programs, 0), helpers, text);
	if (!arguments->output)
		fputs(text->str, stdout);
	else if (!g_file_set_contents(arguments->output, text->str, (gssize)text->len, &error))
		return command_failed(error);
	return STORM_OK;
}

int command_report(struct arguments *arguments)
{
	g_autofree char *latest = g_build_filename(DEFAULT_RESULTS, "latest", NULL), *path = NULL;
	g_autoptr(GError) error = NULL;
	const char *run = arguments->rest ? arguments->rest[0] : latest;

	if (arguments->rest && arguments->rest[1])
		return command_trouble("expected report [DIR], one run's folder");
	if (!report_write(run, &error))
		return command_failed(error);
	path = g_build_filename(run, REPORT_NAME, NULL);
	printf("%s\n", path);
	return STORM_OK;
}

static const struct {
	const char *name;
	int (*run)(struct session *session, const struct variant *variant, GError **error);
} benches[] = { { "operations", bench_operations }, { "compositor", bench_compositor } };

/* The first without a name; G_N_ELEMENTS(benches): there is no such. */
static gsize find_bench(const struct arguments *arguments)
{
	gsize bench = 0;

	if (!arguments->rest)
		return 0;
	while (bench < G_N_ELEMENTS(benches) &&
	       strcmp(arguments->rest[0], benches[bench].name) != 0)
		bench++;
	return arguments->rest[1] ? G_N_ELEMENTS(benches) : bench;
}

int command_bench(struct arguments *arguments)
{
	gsize bench = find_bench(arguments);
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names =
		command_variants(arguments->variant ? arguments->variant : "upstream", &error);
	struct variant *variant = NULL;
	struct session *session;
	int code = STORM_TROUBLE;

	if (bench == G_N_ELEMENTS(benches))
		return command_trouble("expected bench [operations|compositor]");
	if (!names)
		return command_failed(error);
	session = session_open(&arguments->session, &error);
	if (session)
		variant = build_variant(session->base, &arguments->session.build, names[0],
					arguments->session.cancellable, &error);
	if (variant)
		code = benches[bench].run(session, variant, &error);
	if (error)
		command_failed(error);
	variant_free(variant);
	session_close(session);
	return code;
}

int command_doctor(struct arguments *arguments)
{
	return doctor_run(&arguments->session);
}
