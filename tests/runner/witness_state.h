/* SPDX-License-Identifier: MIT */
/* For witness*.c alone: the state of a witness, and what the files share of it. */
#ifndef PLANESTORM_WITNESS_STATE_H
#define PLANESTORM_WITNESS_STATE_H

#include <gio/gio.h>

#include "tests/runner/display_dbus.h"
#include "tests/runner/witness.h"

/* No wait is longer. QEMU answers in milliseconds; a machine under heavy load may take its time. */
#ifndef WITNESS_WAIT_MS
#define WITNESS_WAIT_MS 30000
#endif

#define PATH_CONSOLE "/org/qemu/Display1/Console_%u"

/* A connection to QEMU, from the login until the witness is freed. */
struct link {
	struct witness *witness;
	GDBusConnection *connection; /* NULL: none */
	gboolean hung_up;	     /* by us */
	gboolean closed;	     /* and all that was received before has been handled */
};

/* One console of QEMU's. */
struct listener {
	struct witness *witness;
	int head;
	struct link link;
	QemuListener *skeleton;
};

enum stage { STARTING, WATCHING, FAILED };

/*
 * Everything below belongs to the thread, which runs all handlers. Others read ->listeners once
 * they have seen WATCHING, and ->record and ->now when the thread has ended.
 */
struct witness {
	GThread *thread;
	GMainContext *context;
	GCancellable *cancellable; /* ends the thread's own waits */
	int fd, heads;
	guint32 consoles[DISPLAY_HEADS]; /* QEMU's numbers of them */
	struct link bus;		 /* to QEMU's objects */
	struct listener listeners[DISPLAY_HEADS];
	int listener_count;
	struct display_head now[DISPLAY_HEADS];
	struct display_record *record;
	gsize held; /* bytes of scanouts in the record's checks */
	gboolean stop;

	GMutex lock; /* for what follows */
	GCond changed;
	enum stage stage;
	GError *error; /* why FAILED */
	guint checks;  /* how many are recorded */
	const char *lost;
};

/* witness.c */

/* What is seen from here on is not all there is, for the reason @why, static. The first reason stands: what
 * follows comes from it, or is worth no more. */
void witness_lose(struct witness *witness, const char *why);

/* witness_messages.c */

/* A new last event; what is not set here is 0. */
struct display_event *witness_add_event(struct witness *witness, enum display_kind kind, int head);

/* The object whose methods QEMU calls with what @listener's console shows; the caller's. */
QemuListener *witness_skeleton_new(struct listener *listener);

/* witness_connect.c */

extern const char witness_lost_connection[];

/* In the thread: have QEMU call us for each of its consoles, and end all that there is of this. */
gboolean witness_set_up(struct witness *witness, GError **error);
void witness_tear_down(struct witness *witness);

/* Free the connection; the thread has ended. */
void witness_let_go(struct link *link);

/*
 * From any thread: wait for all that the peer was given to send before. Its GDBus answers by itself, after
 * that, which has then been received here, and waits in the thread's queue at the latest.
 */
gboolean witness_round_trip(struct link *link, GError **error);

#endif
