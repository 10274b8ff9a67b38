// SPDX-License-Identifier: MIT
/*
 * Shrinking, without a guest: oracles that fail for what they look for in a program. Whatever they are
 * asked about must be a program.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/rng.h"
#include "tests/runner/shrink.h"
#include "tests/runner/shrink_text.h"
#include "tests/unit/unit.h"

/* What a search with these oracles never comes near. */
#define PLENTY 1000

static struct program *parse(const char *text)
{
	struct program_error error;
	struct program *program = program_parse(text, strlen(text), &error);

	if (!program)
		print_error("line %d: %s\n%s", error.line, error.text, text);
	assert_non_null(program);
	return program;
}

/* --- rates ------------------------------------------------------------------------------------ */

static const struct decision {
	const char *name;
	struct shrink_rate original, candidate;
	enum shrink_decision decision;
} decisions[] = {
	{ "stable, no run yet", { 3, 3 }, { 0, 0 }, SHRINK_UNDECIDED },
	{ "stable, two of two", { 3, 3 }, { 2, 2 }, SHRINK_UNDECIDED },
	{ "stable, three of three", { 3, 3 }, { 3, 3 }, SHRINK_ACCEPT },
	{ "stable, the first run passes", { 3, 3 }, { 0, 1 }, SHRINK_REJECT },
	{ "stable, the third run passes", { 3, 3 }, { 2, 3 }, SHRINK_REJECT },
	{ "half: half of that will do", { 6, 10 }, { 3, 7 }, SHRINK_ACCEPT },
	{ "half: two are too few so far", { 6, 10 }, { 2, 7 }, SHRINK_UNDECIDED },
	{ "half: two of ten are too few", { 6, 10 }, { 2, 10 }, SHRINK_REJECT },
	{ "half: three cannot be reached", { 6, 10 }, { 1, 9 }, SHRINK_REJECT },
	{ "half: none of three may be bad luck", { 6, 10 }, { 0, 3 }, SHRINK_UNDECIDED },
	{ "half: none of four is too unlikely", { 6, 10 }, { 0, 4 }, SHRINK_REJECT },
	{ "mostly: none of two is too unlikely", { 9, 10 }, { 0, 2 }, SHRINK_REJECT },
	{ "mostly: five will do", { 9, 10 }, { 5, 5 }, SHRINK_ACCEPT },
	{ "rarely: once will do", { 1, 10 }, { 1, 8 }, SHRINK_ACCEPT },
	{ "rarely: nine runs say nothing", { 1, 10 }, { 0, 9 }, SHRINK_UNDECIDED },
	{ "rarely: ten do", { 1, 10 }, { 0, 10 }, SHRINK_REJECT },
};

static void test_decision(void **state)
{
	const struct decision *row = *state;
	struct shrink_bar bar = shrink_bar_for(row->original);

	assert_int_equal(shrink_decide(&bar, row->candidate), row->decision);
}

/* --- what is left ----------------------------------------------------------------------------- */

/* An oracle for which all of some texts must be there, and what it has been asked. */
struct wanted {
	const char *texts; /* one a line */
	guint asked;
};

static bool contains_all(const char *text, const char *texts)
{
	g_auto(GStrv) parts = g_strsplit(texts, "\n", -1);

	for (guint i = 0; parts[i]; i++)
		if (!strstr(text, parts[i]))
			return false;
	return true;
}

static enum shrink_answer look_for(gpointer data, const char *text, gsize len, gboolean careful,
				   struct shrink_moment *moment)
{
	struct wanted *wanted = data;

	(void)careful;
	(void)moment;
	assert_int_equal(strlen(text), len);
	program_destroy(parse(text));
	wanted->asked++;
	return contains_all(text, wanted->texts) ? SHRINK_FAILS : SHRINK_PASSES;
}

#define HEAD "output 640x480\nbuffer C1 cursor 64x64\n"

static const struct left {
	const char *name;
	const char *program, *wanted, *left;
} lefts[] = {
	{ "comments and empty lines", "# title\n\n" HEAD "\n\tcursor C1 # here\n", "cursor C1",
	  HEAD "cursor C1\n" },
	{ "lines behind", HEAD "hide\ncursor C1\ncheck\nmove 1,1\n", "hide",
	  "output 640x480\nhide\n" },
	{ "lines before", HEAD "cursor C1\ncheck\nmove 1,1\nhide\n", "hide",
	  "output 640x480\nhide\n" },
	{ "what is used stays", HEAD "buffer C2 cursor 64x64\ncursor C2\ncursor C1\n", "cursor C1",
	  HEAD "cursor C1\n" },
	{ "what made a buffer that is not used", HEAD "cursor C1\nhide\n", "hide",
	  "output 640x480\nhide\n" },
	{ "the head that is used", HEAD "output 640x480 head=1\nhide head=1\nhide\n", "hide head=1",
	  "output 640x480 head=1\nhide head=1\n" },
	{ "a repeat around it", HEAD "repeat 3\n hide\n cursor C1\nend\n", "cursor C1",
	  HEAD "cursor C1\n" },
	{ "a repeat beside it", HEAD "repeat 3\nhide\nend\ncursor C1\n", "cursor C1",
	  HEAD "cursor C1\n" },
	{ "repeats in each other", HEAD "repeat 3\nrepeat 4\nhide\nend\nend\ncursor C1\n",
	  "cursor C1", HEAD "cursor C1\n" },
	{ "a repeat that is needed, indented",
	  HEAD "repeat 7\nrepeat 3\nhide\nmove 1,1\nend\nend\n", "repeat 3\nhide",
	  "output 640x480\nrepeat 3\n\thide\nend\n" },
	{ "an operation with its modifiers", HEAD "cursor C1\nfault nth=2\nexpect ok\nhide\n",
	  "cursor C1", HEAD "cursor C1\n" },
	{ "a modifier that is needed", HEAD "expect ok\nfault nth=2\nexpect ok|EINTR\ncursor C1\n",
	  "fault nth=2\ncursor C1", HEAD "fault nth=2\ncursor C1\n" },
	{ "a modifier does not go to another operation", HEAD "fault nth=2\nhide\ncursor C1\n",
	  "fault nth=2", "output 640x480\nfault nth=2\nhide\n" },
	{ "options",
	  "output 640x480\nbuffer C1 cursor 64x64 image=cross\ncursor C1 at=1,2 hot=3,4 head=0\n",
	  "cursor C1\nhot=", HEAD "cursor C1 hot=0,0\n" },
	{ "bare options", HEAD "signals every=400us restart\ncommit cursor=C1 nonblock test\n",
	  "signals\ncursor=C1\nnonblock", HEAD "signals every=400us\ncommit cursor=C1 nonblock\n" },
	{ "one plane of two",
	  HEAD "buffer P1 primary 640x480\ncommit primary=P1 cursor=C1 at=2,2 damage=0,0,8x8\n",
	  "commit", "output 640x480\nbuffer P1 primary 640x480\ncommit primary=P1\n" },
	{ "places", HEAD "move -30,40\n", "move", "output 640x480\nmove 0,0\n" },
	{ "counts", HEAD "contend C1 threads=16\nrepeat 300\nhide\nend\n", "contend\nrepeat",
	  HEAD "contend C1 threads=1\nrepeat 1\n\thide\nend\n" },
	{ "a time that passes", "output 640x480\nwait 400ms\nhide\n", "wait\nms",
	  "output 640x480\nwait 1ms\nhide\n" },
	{ "no time between signals", "output 640x480\nsignals every=400us\nhide\n", "signals",
	  "output 640x480\nsignals every=400us\nhide\n" },
	{ "names with numbers", "output 640x480\nbuffer C31 cursor 64x64\ncursor C31\n", "cursor C",
	  "output 640x480\nbuffer C31 cursor 64x64\ncursor C31\n" },
	{ "sizes that go together", "output 1920x1080\nbuffer P primary 1920x1080\nflip P\n",
	  "flip P", "output 640x480\nbuffer P primary 640x480\nflip P\n" },
	{ "sizes that differ", "output 1024x768\nbuffer P primary 1280x1024\nflip P\n", "flip P",
	  "output 640x480\nbuffer P primary 640x480\nflip P\n" },
	{ "no size below the smallest mode", "output 640x480\nbuffer C1 cursor 64x64\ncursor C1\n",
	  "cursor C1", HEAD "cursor C1\n" },
	{ "a size that matters", "output 1024x768\nhide\n", "output 1024x768",
	  "output 1024x768\nhide\n" },
	{ "a range that matters", HEAD "fault nth=1..\nhide\n", "nth=1..",
	  "output 640x480\nfault nth=1..\nhide\n" },
};

static void test_left(void **state)
{
	const struct left *row = *state;
	struct wanted wanted = { row->wanted, 0 };
	struct shrink_oracle oracle = { .run = look_for, .data = &wanted, .max_runs = PLENTY };
	struct shrink_result *result;

	result = shrink_program(row->program, strlen(row->program), &oracle);
	assert_string_equal(result->text, row->left);
	assert_int_equal(result->end, SHRINK_DONE);
	assert_int_equal(result->rate.failed, SHRINK_STABLE_RUNS);
	assert_int_equal(result->rate.runs, SHRINK_STABLE_RUNS);
	assert_int_equal(result->runs, wanted.asked);
	assert_true(result->runs < PLENTY);
	shrink_result_free(result);
}

/* --- a long program --------------------------------------------------------------------------- */

/* Like the kernel: a legacy cursor set whose 11th allocation fails. */
struct kernel {
	bool tells; /* where it was */
	guint asked;
};

static enum shrink_answer run_kernel(gpointer data, const char *text, gsize len, gboolean careful,
				     struct shrink_moment *moment)
{
	struct kernel *kernel = data;
	struct program *program = parse(text);
	const struct op *fault = NULL;
	enum shrink_answer answer = SHRINK_PASSES;

	(void)len;
	(void)careful;
	kernel->asked++;
	for (int i = 0; i < program->op_count && answer == SHRINK_PASSES; i++) {
		const struct op *op = &program->ops[i];

		if (op->kind == OP_FAULT)
			fault = op;
		if (op->kind == OP_CURSOR && fault &&
		    (fault->nth == 11 || (fault->nth_open && fault->nth < 11))) {
			answer = SHRINK_FAILS;
			if (kernel->tells)
				*moment = (struct shrink_moment){ (guint)op->line, 11 };
		}
		if (op_enters(op->kind))
			fault = NULL;
	}
	program_destroy(program);
	return answer;
}

/* Operations at random, with blocks in it; line 120 or so is the one that fails. */
static char *long_program(guint64 seed)
{
	static const char *const lines[] = {
		"move 10,20",
		"cursor C1 at=1,2",
		"cursor C3",
		"commit primary=P1 cursor=C2 at=3,4",
		"fault nth=1..\nexpect ok|ENOMEM\nflip P2",
		"expect ok\ncommit cursor=off",
		"paint C1\ncursor C1",
		"repeat 20\nmove 1,1\nmove 2,2\nend",
		"signals every=1ms\nhide\nsignals off",
		"contend C2 threads=2\ncommit at=9,9\ncontend C2 off",
		"check",
		"wait 10ms",
	};
	GString *text =
		g_string_new("# long\noutput 1024x768\n"
			     "buffer P1 primary 1024x768\nbuffer P2 primary 1024x768 image=solid\n"
			     "buffer C1 cursor 64x64\nbuffer C2 cursor 64x64 image=cross\n"
			     "buffer C3 cursor 64x64 image=alpha\n");
	struct rng rng;

	rng_init(&rng, seed);
	for (int i = 0; i < 120; i++) {
		if (i == 70)
			g_string_append(text,
					"fault nth=1..\nexpect ok|ENOMEM\ncursor C2 at=30,40\n");
		g_string_append(text, lines[rng_below(&rng, LENGTH(lines))]);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static const struct length {
	const char *name;
	guint64 seed;
	bool tells;
	guint runs; /* at most */
} lengths[] = {
	{ "told where", 1, true, 70 },
	{ "told where, another one", 2, true, 70 },
	{ "not told where", 1, false, 110 },
	{ "not told where, another one", 2, false, 110 },
};

static void test_long(void **state)
{
	const struct length *row = *state;
	struct kernel kernel = { row->tells, 0 };
	struct shrink_oracle oracle = { .run = run_kernel, .data = &kernel, .max_runs = PLENTY };
	g_autofree char *text = long_program(row->seed);
	struct shrink_result *result = shrink_program(text, strlen(text), &oracle);

	assert_true(result->original_lines >= 200);
	assert_string_equal(result->text, "output 640x480\n"
					  "buffer C2 cursor 64x64\n"
					  "fault nth=11\n"
					  "cursor C2\n");
	assert_int_equal(result->lines, 4);
	assert_int_equal(result->runs, kernel.asked);
	if (result->runs > row->runs)
		fail_msg("%u runs", result->runs);
	shrink_result_free(result);
}

/* --- oracles that are difficult --------------------------------------------------------------- */

#define EXAMPLE                                                                                    \
	HEAD "buffer C2 cursor 64x64\n"                                                            \
	     "cursor C1\nhide\nmove 1,1\ncheck\nrepeat 300\npaint C2\nexpect ok|EINTR\n"           \
	     "cursor C2\nmove 3,3\nend\nhide\nfault nth=1..\ncursor C2\ncheck\n"

/* An oracle with a count and an opinion. */
struct oracle {
	guint asked, stop; /* stop: at this run, 0: never */
	struct rng rng;
	guint lucky[32]; /* with_luck(): runs by the number of operations */
	bool (*fails)(struct oracle *oracle, const struct program *program);
};

static enum shrink_answer ask(gpointer data, const char *text, gsize len, gboolean careful,
			      struct shrink_moment *moment)
{
	struct oracle *oracle = data;
	struct program *program = parse(text);
	bool fails;

	(void)len;
	(void)careful;
	(void)moment;
	oracle->asked++;
	fails = oracle->fails(oracle, program);
	program_destroy(program);
	if (oracle->asked == oracle->stop)
		return SHRINK_STOP;
	return fails ? SHRINK_FAILS : SHRINK_PASSES;
}

static struct shrink_result *shrink_with(struct oracle *opinion, guint max_runs)
{
	struct shrink_oracle oracle = { .run = ask, .data = opinion, .max_runs = max_runs };
	struct shrink_result *result;

	rng_init(&opinion->rng, 1);
	result = shrink_program(EXAMPLE, strlen(EXAMPLE), &oracle);
	program_destroy(parse(result->text));
	assert_true(result->lines <= result->original_lines);
	return result;
}

static bool always(struct oracle *oracle, const struct program *program)
{
	(void)oracle;
	(void)program;
	return true;
}

static bool never(struct oracle *oracle, const struct program *program)
{
	(void)oracle;
	(void)program;
	return false;
}

static bool by_chance(struct oracle *oracle, const struct program *program)
{
	(void)program;
	return rng_below(&oracle->rng, 2);
}

static bool if_even(struct oracle *oracle, const struct program *program)
{
	(void)oracle;
	return program->op_count % 2 == 1;
}

static bool in_turn(struct oracle *oracle, const struct program *program)
{
	(void)program;
	return oracle->asked % 2;
}

/* How many times the operation @kind is carried out; repeats are not within each other. */
static guint times(const struct program *program, enum op_kind kind)
{
	guint count = 1, sum = 0;

	for (int i = 0; i < program->op_count; i++) {
		if (program->ops[i].kind == OP_REPEAT)
			count = program->ops[i].count;
		if (program->ops[i].kind == OP_END)
			count = 1;
		if (program->ops[i].kind == kind)
			sum += count;
	}
	return sum;
}

static bool if_many(struct oracle *oracle, const struct program *program)
{
	(void)oracle;
	return times(program, OP_CURSOR) >= 70;
}

/* Six of ten times if there is enough of a storm, else very seldom. */
static bool if_stormy(struct oracle *oracle, const struct program *program)
{
	return rng_below(&oracle->rng, 100) < (times(program, OP_CURSOR) >= 70 ? 60 : 2);
}

static const struct pathology {
	const char *name;
	bool (*fails)(struct oracle *oracle, const struct program *program);
	enum shrink_end end;
	guint lines; /* left, at most */
	guint runs;  /* at most */
} pathologies[] = {
	{ "everything fails", always, SHRINK_DONE, 3, 20 },
	{ "nothing fails", never, SHRINK_NEVER, 17, SHRINK_FLAKY_RUNS },
	{ "anything may fail", by_chance, SHRINK_DONE, 3, 400 },
	{ "every second run fails", in_turn, SHRINK_DONE, 3, 400 },
	{ "what has an even number of lines does not fail", if_even, SHRINK_DONE, 17, 200 },
	{ "it takes many", if_many, SHRINK_DONE, 5, 100 },
	{ "it takes many, and luck", if_stormy, SHRINK_DONE, 7, 600 },
};

static void test_pathology(void **state)
{
	const struct pathology *row = *state;
	struct oracle oracle = { .fails = row->fails };
	struct shrink_result *result = shrink_with(&oracle, PLENTY);

	assert_int_equal(result->end, row->end);
	if (result->runs > row->runs || result->lines > row->lines)
		fail_msg("%u lines after %u runs:\n%s", result->lines, result->runs, result->text);
	assert_int_equal(result->runs, oracle.asked);
	shrink_result_free(result);
}

static void test_number_that_matters(void **state)
{
	struct oracle oracle = { .fails = if_many };
	struct shrink_result *result = shrink_with(&oracle, PLENTY);

	(void)state;
	assert_string_equal(result->text, "output 640x480\n"
					  "buffer C2 cursor 64x64\n"
					  "repeat 75\n"
					  "\tcursor C2\n"
					  "end\n");
	shrink_result_free(result);
}

static void test_rate_that_is_kept(void **state)
{
	struct oracle oracle = { .fails = if_stormy };
	struct shrink_result *result = shrink_with(&oracle, PLENTY);
	struct program *program = parse(result->text);

	(void)state;
	assert_true(times(program, OP_CURSOR) >= 70);
	program_destroy(program);
	assert_int_equal(result->original_rate.runs, SHRINK_FLAKY_RUNS);
	assert_in_range(result->original_rate.failed, 3, 9);
	assert_int_equal(result->rate.runs, SHRINK_FLAKY_RUNS);
	assert_true(2 * result->rate.failed >= result->original_rate.failed);
	shrink_result_free(result);
}

static void test_stop(void **state)
{
	struct oracle whole = { .fails = if_many };
	struct shrink_result *result = shrink_with(&whole, PLENTY);
	guint lines = result->original_lines;

	(void)state;
	shrink_result_free(result);
	/* Whenever it is stopped, there is the smallest so far, with the rate that it was taken for. */
	for (guint stop = 1; stop <= whole.asked; stop++) {
		struct oracle oracle = { .fails = if_many, .stop = stop };

		result = shrink_with(&oracle, PLENTY);
		assert_int_equal(oracle.asked, stop);
		assert_int_equal(result->end, SHRINK_STOPPED);
		assert_true(result->lines <= lines);
		lines = result->lines;
		assert_int_equal(result->rate.failed, MIN(stop - 1, SHRINK_STABLE_RUNS));
		shrink_result_free(result);
	}
	assert_int_equal(lines, 5);
}

static void test_limit(void **state)
{
	struct oracle oracle = { .fails = if_many };
	struct shrink_result *result = shrink_with(&oracle, 20);

	(void)state;
	assert_int_equal(result->end, SHRINK_LIMIT);
	assert_true(result->lines < result->original_lines);
	assert_int_equal(result->rate.failed, SHRINK_STABLE_RUNS);
	/* The last candidate's runs come to their end, and then those of the result. */
	assert_true(result->runs < 20 + 3 * SHRINK_STABLE_RUNS);
	shrink_result_free(result);
}

/* A program that hides nothing fails three times, and then no more. */
static bool with_luck(struct oracle *oracle, const struct program *program)
{
	if (times(program, OP_CURSOR) < 70)
		return false;
	return times(program, OP_HIDE) || oracle->lucky[program->op_count]++ < SHRINK_STABLE_RUNS;
}

static void test_luck(void **state)
{
	struct oracle oracle = { .fails = with_luck };
	struct shrink_result *result = shrink_with(&oracle, PLENTY);
	struct program *program = parse(result->text);
	guint taken_back = 0;

	(void)state;
	for (guint i = 0; i < LENGTH(oracle.lucky); i++)
		taken_back += oracle.lucky[i] > SHRINK_STABLE_RUNS;
	assert_int_not_equal(taken_back, 0);
	assert_int_not_equal(times(program, OP_HIDE), 0);
	assert_int_equal(result->end, SHRINK_DONE);
	assert_int_equal(result->rate.failed, SHRINK_STABLE_RUNS);
	program_destroy(program);
	shrink_result_free(result);
}

/* --- text ------------------------------------------------------------------------------------- */

static const struct cutting {
	const char *name;
	const char *program;
	enum shrink_grain grain;
	guint lo, hi;
	const char *left; /* NULL: nothing can be taken out */
} cuttings[] = {
	{ "a line", HEAD "hide\nmove 1,1\n", SHRINK_LINES, 3, 4, HEAD "hide\n" },
	{ "what is needed stays", HEAD "hide\ncursor C1\n", SHRINK_LINES, 0, 3,
	  HEAD "cursor C1\n" },
	{ "something must be done", HEAD "hide\n", SHRINK_LINES, 2, 3, NULL },
	{ "an operation takes its modifiers along", HEAD "hide\nexpect ok\nfault nth=1\nhide\n",
	  SHRINK_LINES, 3, 4, HEAD "hide\n" },
	{ "modifiers alone", HEAD "expect ok\nfault nth=1\nhide\n", SHRINK_MODIFIERS, 0, 1,
	  HEAD "fault nth=1\nhide\n" },
	{ "a repeat without what is in it", HEAD "repeat 2\nhide\nend\n", SHRINK_LINES, 2, 3,
	  HEAD "hide\n" },
	{ "what is in a repeat", HEAD "hide\nrepeat 2\nhide\nend\n", SHRINK_LINES, 4, 5,
	  HEAD "hide\n" },
	{ "all words that need not be",
	  "output 8x8\nbuffer C cursor 8x8 image=cross\ncursor C at=1,1\n", SHRINK_WORDS, 0, 7,
	  "output 8x8\nbuffer C cursor 8x8\ncursor C\n" },
};

static void test_cutting(void **state)
{
	const struct cutting *row = *state;
	g_autoptr(GPtrArray) lines = shrink_split(row->program, strlen(row->program));
	GPtrArray *left = shrink_without(lines, row->grain, row->lo, row->hi);
	g_autofree char *text = left ? shrink_join(left) : NULL;

	assert_int_equal(!left, !row->left);
	if (left) {
		assert_string_equal(text, row->left);
		g_ptr_array_unref(left);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number_that_matters),
		cmocka_unit_test(test_rate_that_is_kept),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_luck),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	failed += RUN_ROWS("decision", decisions, test_decision);
	failed += RUN_ROWS("left", lefts, test_left);
	failed += RUN_ROWS("long", lengths, test_long);
	failed += RUN_ROWS("oracle", pathologies, test_pathology);
	failed += RUN_ROWS("cutting", cuttings, test_cutting);
	return failed;
}
