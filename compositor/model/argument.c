// SPDX-License-Identifier: MIT
/*
 * The arguments of the operations: one function for each kind to read it and one to write it back,
 * whatever operation it belongs to.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/parser.h"
#include "compositor/model/scan.h"

/* DRM_MODE sizes are 16 bit; QEMU's virtio-gpu stops at 16384 (hw/display/virtio-gpu.c). */
#define MAX_SIDE 16384
/* QEMU keeps cursors of 64x64 pixels, smaller ones fail there (update_cursor(), virtio-gpu.c). */
#define MAX_CURSOR_SIDE 64
#define MAX_NTH 1000000
#define MAX_FDS 1000

static const char *const origin_words[ORIGINS] = {
	[ORIGIN_DUMB] = "dumb",
	[ORIGIN_UDMABUF] = "udmabuf",
	[ORIGIN_HEAP] = "heap",
};

static const char *const way_words[WAYS] = {
	[WAY_FENCES] = "fences",
	[WAY_MAP] = "map",
	[WAY_IMPORT] = "import",
	[WAY_WAIT] = "wait",
};

/* @takes: what follows the word's =; NULL: nothing does. */
static const struct {
	const char *word, *takes;
} pressures[PRESSURES] = {
	[PRESSURE_OFF] = { "off", NULL },
	[PRESSURE_ALLOC] = { "alloc", "alloc=PERCENT, PERCENT from 1 to 100" },
	[PRESSURE_MEMORY] = { "memory", "memory=SIZE like 512K or 4M" },
	[PRESSURE_FDS] = { "fds", "fds=N, N from 0 to 1000" },
	[PRESSURE_QUEUE] = { "queue", NULL },
};

const char *pressure_word(enum pressure_kind kind)
{
	return pressures[kind].word;
}

const char *origin_word(enum buffer_origin origin)
{
	return origin_words[origin];
}

const char *way_word(enum contend_way way)
{
	return way_words[way];
}

/* The index of @word in @words, or -1. */
static int find_word(const char *const *words, int count, const char *word)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}

/* The errors that the operations of this language are documented or known to return. */
static const struct {
	const char *word;
	int err;
} errno_words[] = {
	{ "ok", 0 },	      { "EACCES", EACCES }, { "EAGAIN", EAGAIN },
	{ "EBADF", EBADF },   { "EBUSY", EBUSY },   { "EDEADLK", EDEADLK },
	{ "EFAULT", EFAULT }, { "EINTR", EINTR },   { "EINVAL", EINVAL },
	{ "EIO", EIO },	      { "EMFILE", EMFILE }, { "ENFILE", ENFILE },
	{ "ENODEV", ENODEV }, { "ENOENT", ENOENT }, { "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC }, { "ENXIO", ENXIO },   { "EOPNOTSUPP", EOPNOTSUPP },
	{ "EPERM", EPERM },   { "ERANGE", ERANGE }, { "ETIMEDOUT", ETIMEDOUT },
};

const char *errno_word(int err)
{
	for (size_t i = 0; i < sizeof(errno_words) / sizeof(errno_words[0]); i++)
		if (errno_words[i].err == err)
			return errno_words[i].word;
	return NULL;
}

static int errno_by_word(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(errno_words) / sizeof(errno_words[0]); i++)
		if (strlen(errno_words[i].word) == len && !memcmp(errno_words[i].word, word, len))
			return errno_words[i].err;
	return -1;
}

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
	[ARG_PRESSURE] = "alloc=PERCENT, memory=SIZE, fds=N, queue or off",
};

/* The value of the argument that is looked at has been found wrong. */
static int wrong(struct parser *parser, const struct arg *arg, const char *what)
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
		return wrong(parser, arg, what);
	op->width = (uint32_t)pair[0];
	op->height = (uint32_t)pair[1];
	return 0;
}

static bool valid_name(const char *name)
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
	if (!valid_name(name))
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

static enum plane_role role_of(const struct arg *arg)
{
	return strcmp(arg->key, "cursor") ? PLANE_PRIMARY : PLANE_CURSOR;
}

static int read_plane(struct parser *parser, const struct arg *arg, const char *value,
		      struct op *op)
{
	if (strcmp(value, "off"))
		return read_shown(parser, value, role_of(arg), op);
	op->change[role_of(arg)] = CHANGE_OFF;
	return 0;
}

static int read_image(struct parser *parser, const struct arg *arg, const char *value,
		      struct op *op)
{
	int found = picture_image_by_name(value);

	if (found < 0)
		return wrong(parser, arg, "solid, checker, arrow, cross, alpha or bands");
	op->image = (enum picture_image)found;
	return 0;
}

static int read_origin(struct parser *parser, const struct arg *arg, const char *value,
		       struct op *op)
{
	int found = find_word(origin_words, ORIGINS, value);

	if (found < 0)
		return wrong(parser, arg, "dumb, udmabuf or heap");
	parser->program->buffers[op->buffer[0]].origin = (enum buffer_origin)found;
	return 0;
}

static int read_nth(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	size_t len = strlen(value);
	char digits[24];

	op->nth_open = len > 2 && !strcmp(value + len - 2, "..");
	if (op->nth_open)
		len -= 2;
	if (len < sizeof(digits)) {
		memcpy(digits, value, len);
		digits[len] = '\0';
		if (scan_count(digits, MAX_NTH, &op->nth))
			return 0;
	}
	return wrong(parser, arg, "K or nth=K.., K from 1");
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
	return wrong(parser, arg, what);
}

static int read_head(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	if (value[0] < '0' || value[0] >= '0' + PROGRAM_MAX_HEADS || value[1])
		return wrong(parser, arg, "0 or head=1");
	op->head = value[0] - '0';
	return 0;
}

static int read_way(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	int found = find_word(way_words, WAYS, value);

	if (found < 0)
		return wrong(parser, arg, "fences, map, import or wait");
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
		size_t len = strlen(pressures[kind].word);
		const char *takes = pressures[kind].takes;

		if (strncmp(word, pressures[kind].word, len) || word[len] != (takes ? '=' : '\0'))
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
			       wrong(parser, arg,
				     arg->key ? "X,Y in pixels" : "a place X,Y in pixels");
	case ARG_HOT:
		op->has_hot = true;
		return scan_point(value, &op->hot_x, &op->hot_y) ?
			       0 :
			       wrong(parser, arg, "X,Y in pixels");
	case ARG_AREA:
		op->has_area = true;
		return scan_area(value, MAX_SIDE, &op->area) ?
			       0 :
			       wrong(parser, arg, "X,Y,WxH in pixels");
	case ARG_HEAD:
		return read_head(parser, arg, value, op);
	case ARG_IMAGE:
		return read_image(parser, arg, value, op);
	case ARG_ORIGIN:
		return read_origin(parser, arg, value, op);
	case ARG_NTH:
		return read_nth(parser, arg, value, op);
	case ARG_ERRNOS:
		return read_errnos(parser, value, op);
	case ARG_WAY:
		return read_way(parser, arg, value, op);
	case ARG_PRESSURE:
		return read_pressure(parser, value, op);
	case ARG_BYTES:
		return scan_bytes(value, &op->amount) ?
			       0 :
			       wrong(parser, arg, "SIZE like 512K or 8M, at most 1024M");
	case ARG_NUMBER:
		return read_number(parser, arg, value, op);
	case ARG_TIME:
		return scan_time(value, (uint64_t *)((char *)op + arg->offset)) ?
			       0 :
			       wrong(parser, arg,
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
	used = append(buf, size, used, "%s%s", pressures[op->pressure].word,
		      pressures[op->pressure].takes ? "=" : "");
	if (op->pressure == PRESSURE_MEMORY)
		return append_bytes(buf, size, used, op->amount);
	if (pressures[op->pressure].takes)
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

/* Whether @op has it; what stands in its place always is there. */
static bool is_there(const struct program *program, const struct arg *arg, const struct op *op)
{
	switch (arg->kind) {
	case ARG_PLANE:
		return op->change[role_of(arg)] != CHANGE_NONE;
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
	case ARG_WAY:
		return op->way != WAY_FENCES;
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
		if (op->change[role_of(arg)] == CHANGE_OFF)
			return append(buf, size, used, "off");
		return append(buf, size, used, "%s", buffers[op->buffer[role_of(arg)]].name);
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
	case ARG_ERRNOS:
		return append_errnos(op, buf, size, used);
	case ARG_WAY:
		return append(buf, size, used, "%s", way_word(op->way));
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
