// SPDX-License-Identifier: MIT
/*
 * The operations of the language, as data: a new one is a line here, a way into the kernel in
 * compositor/request.c, and what it must show in tests/runner/shown.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "compositor/model/parser.h"

#define MAX_REPEAT 10000000

/* A framebuffer smaller than the mode cannot cover the primary plane, which virtio-gpu demands. */
static int check_primary_size(struct parser *parser, struct op *op)
{
	const struct op *mode = parser->modes[op->head];
	const struct program_buffer *buffer;

	if (op->change[PLANE_PRIMARY] != CHANGE_SHOW)
		return 0;
	buffer = &parser->program->buffers[op->buffer[PLANE_PRIMARY]];
	if (buffer->width < mode->width || buffer->height < mode->height)
		return parser_fail(parser,
				   "expected a primary buffer of at least %" PRIu32 "x%" PRIu32
				   ", the output's size; %s is %" PRIu32 "x%" PRIu32,
				   mode->width, mode->height, buffer->name, buffer->width,
				   buffer->height);
	return 0;
}

static int check_area(struct parser *parser, struct op *op, const struct program_buffer *buffer)
{
	if (op->area.x + op->area.width > buffer->width ||
	    op->area.y + op->area.height > buffer->height)
		return parser_fail(parser,
				   "expected an area within %s, which is %" PRIu32 "x%" PRIu32,
				   buffer->name, buffer->width, buffer->height);
	return 0;
}

/* Shaders paint nothing else. */
static int check_scene(struct parser *parser, const struct op *op,
		       const struct program_buffer *buffer)
{
	if (!buffer->gles || picture_is_scene(op->image))
		return 0;
	return parser_fail(parser,
			   "expected image= windows, gradient or ripples for %s, which GLES paints",
			   buffer->name);
}

static int check_buffer(struct parser *parser, struct op *op)
{
	struct program_buffer *buffer = &parser->program->buffers[op->buffer[0]];

	buffer->image = op->image;
	buffer->bare = op->bare;
	buffer->gles = op->gles;
	if (!op->gles)
		return 0;
	if (buffer->role != PLANE_PRIMARY || buffer->bare || buffer->origin != ORIGIN_DUMB)
		return parser_fail(
			parser, "expected a primary buffer, neither from= nor bare, besides gles");
	return check_scene(parser, op, buffer);
}

/* GBM makes its memory, and lets go of it: operations do not. */
static int check_memory(struct parser *parser, struct op *op)
{
	const struct program_buffer *buffer = &parser->program->buffers[op->buffer[0]];

	if (!buffer->gles)
		return 0;
	return parser_fail(parser, "expected a buffer that is not painted by GLES, %s is",
			   buffer->name);
}

/* GBM's device would be closed under it. */
static int check_close(struct parser *parser, struct op *op)
{
	(void)op;
	for (int i = 0; i < parser->program->buffer_count; i++)
		if (parser->program->buffers[i].gles)
			return parser_fail(parser,
					   "expected no close beside a buffer that GLES paints");
	return 0;
}

static int check_paint(struct parser *parser, struct op *op)
{
	const struct program_buffer *buffer = &parser->program->buffers[op->buffer[0]];
	int ret = check_scene(parser, op, buffer);

	if (ret)
		return ret;
	if (op->has_area)
		return check_area(parser, op, buffer);
	op->area = (struct picture_area){ .width = buffer->width, .height = buffer->height };
	return 0;
}

static int check_dirty(struct parser *parser, struct op *op)
{
	if (!op->has_area)
		return 0;
	return check_area(parser, op, &parser->program->buffers[op->buffer[0]]);
}

static int check_pointer(struct parser *parser, struct op *op)
{
	const struct op *mode = parser->modes[op->head];

	if (!op->pointer)
		return 0;
	if (!op->has_at)
		return parser_fail(parser, "expected at= besides pointer");
	if (op->x < 0 || op->y < 0 || (uint32_t)op->x >= mode->width ||
	    (uint32_t)op->y >= mode->height)
		return parser_fail(parser,
				   "expected a place within the output, which is %" PRIu32
				   "x%" PRIu32 ", besides pointer",
				   mode->width, mode->height);
	return 0;
}

static int check_commit(struct parser *parser, struct op *op)
{
	int ret = check_pointer(parser, op);

	if (ret)
		return ret;
	if (!op->change[PLANE_PRIMARY] && !op->change[PLANE_CURSOR] && !op->has_at)
		return parser_fail(parser, "expected primary=, cursor= or at= in a commit");
	if (op->has_area && op->change[PLANE_PRIMARY] != CHANGE_SHOW)
		return parser_fail(parser, "expected primary= with a buffer besides damage=");
	if (op->has_area &&
	    check_area(parser, op, &parser->program->buffers[op->buffer[PLANE_PRIMARY]]))
		return -EINVAL;
	ret = check_fences(parser, op);
	if (ret)
		return ret;
	return check_primary_size(parser, op);
}

static int check_setplane(struct parser *parser, struct op *op)
{
	if (!op->change[PLANE_PRIMARY] == !op->change[PLANE_CURSOR])
		return parser_fail(parser, "expected primary= or cursor= in a setplane");
	if (op->has_at && op->change[PLANE_CURSOR] != CHANGE_SHOW)
		return parser_fail(parser, "expected cursor= with a buffer besides at=");
	return check_primary_size(parser, op);
}

static int check_hide(struct parser *parser, struct op *op)
{
	(void)parser;
	op->change[PLANE_CURSOR] = CHANGE_OFF;
	return 0;
}

/*
 * Both set the kernel's one failslab: a filter by call stack would hide allocations from nth=, and the
 * probability of one would be that of the other.
 */
static int check_injection(struct parser *parser, struct op *op)
{
	if (op->kind == OP_FAULT ? !parser->has_pressure[PRESSURE_ALLOC] :
				   op->pressure != PRESSURE_ALLOC || !parser->has[OP_FAULT])
		return 0;
	return parser_fail(parser, "expected either fault or pressure alloc= in a program");
}

static int check_fault(struct parser *parser, struct op *op)
{
	if (!op->nth)
		return parser_expected(parser, "nth=K or nth=K..");
	if (op->look && !op->nth_open)
		return parser_fail(parser, "expected nth=K.. besides check");
	if (op->again_open && !op->nth_open)
		return parser_fail(parser, "expected nth=K.. besides again=N..");
	if (op->worker && op->again)
		return parser_fail(parser, "expected either again= or worker");
	return check_injection(parser, op);
}

static int check_signals(struct parser *parser, struct op *op)
{
	if (!op->ns == !op->off)
		return parser_fail(parser, "expected signals every=TIME or signals off");
	if (op->off && (op->restart || op->standard || op->stop || op->ns_max))
		return parser_fail(parser, "expected nothing besides off");
	if (op->ns_max && op->ns_max <= op->ns)
		return parser_fail(parser, "expected a longer time in to= than in every=");
	return 0;
}

static int check_contend(struct parser *parser, struct op *op)
{
	if (!op->threads == !op->off)
		return parser_fail(parser, "expected threads=N or off for a contend");
	if (op->off && op->way)
		return parser_fail(parser, "expected nothing besides off");
	return 0;
}

static int check_kill(struct parser *parser, struct op *op)
{
	return op->ns ? 0 : parser_expected(parser, "after=TIME");
}

/* What was done before would not have been looked at. */
static int check_annotate(struct parser *parser, struct op *op)
{
	(void)op;
	if (parser->has[OP_ANNOTATE])
		return parser_fail(parser, "expected one annotate in a program");
	if (parser->entries)
		return parser_fail(parser, "expected annotate before the first operation that "
					   "enters the kernel");
	return 0;
}

/* The machine is started with it. */
static int check_device(struct parser *parser, struct op *op)
{
	if (!op->amount)
		return parser_expected(parser, "max_hostmem=SIZE");
	if (parser->program->op_count)
		return parser_fail(parser, "expected device before any other line");
	return 0;
}

static int check_repeat(struct parser *parser, struct op *op)
{
	(void)op;
	if (parser->depth == PROGRAM_MAX_DEPTH)
		return parser_fail(parser, "expected repeat to be nested at most %d deep",
				   PROGRAM_MAX_DEPTH);
	parser->open[parser->depth++] = parser->program->op_count;
	return 0;
}

static int check_end(struct parser *parser, struct op *op)
{
	int start;

	if (parser->depth == 0)
		return parser_fail(parser, "expected a repeat above this end");
	start = parser->open[--parser->depth];
	if (start == parser->program->op_count - 1)
		return parser_fail(parser, "expected an operation between repeat and end");
	op->jump = start;
	parser->program->ops[start].jump = parser->program->op_count;
	return 0;
}

static int check_resize(struct parser *parser, struct op *op)
{
	if (parser->modes[op->head])
		return 0;
	return parser_fail(parser, "expected an output line for head=%d above", op->head);
}

/* QEMU never takes the monitor of its first head away. */
static int check_hotplug(struct parser *parser, struct op *op)
{
	const struct op *mode = parser->modes[op->head];

	if (op->on == op->off)
		return parser_fail(parser, "expected hotplug on or hotplug off");
	if (op->off && op->head == 0)
		return parser_fail(parser, "expected head=1 for a hotplug off");
	if (!mode)
		return parser_fail(parser, "expected an output line for head=%d above", op->head);
	if (op->on) {
		op->width = mode->width;
		op->height = mode->height;
	}
	return 0;
}

/* Any output will do. */
static int check_check(struct parser *parser, struct op *op)
{
	(void)op;
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		if (parser->modes[head])
			return 0;
	return parser_fail(parser, "expected an output line before the first operation on a plane");
}

/* clang-format off */
#define FLAG(word, field) { ARG_FLAG, word, offsetof(struct op, field), 0 }
#define NUMBER(key, field, most) { ARG_NUMBER, key, offsetof(struct op, field), most }
#define TIME(key, field) { ARG_TIME, key, offsetof(struct op, field), 0 }
#define HEAD { ARG_HEAD, "head", 0, 0 }
#define OPTION(kind, key) { kind, key, 0, 0 }
#define PLACED(kind) { kind, NULL, 0, 0 }
#define POINT(key, field, most) { ARG_POINT, key, offsetof(struct op, field), most }
#define THE_POINT POINT(NULL, point, INT64_MAX)
#define FROM POINT("from", from, INT64_MAX)
#define PLANES OPTION(ARG_PLANE, "primary"), OPTION(ARG_PLANE, "cursor")
#define NOTHING { { ARG_NONE, NULL, 0, 0 } }
#define AT OPTION(ARG_PLACE, "at")
#define HOT OPTION(ARG_HOT, "hot")

#define ENTERS OPERATION_ENTERS
#define ON_OUTPUT (OPERATION_ENTERS | OPERATION_OUTPUT)
#define MODIFIER OPERATION_MODIFIER
#define SINGLE OPERATION_SINGLE

const struct operation operations[OP_KINDS] = {
	[OP_DEVICE] = { "device", SINGLE, { OPTION(ARG_BYTES, "max_hostmem") }, check_device },
	[OP_OUTPUT] = { "output", 0, { PLACED(ARG_SIZE), HEAD }, NULL },
	[OP_BUFFER] = { "buffer", SINGLE,
			{ PLACED(ARG_NEW), OPTION(ARG_IMAGE, "image"), OPTION(ARG_ORIGIN, "from"),
			  FLAG("bare", bare), FLAG("gles", gles) }, check_buffer },
	[OP_PAINT] = { "paint", 0,
		       { PLACED(ARG_BUFFER), OPTION(ARG_IMAGE, "image"), OPTION(ARG_AREA, "area") },
		       check_paint },
	[OP_TIMELINE] = { "timeline", SINGLE,
			  { { ARG_TIMELINE, NULL, offsetof(struct op, point), 0 },
			    FLAG("software", software) }, check_timeline },

	[OP_ANNOTATE] = { "annotate", SINGLE, { FLAG("locks", locks) }, check_annotate },

	[OP_COMMIT] = { "commit", ON_OUTPUT,
			{ PLANES, AT, HOT, OPTION(ARG_AREA, "damage"),
			  POINT("primary_in", in[PLANE_PRIMARY], INT64_MAX),
			  POINT("cursor_in", in[PLANE_CURSOR], INT64_MAX),
			  POINT("out", point, INT64_MAX), FLAG("nonblock", nonblock),
			  FLAG("test", test), FLAG("pointer", pointer), HEAD }, check_commit },
	[OP_SETPLANE] = { "setplane", ON_OUTPUT, { PLANES, AT, HEAD }, check_setplane },
	[OP_CURSOR] = { "cursor", ON_OUTPUT, { PLACED(ARG_CURSOR), AT, HOT, HEAD }, NULL },
	[OP_MOVE] = { "move", ON_OUTPUT, { PLACED(ARG_PLACE), FLAG("pointer", pointer), HEAD },
		      check_pointer },
	[OP_HIDE] = { "hide", ON_OUTPUT, { HEAD }, check_hide },
	[OP_FLIP] = { "flip", ON_OUTPUT, { PLACED(ARG_PRIMARY), HEAD }, check_primary_size },
	[OP_DIRTY] = { "dirty", ENTERS, { PLACED(ARG_BUFFER), OPTION(ARG_AREA, "area") },
		       check_dirty },
	[OP_MODESET] = { "modeset", ON_OUTPUT, { PLACED(ARG_MODE), HEAD }, NULL },

	[OP_CREATE] = { "create", ENTERS, { PLACED(ARG_BUFFER) }, check_memory },
	[OP_MAP] = { "map", ENTERS, { PLACED(ARG_BUFFER) }, check_memory },
	[OP_UNMAP] = { "unmap", ENTERS, { PLACED(ARG_BUFFER) }, check_memory },
	[OP_DESTROY] = { "destroy", ENTERS, { PLACED(ARG_BUFFER) }, check_memory },
	[OP_ADDFB] = { "addfb", ENTERS, { PLACED(ARG_BUFFER) }, NULL },
	[OP_RMFB] = { "rmfb", ENTERS, { PLACED(ARG_BUFFER) }, NULL },
	[OP_EXPORT] = { "export", ENTERS, { PLACED(ARG_BUFFER) }, NULL },
	[OP_IMPORT] = { "import", ENTERS, { PLACED(ARG_BUFFER) }, check_memory },
	[OP_ADDBLOB] = { "addblob", ENTERS, NOTHING, NULL },
	[OP_RMBLOB] = { "rmblob", ENTERS, NOTHING, NULL },

	[OP_ADVANCE] = { "advance", ENTERS, { THE_POINT, TIME("after", ns) }, check_advance },
	[OP_RESET] = { "reset", ENTERS, { POINT(NULL, point, 0) }, check_sync_object },
	[OP_ABANDON] = { "abandon", ENTERS, { POINT(NULL, point, 0) }, check_software },
	[OP_TRANSFER] = { "transfer", ENTERS, { THE_POINT, FROM }, check_transfer },
	[OP_MERGE] = { "merge", ENTERS, { THE_POINT, FROM, POINT("with", with, INT64_MAX) },
		       check_transfer },
	[OP_QUERY] = { "query", ENTERS, { THE_POINT }, check_sync_object },
	[OP_AWAIT] = { "await", ENTERS, { THE_POINT, OPTION(ARG_HOW, "by"), TIME("timeout", ns) },
		       check_sync_object },
	[OP_SHARE] = { "share", ENTERS, { POINT(NULL, point, 0) }, check_sync_object },
	[OP_ATTACH] = { "attach", ENTERS, { PLACED(ARG_BUFFER), FROM }, check_attach },
	[OP_EXTRACT] = { "extract", ENTERS,
			 { PLACED(ARG_BUFFER), POINT("out", point, INT64_MAX) }, check_extract },
	[OP_MISUSE] = { "misuse", ON_OUTPUT, { PLACED(ARG_MISUSE) }, check_misuse },

	[OP_DROPMASTER] = { "dropmaster", ENTERS, NOTHING, NULL },
	[OP_SETMASTER] = { "setmaster", ENTERS, NOTHING, NULL },
	[OP_UNBIND] = { "unbind", ENTERS | SINGLE, NOTHING, NULL },
	[OP_CLOSE] = { "close", ENTERS, NOTHING, check_close },

	[OP_FAULT] = { "fault", MODIFIER,
		       { OPTION(ARG_NTH, "nth"), OPTION(ARG_AGAIN, "again"), FLAG("worker", worker),
			 FLAG("check", look) }, check_fault },
	[OP_EXPECT] = { "expect", MODIFIER, { PLACED(ARG_ERRNOS) }, NULL },
	[OP_SIGNAL] = { "signal", MODIFIER, { FLAG("restart", restart) }, NULL },
	[OP_RIVAL] = { "rival", MODIFIER, { FLAG("off", off) }, NULL },

	[OP_SIGNALS] = { "signals", 0,
			 { TIME("every", ns), TIME("to", ns_max), FLAG("standard", standard),
			   FLAG("restart", restart), FLAG("stop", stop), FLAG("off", off) },
			 check_signals },
	[OP_CONTEND] = { "contend", 0,
			 { PLACED(ARG_BUFFER), NUMBER("threads", threads, PROGRAM_MAX_THREADS),
			   OPTION(ARG_WAY, "by"), FLAG("off", off) }, check_contend },
	[OP_KILL] = { "kill", SINGLE, { TIME("after", ns) }, check_kill },
	[OP_PRESSURE] = { "pressure", 0, { PLACED(ARG_PRESSURE) }, check_injection },
	[OP_OBSERVE] = { "observe", 0,
			 { POINT(NULL, point, 0), NUMBER("observers", threads, PROGRAM_MAX_OBSERVERS),
			   FLAG("off", off) }, check_observe },

	[OP_REPEAT] = { "repeat", 0, { NUMBER(NULL, count, MAX_REPEAT) }, check_repeat },
	[OP_END] = { "end", 0, NOTHING, check_end },
	[OP_CHECK] = { "check", 0, NOTHING, check_check },
	[OP_WAIT] = { "wait", 0, { TIME(NULL, ns) }, NULL },

	[OP_HOTPLUG] = { "hotplug", 0, { FLAG("on", on), FLAG("off", off), HEAD }, check_hotplug },
	[OP_RESIZE] = { "resize", 0, { PLACED(ARG_SIZE), HEAD }, check_resize },
};
/* clang-format on */

const char *op_name(enum op_kind kind)
{
	return operations[kind].word;
}

bool op_enters(enum op_kind kind)
{
	return operations[kind].flags & OPERATION_ENTERS;
}

bool op_has_fences(const struct op *op)
{
	return op->kind == OP_MISUSE || op->point.timeline || op->from.timeline ||
	       op->in[PLANE_PRIMARY].timeline || op->in[PLANE_CURSOR].timeline;
}

int op_format(const struct program *program, const struct op *op, char *buf, size_t size)
{
	int used = snprintf(buf, size, "%s", op_name(op->kind));

	return arguments_format(program, &operations[op->kind], op, buf, size, used);
}
