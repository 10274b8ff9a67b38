// SPDX-License-Identifier: MIT
#include <errno.h>
#include <xf86drmMode.h>

#include "compositor/kms/device.h"
#include "compositor/kms/output.h"
#include "compositor/view/cursors.h"
#include "compositor/view/head.h"
#include "compositor/view/present.h"

static int set_mode(struct output *output, uint32_t width, uint32_t height, const char **why)
{
	struct output_mode mode;
	int fd = output->device->fd, ret = output_prepare(output, width, height, &mode, why);

	if (ret)
		return ret;
	*why = "set the mode";
	ret = drmModeSetCrtc(fd, output->crtc.id, mode.black.fb, 0, 0, &output->connector.id, 1,
			     &mode.info);
	if (!ret)
		output_adopt(output, &mode);
	drmModeSetCursor(fd, output->crtc.id, 0, 0, 0);
	output_discard(output, &mode);
	return ret;
}

static void switch_off(struct output *output)
{
	int fd = output->device->fd;

	drmModeSetCursor(fd, output->crtc.id, 0, 0, 0);
	drmModeSetCrtc(fd, output->crtc.id, 0, 0, 0, NULL, 0, NULL);
}

/* A page flip has no damage, and takes no cursor along. */
static int show(struct head *head, uint32_t fb, const struct picture_area *areas, int count)
{
	(void)areas;
	(void)count;
	return drmModePageFlip(head->common->device->fd, head->output->crtc.id, fb,
			       DRM_MODE_PAGE_FLIP_EVENT, head);
}

static int show_cursor(const struct head *head, const struct cursor *cursor)
{
	int fd = head->common->device->fd;
	uint32_t crtc = head->output->crtc.id;

	if (!cursor)
		return drmModeSetCursor(fd, crtc, 0, 0, 0);
	return drmModeSetCursor2(fd, crtc, cursor->buffer.handle, cursor->buffer.width,
				 cursor->buffer.height, cursor->image->hot_x, cursor->image->hot_y);
}

/* These ioctls know of no other way but to wait. */
static int move(struct head *head, bool wait)
{
	const struct head_cursor *wanted = &head->wanted;
	int ret = 0;

	(void)wait;
	if (wanted->cursor != head->shown.cursor)
		ret = show_cursor(head, wanted->cursor);
	if (!ret && wanted->cursor)
		ret = drmModeMoveCursor(head->common->device->fd, head->output->crtc.id, wanted->x,
					wanted->y);
	if (!ret)
		head->shown = *wanted;
	return ret;
}

const struct present present_legacy = { set_mode, switch_off, show, move };
