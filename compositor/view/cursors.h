/* SPDX-License-Identifier: MIT */
/* The cursor images of DATA/cursors/, and buffers of those that a cursor plane can show. */
#ifndef PLANESTORM_VIEW_CURSORS_H
#define PLANESTORM_VIEW_CURSORS_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/cursor/image.h"
#include "compositor/kms/buffer.h"

struct device;
struct sink;

#define CURSORS_MAX 32

struct cursor {
	char name[32]; /* of the file, less its ending */
	struct cursor_image *image;
	struct buffer
		buffer; /* a square with the image in its left upper corner; ->fb 0: it is too large for the plane */
};

struct cursors {
	struct cursor images[CURSORS_MAX];
	int count;
	int current;
	bool pressed; /* a button is: another image is shown for as long */
};

/*
 * Load all in the order of their names, and begin with @name. @sink is told of those that do not fit the device's cursor
 * plane, unless no image is to be on a plane (@planes). Returns 0; -ENOENT if there is no @name among them; or another
 * negative errno. What is wrong is told to @sink. cursors_finish() is due in all cases.
 */
int cursors_load(struct cursors *cursors, struct device *device, const char *data, const char *name,
		 bool planes, struct sink *sink);
void cursors_finish(struct cursors *cursors);

/* NULL: there is none. */
const struct cursor *cursors_current(const struct cursors *cursors);
void cursors_next(struct cursors *cursors);

#endif
