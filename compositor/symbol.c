// SPDX-License-Identifier: MIT
#include "compositor/symbol.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The address of what is called @name or, if that is NULL, the lowest one above @above; 0: there is none.
 * Modules' symbols are not in the order of addresses. */
static uint64_t look_for(const char *name, uint64_t above)
{
	FILE *list = fopen("/proc/kallsyms", "re");
	char line[256], symbol[128];
	uint64_t address, found = 0;

	while (list && !(name && found) && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%" SCNx64 " %*c %127s", &address, symbol) != 2)
			continue;
		if (name ? !strcmp(symbol, name) : address > above && (!found || address < found))
			found = address;
	}
	if (list)
		fclose(list);
	return found;
}

int symbol_find(const char *name, uint64_t *start, uint64_t *end)
{
	*start = look_for(name, 0);
	*end = *start ? look_for(NULL, *start) : 0;
	return *end ? 0 : -ENOENT;
}

/* "virtio_gpu 110592 0 - Live 0xffffffffa0040000": the size, and where the code begins. */
int symbol_find_module(const char *name, uint64_t *start, uint64_t *end)
{
	FILE *modules = fopen("/proc/modules", "re");
	char line[512], module[64];
	uint64_t size;
	int ret = -ENOENT;

	if (!modules)
		return -errno;
	while (ret && fgets(line, sizeof(line), modules)) {
		if (sscanf(line, "%63s %" SCNu64 " %*s %*s %*s %" SCNx64, module, &size, start) !=
			    3 ||
		    strcmp(module, name) || !*start)
			continue;
		*end = *start + size;
		ret = 0;
	}
	fclose(modules);
	return ret;
}
