// SPDX-License-Identifier: MIT
#include "compositor/symbol.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int symbol_find(const char *name, uint64_t *start, uint64_t *end)
{
	FILE *list = fopen("/proc/kallsyms", "re");
	char line[256], symbol[128];
	uint64_t address;

	*start = *end = 0;
	/* In the order of addresses, but for the modules' at the end; several names may be of one. */
	while (list && !*end && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%" SCNx64 " %*c %127s", &address, symbol) != 2)
			continue;
		if (*start && address > *start)
			*end = address;
		else if (!strcmp(symbol, name))
			*start = address;
	}
	if (list)
		fclose(list);
	return *end ? 0 : -ENOENT;
}
