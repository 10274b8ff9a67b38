// SPDX-License-Identifier: MIT
#include "compositor/injectable.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "compositor/file.h"
#include "compositor/sink.h"

#define DEBUGFS "/sys/kernel/debug"
#define FAIL_FUNCTION DEBUGFS "/fail_function"

#define NAME_SIZE 128 /* of a function and of a module, with the NUL; KSYM_NAME_LEN is 512 */
#define NAME "127"

/* Whether the kprobe on @function is called by ftrace: "ADDRESS  k  FUNCTION+0x0  MODULE [FTRACE]". */
static bool is_called_by_ftrace(const char *function)
{
	FILE *list = fopen(DEBUGFS "/kprobes/list", "re");
	char line[512], name[NAME_SIZE];
	bool found = false;

	while (list && !found && fgets(line, sizeof(line), list))
		found = sscanf(line, "%*s %*s %" NAME "[^+ ]", name) == 1 &&
			!strcmp(name, function) && strstr(line, "[FTRACE]");
	if (list)
		fclose(list);
	return found;
}

static int interrupt(const char *function, struct sink *sink)
{
	char path[PATH_MAX], value[32];
	int ret = file_write(FAIL_FUNCTION "/inject", function);

	if (ret) {
		sink_error(sink, "cannot inject errors into %s: %s", function, strerror(-ret));
		return ret;
	}
	if (!is_called_by_ftrace(function)) {
		sink_error(sink, "calls of %s are not counted: its probe is not called by ftrace",
			   function);
		return -EOPNOTSUPP;
	}
	/* The file takes numbers from 0 up (fei_retval_set() in kernel/fail_function.c). */
	snprintf(path, sizeof(path), FAIL_FUNCTION "/%s/retval", function);
	snprintf(value, sizeof(value), "0x%" PRIx64, (uint64_t)(int64_t)-EINTR);
	ret = file_write(path, value);
	if (ret)
		sink_error(sink, "cannot set %s: %s", path, strerror(-ret));
	else
		sink_stat(sink, function, -EINTR);
	return ret;
}

/* "FUNCTION [MODULE]TYPE", a tab before the type; without the brackets it is the kernel's own. */
int injectable_interrupt(const char *module, struct sink *sink)
{
	FILE *list = fopen(FAIL_FUNCTION "/injectable", "re");
	char line[512], function[NAME_SIZE], owner[NAME_SIZE], type[16];
	int count = 0, ret = 0;

	if (!list) {
		ret = -errno;
		sink_error(sink, "cannot read %s: %s", FAIL_FUNCTION "/injectable",
			   strerror(errno));
		return ret;
	}
	while (!ret && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%" NAME "s [%" NAME "[^]]] %15s", function, owner, type) != 3 ||
		    strcmp(owner, module) || strcmp(type, "ERRNO"))
			continue;
		ret = interrupt(function, sink);
		count++;
	}
	fclose(list);
	return ret ? ret : count;
}
