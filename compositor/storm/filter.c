// SPDX-License-Identifier: MIT
#include "compositor/storm/filter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "compositor/file.h"

#define DEPTH 32 /* of the call stacks that are looked at */

static const char *const names[INJECTORS] = {
	[INJECTOR_SLAB] = "failslab",
	[INJECTOR_PAGES] = "fail_page_alloc",
};

static void path_of(enum injector injector, const char *knob, char *path, size_t size)
{
	snprintf(path, size, "/sys/kernel/debug/%s/%s", names[injector], knob);
}

int injector_set(enum injector injector, const char *knob, uint64_t number)
{
	char path[96];

	path_of(injector, knob, path, sizeof(path));
	return file_write_number(path, number);
}

int injector_get(enum injector injector, const char *knob, int64_t *number)
{
	char path[96], text[24];
	int ret;

	path_of(injector, knob, path, sizeof(path));
	ret = file_read(path, text, sizeof(text));
	*number = ret ? 0 : strtoll(text, NULL, 10);
	return ret;
}

static int require(enum injector injector, uint64_t start, uint64_t end)
{
	int ret = injector_set(injector, "stacktrace-depth", DEPTH);

	if (!ret)
		ret = injector_set(injector, "require-start", start);
	return ret ? ret : injector_set(injector, "require-end", end);
}

int filter_start(uint64_t start, uint64_t end)
{
	int ret = 0;

	for (int i = 0; !ret && i < INJECTORS; i++)
		ret = require((enum injector)i, start, end);
	if (ret)
		filter_stop();
	return ret;
}

void filter_stop(void)
{
	for (int i = 0; i < INJECTORS; i++)
		require((enum injector)i, 0, UINT64_MAX);
}
