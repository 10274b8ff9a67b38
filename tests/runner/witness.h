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
 * Plug a monitor of 1024x768 into console @head (SetUIInfo). QEMU tells a guest that runs; what it keeps
 * of it is lost when a snapshot is loaded.
 */
gboolean witness_plug_in(struct witness *witness, int head, GError **error);

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
