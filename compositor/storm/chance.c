// SPDX-License-Identifier: MIT
#include "compositor/storm/chance.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compositor/file.h"

/* `times` counts down with each failure, and is the only count of them that the kernel keeps. */
#define TIMES INT32_MAX

static const char *const injectors[] = { "failslab", "fail_page_alloc" };

#define INJECTORS (sizeof(injectors) / sizeof(injectors[0]))

/* Where a module's code is. */
struct text {
	uint64_t start, end;
};

static int set(size_t injector, const char *knob, uint64_t number)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", injectors[injector], knob);
	return file_write_number(path, number);
}

static int64_t left(size_t injector)
{
	char path[96], text[24];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/times", injectors[injector]);
	return file_read(path, text, sizeof(text)) ? TIMES : strtoll(text, NULL, 10);
}

/*
 * "virtio_gpu 110592 0 - Live 0xffffffffa0040000": all of the module's size, and where its code
 * begins. The data is counted in, though it need not follow the code; what is on a call stack is code,
 * and in a guest the driver is the last module that is loaded.
 */
static int find_text(const char *driver, struct text *text)
{
	FILE *modules = fopen("/proc/modules", "re");
	char line[512], name[64];
	uint64_t size;
	int ret = -ENOENT;

	if (!modules)
		return -errno;
	while (ret && fgets(line, sizeof(line), modules)) {
		if (sscanf(line, "%63s %" SCNu64 " %*s %*s %*s %" SCNx64, name, &size,
			   &text->start) != 3 ||
		    strcmp(name, driver) || !text->start)
			continue;
		text->end = text->start + size;
		ret = 0;
	}
	fclose(modules);
	return ret;
}

/* The probability comes last: nothing fails before. */
static int arm(size_t injector, const struct text *text, uint64_t percent)
{
	const struct {
		const char *knob;
		uint64_t number;
	} settings[] = {
		{ "task-filter", 1 },
		{ "stacktrace-depth", 32 },
		{ "require-start", text->start },
		{ "require-end", text->end },
		{ "interval", 1 },
		{ "space", 0 },
		{ "times", TIMES },
		{ "probability", percent },
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < sizeof(settings) / sizeof(settings[0]); i++)
		ret = set(injector, settings[i].knob, settings[i].number);
	return ret;
}

/* As it was, so that fail-nth again counts what it counted before. */
static void disarm(size_t injector)
{
	set(injector, "probability", 0);
	set(injector, "require-start", 0);
	set(injector, "require-end", UINT64_MAX);
}

int chance_start(struct chance *chance, uint64_t percent, const char *driver, const char **why)
{
	struct text text;
	int ret;

	*why = "find the driver's module in /proc/modules";
	ret = find_text(driver, &text);
	if (ret)
		return ret;
	*why = "have allocations fail by chance (has the kernel CONFIG_FAULT_INJECTION and its "
	       "stack filter?)";
	chance->marked = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	if (chance->marked < 0)
		return -errno;
	chance->on = true;
	for (size_t i = 0; !ret && i < INJECTORS; i++)
		ret = arm(i, &text, percent);
	if (ret)
		chance_stop(chance);
	return ret;
}

int64_t chance_stop(struct chance *chance)
{
	int64_t failed = 0;

	for (size_t i = 0; i < INJECTORS; i++) {
		disarm(i);
		failed += TIMES - left(i);
	}
	close(chance->marked);
	chance->on = false;
	return failed;
}

static void mark(const struct chance *chance, const char *value)
{
	if (chance->on && write(chance->marked, value, 1) != 1)
		perror("planestorm: make-it-fail");
}

void chance_enter(const struct chance *chance)
{
	mark(chance, "1");
}

void chance_leave(const struct chance *chance)
{
	mark(chance, "0");
}
