/* SPDX-License-Identifier: MIT */
/* Ctrl+Alt+F1 to F12, by which people ask for another terminal. Pure. */
#ifndef PLANESTORM_SESSION_CHORD_H
#define PLANESTORM_SESSION_CHORD_H

#include <stdbool.h>
#include <stdint.h>

/* Which of Ctrl and Alt are held, left and right each by itself; none if it is all 0. */
struct chord {
	uint32_t held;
};

/* Key @code (KEY_*) is pressed or released. Returns the number of the terminal that is asked for, 0: none is. */
int chord_take(struct chord *chord, uint32_t code, bool pressed);

#endif
