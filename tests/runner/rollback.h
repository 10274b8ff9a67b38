/* SPDX-License-Identifier: MIT */
/* What the guest has read back before and after the operations that failed. */
#ifndef PLANESTORM_ROLLBACK_H
#define PLANESTORM_ROLLBACK_H

#include <glib.h>

#include "compositor/model/journal.h"

/*
 * Tell @changed of each failed operation in @events (struct journal_event) after which the state is not
 * what it was before: the operation, and a signature like "cursor changed plane HOTSPOT_X", valid during
 * the call. Returns for how many there was a read-back on both sides.
 */
guint rollback_each(const GArray *events,
		    void (*changed)(const struct journal_event *op, const char *signature,
				    void *data),
		    void *data);

#endif
