// SPDX-License-Identifier: MIT
#include "tests/runner/fail.h"

#include <errno.h>
#include <gio/gio.h>

gboolean fail_errno(GError **error, const char *what)
{
	int err = errno;

	g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(err), "%s: %s", what,
		    g_strerror(err));
	return FALSE;
}
