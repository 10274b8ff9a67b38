// SPDX-License-Identifier: MIT
/* The commands for programs that are generated: generate and soak. */
#include <stdio.h>
#include <string.h>

#include "tests/runner/command.h"
#include "tests/runner/generate.h"

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
