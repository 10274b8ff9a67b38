/* SPDX-License-Identifier: MIT */
/* A seat by libseat (seat.c), or that there is none since the program was built without it (no_seat.c). */
#ifndef PLANESTORM_SESSION_SEAT_H
#define PLANESTORM_SESSION_SEAT_H

#include "compositor/opener.h"

struct session_listener;

struct seat {
	struct opener opener;
	int fd; /* borrowed */
	int (*dispatch)(struct seat *seat);
	int (*switch_to)(struct seat *seat, int terminal);
	void (*destroy)(struct seat *seat);
};

#define SEAT_WHY_MAX 160

/* As session_create(). Returns NULL with @why, room for SEAT_WHY_MAX, the reason. */
struct seat *seat_create(const char *backend, const struct session_listener *listener, void *data,
			 char *why);

#endif
