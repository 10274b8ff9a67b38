// SPDX-License-Identifier: MIT
#include "compositor/annotation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/file.h"

#define PARAMETER "/sys/module/" ANNOTATION_MODULE "/parameters/device"

int annotation_start(int fd, bool locks)
{
	char text[32];

	snprintf(text, sizeof(text), "%d %s", fd, locks ? "locks" : "all");
	return file_write(PARAMETER, text);
}

/* "MODE COUNT" */
int64_t annotation_count(void)
{
	char text[32];
	const char *count;

	if (file_read(PARAMETER, text, sizeof(text)))
		return 0;
	count = strchr(text, ' ');
	return count ? strtoll(count, NULL, 10) : 0;
}
