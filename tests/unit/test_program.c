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

static void assert_same_point(const struct program_point *a, const struct program_point *b)
{
	assert_true(a->timeline == b->timeline && a->value == b->value);
}

static void assert_same_op(const struct op *a, const struct op *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_true(a->width == b->width && a->height == b->height);
	assert_int_equal(a->head, b->head);
	for (int role = 0; role < PLANE_ROLES; role++) {
		assert_int_equal(a->change[role], b->change[role]);
		assert_int_equal(a->buffer[role], b->buffer[role]);
	}
	assert_true(a->has_at == b->has_at && a->x == b->x && a->y == b->y);
	assert_true(a->has_hot == b->has_hot && a->hot_x == b->hot_x && a->hot_y == b->hot_y);
	assert_true(a->nonblock == b->nonblock && a->test == b->test);
	assert_true(a->pointer == b->pointer && a->on == b->on);
	assert_int_equal(a->has_area, b->has_area);
	assert_memory_equal(&a->area, &b->area, sizeof(a->area));
	assert_int_equal(a->image, b->image);
	assert_true(a->nth == b->nth && a->nth_open == b->nth_open);
	assert_true(a->count == b->count && a->jump == b->jump);
	assert_true(a->ns == b->ns && a->ns_max == b->ns_max && a->restart == b->restart);
	assert_true(a->standard == b->standard && a->stop == b->stop && a->off == b->off);
	assert_true(a->again == b->again && a->look == b->look && a->bare == b->bare);
	assert_int_equal(a->way, b->way);
	assert_int_equal(a->how, b->how);
	assert_int_equal(a->misuse, b->misuse);
	assert_same_point(&a->point, &b->point);
	assert_same_point(&a->from, &b->from);
	assert_same_point(&a->with, &b->with);
	for (int role = 0; role < PLANE_ROLES; role++)
		assert_same_point(&a->in[role], &b->in[role]);
	assert_int_equal(a->software, b->software);
	assert_int_equal(a->threads, b->threads);
	assert_int_equal(a->pressure, b->pressure);
	assert_int_equal(a->amount, b->amount);
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

#define TIMELINES "timeline S software\ntimeline T\n"

static const struct syntax {
	const char *line;
	const char *formatted;	   /* NULL: as written */
	const char *above, *below; /* lines that it needs; below: "hide" if NULL */
	bool first;		   /* it must be */
} syntaxes[] = {
	{ "device max_hostmem=8M", .first = true },
	{ "device max_hostmem=1500K", .first = true },
	{ "device max_hostmem=2048K", "device max_hostmem=2M", .first = true },

	{ "output 1024x768" },
	{ "output 16384x16384" },
	{ "output 1x1" },
	{ "output 0800x0600", "output 800x600" },
	{ "output 800x600 head=1" },
	{ "output 800x600 head=0", "output 800x600" },

	{ "buffer B primary 1024x768", "buffer B primary 1024x768 image=checker" },
	{ "buffer B cursor 64x64", "buffer B cursor 64x64 image=arrow" },
	{ "buffer B cursor 1x1 image=solid" },
	{ "buffer B cursor 64x64 image=checker" },
	{ "buffer B cursor 64x64 image=cross" },
	{ "buffer B cursor 64x64 image=alpha" },
	{ "buffer B primary 16384x16384 image=arrow" },
	{ "buffer a_Name_of_31_characters_is_fine cursor 64x64 image=arrow" },
	{ "buffer primary cursor 64x64 image=arrow" },

	{ "paint P", "paint P image=checker" },
	{ "paint C", "paint C image=arrow" },
	{ "paint C image=cross" },
	{ "paint D image=alpha area=0,0,32x16" },
	{ "paint D area=31,15,1x1 image=solid", "paint D image=solid area=31,15,1x1" },
	{ "paint Q area=1000,500,1048x524", "paint Q image=checker area=1000,500,1048x524" },

	{ "commit primary=P" },
	{ "commit primary=off" },
	{ "commit cursor=C" },
	{ "commit cursor=off" },
	{ "commit at=10,20" },
	{ "commit at=10,20 pointer" },
	{ "move 10,20 pointer" },
	{ "hotplug on" },
	{ "hotplug on head=1", .above = "output 640x480 head=1\n" },
	{ "hotplug off head=1", .above = "output 640x480 head=1\n" },
	{ "resize 800x600" },
	{ "resize 1280x800 head=1", .above = "output 640x480 head=1\n" },
	{ "commit primary=P cursor=C" },
	{ "commit primary=Q cursor=D at=-5,7 hot=1,2 nonblock test" },
	{ "commit primary=off cursor=off test" },
	{ "commit test nonblock hot=1,2 at=-5,7 cursor=D primary=Q",
	  "commit primary=Q cursor=D at=-5,7 hot=1,2 nonblock test" },
	{ "commit primary=P damage=0,0,1x1" },
	{ "commit primary=Q damage=2047,1023,1x1 test" },
	{ "commit damage=10,20,30x40 nonblock cursor=C primary=P",
	  "commit primary=P cursor=C damage=10,20,30x40 nonblock" },
	{ "commit head=0 at=1,2", "commit at=1,2" },
	{ "commit head=1 test nonblock damage=0,0,8x8 hot=1,2 at=-5,7 cursor=D primary=Q",
	  "commit primary=Q cursor=D at=-5,7 hot=1,2 damage=0,0,8x8 nonblock test head=1",
	  "output 640x480 head=1\n" },
	{ "cursor C at=10,20 hot=3,5 head=1", NULL, "output 640x480 head=1\n" },
	{ "cursor C head=1 at=10,20", "cursor C at=10,20 head=1", "output 640x480 head=1\n" },
	{ "move -1,2 head=1", NULL, "output 640x480 head=1\n" },
	{ "hide head=1", NULL, "output 640x480 head=1\n" },
	{ "hide head=0", "hide" },
	{ "flip P head=1", NULL, "output 640x480 head=1\n" },
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

	{ "setplane primary=P" },
	{ "setplane primary=off head=1", NULL, "output 640x480 head=1\n" },
	{ "setplane cursor=C" },
	{ "setplane cursor=D at=-5,7" },
	{ "setplane at=1,2 cursor=C", "setplane cursor=C at=1,2" },
	{ "setplane cursor=off" },
	{ "dirty P" },
	{ "dirty C area=1,2,3x4" },
	{ "modeset 640x480" },
	{ "modeset off" },
	{ "modeset off head=1", NULL, "output 640x480 head=1\n" },
	{ "create C" },
	{ "map P" },
	{ "unmap P" },
	{ "destroy C" },
	{ "addfb C" },
	{ "rmfb C" },
	{ "export C" },
	{ "import C" },
	{ "addblob" },
	{ "rmblob" },
	{ "dropmaster" },
	{ "setmaster" },
	{ "close" },

	{ "buffer B cursor 64x64 image=arrow from=udmabuf bare" },
	{ "buffer B cursor 64x64 image=arrow from=heap" },
	{ "buffer B primary 8x8 bare from=dumb", "buffer B primary 8x8 image=checker bare" },

	{ "fault nth=1" },
	{ "fault nth=1.. check" },
	{ "fault nth=3 again=200" },
	{ "fault check again=1000000.. nth=3..", "fault nth=3.. again=1000000.. check" },
	{ "fault worker nth=2..", "fault nth=2.. worker" },
	{ "paint C image=solid", NULL, "fault nth=1..\n" },
	{ "paint C image=solid", NULL, "expect ok\n", "paint P\nhide\n" },
	{ "signal" },
	{ "signal restart", NULL, "fault nth=2\n" },
	{ "rival" },
	{ "rival", NULL, NULL, "setplane cursor=C at=1,2\nhide\n" },
	{ "rival", NULL, NULL, "dirty C area=1,2,3x4\nhide\n" },
	{ "rival off" },
	{ "rival off", NULL, "rival\nmove 1,2\n" },
	{ "kill after=2ms" },
	{ "kill after=2000us", "kill after=2ms" },
	{ "annotate" },
	{ "annotate locks" },
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
	{ "signals every=100us to=5ms standard" },
	{ "signals every=1ms stop" },
	{ "signals stop restart standard to=2ms every=1ms",
	  "signals every=1ms to=2ms standard restart stop" },
	{ "contend C threads=1 by=fences", "contend C threads=1" },
	{ "contend C threads=2 by=map" },
	{ "contend C threads=2 by=import" },
	{ "contend C threads=2 by=wait" },
	{ "contend C by=map threads=2", "contend C threads=2 by=map" },
	{ "contend C threads=1" },
	{ "contend P threads=16" },
	{ "contend C off" },
	{ "pressure alloc=1" },
	{ "pressure alloc=100" },
	{ "pressure memory=512K" },
	{ "pressure memory=1024K", "pressure memory=1M" },
	{ "pressure memory=1024M" },
	{ "pressure fds=0" },
	{ "pressure fds=1000" },
	{ "pressure queue" },
	{ "pressure off" },

	{ "timeline T" },
	{ "timeline a_Name_of_31_characters_is_fine software" },
	{ "commit primary=P cursor=C primary_in=S:3 cursor_in=T out=T:4 nonblock",
	  .above = TIMELINES },
	{ "commit out=T cursor_in=S at=1,2", "commit at=1,2 cursor_in=S out=T",
	  .above = TIMELINES },
	{ "advance T", .above = TIMELINES },
	{ "advance T:9223372036854775807 after=5ms", .above = TIMELINES },
	{ "advance S:2147483647", .above = TIMELINES },
	{ "reset T", .above = TIMELINES },
	{ "abandon S", .above = TIMELINES },
	{ "transfer T from=S", .above = TIMELINES },
	{ "transfer T:7 from=T:6", .above = TIMELINES },
	{ "merge T with=S:2 from=T:1", "merge T from=T:1 with=S:2", .above = TIMELINES },
	{ "query T:3", .above = TIMELINES },
	{ "await T", .above = TIMELINES },
	{ "await T by=timeline", "await T", .above = TIMELINES },
	{ "await T:2 by=submit timeout=10ms", .above = TIMELINES },
	{ "await T by=available", .above = TIMELINES },
	{ "await T by=binary", .above = TIMELINES },
	{ "await T by=poll", .above = TIMELINES },
	{ "await T by=eventfd timeout=1s", .above = TIMELINES },
	{ "share T", .above = TIMELINES },
	{ "attach C from=S", .above = TIMELINES },
	{ "extract C out=T:3", .above = TIMELINES },
	{ "unbind" },
	{ "misuse in-file" },
	{ "misuse extract-flags" },
	{ "observe T observers=8", .above = TIMELINES },
	{ "observe T off", .above = TIMELINES },

	{ "repeat 1", NULL, NULL, "hide\nend\n" },
	{ "repeat 10000000", NULL, NULL, "hide\nend\n" },
	{ "paint C image=solid", NULL, "repeat 3\n", "end\nhide\n" },
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

static int count_lines(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static const struct op *op_in_line(const struct program *program, int line)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].line == line)
			return &program->ops[i];
	fail_msg("no operation in line %d", line);
	return NULL;
}

static void check_syntax(void **state)
{
	const struct syntax *row = *state;
	const char *above = row->above ? row->above : "";
	char *text = g_strconcat(row->first ? row->line : ABOVE, above, row->first ? "" : row->line,
				 "\n", row->first ? ABOVE : "", row->below ? row->below : "hide\n",
				 NULL);
	struct program *program = parse(text, strlen(text));
	int number = row->first ? 1 : LINE + count_lines(above);
	char line[512];

	op_format(program, op_in_line(program, number), line, sizeof(line));
	assert_string_equal(line, row->formatted ? row->formatted : row->line);
	assert_round_trip(program);
	program_destroy(program);
	g_free(text);
}

static void test_every_operation_has_an_example(void **state)
{
	(void)state;
	for (int kind = 0; kind < OP_KINDS; kind++) {
		const char *name = op_name((enum op_kind)kind);
		bool seen = false;

		for (size_t i = 0; i < LENGTH(syntaxes); i++)
			seen |= strcspn(syntaxes[i].line, " ") == strlen(name) &&
				g_str_has_prefix(syntaxes[i].line, name);
		assert_true(seen);
	}
}

static void test_which_operations_enter_the_kernel(void **state)
{
	(void)state;
	for (int kind = 0; kind < OP_KINDS; kind++)
		assert_int_equal(op_enters((enum op_kind)kind),
				 kind >= OP_COMMIT && kind <= OP_CLOSE);
}

static void test_what_a_commit_comes_to(void **state)
{
	const char *text = ABOVE "commit primary=Q at=-5,7 hot=1,2 nonblock\n"
				 "commit cursor=off test\n";
	struct program *program = parse(text, strlen(text));
	const struct op *op = op_in_line(program, LINE);

	(void)state;
	assert_int_equal(op->kind, OP_COMMIT);
	assert_int_equal(op->change[PLANE_PRIMARY], CHANGE_SHOW);
	assert_string_equal(program->buffers[op->buffer[PLANE_PRIMARY]].name, "Q");
	assert_int_equal(op->change[PLANE_CURSOR], CHANGE_NONE);
	assert_true(op->has_at && op->x == -5 && op->y == 7);
	assert_true(op->has_hot && op->hot_x == 1 && op->hot_y == 2);
	assert_true(op->nonblock && !op->test);

	op = op_in_line(program, LINE + 1);
	assert_int_equal(op->change[PLANE_PRIMARY], CHANGE_NONE);
	assert_int_equal(op->change[PLANE_CURSOR], CHANGE_OFF);
	assert_true(!op->has_at && !op->has_hot && !op->nonblock && op->test);
	program_destroy(program);
}

static void test_what_damage_comes_to(void **state)
{
	const char *text = ABOVE "commit damage=10,20,30x40 primary=P\n";
	struct program *program = parse(text, strlen(text));
	const struct op *op = op_in_line(program, LINE);

	(void)state;
	assert_true(op->has_area);
	assert_true(op->area.x == 10 && op->area.y == 20);
	assert_true(op->area.width == 30 && op->area.height == 40);
	program_destroy(program);
}

static void test_what_heads_come_to(void **state)
{
	const char *text = ABOVE "output 2048x1024 head=1\nbuffer E primary 640x480\n"
				 "output 640x480\ncommit primary=E\ncommit primary=Q head=1\n"
				 "flip E\nflip Q head=1\nhide\n";
	struct program *program = parse(text, strlen(text));
	static const int heads[] = { 1, 0, 0, 0, 1, 0, 1, 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(heads); i++)
		assert_int_equal(op_in_line(program, LINE + (int)i)->head, heads[i]);
	assert_int_equal(program_heads(program), 2);
	program_destroy(program);
}

static void test_how_many_heads_a_program_has(void **state)
{
	static const struct {
		const char *text;
		int heads;
	} rows[] = {
		{ "output 8x8\nhide\n", 1 },
		{ "output 8x8\noutput 9x9\nhide\n", 1 },
		{ "output 8x8\noutput 8x8 head=1\nhide\n", 2 },
		{ "output 8x8 head=1\ncheck\nhide head=1\n", 2 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct program *program = parse(rows[i].text, strlen(rows[i].text));

		assert_int_equal(program_heads(program), rows[i].heads);
		program_destroy(program);
	}
}

static void test_what_the_legacy_operations_come_to(void **state)
{
	const char *text = ABOVE "cursor D hot=3,4\nmove -1,9\nhide\nflip Q\n";
	struct program *program = parse(text, strlen(text));
	const struct op *op = op_in_line(program, LINE);

	(void)state;
	assert_int_equal(op->change[PLANE_CURSOR], CHANGE_SHOW);
	assert_string_equal(program->buffers[op->buffer[PLANE_CURSOR]].name, "D");
	assert_true(!op->has_at && op->has_hot && op->hot_x == 3 && op->hot_y == 4);

	op = op_in_line(program, LINE + 1);
	assert_int_equal(op->change[PLANE_CURSOR], CHANGE_NONE);
	assert_true(op->has_at && op->x == -1 && op->y == 9);

	op = op_in_line(program, LINE + 2);
	assert_int_equal(op->change[PLANE_CURSOR], CHANGE_OFF);
	assert_true(!op->has_at);

	op = op_in_line(program, LINE + 3);
	assert_int_equal(op->change[PLANE_PRIMARY], CHANGE_SHOW);
	assert_int_equal(op->change[PLANE_CURSOR], CHANGE_NONE);
	assert_string_equal(program->buffers[op->buffer[PLANE_PRIMARY]].name, "Q");
	program_destroy(program);
}

static void test_what_setplane_dirty_and_modeset_come_to(void **state)
{
	const char *text = ABOVE "setplane cursor=D at=-1,9\nsetplane primary=off\n"
				 "dirty D area=1,2,3x4\ndirty Q\nmodeset 800x600\nmodeset off\n";
	struct program *program = parse(text, strlen(text));
	const struct op *op = op_in_line(program, LINE);

	(void)state;
	assert_int_equal(op->change[PLANE_PRIMARY], CHANGE_NONE);
	assert_int_equal(op->change[PLANE_CURSOR], CHANGE_SHOW);
	assert_string_equal(program->buffers[op->buffer[PLANE_CURSOR]].name, "D");
	assert_true(op->has_at && op->x == -1 && op->y == 9 && !op->has_hot);
	op = op_in_line(program, LINE + 1);
	assert_int_equal(op->change[PLANE_PRIMARY], CHANGE_OFF);
	assert_int_equal(op->change[PLANE_CURSOR], CHANGE_NONE);

	op = op_in_line(program, LINE + 2);
	assert_string_equal(program->buffers[op->buffer[0]].name, "D");
	assert_true(op->has_area && op->area.x == 1 && op->area.y == 2);
	assert_true(op->area.width == 3 && op->area.height == 4);
	assert_false(op_in_line(program, LINE + 3)->has_area);

	op = op_in_line(program, LINE + 4);
	assert_true(!op->off && op->width == 800 && op->height == 600);
	assert_true(op_in_line(program, LINE + 5)->off);
	program_destroy(program);
}

/* A buffer for the primary plane is measured by the mode that is on then. */
static void test_a_modeset_changes_what_is_large_enough(void **state)
{
	static const char text[] = "output 1024x768\nbuffer S primary 640x480\n"
				   "modeset 640x480\nflip S\nmodeset off\nsetplane primary=S\n";

	(void)state;
	program_destroy(parse(text, strlen(text)));
}

static void test_what_bare_buffers_come_to(void **state)
{
	const char *text = ABOVE "buffer U cursor 8x8 from=udmabuf bare\n"
				 "buffer H cursor 8x8 from=heap\ncreate U\nimport H\n";
	struct program *program = parse(text, strlen(text));

	(void)state;
	assert_int_equal(program->buffers[0].origin, ORIGIN_DUMB);
	assert_false(program->buffers[0].bare);
	assert_int_equal(program->buffers[4].origin, ORIGIN_UDMABUF);
	assert_true(program->buffers[4].bare);
	assert_int_equal(program->buffers[5].origin, ORIGIN_HEAP);
	assert_false(program->buffers[5].bare);
	assert_int_equal(op_in_line(program, LINE + 2)->buffer[0], 4);
	assert_int_equal(op_in_line(program, LINE + 3)->buffer[0], 5);
	program_destroy(program);
}

static void test_what_modifiers_come_to(void **state)
{
	const char *text = ABOVE "fault nth=3.. again=200 check\nsignal restart\nhide\n"
				 "signal\nhide\nrival\nhide\nrival off\n"
				 "kill after=2ms\ncontend D threads=3 by=wait\n"
				 "signals every=1ms to=5ms standard\n";
	struct program *program = parse(text, strlen(text));
	const struct op *op = op_in_line(program, LINE);

	(void)state;
	assert_true(op->nth == 3 && op->nth_open && op->again == 200 && op->look);
	assert_true(op_in_line(program, LINE + 1)->restart);
	assert_false(op_in_line(program, LINE + 3)->restart);
	assert_false(op_in_line(program, LINE + 5)->off);
	assert_true(op_in_line(program, LINE + 7)->off);
	assert_int_equal(op_in_line(program, LINE + 8)->ns, 2000000);
	assert_int_equal(op_in_line(program, LINE + 9)->way, WAY_WAIT);
	op = op_in_line(program, LINE + 10);
	assert_true(op->ns == 1000000 && op->ns_max == 5000000);
	assert_true(op->standard && !op->restart && !op->stop);
	program_destroy(program);
}

static void test_what_the_storm_comes_to(void **state)
{
	const char *text = ABOVE "contend D threads=3\n"
				 "signals every=400us restart\n"
				 "fault nth=7..\n"
				 "expect ok|ENOMEM\n"
				 "hide\n"
				 "wait 2ms\n"
				 "signals off\n"
				 "contend D off\n";
	struct program *program = parse(text, strlen(text));
	const struct op *op = op_in_line(program, LINE);

	(void)state;
	assert_string_equal(program->buffers[op->buffer[0]].name, "D");
	assert_int_equal(op->threads, 3);
	op = op_in_line(program, LINE + 1);
	assert_true(op->ns == 400000 && op->restart);
	op = op_in_line(program, LINE + 2);
	assert_true(op->nth == 7 && op->nth_open);
	op = op_in_line(program, LINE + 3);
	assert_int_equal(op->expect_count, 2);
	assert_int_equal(op->expect[0], 0);
	assert_int_equal(op->expect[1], ENOMEM);
	assert_true(op_in_line(program, LINE + 5)->ns == 2000000);
	assert_true(op_in_line(program, LINE + 6)->ns == 0);
	assert_true(op_in_line(program, LINE + 7)->threads == 0);
	program_destroy(program);
}

static void test_what_a_paint_comes_to(void **state)
{
	const char *text = ABOVE "paint Q\npaint D image=solid area=1,2,3x4\nhide\n";
	struct program *program = parse(text, strlen(text));
	const struct op *op = op_in_line(program, LINE);

	(void)state;
	assert_string_equal(program->buffers[op->buffer[0]].name, "Q");
	assert_int_equal(op->image, IMAGE_CHECKER);
	assert_false(op->has_area);
	assert_true(op->area.x == 0 && op->area.y == 0);
	assert_true(op->area.width == 2048 && op->area.height == 1024);

	op = op_in_line(program, LINE + 1);
	assert_string_equal(program->buffers[op->buffer[0]].name, "D");
	assert_int_equal(op->image, IMAGE_SOLID);
	assert_true(op->has_area);
	assert_true(op->area.x == 1 && op->area.y == 2);
	assert_true(op->area.width == 3 && op->area.height == 4);
	assert_int_equal(program->buffers[op->buffer[0]].image, IMAGE_ARROW);
	program_destroy(program);
}

static void test_what_a_pressure_comes_to(void **state)
{
	const char *text = "device max_hostmem=3M\n" ABOVE "pressure memory=512K\n"
			   "pressure fds=2\npressure off\nhide\n";
	struct program *program = parse(text, strlen(text));
	struct program *plain = parse(ABOVE "hide\n", strlen(ABOVE "hide\n"));

	(void)state;
	assert_int_equal(op_in_line(program, LINE + 1)->pressure, PRESSURE_MEMORY);
	assert_int_equal(op_in_line(program, LINE + 1)->amount, 512 << 10);
	assert_int_equal(op_in_line(program, LINE + 2)->pressure, PRESSURE_FDS);
	assert_int_equal(op_in_line(program, LINE + 2)->amount, 2);
	assert_int_equal(op_in_line(program, LINE + 3)->pressure, PRESSURE_OFF);
	assert_int_equal(program_hostmem(program), 3 << 20);
	assert_int_equal(program_hostmem(plain), 0);
	program_destroy(program);
	program_destroy(plain);
}

static void test_repeats_know_their_ends(void **state)
{
	const char *text = ABOVE "repeat 2\nhide\nrepeat 3\nhide\nend\nend\nhide\n";
	struct program *program = parse(text, strlen(text));
	int outer = LINE - 1, inner = LINE + 1; /* one operation a line, from index 0 */

	(void)state;
	assert_int_equal(program->ops[outer].count, 2);
	assert_int_equal(program->ops[outer].jump, outer + 5);
	assert_int_equal(program->ops[outer + 5].jump, outer);
	assert_int_equal(program->ops[inner].count, 3);
	assert_int_equal(program->ops[inner].jump, inner + 2);
	assert_int_equal(program->ops[inner + 2].jump, inner);
	program_destroy(program);
}

static void test_buffers_are_numbered_in_order(void **state)
{
	const char *text = ABOVE "hide\n";
	struct program *program = parse(text, strlen(text));

	(void)state;
	assert_int_equal(program->buffer_count, 4);
	for (int i = 0; i < program->buffer_count; i++)
		assert_int_equal(program->buffers[i].id, i + 1);
	assert_int_equal(program->buffers[0].role, PLANE_PRIMARY);
	assert_int_equal(program->buffers[3].role, PLANE_CURSOR);
	assert_true(program->buffers[3].width == 32 && program->buffers[3].height == 16);
	program_destroy(program);
}

static void test_lines_count_comments_and_blanks(void **state)
{
	const char *text = "# SPDX-License-Identifier: MIT\n\n  \t\noutput 1x1\r\n#\n\nhide";
	struct program *program = parse(text, strlen(text));

	(void)state;
	assert_int_equal(program->op_count, 2);
	assert_int_equal(program->ops[0].line, 4);
	assert_int_equal(program->ops[1].line, 7);
	program_destroy(program);
}

/* What does not fit is cut as by snprintf(), which the guest relies on to learn the length. */
static void test_op_format_tells_the_length_it_needs(void **state)
{
	const char *text = ABOVE "commit primary=Q cursor=D at=-5,7 hot=1,2 nonblock test\n";
	struct program *program = parse(text, strlen(text));
	const struct op *op = op_in_line(program, LINE);
	char whole[512];
	int len = op_format(program, op, whole, sizeof(whole));

	(void)state;
	assert_int_equal(op_format(program, op, NULL, 0), len);
	for (size_t size = 1; size <= (size_t)len + 1; size++) {
		char *line = malloc(size);

		assert_non_null(line);
		assert_int_equal(op_format(program, op, line, size), len);
		assert_int_equal(strlen(line), size - 1);
		assert_memory_equal(line, whole, size - 1);
		free(line);
	}
	program_destroy(program);
}

static void test_errors_have_their_names(void **state)
{
	(void)state;
	assert_string_equal(errno_word(0), "ok");
	assert_string_equal(errno_word(ENOMEM), "ENOMEM");
	assert_string_equal(errno_word(EINTR), "EINTR");
	assert_null(errno_word(EXDEV));
	assert_null(errno_word(-1));
}

/* The mistakes */

#define SIXTEEN "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"
#define NO_HEAD_1 "expected an output line with head=1 before an operation with it"
#define ERRORS "ok or an error's name like ENOMEM, joined by |"
#define RIVALS                                                                                     \
	"expected after rival, and nothing else, a commit, setplane, cursor, move, hide or dirty " \
	"without nonblock, pointer, damage and fences"
#define NOTHING_DONE "expected at least one operation that enters the kernel, like commit"

#define FENCES ABOVE TIMELINES
#define FLINE (LINE + 2)

static const struct mistake {
	const char *name;
	const char *text;
	int line;
	const char *message;
} mistakes[] = {
	{ "an unknown operation", ABOVE "cursr C\nhide\n", LINE,
	  "expected an operation of planestorm-program(5), got \"cursr\"" },
	{ "an operation in capitals", ABOVE "HIDE\n", LINE,
	  "expected an operation of planestorm-program(5), got \"HIDE\"" },
	{ "a very long word is cut in the answer",
	  ABOVE "0123456789012345678901234567890123456789more\n", LINE,
	  "expected an operation of planestorm-program(5), got "
	  "\"0123456789012345678901234567890123456789\"" },

	{ "output without a size", "output\nhide\n", 1,
	  "expected a size like 1024x768 at the end of the line" },
	{ "output with one number", "output 1024\nhide\n", 1,
	  "expected a size like 1024x768, got \"1024\"" },
	{ "output without pixels", "output 0x768\nhide\n", 1,
	  "expected a size like 1024x768, got \"0x768\"" },
	{ "output of a negative size", "output 1024x-768\nhide\n", 1,
	  "expected a size like 1024x768, got \"1024x-768\"" },
	{ "output wider than 16384", "output 16385x768\nhide\n", 1,
	  "expected a size like 1024x768, got \"16385x768\"" },
	{ "output of an absurd size", "output 99999999999999999999x1\nhide\n", 1,
	  "expected a size like 1024x768, got \"99999999999999999999x1\"" },
	{ "output with a space in its size", "output 1024 x768\nhide\n", 1,
	  "expected a size like 1024x768, got \"1024\"" },
	{ "output with a capital X", "output 1024X768\nhide\n", 1,
	  "expected a size like 1024x768, got \"1024X768\"" },
	{ "output with a rate", "output 1024x768@60\nhide\n", 1,
	  "expected a size like 1024x768, got \"1024x768@60\"" },
	{ "output with a word more", "output 1024x768 60\nhide\n", 1,
	  "expected head= or the end of the line, got \"60\"" },

	{ "buffer without a name", "buffer\n", 1,
	  "expected a buffer's name: a letter, then letters, digits or _ at the end of the line" },
	{ "buffer whose name begins with a digit", "buffer 1C cursor 64x64\n", 1,
	  "expected a buffer's name: a letter, then letters, digits or _, got \"1C\"" },
	{ "buffer with a sign in its name", "buffer C-1 cursor 64x64\n", 1,
	  "expected a buffer's name: a letter, then letters, digits or _, got \"C-1\"" },
	{ "buffer that is called off", "buffer off cursor 64x64\n", 1,
	  "expected a buffer's name: a letter, then letters, digits or _, got \"off\"" },
	{ "buffer with a name of 32 characters",
	  "buffer a_name_of_32_characters_is_too_l cursor 64x64\n", 1,
	  "expected a buffer's name: a letter, then letters, digits or _, "
	  "got \"a_name_of_32_characters_is_too_l\"" },
	{ "buffer twice", ABOVE "buffer C cursor 64x64\nhide\n", LINE,
	  "expected a name that no buffer above has, got \"C\"" },
	{ "buffer without a role", "buffer C\n", 1,
	  "expected primary or cursor at the end of the line" },
	{ "buffer of an unknown role", "buffer C overlay 64x64\n", 1,
	  "expected primary or cursor, got \"overlay\"" },
	{ "buffer without a size", "buffer C cursor\n", 1,
	  "expected a size of at most 64x64 at the end of the line" },
	{ "cursor buffer that is too wide", "buffer C cursor 65x64\n", 1,
	  "expected a size of at most 64x64, got \"65x64\"" },
	{ "cursor buffer that is too high", "buffer C cursor 64x65\n", 1,
	  "expected a size of at most 64x64, got \"64x65\"" },
	{ "primary buffer that is too wide", "buffer P primary 16385x1\n", 1,
	  "expected a size like 1024x768, got \"16385x1\"" },
	{ "buffer of an unknown image", "buffer C cursor 64x64 image=circle\n", 1,
	  "expected image=solid, checker, arrow, cross, alpha, bands, windows, gradient or "
	  "ripples, got \"image=circle\"" },
	{ "buffer with two images", "buffer C cursor 64x64 image=solid image=cross\n", 1,
	  "expected from=, bare, gles or the end of the line, got \"image=cross\"" },
	{ "buffer in a repeat", "output 8x8\nrepeat 2\nbuffer C cursor 8x8\nend\n", 3,
	  "expected buffers to be made outside repeat" },

	{ "paint of nothing", ABOVE "paint\nhide\n", LINE,
	  "expected a buffer's name at the end of the line" },
	{ "paint of an unknown buffer", ABOVE "paint E\nhide\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "paint of a buffer that is made below", ABOVE "paint E\nbuffer E cursor 8x8\nhide\n",
	  LINE, "expected a buffer made above, got \"E\"" },
	{ "paint of an unknown image", ABOVE "paint C image=circle\nhide\n", LINE,
	  "expected image=solid, checker, arrow, cross, alpha, bands, windows, gradient or "
	  "ripples, got \"image=circle\"" },
	{ "paint of two images", ABOVE "paint C image=solid image=cross\nhide\n", LINE,
	  "expected area= or the end of the line, got \"image=cross\"" },
	{ "paint of two areas", ABOVE "paint C area=0,0,1x1 area=1,1,1x1\nhide\n", LINE,
	  "expected image= or the end of the line, got \"area=1,1,1x1\"" },
	{ "paint of an area without its size", ABOVE "paint C area=1,1\nhide\n", LINE,
	  "expected area=X,Y,WxH in pixels, got \"area=1,1\"" },
	{ "paint of an area of nothing", ABOVE "paint C area=1,1,0x1\nhide\n", LINE,
	  "expected area=X,Y,WxH in pixels, got \"area=1,1,0x1\"" },
	{ "paint of an area left of the buffer", ABOVE "paint C area=-1,1,2x1\nhide\n", LINE,
	  "expected area=X,Y,WxH in pixels, got \"area=-1,1,2x1\"" },
	{ "paint of an area with a number more", ABOVE "paint C area=1,1,2x1,3\nhide\n", LINE,
	  "expected area=X,Y,WxH in pixels, got \"area=1,1,2x1,3\"" },
	{ "paint of an area that is too wide", ABOVE "paint D area=1,0,32x16\nhide\n", LINE,
	  "expected an area within D, which is 32x16" },
	{ "paint of an area that is too high", ABOVE "paint D area=0,1,32x16\nhide\n", LINE,
	  "expected an area within D, which is 32x16" },

	{ "setplane of nothing", ABOVE "setplane\n", LINE,
	  "expected primary= or cursor= in a setplane" },
	{ "setplane of both planes", ABOVE "setplane primary=P cursor=C\n", LINE,
	  "expected primary= or cursor= in a setplane" },
	{ "setplane of the primary plane at a place", ABOVE "setplane primary=P at=1,1\n", LINE,
	  "expected cursor= with a buffer besides at=" },
	{ "setplane of a primary buffer that is too small",
	  "output 1024x768\nbuffer P primary 8x8\nsetplane primary=P\n", 3,
	  "expected a primary buffer of at least 1024x768, the output's size; P is 8x8" },
	{ "setplane before any output", "buffer C cursor 8x8\nsetplane cursor=C\n", 2,
	  "expected an output line before the first operation on a plane" },
	{ "setplane of a plane that is off at a place", ABOVE "setplane cursor=off at=1,1\n", LINE,
	  "expected cursor= with a buffer besides at=" },
	{ "setplane with a hotspot", ABOVE "setplane cursor=C hot=1,1\n", LINE,
	  "expected primary=, at=, head= or the end of the line, got \"hot=1,1\"" },
	{ "setplane of a cursor buffer as primary", ABOVE "setplane primary=C\n", LINE,
	  "expected a primary buffer made above, got \"C\"" },
	{ "dirty of nothing", ABOVE "dirty\n", LINE,
	  "expected a buffer's name at the end of the line" },
	{ "dirty of an unknown buffer", ABOVE "dirty E\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "dirty with an area that is none", ABOVE "dirty C area=1,1\n", LINE,
	  "expected area=X,Y,WxH in pixels, got \"area=1,1\"" },
	{ "dirty on a head", ABOVE "dirty C head=0\n", LINE,
	  "expected area= or the end of the line, got \"head=0\"" },
	{ "dirty beside the buffer", ABOVE "dirty C area=60,0,8x8\n", LINE,
	  "expected an area within C, which is 64x64" },
	{ "modeset to nothing", ABOVE "modeset\n", LINE,
	  "expected a size like 1024x768, or off at the end of the line" },
	{ "modeset to more than there are buffers for",
	  ABOVE "modeset 2048x1024\ncommit primary=P\n", LINE + 1,
	  "expected a primary buffer of at least 2048x1024, the output's size; P is 1024x768" },
	{ "modeset to another word than off", ABOVE "modeset on\n", LINE,
	  "expected a size like 1024x768, or off, got \"on\"" },
	{ "modeset wider than 16384", ABOVE "modeset 16385x8\n", LINE,
	  "expected a size like 1024x768, or off, got \"16385x8\"" },
	{ "modeset before any output", "modeset 8x8\n", 1,
	  "expected an output line before the first operation on a plane" },
	{ "modeset on a head without an output", ABOVE "modeset off head=1\n", LINE, NO_HEAD_1 },

	{ "create of nothing", ABOVE "create\n", LINE,
	  "expected a buffer's name at the end of the line" },
	{ "create of an unknown buffer", ABOVE "create E\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "create of two buffers", ABOVE "create C D\n", LINE,
	  "expected the end of the line, got \"D\"" },
	{ "map of an unknown buffer", ABOVE "map E\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "unmap of an unknown buffer", ABOVE "unmap E\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "destroy of an unknown buffer", ABOVE "destroy E\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "addfb of nothing", ABOVE "addfb\n", LINE,
	  "expected a buffer's name at the end of the line" },
	{ "addfb with a format", ABOVE "addfb C XR24\n", LINE,
	  "expected the end of the line, got \"XR24\"" },
	{ "rmfb of a framebuffer's number", ABOVE "rmfb 42\n", LINE,
	  "expected a buffer made above, got \"42\"" },
	{ "export of an unknown buffer", ABOVE "export E\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "import of a buffer that is made below", ABOVE "import E\nbuffer E cursor 8x8\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "addblob of a size", ABOVE "addblob 4096\n", LINE,
	  "expected the end of the line, got \"4096\"" },
	{ "rmblob of a number", ABOVE "rmblob 1\n", LINE,
	  "expected the end of the line, got \"1\"" },
	{ "dropmaster with a word more", ABOVE "dropmaster now\n", LINE,
	  "expected the end of the line, got \"now\"" },
	{ "setmaster on a head", ABOVE "setmaster head=0\n", LINE,
	  "expected the end of the line, got \"head=0\"" },
	{ "close of a buffer", ABOVE "close C\n", LINE, "expected the end of the line, got \"C\"" },
	{ "buffer that is bare twice", "buffer B cursor 8x8 bare bare\n", 1,
	  "expected image=, from=, gles or the end of the line, got \"bare\"" },
	{ "gles of a cursor", "buffer C cursor 64x64 image=windows gles\n", 1,
	  "expected a primary buffer, neither from= nor bare, besides gles" },
	{ "gles of somebody's memory", "buffer P primary 64x64 image=windows from=heap gles\n", 1,
	  "expected a primary buffer, neither from= nor bare, besides gles" },
	{ "gles of nothing", "buffer P primary 64x64 image=windows bare gles\n", 1,
	  "expected a primary buffer, neither from= nor bare, besides gles" },
	{ "gles of a picture that no shader paints", "buffer P primary 64x64 gles\n", 1,
	  "expected image= windows, gradient or ripples for P, which GLES paints" },
	{ "a paint that no shader does",
	  "output 64x64\nbuffer P primary 64x64 image=windows gles\npaint P image=solid\n", 3,
	  "expected image= windows, gradient or ripples for P, which GLES paints" },
	{ "map of what GLES paints",
	  "output 64x64\nbuffer P primary 64x64 image=windows gles\nmap P\n", 3,
	  "expected a buffer that is not painted by GLES, P is" },
	{ "close beside GLES", "output 64x64\nbuffer P primary 64x64 image=windows gles\nclose\n",
	  3, "expected no close beside a buffer that GLES paints" },
	{ "buffer from elsewhere", "buffer B cursor 8x8 from=vgem\n", 1,
	  "expected from=dumb, udmabuf or heap, got \"from=vgem\"" },
	{ "fault that looks once", ABOVE "fault nth=2 check\nhide\n", LINE,
	  "expected nth=K.. besides check" },
	{ "fault again, the zeroth", ABOVE "fault nth=1 again=0\nhide\n", LINE,
	  "expected again=N or again=N.., N from 1, got \"again=0\"" },
	{ "fault again, too late", ABOVE "fault nth=1 again=1000001\nhide\n", LINE,
	  "expected again=N or again=N.., N from 1, got \"again=1000001\"" },
	{ "fault again, each after one", ABOVE "fault nth=1 again=1..\nhide\n", LINE,
	  "expected nth=K.. besides again=N.." },
	{ "fault again in a worker", ABOVE "fault nth=1 again=1 worker\nhide\n", LINE,
	  "expected either again= or worker" },
	{ "fault again, and nothing first", ABOVE "fault again=200\nhide\n", LINE,
	  "expected nth=K or nth=K.. at the end of the line" },
	{ "fault with a value for check", ABOVE "fault nth=1.. check=1\nhide\n", LINE,
	  "expected again=, worker, check or the end of the line, got \"check=1\"" },
	{ "signal at an interval", ABOVE "signal every=1ms\nhide\n", LINE,
	  "expected restart or the end of the line, got \"every=1ms\"" },
	{ "signal with restart twice", ABOVE "signal restart restart\nhide\n", LINE,
	  "expected the end of the line, got \"restart\"" },
	{ "signal before wait", ABOVE "signal\nwait 1ms\nhide\n", LINE + 1,
	  "expected an operation that enters the kernel, like commit, after the signal in line "
	  "6" },
	{ "signal without an operation", ABOVE "hide\nsignal\n", LINE + 1,
	  "expected an operation after this signal" },
	{ "rival with its operation in one line", ABOVE "rival hide\n", LINE,
	  "expected off or the end of the line, got \"hide\"" },
	{ "rival that does not wait", ABOVE "rival\ncommit cursor=C nonblock\n", LINE + 1, RIVALS },
	{ "rival that says what is damaged", ABOVE "rival\ncommit primary=P damage=0,0,1x1\n",
	  LINE + 1, RIVALS },
	{ "rival that waits for the pointer", ABOVE "rival\nmove 1,1 pointer\n", LINE + 1, RIVALS },
	{ "rival that closes", ABOVE "rival\nclose\n", LINE + 1, RIVALS },
	{ "rival that has the device open", ABOVE "rival\nhide\nclose\n", LINE + 2,
	  "expected rival off before close: the rival of line 7 has the device open" },
	{ "rival off before an operation with a modifier", ABOVE "expect ok\nrival off\nhide\n",
	  LINE + 1,
	  "expected an operation that enters the kernel, like commit, after the expect in line "
	  "6" },
	{ "rival with another modifier", ABOVE "expect ok\nrival\nhide\n", LINE + 2, RIVALS },
	{ "rival that paints", ABOVE "rival\npaint C\nhide\n", LINE + 1,
	  "expected an operation that enters the kernel, like commit, after the rival in line 6" },
	{ "rival that flips", ABOVE "rival\nflip P\n", LINE + 1, RIVALS },
	{ "rival that is not over", ABOVE "hide\nrival\n", LINE + 1,
	  "expected an operation after this rival" },
	{ "kill at no time", ABOVE "kill\nhide\n", LINE,
	  "expected after=TIME at the end of the line" },
	{ "kill with a bare time", ABOVE "kill 1ms\nhide\n", LINE,
	  "expected after= or the end of the line, got \"1ms\"" },
	{ "kill without a unit", ABOVE "kill after=1\nhide\n", LINE,
	  "expected after=TIME like 400us, 5ms or 1s, got \"after=1\"" },
	{ "annotate with a word it has not", ABOVE "annotate all\nhide\n", LINE,
	  "expected locks or the end of the line, got \"all\"" },
	{ "annotate twice", ABOVE "annotate\nannotate locks\nhide\n", LINE + 1,
	  "expected one annotate in a program" },
	{ "annotate too late", ABOVE "hide\nannotate\nhide\n", LINE + 1,
	  "expected annotate before the first operation that enters the kernel" },
	{ "annotate in a repeat", ABOVE "repeat 2\nannotate\nend\nhide\n", LINE + 1,
	  "expected annotate outside repeat" },
	{ "annotate behind a modifier", ABOVE "expect ok\nannotate\nhide\n", LINE + 1,
	  "expected an operation that enters the kernel, like commit, after the expect in line "
	  "6" },
	{ "kill in a repeat", ABOVE "repeat 2\nkill after=1ms\nend\nhide\n", LINE + 1,
	  "expected kill outside repeat" },
	{ "signals to a shorter time", ABOVE "signals every=2ms to=1ms\nhide\n", LINE,
	  "expected a longer time in to= than in every=" },
	{ "signals to the same time", ABOVE "signals every=2ms to=2ms\nhide\n", LINE,
	  "expected a longer time in to= than in every=" },
	{ "signals to a time, and from none", ABOVE "signals to=2ms\nhide\n", LINE,
	  "expected signals every=TIME or signals off" },
	{ "signals off that stop", ABOVE "signals off stop\nhide\n", LINE,
	  "expected nothing besides off" },
	{ "contend off in a way", ABOVE "contend C off by=map\nhide\n", LINE,
	  "expected nothing besides off" },
	{ "contend with threads and off", ABOVE "contend C threads=2 off\nhide\n", LINE,
	  "expected threads=N or off for a contend" },
	{ "contend in a way, by nobody", ABOVE "contend C by=map\nhide\n", LINE,
	  "expected threads=N or off for a contend" },
	{ "contend in an unknown way", ABOVE "contend C threads=1 by=luck\nhide\n", LINE,
	  "expected by=fences, map, import or wait, got \"by=luck\"" },

	{ "pressure of nothing", ABOVE "pressure\nhide\n", LINE,
	  "expected alloc=PERCENT, memory=SIZE, fds=N, queue or off at the end of the line" },
	{ "pressure of an unknown kind", ABOVE "pressure disk=1M\nhide\n", LINE,
	  "expected alloc=PERCENT, memory=SIZE, fds=N, queue or off, got \"disk=1M\"" },
	{ "pressure of two kinds", ABOVE "pressure fds=1 queue\nhide\n", LINE,
	  "expected the end of the line, got \"queue\"" },
	{ "pressure on allocations without a number", ABOVE "pressure alloc\nhide\n", LINE,
	  "expected alloc=PERCENT, memory=SIZE, fds=N, queue or off, got \"alloc\"" },
	{ "pressure on none of the allocations", ABOVE "pressure alloc=0\nhide\n", LINE,
	  "expected alloc=PERCENT, PERCENT from 1 to 100, got \"alloc=0\"" },
	{ "pressure on more than all", ABOVE "pressure alloc=101\nhide\n", LINE,
	  "expected alloc=PERCENT, PERCENT from 1 to 100, got \"alloc=101\"" },
	{ "pressure on memory without a unit", ABOVE "pressure memory=4096\nhide\n", LINE,
	  "expected memory=SIZE like 512K or 4M, got \"memory=4096\"" },
	{ "pressure on no memory", ABOVE "pressure memory=0M\nhide\n", LINE,
	  "expected memory=SIZE like 512K or 4M, got \"memory=0M\"" },
	{ "pressure on too much memory", ABOVE "pressure memory=1025M\nhide\n", LINE,
	  "expected memory=SIZE like 512K or 4M, got \"memory=1025M\"" },
	{ "pressure on less than no descriptors", ABOVE "pressure fds=-1\nhide\n", LINE,
	  "expected fds=N, N from 0 to 1000, got \"fds=-1\"" },
	{ "pressure with a value of which there is none", ABOVE "pressure queue=1\nhide\n", LINE,
	  "expected alloc=PERCENT, memory=SIZE, fds=N, queue or off, got \"queue=1\"" },
	{ "pressure on more than 1000 descriptors", ABOVE "pressure fds=1001\nhide\n", LINE,
	  "expected fds=N, N from 0 to 1000, got \"fds=1001\"" },
	{ "pressure between a modifier and its operation",
	  ABOVE "expect ok\npressure queue\nhide\n", LINE + 1,
	  "expected an operation that enters the kernel, like commit, after the expect in line "
	  "6" },
	{ "a fault under pressure on allocations", ABOVE "pressure alloc=5\nfault nth=1\nhide\n",
	  LINE + 1, "expected either fault or pressure alloc= in a program" },
	{ "pressure on allocations after a fault", ABOVE "fault nth=1\nhide\npressure alloc=5\n",
	  LINE + 2, "expected either fault or pressure alloc= in a program" },
	{ "device without anything", "device\noutput 8x8\nhide\n", 1,
	  "expected max_hostmem=SIZE at the end of the line" },
	{ "device with less than a kilobyte", "device max_hostmem=512\noutput 8x8\nhide\n", 1,
	  "expected max_hostmem=SIZE like 512K or 8M, at most 1024M, got \"max_hostmem=512\"" },
	{ "device with a bare size", "device 8M\noutput 8x8\nhide\n", 1,
	  "expected max_hostmem= or the end of the line, got \"8M\"" },
	{ "device with more than there may be", "device max_hostmem=1025M\noutput 8x8\nhide\n", 1,
	  "expected max_hostmem=SIZE like 512K or 8M, at most 1024M, got \"max_hostmem=1025M\"" },
	{ "device too late", ABOVE "device max_hostmem=8M\nhide\n", LINE,
	  "expected device before any other line" },
	{ "device twice", "device max_hostmem=8M\ndevice max_hostmem=8M\noutput 8x8\nhide\n", 2,
	  "expected device before any other line" },

	{ "commit before any output", "buffer C cursor 64x64\ncommit cursor=C\n", 2,
	  "expected an output line before the first operation on a plane" },
	{ "cursor before any output", "buffer C cursor 64x64\ncursor C\n", 2,
	  "expected an output line before the first operation on a plane" },
	{ "move before any output", "move 1,1\n", 1,
	  "expected an output line before the first operation on a plane" },
	{ "hide before any output", "hide\noutput 8x8\n", 1,
	  "expected an output line before the first operation on a plane" },
	{ "flip before any output", "buffer P primary 8x8\nflip P\n", 2,
	  "expected an output line before the first operation on a plane" },
	{ "check before any output", "check\n", 1,
	  "expected an output line before the first operation on a plane" },

	{ "output for a third head", "output 8x8 head=2\nhide\n", 1,
	  "expected head=0 or head=1, got \"head=2\"" },
	{ "output for a head below 0", "output 8x8 head=-1\nhide\n", 1,
	  "expected head=0 or head=1, got \"head=-1\"" },
	{ "output for no head", "output 8x8 head=\nhide\n", 1,
	  "expected head=0 or head=1, got \"head=\"" },
	{ "output for head 10", "output 8x8 head=10\nhide\n", 1,
	  "expected head=0 or head=1, got \"head=10\"" },
	{ "output for two heads", "output 8x8 head=0 head=1\nhide\n", 1,
	  "expected the end of the line, got \"head=1\"" },
	{ "commit to a head without an output", ABOVE "commit cursor=C head=1\n", LINE, NO_HEAD_1 },
	{ "cursor on a head without an output", ABOVE "cursor C head=1\n", LINE, NO_HEAD_1 },
	{ "move on a head without an output", ABOVE "move 1,1 head=1\n", LINE, NO_HEAD_1 },
	{ "hide on a head without an output", ABOVE "hide head=1\n", LINE, NO_HEAD_1 },
	{ "flip on a head without an output", ABOVE "flip P head=1\n", LINE, NO_HEAD_1 },
	{ "commit to head 0 without an output", "output 8x8 head=1\ncommit at=1,1\n", 2,
	  "expected an output line before the first operation on a plane" },
	{ "commit to two heads", ABOVE "commit at=1,1 head=0 head=1\n", LINE,
	  "expected primary=, cursor=, hot=, damage=, primary_in=, cursor_in=, out=, nonblock, "
	  "test, pointer or the end of the "
	  "line, got "
	  "\"head=1\"" },
	{ "cursor on two heads", ABOVE "cursor C head=0 head=1\n", LINE,
	  "expected at=, hot= or the end of the line, got \"head=1\"" },
	{ "check on a head", ABOVE "check head=0\nhide\n", LINE,
	  "expected the end of the line, got \"head=0\"" },
	{ "commit of a primary buffer too small for the other head",
	  ABOVE "output 2048x1024 head=1\ncommit primary=P head=1\n", LINE + 1,
	  "expected a primary buffer of at least 2048x1024, the output's size; P is 1024x768" },
	{ "flip to a primary buffer too small for the other head",
	  ABOVE "output 2048x1024 head=1\nflip P\nflip P head=1\n", LINE + 2,
	  "expected a primary buffer of at least 2048x1024, the output's size; P is 1024x768" },

	{ "commit of nothing", ABOVE "commit\n", LINE,
	  "expected primary=, cursor= or at= in a commit" },
	{ "commit of nothing but flags", ABOVE "commit nonblock test\n", LINE,
	  "expected primary=, cursor= or at= in a commit" },
	{ "commit of nothing but a hotspot", ABOVE "commit hot=1,2\n", LINE,
	  "expected primary=, cursor= or at= in a commit" },
	{ "commit of an unknown buffer", ABOVE "commit cursor=E\n", LINE,
	  "expected a cursor buffer made above, got \"E\"" },
	{ "commit of an unnamed buffer", ABOVE "commit cursor=\n", LINE,
	  "expected a cursor buffer made above, got \"\"" },
	{ "commit of a buffer that is made below", ABOVE "commit cursor=E\nbuffer E cursor 8x8\n",
	  LINE, "expected a cursor buffer made above, got \"E\"" },
	{ "commit of a primary buffer as cursor", ABOVE "commit cursor=P\n", LINE,
	  "expected a cursor buffer made above, got \"P\"" },
	{ "commit of a cursor buffer as primary", ABOVE "commit primary=C\n", LINE,
	  "expected a primary buffer made above, got \"C\"" },
	{ "commit of a primary buffer that is too low",
	  "output 1024x768\nbuffer P primary 1024x767\ncommit primary=P\n", 3,
	  "expected a primary buffer of at least 1024x768, the output's size; P is 1024x767" },
	{ "commit of a primary buffer that is too narrow",
	  "output 1024x768\nbuffer P primary 1023x768\ncommit primary=P\n", 3,
	  "expected a primary buffer of at least 1024x768, the output's size; P is 1023x768" },
	{ "commit of a primary buffer too small for the output made since",
	  ABOVE "output 2048x1024\ncommit primary=P\n", LINE + 1,
	  "expected a primary buffer of at least 2048x1024, the output's size; P is 1024x768" },
	{ "commit with cursor= twice", ABOVE "commit cursor=C cursor=D\n", LINE,
	  "expected primary=, at=, hot=, damage=, primary_in=, cursor_in=, out=, nonblock, test, "
	  "pointer, head= or the end of the "
	  "line, "
	  "got \"cursor=D\"" },
	{ "commit with primary= twice", ABOVE "commit primary=off primary=P\n", LINE,
	  "expected cursor=, at=, hot=, damage=, primary_in=, cursor_in=, out=, nonblock, test, "
	  "pointer, head= or the end of the "
	  "line, got "
	  "\"primary=P\"" },
	{ "commit with at= twice", ABOVE "commit at=1,1 at=2,2\n", LINE,
	  "expected primary=, cursor=, hot=, damage=, primary_in=, cursor_in=, out=, nonblock, "
	  "test, pointer, head= or the end of "
	  "the "
	  "line, got \"at=2,2\"" },
	{ "commit with hot= twice", ABOVE "commit cursor=C hot=1,1 hot=2,2\n", LINE,
	  "expected primary=, at=, damage=, primary_in=, cursor_in=, out=, nonblock, test, "
	  "pointer, head= or the end of the line, "
	  "got "
	  "\"hot=2,2\"" },
	{ "commit with nonblock twice", ABOVE "commit cursor=C nonblock nonblock\n", LINE,
	  "expected primary=, at=, hot=, damage=, primary_in=, cursor_in=, out=, test, pointer, "
	  "head= or the end of the line, got "
	  "\"nonblock\"" },
	{ "commit with test twice", ABOVE "commit cursor=C test test\n", LINE,
	  "expected primary=, at=, hot=, damage=, primary_in=, cursor_in=, out=, nonblock, "
	  "pointer, head= or the end of the line, "
	  "got "
	  "\"test\"" },
	{ "commit with an unknown option", ABOVE "commit cursor=C async\n", LINE,
	  "expected primary=, at=, hot=, damage=, primary_in=, cursor_in=, out=, nonblock, test, "
	  "pointer, head= or the end of the "
	  "line, "
	  "got \"async\"" },
	{ "commit with a value for a flag", ABOVE "commit cursor=C test=1\n", LINE,
	  "expected primary=, at=, hot=, damage=, primary_in=, cursor_in=, out=, nonblock, test, "
	  "pointer, head= or the end of the "
	  "line, "
	  "got \"test=1\"" },
	{ "commit with a buffer but no plane", ABOVE "commit C\n", LINE,
	  "expected primary=, cursor=, at=, hot=, damage=, primary_in=, cursor_in=, out=, "
	  "nonblock, test, pointer, head= or the "
	  "end of the "
	  "line, got \"C\"" },
	{ "commit with damage= twice", ABOVE "commit primary=P damage=0,0,1x1 damage=0,0,1x1\n",
	  LINE,
	  "expected cursor=, at=, hot=, primary_in=, cursor_in=, out=, nonblock, test, pointer, "
	  "head= or the end of the line, got "
	  "\"damage=0,0,1x1\"" },
	{ "commit of damage to nothing", ABOVE "commit damage=0,0,1x1\n", LINE,
	  "expected primary=, cursor= or at= in a commit" },
	{ "commit of damage to a cursor", ABOVE "commit cursor=C damage=0,0,1x1\n", LINE,
	  "expected primary= with a buffer besides damage=" },
	{ "commit of damage to a plane that is off", ABOVE "commit primary=off damage=0,0,1x1\n",
	  LINE, "expected primary= with a buffer besides damage=" },
	{ "commit of damage without a size", ABOVE "commit primary=P damage=0,0\n", LINE,
	  "expected damage=X,Y,WxH in pixels, got \"damage=0,0\"" },
	{ "commit of damage beside the buffer", ABOVE "commit primary=P damage=1024,0,1x1\n", LINE,
	  "expected an area within P, which is 1024x768" },
	{ "commit of damage that is too high", ABOVE "commit primary=P damage=0,700,1x69\n", LINE,
	  "expected an area within P, which is 1024x768" },
	{ "commit at a place of one number", ABOVE "commit at=10\n", LINE,
	  "expected at=X,Y in pixels, got \"at=10\"" },
	{ "commit at no place", ABOVE "commit at=\n", LINE,
	  "expected at=X,Y in pixels, got \"at=\"" },
	{ "commit too far to the right", ABOVE "commit at=32768,0\n", LINE,
	  "expected at=X,Y in pixels, got \"at=32768,0\"" },
	{ "commit too far up", ABOVE "commit at=0,-32768\n", LINE,
	  "expected at=X,Y in pixels, got \"at=0,-32768\"" },
	{ "commit with a hotspot in words", ABOVE "commit cursor=C hot=top,left\n", LINE,
	  "expected hot=X,Y in pixels, got \"hot=top,left\"" },

	{ "cursor without a buffer", ABOVE "cursor\n", LINE,
	  "expected a buffer's name at the end of the line" },
	{ "cursor of an unknown buffer", ABOVE "cursor E\n", LINE,
	  "expected a buffer of at most 64x64 made above, got \"E\"" },
	{ "cursor of a primary buffer", ABOVE "cursor P\n", LINE,
	  "expected a buffer of at most 64x64 made above, got \"P\"" },
	{ "cursor off, which is hide", ABOVE "cursor off\n", LINE,
	  "expected a buffer of at most 64x64 made above, got \"off\"" },
	{ "cursor with at= twice", ABOVE "cursor C at=1,1 at=2,2\n", LINE,
	  "expected hot=, head= or the end of the line, got \"at=2,2\"" },
	{ "cursor with a place that is none", ABOVE "cursor C at=1;1\n", LINE,
	  "expected at=X,Y in pixels, got \"at=1;1\"" },
	{ "cursor with a hotspot that is none", ABOVE "cursor C hot=1,\n", LINE,
	  "expected hot=X,Y in pixels, got \"hot=1,\"" },
	{ "cursor with nonblock", ABOVE "cursor C nonblock\n", LINE,
	  "expected at=, hot=, head= or the end of the line, got \"nonblock\"" },

	{ "move to nowhere", ABOVE "move\n", LINE,
	  "expected a place X,Y in pixels at the end of the line" },
	{ "move with at=", ABOVE "move at=1,1\n", LINE,
	  "expected a place X,Y in pixels, got \"at=1,1\"" },
	{ "move to a place with a space", ABOVE "move 1, 1\n", LINE,
	  "expected a place X,Y in pixels, got \"1,\"" },
	{ "move too far", ABOVE "move 0,32768\n", LINE,
	  "expected a place X,Y in pixels, got \"0,32768\"" },
	{ "move with the pointer beyond the output", ABOVE "move 1024,0 pointer\n", LINE,
	  "expected a place within the output, which is 1024x768, besides pointer" },
	{ "commit with the pointer at no place", ABOVE "commit cursor=C pointer\n", LINE,
	  "expected at= besides pointer" },
	{ "commit with the pointer beyond the output", ABOVE "commit at=0,-1 pointer\n", LINE,
	  "expected a place within the output, which is 1024x768, besides pointer" },
	{ "timeline without a name", ABOVE "timeline\nhide\n", LINE,
	  "expected a timeline's name: a letter, then letters, digits or _ at the end of the "
	  "line" },
	{ "timeline with a name that begins with a digit", ABOVE "timeline 1T\nhide\n", LINE,
	  "expected a timeline's name: a letter, then letters, digits or _, got \"1T\"" },
	{ "timeline twice", ABOVE "timeline T\ntimeline T\nhide\n", LINE + 1,
	  "expected a name that no timeline above has, got \"T\"" },
	{ "timeline within repeat", ABOVE "repeat 2\ntimeline T\nhide\nend\n", LINE + 1,
	  "expected timeline outside repeat" },
	{ "nine timelines",
	  ABOVE "timeline A\ntimeline B\ntimeline D\ntimeline E\ntimeline F\ntimeline G\n"
		"timeline H\ntimeline I\ntimeline J\nhide\n",
	  LINE + 8, "expected at most 8 timelines" },
	{ "commit with an out-fence for no timeline", ABOVE "commit at=1,2 out=T\n", LINE,
	  "expected a timeline made above, got \"T\"" },
	{ "commit with point 0", FENCES "commit at=1,2 out=T:0\n", FLINE,
	  "expected out=T or T:POINT, POINT from 1, got \"out=T:0\"" },
	{ "commit with a point that is too far", FENCES "commit at=1,2 out=T:9223372036854775808\n",
	  FLINE, "expected out=T or T:POINT, POINT from 1, got \"out=T:9223372036854775808\"" },
	{ "commit whose out-fence would be a software timeline's", FENCES "commit at=1,2 out=S\n",
	  FLINE, "expected a sync object, S is a software timeline" },
	{ "commit with an in-fence for a plane that it does not name",
	  FENCES "commit cursor=C primary_in=S\n", FLINE, "expected primary= besides primary_in=" },
	{ "commit with an in-fence for a cursor that it does not name",
	  FENCES "commit primary=P cursor_in=S\n", FLINE,
	  "expected cursor= or at= besides cursor_in=" },
	{ "rival with fences", FENCES "rival\ncommit at=1,2 out=T\n", FLINE + 1,
	  "expected after rival, and nothing else, a commit, setplane, cursor, move, hide or dirty "
	  "without nonblock, pointer, damage and fences" },
	{ "advance of nothing", FENCES "advance\n", FLINE,
	  "expected a timeline's name at the end of the line" },
	{ "advance beyond what a software timeline counts", FENCES "advance S:2147483648\n", FLINE,
	  "expected at most 2147483647 as a point of S, a software timeline" },
	{ "reset of a point", FENCES "reset T:1\n", FLINE,
	  "expected a timeline's name, got \"T:1\"" },
	{ "reset of a software timeline", FENCES "reset S\n", FLINE,
	  "expected a sync object, S is a software timeline" },
	{ "abandon of a sync object", FENCES "abandon T\n", FLINE,
	  "expected a software timeline, T is a sync object" },
	{ "transfer from nowhere", FENCES "transfer T\n", FLINE,
	  "expected from=T at the end of the line" },
	{ "transfer to a software timeline", FENCES "transfer S from=T\n", FLINE,
	  "expected a sync object, S is a software timeline" },
	{ "merge of one", FENCES "merge T from=S\n", FLINE,
	  "expected with=T at the end of the line" },
	{ "query of a software timeline", FENCES "query S\n", FLINE,
	  "expected a sync object, S is a software timeline" },
	{ "await by an unknown way", FENCES "await T by=prayer\n", FLINE,
	  "expected by=timeline, submit, available, binary, poll or eventfd, got \"by=prayer\"" },
	{ "share of a software timeline", FENCES "share S\n", FLINE,
	  "expected a sync object, S is a software timeline" },
	{ "attach of nothing", FENCES "attach C\n", FLINE,
	  "expected from=T at the end of the line" },
	{ "extract to nowhere", FENCES "extract C\n", FLINE,
	  "expected out=T at the end of the line" },
	{ "unbind again and again", ABOVE "repeat 2\nunbind\nend\n", LINE + 1,
	  "expected unbind outside repeat" },
	{ "misuse of nothing", ABOVE "misuse\n", LINE,
	  "expected a mistake of planestorm-program(5) at the end of the line" },
	{ "misuse that is none", ABOVE "misuse in-files\n", LINE,
	  "expected a mistake of planestorm-program(5), got \"in-files\"" },
	{ "misuse without a buffer", "output 8x8\nmisuse in-file\n", 2,
	  "expected a buffer line above" },
	{ "observe without observers", FENCES "observe T\nhide\n", FLINE,
	  "expected observers=N or off for an observe" },
	{ "observe by too many", FENCES "observe T observers=9\nhide\n", FLINE,
	  "expected observers=N, N from 1 to 8, got \"observers=9\"" },
	{ "observe of a software timeline", FENCES "observe S observers=1\nhide\n", FLINE,
	  "expected a sync object, S is a software timeline" },

	{ "hotplug of nothing", ABOVE "hotplug\n", LINE, "expected hotplug on or hotplug off" },
	{ "hotplug on and off", ABOVE "hotplug on off\n", LINE,
	  "expected hotplug on or hotplug off" },
	{ "hotplug of the first head's monitor", ABOVE "hotplug off\n", LINE,
	  "expected head=1 for a hotplug off" },
	{ "hotplug of no output", ABOVE "hotplug on head=1\n", LINE,
	  "expected an output line for head=1 above" },
	{ "resize of no output", ABOVE "resize 800x600 head=1\n", LINE,
	  "expected an output line for head=1 above" },
	{ "resize to no size", ABOVE "resize off\n", LINE,
	  "expected a size like 1024x768, got \"off\"" },
	{ "move with a word more", ABOVE "move 1,1 1,1\n", LINE,
	  "expected pointer, head= or the end of the line, got \"1,1\"" },
	{ "hide with a word more", ABOVE "hide C\n", LINE,
	  "expected head= or the end of the line, got \"C\"" },
	{ "flip without a buffer", ABOVE "flip\n", LINE,
	  "expected a primary buffer's name at the end of the line" },
	{ "flip of a cursor buffer", ABOVE "flip C\n", LINE,
	  "expected a primary buffer made above, got \"C\"" },
	{ "flip of a buffer that is too small",
	  "output 1024x768\nbuffer P primary 800x600\nflip P\n", 3,
	  "expected a primary buffer of at least 1024x768, the output's size; P is 800x600" },
	{ "flip with a word more", ABOVE "flip P async\n", LINE,
	  "expected head= or the end of the line, got \"async\"" },

	{ "fault without nth", ABOVE "fault\nhide\n", LINE,
	  "expected nth=K or nth=K.. at the end of the line" },
	{ "fault with a bare number", ABOVE "fault 1\nhide\n", LINE,
	  "expected nth=, again=, worker, check or the end of the line, got \"1\"" },
	{ "fault of allocation 0", ABOVE "fault nth=0\nhide\n", LINE,
	  "expected nth=K or nth=K.., K from 1, got \"nth=0\"" },
	{ "fault of allocation -1", ABOVE "fault nth=-1\nhide\n", LINE,
	  "expected nth=K or nth=K.., K from 1, got \"nth=-1\"" },
	{ "fault of allocation 1000001", ABOVE "fault nth=1000001\nhide\n", LINE,
	  "expected nth=K or nth=K.., K from 1, got \"nth=1000001\"" },
	{ "fault from nowhere on", ABOVE "fault nth=..\nhide\n", LINE,
	  "expected nth=K or nth=K.., K from 1, got \"nth=..\"" },
	{ "fault from 1 to 5", ABOVE "fault nth=1..5\nhide\n", LINE,
	  "expected nth=K or nth=K.., K from 1, got \"nth=1..5\"" },
	{ "fault with three points", ABOVE "fault nth=1...\nhide\n", LINE,
	  "expected nth=K or nth=K.., K from 1, got \"nth=1...\"" },
	{ "fault of a number with too many digits",
	  ABOVE "fault nth=00000000000000000000000000000001\nhide\n", LINE,
	  "expected nth=K or nth=K.., K from 1, got \"nth=00000000000000000000000000000001\"" },
	{ "fault with a word more", ABOVE "fault nth=1 nth=2\nhide\n", LINE,
	  "expected again=, worker, check or the end of the line, got \"nth=2\"" },
	{ "fault without an operation", ABOVE "hide\nfault nth=1\n", LINE + 1,
	  "expected an operation after this fault" },
	{ "fault before check", ABOVE "fault nth=1\ncheck\n", LINE + 1,
	  "expected an operation that enters the kernel, like commit, after the fault in line 6" },
	{ "fault before a buffer", "output 8x8\nfault nth=1\n\nbuffer C cursor 8x8\nhide\n", 4,
	  "expected an operation that enters the kernel, like commit, after the fault in line 2" },
	{ "fault before repeat", ABOVE "fault nth=1\nrepeat 2\nhide\nend\n", LINE + 1,
	  "expected an operation that enters the kernel, like commit, after the fault in line 6" },
	{ "fault before end", ABOVE "repeat 2\nhide\nfault nth=1\nend\n", LINE + 3,
	  "expected an operation that enters the kernel, like commit, after the fault in line 8" },

	{ "expect of nothing", ABOVE "expect\nhide\n", LINE,
	  "expected ok or an error's name, several joined by | at the end of the line" },
	{ "expect of an unknown error", ABOVE "expect EWHAT\nhide\n", LINE,
	  "expected " ERRORS ", got \"EWHAT\"" },
	{ "expect of a number", ABOVE "expect 12\nhide\n", LINE,
	  "expected " ERRORS ", got \"12\"" },
	{ "expect of ok in capitals", ABOVE "expect OK\nhide\n", LINE,
	  "expected " ERRORS ", got \"OK\"" },
	{ "expect with an empty alternative", ABOVE "expect ok|\nhide\n", LINE,
	  "expected " ERRORS ", got \"ok|\"" },
	{ "expect with spaces around |", ABOVE "expect ok | EINTR\nhide\n", LINE,
	  "expected the end of the line, got \"|\"" },
	{ "expect of more than eight", ABOVE "expect ok|EIO|EIO|EIO|EIO|EIO|EIO|EIO|EIO\nhide\n",
	  LINE, "expected " ERRORS ", got \"ok|EIO|EIO|EIO|EIO|EIO|EIO|EIO|EIO\"" },
	{ "expect without an operation", ABOVE "hide\nexpect ok\n", LINE + 1,
	  "expected an operation after this expect" },
	{ "expect before wait", ABOVE "expect ok\nwait 1ms\nhide\n", LINE + 1,
	  "expected an operation that enters the kernel, like commit, after the expect in line 6" },

	{ "signals without a time", ABOVE "signals\nhide\n", LINE,
	  "expected signals every=TIME or signals off" },
	{ "signals on", ABOVE "signals on\nhide\n", LINE,
	  "expected every=, to=, standard, restart, stop, off or the end of the line, got \"on\"" },
	{ "signals without a unit", ABOVE "signals every=400\nhide\n", LINE,
	  "expected every=TIME like 400us, 5ms or 1s, got \"every=400\"" },
	{ "signals every 0", ABOVE "signals every=0us\nhide\n", LINE,
	  "expected every=TIME like 400us, 5ms or 1s, got \"every=0us\"" },
	{ "signals every minute", ABOVE "signals every=1min\nhide\n", LINE,
	  "expected every=TIME like 400us, 5ms or 1s, got \"every=1min\"" },
	{ "signals every half second", ABOVE "signals every=0.5s\nhide\n", LINE,
	  "expected every=TIME like 400us, 5ms or 1s, got \"every=0.5s\"" },
	{ "signals with a word more", ABOVE "signals every=1ms once\nhide\n", LINE,
	  "expected to=, standard, restart, stop, off or the end of the line, got \"once\"" },
	{ "signals off with restart", ABOVE "signals off restart\nhide\n", LINE,
	  "expected nothing besides off" },

	{ "contend without a buffer", ABOVE "contend\nhide\n", LINE,
	  "expected a buffer's name at the end of the line" },
	{ "contend on an unknown buffer", ABOVE "contend E threads=2\nhide\n", LINE,
	  "expected a buffer made above, got \"E\"" },
	{ "contend without threads", ABOVE "contend C\nhide\n", LINE,
	  "expected threads=N or off for a contend" },
	{ "contend of no threads", ABOVE "contend C threads=0\nhide\n", LINE,
	  "expected threads=N, N from 1 to 16, got \"threads=0\"" },
	{ "contend of 17 threads", ABOVE "contend C threads=17\nhide\n", LINE,
	  "expected threads=N, N from 1 to 16, got \"threads=17\"" },
	{ "contend with a word more", ABOVE "contend C threads=2 hard\nhide\n", LINE,
	  "expected by=, off or the end of the line, got \"hard\"" },

	{ "repeat without a count", ABOVE "repeat\nhide\nend\n", LINE,
	  "expected how often, from 1 to 10000000 at the end of the line" },
	{ "repeat 0 times", ABOVE "repeat 0\nhide\nend\n", LINE,
	  "expected how often, from 1 to 10000000, got \"0\"" },
	{ "repeat 10000001 times", ABOVE "repeat 10000001\nhide\nend\n", LINE,
	  "expected how often, from 1 to 10000000, got \"10000001\"" },
	{ "repeat for ever", ABOVE "repeat forever\nhide\nend\n", LINE,
	  "expected how often, from 1 to 10000000, got \"forever\"" },
	{ "repeat with a word more", ABOVE "repeat 2 times\nhide\nend\n", LINE,
	  "expected the end of the line, got \"times\"" },
	{ "repeat nine deep",
	  ABOVE "repeat 1\nrepeat 1\nrepeat 1\nrepeat 1\nrepeat 1\nrepeat 1\nrepeat 1\nrepeat 1\n"
		"repeat 1\nhide\n",
	  LINE + 8, "expected repeat to be nested at most 8 deep" },
	{ "repeat without end", ABOVE "repeat 2\nhide\n", LINE, "expected an end for this repeat" },
	{ "repeat without end, the inner one", ABOVE "repeat 2\nrepeat 2\nhide\n", LINE + 1,
	  "expected an end for this repeat" },
	{ "repeat of nothing", ABOVE "repeat 2\n# nothing\nend\nhide\n", LINE + 2,
	  "expected an operation between repeat and end" },
	{ "end without repeat", ABOVE "hide\nend\n", LINE + 1, "expected a repeat above this end" },
	{ "end once too often", ABOVE "repeat 2\nhide\nend\nend\n", LINE + 3,
	  "expected a repeat above this end" },
	{ "end with a word more", ABOVE "repeat 2\nhide\nend repeat\n", LINE + 2,
	  "expected the end of the line, got \"repeat\"" },
	{ "check with a word more", ABOVE "check it\nhide\n", LINE,
	  "expected the end of the line, got \"it\"" },
	{ "wait without a time", ABOVE "wait\nhide\n", LINE,
	  "expected a time like 10ms, at most 10s at the end of the line" },
	{ "wait without a unit", ABOVE "wait 10\nhide\n", LINE,
	  "expected a time like 10ms, at most 10s, got \"10\"" },
	{ "wait longer than 10 s", ABOVE "wait 11s\nhide\n", LINE,
	  "expected a time like 10ms, at most 10s, got \"11s\"" },
	{ "wait longer than 10 s in small units", ABOVE "wait 10000000001ns\nhide\n", LINE,
	  "expected a time like 10ms, at most 10s, got \"10000000001ns\"" },
	{ "wait for a time that overflows", ABOVE "wait 9223372036854775807s\nhide\n", LINE,
	  "expected a time like 10ms, at most 10s, got \"9223372036854775807s\"" },
	{ "wait with a word more", ABOVE "wait 1ms 1ms\nhide\n", LINE,
	  "expected the end of the line, got \"1ms\"" },

	{ "an empty program", "", 0,
	  "expected at least one operation that enters the kernel, like commit" },
	{ "a program of comments", "# nothing\n\n#\n", 0,
	  "expected at least one operation that enters the kernel, like commit" },
	{ "a program that does nothing", ABOVE "wait 1ms\ncheck\n", 0,
	  "expected at least one operation that enters the kernel, like commit" },
	{ "seventeen words", ABOVE "hide " SIXTEEN "\n", LINE,
	  "expected at most 16 words in a line" },
	{ "a control character", ABOVE "hide\033[2J\n", LINE,
	  "expected text, got a control character" },
	{ "a form feed", ABOVE "hide\fhide\n", LINE, "expected text, got a control character" },
};

static void assert_refused(const char *text, size_t len, int line, const char *message)
{
	struct program_error error = { .line = -1 };
	/* A copy without a NUL behind it: the length is all that tells the end. */
	char *bytes = g_memdup2(text, len);
	struct program *program = program_parse(bytes, len, &error);

	assert_null(program);
	assert_string_equal(error.text, message);
	assert_int_equal(error.line, line);
	g_free(bytes);
}

static void check_mistake(void **state)
{
	const struct mistake *row = *state;

	assert_refused(row->text, strlen(row->text), row->line, row->message);
}

/* The operation in line @line of @text, with what stands behind it. */
static const char *line_of(const char *text, int line)
{
	for (; line > 1; line--)
		text = strchr(text, '\n') + 1;
	return text;
}

static void test_every_operation_has_a_mistake(void **state)
{
	(void)state;
	for (int kind = 0; kind < OP_KINDS; kind++) {
		const char *name = op_name((enum op_kind)kind);
		bool seen = false;

		for (size_t i = 0; i < LENGTH(mistakes); i++) {
			const char *line = line_of(mistakes[i].text, mistakes[i].line);

			seen |= strcspn(line, " \n") == strlen(name) &&
				g_str_has_prefix(line, name);
		}
		if (!seen)
			print_error("no mistake in a line with %s\n", name);
		assert_true(seen);
	}
}

/* The program that tries them leaves none out. */
static void test_every_misuse_is_tried(void **state)
{
	g_autofree char *text = NULL;
	bool seen[MISUSE_CASES] = { false };
	struct program *program;
	gsize len;

	(void)state;
	assert_true(g_file_get_contents(SOURCE_ROOT "/data/programs/fence-misuse.storm", &text,
					&len, NULL));
	program = parse(text, len);
	for (int i = 0; i < program->op_count; i++) {
		if (program->ops[i].kind != OP_MISUSE)
			continue;
		assert_int_equal(program->ops[i - 1].kind, OP_EXPECT);
		seen[program->ops[i].misuse] = true;
	}
	for (int i = 0; i < MISUSE_CASES; i++) {
		if (!seen[i])
			fail_msg("%s is not tried", misuse_word((enum misuse_case)i));
		assert_int_equal(misuse_by_word(misuse_word((enum misuse_case)i)), i);
	}
	program_destroy(program);
}

static void test_a_nul_is_a_control_character(void **state)
{
	static const char text[] = "output 8x8\nhide\0hide\n";

	(void)state;
	assert_refused(text, sizeof(text) - 1, 2, "expected text, got a control character");
}

/* In a comment anything may stand, at any length. */
static void test_comments_are_not_looked_at(void **state)
{
	char *comment = g_strnfill(5000, '\033');
	char *text = g_strconcat("output 8x8\nhide #", comment, "\n", NULL);
	struct program *program = parse(text, strlen(text));

	(void)state;
	program_destroy(program);
	g_free(text);
	g_free(comment);
}

static void test_lines_of_511_characters_are_the_longest(void **state)
{
	char *longest = g_strdup_printf("output 8x8\nhide%*s\n", 511 - 4, "");
	char *too_long = g_strdup_printf("output 8x8\nhide%*s\n", 512 - 4, "");
	struct program *program = parse(longest, strlen(longest));

	(void)state;
	assert_refused(too_long, strlen(too_long), 2, "expected at most 511 characters in a line");
	program_destroy(program);
	g_free(too_long);
	g_free(longest);
}

static void test_4096_operations_are_the_most(void **state)
{
	GString *text = g_string_new("output 8x8\n");
	struct program *program;

	(void)state;
	for (int i = 1; i < PROGRAM_MAX_OPS; i++)
		g_string_append(text, "hide\n");
	program = parse(text->str, text->len);
	assert_int_equal(program->op_count, PROGRAM_MAX_OPS);
	program_destroy(program);
	g_string_append(text, "\nhide\n");
	assert_refused(text->str, text->len, PROGRAM_MAX_OPS + 2,
		       "expected at most 4096 operations");
	g_string_free(text, TRUE);
}

static void test_64_buffers_are_the_most(void **state)
{
	GString *text = g_string_new("output 8x8\nhide\n");
	struct program *program;

	(void)state;
	for (int i = 1; i <= PROGRAM_MAX_BUFFERS; i++)
		g_string_append_printf(text, "buffer C%d cursor 8x8\n", i);
	program = parse(text->str, text->len);
	assert_int_equal(program->buffers[PROGRAM_MAX_BUFFERS - 1].id, PROGRAM_MAX_BUFFERS);
	program_destroy(program);
	g_string_append(text, "buffer D cursor 8x8\n");
	assert_refused(text->str, text->len, PROGRAM_MAX_BUFFERS + 3,
		       "expected at most 64 buffers");
	g_string_free(text, TRUE);
}

/* The files */

static GPtrArray *shipped_paths(void)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

	assert_true(program_paths(SOURCE_ROOT "/data/programs", paths, NULL));
	assert_true(paths->len > 0);
	return paths;
}

struct shipped {
	const char *name;
	const char *path;
};

static void check_shipped(void **state)
{
	const struct shipped *row = *state;
	GError *error = NULL;
	struct program_file *file = program_file_load(row->path, &error);
	char *title;

	if (!file)
		print_error("%s\n", error->message);
	assert_non_null(file);
	assert_round_trip(file->program);
	title = program_title(file);
	assert_string_not_equal(title, "");
	g_free(title);
	program_file_free(file);
}

static int run_shipped(void)
{
	GPtrArray *paths = shipped_paths();
	struct shipped *rows = g_new0(struct shipped, paths->len);
	int failed;

	for (guint i = 0; i < paths->len; i++)
		rows[i] = (struct shipped){ strrchr(g_ptr_array_index(paths, i), '/') + 1,
					    g_ptr_array_index(paths, i) };
	failed = run_rows("programs that are shipped", rows, paths->len, sizeof(rows[0]),
			  check_shipped);
	g_free(rows);
	g_ptr_array_unref(paths);
	return failed;
}

static char *write_file(const char *name, const char *text)
{
	char *dir = g_dir_make_tmp("test_program.XXXXXX", NULL);
	char *path = g_build_filename(dir, name, NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	g_free(dir);
	return path;
}

static void remove_file(char *path)
{
	char *dir = g_path_get_dirname(path);

	remove(path);
	remove(dir);
	g_free(dir);
	g_free(path);
}

static void test_a_file_is_named_without_its_ending(void **state)
{
	char *path = write_file("my.test.storm", "# SPDX-License-Identifier: MIT\n"
						 "#  what it does \noutput 8x8\nhide\n");
	struct program_file *file = program_file_load(path, NULL);
	char *title;

	(void)state;
	assert_non_null(file);
	assert_string_equal(file->name, "my.test");
	assert_string_equal(file->path, path);
	title = program_title(file);
	assert_string_equal(title, "what it does");
	g_free(title);
	program_file_free(file);
	remove_file(path);
}

static void assert_load_fails(const char *path, const char *expected)
{
	GError *error = NULL;
	char *message = g_strconcat(path, expected, NULL);

	assert_null(program_file_load(path, &error));
	assert_non_null(error);
	assert_string_equal(error->message, message);
	g_error_free(error);
	g_free(message);
}

static void test_an_error_names_file_and_line(void **state)
{
	char *path = write_file("wrong.storm", "output 8x8\nhide me\n");

	(void)state;
	assert_load_fails(path, ":2: expected head= or the end of the line, got \"me\"");
	remove_file(path);
}

static void test_an_error_of_the_whole_names_the_file(void **state)
{
	char *path = write_file("idle.storm", "output 8x8\n");

	(void)state;
	assert_load_fails(path, ": " NOTHING_DONE);
	remove_file(path);
}

static void test_a_missing_file_is_named(void **state)
{
	GError *error = NULL;

	(void)state;
	assert_null(program_file_load("/nonexistent/x.storm", &error));
	assert_non_null(strstr(error->message, "/nonexistent/x.storm"));
	assert_null(strchr(error->message, '\n'));
	g_error_free(error);
}

static void test_a_missing_folder_is_an_error(void **state)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;

	(void)state;
	assert_false(program_paths("/nonexistent", paths, &error));
	assert_non_null(error);
	g_error_free(error);
	g_ptr_array_unref(paths);
}

/* Whatever is written */

/* A program or an answer with a line that exists. What is accepted is as good as any other. */
static void assert_answered(const char *text, size_t len)
{
	struct program_error error = { .line = -1 };
	char *bytes = g_memdup2(text, len);
	struct program *program = program_parse(bytes, len, &error);
	int lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	if (program) {
		assert_round_trip(program);
	} else {
		assert_in_range(error.line, 0, lines);
		assert_true(g_str_has_prefix(error.text, "expected "));
		assert_null(strchr(error.text, '\n'));
	}
	program_destroy(program);
	g_free(bytes);
}

static void test_random_bytes(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 1);
	for (int round = 0; round < 2000; round++) {
		char text[300];
		size_t len = (size_t)rng_below(&rng, sizeof(text));

		for (size_t i = 0; i < len; i++)
			text[i] = (char)rng_next(&rng);
		assert_answered(text, len);
	}
}

static void test_random_words(void **state)
{
	static const char *const words[] = {
		"output",   "1024x768",	 "buffer",  "P",       "C",
		"primary",  "cursor",	 "64x64",   "image=",  "commit",
		"cursor=",  "primary=P", "at=1,2",  "hot=0,0", "nonblock",
		"test",	    "move",	 "-1,-1",   "hide",    "flip",
		"fault",    "nth=1..",	 "expect",  "ok",      "|EINTR",
		"signals",  "every=1s",	 "restart", "off",     "contend",
		"threads=", "repeat",	 "2",	    "end",     "check",
		"wait",	    "10ms",	 "#",	    "\t",      "99999999999999999999",
		"paint",    "image=",	 "solid",   "area=",   "damage=1,2,3x4",
		"head=1",   "pressure",	 "alloc=5", "fds=0",   "device",
		"setplane", "dirty",	 "modeset", "create",  "import",
		"addblob",  "close",	 "signal",  "rival",   "kill",
		"after=1s", "again=9",	 "by=map",  "to=2s",   "bare",
		"pointer",  "hotplug",	 "on",	    "resize",  "800x600",
		"annotate", "locks",
	};
	struct rng rng;

	(void)state;
	rng_init(&rng, 2);
	for (int round = 0; round < 2000; round++) {
		GString *text = g_string_new(round % 2 ? ABOVE : "");

		for (uint64_t left = rng_below(&rng, 60); left; left--) {
			g_string_append(text, words[rng_below(&rng, LENGTH(words))]);
			g_string_append_c(text, "   \n\n"[rng_below(&rng, 5)]);
		}
		assert_answered(text->str, text->len);
		g_string_free(text, TRUE);
	}
}

static void test_programs_cut_anywhere(void **state)
{
	GPtrArray *paths = shipped_paths();

	(void)state;
	for (guint i = 0; i < paths->len; i++) {
		struct program_file *file = program_file_load(g_ptr_array_index(paths, i), NULL);

		assert_non_null(file);
		for (gsize len = 0; len <= file->len; len++)
			assert_answered(file->text, len);
		program_file_free(file);
	}
	g_ptr_array_unref(paths);
}

/* One change as a careless hand or a minimiser would make it. */
static void mutate(GString *text, struct rng *rng)
{
	gsize at = (gsize)rng_below(rng, text->len);
	char *line = text->str + at;
	gsize len = strcspn(line, "\n");

	switch (rng_below(rng, 5)) {
	case 0:
		*line = (char)rng_next(rng);
		break;
	case 1:
		*line = "0123456789=,.|x\n -"[rng_below(rng, 18)];
		break;
	case 2:
		g_string_erase(text, (gssize)at, 1);
		break;
	case 3: /* the rest of a line, or its end */
		g_string_erase(text, (gssize)at, (gssize)MAX(len, 1));
		break;
	default: /* some of it once more */
		line = g_strndup(line, len + 1);
		g_string_insert(text, (gssize)rng_below(rng, text->len), line);
		g_free(line);
		break;
	}
}

static void test_programs_with_random_changes(void **state)
{
	GPtrArray *paths = shipped_paths();
	struct rng rng;

	(void)state;
	rng_init(&rng, 3);
	for (int round = 0; round < 4000; round++) {
		const char *path = g_ptr_array_index(paths, (guint)rng_below(&rng, paths->len));
		struct program_file *file = program_file_load(path, NULL);
		GString *text;

		assert_non_null(file);
		text = g_string_new_len(file->text, (gssize)file->len);
		for (uint64_t left = 1 + rng_below(&rng, 6); left && text->len; left--)
			mutate(text, &rng);
		assert_answered(text->str, text->len);
		g_string_free(text, TRUE);
		program_file_free(file);
	}
	g_ptr_array_unref(paths);
}

int main(void)
{
	static const struct CMUnitTest meanings[] = {
		cmocka_unit_test(test_every_operation_has_an_example),
		cmocka_unit_test(test_which_operations_enter_the_kernel),
		cmocka_unit_test(test_what_a_commit_comes_to),
		cmocka_unit_test(test_what_damage_comes_to),
		cmocka_unit_test(test_what_heads_come_to),
		cmocka_unit_test(test_how_many_heads_a_program_has),
		cmocka_unit_test(test_what_the_legacy_operations_come_to),
		cmocka_unit_test(test_what_setplane_dirty_and_modeset_come_to),
		cmocka_unit_test(test_a_modeset_changes_what_is_large_enough),
		cmocka_unit_test(test_what_bare_buffers_come_to),
		cmocka_unit_test(test_what_modifiers_come_to),
		cmocka_unit_test(test_what_the_storm_comes_to),
		cmocka_unit_test(test_what_a_paint_comes_to),
		cmocka_unit_test(test_what_a_pressure_comes_to),
		cmocka_unit_test(test_repeats_know_their_ends),
		cmocka_unit_test(test_buffers_are_numbered_in_order),
		cmocka_unit_test(test_lines_count_comments_and_blanks),
		cmocka_unit_test(test_op_format_tells_the_length_it_needs),
		cmocka_unit_test(test_errors_have_their_names),
	};
	static const struct CMUnitTest limits[] = {
		cmocka_unit_test(test_every_operation_has_a_mistake),
		cmocka_unit_test(test_every_misuse_is_tried),
		cmocka_unit_test(test_a_nul_is_a_control_character),
		cmocka_unit_test(test_comments_are_not_looked_at),
		cmocka_unit_test(test_lines_of_511_characters_are_the_longest),
		cmocka_unit_test(test_4096_operations_are_the_most),
		cmocka_unit_test(test_64_buffers_are_the_most),
	};
	static const struct CMUnitTest files[] = {
		cmocka_unit_test(test_a_file_is_named_without_its_ending),
		cmocka_unit_test(test_an_error_names_file_and_line),
		cmocka_unit_test(test_an_error_of_the_whole_names_the_file),
		cmocka_unit_test(test_a_missing_file_is_named),
		cmocka_unit_test(test_a_missing_folder_is_an_error),
	};
	static const struct CMUnitTest rubbish[] = {
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_random_words),
		cmocka_unit_test(test_programs_cut_anywhere),
		cmocka_unit_test(test_programs_with_random_changes),
	};
	int failed = RUN_ROWS("syntax", syntaxes, check_syntax);

	failed += cmocka_run_group_tests_name("meanings", meanings, NULL, NULL);
	failed += RUN_ROWS("mistakes", mistakes, check_mistake);
	failed += cmocka_run_group_tests_name("limits", limits, NULL, NULL);
	failed += cmocka_run_group_tests_name("files", files, NULL, NULL);
	failed += run_shipped();
	failed += cmocka_run_group_tests_name("whatever is written", rubbish, NULL, NULL);
	return failed ? 1 : 0;
}
