// SPDX-License-Identifier: MIT
/* What QEMU says of a console: each message changes what is shown now, and is an event. */
#include "tests/runner/witness_state.h"

#include <string.h>

/* pixman_format_code_t: 32 bits a pixel, a guint32 with blue in its lowest byte. */
#define FORMAT_X8R8G8B8 0x20020888u
#define FORMAT_A8R8G8B8 0x20028888u

#define OPAQUE 0xff000000u
/* As wide or high as a virtio-gpu scanout can be (hw/display/virtio-gpu.c of QEMU). */
#define MAX_SIDE 16384

struct display_event *witness_add_event(struct witness *witness, enum display_kind kind, int head)
{
	struct display_record *record = witness->record;
	struct display_event event = { .kind = kind,
				       .seq = record->events->len + 1,
				       .time = (guint64)g_get_real_time(),
				       .head = head,
				       .picture = PICTURE_NONE };

	g_array_append_val(record->events, event);
	return &g_array_index(record->events, struct display_event, record->events->len - 1);
}

/* A rectangle of pixels as it comes in a message. */
struct block {
	gint64 x, y, width, height;
	guint32 stride; /* bytes */
	GVariant *data;
};

/* Can @block be in a picture at all, and is all of it there? */
static gboolean is_whole(const struct block *block)
{
	return block->width >= 1 && block->width <= MAX_SIDE && block->height >= 1 &&
	       block->height <= MAX_SIDE && block->stride >= block->width * 4 &&
	       g_variant_get_size(block->data) >= (guint64)block->stride * (guint64)block->height;
}

/* Copy @block, which lies within @image; the bits @opaque are set in each pixel. */
static void draw(struct image *image, const struct block *block, guint32 opaque)
{
	const char *from = g_variant_get_data(block->data);

	for (gint64 row = 0; row < block->height; row++, from += block->stride) {
		guint32 *to = image->pixels + (block->y + row) * image->width + block->x;

		memcpy(to, from, (gsize)block->width * sizeof(*to));
		for (gint64 i = 0; i < block->width; i++)
			to[i] |= opaque;
	}
}

/* The picture behind *@image, its pixels ours alone to change: a check may hold what is there. */
static struct image *own(struct image **image, int width, int height, gboolean keep)
{
	struct image *before = *image;
	gboolean fits = before && before->width == width && before->height == height;

	if (fits && g_atomic_int_get(&before->refs) == 1)
		return before;
	*image = image_new(width, height);
	if (fits && keep)
		memcpy((*image)->pixels, before->pixels,
		       (gsize)width * (gsize)height * sizeof(guint32));
	image_unref(before);
	return *image;
}

/* The id in row 0 if @block brought it anew. */
static gint64 picture_of(const struct image *image, const struct block *block)
{
	if (block->x > 0 || block->y > 0 || block->width < PICTURE_ID_PIXELS)
		return PICTURE_NONE;
	return image_picture(image->pixels, image->width);
}

static gboolean on_scanout(QemuListener *skeleton, GDBusMethodInvocation *invocation, guint width,
			   guint height, guint stride, guint format, GVariant *data,
			   struct listener *listener)
{
	struct witness *witness = listener->witness;
	struct block block = { 0, 0, width, height, stride, data };
	struct display_event *event;
	struct image *image;

	if (format != FORMAT_X8R8G8B8 && format != FORMAT_A8R8G8B8) {
		witness_lose(witness, "QEMU sent a picture in an unknown format");
	} else if (!is_whole(&block)) {
		witness_lose(witness, "QEMU sent a picture of impossible size");
	} else {
		image = own(&witness->now[listener->head].scanout, (int)width, (int)height, FALSE);
		draw(image, &block, OPAQUE);
		event = witness_add_event(witness, DISPLAY_SCANOUT, listener->head);
		event->width = (int)width;
		event->height = (int)height;
		event->picture = picture_of(image, &block);
	}
	qemu_listener_complete_scanout(skeleton, invocation);
	return TRUE;
}

static void update(struct listener *listener, const struct block *block)
{
	struct witness *witness = listener->witness;
	struct image **image = &witness->now[listener->head].scanout;
	struct display_event *event;

	if (!*image || block->x < 0 || block->y < 0 || block->x + block->width > (*image)->width ||
	    block->y + block->height > (*image)->height) {
		witness_lose(witness, "QEMU drew outside of the picture");
		return;
	}
	draw(own(image, (*image)->width, (*image)->height, TRUE), block, OPAQUE);
	event = witness_add_event(witness, DISPLAY_UPDATE, listener->head);
	event->x = (int)block->x;
	event->y = (int)block->y;
	event->width = (int)block->width;
	event->height = (int)block->height;
	event->picture = picture_of(*image, block);
}

static gboolean on_update(QemuListener *skeleton, GDBusMethodInvocation *invocation, gint x, gint y,
			  gint width, gint height, guint stride, guint format, GVariant *data,
			  struct listener *listener)
{
	struct block block = { x, y, width, height, stride, data };

	if (format != FORMAT_X8R8G8B8 && format != FORMAT_A8R8G8B8)
		witness_lose(listener->witness, "QEMU sent a picture in an unknown format");
	else if (!is_whole(&block))
		witness_lose(listener->witness, "QEMU sent a picture of impossible size");
	else
		update(listener, &block);
	qemu_listener_complete_update(skeleton, invocation);
	return TRUE;
}

static gboolean on_disable(QemuListener *skeleton, GDBusMethodInvocation *invocation,
			   struct listener *listener)
{
	struct witness *witness = listener->witness;

	g_clear_pointer(&witness->now[listener->head].scanout, image_unref);
	witness_add_event(witness, DISPLAY_DISABLE, listener->head);
	qemu_listener_complete_disable(skeleton, invocation);
	return TRUE;
}

static gboolean on_mouse(QemuListener *skeleton, GDBusMethodInvocation *invocation, gint x, gint y,
			 gint on, struct listener *listener)
{
	struct witness *witness = listener->witness;
	struct display_head *head = &witness->now[listener->head];
	struct display_event *event = witness_add_event(witness, DISPLAY_MOUSE, listener->head);

	event->x = head->x = x;
	event->y = head->y = y;
	event->on = head->visible = on != 0;
	qemu_listener_complete_mouse_set(skeleton, invocation);
	return TRUE;
}

static gboolean on_cursor(QemuListener *skeleton, GDBusMethodInvocation *invocation, gint width,
			  gint height, gint hot_x, gint hot_y, GVariant *data,
			  struct listener *listener)
{
	struct witness *witness = listener->witness;
	struct display_head *head = &witness->now[listener->head];
	struct block block = { 0, 0, width, height, (guint32)width * 4, data };
	struct display_event *event;

	if (is_whole(&block)) {
		draw(own(&head->cursor, width, height, FALSE), &block, 0);
		event = witness_add_event(witness, DISPLAY_CURSOR, listener->head);
		event->width = width;
		event->height = height;
		event->hot_x = head->hot_x = hot_x;
		event->hot_y = head->hot_y = hot_y;
		event->picture = picture_of(head->cursor, &block);
	} else {
		witness_lose(witness, "QEMU sent a cursor of impossible size");
	}
	qemu_listener_complete_cursor_define(skeleton, invocation);
	return TRUE;
}

QemuListener *witness_skeleton_new(struct listener *listener)
{
	static const char *const no_interfaces[] = { NULL };
	QemuListener *skeleton = qemu_listener_skeleton_new();

	qemu_listener_set_interfaces(skeleton, no_interfaces);
	g_signal_connect(skeleton, "handle-scanout", G_CALLBACK(on_scanout), listener);
	g_signal_connect(skeleton, "handle-update", G_CALLBACK(on_update), listener);
	g_signal_connect(skeleton, "handle-disable", G_CALLBACK(on_disable), listener);
	g_signal_connect(skeleton, "handle-mouse-set", G_CALLBACK(on_mouse), listener);
	g_signal_connect(skeleton, "handle-cursor-define", G_CALLBACK(on_cursor), listener);
	return skeleton;
}
