// SPDX-License-Identifier: MIT
#include "compositor/session/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/opener.h"
#include "compositor/session/seat.h"
#include "compositor/sink.h"

struct session {
	struct seat *seat; /* NULL: devices are opened directly */
};

struct session *session_create(const char *backend, const struct session_listener *listener,
			       void *data, struct sink *sink)
{
	struct session *session = calloc(1, sizeof(*session));
	char why[SEAT_WHY_MAX];

	if (!session)
		return NULL;
	if (backend && !strcmp(backend, SESSION_DIRECT))
		return session;
	session->seat = seat_create(backend, listener, data, why);
	if (!session->seat)
		sink_note(sink, "no seat: opening devices directly: %s", why);
	return session;
}

void session_destroy(struct session *session)
{
	if (session && session->seat)
		session->seat->destroy(session->seat);
	free(session);
}

bool session_has_seat(const struct session *session)
{
	return session->seat != NULL;
}

int session_fd(const struct session *session)
{
	return session->seat ? session->seat->fd : -1;
}

int session_dispatch(struct session *session)
{
	return session->seat ? session->seat->dispatch(session->seat) : 0;
}

const struct opener *session_opener(const struct session *session)
{
	return session->seat ? &session->seat->opener : &opener_plain;
}

int session_switch(struct session *session, int terminal)
{
	return session->seat ? session->seat->switch_to(session->seat, terminal) : -ENOTSUP;
}
