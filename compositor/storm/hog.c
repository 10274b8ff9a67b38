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
#include "compositor/sink.h"
#include "compositor/storm/child.h"

#define ROOT "/sys/fs/cgroup"
#define GROUP ROOT "/planestorm-XXXXXX"
#define SCORE "/proc/self/oom_score_adj"
/* Shorter than the silence for which the runner takes a guest to be locked up. */
#define FULL_NS UINT64_C(5000000000)
#define FULL_PAUSE_NS 1000000

struct hog {
	char group[sizeof(GROUP)]; /* the cgroup; empty: none */
	char home[PATH_MAX];	   /* cgroup.procs of the cgroup that this process came from */
	int64_t before;		   /* events when the cgroup was full for the first time */
	char score[16];		   /* oom_score_adj of this process as it was */
	pid_t pid;		   /* the keeper; 0: none */
};

/* A file of the cgroup. */
struct path {
	char text[64];
};

static struct path in_group(const struct hog *hog, const char *file)
{
	struct path path;

	snprintf(path.text, sizeof(path.text), "%s/%s", hog->group, file);
	return path;
}

static int64_t read_events(const struct hog *hog)
{
	char text[512];
	const char *line;

	if (!*hog->group || file_read(in_group(hog, "memory.events").text, text, sizeof(text)))
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

static int make_group(struct hog *hog, uint64_t bytes, const char **why)
{
	char name[] = GROUP;
	int ret;

	*why = "mount cgroup2 at " ROOT;
	if (mount("cgroup2", ROOT, "cgroup2", 0, NULL) && errno != EBUSY)
		return -errno;
	*why = "have a memory cgroup (has the kernel CONFIG_MEMCG?)";
	ret = file_write(ROOT "/cgroup.subtree_control", "+memory");
	if (ret)
		return ret;
	if (!mkdtemp(name))
		return -errno;
	memcpy(hog->group, name, sizeof(name));
	return file_write_number(in_group(hog, "memory.max").text, bytes);
}

static int enter_group(struct hog *hog, const char **why)
{
	int ret;

	*why = "find this process's cgroup";
	ret = find_home(hog);
	if (ret)
		return ret;
	*why = "enter the memory cgroup";
	ret = file_write_number(in_group(hog, "cgroup.procs").text, (uint64_t)getpid());
	if (ret)
		return ret;
	*why = "be spared by OOM kills";
	ret = file_read(SCORE, hog->score, sizeof(hog->score));
	return ret ? ret : file_write(SCORE, "-1000");
}

static _Noreturn void take_memory(void)
{
	file_write(SCORE, "1000");
	for (unsigned long i = 0;; i++) {
		char name[300];

		/* A name of this length has memory of its own besides, as reclaimable. */
		snprintf(name, sizeof(name), ROOT "/%0250lu", i);
		access(name, F_OK);
	}
}

/*
 * It comes to an OOM kill all the same when the hog wants memory just as the client has taken all there
 * is. Nobody but the hog can be hit, and there is another one after it.
 */
static _Noreturn void keep_hog(void)
{
	for (;;) {
		pid_t pid = child_start(NULL, 0);

		if (pid == 0)
			take_memory();
		if (pid > 0)
			child_await(pid);
	}
}

/* As long as there is room, nothing is reclaimed. */
static void await_full(struct hog *hog)
{
	uint64_t deadline = sink_now() + FULL_NS;

	while (!hog->before && sink_now() < deadline) {
		nanosleep(&(struct timespec){ .tv_nsec = FULL_PAUSE_NS }, NULL);
		hog->before = read_events(hog);
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
	ret = make_group(hog, bytes, why);
	if (!ret)
		ret = enter_group(hog, why);
	if (!ret) {
		*why = "start a hog";
		hog->pid = child_start(NULL, 0);
		ret = hog->pid < 0 ? hog->pid : 0;
	}
	if (ret) {
		hog_destroy(hog);
		return ret;
	}
	if (hog->pid == 0)
		keep_hog();
	await_full(hog);
	*out = hog;
	return 0;
}

int64_t hog_destroy(struct hog *hog)
{
	int64_t events;

	if (hog->pid > 0)
		child_end(hog->pid);
	/* First of all: within it, not even a file can be opened for certain. */
	if (*hog->home && file_write_number(hog->home, (uint64_t)getpid()))
		perror("planestorm: cannot leave the memory cgroup");
	events = read_events(hog) - hog->before;
	if (*hog->score && file_write(SCORE, hog->score))
		perror("planestorm: " SCORE);
	/* The last hog, contenders and rivals may still be in it. */
	if (*hog->group && rmdir(hog->group) && errno != EBUSY)
		perror("planestorm: the memory cgroup");
	free(hog);
	return events;
}
