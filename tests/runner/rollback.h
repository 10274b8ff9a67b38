/* SPDX-License-Identifier: MIT */
/* What the guest has read back before and after the operations that failed. */
#ifndef PLANESTORM_ROLLBACK_H
#define PLANESTORM_ROLLBACK_H

#include <glib.h>

#include "compositor/model/journal.h"

/*
 * Tell @compared of each failed operation in @events (struct journal_event) that has a read-back on both sides:
 * the operation, and a signature like "cursor changed plane HOTSPOT_X", valid during the call, NULL if nothing
 * has changed. Returns how many there are.
 */
guint rollback_each(const GArray *events,
		    void (*compared)(const struct journal_event *op, const char *signature,
				     void *data),
		    void *data);

#endif
