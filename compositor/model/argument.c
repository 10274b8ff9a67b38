// SPDX-License-Identifier: MIT
/* The arguments of the operations, read: a function for each kind, whatever operation it belongs to. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/parser.h"
#include "compositor/model/scan.h"
#include "compositor/model/words.h"

/* DRM_MODE sizes are 16 bit; QEMU's virtio-gpu stops at 16384 (hw/display/virtio-gpu.c). */
#define MAX_SIDE 16384
/* QEMU keeps cursors of 64x64 pixels, smaller ones fail there (update_cursor(), virtio-gpu.c). */
#define MAX_CURSOR_SIDE 64
#define MAX_NTH 1000000
#define MAX_FDS 1000

/* What must stand there, if nothing does. */
static const char *const missing[] = {
	[ARG_SIZE] = "a size like 1024x768",
	[ARG_MODE] = "a size like 1024x768, or off",
	[ARG_NEW] = "a buffer's name: a letter, then letters, digits or _",
	[ARG_BUFFER] = "a buffer's name",
	[ARG_PRIMARY] = "a primary buffer's name",
	[ARG_CURSOR] = "a buffer's name",
	[ARG_PLACE] = "a place X,Y in pixels",
	[ARG_ERRNOS] = "ok or an error's name, several joined by |",
	[ARG_NUMBER] = "how often, from 1 to 10000000",
	[ARG_TIME] = "a time like 10ms, at most 10s",
	[ARG_TIMELINE] = ARGUMENT_TIMELINE,
	[ARG_POINT] = "a timeline's name",
	[ARG_MISUSE] = ARGUMENT_MISUSE,
	[ARG_PRESSURE] = "alloc=PERCENT, memory=SIZE, fds=N, queue or off",
};

/* The value of the argument that is looked at has been found wrong. */
int argument_wrong(struct parser *parser, const struct arg *arg, const char *what)
{
	char text[120];

	snprintf(text, sizeof(text), "%s%s%s", arg->key ? arg->key : "", arg->key ? "=" : "", what);
	return parser_expected(parser, text);
}

static int find_buffer(const struct program *program, const char *name)
{
	for (int i = 0; i < program->buffer_count; i++)
		if (!strcmp(program->buffers[i].name, name))
			return i;
	return -1;
}

/* @role PLANE_ROLES takes a buffer of any role. */
static int known_buffer(struct parser *parser, const char *name, enum plane_role role, int *index)
{
	static const char *const whats[] = {
		[PLANE_PRIMARY] = "a primary buffer made above",
		[PLANE_CURSOR] = "a cursor buffer made above",
		[PLANE_ROLES] = "a buffer made above",
	};

	*index = find_buffer(parser->program, name);
	if (*index < 0 || (role != PLANE_ROLES && parser->program->buffers[*index].role != role))
		return parser_fail(parser, "expected %s, got \"%.40s\"", whats[role], name);
	return 0;
}

static int read_size(struct parser *parser, const struct arg *arg, const char *value, int64_t max,
		     const char *what, struct op *op)
{
	int64_t pair[2];

	if (!scan_pair(value, 'x', 1, max, pair))
		return argument_wrong(parser, arg, what);
	op->width = (uint32_t)pair[0];
	op->height = (uint32_t)pair[1];
	return 0;
}

bool argument_valid_name(const char *name)
{
	size_t len = 0;

	if (!isalpha((unsigned char)name[0]))
		return false;
	for (; name[len]; len++)
		if (!isalnum((unsigned char)name[len]) && name[len] != '_')
			return false;
	return len < PROGRAM_NAME_SIZE && strcmp(name, "off");
}

/* A value that is missing is no value: the complaint is about the line's end. */
static const char *next_value(struct parser *parser)
{
	const char *word;

	parser->next++;
	word = parser_peek(parser);
	return word ? word : "";
}

static int read_new(struct parser *parser, const struct arg *arg, const char *name, struct op *op)
{
	struct program *program = parser->program;
	struct program_buffer *buffer = &program->buffers[program->buffer_count];
	const char *value;
	bool cursor;
	int ret;

	if (program->buffer_count == PROGRAM_MAX_BUFFERS)
		return parser_fail(parser, "expected at most %d buffers", PROGRAM_MAX_BUFFERS);
	if (!argument_valid_name(name))
		return parser_expected(parser,
				       "a buffer's name: a letter, then letters, digits or _");
	if (find_buffer(program, name) >= 0)
		return parser_expected(parser, "a name that no buffer above has");
	*buffer = (struct program_buffer){ .id = (uint32_t)program->buffer_count + 1 };
	snprintf(buffer->name, sizeof(buffer->name), "%s", name);

	value = next_value(parser);
	cursor = !strcmp(value, "cursor");
	if (!cursor && strcmp(value, "primary"))
		return parser_expected(parser, "primary or cursor");
	buffer->role = cursor ? PLANE_CURSOR : PLANE_PRIMARY;
	ret = read_size(parser, arg, next_value(parser), cursor ? MAX_CURSOR_SIDE : MAX_SIDE,
			cursor ? "a size of at most 64x64" : "a size like 1024x768", op);
	if (ret)
		return ret;
	buffer->width = op->width;
	buffer->height = op->height;
	op->image = cursor ? IMAGE_ARROW : IMAGE_CHECKER;
	op->buffer[0] = program->buffer_count++;
	return 0;
}

/* Of any role. */
static int read_buffer(struct parser *parser, const char *name, struct op *op)
{
	int ret = known_buffer(parser, name, PLANE_ROLES, &op->buffer[0]);

	if (!ret)
		op->image = parser->program->buffers[op->buffer[0]].image;
	return ret;
}

/* A buffer that is to be shown on the plane of its role. */
static int read_shown(struct parser *parser, const char *name, enum plane_role role, struct op *op)
{
	int ret = known_buffer(parser, name, role, &op->buffer[role]);

	if (!ret)
		op->change[role] = CHANGE_SHOW;
	return ret;
}

/* The legacy ioctl takes a buffer and makes a framebuffer of its own of it, so that it can show what the
 * primary plane does. */
static int read_cursor(struct parser *parser, const char *name, struct op *op)
{
	int index = find_buffer(parser->program, name);
	const struct program_buffer *buffer = &parser->program->buffers[index < 0 ? 0 : index];

	if (index < 0 || buffer->width > MAX_CURSOR_SIDE || buffer->height > MAX_CURSOR_SIDE)
		return parser_fail(parser,
				   "expected a buffer of at most 64x64 made above, got \"%.40s\"",
				   name);
	op->buffer[PLANE_CURSOR] = index;
	op->change[PLANE_CURSOR] = CHANGE_SHOW;
	return 0;
}

static int read_plane(struct parser *parser, const struct arg *arg, const char *value,
		      struct op *op)
{
	if (strcmp(value, "off"))
		return read_shown(parser, value, arg_role(arg), op);
	op->change[arg_role(arg)] = CHANGE_OFF;
	return 0;
}

static int read_image(struct parser *parser, const struct arg *arg, const char *value,
		      struct op *op)
{
	int found = picture_image_by_name(value);

	if (found < 0)
		return argument_wrong(
			parser, arg,
			"solid, checker, arrow, cross, alpha, bands, windows, gradient or ripples");
	op->image = (enum picture_image)found;
	return 0;
}

static int read_origin(struct parser *parser, const struct arg *arg, const char *value,
		       struct op *op)
{
	int found = origin_by_word(value);

	if (found < 0)
		return argument_wrong(parser, arg, "dumb, udmabuf or heap");
	parser->program->buffers[op->buffer[0]].origin = (enum buffer_origin)found;
	return 0;
}

/* "K", or "K..": *@open. */
static bool scan_from(const char *value, uint32_t *number, bool *open)
{
	size_t len = strlen(value);
	char digits[24];

	*open = len > 2 && !strcmp(value + len - 2, "..");
	if (*open)
		len -= 2;
	if (len >= sizeof(digits))
		return false;
	memcpy(digits, value, len);
	digits[len] = '\0';
	return scan_count(digits, MAX_NTH, number);
}

static int read_nth(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	if (scan_from(value, &op->nth, &op->nth_open))
		return 0;
	return argument_wrong(parser, arg, "K or nth=K.., K from 1");
}

static int read_again(struct parser *parser, const struct arg *arg, const char *value,
		      struct op *op)
{
	if (scan_from(value, &op->again, &op->again_open))
		return 0;
	return argument_wrong(parser, arg, "N or again=N.., N from 1");
}

static int read_errnos(struct parser *parser, const char *word, struct op *op)
{
	while (word) {
		size_t len = strcspn(word, "|");
		int err = errno_by_word(word, len);

		if (err < 0 || op->expect_count == PROGRAM_MAX_EXPECT)
			return parser_expected(parser,
					       "ok or an error's name like ENOMEM, joined by |");
		op->expect[op->expect_count++] = err;
		word = word[len] ? word + len + 1 : NULL;
	}
	return 0;
}

static int read_number(struct parser *parser, const struct arg *arg, const char *value,
		       struct op *op)
{
	char what[64];

	if (scan_count(value, arg->max, (uint32_t *)((char *)op + arg->offset)))
		return 0;
	if (!arg->key)
		snprintf(what, sizeof(what), "how often, from 1 to %" PRId64, arg->max);
	else
		snprintf(what, sizeof(what), "N, N from 1 to %" PRId64, arg->max);
	return argument_wrong(parser, arg, what);
}

static int read_head(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	if (value[0] < '0' || value[0] >= '0' + PROGRAM_MAX_HEADS || value[1])
		return argument_wrong(parser, arg, "0 or head=1");
	op->head = value[0] - '0';
	return 0;
}

static int read_way(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	int found = way_by_word(value);

	if (found < 0)
		return argument_wrong(parser, arg, "fences, map, import or wait");
	op->way = (enum contend_way)found;
	return 0;
}

static bool scan_pressure(enum pressure_kind kind, const char *value, uint64_t *amount)
{
	switch (kind) {
	case PRESSURE_ALLOC:
		return scan_amount(value, 100, amount) && *amount > 0;
	case PRESSURE_MEMORY:
		return scan_bytes(value, amount);
	case PRESSURE_FDS:
		return scan_amount(value, MAX_FDS, amount);
	default:
		return true;
	}
}

static int read_pressure(struct parser *parser, const char *word, struct op *op)
{
	for (int kind = 0; kind < PRESSURES; kind++) {
		const char *name = pressure_word((enum pressure_kind)kind);
		const char *takes = pressure_takes((enum pressure_kind)kind);
		size_t len = strlen(name);

		if (strncmp(word, name, len) || word[len] != (takes ? '=' : '\0'))
			continue;
		op->pressure = (enum pressure_kind)kind;
		if (scan_pressure(op->pressure, word + len + 1, &op->amount))
			return 0;
		return parser_expected(parser, takes);
	}
	return parser_expected(parser, missing[ARG_PRESSURE]);
}

/* Fill @op in from @value, which follows the key or, without one, is the word that is looked at. */
static int read_arg(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	switch (arg->kind) {
	case ARG_SIZE:
		return read_size(parser, arg, value, MAX_SIDE, "a size like 1024x768", op);
	case ARG_MODE:
		op->off = !strcmp(value, "off");
		return op->off ? 0 :
				 read_size(parser, arg, value, MAX_SIDE,
					   "a size like 1024x768, or off", op);
	case ARG_NEW:
		return read_new(parser, arg, value, op);
	case ARG_BUFFER:
		return read_buffer(parser, value, op);
	case ARG_PRIMARY:
		return read_shown(parser, value, PLANE_PRIMARY, op);
	case ARG_CURSOR:
		return read_cursor(parser, value, op);
	case ARG_PLANE:
		return read_plane(parser, arg, value, op);
	case ARG_PLACE:
		op->has_at = true;
		return scan_point(value, &op->x, &op->y) ?
			       0 :
			       argument_wrong(parser, arg,
					      arg->key ? "X,Y in pixels" : "a place X,Y in pixels");
	case ARG_HOT:
		op->has_hot = true;
		return scan_point(value, &op->hot_x, &op->hot_y) ?
			       0 :
			       argument_wrong(parser, arg, "X,Y in pixels");
	case ARG_AREA:
		op->has_area = true;
		return scan_area(value, MAX_SIDE, &op->area) ?
			       0 :
			       argument_wrong(parser, arg, "X,Y,WxH in pixels");
	case ARG_HEAD:
		return read_head(parser, arg, value, op);
	case ARG_IMAGE:
		return read_image(parser, arg, value, op);
	case ARG_ORIGIN:
		return read_origin(parser, arg, value, op);
	case ARG_NTH:
		return read_nth(parser, arg, value, op);
	case ARG_AGAIN:
		return read_again(parser, arg, value, op);
	case ARG_ERRNOS:
		return read_errnos(parser, value, op);
	case ARG_WAY:
		return read_way(parser, arg, value, op);
	case ARG_TIMELINE:
		return argument_timeline(parser, value, op);
	case ARG_POINT:
		return argument_point(parser, arg, value, op);
	case ARG_HOW:
		return argument_how(parser, arg, value, op);
	case ARG_MISUSE:
		return argument_misuse(parser, value, op);
	case ARG_PRESSURE:
		return read_pressure(parser, value, op);
	case ARG_BYTES:
		return scan_bytes(value, &op->amount) ?
			       0 :
			       argument_wrong(parser, arg, "SIZE like 512K or 8M, at most 1024M");
	case ARG_NUMBER:
		return read_number(parser, arg, value, op);
	case ARG_TIME:
		return scan_time(value, (uint64_t *)((char *)op + arg->offset)) ?
			       0 :
			       argument_wrong(parser, arg,
					      arg->key ? "TIME like 400us, 5ms or 1s" :
							 "a time like 10ms, at most 10s");
	case ARG_FLAG:
		*(bool *)((char *)op + arg->offset) = true;
		return 0;
	case ARG_NONE:
	default:
		return -EINVAL;
	}
}

/* The value in @word if it is @arg's, or NULL. */
static const char *value_of(const struct arg *arg, const char *word)
{
	size_t len = strlen(arg->key);

	if (strncmp(word, arg->key, len))
		return NULL;
	if (arg->kind == ARG_FLAG)
		return word[len] ? NULL : word;
	return word[len] == '=' ? word + len + 1 : NULL;
}

/* The options that might stand there still, for the complaint that none of them does. */
static int wrong_option(struct parser *parser, const struct operation *operation, unsigned taken)
{
	char what[200];
	size_t used = 0;

	for (int i = 0; i < PARSER_MAX_ARGS && operation->args[i].kind && used < sizeof(what); i++)
		if (operation->args[i].key && !(taken & (1u << i)))
			used += (size_t)snprintf(what + used, sizeof(what) - used, "%s%s, ",
						 operation->args[i].key,
						 operation->args[i].kind == ARG_FLAG ? "" : "=");
	/* The comma before the "or" goes. */
	used = used >= 2 && used < sizeof(what) ? used - 2 : 0;
	snprintf(what + used, sizeof(what) - used, "%sthe end of the line", used ? " or " : "");
	return parser_expected(parser, what);
}

static int read_option(struct parser *parser, const struct operation *operation, unsigned *taken,
		       struct op *op)
{
	const char *word = parser_peek(parser);

	for (int i = 0; i < PARSER_MAX_ARGS && operation->args[i].kind; i++) {
		const struct arg *arg = &operation->args[i];
		const char *value = arg->key && !(*taken & (1u << i)) ? value_of(arg, word) : NULL;
		int ret;

		if (!value)
			continue;
		*taken |= 1u << i;
		ret = read_arg(parser, arg, value, op);
		if (!ret)
			parser->next++;
		return ret;
	}
	return wrong_option(parser, operation, *taken);
}

int arguments_parse(struct parser *parser, const struct operation *operation, struct op *op)
{
	unsigned taken = 0;
	int i = 0, ret = 0;

	for (; i < PARSER_MAX_ARGS && operation->args[i].kind && !operation->args[i].key; i++) {
		const char *word = parser_peek(parser);

		if (!word)
			return parser_expected(parser, missing[operation->args[i].kind]);
		ret = read_arg(parser, &operation->args[i], word, op);
		if (ret)
			return ret;
		parser->next++;
	}
	while (!ret && parser_peek(parser))
		ret = read_option(parser, operation, &taken, op);
	return ret;
}
