// SPDX-License-Identifier: MIT
#include "compositor/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PLANESTORM_DATA
#define PLANESTORM_DATA "/usr/share/planestorm"
#endif

int file_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;
	int ret = 0;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	if (len < 0)
		ret = -errno;
	close(fd);
	text[len < 0 ? 0 : len] = '\0';
	return ret;
}

int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len;
	int ret = 0;

	if (fd < 0)
		return -errno;
	len = write(fd, text, strlen(text));
	if (len < 0)
		ret = -errno;
	else if ((size_t)len != strlen(text))
		ret = -EIO;
	close(fd);
	return ret;
}

int file_write_number(const char *path, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return file_write(path, text);
}

void file_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

const char *data_folder(void)
{
	const char *folder = getenv("PLANESTORM_DATA");

	return folder ? folder : PLANESTORM_DATA;
}
