/* SPDX-License-Identifier: MIT */
/* What is done in front of the compositor, and behind its back, in words: `view --do "s 100,200 c SIGTERM"`. */
#ifndef PLANESTORM_ACTS_H
#define PLANESTORM_ACTS_H

#include <glib.h>

struct live;

extern const char acts_help[];

struct act {
	enum act_kind {
		ACT_KEYS,   /* pressed in this order and released in the other: codes */
		ACT_POINT,  /* at x, y */
		ACT_CLICK,  /* with the left button */
		ACT_PLUG,   /* a monitor of x * y pixels */
		ACT_PAUSE,  /* of x ms */
		ACT_SIGNAL, /* x, to the compositor */
		ACT_WRITE,  /* text[0] = file of the guest, text[1] = what is written there */
	} kind;
	guint codes[4], count;
	guint x, y;
	char **text;
};

/* The acts that @words say, separated by blanks: struct act, the caller's, or NULL with @error set. */
GArray *acts_parse(const char *words, GError **error);

/* Carry them out on head 0, one after the other. Ends early, and well, if the compositor does. FALSE with @error set. */
gboolean acts_play(struct live *live, const GArray *acts, GError **error);

#endif
