/* SPDX-License-Identifier: MIT */
/*
 * What became of each update: the operations that succeeded against the device's commands and, at
 * every check, what must be shown against what was.
 *
 * An operation that changes what a plane shows demands a device command. Each plane's commands go
 * through one queue and are taken up in order, so the demands wait in order: a command meets the
 * first that it fits, and those before it are lost, as is all that still waits when a check has
 * quiesced the guest and the host. An operation after whose success nothing new is to be seen
 * demands nothing.
 */
#ifndef PLANESTORM_UPDATES_H
#define PLANESTORM_UPDATES_H

#include "tests/runner/display.h"
#include "tests/runner/shown.h"
#include "tests/runner/timeline.h"

enum incident_kind {
	INCIDENT_LOST,		 /* an operation succeeded and is not, or not rightly, shown */
	INCIDENT_STALE,		 /* a cursor image was shown before its pixels were transferred */
	INCIDENT_ROLLBACK,	 /* an operation failed, and what is shown has changed */
	INCIDENT_EARLY,		 /* the device was told before an in-fence had signalled */
	INCIDENT_EARLY_IMPLICIT, /* the same, with a fence of the buffer's */
	INCIDENT_KINDS
};

/* No more than this many incidents of a kind are kept; all are counted. */
#define INCIDENTS_MAX 64

struct incident {
	enum incident_kind kind;
	char *signature; /* the same on another run */
	char *text;	 /* for people, with the numbers of this run */
	guint64 seq;	 /* operation, 0: none in particular */
	guint moment;	 /* index into the timeline: where it happened */
	enum device_kind
		missing; /* the command that never came, DEVICE_KINDS: none in particular */
};

/* A command that an operation asked for, as indexes into the timeline. */
struct met {
	guint op, command;
};

/* One head at one check: the whole picture with the cursor blended in. */
struct checked {
	guint64 number;
	int head;
	guint differing;			    /* pixels */
	struct image *expected, *seen, *difference; /* of the checks that are kept; or all NULL */
};

/* Checks whose pictures are kept: the first ones, and the first that differ. */
#define CHECKED_KEPT 16

struct updates {
	guint counts[INCIDENT_KINDS];
	GPtrArray *incidents; /* struct incident, in order */
	GArray *met;	      /* struct met, in order of the commands */
	guint demanded;	      /* device commands that successful operations asked for */
	guint images;	      /* of these, new cursor images that the device was told to show */
	guint refused;	      /* failed operations after which the device was told nothing new */
	guint open;	      /* of the demanded, those that no check came after */
	/* Planes whose last operation failed, and neither another nor a check came after it. */
	guint open_failures;
	guint waited[2]; /* commands that came after what they had to wait for; [1]: implicitly */
	guint denied;	 /* commands that the device refused, and did not carry out */
	guint lost;	 /* of the demanded, those that never came */
	guint checks;	 /* heads compared with the display, at all checks */
	guint differing; /* of these, those on which something else was to be seen */
	GArray *checked; /* struct checked */
	/* guint64, in order: operations of which nothing can be said, since rivals were at all that they touch,
	 * or they touch nothing and rivals were there. */
	GArray *unjudged;
	/*
	 * The two witnesses against each other, up to the last check: cursor images that the device
	 * was told to show and that the display defined. Fewer of the latter: QEMU merged messages,
	 * and the trace decides on what was in between. More: one of the witnesses is wrong.
	 */
	guint told, defined;
};

/* Judge. @display may have no checks (the guest never came to one). Takes linear time. */
struct updates *updates_judge(const struct program *program, const struct timeline *timeline,
			      const struct display_record *display);
void updates_free(struct updates *updates); /* NULL is fine */

/* Which messages of the display were merged, in a sentence without a full stop; NULL: none. The
 * caller's. */
char *updates_merged(const struct updates *updates);

/* Whether nothing can be said of operation @seq. */
gboolean updates_unjudged(const struct updates *updates, guint64 seq);

/* The first incident of @kind, or NULL. */
const struct incident *updates_first(const struct updates *updates, enum incident_kind kind);

#endif
