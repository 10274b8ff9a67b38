// SPDX-License-Identifier: MIT
#include "compositor/storm/child.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_kept(int fd, const int *keep, int count)
{
	for (int i = 0; i < count; i++)
		if (keep[i] == fd)
			return true;
	return false;
}

static void close_others(const int *keep, int count)
{
	int last = 2;

	for (int i = 0; i < count; i++)
		last = keep[i] > last ? keep[i] : last;
	for (int fd = 3; fd <= last; fd++)
		if (!is_kept(fd, keep, count))
			close(fd);
	close_range((unsigned)last + 1, ~0u, 0);
}

pid_t child_start(const int *keep, int count)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return -errno;
	if (pid > 0)
		return pid;
	/* The parent may have died before the death signal was asked for. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	close_others(keep, count);
	return 0;
}

void child_await(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	child_await(pid);
}
