// SPDX-License-Identifier: MIT
#include "compositor/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

static int open_plain(void *data, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	(void)data;
	return fd < 0 ? -errno : fd;
}

static void close_plain(void *data, int fd)
{
	(void)data;
	close(fd);
}

const struct opener opener_plain = { open_plain, close_plain, NULL };
