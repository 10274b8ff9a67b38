// SPDX-License-Identifier: MIT
/* The arguments of the operations, written back as a program would have them. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "compositor/model/parser.h"
#include "compositor/model/words.h"

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

static int append_bytes(char *buf, size_t size, int used, uint64_t bytes)
{
	bool whole = bytes % (1 << 20) == 0;

	return append(buf, size, used, "%" PRIu64 "%c", bytes >> (whole ? 20 : 10),
		      whole ? 'M' : 'K');
}

static int append_pressure(const struct op *op, char *buf, size_t size, int used)
{
	const char *takes = pressure_takes(op->pressure);

	used = append(buf, size, used, "%s%s", pressure_word(op->pressure), takes ? "=" : "");
	if (op->pressure == PRESSURE_MEMORY)
		return append_bytes(buf, size, used, op->amount);
	if (takes)
		return append(buf, size, used, "%" PRIu64, op->amount);
	return used;
}

static int append_errnos(const struct op *op, char *buf, size_t size, int used)
{
	for (int i = 0; i < op->expect_count; i++)
		used = append(buf, size, used, "%s%s", i ? "|" : "", errno_word(op->expect[i]));
	return used;
}

static uint32_t number_of(const struct arg *arg, const struct op *op)
{
	return *(const uint32_t *)((const char *)op + arg->offset);
}

static uint64_t time_of(const struct arg *arg, const struct op *op)
{
	return *(const uint64_t *)((const char *)op + arg->offset);
}

static const struct program_point *point_of(const struct arg *arg, const struct op *op)
{
	return (const struct program_point *)((const char *)op + arg->offset);
}

static int append_point(const struct program *program, const struct program_point *point, char *buf,
			size_t size, int used)
{
	used = append(buf, size, used, "%s", program->timelines[point->timeline - 1].name);
	return point->value ? append(buf, size, used, ":%" PRIu64, point->value) : used;
}

/* Whether @op has it; what stands in its place always is there. */
static bool is_there(const struct program *program, const struct arg *arg, const struct op *op)
{
	switch (arg->kind) {
	case ARG_PLANE:
		return op->change[arg_role(arg)] != CHANGE_NONE;
	case ARG_PLACE:
		return op->has_at;
	case ARG_HOT:
		return op->has_hot;
	case ARG_AREA:
		return op->has_area;
	case ARG_HEAD:
		return op->head != 0;
	case ARG_ORIGIN:
		return program->buffers[op->buffer[0]].origin != ORIGIN_DUMB;
	case ARG_AGAIN:
		return op->again != 0;
	case ARG_WAY:
		return op->way != WAY_FENCES;
	case ARG_HOW:
		return op->how != AWAIT_TIMELINE;
	case ARG_POINT:
		return point_of(arg, op)->timeline != 0;
	case ARG_BYTES:
		return op->amount != 0;
	case ARG_NUMBER:
		return number_of(arg, op) != 0;
	case ARG_TIME:
		return time_of(arg, op) != 0;
	case ARG_FLAG:
		return *(const bool *)((const char *)op + arg->offset);
	default:
		return true;
	}
}

static int append_value(const struct program *program, const struct arg *arg, const struct op *op,
			char *buf, size_t size, int used)
{
	const struct program_buffer *buffers = program->buffers;

	switch (arg->kind) {
	case ARG_MODE:
		if (op->off)
			return append(buf, size, used, "off");
		return append(buf, size, used, "%" PRIu32 "x%" PRIu32, op->width, op->height);
	case ARG_SIZE:
		return append(buf, size, used, "%" PRIu32 "x%" PRIu32, op->width, op->height);
	case ARG_NEW:
		return append(buf, size, used, "%s %s %" PRIu32 "x%" PRIu32,
			      buffers[op->buffer[0]].name,
			      buffers[op->buffer[0]].role == PLANE_CURSOR ? "cursor" : "primary",
			      buffers[op->buffer[0]].width, buffers[op->buffer[0]].height);
	case ARG_BUFFER:
		return append(buf, size, used, "%s", buffers[op->buffer[0]].name);
	case ARG_PRIMARY:
		return append(buf, size, used, "%s", buffers[op->buffer[PLANE_PRIMARY]].name);
	case ARG_CURSOR:
		return append(buf, size, used, "%s", buffers[op->buffer[PLANE_CURSOR]].name);
	case ARG_PLANE:
		if (op->change[arg_role(arg)] == CHANGE_OFF)
			return append(buf, size, used, "off");
		return append(buf, size, used, "%s", buffers[op->buffer[arg_role(arg)]].name);
	case ARG_PLACE:
		return append(buf, size, used, "%" PRId32 ",%" PRId32, op->x, op->y);
	case ARG_HOT:
		return append(buf, size, used, "%" PRId32 ",%" PRId32, op->hot_x, op->hot_y);
	case ARG_AREA:
		return append(buf, size, used, "%" PRIu32 ",%" PRIu32 ",%" PRIu32 "x%" PRIu32,
			      op->area.x, op->area.y, op->area.width, op->area.height);
	case ARG_HEAD:
		return append(buf, size, used, "%d", op->head);
	case ARG_IMAGE:
		return append(buf, size, used, "%s", picture_image_name(op->image));
	case ARG_ORIGIN:
		return append(buf, size, used, "%s", origin_word(buffers[op->buffer[0]].origin));
	case ARG_NTH:
		return append(buf, size, used, "%" PRIu32 "%s", op->nth, op->nth_open ? ".." : "");
	case ARG_AGAIN:
		return append(buf, size, used, "%" PRIu32 "%s", op->again,
			      op->again_open ? ".." : "");
	case ARG_ERRNOS:
		return append_errnos(op, buf, size, used);
	case ARG_WAY:
		return append(buf, size, used, "%s", way_word(op->way));
	case ARG_TIMELINE:
	case ARG_POINT:
		return append_point(program, point_of(arg, op), buf, size, used);
	case ARG_HOW:
		return append(buf, size, used, "%s", how_word(op->how));
	case ARG_MISUSE:
		return append(buf, size, used, "%s", misuse_word(op->misuse));
	case ARG_PRESSURE:
		return append_pressure(op, buf, size, used);
	case ARG_BYTES:
		return append_bytes(buf, size, used, op->amount);
	case ARG_NUMBER:
		return append(buf, size, used, "%" PRIu32, number_of(arg, op));
	case ARG_TIME:
		return append_time(buf, size, used, time_of(arg, op));
	case ARG_FLAG:
	case ARG_NONE:
	default:
		return used;
	}
}

int arguments_format(const struct program *program, const struct operation *operation,
		     const struct op *op, char *buf, size_t size, int used)
{
	for (int i = 0; i < PARSER_MAX_ARGS && operation->args[i].kind; i++) {
		const struct arg *arg = &operation->args[i];

		if (!is_there(program, arg, op))
			continue;
		used = append(buf, size, used, " %s%s", arg->key ? arg->key : "",
			      arg->key && arg->kind != ARG_FLAG ? "=" : "");
		used = append_value(program, arg, op, buf, size, used);
	}
	return used;
}
