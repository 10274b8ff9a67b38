/* SPDX-License-Identifier: MIT */
/*
 * The helpers of a reproducer, data/reproducer.c, cut into pieces. A piece is a function, a type or a
 * variable, and known by the names that it defines; an #include is known by the names behind it.
 */
#ifndef PLANESTORM_REPRODUCE_PIECES_H
#define PLANESTORM_REPRODUCE_PIECES_H

#include <glib.h>

/*
 * Append to @out the pieces of @helpers that @body uses, and what those use, in their order. Of the
 * conditions #ifdef WITH_NAME in @helpers those hold that are in @conditions (with their WITH_).
 */
void reproduce_pieces(const char *helpers, const char *const *conditions, const char *body,
		      GString *out);

#endif
