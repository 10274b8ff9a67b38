// SPDX-License-Identifier: MIT
#include "tests/runner/shown.h"

#include <string.h>

/* One painting of a buffer. */
struct layer {
	guint32 id;
	enum picture_image image;
	struct picture_area area;
};

/* What was last drawn for a head's scanout: most checks ask for the same again. */
struct drawing {
	struct shown_primary primary;
	guint32 width, height;
	struct image *image; /* NULL: nothing yet */
};

/* The last version of a buffer that was drawn: the next one goes on from it. */
struct canvas {
	guint version;
	struct image *image; /* NULL: none yet */
};

struct shown {
	const struct program *program; /* borrowed */
	struct shown_head heads[PROGRAM_MAX_HEADS];
	struct shown_head before; /* the head of the operation last issued, as it was then */
	gboolean issued;	  /* there was one */
	struct drawing drawings[PROGRAM_MAX_HEADS];
	struct canvas canvases[PROGRAM_MAX_BUFFERS];
	GArray *layers[PROGRAM_MAX_BUFFERS]; /* struct layer; version N is the first N of them */
};

struct shown *shown_new(const struct program *program)
{
	struct shown *shown = g_new0(struct shown, 1);

	shown->program = program;
	for (int i = 0; i < PROGRAM_MAX_HEADS; i++)
		shown->heads[i].cursor.buffer = -1;
	for (int i = 0; i < program->buffer_count; i++)
		shown->layers[i] = g_array_new(FALSE, FALSE, sizeof(struct layer));
	return shown;
}

void shown_free(struct shown *shown)
{
	if (!shown)
		return;
	for (int i = 0; i < shown->program->buffer_count; i++) {
		g_array_unref(shown->layers[i]);
		image_unref(shown->canvases[i].image);
	}
	for (int i = 0; i < PROGRAM_MAX_HEADS; i++)
		image_unref(shown->drawings[i].image);
	g_free(shown);
}

const struct shown_head *shown_head(const struct shown *shown, int head)
{
	return &shown->heads[head];
}

guint shown_version(const struct shown *shown, int buffer)
{
	return shown->layers[buffer]->len;
}

static const struct op *paint_in_line(const struct program *program, int line)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].kind == OP_PAINT && program->ops[i].line == line)
			return &program->ops[i];
	return NULL;
}

void shown_paint(struct shown *shown, int buffer, int line, guint32 id)
{
	const struct program_buffer *made = &shown->program->buffers[buffer];
	const struct op *paint = paint_in_line(shown->program, line);
	struct layer layer = { id, made->image, { 0, 0, made->width, made->height } };

	if (paint) {
		layer.image = paint->image;
		layer.area = paint->area;
	}
	g_array_append_val(shown->layers[buffer], layer);
}

void shown_output(struct shown *shown, const struct op *op)
{
	struct shown_head *head = &shown->heads[op->head];

	head->width = op->width;
	head->height = op->height;
	head->primary = (struct shown_primary){ .kind = PRIMARY_BLACK, .buffer = -1 };
}

void shown_issue(struct shown *shown, const struct op *op)
{
	shown->before = shown->heads[op->head];
	shown->issued = TRUE;
}

/*
 * The undo is an atomic commit of both planes. A buffer that it shows again has the pixels of now; but a
 * cursor that it finds in place stays as it is.
 */
void shown_undo(struct shown *shown, int index)
{
	struct shown_head *head = &shown->heads[index];
	struct shown_cursor cursor = shown->before.cursor;

	if (!shown->issued)
		return;
	if (cursor.buffer >= 0)
		cursor.version = cursor.buffer == head->cursor.buffer ?
					 head->cursor.version :
					 shown_version(shown, cursor.buffer);
	cursor.legacy = FALSE; /* by the program's own framebuffer */
	head->cursor = cursor;
	head->primary = shown->before.primary;
	head->width = shown->before.width;
	head->height = shown->before.height;
	if (head->primary.kind == PRIMARY_BUFFER)
		head->primary.version = shown_version(shown, head->primary.buffer);
	head->place_x = shown->before.place_x;
	head->place_y = shown->before.place_y;
}

static gboolean shows_primary(const struct shown_head *head, int buffer)
{
	return head->primary.kind == PRIMARY_BUFFER && head->primary.buffer == buffer;
}

/* Through the framebuffer that the program has made of it. */
static gboolean shows_cursor(const struct shown_head *head, int buffer)
{
	return head->cursor.buffer == buffer && !head->cursor.legacy;
}

static void change_primary(struct shown *shown, struct shown_head *head, const struct op *op)
{
	int buffer = op->buffer[PLANE_PRIMARY];

	if (op->change[PLANE_PRIMARY] == CHANGE_OFF)
		head->primary = (struct shown_primary){ .kind = PRIMARY_OFF, .buffer = -1 };
	/* On an output that is off, the driver tells the device to show nothing
	 * (virtio_gpu_primary_plane_update()), and a mode that is set afterwards is black. */
	if (op->change[PLANE_PRIMARY] != CHANGE_SHOW || !head->width)
		return;
	head->primary = (struct shown_primary){ PRIMARY_BUFFER, buffer, 0 };
	/* RESOURCE_FLUSH is for every scanout that shows the buffer. */
	for (int i = 0; i < PROGRAM_MAX_HEADS; i++)
		if (shows_primary(&shown->heads[i], buffer))
			shown->heads[i].primary.version = shown_version(shown, buffer);
}

/* The image, without its place. A new image has its hotspot at (0, 0) unless @op says otherwise; a
 * setplane does not speak of it. */
static void change_image(struct shown *shown, struct shown_head *head, const struct op *op)
{
	struct shown_cursor *cursor = &head->cursor;

	if (op->change[PLANE_CURSOR] != CHANGE_NONE) {
		cursor->unknown = FALSE;
		cursor->rivals = 0;
	}
	if (op->change[PLANE_CURSOR] == CHANGE_OFF)
		cursor->buffer = -1;
	if (op->change[PLANE_CURSOR] == CHANGE_SHOW) {
		cursor->buffer = op->buffer[PLANE_CURSOR];
		cursor->version = shown_version(shown, cursor->buffer);
		cursor->legacy = op->kind == OP_CURSOR;
		if (op->kind != OP_SETPLANE)
			cursor->hot_x = cursor->hot_y = 0;
	}
	if (op->has_hot) {
		cursor->hot_x = op->hot_x;
		cursor->hot_y = op->hot_y;
	}
}

static void switch_off(struct shown_head *head)
{
	head->width = head->height = 0;
	head->primary = (struct shown_primary){ .kind = PRIMARY_OFF, .buffer = -1 };
	head->cursor.buffer = -1;
}

/* New pixels of what is shown. */
static void refresh(struct shown *shown, int buffer)
{
	guint version = shown_version(shown, buffer);

	for (int i = 0; i < PROGRAM_MAX_HEADS; i++) {
		if (shows_primary(&shown->heads[i], buffer))
			shown->heads[i].primary.version = version;
		if (shows_cursor(&shown->heads[i], buffer))
			shown->heads[i].cursor.version = version;
	}
}

/* A framebuffer that is removed is shown no more (drm_framebuffer_remove()). */
static void remove_framebuffer(struct shown *shown, int buffer)
{
	for (int i = 0; i < PROGRAM_MAX_HEADS; i++) {
		struct shown_head *head = &shown->heads[i];

		if (shows_primary(head, buffer))
			head->primary = (struct shown_primary){ .kind = PRIMARY_OFF, .buffer = -1 };
		if (shows_cursor(head, buffer))
			head->cursor.buffer = -1;
	}
}

/* All framebuffers of the program's are removed; that of a legacy cursor is nobody's. */
static void close_device(struct shown *shown)
{
	for (int i = 0; i < PROGRAM_MAX_HEADS; i++) {
		struct shown_cursor cursor = shown->heads[i].cursor;

		if (!shown->heads[i].width)
			continue;
		switch_off(&shown->heads[i]);
		if (cursor.legacy)
			shown->heads[i].cursor = cursor;
	}
}

gboolean shown_touches(const struct shown *shown, const struct op *op, int index,
		       enum plane_role role)
{
	const struct shown_head *head = &shown->heads[index];
	int buffer = op->buffer[0];

	switch (op->kind) {
	case OP_DIRTY:
	case OP_RMFB:
		return role == PLANE_PRIMARY ? shows_primary(head, buffer) :
					       shows_cursor(head, buffer);
	case OP_CLOSE:
		return TRUE;
	case OP_MODESET:
		return index == op->head;
	case OP_MOVE:
	case OP_HIDE:
		return index == op->head && role == PLANE_CURSOR;
	default:
		return index == op->head && (op->change[role] != CHANGE_NONE ||
					     (role == PLANE_CURSOR && (op->has_at || op->has_hot)));
	}
}

static void rival_cursor(struct shown_cursor *cursor, const struct op *op)
{
	cursor->unknown = TRUE;
	if (op->change[PLANE_CURSOR] == CHANGE_SHOW && op->kind != OP_CURSOR)
		cursor->rivals |= G_GUINT64_CONSTANT(1) << op->buffer[PLANE_CURSOR];
}

void shown_rival(struct shown *shown, const struct op *op)
{
	for (int i = 0; i < PROGRAM_MAX_HEADS; i++) {
		if (shown_touches(shown, op, i, PLANE_PRIMARY))
			shown->heads[i].primary =
				(struct shown_primary){ .kind = PRIMARY_UNKNOWN, .buffer = -1 };
		if (shown_touches(shown, op, i, PLANE_CURSOR))
			rival_cursor(&shown->heads[i].cursor, op);
	}
}

static void place(struct shown_head *head, int x, int y)
{
	head->cursor.x = x;
	head->cursor.y = y;
}

/* Where the cursor is after a legacy ioctl, which sets the place each time. */
static void place_legacy(struct shown_head *head, const struct op *op)
{
	if (op->has_at) {
		head->legacy_x = op->x;
		head->legacy_y = op->y;
	}
	place(head, head->legacy_x, head->legacy_y);
}

static void place_atomic(struct shown_head *head, const struct op *op)
{
	if (op->change[PLANE_CURSOR] == CHANGE_SHOW)
		place(head, head->place_x, head->place_y);
	if (op->has_at)
		place(head, op->x, op->y);
}

static void change_planes(struct shown *shown, struct shown_head *head, const struct op *op)
{
	change_primary(shown, head, op);
	change_image(shown, head, op);
	if (op->kind == OP_COMMIT || op->kind == OP_SETPLANE)
		place_atomic(head, op);
	else if (op->kind != OP_FLIP)
		place_legacy(head, op);
	if (op->has_at) {
		head->place_x = op->x;
		head->place_y = op->y;
	}
}

void shown_success(struct shown *shown, const struct op *op)
{
	struct shown_head *head = &shown->heads[op->head];

	switch (op->kind) {
	case OP_COMMIT:
	case OP_SETPLANE:
	case OP_CURSOR:
	case OP_MOVE:
	case OP_HIDE:
	case OP_FLIP:
		if (!op->test)
			change_planes(shown, head, op);
		break;
	case OP_DIRTY:
		refresh(shown, op->buffer[0]);
		break;
	case OP_RMFB:
		remove_framebuffer(shown, op->buffer[0]);
		break;
	case OP_MODESET:
		if (op->off)
			switch_off(head);
		else
			shown_output(shown, op);
		break;
	case OP_CLOSE:
		close_device(shown);
		break;
	default:
		break; /* nothing to be seen */
	}
}

guint32 shown_picture(const struct shown *shown, int buffer, guint version)
{
	for (guint i = version; i > 0; i--) {
		const struct layer *layer =
			&g_array_index(shown->layers[buffer], struct layer, i - 1);

		if (layer->area.x == 0 && layer->area.y == 0)
			return layer->id;
	}
	return 0;
}

/* The first painting from @from on that is needed to draw a version: what a later one covers wholly
 * does not matter. */
static guint lowest_layer(const struct shown *shown, int buffer, guint from, guint version)
{
	const struct program_buffer *made = &shown->program->buffers[buffer];

	for (guint i = version; i > from; i--) {
		const struct layer *layer =
			&g_array_index(shown->layers[buffer], struct layer, i - 1);

		if (layer->area.width == made->width && layer->area.height == made->height)
			return i - 1;
	}
	return from;
}

/* The left upper @width x @height pixels of @image, a copy; 0 where it has none. */
static struct image *crop(const struct image *image, guint32 width, guint32 height)
{
	struct image *part = image_new((int)width, (int)height);
	guint32 columns = MIN(width, (guint32)image->width);
	guint32 rows = MIN(height, (guint32)image->height);

	for (guint32 y = 0; y < rows; y++)
		memcpy(&part->pixels[(gsize)y * width],
		       &image->pixels[(gsize)y * (gsize)image->width], columns * sizeof(guint32));
	return part;
}

/* A buffer's version, borrowed until the next is asked for. Going on from the last one keeps many checks
 * of a buffer that is painted bit by bit from taking quadratic time. */
static const struct image *draw(struct shown *shown, int buffer, guint version)
{
	const struct program_buffer *made = &shown->program->buffers[buffer];
	struct canvas *canvas = &shown->canvases[buffer];

	if (!canvas->image || canvas->version > version) {
		image_unref(canvas->image);
		*canvas = (struct canvas){ 0, image_new((int)made->width, (int)made->height) };
	}
	for (guint i = lowest_layer(shown, buffer, canvas->version, version); i < version; i++) {
		const struct layer *layer = &g_array_index(shown->layers[buffer], struct layer, i);

		if (!layer->id)
			memset(canvas->image->pixels, 0,
			       (gsize)made->width * made->height * sizeof(guint32));
		else
			picture_paint_area(layer->image, layer->id, made->width, made->height,
					   &layer->area, canvas->image->pixels,
					   made->width * (guint32)sizeof(guint32));
	}
	canvas->version = version;
	return canvas->image;
}

struct image *shown_pixels(struct shown *shown, int buffer, guint version)
{
	const struct program_buffer *made = &shown->program->buffers[buffer];

	return crop(draw(shown, buffer, version), made->width, made->height);
}

static struct image *draw_scanout(struct shown *shown, const struct shown_head *head)
{
	const struct shown_primary *primary = &head->primary;
	struct image *image;

	/* The parser sees to it that a buffer is as large as the mode; a guest may say otherwise. */
	if (primary->kind == PRIMARY_BUFFER)
		image = crop(draw(shown, primary->buffer, primary->version), head->width,
			     head->height);
	else
		image = image_new((int)head->width, (int)head->height);
	/* XRGB: what is in the buffer's X does not matter. */
	for (gsize i = 0; i < (gsize)head->width * head->height; i++)
		image->pixels[i] |= 0xff000000u;
	return image;
}

static struct image *scanout(struct shown *shown, int index)
{
	const struct shown_head *head = &shown->heads[index];
	struct drawing *drawing = &shown->drawings[index];
	gboolean drawn = drawing->image && drawing->width == head->width &&
			 drawing->height == head->height &&
			 !memcmp(&drawing->primary, &head->primary, sizeof(head->primary));

	if (head->primary.kind == PRIMARY_OFF || head->primary.kind == PRIMARY_UNKNOWN)
		return NULL;
	if (!drawn) {
		image_unref(drawing->image);
		*drawing = (struct drawing){ head->primary, head->width, head->height,
					     draw_scanout(shown, head) };
	}
	return image_ref(drawing->image);
}

void shown_display(struct shown *shown, int index, struct display_head *expected)
{
	const struct shown_head *head = &shown->heads[index];
	const struct shown_cursor *cursor = &head->cursor;

	*expected = (struct display_head){ .hot_x = cursor->hot_x,
					   .hot_y = cursor->hot_y,
					   .x = cursor->x,
					   .y = cursor->y,
					   .visible = cursor->buffer >= 0 };
	expected->scanout = scanout(shown, index);
	if (head->primary.kind == PRIMARY_BUFFER &&
	    shown->program->buffers[head->primary.buffer].gles)
		expected->tolerance = PICTURE_TOLERANCE;
	if (expected->visible)
		expected->cursor = shown_pixels(shown, cursor->buffer, cursor->version);
}
