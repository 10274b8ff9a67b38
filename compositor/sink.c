// SPDX-License-Identifier: MIT
#include "compositor/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compositor/mark.h"
#include "compositor/model/channel.h"

uint64_t sink_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A reader that has gone away does not stop the program: what it does to the kernel is the point.
 */
static void write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		bytes += done;
		len -= (size_t)done;
	}
}

/* What is there for others to read, a line each. */
static void write_plain(const struct journal_event *event)
{
	if (event->kind == JOURNAL_ERROR)
		fprintf(stderr, "planestorm: %.*s\n", (int)event->text_len, event->text);
	else if (event->kind == JOURNAL_STAT)
		printf("%-28.*s %" PRId64 "\n", (int)event->name_len, event->name, event->value);
	else if (event->kind == JOURNAL_NOTE)
		printf("%.*s\n", (int)event->text_len, event->text);
	fflush(stdout);
}

void sink_event(struct sink *sink, struct journal_event *event)
{
	char line[JOURNAL_LINE_MAX];
	uint16_t mark = journal_mark(event);
	size_t len;

	event->time = sink_now();
	if (sink->plain) {
		write_plain(event);
		return;
	}
	len = journal_format(event, line, sizeof(line));
	if (!sink->channel) {
		write_all(sink->fd, line, len);
		return;
	}
	channel_write(sink->channel, line, len);
	if (mark)
		mark_write(mark);
}

static void write_text(struct sink *sink, enum journal_kind kind, const char *format, va_list args)
{
	char text[512];
	struct journal_event event = { .kind = kind, .text = text };

	vsnprintf(text, sizeof(text), format, args);
	event.text_len = strlen(text);
	sink_event(sink, &event);
}

void sink_note(struct sink *sink, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_text(sink, JOURNAL_NOTE, format, args);
	va_end(args);
}

void sink_error(struct sink *sink, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_text(sink, JOURNAL_ERROR, format, args);
	va_end(args);
}

void sink_ready(struct sink *sink, const char *text)
{
	struct journal_event event = {
		.kind = JOURNAL_READY,
		.text = text,
		.text_len = strlen(text),
	};

	sink_event(sink, &event);
}

void sink_stat(struct sink *sink, const char *name, int64_t value)
{
	struct journal_event event = {
		.kind = JOURNAL_STAT,
		.name = name,
		.name_len = strlen(name),
		.value = value,
	};

	sink_event(sink, &event);
}

void sink_check(struct sink *sink, uint32_t seq)
{
	struct journal_event event = { .kind = JOURNAL_CHECK, .seq = seq };

	sink_event(sink, &event);
	if (sink->channel)
		channel_await_checked(sink->channel, seq);
}

int sink_host(struct sink *sink, uint32_t seq, int line)
{
	struct journal_event event = { .kind = JOURNAL_HOST, .seq = seq, .line = line };

	if (!sink->channel)
		return -ENOTSUP;
	sink_event(sink, &event);
	channel_await_done(sink->channel, seq);
	return 0;
}
