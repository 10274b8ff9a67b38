// SPDX-License-Identifier: MIT
#include "tests/runner/command.h"
#include "tests/runner/merge.h"

/* Needs neither kernel nor QEMU. */
int command_merge(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	struct operation_table *table;
	int code = STORM_TROUBLE;

	if (!arguments->rest)
		return command_trouble("expected merge DIR..., the folders of runs");
	table = command_table(&error);
	if (table)
		code = merge_run(arguments->rest, arguments->session.results, table,
				 arguments->session.cancellable, &error);
	if (error)
		command_failed(error);
	operation_table_free(table);
	return code;
}
