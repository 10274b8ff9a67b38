/* SPDX-License-Identifier: MIT */
/* The kernel's word that a display has come, gone or changed, by udev. */
#ifndef PLANESTORM_VIEW_HOTPLUG_H
#define PLANESTORM_VIEW_HOTPLUG_H

#include <sys/types.h>

struct hotplug;

/* Returns 0, or a negative errno with *@why the thing that could not be done. */
int hotplug_create(struct hotplug **out, const char **why);
void hotplug_destroy(struct hotplug *hotplug); /* NULL is fine */

/* To be waited for. */
int hotplug_fd(const struct hotplug *hotplug);

enum hotplug_news {
	HOTPLUG_NONE,
	HOTPLUG_DISPLAYS, /* of some DRM device are to be looked at anew */
	HOTPLUG_GONE,	  /* the device itself is gone */
};

/* Take what there is; @device is the number (st_rdev) of the compositor's own. */
enum hotplug_news hotplug_take(struct hotplug *hotplug, dev_t device);

#endif
