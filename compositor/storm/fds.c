// SPDX-License-Identifier: MIT
#include "compositor/storm/fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* The limit is on the number of a descriptor, not on how many there are: the first numbers that are
 * free count. */
static rlim_t limit_for(uint64_t left, rlim_t most)
{
	rlim_t limit = 0;

	for (; limit < most; limit++) {
		bool is_free = fcntl((int)limit, F_GETFD) < 0;

		if (is_free && left == 0)
			break;
		left -= is_free;
	}
	return limit;
}

int fds_start(struct fds *fds, uint64_t left)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	fds->before = limit.rlim_cur;
	fds->limit = limit_for(left, limit.rlim_cur);
	fds->refused = 0;
	fds->on = true;
	return 0;
}

int64_t fds_stop(struct fds *fds)
{
	fds->on = false;
	return fds->refused;
}

static void set_limit(rlim_t soft)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = soft;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		perror("planestorm: RLIMIT_NOFILE");
}

void fds_enter(const struct fds *fds)
{
	if (fds->on)
		set_limit(fds->limit);
}

void fds_leave(struct fds *fds, int err)
{
	if (!fds->on)
		return;
	set_limit(fds->before);
	fds->refused += err == EMFILE;
}
