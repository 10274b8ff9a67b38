/* SPDX-License-Identifier: MIT */
/* How devices' nodes are opened: by the process itself, or by somebody who may and hands out descriptors. */
#ifndef PLANESTORM_OPENER_H
#define PLANESTORM_OPENER_H

struct opener {
	/* Returns a descriptor, closed on exec, or a negative errno. @flags: as open() has them. */
	int (*open)(void *data, const char *path, int flags);
	void (*close)(void *data, int fd);
	void *data;
};

/* open() and close(). */
extern const struct opener opener_plain;

#endif
