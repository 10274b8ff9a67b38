// SPDX-License-Identifier: MIT
#include "tests/runner/known.h"

#include "tests/runner/build.h"

#define KNOWN "known.ini"

GHashTable *known_load(const GPtrArray *variants, const char *candidate, GError **error)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
							    (GDestroyNotify)expectations_free);

	for (guint i = 0; i < variants->len; i++) {
		const struct variant *variant = g_ptr_array_index(variants, i);
		const char *like =
			g_strcmp0(variant->name, candidate) ? variant->name : EXPECT_OF_PATCHES;
		g_autofree char *path =
			g_build_filename(build_root(), "kernel", "variants", like, KNOWN, NULL);
		struct expectations *one = NULL;

		if (g_file_test(path, G_FILE_TEST_EXISTS))
			one = expectations_load(path, error);
		else
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
				    "expected no control: %s is one, and takes part in matrix, "
				    "try, run "
				    "and smoke",
				    variant->name);
		if (!one)
			return NULL;
		g_hash_table_insert(known, variant->name, one);
	}
	return g_steal_pointer(&known);
}
