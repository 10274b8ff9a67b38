/* SPDX-License-Identifier: MIT */
/*
 * The compositor: a moving picture on the primary planes of all displays, and a pointer on their cursor planes
 * that mouse, tablet or finger move. It stands by itself on any KMS device.
 */
#ifndef PLANESTORM_VIEW_VIEW_H
#define PLANESTORM_VIEW_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/model/picture.h"

struct sink;

enum view_painter { VIEW_PAINTER_BEST, VIEW_PAINTER_GLES, VIEW_PAINTER_DUMB };

struct view_options {
	const char *device; /* path; NULL: the first KMS device */
	const char *seat;   /* who manages it, see session_create() */
	const char *data;   /* folder with shaders/ and cursors/ */
	enum picture_image scene;
	const char *cursor; /* name of an image in cursors/ */
	enum view_painter painter;
	uint32_t buffers; /* of a swap chain, 2 or 3 */
	uint32_t rate;	  /* frames a second; 0: as many as there can be */
	uint64_t frames;  /* of the first display, then it ends; 0: no end */
	uint32_t
		hide_s; /* a pointer that does not move is hidden after so many seconds; 0: never */
	bool still;	/* nothing moves by itself */
	bool legacy;	/* no atomic commits */
	bool painted;	/* no cursor planes */
};

/* What each of them is for people, a line each. */
extern const char view_options_help[];

/*
 * As the words of a command line say, of which the first is the program's name; texts are borrowed from there.
 * Returns 0, or -EINVAL after one line on standard error.
 */
int view_options_parse(struct view_options *options, int argc, char **argv);

/*
 * Be a compositor until somebody quits it or it is told to end by SIGTERM, SIGINT or SIGHUP. What there is to tell goes to
 * @sink: which fallbacks it took, and its statistics, also on SIGUSR1. Returns an exit status, see client.h.
 */
int view_run(const struct view_options *options, struct sink *sink);

#endif
