// SPDX-License-Identifier: MIT
/* Which keys, one after the other, ask for another terminal, and which do not. */
#include <linux/input-event-codes.h>

#include "compositor/session/chord.h"
#include "tests/unit/unit.h"

#define UP(code) (-(code))

static const struct row {
	const char *name;
	int keys[8]; /* pressed, or UP() */
	int terminal;
} rows[] = {
	{ "ctrl, alt and F2", { KEY_LEFTCTRL, KEY_LEFTALT, KEY_F2 }, 2 },
	{ "alt first, both on the right", { KEY_RIGHTALT, KEY_RIGHTCTRL, KEY_F1 }, 1 },
	{ "F10, before a gap in the codes", { KEY_LEFTCTRL, KEY_LEFTALT, KEY_F10 }, 10 },
	{ "F12, behind it", { KEY_LEFTCTRL, KEY_LEFTALT, KEY_F12 }, 12 },
	{ "F2 alone", { KEY_F2 }, 0 },
	{ "without alt", { KEY_LEFTCTRL, KEY_F2 }, 0 },
	{ "without ctrl", { KEY_LEFTALT, KEY_F2 }, 0 },
	{ "another key", { KEY_LEFTCTRL, KEY_LEFTALT, KEY_Q }, 0 },
	{ "F13, which is no terminal's", { KEY_LEFTCTRL, KEY_LEFTALT, KEY_F13 }, 0 },
	{ "F2 released", { KEY_LEFTCTRL, KEY_LEFTALT, UP(KEY_F2) }, 0 },
	{ "ctrl released before", { KEY_LEFTCTRL, KEY_LEFTALT, UP(KEY_LEFTCTRL), KEY_F2 }, 0 },
	{ "one of two ctrls released",
	  { KEY_LEFTCTRL, KEY_RIGHTCTRL, UP(KEY_LEFTCTRL), KEY_LEFTALT, KEY_F3 },
	  3 },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	struct chord chord = { 0 };
	int terminal = 0;

	for (size_t i = 0; i < LENGTH(row->keys) && row->keys[i]; i++) {
		/* Before the last one, nothing was asked for. */
		assert_int_equal(terminal, 0);
		terminal = chord_take(&chord, (uint32_t)abs(row->keys[i]), row->keys[i] > 0);
	}
	assert_int_equal(terminal, row->terminal);
}

int main(void)
{
	return RUN_ROWS("chord", rows, check_row);
}
