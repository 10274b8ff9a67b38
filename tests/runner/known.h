/* SPDX-License-Identifier: MIT */
/*
 * What variants are known to show, whatever the program: kernel/variants/NAME/known.ini, a key file as
 * expectations_known() reads it. Soaks and sweeps are held to it.
 */
#ifndef PLANESTORM_KNOWN_H
#define PLANESTORM_KNOWN_H

#include "tests/runner/expect.h"

/*
 * For each of @variants (struct variant) what is known of it; of @candidate, which may be NULL, what is known of
 * upstream. Returns a table from a variant's name, which is borrowed, to struct expectations; the caller's, or
 * NULL with @error set.
 */
GHashTable *known_load(const GPtrArray *variants, const char *candidate, GError **error);

#endif
