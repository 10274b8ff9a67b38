/* SPDX-License-Identifier: MIT */
/* How the runner starts other programs: so that none outlives it. */
#ifndef PLANESTORM_CHILD_H
#define PLANESTORM_CHILD_H

#include <gio/gio.h>

/*
 * A launcher whose programs get @death_signal when the thread that started them ends, have no
 * signal blocked, and are in a process group of their own: the terminal's Ctrl-C reaches the runner
 * alone, which then ends them in order.
 */
GSubprocessLauncher *child_launcher_new(GSubprocessFlags flags, int death_signal);

#endif
