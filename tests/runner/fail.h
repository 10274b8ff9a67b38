/* SPDX-License-Identifier: MIT */
/* A system call that failed, as a GError. */
#ifndef PLANESTORM_FAIL_H
#define PLANESTORM_FAIL_H

#include <glib.h>

/* Set @error to "@what: the words for errno". Returns FALSE. */
gboolean fail_errno(GError **error, const char *what);

#endif
