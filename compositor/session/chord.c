// SPDX-License-Identifier: MIT
#include "compositor/session/chord.h"

#include <linux/input-event-codes.h>
#include <stddef.h>

#define CTRL 0x3u
#define ALT 0xcu

/* Bit N of ->held is that of key N. */
static const uint32_t modifiers[] = { KEY_LEFTCTRL, KEY_RIGHTCTRL, KEY_LEFTALT, KEY_RIGHTALT };

static const uint32_t functions[] = { KEY_F1, KEY_F2, KEY_F3, KEY_F4,  KEY_F5,	KEY_F6,
				      KEY_F7, KEY_F8, KEY_F9, KEY_F10, KEY_F11, KEY_F12 };

int chord_take(struct chord *chord, uint32_t code, bool pressed)
{
	for (size_t i = 0; i < sizeof(modifiers) / sizeof(modifiers[0]); i++) {
		if (modifiers[i] != code)
			continue;
		chord->held = pressed ? chord->held | 1u << i : chord->held & ~(1u << i);
	}
	if (!pressed || !(chord->held & CTRL) || !(chord->held & ALT))
		return 0;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i] == code)
			return (int)i + 1;
	return 0;
}
