// SPDX-License-Identifier: MIT
#include "compositor/view/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

int loop_init(struct loop *loop)
{
	*loop = (struct loop){ .epoll = epoll_create1(EPOLL_CLOEXEC) };
	return loop->epoll < 0 ? -errno : 0;
}

void loop_finish(struct loop *loop)
{
	if (loop->epoll >= 0)
		close(loop->epoll);
	loop->epoll = -1;
}

int loop_add(struct loop *loop, int fd, void (*ready)(void *data), void *data)
{
	struct loop_source *source = &loop->sources[loop->count];
	struct epoll_event event = { .events = EPOLLIN };

	if (loop->count == LOOP_SOURCES_MAX)
		return -ENOSPC;
	event.data.ptr = source;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event))
		return -errno;
	*source = (struct loop_source){ fd, ready, data };
	loop->count++;
	return 0;
}

int loop_run(struct loop *loop)
{
	struct epoll_event events[LOOP_SOURCES_MAX];

	while (!loop->ended) {
		int n = epoll_wait(loop->epoll, events, LOOP_SOURCES_MAX, -1);

		if (n < 0 && errno != EINTR)
			return -errno;
		loop->wakes++;
		for (int i = 0; i < n && !loop->ended; i++) {
			const struct loop_source *source = events[i].data.ptr;

			source->ready(source->data);
		}
	}
	return 0;
}

void loop_end(struct loop *loop)
{
	loop->ended = true;
}
