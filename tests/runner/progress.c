// SPDX-License-Identifier: MIT
#include "tests/runner/progress.h"

#include <stdio.h>
#include <unistd.h>

/* Without a terminal, a status line is worth printing this often. */
#define STATUS_EVERY (10 * G_TIME_SPAN_SECOND)

static struct {
	GMutex lock;
	gint64 start;
	gint64 last_status;
	gboolean terminal;
	gboolean status_shown;
} progress;

void progress_init(void)
{
	progress.start = g_get_monotonic_time();
	progress.last_status = progress.start;
	progress.terminal = isatty(STDERR_FILENO);
}

double progress_elapsed(void)
{
	return (double)(g_get_monotonic_time() - progress.start) / G_TIME_SPAN_SECOND;
}

static void clear_status(void)
{
	if (progress.status_shown)
		fputs("\r\033[K", stderr);
	progress.status_shown = FALSE;
}

void progress_say(const char *format, ...)
{
	va_list args;

	g_mutex_lock(&progress.lock);
	clear_status();
	fprintf(stderr, "[%6.1f s] ", progress_elapsed());
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	g_mutex_unlock(&progress.lock);
}

void progress_status(const char *format, ...)
{
	gint64 now = g_get_monotonic_time();
	va_list args;

	g_mutex_lock(&progress.lock);
	if (progress.terminal || now - progress.last_status >= STATUS_EVERY) {
		clear_status();
		fprintf(stderr, "[%6.1f s] ", progress_elapsed());
		va_start(args, format);
		vfprintf(stderr, format, args);
		va_end(args);
		if (!progress.terminal)
			fputc('\n', stderr);
		fflush(stderr);
		progress.status_shown = progress.terminal;
		progress.last_status = now;
	}
	g_mutex_unlock(&progress.lock);
}
