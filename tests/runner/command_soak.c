// SPDX-License-Identifier: MIT
/* The commands for programs that are generated: generate and soak. */
#include <stdio.h>

#include "tests/runner/command.h"
#include "tests/runner/generate.h"
#include "tests/runner/soak.h"

#define DEFAULT_MINUTES 10

/* Needs neither kernel nor QEMU. */
int command_generate(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	struct operation_table *table;
	g_autofree char *text = NULL;
	guint64 number;

	if (!arguments->rest || arguments->rest[1] ||
	    !g_ascii_string_to_unsigned(arguments->rest[0], 10, 0, G_MAXINT64, &number, NULL))
		return command_trouble("expected generate NUMBER, that of a program of soak");
	table = command_table(&error);
	if (table)
		text = generate_text(table, arguments->session.seed, number, &error);
	operation_table_free(table);
	if (!text)
		return command_failed(error);
	if (!arguments->output)
		fputs(text, stdout);
	else if (!g_file_set_contents(arguments->output, text, -1, &error))
		return command_failed(error);
	return STORM_OK;
}

static int soak(struct arguments *arguments, const struct operation_table *table, GStrv names)
{
	g_autoptr(GPtrArray) variants =
		g_ptr_array_new_with_free_func((GDestroyNotify)variant_free);
	struct soak_setup setup = { .variants = variants,
				    .candidate = arguments->rest ? CANDIDATE : NULL,
				    .table = table,
				    .minutes = arguments->minutes,
				    .trials = arguments->trials };
	g_autoptr(GError) error = NULL;
	int code = STORM_TROUBLE;

	if (!setup.minutes && !setup.trials)
		setup.minutes = DEFAULT_MINUTES;
	setup.session = session_open(&arguments->session, &error);
	if (setup.session && command_build(setup.session, names, variants, &error) &&
	    (!arguments->rest ||
	     command_build_patches(setup.session, arguments->rest, variants, &error))) {
		session_stage(setup.session, "variants");
		code = soak_run(&setup, &error);
	}
	if (error)
		command_failed(error);
	session_close(setup.session);
	return code;
}

int command_soak(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	struct operation_table *table;
	g_auto(GStrv) names = NULL;
	int code;

	if (arguments->rest && !command_patches(arguments->rest, &error))
		return command_failed(error);
	table = command_table(&error);
	if (table)
		names = command_variants(arguments->variants ? arguments->variants :
					 arguments->rest     ? "unfixed,upstream" :
							       NULL,
					 &error);
	code = names ? soak(arguments, table, names) : command_failed(error);
	operation_table_free(table);
	return code;
}
