// SPDX-License-Identifier: MIT
#include "tests/runner/command.h"
#include "tests/runner/sweep.h"

static int sweep(struct arguments *arguments, struct sweep_setup *setup, GStrv patches, GStrv names)
{
	g_autoptr(GPtrArray) variants =
		g_ptr_array_new_with_free_func((GDestroyNotify)variant_free);
	g_autoptr(GError) error = NULL;
	int code = STORM_TROUBLE;

	setup->variants = variants;
	setup->session = session_open(&arguments->session, &error);
	if (setup->session && command_build(setup->session, names, variants, &error) &&
	    (!patches || command_build_patches(setup->session, patches, variants, &error))) {
		session_stage(setup->session, "variants");
		code = sweep_run(setup, &error);
	}
	if (error)
		command_failed(error);
	session_close(setup->session);
	return code;
}

/* What is an operation of @table's is one, and all else must be a patch. NULL: there are none of it. */
static gboolean sort_operands(char **rest, const struct operation_table *table, GStrv *operations,
			      GStrv *patches, GError **error)
{
	g_autoptr(GStrvBuilder) named = g_strv_builder_new(), files = g_strv_builder_new();

	for (int i = 0; rest && rest[i]; i++) {
		gboolean is_operation = operation_table_find(table, rest[i]) != NULL;

		if (!is_operation && !g_file_test(rest[i], G_FILE_TEST_IS_REGULAR)) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				    "expected an operation of data/operations.ini or a patch file, "
				    "got \"%s\"",
				    rest[i]);
			return FALSE;
		}
		g_strv_builder_add(is_operation ? named : files, rest[i]);
	}
	*operations = g_strv_builder_end(named);
	*patches = g_strv_builder_end(files);
	if (!**operations)
		g_clear_pointer(operations, g_strfreev);
	if (!**patches)
		g_clear_pointer(patches, g_strfreev);
	return TRUE;
}

int command_sweep(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	struct operation_table *table = command_table(&error);
	g_auto(GStrv) names = NULL, operations = NULL, patches = NULL;
	int code;

	if (table && sort_operands(arguments->rest, table, &operations, &patches, &error))
		names = command_variants(arguments->variants ? arguments->variants :
					 patches	     ? "unfixed,upstream" :
							       NULL,
					 &error);
	code = names ? sweep(arguments,
			     &(struct sweep_setup){ .candidate = patches ? CANDIDATE : NULL,
						    .table = table,
						    .names = operations,
						    .pairs_s = arguments->pairs },
			     patches, names) :
		       command_failed(error);
	operation_table_free(table);
	return code;
}
