/* SPDX-License-Identifier: MIT */
/*
 * The display witness: a client of QEMU's D-Bus display over a socket of its own (p2p, no bus).
 * It listens in a thread of its own, since QEMU's main loop waits for it while it registers.
 */
#ifndef PLANESTORM_WITNESS_H
#define PLANESTORM_WITNESS_H

#include "tests/runner/display.h"

struct witness;

/*
 * Watch the display behind @fd, the other end of the socket that QEMU was given with add_client
 * (@dbus-display). @fd becomes the witness's. Returns when QEMU has registered the listeners of all
 * its consoles, of which there are @heads at least, or NULL with @error set.
 */
struct witness *witness_start(int fd, int heads, GError **error);

/*
 * Plug a monitor of @width x @height into console @head (SetUIInfo), or none if they are 0. QEMU tells a guest that
 * runs; what it keeps of it is lost when a snapshot is loaded.
 */
gboolean witness_plug(struct witness *witness, int head, guint width, guint height, GError **error);

/* What a person does in front of console @head. Each is with the guest when its interrupt is taken. */

/* Point at (@x, @y), pixels of what is shown. */
gboolean witness_point(struct witness *witness, int head, guint x, guint y, GError **error);

/* Mouse buttons, and keys by their evdev codes below KEY_KP7 (83), where QEMU's are the same. */
enum witness_button { WITNESS_LEFT, WITNESS_MIDDLE, WITNESS_RIGHT };
gboolean witness_press(struct witness *witness, int head, enum witness_button button,
		       gboolean pressed, GError **error);
gboolean witness_key(struct witness *witness, int head, guint code, gboolean pressed,
		     GError **error);

/* Append to @events (struct display_event) those that have come from number @from on, counted from 0. */
void witness_events(struct witness *witness, guint from, GArray *events);

/* What console @head shows now. The images are the caller's. */
void witness_look(struct witness *witness, int head, struct display_head *now);

/*
 * The guest's check number @number has been reached, and QEMU's main loop has been round since: wait
 * for every message that QEMU has sent (a round trip on each listener's connection; none is
 * reordered) and record what is shown. Returns FALSE with @error set if QEMU's end is gone.
 */
gboolean witness_check(struct witness *witness, guint64 number, GError **error);

/* Stop watching. Returns what was seen, the caller's. If the connection was lost before, *@lost (may
 * be NULL) says so; static. */
struct display_record *witness_stop(struct witness *witness, const char **lost);

#endif
