// SPDX-License-Identifier: MIT
/* An operation written back as a line of the language. */
#include "compositor/model/program.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Appends at @used, which may lie beyond @size: then nothing is written, as with snprintf. */
static int append(char *buf, size_t size, int used, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int append(char *buf, size_t size, int used, const char *format, ...)
{
	size_t skip = (size_t)used < size ? (size_t)used : size;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(buf + skip, size - skip, format, args);
	va_end(args);
	return used + len;
}

static int append_time(char *buf, size_t size, int used, uint64_t ns)
{
	if (ns % 1000000000 == 0)
		return append(buf, size, used, "%" PRIu64 "s", ns / 1000000000);
	if (ns % 1000000 == 0)
		return append(buf, size, used, "%" PRIu64 "ms", ns / 1000000);
	if (ns % 1000 == 0)
		return append(buf, size, used, "%" PRIu64 "us", ns / 1000);
	return append(buf, size, used, "%" PRIu64 "ns", ns);
}

static int append_plane(const struct program *program, const struct op *op, enum plane_role role,
			const char *key, char *buf, size_t size, int used)
{
	switch (op->change[role]) {
	case CHANGE_OFF:
		return append(buf, size, used, " %s=off", key);
	case CHANGE_SHOW:
		return append(buf, size, used, " %s=%s", key,
			      program->buffers[op->buffer[role]].name);
	case CHANGE_NONE:
	default:
		return used;
	}
}

static int append_place(const struct op *op, char *buf, size_t size, int used)
{
	if (op->has_at)
		used = append(buf, size, used, " at=%" PRId32 ",%" PRId32, op->x, op->y);
	if (op->has_hot)
		used = append(buf, size, used, " hot=%" PRId32 ",%" PRId32, op->hot_x, op->hot_y);
	return used;
}

static int append_head(const struct op *op, char *buf, size_t size, int used)
{
	return op->head ? append(buf, size, used, " head=%d", op->head) : used;
}

static int format_buffer(const struct program_buffer *buffer, char *buf, size_t size, int used)
{
	return append(buf, size, used, " %s %s %" PRIu32 "x%" PRIu32 " image=%s", buffer->name,
		      buffer->role == PLANE_CURSOR ? "cursor" : "primary", buffer->width,
		      buffer->height, picture_image_name(buffer->image));
}

static int append_area(const struct op *op, const char *key, char *buf, size_t size, int used)
{
	if (!op->has_area)
		return used;
	return append(buf, size, used, " %s=%" PRIu32 ",%" PRIu32 ",%" PRIu32 "x%" PRIu32, key,
		      op->area.x, op->area.y, op->area.width, op->area.height);
}

static int format_commit(const struct program *program, const struct op *op, char *buf, size_t size,
			 int used)
{
	used = append_plane(program, op, PLANE_PRIMARY, "primary", buf, size, used);
	used = append_plane(program, op, PLANE_CURSOR, "cursor", buf, size, used);
	used = append_place(op, buf, size, used);
	used = append_area(op, "damage", buf, size, used);
	if (op->nonblock)
		used = append(buf, size, used, " nonblock");
	if (op->test)
		used = append(buf, size, used, " test");
	return append_head(op, buf, size, used);
}

static int format_expect(const struct op *op, char *buf, size_t size, int used)
{
	for (int i = 0; i < op->expect_count; i++)
		used = append(buf, size, used, "%s%s", i ? "|" : " ", errno_word(op->expect[i]));
	return used;
}

static int format_signals(const struct op *op, char *buf, size_t size, int used)
{
	if (!op->ns)
		return append(buf, size, used, " off");
	used = append(buf, size, used, " every=");
	used = append_time(buf, size, used, op->ns);
	return append(buf, size, used, "%s", op->restart ? " restart" : "");
}

int op_format(const struct program *program, const struct op *op, char *buf, size_t size)
{
	int used = append(buf, size, 0, "%s", op_name(op->kind));

	switch (op->kind) {
	case OP_OUTPUT:
		used = append(buf, size, used, " %" PRIu32 "x%" PRIu32, op->width, op->height);
		return append_head(op, buf, size, used);
	case OP_BUFFER:
		return format_buffer(&program->buffers[op->buffer[0]], buf, size, used);
	case OP_PAINT:
		used = append(buf, size, used, " %s image=%s", program->buffers[op->buffer[0]].name,
			      picture_image_name(op->image));
		return append_area(op, "area", buf, size, used);
	case OP_COMMIT:
		return format_commit(program, op, buf, size, used);
	case OP_CURSOR:
		used = append(buf, size, used, " %s",
			      program->buffers[op->buffer[PLANE_CURSOR]].name);
		used = append_place(op, buf, size, used);
		return append_head(op, buf, size, used);
	case OP_MOVE:
		used = append(buf, size, used, " %" PRId32 ",%" PRId32, op->x, op->y);
		return append_head(op, buf, size, used);
	case OP_HIDE:
		return append_head(op, buf, size, used);
	case OP_FLIP:
		used = append(buf, size, used, " %s",
			      program->buffers[op->buffer[PLANE_PRIMARY]].name);
		return append_head(op, buf, size, used);
	case OP_FAULT:
		return append(buf, size, used, " nth=%" PRIu32 "%s", op->nth,
			      op->nth_open ? ".." : "");
	case OP_EXPECT:
		return format_expect(op, buf, size, used);
	case OP_SIGNALS:
		return format_signals(op, buf, size, used);
	case OP_CONTEND:
		used = append(buf, size, used, " %s", program->buffers[op->buffer[0]].name);
		return op->threads ? append(buf, size, used, " threads=%" PRIu32, op->threads) :
				     append(buf, size, used, " off");
	case OP_REPEAT:
		return append(buf, size, used, " %" PRIu32, op->count);
	case OP_WAIT:
		return append_time(buf, size, append(buf, size, used, " "), op->ns);
	case OP_END:
	case OP_CHECK:
	case OP_KINDS:
	default:
		return used;
	}
}
