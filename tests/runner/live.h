/* SPDX-License-Identifier: MIT */
/* The compositor in a guest, and a person in front of it, who may be a test. */
#ifndef PLANESTORM_LIVE_H
#define PLANESTORM_LIVE_H

#include "tests/runner/session.h"

/* A guest with @variant's driver in which the compositor runs. */
struct live {
	struct session *session; /* borrowed */
	struct snapshot *snapshot;
	struct vm *vm;
	char *log;
	guint pictures; /* that were taken */
	gboolean still; /* nothing moves by itself */
};

/* How a guest's compositor came to where it is. */
enum live_state { LIVE_ON, LIVE_ENDED, LIVE_GONE, LIVE_CANCELLED };

/*
 * Start it, on @heads displays, or with a window if there are 0, with @words as its options (see planestorm compositor --help). Returns FALSE with @error set; live_stop() is
 * due in both cases.
 */
gboolean live_start(struct live *live, struct session *session, const struct variant *variant,
		    int heads, const char *words, GError **error);

/* Go on for @ms, or until something has happened to it. */
enum live_state live_wait(struct live *live, gint64 ms);

/* Have the guest's agent carry out @request while it goes on. Returns FALSE with @error set if it does not. */
gboolean live_ask(struct live *live, enum channel_request request, const char *bytes,
		  GError **error);

/* Whether head 0 comes to show nothing, as it was found, now that the compositor has ended. */
gboolean live_is_off(struct live *live);

/* How often the device was told that head @head shows nothing, of which its display does not tell. */
guint live_count_offs(const struct live *live, int head);

/* Press q, and wait until it has ended. Returns FALSE with @error set if it does not. */
gboolean live_quit(struct live *live, GError **error);

/* What the guest's compositor says it has counted as @name, -1: nothing. */
gint64 live_stat(const struct live *live, const char *name);

/* Whether it has come to a good end: it says so, and has no error to tell. */
gboolean live_ended_well(const struct live *live);

/* How often it has said @text, which is no other note's part. */
guint live_said(const struct live *live, const char *text);

/* What it has said, for people: errors, notes and, if it has come to its end, what it has counted. */
void live_print(const struct live *live);

/* Print the kernel's complaints; its console is looked through as a whole. Returns whether there are none. */
gboolean live_tell_splats(const struct live *live);

void live_stop(struct live *live);

/* What is to be seen on head @head, with the cursor over it; the caller's, NULL with @error set. */
struct image *live_picture(struct live *live, int head, GError **error);

#endif
