// SPDX-License-Identifier: MIT
/*
 * The rules on fences, by examples: each is kept, broken as a recorded run would show it, or not touched at all. What happens
 * to fences is told by the guest; that nothing was shown too early, by the device.
 */
#include "tests/runner/rules.h"
#include "tests/unit/story.h"

#define PROGRAM                                                                                    \
	"output 640x480\n"                                                                         \
	"buffer P1 primary 640x480 image=checker\n"                                                \
	"buffer P2 primary 640x480 image=solid\n"                                                  \
	"buffer C1 cursor 64x64 image=arrow\n"                                                     \
	"buffer C2 cursor 64x64 image=cross\n"                                                     \
	"timeline S software\n"                                                                    \
	"timeline T\n"                                                                             \
	"commit cursor=C1 at=1,2 out=T\n"		       /* line 8 */                        \
	"commit cursor=C2 at=3,4 cursor_in=S out=T nonblock\n" /* line 9 */                        \
	"advance S\n"					       /* line 10 */                       \
	"attach C2 from=S\n"				       /* line 11 */                       \
	"commit cursor=C2 at=3,4 nonblock\n"		       /* line 12 */                       \
	"extract C2 out=T\n"				       /* line 13 */                       \
	"await T\n"					       /* line 14 */                       \
	"commit cursor=C1 at=1,2 out=T test\n"		       /* line 15 */                       \
	"commit primary=P1 primary_in=S out=T nonblock\n"      /* line 16 */                       \
	"check\n"

#define COMMIT(seq) "op " #seq " 10 8 0 commit cursor=C1 at=1,2 out=T\nret " #seq " 11 0 0\n"
#define FENCE(seq, status, stamp)                                                                  \
	"fence 12 " #seq " " #seq " " #status " " #stamp " T virtio_gpu CRTC:37-crtc-0\n"
#define LATE(seq) OP(seq, 9, "commit cursor=C2 at=3,4 cursor_in=S out=T nonblock")
#define WAITS(seq, point, how) "waits 10 " #seq " " #point " S " how "\n"
#define ADVANCE(seq, point)                                                                        \
	"signals 10 " #seq " " #point " S\n" OP(seq, 10, "advance S") RET(seq, 0)
#define SHOWN TRANSFER(4) UPDATE(4, 3, 4)
#define BROKEN(rule, text) "broken 12 1 " rule " " text "\n"
#define LOOKED(rule) "stat 28 fence." rule " 1\n"
#define DONE END "exit 31 0\n"
#define NOTHING "SKIP the program had nothing to do with it"

static const struct fence_example {
	const char *name;
	int rule;
	const char *verdict; /* "PASS", "FAIL SIGNATURE" or "SKIP REASON" */
	const char *story;
} examples[] = {
	{ "a fence that signals after its commit was asked for", RULE_FENCE_SIGNALS, "PASS",
	  COMMIT(1) FENCE(1, 1, 11) DONE },
	{ "and at that very moment", RULE_FENCE_SIGNALS, "PASS", COMMIT(1) FENCE(1, 1, 10) DONE },
	{ "a lost signal", RULE_FENCE_SIGNALS, "FAIL an out-fence did not signal",
	  COMMIT(1) FENCE(1, 0, 0) DONE },
	{ "an early signal", RULE_FENCE_SIGNALS,
	  "FAIL an out-fence signalled N ns before its commit", COMMIT(1) FENCE(1, 1, 9) DONE },
	{ "an error", RULE_FENCE_SIGNALS,
	  "FAIL an out-fence signalled with the error Input/output error",
	  COMMIT(1) FENCE(1, -5, 11) DONE },
	{ "a commit without its fence", RULE_FENCE_SIGNALS, "FAIL nothing is known of an out-fence",
	  COMMIT(1) DONE },
	{ "no out-fence is asked of a test", RULE_FENCE_SIGNALS, NOTHING,
	  OP(1, 15, "commit cursor=C1 at=1,2 out=T test") RET(1, 0) DONE },
	{ "nor of an undo", RULE_FENCE_SIGNALS, "PASS",
	  COMMIT(1) FENCE(1, 1, 11) OP(2, 8, "undo") RET(2, 0) DONE },
	{ "nor of a commit that failed", RULE_FENCE_SIGNALS, NOTHING,
	  OP(1, 8, "commit cursor=C1 at=1,2 out=T") RET(1, 12) DONE },
	{ "no fence, no verdict", RULE_FENCE_SIGNALS, NOTHING, ADVANCE(1, 1) DONE },

	{ "stamps in order", RULE_FENCE_ORDER, "PASS",
	  COMMIT(1) FENCE(1, 1, 11) COMMIT(2) FENCE(2, 1, 11) DONE },
	{ "a stamp that goes back", RULE_FENCE_ORDER,
	  "FAIL an out-fence signalled N ns before the one before it",
	  COMMIT(1) FENCE(1, 1, 20) COMMIT(2) FENCE(2, 1, 19) DONE },
	{ "a swapped signal that an observer saw", RULE_FENCE_ORDER,
	  "FAIL by poll, point N is not signalled, and N was",
	  COMMIT(1) FENCE(1, 1, 11) BROKEN("order", "by poll, point 4 is not signalled, and 5 was")
		  DONE },
	{ "what is another rule's", RULE_FENCE_ORDER, "PASS",
	  COMMIT(1) FENCE(1, 1, 11) BROKEN("wait", "the wait is not over") DONE },

	{ "shown after its in-fence", RULE_FENCE_IN, "PASS",
	  WAITS(1, 1, "cursor") LATE(1) RET(1, 0) ADVANCE(2, 1) SHOWN DONE },
	{ "shown before it", RULE_FENCE_IN, "FAIL shown before its in-fence had signalled",
	  WAITS(1, 1, "cursor") LATE(1) RET(1, 0) SHOWN ADVANCE(2, 1) DONE },
	{ "another point is signalled", RULE_FENCE_IN,
	  "FAIL shown before its in-fence had signalled",
	  WAITS(1, 2, "cursor") LATE(1) RET(1, 0) ADVANCE(2, 1) SHOWN DONE },
	{ "a later point is, and with it this one", RULE_FENCE_IN, "PASS",
	  WAITS(1, 2, "cursor") LATE(1) RET(1, 0) ADVANCE(2, 3) SHOWN DONE },
	{ "the software timeline is closed", RULE_FENCE_IN, "PASS",
	  WAITS(1, 2, "cursor") LATE(1) RET(1, 0) ADVANCE(2, 9223372036854775807) SHOWN DONE },
	{ "the primary plane, too", RULE_FENCE_IN, "FAIL shown before its in-fence had signalled",
	  WAITS(1, 1, "primary") OP(1, 16, "commit primary=P1 primary_in=S out=T nonblock")
		  RET(1, 0) TRANSFER(1) SCANOUT(1) FLUSH(1) ADVANCE(2, 1) DONE },
	{ "a blocking commit that is back too early", RULE_FENCE_IN,
	  "FAIL the commit is back before point N of S was signalled",
	  COMMIT(1) FENCE(1, 1, 11)
		  BROKEN("in", "the commit is back before point 7 of S was signalled") DONE },
	{ "nothing to wait for", RULE_FENCE_IN, NOTHING, COMMIT(1) FENCE(1, 1, 11) DONE },

	{ "a failure that leaves nothing", RULE_FENCE_FAILED_COMMIT, "PASS",
	  OP(1, 8, "commit cursor=C1 at=1,2 out=T") RET(1, 12) LOOKED("failed-commit") DONE },
	{ "a leaked descriptor", RULE_FENCE_FAILED_COMMIT, "FAIL a file descriptor is left: N",
	  OP(1, 8, "commit cursor=C1 at=1,2 out=T") RET(1, 12) LOOKED("failed-commit")
		  BROKEN("failed-commit", "a file descriptor is left: 17") DONE },
	{ "no failure", RULE_FENCE_FAILED_COMMIT, NOTHING, COMMIT(1) FENCE(1, 1, 11) DONE },

	{ "the device's name and the CRTC's", RULE_FENCE_STATUS, "PASS",
	  COMMIT(1) FENCE(1, 1, 11) DONE },
	{ "somebody else's name", RULE_FENCE_STATUS, "FAIL an out-fence is sw_sync planestorm's",
	  COMMIT(1) "fence 12 1 1 1 11 T sw_sync planestorm\n" DONE },
	{ "another timeline's name", RULE_FENCE_STATUS, "FAIL an out-fence is virtio_gpu unbound's",
	  COMMIT(1) "fence 12 1 1 1 11 T virtio_gpu unbound\n" DONE },
	{ "a merge that is wrong", RULE_FENCE_STATUS,
	  "FAIL a merged sync file has status N, of N and N",
	  COMMIT(1) FENCE(1, 1, 11) BROKEN("status", "a merged sync file has status 1, of 0 and 1")
		  DONE },

	{ "shown after its buffer's fence", RULE_FENCE_IMPLICIT, "PASS",
	  WAITS(1, 1, "implicit cursor") OP(1, 12, "commit cursor=C2 at=3,4 nonblock") RET(1, 0)
		  ADVANCE(2, 1) SHOWN DONE },
	{ "shown before it", RULE_FENCE_IMPLICIT,
	  "FAIL shown before its buffer's fence had signalled",
	  WAITS(1, 1, "implicit cursor") OP(1, 12, "commit cursor=C2 at=3,4 nonblock") RET(1, 0)
		  SHOWN ADVANCE(2, 1) DONE },
	{ "which is no in-fence", RULE_FENCE_IN, NOTHING,
	  WAITS(1, 1, "implicit cursor") OP(1, 12, "commit cursor=C2 at=3,4 nonblock") RET(1, 0)
		  SHOWN ADVANCE(2, 1) DONE },
	{ "its own fences, signalled at rest", RULE_FENCE_IMPLICIT, "PASS",
	  OP(1, 13, "extract C2 out=T") RET(1, 0) FENCE(1, 1, 11) DONE },
	{ "and not", RULE_FENCE_IMPLICIT, "FAIL a reservation object's fences did not signal",
	  OP(1, 13, "extract C2 out=T") RET(1, 0) FENCE(1, 0, 0) DONE },

	{ "fences that outlive their client", RULE_FENCE_LIFETIME, "PASS",
	  COMMIT(1) FENCE(1, 1, 11) LOOKED("lifetime") DONE },
	{ "one that does not signal then", RULE_FENCE_LIFETIME,
	  "FAIL N of N fences did not signal after their client was gone",
	  COMMIT(1) FENCE(1, 1, 11) BROKEN(
		  "lifetime", "2 of 7 fences did not signal after their client was gone") DONE },
	{ "nobody was killed", RULE_FENCE_LIFETIME, NOTHING, COMMIT(1) FENCE(1, 1, 11) DONE },

	{ "a wait that keeps its word", RULE_FENCE_WAIT, "PASS",
	  OP(1, 14, "await T") RET(1, 0) LOOKED("wait") DONE },
	{ "one that does not", RULE_FENCE_WAIT,
	  "FAIL the wait returned N, and the timeline is signalled up to N, not N",
	  OP(1, 14, "await T") RET(1, 0) LOOKED("wait") BROKEN(
		  "wait", "the wait returned 0, and the timeline is signalled up to 1, not 2")
		  DONE },
};

static struct verdict judge(const char *story, int rule, enum trial_end end)
{
	g_autofree char *whole = g_strconcat("begin 1 6.12 virtio_gpu 0.1.0 seed 1\n",
					     strchr(BEGIN, '\n') + 1, story, NULL);
	struct program *program = parse(PROGRAM);
	g_autoptr(GArray) journal = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	g_autoptr(GArray) device = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	g_autoptr(GPtrArray) findings = g_ptr_array_new();
	struct display_record *display = display_record_new();
	struct evidence evidence = {
		.program = program, .events = journal, .findings = findings, .end = end
	};
	struct timeline *timeline;
	struct updates *updates;
	struct verdict verdict;

	tell(whole, journal, device);
	timeline = timeline_new(journal, device);
	updates = updates_judge(program, timeline, display);
	evidence.updates = updates;
	verdict = rules[rule].judge(&evidence, rule);
	updates_free(updates);
	timeline_free(timeline);
	display_record_free(display);
	program_destroy(program);
	return verdict;
}

static void check_verdict(void **state)
{
	const struct fence_example *row = *state;
	struct verdict verdict = judge(row->story, row->rule, TRIAL_DONE);
	g_autofree char *text = g_strdup_printf("%s%s%s", verdict_name(verdict.kind),
						*verdict.signature ? " " : "", verdict.signature);

	assert_string_equal(text, row->verdict);
	verdict_clear(&verdict);
}

/* A guest that stood still may have had more to say. */
static void check_no_pass_in_silence(void **state)
{
	const struct fence_example *row = *state;
	struct verdict verdict = judge(row->story, row->rule, TRIAL_SILENT);

	assert_int_not_equal(verdict.kind, VERDICT_PASS);
	verdict_clear(&verdict);
}

static void test_every_rule_has_every_verdict(void **state)
{
	(void)state;
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		bool passes = false, fails = false;

		for (size_t i = 0; i < LENGTH(examples); i++) {
			passes |= examples[i].rule == rule && examples[i].verdict[0] == 'P';
			fails |= examples[i].rule == rule && examples[i].verdict[0] == 'F';
		}
		/* The console decides on the last one: test_rules.c. */
		assert_int_equal(passes, rule_is_fence(rule) && rule != RULE_FENCE_ANNOTATED);
		assert_int_equal(fails, passes);
	}
}

static void test_words_and_names_agree(void **state)
{
	(void)state;
	for (int rule = 0; rule < FENCE_RULES; rule++) {
		const char *word = fence_rule_word((enum fence_rule)rule);
		g_autofree char *name = g_strconcat("fence-", word, NULL);

		assert_string_equal(rules[RULE_FENCE_SIGNALS + rule].name, name);
		assert_int_equal(fence_rule_by_word(word, strlen(word)), rule);
	}
	assert_int_equal(fence_rule_by_word("orders", 6), -1);
	assert_int_equal(fence_rule_by_word("ord", 3), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rule_has_every_verdict),
		cmocka_unit_test(test_words_and_names_agree),
	};
	int failed = cmocka_run_group_tests_name("fences", tests, NULL, NULL);

	failed += RUN_ROWS("fences: verdicts", examples, check_verdict);
	failed += RUN_ROWS("fences: no PASS in silence", examples, check_no_pass_in_silence);
	return failed ? 1 : 0;
}
