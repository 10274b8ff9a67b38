// SPDX-License-Identifier: MIT
#include "compositor/model/misuse.h"

#include <string.h>

#define WORD(name, word) word,
static const char *const words[MISUSE_CASES] = { MISUSES(WORD) };

const char *misuse_word(enum misuse_case which)
{
	return words[which];
}

int misuse_by_word(const char *word)
{
	for (int i = 0; i < MISUSE_CASES; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}
