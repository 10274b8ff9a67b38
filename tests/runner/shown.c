// SPDX-License-Identifier: MIT
#include "tests/runner/shown.h"

/* One painting of a buffer. */
struct layer {
	guint32 id;
	enum picture_image image;
	guint32 x, y, width, height;
};

struct shown {
	const struct program *program; /* borrowed */
	struct shown_head heads[PROGRAM_MAX_HEADS];
	struct shown_head before; /* the head of the operation last issued, as it was then */
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
	for (int i = 0; i < shown->program->buffer_count; i++)
		g_array_unref(shown->layers[i]);
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
	struct layer layer = { id, made->image, 0, 0, made->width, made->height };

	if (paint) {
		layer.image = paint->image;
		layer.x = paint->area.x;
		layer.y = paint->area.y;
		layer.width = paint->area.width;
		layer.height = paint->area.height;
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
}

void shown_undo(struct shown *shown, int index)
{
	struct shown_head *head = &shown->heads[index];

	head->primary = shown->before.primary;
	head->cursor = shown->before.cursor;
	head->place_x = shown->before.place_x;
	head->place_y = shown->before.place_y;
}

static void change_primary(struct shown *shown, struct shown_head *head, const struct op *op)
{
	int buffer = op->buffer[PLANE_PRIMARY];

	if (op->change[PLANE_PRIMARY] == CHANGE_OFF)
		head->primary = (struct shown_primary){ .kind = PRIMARY_OFF, .buffer = -1 };
	if (op->change[PLANE_PRIMARY] == CHANGE_SHOW)
		head->primary = (struct shown_primary){ PRIMARY_BUFFER, buffer,
							shown_version(shown, buffer) };
}

/* The image, without its place. A new image has its hotspot at (0, 0) unless @op says otherwise. */
static void change_image(struct shown *shown, struct shown_head *head, const struct op *op)
{
	struct shown_cursor *cursor = &head->cursor;

	if (op->change[PLANE_CURSOR] == CHANGE_OFF)
		cursor->buffer = -1;
	if (op->change[PLANE_CURSOR] == CHANGE_SHOW) {
		cursor->buffer = op->buffer[PLANE_CURSOR];
		cursor->version = shown_version(shown, cursor->buffer);
		cursor->hot_x = cursor->hot_y = 0;
	}
	if (op->has_hot) {
		cursor->hot_x = op->hot_x;
		cursor->hot_y = op->hot_y;
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

void shown_success(struct shown *shown, const struct op *op)
{
	struct shown_head *head = &shown->heads[op->head];

	if (op->test)
		return;
	change_primary(shown, head, op);
	change_image(shown, head, op);
	if (op->kind == OP_COMMIT)
		place_atomic(head, op);
	else if (op->kind != OP_FLIP)
		place_legacy(head, op);
	if (op->has_at) {
		head->place_x = op->x;
		head->place_y = op->y;
	}
}

guint32 shown_picture(const struct shown *shown, int buffer, guint version)
{
	for (guint i = version; i > 0; i--) {
		const struct layer *layer =
			&g_array_index(shown->layers[buffer], struct layer, i - 1);

		if (layer->x == 0 && layer->y == 0)
			return layer->id;
	}
	return 0;
}

/* The last painting that covers the whole buffer: what is below it does not matter. */
static guint lowest_layer(const struct shown *shown, int buffer, guint version)
{
	const struct program_buffer *made = &shown->program->buffers[buffer];

	for (guint i = version; i > 0; i--) {
		const struct layer *layer =
			&g_array_index(shown->layers[buffer], struct layer, i - 1);

		if (layer->width == made->width && layer->height == made->height)
			return i - 1;
	}
	return 0;
}

static void draw_layer(struct image *image, const struct program_buffer *made,
		       const struct layer *layer)
{
	guint32 right = MIN(layer->x + layer->width, (guint32)image->width);
	guint32 bottom = MIN(layer->y + layer->height, (guint32)image->height);

	for (guint32 y = layer->y; y < bottom; y++)
		for (guint32 x = layer->x; x < right; x++)
			image->pixels[y * (guint32)image->width + x] = picture_pixel(
				layer->image, layer->id, made->width, made->height, x, y);
}

/* The left upper @width x @height pixels of a buffer's version. */
static struct image *draw(const struct shown *shown, int buffer, guint version, guint32 width,
			  guint32 height)
{
	struct image *image = image_new((int)width, (int)height);

	for (guint i = lowest_layer(shown, buffer, version); i < version; i++)
		draw_layer(image, &shown->program->buffers[buffer],
			   &g_array_index(shown->layers[buffer], struct layer, i));
	return image;
}

static struct image *draw_scanout(const struct shown *shown, const struct shown_head *head)
{
	const struct shown_primary *primary = &head->primary;
	struct image *image;

	if (primary->kind == PRIMARY_BUFFER)
		image = draw(shown, primary->buffer, primary->version, head->width, head->height);
	else if (primary->kind == PRIMARY_BLACK)
		image = image_new((int)head->width, (int)head->height);
	else
		return NULL;
	/* XRGB: what is in the buffer's X does not matter. */
	for (gsize i = 0; i < (gsize)head->width * head->height; i++)
		image->pixels[i] |= 0xff000000u;
	return image;
}

void shown_display(const struct shown *shown, int index, struct display_head *expected)
{
	const struct shown_head *head = &shown->heads[index];
	const struct shown_cursor *cursor = &head->cursor;

	*expected = (struct display_head){ .hot_x = cursor->hot_x,
					   .hot_y = cursor->hot_y,
					   .x = cursor->x,
					   .y = cursor->y,
					   .visible = cursor->buffer >= 0 };
	expected->scanout = draw_scanout(shown, head);
	if (expected->visible) {
		const struct program_buffer *made = &shown->program->buffers[cursor->buffer];

		expected->cursor = draw(shown, cursor->buffer, cursor->version, made->width,
					made->height);
	}
}
