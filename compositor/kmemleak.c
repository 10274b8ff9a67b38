// SPDX-License-Identifier: MIT
#include "compositor/kmemleak.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compositor/file.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"

/* MSECS_MIN_AGE in mm/kmemleak.c is 5 s. */
#define AGE_S 6

/* How a record begins; the lines of its backtrace follow, to the next one. */
#define RECORD "unreferenced object "
#define RECORD_BYTES 4096

int kmemleak_clear(void)
{
	return file_write(KMEMLEAK, "clear");
}

static bool is_ours(const char *record)
{
	return strstr(record, "[virtio_gpu]") || strstr(record, " drm_") ||
	       strstr(record, " dma_buf_") || strstr(record, " dma_resv_") ||
	       strstr(record, " dma_fence_") || strstr(record, " sync_file_");
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

static int64_t take(const char *record)
{
	if (!is_ours(record))
		return 0;
	print(record);
	return 1;
}

int64_t kmemleak_count(void)
{
	struct timespec age = { .tv_sec = AGE_S };
	char record[RECORD_BYTES] = "", line[256];
	int64_t count = 0;
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
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, RECORD, strlen(RECORD))) {
			count += take(record);
			*record = '\0';
		}
		if (strlen(record) + strlen(line) < sizeof(record))
			strcat(record, line);
	}
	count += take(record);
	fclose(file);
	return count;
}
