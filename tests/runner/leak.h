/* SPDX-License-Identifier: MIT */
/*
 * What a client left behind, from two witnesses. The guest's census (compositor/model/census.h) says what
 * the kernel had allocated and not freed before there was a client and when it was gone. The
 * device's trace says which resources were created and never unreferenced, and which it shows at the end:
 * what becomes of a buffer that is not freed and of a plane that is not switched off, whatever the guest's
 * kernel says of itself.
 */
#ifndef PLANESTORM_LEAK_H
#define PLANESTORM_LEAK_H

#include <glib.h>

struct left {
	char *name; /* as in the census */
	char *what; /* for people, in the plural */
	char *text; /* a line that tells all about it */
	gint64 before, after;
};

struct leak {
	/* struct left: what there is more of than before, those that keep others first (census_kinds). */
	GPtrArray *left;
	gboolean counted;  /* there was a census before and one after */
	guint created;	   /* resources */
	GArray *resources; /* guint32, those that are left, as they were created */
	GArray *shown; /* struct device_event, by which the device shows what it shows at the end */
};

/*
 * Count what one trial left, by @events (struct journal_event) and @device (struct device_event;
 * NULL: nobody watched).
 */
struct leak *leak_new(const GArray *events, const GArray *device);
void leak_free(struct leak *leak);

/* All that is left, like "framebuffers +1, host resources 1 of 4"; the caller's. */
char *leak_describe(const struct leak *leak);

#endif
