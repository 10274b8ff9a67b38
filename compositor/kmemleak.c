// SPDX-License-Identifier: MIT
#include "compositor/kmemleak.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compositor/file.h"
#include "compositor/model/unreferenced.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"

/* MSECS_MIN_AGE in mm/kmemleak.c is 5 s. */
#define AGE_S 6

int kmemleak_clear(void)
{
	return file_write(KMEMLEAK, "clear");
}

/* A line at a time: one write is one record of the kernel's log. */
static void print(const char *record)
{
	int kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	while (kmsg >= 0 && *record) {
		char text[256];
		int len = (int)strcspn(record, "\n");

		len = snprintf(text, sizeof(text), "<6>planestorm: %.*s\n", len, record);
		if (write(kmsg, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text)) < 0)
			break;
		record += strcspn(record, "\n");
		record += *record == '\n';
	}
	if (kmsg >= 0)
		close(kmsg);
}

int kmemleak_count(void)
{
	struct timespec age = { .tv_sec = AGE_S };
	FILE *file;
	int ret;

	if (access(KMEMLEAK, W_OK))
		return -errno;
	nanosleep(&age, NULL);
	/* What one scan finds may have been on its way from one place to another. */
	ret = file_write(KMEMLEAK, "scan");
	if (!ret)
		ret = file_write(KMEMLEAK, "scan");
	if (ret)
		return ret;
	file = fopen(KMEMLEAK, "re");
	if (!file)
		return -errno;
	ret = unreferenced_read(file, print);
	fclose(file);
	return ret;
}
