/* SPDX-License-Identifier: MIT */
/* For updates*.c alone: the state of judging one trial's updates, and what the files share of it. */
#ifndef PLANESTORM_UPDATES_JUDGE_H
#define PLANESTORM_UPDATES_JUDGE_H

#include "tests/runner/updates.h"

/* What an operation that succeeded owes: a command that tells the device so. */
enum demand_kind {
	DEMAND_IMAGE,	/* UPDATE_CURSOR: image and place */
	DEMAND_REPAINT, /* the same, for new pixels in the buffer that is shown already */
	DEMAND_HOTSPOT, /* the same, for another hotspot of the image that is shown already */
	DEMAND_MOVE,	/* UPDATE_CURSOR or MOVE_CURSOR: place */
	DEMAND_HIDE,	/* either, with no resource */
	DEMAND_SCANOUT, /* RESOURCE_FLUSH of the scanout's resource, after the transfer */
	DEMAND_OFF,	/* SET_SCANOUT with no resource */
};

struct demand {
	enum demand_kind kind;
	guint moment; /* of the operation */
	const struct journal_event *op;
	int buffer;  /* -1: none */
	guint32 res; /* what the device knew it by, then; 0: none */
	guint version;
	int x, y;
};

/* A plane as the operations and as the device know it. */
struct track {
	GArray *demands; /* struct demand, in order; those before ->met are done with */
	guint met;
	/* The last operation on the plane, if it was to change nothing, as it failed or was a test: what
	 * the device is told now breaks a promise. */
	const struct journal_event *failed;
	gboolean unasked; /* it was */
	/* The mode changes: the device is told of a buffer of its own, until it is flushed. */
	gboolean changing;
	gboolean broken; /* the device's state is not what the operations made it, as was told */
	/* What the device was last told: resource (0: off, hidden), and the cursor's place. */
	guint32 res;
	int x, y;
	guint version; /* of the cursor's pixels, as they were last copied */
};

/* What the device has of a buffer. */
struct copy {
	guint32 res;
	guint version; /* at its last transfer, 0: none yet */
	/* The cursor update that showed an older version, until its transfer comes. */
	gboolean awaited;
	struct track *track; /* on which it was shown */
	struct demand late;
};

/* An operation that has to wait for a point of a software timeline, before the device is told. */
struct wait {
	const struct journal_event *said;
	gboolean released; /* somebody has begun to signal it */
};

struct judge {
	const struct program *program;
	const struct display_record *display;
	struct updates *updates;
	struct shown *shown;
	GHashTable *ops;     /* line to struct op: the ioctl operation or output of that line */
	GArray *results;     /* gint by seq: errno, or -1: it never came back */
	GHashTable *buffers; /* resource to index of a buffer, + 1 */
	struct copy copies[PROGRAM_MAX_BUFFERS];
	GPtrArray *rivals; /* const struct op: what other processes are doing */
	GArray *waits;	   /* struct wait, in order */
	const struct journal_event *signals; /* of the operation to come, NULL: none */
	struct track tracks[PROGRAM_MAX_HEADS][PLANE_ROLES];
	guint moment;	  /* index of the one at hand */
	guint64 checking; /* the check that waits to be settled, 0: none */
	guint check_moment;
	int comparing;	  /* the head whose turn it is */
	guint next_check; /* in display->checks */
	guint next_event; /* in display->events */
	guint told;	  /* cursor images so far */
	guint settled;	  /* of the demanded, those that a check came after */
	gboolean ended;
	struct incident *reported; /* the last, NULL: it was not kept */
};

/* updates.c */

/* Count an incident and keep it if there is room. Takes @signature and @text. @moment: where to look. */
void judge_report(struct judge *judge, enum incident_kind kind, guint64 seq, guint moment,
		  char *signature, char *text);

/* What @demand asked for is shown on @plane, at @moment, and its pixels have never come. */
void judge_lose_pixels(struct judge *judge, struct track *track, const char *plane,
		       const struct demand *demand, guint moment);

/* All demands before index @end that wait still are lost. */
void judge_lose_until(struct judge *judge, struct track *track, guint end);

/* The length of the operation's word, without what a program says of it. */
int judge_word_length(const struct journal_event *op);
const char *judge_buffer_name(const struct judge *judge, int buffer);

/* What operation @seq returned: an errno, 0, or -1 if it never came back. */
int judge_result(const struct judge *judge, guint64 seq);

/* updates_device.c: what the device was told. */
void judge_device(struct judge *judge, const struct device_event *event);

/* updates_fence.c */

/* What an operation has to wait for, and what one is to signal. */
void judge_fences(struct judge *judge, const struct journal_event *event);
/* The device is told of what @demand asked for. */
void judge_wait(struct judge *judge, const struct demand *demand);

/* updates_check.c */

/* A failed operation that was followed by nothing that it could have caused. */
void judge_close_failure(struct judge *judge, struct track *track);

/*
 * If a check waits to be settled: the guest waited in it for the host, which has seen all that was
 * sent by then; nothing that is demanded comes any more.
 */
void judge_settle(struct judge *judge);

#endif
