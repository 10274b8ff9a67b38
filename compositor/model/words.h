/* SPDX-License-Identifier: MIT */
/*
 * For the files of the language alone: the words that stand for a value of an enumeration. program.h has
 * the other way, from the value to its word.
 */
#ifndef PLANESTORM_WORDS_H
#define PLANESTORM_WORDS_H

#include "compositor/model/program.h"

/* The value that @word stands for, or -1. */
int origin_by_word(const char *word);
int way_by_word(const char *word);
int how_by_word(const char *word);

/* The same of the @len characters at @word: 0 for "ok", else an errno. */
int errno_by_word(const char *word, size_t len);

/* What follows the kind's word, as a complaint would have it; NULL: nothing does. Static. */
const char *pressure_takes(enum pressure_kind kind);

#endif
