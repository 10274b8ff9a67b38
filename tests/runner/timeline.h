/* SPDX-License-Identifier: MIT */
/*
 * The guest's operations and the device's commands in one order, merged by the marks that the guest
 * leaves in the device's trace (tests/runner/trace.h).
 *
 * A journal line with a mark stands where its mark is. One without (a paint, a state) happened
 * between its neighbours with marks; it is put as early as possible, right after the one before. A
 * command stands where the device took it up, which is never before the operation that sent it,
 * and may be long after it.
 */
#ifndef PLANESTORM_TIMELINE_H
#define PLANESTORM_TIMELINE_H

#include <glib.h>

#include "compositor/model/journal.h"
#include "tests/runner/trace.h"

/* One of the two is NULL. Both are borrowed from the arrays that were merged. */
struct moment {
	const struct journal_event *journal;
	const struct device_event *device;
	guint64 time; /* host's CLOCK_REALTIME, us; of a journal line, its mark's or the one before */
};

struct timeline {
	GArray *moments; /* struct moment */
	guint marks;	 /* journal lines that should have one */
	guint missing;	 /* those of them that have none in the trace */
};

/*
 * Merge @journal (struct journal_event) and @device (struct device_event), which must outlive the
 * timeline. Journal lines whose mark is missing stand before the next one that has one. Takes
 * linear time.
 */
struct timeline *timeline_new(const GArray *journal, const GArray *device);
void timeline_free(struct timeline *timeline); /* NULL is fine */

#endif
