// SPDX-License-Identifier: MIT
#include "compositor/storm/workers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compositor/file.h"
#include "compositor/storm/filter.h"
#include "compositor/symbol.h"

#define NAME "kworker/"

/* Functions that have been looked for. */
#define WORKS_MAX 2

static struct known {
	const char *work;
	uint64_t start, end;
} known[WORKS_MAX];
static size_t known_count;

/* The number of the kernel worker that the entry @name of /proc is, or 0. */
static int worker_pid(const char *name)
{
	char path[64], comm[32];
	int pid = atoi(name);

	if (pid <= 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	return !file_read(path, comm, sizeof(comm)) && !strncmp(comm, NAME, strlen(NAME)) ? pid : 0;
}

static bool is_armed(const struct workers *workers, int pid)
{
	for (size_t i = 0; i < workers->count; i++)
		if (workers->workers[i].pid == pid)
			return true;
	return false;
}

static int arm_one(struct workers *workers, int pid, uint32_t nth)
{
	struct worker *more =
		realloc(workers->workers, (workers->count + 1) * sizeof(workers->workers[0]));
	char path[64], text[16];
	int len = snprintf(text, sizeof(text), "%" PRIu32, nth);
	int file;

	if (!more)
		return -ENOMEM;
	workers->workers = more;
	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	file = open(path, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return errno == ENOENT ? 0 : -errno; /* it has just ended */
	workers->workers[workers->count++] = (struct worker){ .pid = pid, .nth = file };
	return write(file, text, (size_t)len) == len ? 0 : -errno;
}

/* All workers: with @nth they are armed, with 0 only looked at. Returns how many were not armed before, or
 * a negative errno. */
static int each(struct workers *workers, uint32_t nth)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int ret = 0, fresh = 0;

	if (!proc)
		return -errno;
	while (!ret && (entry = readdir(proc))) {
		int pid = worker_pid(entry->d_name);

		if (!pid || is_armed(workers, pid))
			continue;
		fresh++;
		if (nth)
			ret = arm_one(workers, pid, nth);
	}
	closedir(proc);
	return ret ? ret : fresh;
}

/* Where it is. Returns 0 or -ENOENT. */
static int find(const char *work, uint64_t *start, uint64_t *end)
{
	for (size_t i = 0; i < known_count; i++) {
		if (strcmp(known[i].work, work))
			continue;
		*start = known[i].start;
		*end = known[i].end;
		return 0;
	}
	return symbol_find(work, start, end);
}

void workers_prepare(const char *work)
{
	struct known *next = &known[known_count];

	if (known_count < WORKS_MAX && !symbol_find(work, &next->start, &next->end)) {
		next->work = work;
		known_count++;
	}
}

int workers_arm(struct workers *workers, const char *work, uint32_t nth)
{
	uint64_t start, end;
	int ret = find(work, &start, &end);

	if (!ret)
		ret = filter_start(start, end);
	if (ret)
		return ret;
	workers->filtered = true;
	ret = each(workers, nth);
	return ret < 0 ? ret : 0;
}

/* The kernel leaves 0 when it has fired (should_fail_ex() in lib/fault-inject.c). */
static bool disarm_one(struct worker *worker)
{
	char text[16];
	bool fired = pread(worker->nth, text, sizeof(text), 0) > 0 && text[0] == '0';

	if (!fired && write(worker->nth, "0", 1) != 1 && errno != ESRCH)
		perror("planestorm: fail-nth of a worker");
	close(worker->nth);
	return fired;
}

bool workers_disarm(struct workers *workers, bool *missed)
{
	bool fired = false;

	*missed = false;
	for (size_t i = 0; i < workers->count; i++)
		fired |= disarm_one(&workers->workers[i]);
	if (!fired && workers->count)
		*missed = each(workers, 0) > 0;
	free(workers->workers);
	workers->workers = NULL;
	workers->count = 0;
	if (workers->filtered)
		filter_stop();
	workers->filtered = false;
	return fired;
}
