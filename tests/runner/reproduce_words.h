/* SPDX-License-Identifier: MIT */
/* What an operation says, as words of C. */
#ifndef PLANESTORM_REPRODUCE_WORDS_H
#define PLANESTORM_REPRODUCE_WORDS_H

#include <glib.h>

#include "compositor/model/program.h"

/* One line of a program. */
struct reproduce_line {
	const struct program *program;
	const struct op *op;
};

/* Whether its buffer has its memory from the card. */
gboolean reproduce_is_dumb(const struct reproduce_line *line);

/* Whether it asks for an event at its end. */
gboolean reproduce_has_event(const struct op *op);

/* @pattern with each $word replaced by what @line says of it. The caller's. */
char *reproduce_fill_in(const char *pattern, const struct reproduce_line *line);

#endif
