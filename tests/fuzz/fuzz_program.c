// SPDX-License-Identifier: MIT
/* A program that is read can be written, and what is written is the same program. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "compositor/model/program.h"

#define OP_BYTES 512 /* more than any operation needs */

/* All operations, each on its line. The caller's. */
static char *format(const struct program *program, size_t *len)
{
	char *text = malloc((size_t)program->op_count * OP_BYTES + 1);

	assert(text);
	*len = 0;
	for (int i = 0; i < program->op_count; i++) {
		int op = op_format(program, &program->ops[i], text + *len, OP_BYTES);

		assert(op > 0 && op < OP_BYTES);
		assert(strlen(text + *len) == (size_t)op && !strchr(text + *len, '\n'));
		*len += (size_t)op;
		text[(*len)++] = '\n';
	}
	return text;
}

/* An operation has no pointers, and the parser clears it as a whole. */
static void check_same_op(const struct op *a, const struct op *b)
{
	struct op moved = *a;

	moved.line = b->line;
	assert(!memcmp(&moved, b, sizeof(moved)));
}

static void check_same(const struct program *a, const struct program *b)
{
	assert(a->op_count == b->op_count && a->buffer_count == b->buffer_count);
	for (int i = 0; i < a->op_count; i++)
		check_same_op(&a->ops[i], &b->ops[i]);
	for (int i = 0; i < a->buffer_count; i++)
		assert(!memcmp(&a->buffers[i], &b->buffers[i], sizeof(a->buffers[i])));
	assert(program_heads(a) == program_heads(b));
}

static void check_round_trip(const struct program *program)
{
	struct program_error error = { 0 };
	size_t len, len_again;
	char *text = format(program, &len), *text_again;
	struct program *again = program_parse(text, len, &error);

	if (!again)
		fprintf(stderr, "written as:\n%.*sline %d: %s\n", (int)len, text, error.line,
			error.text);
	assert(again);
	check_same(program, again);
	text_again = format(again, &len_again);
	assert(len == len_again && !memcmp(text, text_again, len));
	free(text_again);
	program_destroy(again);
	free(text);
}

static void check_error(const struct program_error *error, const char *text, size_t len)
{
	int lines = 0;

	for (size_t at = 0; at < len; at += fuzz_line(text + at, len - at))
		lines++;
	assert(error->line >= 0 && error->line <= lines);
	assert(memchr(error->text, '\0', sizeof(error->text)));
	fuzz_check_message(error->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct program_error error = { 0 };
	struct program *program = program_parse((const char *)bytes, len, &error);

	if (program)
		check_round_trip(program);
	else
		check_error(&error, (const char *)bytes, len);
	program_destroy(program);
	return 0;
}
