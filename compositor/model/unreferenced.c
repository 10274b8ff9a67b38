// SPDX-License-Identifier: MIT
#include "compositor/model/unreferenced.h"

#include <stdbool.h>
#include <string.h>

/* How a record begins; it goes on to the next one. */
#define RECORD "unreferenced object "
#define RECORD_BYTES 4096

static bool is_ours(const char *record)
{
	static const char *const callers[] = { "[virtio_gpu]", " drm_",	      " dma_buf_",
					       " dma_resv_",   " dma_fence_", " sync_file_" };

	for (size_t i = 0; i < sizeof(callers) / sizeof(callers[0]); i++)
		if (strstr(record, callers[i]))
			return true;
	return false;
}

static int take(const char *record, void (*found)(const char *record))
{
	if (!is_ours(record))
		return 0;
	if (found)
		found(record);
	return 1;
}

int unreferenced_read(FILE *report, void (*found)(const char *record))
{
	char record[RECORD_BYTES] = "", line[256];
	size_t len = 0;
	int count = 0;

	while (fgets(line, sizeof(line), report)) {
		if (!strncmp(line, RECORD, strlen(RECORD))) {
			count += take(record, found);
			len = 0;
		}
		/* One that is too long is cut. */
		if (len + strlen(line) < sizeof(record)) {
			strcpy(record + len, line);
			len += strlen(line);
		}
	}
	return count + take(record, found);
}
