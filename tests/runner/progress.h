/* SPDX-License-Identifier: MIT */
/* What the user sees while the runner works: which step, how far, how long so far. On stderr. */
#ifndef PLANESTORM_PROGRESS_H
#define PLANESTORM_PROGRESS_H

#include <glib.h>

/* Start the clock. Colour and rewriting are for a terminal only. */
void progress_init(void);

/* Seconds since progress_init(). */
double progress_elapsed(void);

/* A line that stays. May be called from any thread, as may progress_status(). */
void progress_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* How far the present step is: rewritten in place on a terminal, printed now and then elsewhere. */
void progress_status(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
