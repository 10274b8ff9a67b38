/* SPDX-License-Identifier: MIT */
/* Pictures as a person would see them: the scanout with the cursor over it. */
#ifndef PLANESTORM_COMPOSE_H
#define PLANESTORM_COMPOSE_H

#include "tests/runner/display.h"

/* The scanout (black where there is none, @width x @height then) with the cursor blended over it, the
 * caller's. */
struct image *compose_head(const struct display_head *head, int width, int height);

/*
 * Where @a and @b differ, the caller's: white on black, and what only one of them has (their sizes
 * differ) is red. *@differing: pixels.
 */
struct image *compose_difference(const struct image *a, const struct image *b, guint *differing);

#endif
