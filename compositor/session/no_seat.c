// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "compositor/session/seat.h"

struct seat *seat_create(const char *backend, const struct session_listener *listener, void *data,
			 char *why)
{
	(void)backend;
	(void)listener;
	(void)data;
	snprintf(why, SEAT_WHY_MAX, "built without libseat");
	return NULL;
}
