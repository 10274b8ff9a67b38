// SPDX-License-Identifier: MIT
/*
 * The positive control: a parser with a bug that only a fuzzer finds which sees what its inputs reach,
 * and only with the sanitizers.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char word[] = "bug";
	volatile char *copy;
	size_t at = 0;

	while (at < len && at < sizeof(word) - 1 && bytes[at] == (uint8_t)word[at])
		at++;
	if (at < sizeof(word) - 1)
		return 0;
	copy = malloc(len);
	assert(copy);
	at = copy[len] != 0; /* one past its end */
	free((void *)copy);
	return at > 1;
}
