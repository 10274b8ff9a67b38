// SPDX-License-Identifier: MIT
#include "compositor/view/hotplug.h"

#include <errno.h>
#include <libudev.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct hotplug {
	struct udev *udev;
	struct udev_monitor *monitor;
};

int hotplug_create(struct hotplug **out, const char **why)
{
	struct hotplug *hotplug = calloc(1, sizeof(*hotplug));
	int ret = -ENOMEM;

	*out = NULL;
	*why = "watch for displays that come and go";
	if (!hotplug)
		return ret;
	hotplug->udev = udev_new();
	if (hotplug->udev)
		/* The kernel's own events: a compositor takes no interest in what udev's rules add. */
		hotplug->monitor = udev_monitor_new_from_netlink(hotplug->udev, "kernel");
	if (hotplug->monitor) {
		ret = udev_monitor_filter_add_match_subsystem_devtype(hotplug->monitor, "drm",
								      NULL);
		if (!ret)
			ret = udev_monitor_enable_receiving(hotplug->monitor);
	}
	if (ret) {
		hotplug_destroy(hotplug);
		return ret;
	}
	*out = hotplug;
	return 0;
}

void hotplug_destroy(struct hotplug *hotplug)
{
	if (!hotplug)
		return;
	if (hotplug->monitor)
		udev_monitor_unref(hotplug->monitor);
	if (hotplug->udev)
		udev_unref(hotplug->udev);
	free(hotplug);
}

int hotplug_fd(const struct hotplug *hotplug)
{
	return udev_monitor_get_fd(hotplug->monitor);
}

/* drm_sysfs_hotplug_event() and its kind put HOTPLUG=1 into a "change". */
static bool is_hotplug(struct udev_device *device)
{
	const char *value = udev_device_get_property_value(device, "HOTPLUG");

	return value && !strcmp(value, "1");
}

static enum hotplug_news news_of(struct udev_device *device, dev_t own)
{
	const char *action = udev_device_get_action(device);

	if (action && !strcmp(action, "remove") && udev_device_get_devnum(device) == own)
		return HOTPLUG_GONE;
	return is_hotplug(device) ? HOTPLUG_DISPLAYS : HOTPLUG_NONE;
}

enum hotplug_news hotplug_take(struct hotplug *hotplug, dev_t own)
{
	enum hotplug_news latest = HOTPLUG_NONE;
	struct udev_device *device;

	/* The monitor's socket does not block. */
	while ((device = udev_monitor_receive_device(hotplug->monitor))) {
		enum hotplug_news news = news_of(device, own);

		latest = news > latest ? news : latest;
		udev_device_unref(device);
	}
	return latest;
}
