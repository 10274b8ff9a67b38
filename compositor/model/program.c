// SPDX-License-Identifier: MIT
/*
 * The parser reads a line as words: the operation's name, its arguments in order, then options of
 * the form key=value or a bare key. Every complaint goes through fail(), which keeps the line and
 * says what was expected, so that a wrong program costs its author one look.
 */
#include "compositor/model/program.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/model/scan.h"

#define MAX_WORDS 16
#define MAX_LINE 512
/* DRM_MODE sizes are 16 bit; QEMU's virtio-gpu stops at 16384 (hw/display/virtio-gpu.c). */
#define MAX_SIDE 16384
/* QEMU keeps cursors of 64x64 pixels, smaller ones fail there (update_cursor(), virtio-gpu.c). */
#define MAX_CURSOR_SIDE 64
#define MAX_REPEAT 10000000
#define MAX_NTH 1000000

struct parser {
	struct program *program;
	struct program_error *error;
	char text[MAX_LINE];
	char *words[MAX_WORDS];
	int word_count;
	int next; /* the word that is looked at */
	int line;

	int open[PROGRAM_MAX_DEPTH]; /* indices of repeat operations without their end */
	int depth;
	const struct op *outputs[PROGRAM_MAX_HEADS]; /* the last output line for each head */
	bool has_head; /* this line has said which head it is for */
	int modifier; /* index + 1 of the fault or expect that waits for its operation, or 0 */
	int ioctls;
};

static int fail(struct parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fail(struct parser *parser, const char *format, ...)
{
	va_list args;

	parser->error->line = parser->line;
	va_start(args, format);
	vsnprintf(parser->error->text, sizeof(parser->error->text), format, args);
	va_end(args);
	return -EINVAL;
}

/* The next word, or NULL at the end of the line. */
static const char *peek(const struct parser *parser)
{
	return parser->next < parser->word_count ? parser->words[parser->next] : NULL;
}

static int expected(struct parser *parser, const char *what)
{
	const char *word = peek(parser);

	if (word)
		return fail(parser, "expected %s, got \"%.40s\"", what, word);
	return fail(parser, "expected %s at the end of the line", what);
}

/* If the next word is exactly @key, take it. */
static bool take_flag(struct parser *parser, const char *key)
{
	const char *word = peek(parser);

	if (!word || strcmp(word, key))
		return false;
	parser->next++;
	return true;
}

/* If the next word is @key=VALUE, take it and return VALUE. */
static const char *take_option(struct parser *parser, const char *key)
{
	const char *word = peek(parser);
	size_t len = strlen(key);

	if (!word || strncmp(word, key, len) || word[len] != '=')
		return NULL;
	parser->next++;
	return word + len + 1;
}

/* Complain about the option that has just been taken. */
static int wrong_option(struct parser *parser, const char *what)
{
	parser->next--;
	return expected(parser, what);
}

static int take_size(struct parser *parser, int64_t max, const char *what, struct op *op)
{
	const char *word = peek(parser);
	int64_t pair[2];

	if (!word || !scan_pair(word, 'x', 1, max, pair))
		return expected(parser, what);
	op->width = (uint32_t)pair[0];
	op->height = (uint32_t)pair[1];
	parser->next++;
	return 0;
}

static int find_buffer(const struct program *program, const char *name)
{
	for (int i = 0; i < program->buffer_count; i++)
		if (!strcmp(program->buffers[i].name, name))
			return i;
	return -1;
}

/* @role PLANE_ROLES takes a buffer of any role. */
static int check_buffer(struct parser *parser, const char *name, enum plane_role role)
{
	static const char *const whats[] = {
		[PLANE_PRIMARY] = "a primary buffer made above",
		[PLANE_CURSOR] = "a cursor buffer made above",
		[PLANE_ROLES] = "a buffer made above",
	};
	int index = find_buffer(parser->program, name);

	if (index < 0 || (role != PLANE_ROLES && parser->program->buffers[index].role != role))
		return fail(parser, "expected %s, got \"%.40s\"", whats[role], name);
	return index;
}

static int take_buffer(struct parser *parser, enum plane_role role)
{
	static const char *const whats[] = {
		[PLANE_PRIMARY] = "a primary buffer's name",
		[PLANE_CURSOR] = "a cursor buffer's name",
		[PLANE_ROLES] = "a buffer's name",
	};
	const char *name = peek(parser);
	int index;

	if (!name)
		return expected(parser, whats[role]);
	index = check_buffer(parser, name, role);
	if (index >= 0)
		parser->next++;
	return index;
}

static int take_head(struct parser *parser, struct op *op, bool *taken)
{
	const char *value = parser->has_head ? NULL : take_option(parser, "head");

	*taken = value != NULL;
	if (!value)
		return 0;
	parser->has_head = true;
	if (value[0] < '0' || value[0] >= '0' + PROGRAM_MAX_HEADS || value[1])
		return wrong_option(parser, "head=0 or head=1");
	op->head = value[0] - '0';
	return 0;
}

/* Whether the output is there that @op is for; to be asked when the line has been read. */
static int need_output(struct parser *parser, const struct op *op)
{
	if (!parser->outputs[op->head] && op->head)
		return fail(parser,
			    "expected an output line with head=%d before an operation with it",
			    op->head);
	if (!parser->outputs[op->head])
		return fail(parser,
			    "expected an output line before the first operation on a plane");
	return 0;
}

/* A framebuffer smaller than the mode cannot cover the primary plane, which virtio-gpu demands. */
static int check_primary_size(struct parser *parser, const struct op *op)
{
	const struct op *output = parser->outputs[op->head];
	const struct program_buffer *buffer;

	if (op->change[PLANE_PRIMARY] != CHANGE_SHOW)
		return 0;
	buffer = &parser->program->buffers[op->buffer[PLANE_PRIMARY]];
	if (buffer->width < output->width || buffer->height < output->height)
		return fail(parser,
			    "expected a primary buffer of at least %" PRIu32 "x%" PRIu32
			    ", the output's size; %s is %" PRIu32 "x%" PRIu32,
			    output->width, output->height, buffer->name, buffer->width,
			    buffer->height);
	return 0;
}

static int parse_output(struct parser *parser, struct op *op)
{
	int ret = take_size(parser, MAX_SIDE, "a size like 1024x768", op);
	bool taken;

	return ret ? ret : take_head(parser, op, &taken);
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

static int take_role(struct parser *parser, enum plane_role *role)
{
	if (take_flag(parser, "primary"))
		*role = PLANE_PRIMARY;
	else if (take_flag(parser, "cursor"))
		*role = PLANE_CURSOR;
	else
		return expected(parser, "primary or cursor");
	return 0;
}

static int take_image(struct parser *parser, enum picture_image *image, bool *taken)
{
	const char *word = take_option(parser, "image");
	int found;

	*taken = word != NULL;
	if (!word)
		return 0;
	found = picture_image_by_name(word);
	if (found < 0)
		return wrong_option(parser, "image=solid, checker, arrow, cross, alpha or bands");
	*image = (enum picture_image)found;
	return 0;
}

static int parse_buffer(struct parser *parser, struct op *op)
{
	struct program *program = parser->program;
	struct program_buffer *buffer = &program->buffers[program->buffer_count];
	const char *name = peek(parser);
	bool cursor, taken;
	int ret;

	if (program->buffer_count == PROGRAM_MAX_BUFFERS)
		return fail(parser, "expected at most %d buffers", PROGRAM_MAX_BUFFERS);
	if (!name || !valid_name(name))
		return expected(parser, "a buffer's name: a letter, then letters, digits or _");
	if (find_buffer(program, name) >= 0)
		return expected(parser, "a name that no buffer above has");
	if (parser->depth > 0)
		return fail(parser, "expected buffers to be made outside repeat");
	parser->next++;
	snprintf(buffer->name, sizeof(buffer->name), "%s", name);

	ret = take_role(parser, &buffer->role);
	if (ret)
		return ret;
	cursor = buffer->role == PLANE_CURSOR;
	ret = take_size(parser, cursor ? MAX_CURSOR_SIDE : MAX_SIDE,
			cursor ? "a size of at most 64x64" : "a size like 1024x768", op);
	if (ret)
		return ret;
	buffer->width = op->width;
	buffer->height = op->height;
	buffer->image = cursor ? IMAGE_ARROW : IMAGE_CHECKER;
	buffer->id = (uint32_t)program->buffer_count + 1;
	op->buffer[0] = program->buffer_count++;
	return take_image(parser, &buffer->image, &taken);
}

/* @key=X,Y,WxH, at most once. */
static int take_area(struct parser *parser, struct op *op, const char *key, const char *what,
		     bool *taken)
{
	const char *value = op->has_area ? NULL : take_option(parser, key);

	*taken = value != NULL;
	if (!value)
		return 0;
	op->has_area = true;
	return scan_area(value, MAX_SIDE, &op->area) ? 0 : wrong_option(parser, what);
}

static int check_area(struct parser *parser, const struct op *op,
		      const struct program_buffer *buffer)
{
	if (op->area.x + op->area.width > buffer->width ||
	    op->area.y + op->area.height > buffer->height)
		return fail(parser, "expected an area within %s, which is %" PRIu32 "x%" PRIu32,
			    buffer->name, buffer->width, buffer->height);
	return 0;
}

static int parse_paint(struct parser *parser, struct op *op)
{
	const struct program_buffer *buffer;
	bool has_image = false, taken = true;
	int ret = 0;

	op->buffer[0] = take_buffer(parser, PLANE_ROLES);
	if (op->buffer[0] < 0)
		return -EINVAL;
	buffer = &parser->program->buffers[op->buffer[0]];
	op->image = buffer->image;
	op->area.width = buffer->width;
	op->area.height = buffer->height;
	while (!ret && taken) {
		taken = false;
		if (!has_image) {
			ret = take_image(parser, &op->image, &taken);
			has_image = taken;
		}
		if (!ret && !taken)
			ret = take_area(parser, op, "area", "area=X,Y,WxH in pixels", &taken);
	}
	return ret ? ret : check_area(parser, op, buffer);
}

static int take_place_or_hot(struct parser *parser, struct op *op, bool *taken)
{
	const char *value;

	*taken = true;
	value = op->has_at ? NULL : take_option(parser, "at");
	if (value) {
		op->has_at = true;
		if (!scan_point(value, &op->x, &op->y))
			return wrong_option(parser, "at=X,Y in pixels");
		return 0;
	}
	value = op->has_hot ? NULL : take_option(parser, "hot");
	if (value) {
		op->has_hot = true;
		if (!scan_point(value, &op->hot_x, &op->hot_y))
			return wrong_option(parser, "hot=X,Y in pixels");
		return 0;
	}
	*taken = false;
	return 0;
}

static int take_plane(struct parser *parser, struct op *op, enum plane_role role, const char *key,
		      bool *taken)
{
	const char *value = op->change[role] ? NULL : take_option(parser, key);
	int index;

	*taken = value != NULL;
	if (!value)
		return 0;
	if (!strcmp(value, "off")) {
		op->change[role] = CHANGE_OFF;
		return 0;
	}
	index = check_buffer(parser, value, role);
	if (index < 0)
		return index;
	op->change[role] = CHANGE_SHOW;
	op->buffer[role] = index;
	return 0;
}

static int take_commit_option(struct parser *parser, struct op *op)
{
	bool taken;
	int ret;

	ret = take_plane(parser, op, PLANE_PRIMARY, "primary", &taken);
	if (ret || taken)
		return ret;
	ret = take_plane(parser, op, PLANE_CURSOR, "cursor", &taken);
	if (ret || taken)
		return ret;
	ret = take_place_or_hot(parser, op, &taken);
	if (ret || taken)
		return ret;
	ret = take_area(parser, op, "damage", "damage=X,Y,WxH in pixels", &taken);
	if (ret || taken)
		return ret;
	ret = take_head(parser, op, &taken);
	if (ret || taken)
		return ret;
	if (!op->nonblock && take_flag(parser, "nonblock"))
		op->nonblock = true;
	else if (!op->test && take_flag(parser, "test"))
		op->test = true;
	else
		return expected(parser, "primary=, cursor=, at=, hot=, damage=, head=, nonblock or "
					"test, each at most once");
	return 0;
}

static int check_damage(struct parser *parser, const struct op *op)
{
	if (!op->has_area)
		return 0;
	if (op->change[PLANE_PRIMARY] != CHANGE_SHOW)
		return fail(parser, "expected primary= with a buffer besides damage=");
	return check_area(parser, op, &parser->program->buffers[op->buffer[PLANE_PRIMARY]]);
}

static int parse_commit(struct parser *parser, struct op *op)
{
	int ret = 0;

	while (!ret && peek(parser))
		ret = take_commit_option(parser, op);
	if (!ret && !op->change[PLANE_PRIMARY] && !op->change[PLANE_CURSOR] && !op->has_at)
		ret = fail(parser, "expected primary=, cursor= or at= in a commit");
	if (!ret)
		ret = need_output(parser, op);
	if (!ret)
		ret = check_primary_size(parser, op);
	return ret ? ret : check_damage(parser, op);
}

static int parse_cursor(struct parser *parser, struct op *op)
{
	bool taken = true;
	int ret = 0;

	op->buffer[PLANE_CURSOR] = take_buffer(parser, PLANE_CURSOR);
	if (op->buffer[PLANE_CURSOR] < 0)
		return -EINVAL;
	op->change[PLANE_CURSOR] = CHANGE_SHOW;
	while (!ret && taken) {
		ret = take_place_or_hot(parser, op, &taken);
		if (!ret && !taken)
			ret = take_head(parser, op, &taken);
	}
	return ret ? ret : need_output(parser, op);
}

static int parse_move(struct parser *parser, struct op *op)
{
	const char *word = peek(parser);
	bool taken;
	int ret;

	if (!word || !scan_point(word, &op->x, &op->y))
		return expected(parser, "a place X,Y in pixels");
	op->has_at = true;
	parser->next++;
	ret = take_head(parser, op, &taken);
	return ret ? ret : need_output(parser, op);
}

static int parse_hide(struct parser *parser, struct op *op)
{
	bool taken;
	int ret = take_head(parser, op, &taken);

	op->change[PLANE_CURSOR] = CHANGE_OFF;
	return ret ? ret : need_output(parser, op);
}

static int parse_flip(struct parser *parser, struct op *op)
{
	bool taken;
	int ret;

	op->buffer[PLANE_PRIMARY] = take_buffer(parser, PLANE_PRIMARY);
	if (op->buffer[PLANE_PRIMARY] < 0)
		return -EINVAL;
	op->change[PLANE_PRIMARY] = CHANGE_SHOW;
	ret = take_head(parser, op, &taken);
	if (!ret)
		ret = need_output(parser, op);
	return ret ? ret : check_primary_size(parser, op);
}

static int parse_fault(struct parser *parser, struct op *op)
{
	const char *value = take_option(parser, "nth");
	char digits[24];
	size_t len;

	if (!value)
		return expected(parser, "nth=K or nth=K..");
	len = strlen(value);
	op->nth_open = len > 2 && !strcmp(value + len - 2, "..");
	if (op->nth_open)
		len -= 2;
	if (len < sizeof(digits)) {
		memcpy(digits, value, len);
		digits[len] = '\0';
		if (scan_count(digits, MAX_NTH, &op->nth))
			return 0;
	}
	return wrong_option(parser, "nth=K or nth=K.., K from 1");
}

/* The errors that the operations of this language are documented or known to return. */
static const struct {
	const char *word;
	int err;
} errno_words[] = {
	{ "ok", 0 },	      { "EACCES", EACCES },	  { "EAGAIN", EAGAIN },
	{ "EBUSY", EBUSY },   { "EDEADLK", EDEADLK },	  { "EFAULT", EFAULT },
	{ "EINTR", EINTR },   { "EINVAL", EINVAL },	  { "EIO", EIO },
	{ "ENODEV", ENODEV }, { "ENOENT", ENOENT },	  { "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC }, { "ENXIO", ENXIO },	  { "EPERM", EPERM },
	{ "ERANGE", ERANGE }, { "ETIMEDOUT", ETIMEDOUT },
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

static int parse_expect(struct parser *parser, struct op *op)
{
	const char *word = peek(parser);

	if (!word)
		return expected(parser, "ok or an error's name, several joined by |");
	while (word) {
		size_t len = strcspn(word, "|");
		int err = errno_by_word(word, len);

		if (err < 0 || op->expect_count == PROGRAM_MAX_EXPECT)
			return expected(parser, "ok or an error's name like ENOMEM, joined by |");
		op->expect[op->expect_count++] = err;
		word = word[len] ? word + len + 1 : NULL;
	}
	parser->next++;
	return 0;
}

static int parse_signals(struct parser *parser, struct op *op)
{
	const char *value;

	if (take_flag(parser, "off"))
		return 0;
	value = take_option(parser, "every");
	if (!value)
		return expected(parser, "every=TIME or off");
	if (!scan_time(value, &op->ns))
		return wrong_option(parser, "every=TIME like 400us, 5ms or 1s");
	op->restart = take_flag(parser, "restart");
	return 0;
}

static int parse_contend(struct parser *parser, struct op *op)
{
	const char *value;

	op->buffer[0] = take_buffer(parser, PLANE_ROLES);
	if (op->buffer[0] < 0)
		return -EINVAL;
	if (take_flag(parser, "off"))
		return 0;
	value = take_option(parser, "threads");
	if (!value)
		return expected(parser, "threads=N or off");
	if (!scan_count(value, PROGRAM_MAX_THREADS, &op->threads))
		return wrong_option(parser, "threads=N, N from 1 to 16");
	return 0;
}

static int parse_repeat(struct parser *parser, struct op *op)
{
	const char *word = peek(parser);

	if (!word || !scan_count(word, MAX_REPEAT, &op->count))
		return expected(parser, "how often, from 1 to 10000000");
	if (parser->depth == PROGRAM_MAX_DEPTH)
		return fail(parser, "expected repeat to be nested at most %d deep",
			    PROGRAM_MAX_DEPTH);
	parser->open[parser->depth++] = parser->program->op_count;
	parser->next++;
	return 0;
}

static int parse_end(struct parser *parser, struct op *op)
{
	int start;

	if (parser->depth == 0)
		return fail(parser, "expected a repeat above this end");
	start = parser->open[--parser->depth];
	if (start == parser->program->op_count - 1)
		return fail(parser, "expected an operation between repeat and end");
	op->jump = start;
	parser->program->ops[start].jump = parser->program->op_count;
	return 0;
}

/* Any output will do. */
static int parse_check(struct parser *parser, struct op *op)
{
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		if (parser->outputs[head])
			return 0;
	return need_output(parser, op);
}

static int parse_wait(struct parser *parser, struct op *op)
{
	const char *word = peek(parser);

	if (!word || !scan_time(word, &op->ns))
		return expected(parser, "a time like 10ms, at most 10s");
	parser->next++;
	return 0;
}

static const struct {
	const char *name;
	int (*parse)(struct parser *parser, struct op *op);
	bool ioctl;
} kinds[OP_KINDS] = {
	[OP_OUTPUT] = { "output", parse_output, false },
	[OP_BUFFER] = { "buffer", parse_buffer, false },
	[OP_PAINT] = { "paint", parse_paint, false },
	[OP_COMMIT] = { "commit", parse_commit, true },
	[OP_CURSOR] = { "cursor", parse_cursor, true },
	[OP_MOVE] = { "move", parse_move, true },
	[OP_HIDE] = { "hide", parse_hide, true },
	[OP_FLIP] = { "flip", parse_flip, true },
	[OP_FAULT] = { "fault", parse_fault, false },
	[OP_EXPECT] = { "expect", parse_expect, false },
	[OP_SIGNALS] = { "signals", parse_signals, false },
	[OP_CONTEND] = { "contend", parse_contend, false },
	[OP_REPEAT] = { "repeat", parse_repeat, false },
	[OP_END] = { "end", parse_end, false },
	[OP_CHECK] = { "check", parse_check, false },
	[OP_WAIT] = { "wait", parse_wait, false },
};

const char *op_name(enum op_kind kind)
{
	return kinds[kind].name;
}

bool op_is_ioctl(enum op_kind kind)
{
	return kinds[kind].ioctl;
}

/* fault and expect speak of the next operation, which must therefore be an ioctl (or the other). */
static int check_modifier(struct parser *parser, enum op_kind kind)
{
	const struct op *waiting;

	if (kind == OP_FAULT || kind == OP_EXPECT) {
		parser->modifier = parser->program->op_count + 1;
		return 0;
	}
	if (parser->modifier && !kinds[kind].ioctl) {
		waiting = &parser->program->ops[parser->modifier - 1];
		return fail(parser,
			    "expected commit, cursor, move, hide or flip after the %s in line %d",
			    kinds[waiting->kind].name, waiting->line);
	}
	parser->modifier = 0;
	parser->ioctls += kinds[kind].ioctl;
	return 0;
}

static int parse_words(struct parser *parser)
{
	struct program *program = parser->program;
	struct op *op = &program->ops[program->op_count];
	int kind = 0, ret;

	while (kind < OP_KINDS && strcmp(parser->words[0], kinds[kind].name))
		kind++;
	if (kind == OP_KINDS)
		return expected(parser,
				"an operation (output, buffer, paint, commit, cursor, move, "
				"hide, flip, fault, expect, signals, contend, repeat, end, check, "
				"wait)");
	if (program->op_count == PROGRAM_MAX_OPS)
		return fail(parser, "expected at most %d operations", PROGRAM_MAX_OPS);

	*op = (struct op){ .kind = (enum op_kind)kind, .line = parser->line };
	ret = check_modifier(parser, op->kind);
	if (ret)
		return ret;
	parser->next = 1;
	parser->has_head = false;
	ret = kinds[kind].parse(parser, op);
	if (ret)
		return ret;
	if (peek(parser))
		return expected(parser, "the end of the line");
	if (op->kind == OP_OUTPUT)
		parser->outputs[op->head] = op;
	program->op_count++;
	return 0;
}

static int parse_line(struct parser *parser, const char *line, size_t len)
{
	const char *hash = memchr(line, '#', len);
	char *save, *word;

	if (hash)
		len = (size_t)(hash - line);
	if (len >= MAX_LINE)
		return fail(parser, "expected at most %d characters in a line", MAX_LINE - 1);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t' && line[i] != '\r')
			return fail(parser, "expected text, got a control character");
	memcpy(parser->text, line, len);
	parser->text[len] = '\0';

	parser->word_count = 0;
	parser->next = 0;
	for (word = strtok_r(parser->text, " \t\r", &save); word;
	     word = strtok_r(NULL, " \t\r", &save)) {
		if (parser->word_count == MAX_WORDS)
			return fail(parser, "expected at most %d words in a line", MAX_WORDS);
		parser->words[parser->word_count++] = word;
	}
	return parser->word_count ? parse_words(parser) : 0;
}

static int check_whole(struct parser *parser)
{
	const struct op *ops = parser->program->ops;

	if (parser->depth > 0) {
		parser->line = ops[parser->open[parser->depth - 1]].line;
		return fail(parser, "expected an end for this repeat");
	}
	if (parser->modifier) {
		parser->line = ops[parser->modifier - 1].line;
		return fail(parser, "expected an operation after this %s",
			    kinds[ops[parser->modifier - 1].kind].name);
	}
	parser->line = 0;
	if (!parser->ioctls)
		return fail(parser, "expected at least one commit, cursor, move, hide or flip");
	return 0;
}

struct program *program_parse(const char *text, size_t len, struct program_error *error)
{
	struct parser parser = { .error = error };
	const char *end = text + len;
	int ret = 0;

	parser.program = calloc(1, sizeof(*parser.program));
	if (parser.program)
		parser.program->ops = calloc(PROGRAM_MAX_OPS, sizeof(*parser.program->ops));
	if (!parser.program || !parser.program->ops) {
		fail(&parser, "expected memory for a program");
		program_destroy(parser.program);
		return NULL;
	}

	while (!ret && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		parser.line++;
		ret = parse_line(&parser, text, (size_t)(stop - text));
		text = stop + 1;
	}
	if (!ret)
		ret = check_whole(&parser);
	if (ret) {
		program_destroy(parser.program);
		return NULL;
	}
	return parser.program;
}

int program_heads(const struct program *program)
{
	int heads = 1;

	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].kind == OP_OUTPUT && program->ops[i].head >= heads)
			heads = program->ops[i].head + 1;
	return heads;
}

void program_destroy(struct program *program)
{
	if (!program)
		return;
	free(program->ops);
	free(program);
}
