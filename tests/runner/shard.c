// SPDX-License-Identifier: MIT
#include "tests/runner/shard.h"

gboolean shard_parse(const char *text, struct shard *shard, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	guint64 index, count;

	if (g_strv_length(parts) == 2 &&
	    g_ascii_string_to_unsigned(parts[1], 10, 1, SHARD_MAX, &count, NULL) &&
	    g_ascii_string_to_unsigned(parts[0], 10, 1, count, &index, NULL)) {
		*shard = (struct shard){ (guint)index, (guint)count };
		return TRUE;
	}
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		    "expected --shard I/N, with I from 1 to N and N at most %d, got \"%s\"",
		    SHARD_MAX, text);
	return FALSE;
}

gboolean shard_takes(const struct shard *shard, guint64 number)
{
	return number % shard->count == shard->index - 1;
}
