// SPDX-License-Identifier: MIT
#include "compositor/kms/events.h"

#include <assert.h>
#include <drm.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compositor/sink.h"

void events_init(struct events *events, int fd)
{
	events->fd = fd;
	events->count = 0;
}

void events_expect(struct events *events, uint64_t seq)
{
	assert(events->count < EVENTS_MAX);
	events->seqs[events->count++] = seq;
}

void events_forget(struct events *events)
{
	events->count = 0;
}

static void take_event(struct events *events, uint64_t seq)
{
	uint32_t i = 0;

	while (i < events->count && events->seqs[i] != seq)
		i++;
	if (i == events->count)
		return;
	events->count--;
	memmove(&events->seqs[i], &events->seqs[i + 1],
		(events->count - i) * sizeof(events->seqs[0]));
}

/* The kernel hands out whole events only (drm_read()), which poll() has said are there. */
static int read_events(struct events *events)
{
	char buf[4096];
	struct drm_event_vblank event;
	ssize_t len, at = 0;

	len = read(events->fd, buf, sizeof(buf));
	if (len < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	while (at + (ssize_t)sizeof(event) <= len) {
		memcpy(&event, buf + at, sizeof(event));
		if (event.base.length < sizeof(event))
			return -EPROTO;
		if (event.base.type == DRM_EVENT_FLIP_COMPLETE)
			take_event(events, event.user_data);
		at += (ssize_t)event.base.length;
	}
	return 0;
}

int events_wait(struct events *events, uint64_t timeout_ns)
{
	uint64_t deadline = sink_now() + timeout_ns;

	while (events->count > 0) {
		struct pollfd poll_fd = { .fd = events->fd, .events = POLLIN };
		uint64_t now = sink_now();
		uint64_t left = now < deadline ? deadline - now : 0;
		struct timespec timeout = {
			.tv_sec = (time_t)(left / 1000000000u),
			.tv_nsec = (long)(left % 1000000000u),
		};
		int ready = ppoll(&poll_fd, 1, &timeout, NULL);
		int ret;

		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready == 0)
			return -ETIME;
		ret = ready > 0 ? read_events(events) : 0;
		if (ret)
			return ret;
	}
	return 0;
}
