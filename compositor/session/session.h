/* SPDX-License-Identifier: MIT */
/*
 * Who may show pictures and hear of keys: a seat has one program in front at a time, and others behind it, one on each
 * virtual terminal. With libseat, devices are opened by whoever manages the seat, who takes them away when another
 * terminal comes to the front. Without it, devices are opened directly and are nobody else's.
 */
#ifndef PLANESTORM_SESSION_SESSION_H
#define PLANESTORM_SESSION_SESSION_H

#include <stdbool.h>

struct opener;
struct session;
struct sink;

/* Called by session_dispatch() only. */
struct session_listener {
	/* In front again: the KMS device obeys. Those of mouse and keyboard must be opened anew. */
	void (*enabled)(void *data);
	/* Behind: nothing that was opened obeys any longer. When it returns, the other one takes over. */
	void (*disabled)(void *data);
};

/* For session_create(): no seat. */
#define SESSION_DIRECT "none"

/*
 * Take the seat and wait until it is in front, by @backend, one of libseat's; NULL: the first that works. What stands in
 * the way of that is told to @sink, and then devices are opened directly. @listener and @data are borrowed. No
 * signal may be blocked, since one of libseat's backends is a child process that needs some. Returns NULL without memory.
 */
struct session *session_create(const char *backend, const struct session_listener *listener,
			       void *data, struct sink *sink);

/* Give up the seat. Devices must be closed before. */
void session_destroy(struct session *session); /* NULL is fine */

/* Whether there is somebody who may take devices away. */
bool session_has_seat(const struct session *session);

/* To be waited for; -1: nothing will come. */
int session_fd(const struct session *session);

/* Call the listener, if there is a reason. Returns 0 or a negative errno. */
int session_dispatch(struct session *session);

/* For the session's devices; it lives as long as the session. */
const struct opener *session_opener(const struct session *session);

/* Ask for terminal number @terminal, from 1 on, to be in front. Returns 0 or a negative errno, -ENOTSUP without a seat. */
int session_switch(struct session *session, int terminal);

#endif
