// SPDX-License-Identifier: MIT
#include "tests/runner/command.h"
#include "tests/runner/sweep.h"

static int sweep(struct arguments *arguments, const struct operation_table *table, GStrv names)
{
	g_autoptr(GPtrArray) variants =
		g_ptr_array_new_with_free_func((GDestroyNotify)variant_free);
	struct session *session;
	g_autoptr(GError) error = NULL;
	int code = STORM_TROUBLE;

	session = session_open(&arguments->session, &error);
	if (session && command_build(session, names, variants, &error)) {
		session_stage(session, "variants");
		code = sweep_run(session, variants, table, arguments->rest, arguments->pairs,
				 &error);
	}
	if (error)
		command_failed(error);
	session_close(session);
	return code;
}

int command_sweep(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	struct operation_table *table = command_table(&error);
	g_auto(GStrv) names = NULL;
	int code;

	if (table)
		names = command_variants(arguments->variants, &error);
	code = names ? sweep(arguments, table, names) : command_failed(error);
	operation_table_free(table);
	return code;
}
