// SPDX-License-Identifier: MIT
/* The journal's lines: what the guest writes is what the host reads, and nothing else is read. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "compositor/model/rng.h"
#include "tests/unit/unit.h"

#define TEXT(string) .text = (string), .text_len = sizeof(string) - 1
#define NAME(string) .name = (string), .name_len = sizeof(string) - 1

/* A line and what it means, in both directions. */
static const struct example {
	const char *line;
	struct journal_event event;
} examples[] = {
	{ "begin 5000000000 6.12.94 virtio_gpu seed 1",
	  { .kind = JOURNAL_BEGIN, .time = 5000000000, TEXT("6.12.94 virtio_gpu seed 1") } },
	{ "begin 1 ", { .kind = JOURNAL_BEGIN, .time = 1, TEXT("") } },
	{ "buffer 12 C1 1 34 5",
	  { .kind = JOURNAL_BUFFER, .time = 12, NAME("C1"), .id = 1, .fb = 34, .res = 5 } },
	{ "buffer 12 C1 4294967295 4294967295 0",
	  { .kind = JOURNAL_BUFFER, .time = 12, NAME("C1"), .id = UINT32_MAX, .fb = UINT32_MAX } },
	{ "paint 13 7 5", { .kind = JOURNAL_PAINT, .time = 13, .line = 7, .id = 5 } },
	{ "output 13 1", { .kind = JOURNAL_OUTPUT, .time = 13, .line = 1 } },
	{ "output 13 2147483647", { .kind = JOURNAL_OUTPUT, .time = 13, .line = INT32_MAX } },
	{ "op 1 13 6 11 cursor C2 at=30,40",
	  { .kind = JOURNAL_OP,
	    .seq = 1,
	    .time = 13,
	    .line = 6,
	    .nth = 11,
	    TEXT("cursor C2 at=30,40") } },
	{ "op 2 13 6 0 undo",
	  { .kind = JOURNAL_OP, .seq = 2, .time = 13, .line = 6, TEXT("undo") } },
	{ "ret 1 14 12 1",
	  { .kind = JOURNAL_RET, .seq = 1, .time = 14, .err = 12, .fired = true } },
	{ "ret 9223372036854775807 14 0 0", { .kind = JOURNAL_RET, .seq = INT64_MAX, .time = 14 } },
	{ "ret 1 14 4095 0", { .kind = JOURNAL_RET, .seq = 1, .time = 14, .err = 4095 } },
	{ "state 15 plane:31 FB_ID=34 CRTC_X=-5",
	  { .kind = JOURNAL_STATE, .time = 15, NAME("plane:31"), TEXT("FB_ID=34 CRTC_X=-5") } },
	{ "read 16 1 before", { .kind = JOURNAL_READ, .time = 16, .seq = 1 } },
	{ "read 16 1 after", { .kind = JOURNAL_READ, .time = 16, .seq = 1, .after = true } },
	{ "check 17 1", { .kind = JOURNAL_CHECK, .time = 17, .seq = 1 } },
	{ "host 17 1 12", { .kind = JOURNAL_HOST, .time = 17, .seq = 1, .line = 12 } },
	{ "stat 18 signals.delivered 2500",
	  { .kind = JOURNAL_STAT, .time = 18, NAME("signals.delivered"), .value = 2500 } },
	{ "stat 18 drift -7", { .kind = JOURNAL_STAT, .time = 18, NAME("drift"), .value = -7 } },
	{ "stat 18 most 9223372036854775807",
	  { .kind = JOURNAL_STAT, .time = 18, NAME("most"), .value = INT64_MAX } },
	{ "stat 18 least -9223372036854775808",
	  { .kind = JOURNAL_STAT, .time = 18, NAME("least"), .value = INT64_MIN } },
	{ "census 18 before open-files 9",
	  { .kind = JOURNAL_CENSUS, .time = 18, NAME("open-files"), .value = 9 } },
	{ "census 18 after memory:dma_resv_list_alloc 1",
	  { .kind = JOURNAL_CENSUS,
	    .time = 18,
	    .after = true,
	    NAME("memory:dma_resv_list_alloc"),
	    .value = 1 } },
	{ "waits 19 7 12 S implicit cursor",
	  { .kind = JOURNAL_WAITS,
	    .time = 19,
	    .seq = 7,
	    .point = 12,
	    NAME("S"),
	    TEXT("implicit cursor") } },
	{ "signals 19 8 9223372036854775807 S",
	  { .kind = JOURNAL_SIGNALS, .time = 19, .seq = 8, .point = INT64_MAX, NAME("S") } },
	{ "fence 19 9 3 1 18 T virtio_gpu CRTC:37-crtc-0",
	  { .kind = JOURNAL_FENCE,
	    .time = 19,
	    .seq = 9,
	    .point = 3,
	    .status = 1,
	    .stamp = 18,
	    NAME("T"),
	    TEXT("virtio_gpu CRTC:37-crtc-0") } },
	{ "fence 19 9 3 -2 18 T sw_sync planestorm",
	  { .kind = JOURNAL_FENCE,
	    .time = 19,
	    .seq = 9,
	    .point = 3,
	    .status = -2,
	    .stamp = 18,
	    NAME("T"),
	    TEXT("sw_sync planestorm") } },
	{ "broken 19 9 order point 2 is not signalled, and 3 was",
	  { .kind = JOURNAL_BROKEN,
	    .time = 19,
	    .seq = 9,
	    NAME("order"),
	    TEXT("point 2 is not signalled, and 3 was") } },
	{ "note 19 any  words,  with   spaces ",
	  { .kind = JOURNAL_NOTE, .time = 19, TEXT("any  words,  with   spaces ") } },
	{ "error 20 line 3: cannot make buffer C1: No space left on device",
	  { .kind = JOURNAL_ERROR,
	    .time = 20,
	    TEXT("line 3: cannot make buffer C1: No space left on device") } },
	{ "end 21", { .kind = JOURNAL_END, .time = 21 } },
	{ "exit 22 139", { .kind = JOURNAL_EXIT, .time = 22, .value = 139 } },
	{ "ready 23 run", { .kind = JOURNAL_READY, .time = 23, TEXT("run") } },
	{ "ready 9223372036854775807 late",
	  { .kind = JOURNAL_READY, .time = INT64_MAX, TEXT("late") } },
};

static void assert_same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
	assert_int_equal(a_len, b_len);
	if (a_len)
		assert_memory_equal(a, b, a_len);
}

static void assert_same_event(const struct journal_event *a, const struct journal_event *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_true(a->time == b->time && a->seq == b->seq && a->value == b->value);
	assert_true(a->point == b->point && a->stamp == b->stamp && a->status == b->status);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->nth, b->nth);
	assert_int_equal(a->err, b->err);
	assert_int_equal(a->fired, b->fired);
	assert_int_equal(a->after, b->after);
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->fb, b->fb);
	assert_int_equal(a->res, b->res);
	assert_same_text(a->name, a->name_len, b->name, b->name_len);
	assert_same_text(a->text, a->text_len, b->text, b->text_len);
}

static void check_round_trip(void **state)
{
	const struct example *row = *state;
	size_t len = strlen(row->line);
	char line[JOURNAL_LINE_MAX];
	struct journal_event event;

	assert_int_equal(journal_format(&row->event, line, sizeof(line)), len + 1);
	assert_memory_equal(line, row->line, len);
	assert_int_equal(line[len], '\n');

	assert_int_equal(journal_parse(line, len + 1, &event), 0);
	assert_same_event(&event, &row->event);
	assert_int_equal(journal_parse(row->line, len, &event), 0);
	assert_same_event(&event, &row->event);
}

static void test_every_kind_has_an_example(void **state)
{
	bool seen[JOURNAL_KINDS] = { false };

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++)
		seen[examples[i].event.kind] = true;
	for (int kind = 0; kind < JOURNAL_KINDS; kind++)
		assert_true(seen[kind]);
}

/* Parse a copy on the heap without anything behind it, so that a step too far is noticed. */
static int parse_alone(const char *line, size_t len, struct journal_event *event)
{
	char *copy = malloc(len ? len : 1);
	int ret;

	assert_non_null(copy);
	memcpy(copy, line, len);
	ret = journal_parse(copy, len, event);
	if (!ret && event->name_len)
		event->name = line + (event->name - copy);
	if (!ret && event->text_len)
		event->text = line + (event->text - copy);
	free(copy);
	return ret;
}

/*
 * Where a line is cut, no word of it becomes another: it is refused, or what is read is what was
 * there up to the cut. (That the rest is missing only the missing newline tells: a caller that
 * wants whole lines looks for it, as journal_read() does.)
 */
static void check_cut(void **state)
{
	const struct example *row = *state;
	size_t all = strlen(row->line);

	for (size_t len = 0; len < all; len++) {
		char again[JOURNAL_LINE_MAX];
		struct journal_event event;

		if (parse_alone(row->line, len, &event))
			continue;
		assert_int_equal(event.kind, row->event.kind);
		assert_true(journal_format(&event, again, sizeof(again)) >= len);
		assert_memory_equal(again, row->line, len);
	}
}

/* With fewer words than its kind has, a line is refused; a text at its end may be missing. */
static void check_word_missing(void **state)
{
	static const size_t needed[JOURNAL_KINDS] = {
		[JOURNAL_BEGIN] = 2,   [JOURNAL_BUFFER] = 6, [JOURNAL_PAINT] = 4,
		[JOURNAL_OUTPUT] = 3,  [JOURNAL_OP] = 5,     [JOURNAL_RET] = 5,
		[JOURNAL_STATE] = 3,   [JOURNAL_READ] = 4,   [JOURNAL_CHECK] = 3,
		[JOURNAL_STAT] = 4,    [JOURNAL_NOTE] = 2,   [JOURNAL_ERROR] = 2,
		[JOURNAL_END] = 2,     [JOURNAL_EXIT] = 3,   [JOURNAL_READY] = 2,
		[JOURNAL_CENSUS] = 5,  [JOURNAL_HOST] = 4,   [JOURNAL_WAITS] = 5,
		[JOURNAL_SIGNALS] = 5, [JOURNAL_FENCE] = 7,  [JOURNAL_BROKEN] = 4,
	};
	const struct example *row = *state;
	struct journal_event event;
	size_t words = 0;

	for (size_t i = 0; row->line[i]; i++) {
		if (row->line[i] != ' ')
			continue;
		if (++words < needed[row->event.kind])
			assert_int_equal(journal_parse(row->line, i, &event), -EINVAL);
	}
}

static const struct refused {
	const char *name, *line;
} refused[] = {
	{ "nothing", "" },
	{ "an empty line", "\n" },
	{ "a space", " " },
	{ "a kind alone", "op" },
	{ "a kind's beginning", "o 1 2 3 0 hide" },
	{ "a word that begins like a kind", "operation 1 2 3 0 hide" },
	{ "capitals", "OP 1 2 3 0 hide" },
	{ "a space before it", " op 1 2 3 0 hide" },
	{ "two spaces", "op  1 2 3 0 hide" },
	{ "a number in letters", "op one 2 3 0 hide" },
	{ "a negative count", "op -1 2 3 0 hide" },
	{ "a plus sign", "op +1 2 3 0 hide" },
	{ "a hexadecimal number", "op 0x1 2 3 0 hide" },
	{ "a fraction", "op 1 2 3.5 0 hide" },
	{ "a negative line", "op 1 2 -3 0 hide" },
	{ "a line past 31 bits", "op 1 2 2147483648 0 hide" },
	{ "an nth past 32 bits", "op 1 2 3 4294967296 hide" },
	{ "a seq past 63 bits", "op 9223372036854775808 2 3 0 hide" },
	{ "a seq past 64 bits", "op 99999999999999999999 2 3 0 hide" },
	{ "more digits than any number has", "op 00000000000000000001 2 3 0 hide" },
	{ "more failures than are ever made", "ret 1 2 0 3" },
	{ "an errno that is none", "ret 1 2 4096 0" },
	{ "a negative errno", "ret 1 2 -12 0" },
	{ "an errno's name", "ret 1 2 ENOMEM 0" },
	{ "a word too many", "ret 1 2 0 0 more" },
	{ "neither before nor after", "read 1 2 between" },
	{ "a capital Before", "read 1 2 Before" },
	{ "a word after before", "read 1 2 before more" },
	{ "no time", "end" },
	{ "an empty time", "end " },
	{ "two times", "end 1 2" },
	{ "a negative time", "end -1" },
	{ "a tab after it", "end 1\t" },
	{ "a carriage return", "end 1\r\n" },
	{ "a check without its number", "check 1" },
	{ "a check with two numbers", "check 1 2 3" },
	{ "a paint without its id", "paint 1 2" },
	{ "an output with its size", "output 1 2 1024x768" },
	{ "two newlines", "end 1\n\n" },
	{ "an object without a name", "state 1  FB_ID=1" },
	{ "a resource past 32 bits", "buffer 1 C1 1 2 4294967296" },
	{ "no value", "stat 1 name" },
	{ "a value past 63 bits", "stat 1 name 9223372036854775808" },
	{ "a value below 64 bits", "stat 1 name -9223372036854775809" },
	{ "a sign without a number", "stat 1 name -" },
	{ "two signs", "stat 1 name --1" },
	{ "a status in letters", "exit 1 status" },
	{ "a line of the kernel's",
	  "[    3.214157] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2" },
};

static void check_refused(void **state)
{
	const struct refused *row = *state;
	struct journal_event event;

	assert_int_equal(parse_alone(row->line, strlen(row->line), &event), -EINVAL);
}

/* One event's text is never two lines: what follows could be taken for another event. */
static void test_a_newline_in_a_text_becomes_a_space(void **state)
{
	const struct journal_event event = { .kind = JOURNAL_NOTE,
					     .time = 1,
					     TEXT("first\nret 1 2 0 0\nlast") };
	char line[JOURNAL_LINE_MAX];
	size_t len = journal_format(&event, line, sizeof(line));

	(void)state;
	assert_same_text(line, len, "note 1 first ret 1 2 0 0 last\n", 30);
}

static void test_a_nul_in_a_text_becomes_a_space(void **state)
{
	const struct journal_event event = { .kind = JOURNAL_NOTE, .time = 1, TEXT("a\0b") };
	char line[JOURNAL_LINE_MAX];
	size_t len = journal_format(&event, line, sizeof(line));

	(void)state;
	assert_same_text(line, len, "note 1 a b\n", 11);
}

static void test_a_long_text_is_cut_and_its_newline_kept(void **state)
{
	char text[3 * JOURNAL_LINE_MAX], line[JOURNAL_LINE_MAX];
	struct journal_event event = { .kind = JOURNAL_ERROR, .time = 7, .text = text };
	struct journal_event parsed;

	(void)state;
	memset(text, 'x', sizeof(text));
	/* From a text that fits by much to one that does not by much, past the one that just does.
	 */
	for (size_t len = 0; len < sizeof(text); len += len < 2000 || len > 2100 ? 50 : 1) {
		size_t whole = strlen("error 7 ") + len + 1;
		size_t written;

		event.text_len = len;
		written = journal_format(&event, line, sizeof(line));
		assert_int_equal(written, whole < sizeof(line) ? whole : sizeof(line));
		assert_int_equal(line[written - 1], '\n');
		assert_int_equal(journal_parse(line, written, &parsed), 0);
		assert_int_equal(parsed.text_len, written - strlen("error 7 \n"));
		assert_memory_equal(parsed.text, text, parsed.text_len);
	}
}

static void test_nothing_is_written_past_a_small_buffer(void **state)
{
	const struct journal_event event = {
		.kind = JOURNAL_OP, .seq = 1, .time = 2, .line = 3, TEXT("cursor C1 at=10,20")
	};
	const char *whole = "op 1 2 3 0 cursor C1 at=10,20\n";

	(void)state;
	for (size_t size = 1; size <= strlen(whole); size++) {
		char *line = malloc(size);

		assert_non_null(line);
		assert_int_equal(journal_format(&event, line, size), size);
		assert_memory_equal(line, whole, size - 1);
		assert_int_equal(line[size - 1], '\n');
		free(line);
	}
}

/* A guest whose memory is corrupted may say anything: it is read or refused, no more. */
static void test_rubbish_does_no_harm(void **state)
{
	static const char letters[] = "opretadbfinx 0123456789-=:\n";
	struct rng rng;

	(void)state;
	rng_init(&rng, 1);
	for (int round = 0; round < 20000; round++) {
		const struct example *example = &examples[rng_below(&rng, LENGTH(examples))];
		char line[200];
		size_t len = strlen(example->line);
		struct journal_event event;

		memcpy(line, example->line, len);
		for (uint64_t hits = rng_below(&rng, 4) + 1; hits; hits--)
			line[rng_below(&rng, len)] =
				round % 2 ? letters[rng_below(&rng, sizeof(letters) - 1)] :
					    (char)rng_next(&rng);
		if (parse_alone(line, len, &event))
			continue;
		assert_true(event.kind < JOURNAL_KINDS);
		assert_true(event.err >= 0 && event.err <= 4095);
		assert_true(event.line >= 0);
		assert_true(event.name_len <= len && event.text_len <= len);
	}
}

static const struct marked {
	const char *name;
	struct journal_event event;
	uint16_t mark;
} marked[] = {
	{ "the first operation", { .kind = JOURNAL_OP, .seq = 1, .line = 9 }, 0x1001 },
	{ "an operation past 12 bits", { .kind = JOURNAL_OP, .seq = 0x54321 }, 0x1321 },
	{ "the first return", { .kind = JOURNAL_RET, .seq = 1, .err = 12 }, 0x2001 },
	{ "the last return below 13 bits", { .kind = JOURNAL_RET, .seq = 4095 }, 0x2fff },
	{ "a return of 13 bits", { .kind = JOURNAL_RET, .seq = 4096 }, 0x2000 },
	{ "an output in line 1", { .kind = JOURNAL_OUTPUT, .line = 1 }, 0x3001 },
	{ "an output in line 2049", { .kind = JOURNAL_OUTPUT, .line = 2049 }, 0x3001 },
	{ "the first check", { .kind = JOURNAL_CHECK, .seq = 1 }, 0x3801 },
	{ "a check past 10 bits", { .kind = JOURNAL_CHECK, .seq = 0xfff }, 0x3bff },
	{ "the end", { .kind = JOURNAL_END }, 0x3c00 },
};

static void check_marked(void **state)
{
	const struct marked *row = *state;

	assert_int_equal(journal_mark(&row->event), row->mark);
}

/* fw_cfg has entries below 0x1000; the bits above 0x3fff would make a write access of it. */
static void test_a_mark_selects_nothing(void **state)
{
	(void)state;
	for (int kind = 0; kind < JOURNAL_KINDS; kind++) {
		for (int number = 0; number < 70000; number += 7) {
			struct journal_event event = { .kind = (enum journal_kind)kind,
						       .seq = (uint64_t)number,
						       .line = number };
			uint16_t mark = journal_mark(&event);

			assert_true(mark == 0 || (mark >= 0x1000 && mark < 0x4000));
		}
	}
}

/* What begins and what ends is told apart, and so is what is near. */
static void test_neighbours_have_different_marks(void **state)
{
	static const enum journal_kind kinds[] = { JOURNAL_OP, JOURNAL_RET, JOURNAL_OUTPUT,
						   JOURNAL_CHECK };
	bool seen[0x4000] = { false };

	(void)state;
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		for (int number = 100000; number < 100000 + 1024; number++) {
			struct journal_event event = { .kind = kinds[i],
						       .seq = (uint64_t)number,
						       .line = number };
			uint16_t mark = journal_mark(&event);

			assert_true(mark && !seen[mark]);
			seen[mark] = true;
		}
	}
}

/* It would be written as two words. */
static void test_a_name_with_a_nul_is_refused(void **state)
{
	static const char stat[] = "stat 1 a\0b 1", note[] = "note 1 a\0b";
	struct journal_event event;

	(void)state;
	assert_int_equal(parse_alone(stat, sizeof(stat) - 1, &event), -EINVAL);
	assert_int_equal(parse_alone(note, sizeof(note) - 1, &event), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_has_an_example),
		cmocka_unit_test(test_a_newline_in_a_text_becomes_a_space),
		cmocka_unit_test(test_a_nul_in_a_text_becomes_a_space),
		cmocka_unit_test(test_a_name_with_a_nul_is_refused),
		cmocka_unit_test(test_a_long_text_is_cut_and_its_newline_kept),
		cmocka_unit_test(test_nothing_is_written_past_a_small_buffer),
		cmocka_unit_test(test_rubbish_does_no_harm),
		cmocka_unit_test(test_a_mark_selects_nothing),
		cmocka_unit_test(test_neighbours_have_different_marks),
	};
	int failed = cmocka_run_group_tests_name("journal", tests, NULL, NULL);

	failed += RUN_ROWS("lines written and read", examples, check_round_trip);
	failed += RUN_ROWS("lines cut anywhere", examples, check_cut);
	failed += RUN_ROWS("lines without their last words", examples, check_word_missing);
	failed += RUN_ROWS("lines that are refused", refused, check_refused);
	failed += RUN_ROWS("marks", marked, check_marked);
	return failed ? 1 : 0;
}
