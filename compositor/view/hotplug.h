/* SPDX-License-Identifier: MIT */
/* The kernel's word that a display has come, gone or changed, by udev. */
#ifndef PLANESTORM_VIEW_HOTPLUG_H
#define PLANESTORM_VIEW_HOTPLUG_H

#include <stdbool.h>

struct hotplug;

/* Returns 0, or a negative errno with *@why the thing that could not be done. */
int hotplug_create(struct hotplug **out, const char **why);
void hotplug_destroy(struct hotplug *hotplug); /* NULL is fine */

/* To be waited for. */
int hotplug_fd(const struct hotplug *hotplug);

/* Take what there is. Returns whether the displays of a DRM device are to be looked at anew. */
bool hotplug_take(struct hotplug *hotplug);

#endif
