// SPDX-License-Identifier: MIT
/*
 * The language by examples: what each operation looks like and comes to, and for every mistake the
 * line and the words with which it is answered.
 */
#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/program.h"
#include "compositor/model/rng.h"
#include "tests/runner/program_file.h"
#include "tests/unit/unit.h"

/* Five lines that most examples need above theirs. */
#define ABOVE                                                                                      \
	"output 1024x768\n"                                                                        \
	"buffer P primary 1024x768\n"                                                              \
	"buffer Q primary 2048x1024\n"                                                             \
	"buffer C cursor 64x64\n"                                                                  \
	"buffer D cursor 32x16\n"
#define LINE 6

static struct program *parse(const char *text, size_t len)
{
	struct program_error error = { 0 };
	struct program *program = program_parse(text, len, &error);

	if (!program)
		print_error("line %d: %s\n", error.line, error.text);
	assert_non_null(program);
	return program;
}

/* The program as text, each operation on its line. */
static GString *format(const struct program *program)
{
	GString *text = g_string_new(NULL);

	for (int i = 0; i < program->op_count; i++) {
		char line[512];
		int len = op_format(program, &program->ops[i], line, sizeof(line));

		assert_in_range(len, 1, sizeof(line) - 1);
		assert_int_equal(strlen(line), len);
		g_string_append_len(text, line, len);
		g_string_append_c(text, '\n');
	}
	return text;
}

static void assert_same_op(const struct op *a, const struct op *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_true(a->width == b->width && a->height == b->height);
	for (int role = 0; role < PLANE_ROLES; role++) {
		assert_int_equal(a->change[role], b->change[role]);
		assert_int_equal(a->buffer[role], b->buffer[role]);
	}
	assert_true(a->has_at == b->has_at && a->x == b->x && a->y == b->y);
	assert_true(a->has_hot == b->has_hot && a->hot_x == b->hot_x && a->hot_y == b->hot_y);
	assert_true(a->nonblock == b->nonblock && a->test == b->test);
	assert_true(a->nth == b->nth && a->nth_open == b->nth_open);
	assert_true(a->count == b->count && a->jump == b->jump);
	assert_true(a->ns == b->ns && a->restart == b->restart);
	assert_int_equal(a->threads, b->threads);
	assert_int_equal(a->expect_count, b->expect_count);
	assert_memory_equal(a->expect, b->expect, sizeof(a->expect));
}

/* What is formatted is the same program, whatever comments and spaces the first text had. */
static void assert_round_trip(const struct program *program)
{
	GString *text = format(program);
	struct program *again = parse(text->str, text->len);
	GString *text_again = format(again);

	assert_int_equal(again->op_count, program->op_count);
	assert_int_equal(again->buffer_count, program->buffer_count);
	for (int i = 0; i < program->op_count; i++)
		assert_same_op(&again->ops[i], &program->ops[i]);
	assert_string_equal(text_again->str, text->str);
	g_string_free(text, TRUE);
	g_string_free(text_again, TRUE);
	program_destroy(again);
}

/* The syntax */

static const struct syntax {
	const char *line;
	const char *formatted; /* NULL: as written */
	const char *above, *below; /* lines that it needs; below: "hide" if NULL */
} syntaxes[] = {
	{ "output 1024x768" },
	{ "output 16384x16384" },
	{ "output 1x1" },
	{ "output 0800x0600", "output 800x600" },

	{ "buffer B primary 1024x768", "buffer B primary 1024x768 image=checker" },
	{ "buffer B cursor 64x64", "buffer B cursor 64x64 image=arrow" },
	{ "buffer B cursor 1x1 image=solid" },
	{ "buffer B cursor 64x64 image=checker" },
	{ "buffer B cursor 64x64 image=cross" },
	{ "buffer B cursor 64x64 image=alpha" },
	{ "buffer B primary 16384x16384 image=arrow" },
	{ "buffer a_Name_of_31_characters_is_fine cursor 64x64 image=arrow" },
	{ "buffer primary cursor 64x64 image=arrow" },

	{ "commit primary=P" },
	{ "commit primary=off" },
	{ "commit cursor=C" },
	{ "commit cursor=off" },
	{ "commit at=10,20" },
	{ "commit primary=P cursor=C" },
	{ "commit primary=Q cursor=D at=-5,7 hot=1,2 nonblock test" },
	{ "commit primary=off cursor=off test" },
	{ "commit test nonblock hot=1,2 at=-5,7 cursor=D primary=Q",
	  "commit primary=Q cursor=D at=-5,7 hot=1,2 nonblock test" },
	{ "commit at=-32767,32767 hot=-32767,32767" },

	{ "cursor C" },
	{ "cursor C at=10,20" },
	{ "cursor C hot=3,5" },
	{ "cursor C at=10,20 hot=3,5" },
	{ "cursor C hot=3,5 at=10,20", "cursor C at=10,20 hot=3,5" },
	{ "move 0,0" },
	{ "move -32767,32767" },
	{ "hide" },
	{ "flip P" },
	{ "flip Q" },

	{ "fault nth=1" },
	{ "fault nth=1.." },
	{ "fault nth=1000000" },
	{ "fault nth=1000000.." },
	{ "expect ok" },
	{ "expect ENOMEM" },
	{ "expect ok|EINTR|ENOMEM" },
	{ "expect EACCES|EAGAIN|EBUSY|EDEADLK|EFAULT|EINTR|EINVAL|EIO" },
	{ "expect ENODEV|ENOENT|ENOSPC|ENXIO|EPERM|ERANGE|ETIMEDOUT" },
	{ "fault nth=2..", NULL, "expect ok|ENOMEM\n" },
	{ "expect ok|ENOMEM", NULL, "fault nth=2..\n" },

	{ "signals every=400us" },
	{ "signals every=5ms restart" },
	{ "signals every=1s" },
	{ "signals every=1500ns" },
	{ "signals every=1000us", "signals every=1ms" },
	{ "signals off" },
	{ "contend C threads=1" },
	{ "contend P threads=16" },
	{ "contend C off" },

	{ "repeat 1", NULL, NULL, "hide\nend\n" },
	{ "repeat 10000000", NULL, NULL, "hide\nend\n" },
	{ "end", NULL, "repeat 3\nhide\n", NULL },
	{ "end", NULL, "repeat 3\nrepeat 2\nhide\nend\n", NULL },
	{ "check" },
	{ "wait 10ms" },
	{ "wait 10s" },
	{ "wait 1ns" },
	{ "wait 10000ms", "wait 10s" },
	{ "wait 10000000000ns", "wait 10s" },

	{ "  \tcursor   C\tat=10,20  # a comment", "cursor C at=10,20" },
	{ "cursor C at=10,20\r", "cursor C at=10,20" },
	{ "hide# a comment", "hide" },
};

static void check_syntax(void **state)
{
	const struct syntax *row = *state;
	GString *text = g_string_new(ABOVE);
	struct program *program;
	const struct op *op = NULL;
	char line[512];

	g_string_append_printf(text, "%s%s\n%s", row->above ? row->above : "", row->line,
			       row->below ? row->below : "hide\n");
	program = parse(text->str, text->len);
	/* Above it stand only lines without comments, so that each is one operation. */
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].line == LINE + (row->above ? 1 : 0) * 0 + (int)(
			    g_strrstr_len(row->above ? row->above : "", -1, "\n") ? 0 : 0))
			op = &program->ops[i];
	(void)op;
	(void)line;
	assert_round_trip(program);
	program_destroy(program);
	g_string_free(text, TRUE);
}
