// SPDX-License-Identifier: MIT
#include "compositor/storm/hog.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "compositor/file.h"
#include "compositor/storm/child.h"

#define ROOT "/sys/fs/cgroup"
#define GROUP ROOT "/planestorm"
#define FULL_TRIES 5000
#define FULL_PAUSE_NS 1000000

struct hog {
	char home[PATH_MAX]; /* cgroup.procs of the cgroup that this process came from */
	int64_t before;	     /* events when the cgroup was full for the first time */
	pid_t pid;	     /* 0: none */
};

static int64_t read_events(void)
{
	char text[512];
	const char *line;

	if (file_read(GROUP "/memory.events", text, sizeof(text)))
		return 0;
	line = strstr(text, "\nmax ");
	return line ? strtoll(line + strlen("\nmax "), NULL, 10) : 0;
}

/* "0::/PATH" for version 2. */
static int find_home(struct hog *hog)
{
	char text[PATH_MAX];
	char *path;
	int ret = file_read("/proc/self/cgroup", text, sizeof(text));

	if (ret)
		return ret;
	path = strstr(text, "0::/");
	if (!path)
		return -ENOENT;
	path[strcspn(path, "\n")] = '\0';
	path += strlen("0::/");
	ret = snprintf(hog->home, sizeof(hog->home), ROOT "/%s%scgroup.procs", path,
		       *path ? "/" : "");
	return ret < (int)sizeof(hog->home) ? 0 : -ENAMETOOLONG;
}

static int make_group(uint64_t bytes, const char **why)
{
	int ret;

	*why = "mount cgroup2 at " ROOT;
	if (mount("cgroup2", ROOT, "cgroup2", 0, NULL) && errno != EBUSY)
		return -errno;
	*why = "have a memory cgroup (has the kernel CONFIG_MEMCG?)";
	ret = file_write(ROOT "/cgroup.subtree_control", "+memory");
	if (ret)
		return ret;
	if (mkdir(GROUP, 0755) && errno != EEXIST)
		return -errno;
	return file_write_number(GROUP "/memory.max", bytes);
}

/* If it comes to an OOM kill all the same, it is to hit the hog. */
static _Noreturn void take_memory(void)
{
	file_write_number("/proc/self/oom_score_adj", 1000);
	for (unsigned long i = 0;; i++) {
		char name[64];

		snprintf(name, sizeof(name), ROOT "/absent-%lu", i);
		access(name, F_OK);
	}
}

/* As long as there is room, nothing is reclaimed. */
static void await_full(struct hog *hog)
{
	for (int i = 0; !hog->before && i < FULL_TRIES; i++) {
		nanosleep(&(struct timespec){ .tv_nsec = FULL_PAUSE_NS }, NULL);
		hog->before = read_events();
	}
}

int hog_create(uint64_t bytes, struct hog **out, const char **why)
{
	struct hog *hog = calloc(1, sizeof(*hog));
	int ret;

	*out = NULL;
	*why = "allocate memory for a hog";
	if (!hog)
		return -ENOMEM;
	ret = make_group(bytes, why);
	if (!ret) {
		*why = "find this process's cgroup";
		ret = find_home(hog);
	}
	if (!ret) {
		*why = "enter the memory cgroup";
		ret = file_write_number(GROUP "/cgroup.procs", (uint64_t)getpid());
	}
	if (!ret) {
		*why = "start a hog";
		hog->pid = child_start(NULL, 0);
		ret = hog->pid < 0 ? hog->pid : 0;
	}
	if (ret) {
		hog->pid = 0;
		hog_destroy(hog);
		return ret;
	}
	if (hog->pid == 0)
		take_memory();
	await_full(hog);
	*out = hog;
	return 0;
}

int64_t hog_destroy(struct hog *hog)
{
	int64_t events = read_events() - hog->before;

	if (hog->pid > 0)
		child_end(hog->pid);
	if (*hog->home && file_write_number(hog->home, (uint64_t)getpid()))
		perror("planestorm: cannot leave the memory cgroup");
	/* Contenders and rivals may still be in it. */
	if (rmdir(GROUP) && errno != EBUSY && errno != ENOENT)
		perror("planestorm: " GROUP);
	free(hog);
	return events;
}
