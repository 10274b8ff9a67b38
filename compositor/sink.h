/* SPDX-License-Identifier: MIT */
/*
 * Where the journal goes: into the channel's ring (a guest of the runner), to a file descriptor
 * (planestorm run, by hand), or to people (planestorm compositor). One writer at a time: see the agent for who that is when.
 */
#ifndef PLANESTORM_SINK_H
#define PLANESTORM_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/model/journal.h"

struct channel;

struct sink {
	struct channel *channel; /* borrowed; NULL: write to @fd */
	int fd;
	bool plain; /* for people: notes and counts on standard output, errors on standard error */
};

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t sink_now(void);

/*
 * Stamp @event with the time and write it. With a channel this makes no system call unless the ring
 * is full (the clock is read through the vDSO), and the event's mark follows it if it has one; a
 * process that writes such events needs mark_init().
 */
void sink_event(struct sink *sink, struct journal_event *event);

void sink_note(struct sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sink_error(struct sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sink_ready(struct sink *sink, const char *text);
void sink_stat(struct sink *sink, const char *name, int64_t value);

/*
 * Have the host do its part of the program's line @line, its request number @seq, and wait until that is done. Returns 0, or
 * -ENOTSUP without a channel: there is no host.
 */
int sink_host(struct sink *sink, uint32_t seq, int line);

/* Write that check number @seq has been reached and, with a channel, wait for the host's answer. */
void sink_check(struct sink *sink, uint32_t seq);

#endif
