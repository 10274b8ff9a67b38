// SPDX-License-Identifier: MIT
#include "compositor/session/seat.h"

#include <errno.h>
#include <libseat.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compositor/session/session.h"
#include "compositor/sink.h"

/* A liveness limit: whoever starts behind another program does not wait for that one to go. */
#ifndef SEAT_WAIT_MS
#define SEAT_WAIT_MS 5000
#endif

/* Of a person's seat, and more than anybody has. */
#define DEVICES_MAX 64

#define BACKEND "LIBSEAT_BACKEND"

struct libseat_seat {
	struct seat seat;
	struct libseat *libseat;
	const struct session_listener *listener;
	void *data;
	bool enabled;
	bool created; /* the listener may be called */
	struct {
		int fd; /* -1: none */
		int id; /* libseat's */
	} devices[DEVICES_MAX];
};

static struct libseat_seat *libseat_seat_of(void *seat)
{
	return seat; /* which comes first in it */
}

/* --- what libseat says ------------------------------------------------------------------------ */

/* The error that it logged last; a log handler has no other place for it. */
static char complaint[SEAT_WHY_MAX];

/* Less the place in the source with which it begins: "[FILE:LINE] ". */
static void __attribute__((format(printf, 2, 0)))
listen_to_log(enum libseat_log_level level, const char *format, va_list arguments)
{
	char text[SEAT_WHY_MAX];
	const char *place_end;

	if (level != LIBSEAT_LOG_LEVEL_ERROR)
		return;
	vsnprintf(text, sizeof(text), format, arguments);
	place_end = text[0] == '[' ? strstr(text, "] ") : NULL;
	snprintf(complaint, sizeof(complaint), "%s", place_end ? place_end + 2 : text);
}

static void on_enable(struct libseat *libseat, void *data)
{
	struct libseat_seat *seat = data;

	(void)libseat;
	seat->enabled = true;
	if (seat->created)
		seat->listener->enabled(seat->data);
}

static void on_disable(struct libseat *libseat, void *data)
{
	struct libseat_seat *seat = data;

	seat->enabled = false;
	if (seat->created)
		seat->listener->disabled(seat->data);
	libseat_disable_seat(libseat);
}

static const struct libseat_seat_listener listener_of_libseat = { on_enable, on_disable };

static int dispatch(struct seat *of)
{
	return libseat_dispatch(libseat_seat_of(of)->libseat, 0) < 0 ? -errno : 0;
}

/* --- devices ---------------------------------------------------------------------------------- */

/* The index of the device with that descriptor, -1: there is none. */
static int find(const struct libseat_seat *seat, int fd)
{
	for (int i = 0; i < DEVICES_MAX; i++)
		if (seat->devices[i].fd == fd)
			return i;
	return -1;
}

/* libseat has its own flags, which are more than enough. */
static int open_device(void *of, const char *path, int flags)
{
	struct libseat_seat *seat = libseat_seat_of(of);
	int slot = find(seat, -1), fd, id;

	(void)flags;
	if (slot < 0)
		return -EMFILE;
	id = libseat_open_device(seat->libseat, path, &fd);
	if (id < 0)
		return -errno;
	seat->devices[slot].fd = fd;
	seat->devices[slot].id = id;
	return fd;
}

static void close_device(void *of, int fd)
{
	struct libseat_seat *seat = libseat_seat_of(of);
	int slot = find(seat, fd);

	if (fd < 0 || slot < 0)
		return;
	libseat_close_device(seat->libseat, seat->devices[slot].id);
	close(fd);
	seat->devices[slot].fd = -1;
}

static int switch_to(struct seat *of, int terminal)
{
	return libseat_switch_session(libseat_seat_of(of)->libseat, terminal) ? -errno : 0;
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void destroy(struct seat *of)
{
	struct libseat_seat *seat = libseat_seat_of(of);

	if (seat->libseat)
		libseat_close_seat(seat->libseat);
	free(seat);
}

static int await_enabled(struct libseat_seat *seat)
{
	uint64_t end = sink_now() + UINT64_C(1000000) * SEAT_WAIT_MS;

	while (!seat->enabled) {
		uint64_t now = sink_now();

		if (now >= end)
			return -ETIME;
		if (libseat_dispatch(seat->libseat, (int)((end - now) / 1000000) + 1) < 0)
			return -errno;
	}
	return 0;
}

static int take(struct libseat_seat *seat, const char *backend)
{
	if (backend)
		setenv(BACKEND, backend, 1);
	libseat_set_log_handler(listen_to_log);
	libseat_set_log_level(LIBSEAT_LOG_LEVEL_ERROR);
	seat->libseat = libseat_open_seat(&listener_of_libseat, seat);
	if (!seat->libseat)
		return errno ? -errno : -ENODEV;
	seat->seat.fd = libseat_get_fd(seat->libseat);
	return await_enabled(seat);
}

struct seat *seat_create(const char *backend, const struct session_listener *listener, void *data,
			 char *why)
{
	struct libseat_seat *seat = calloc(1, sizeof(*seat));
	int ret = -ENOMEM;

	complaint[0] = '\0';
	if (seat) {
		seat->seat = (struct seat){ .opener = { open_device, close_device, seat },
					    .fd = -1,
					    .dispatch = dispatch,
					    .switch_to = switch_to,
					    .destroy = destroy };
		seat->listener = listener;
		seat->data = data;
		for (int i = 0; i < DEVICES_MAX; i++)
			seat->devices[i].fd = -1;
		ret = take(seat, backend);
	}
	if (!ret) {
		seat->created = true;
		return &seat->seat;
	}
	snprintf(why, SEAT_WHY_MAX, "%s",
		 ret == -ETIME ? "another program is in front" :
		 *complaint    ? complaint :
				 strerror(-ret));
	if (seat)
		destroy(&seat->seat);
	return NULL;
}
