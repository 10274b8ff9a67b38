/* SPDX-License-Identifier: MIT */
/*
 * A program's text as what can be taken out of it: lines of words. Nothing here knows the operations;
 * what is a program is for program_parse() to say.
 */
#ifndef PLANESTORM_SHRINK_TEXT_H
#define PLANESTORM_SHRINK_TEXT_H

#include <glib.h>

#include "compositor/model/program.h"

/* The lines of @text, each a GStrv of its words, without comments and empty lines. The caller's. */
GPtrArray *shrink_split(const char *text, gsize len);

/* Back to text: a blank between words, a newline after each line. The caller's. */
char *shrink_join(const GPtrArray *lines);

/* The same for people: what is within a repeat is indented. @lines must be a program. */
char *shrink_indent(const GPtrArray *lines);

/* A copy of @lines with one word replaced. The caller's. */
GPtrArray *shrink_replace(const GPtrArray *lines, guint line, guint word, const char *with);

gboolean shrink_is_program(const GPtrArray *lines);

/*
 * What is taken out as one unit: a line, with the fault and expect lines that speak of it, or the two
 * lines of a repeat; such a fault or expect line alone; a word that is not its line's first.
 */
enum shrink_grain { SHRINK_LINES, SHRINK_MODIFIERS, SHRINK_WORDS, SHRINK_GRAINS };

/* How many units there are in @lines, which must be a program. They count from 0, in its order. */
guint shrink_units(const GPtrArray *lines, enum shrink_grain grain);

/* The unit that line @line (from 1, as in a journal) belongs to; @lines and @grain as above, not words. */
guint shrink_unit_of(const GPtrArray *lines, enum shrink_grain grain, guint line);

/*
 * A copy of @lines without the units from @lo to before @hi, but for those that the rest needs to be a
 * program: a buffer that is used, the only output, a word that must be there. A repeat with nothing left
 * in it goes, too. NULL if nothing can be taken out. The caller's.
 */
GPtrArray *shrink_without(const GPtrArray *lines, enum shrink_grain grain, guint lo, guint hi);

#endif
