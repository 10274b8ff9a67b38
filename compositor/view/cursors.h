/* SPDX-License-Identifier: MIT */
/* The cursor images of DATA/cursors/, each in a buffer that a cursor plane can show. */
#ifndef PLANESTORM_VIEW_CURSORS_H
#define PLANESTORM_VIEW_CURSORS_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/kms/buffer.h"

struct device;
struct sink;

#define CURSORS_MAX 32

struct cursor_plane {
	char name[32]; /* of the file, less its ending */
	struct buffer buffer;
	int32_t hot_x, hot_y; /* pixels of the buffer */
};

struct cursors {
	struct cursor_plane images[CURSORS_MAX];
	int count;
	int current;
	bool pressed; /* a button is: another image is shown for as long */
};

/*
 * Load all that fit the device's cursor plane, in the order of their names, and begin with @name. One that does not fit
 * is left out, and @sink told so. Returns 0; -ENOENT if there is no @name among them; or another negative errno. What is
 * wrong is told to @sink. cursors_finish() is due in all cases.
 */
int cursors_load(struct cursors *cursors, struct device *device, const char *data, const char *name,
		 struct sink *sink);
void cursors_finish(struct cursors *cursors);

/* NULL: there is none. */
const struct cursor_plane *cursors_current(const struct cursors *cursors);
void cursors_next(struct cursors *cursors);

#endif
