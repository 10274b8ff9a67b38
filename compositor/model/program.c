// SPDX-License-Identifier: MIT
/*
 * The parser reads a line as words: the operation's name, its arguments in order, then options of
 * the form key=value or a bare key. operation.c has the operations, argument.c the arguments.
 */
#include "compositor/model/program.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/model/parser.h"

int parser_fail(struct parser *parser, const char *format, ...)
{
	va_list args;

	parser->error->line = parser->line;
	va_start(args, format);
	vsnprintf(parser->error->text, sizeof(parser->error->text), format, args);
	va_end(args);
	return -EINVAL;
}

const char *parser_peek(const struct parser *parser)
{
	return parser->next < parser->word_count ? parser->words[parser->next] : NULL;
}

int parser_expected(struct parser *parser, const char *what)
{
	const char *word = parser_peek(parser);

	if (word)
		return parser_fail(parser, "expected %s, got \"%.40s\"", what, word);
	return parser_fail(parser, "expected %s at the end of the line", what);
}

/* What can be done again and again without anything made for it, or any event. */
static bool can_rival(const struct op *op)
{
	if (op->pointer)
		return false;
	switch (op->kind) {
	case OP_COMMIT:
		return !op->nonblock && !op->has_area && !op_has_fences(op);
	case OP_SETPLANE:
	case OP_CURSOR:
	case OP_MOVE:
	case OP_HIDE:
	case OP_DIRTY:
		return true;
	default:
		return false;
	}
}

/* A modifier speaks of the next operation, which must therefore enter the kernel (or be another). */
static int check_modifier(struct parser *parser, const struct op *op)
{
	const struct op *waiting;

	if ((operations[op->kind].flags & OPERATION_MODIFIER) && !op->off) {
		parser->modifier = parser->program->op_count + 1;
		parser->modifiers++;
		parser->rival |= op->kind == OP_RIVAL;
		return 0;
	}
	/* Painted each time that the operation is tried. */
	if (parser->modifier && op->kind == OP_PAINT && !parser->rival)
		return 0;
	if (parser->modifier && !op_enters(op->kind)) {
		waiting = &parser->program->ops[parser->modifier - 1];
		return parser_fail(parser,
				   "expected an operation that enters the kernel, like commit, "
				   "after the %s in line %d",
				   op_name(waiting->kind), waiting->line);
	}
	if (parser->rival && (parser->modifiers > 1 || !can_rival(op)))
		return parser_fail(
			parser, "expected after rival, and nothing else, a commit, setplane, "
				"cursor, move, hide or dirty without nonblock, pointer, damage and "
				"fences");
	if (op->kind == OP_CLOSE && parser->rival_line)
		return parser_fail(parser,
				   "expected rival off before close: the rival of line %d has the "
				   "device open",
				   parser->rival_line);
	if (parser->rival || op->kind == OP_RIVAL)
		parser->rival_line = op->off ? 0 : op->line;
	parser->modifier = parser->modifiers = 0;
	parser->rival = false;
	parser->entries += op_enters(op->kind);
	return 0;
}

/* Whether the output is there that @op is for. */
static int check_output(struct parser *parser, const struct op *op)
{
	if (!(operations[op->kind].flags & OPERATION_OUTPUT) || parser->modes[op->head])
		return 0;
	if (op->head)
		return parser_fail(
			parser, "expected an output line with head=%d before an operation with it",
			op->head);
	return parser_fail(parser, "expected an output line before the first operation on a plane");
}

static int check_place(struct parser *parser, const struct op *op)
{
	if (!(operations[op->kind].flags & OPERATION_SINGLE) || !parser->depth)
		return 0;
	return parser_fail(parser, "expected %s outside repeat",
			   op->kind == OP_BUFFER ? "buffers to be made" : op_name(op->kind));
}

static int parse_words(struct parser *parser)
{
	struct program *program = parser->program;
	struct op *op = &program->ops[program->op_count];
	int kind = 0, ret;

	while (kind < OP_KINDS && strcmp(parser->words[0], op_name((enum op_kind)kind)))
		kind++;
	if (kind == OP_KINDS)
		return parser_expected(parser, "an operation of planestorm-program(5)");
	if (program->op_count == PROGRAM_MAX_OPS)
		return parser_fail(parser, "expected at most %d operations", PROGRAM_MAX_OPS);

	*op = (struct op){ .kind = (enum op_kind)kind, .line = parser->line };
	parser->next = 1;
	ret = check_place(parser, op);
	if (!ret)
		ret = arguments_parse(parser, &operations[kind], op);
	if (!ret)
		ret = check_modifier(parser, op);
	if (!ret)
		ret = check_output(parser, op);
	if (!ret && operations[kind].check)
		ret = operations[kind].check(parser, op);
	if (ret)
		return ret;
	if (op->kind == OP_OUTPUT || (op->kind == OP_MODESET && !op->off))
		parser->modes[op->head] = op;
	parser->has[kind] = true;
	parser->has_pressure[op->pressure] = true;
	program->op_count++;
	return 0;
}

static int parse_line(struct parser *parser, const char *line, size_t len)
{
	const char *hash = memchr(line, '#', len);
	char *save, *word;

	if (hash)
		len = (size_t)(hash - line);
	if (len >= PARSER_MAX_LINE)
		return parser_fail(parser, "expected at most %d characters in a line",
				   PARSER_MAX_LINE - 1);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t' && line[i] != '\r')
			return parser_fail(parser, "expected text, got a control character");
	memcpy(parser->text, line, len);
	parser->text[len] = '\0';

	parser->word_count = 0;
	parser->next = 0;
	for (word = strtok_r(parser->text, " \t\r", &save); word;
	     word = strtok_r(NULL, " \t\r", &save)) {
		if (parser->word_count == PARSER_MAX_WORDS)
			return parser_fail(parser, "expected at most %d words in a line",
					   PARSER_MAX_WORDS);
		parser->words[parser->word_count++] = word;
	}
	return parser->word_count ? parse_words(parser) : 0;
}

static int check_whole(struct parser *parser)
{
	const struct op *ops = parser->program->ops;

	if (parser->depth > 0) {
		parser->line = ops[parser->open[parser->depth - 1]].line;
		return parser_fail(parser, "expected an end for this repeat");
	}
	if (parser->modifier) {
		parser->line = ops[parser->modifier - 1].line;
		return parser_fail(parser, "expected an operation after this %s",
				   op_name(ops[parser->modifier - 1].kind));
	}
	parser->line = 0;
	if (!parser->entries)
		return parser_fail(parser,
				   "expected at least one operation that enters the kernel, like "
				   "commit");
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
		parser_fail(&parser, "expected memory for a program");
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

bool program_annotates(const struct program *program)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].kind == OP_ANNOTATE)
			return true;
	return false;
}

bool program_points(const struct program *program)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].pointer)
			return true;
	return false;
}

const struct op *program_op_at(const struct program *program, int line)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].line == line)
			return &program->ops[i];
	return NULL;
}

uint64_t program_hostmem(const struct program *program)
{
	const struct op *first = &program->ops[0];

	return first->kind == OP_DEVICE ? first->amount : 0;
}

void program_destroy(struct program *program)
{
	if (!program)
		return;
	free(program->ops);
	free(program);
}
