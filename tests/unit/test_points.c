// SPDX-License-Identifier: MIT
/*
 * What became of each fault point of a sweep, by examples: what the guest and its console said, and the
 * points that follow. Then recorded sweeps, whose points a person has checked.
 */
#include <glib.h>
#include <string.h>

#include "tests/runner/points.h"
#include "tests/runner/recorded.h"
#include "tests/unit/unit.h"

#define PROGRAM                                                                                    \
	"output 640x480\n"                                                                         \
	"buffer C1 cursor 64x64\n"                                                                 \
	"fault nth=1.. check\n"                                                                    \
	"cursor C1 at=30,40\n"                                                                     \
	"check\n"

/* What the guest says: operation SEQ begins at second SEQ, and is back half a second later. */
#define BEGIN                                                                                      \
	"begin 10 6.12.94 virtio_gpu 0.1.0 seed 1\n"                                               \
	"state 11 plane:33 FB_ID=42 CRTC_X=10\n"
#define MOVED "state 14 plane:33 FB_ID=42 CRTC_X=30\n"
#define OP(seq, nth) "op " #seq " " #seq "000000000 4 " #nth " cursor C1 at=30,40\n"
#define RET(seq, err, fired) "ret " #seq " " #seq "500000000 " #err " " #fired "\n"
#define BEFORE(seq) "read 12 " #seq " before\n"
#define AFTER(seq) "read 15 " #seq " after\n"
#define ENTERED(seq, nth) BEFORE(seq) OP(seq, nth)
#define FAILED(seq, nth, err) ENTERED(seq, nth) RET(seq, err, 1) AFTER(seq)
#define SUCCEEDED(seq, nth) ENTERED(seq, nth) RET(seq, 0, 1)
#define UNDONE(seq) "op " #seq " " #seq "000000000 4 0 undo\n" RET(seq, 0, 0)
#define LAST(seq, nth) ENTERED(seq, nth) RET(seq, 0, 0)
#define END "check 16 1\nend 17\nexit 18 0\nready 19 run\n"

/* What the kernel says at a time. */
#define AT(time) "[    " time "] "
#define FAILS_IN(time, function)                                                                                                                                      \
	AT(time)                                                                                                                                                      \
	"FAULT_INJECTION: forcing a failure.\n" AT(time) "name failslab, interval 1, probability "                                                                    \
							 "0, space 0, times 0\n" AT(time) "Call "                                                                     \
											  "Trace:"                                                                    \
											  "\n" AT(time) " <TASK>\n" AT(                                               \
												  time) " " function                                                  \
													"+0x1/0x2\n" AT(time) " drm_mode_cursor2_ioctl+0x1/0x2\n" AT( \
														time) " drm_ioctl_kernel+0x1/0x2\n" AT(time) " </TASK>\n"
#define WARNS_AT(time)                                                                             \
	AT(time)                                                                                   \
	"------------[ cut here ]------------\n" AT(                                               \
		time) "WARNING: CPU: 0 PID: 61 at drivers/dma-buf/dma-resv.c:296 "                 \
		      "dma_resv_add_fence+0x45/0x13a\n" AT(                                        \
			      time) "---[ end trace 0000000000000000 ]---\n"
#define HANGS_AT(time)                                                                                                                               \
	AT(time)                                                                                                                                     \
	"INFO: task planestorm:61 blocked for more than 10 seconds.\n" AT(time) "Call "                                                              \
										"Trace:\n" AT(time) " <TASK>\n" AT(time) " __schedule+0x1/0x2\n" AT( \
											time) " v"                                                   \
											      "ir"                                                   \
											      "ti"                                                   \
											      "o_"                                                   \
											      "gp"                                                   \
											      "u_"                                                   \
											      "ar"                                                   \
											      "ra"                                                   \
											      "y_"                                                   \
											      "lo"                                                   \
											      "ck"                                                   \
											      "_r"                                                   \
											      "es"                                                   \
											      "v+"                                                   \
											      "0x"                                                   \
											      "1/"                                                   \
											      "0x"                                                   \
											      "2"                                                    \
											      "\n" AT(time) " </TASK>\n"
#define PANICS_AT(time) AT(time) "Kernel panic - not syncing: Fatal exception in interrupt\n"
/* The console's time and the guest's are the same. */
#define CLOCK AT("0.500000") "planestorm: clock 500000000\n"

#define SITE(function) function " < drm_mode_cursor2_ioctl: "
#define SILENT_SITE "an allocation without warning: "
#define WARNING " WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c\n"
#define HUNG " hung-task virtio_gpu_array_lock_resv\n"
#define PLAIN_SUCCEEDS "without a fault 0 survived\n"
#define NOT_PLAIN "without a fault -1 refused\n"

/*
 * A point is "NTH SITE: OUTCOME ERRNO", and a signature if it has one; then follow the operation without a
 * fault, and "on from NTH" if the sweep must go on.
 */
static const struct example {
	const char *name;
	const char *journal;
	const char *console;
	enum trial_end end;
	const char *points;
} examples[] = {
	{ "an error that changes nothing is refused", BEGIN FAILED(1, 1, 12) LAST(2, 2) END,
	  FAILS_IN("1.100000", "f"), TRIAL_DONE, "1 " SITE("f") "refused 12\n" PLAIN_SUCCEEDS },
	{ "a success is survived", BEGIN SUCCEEDED(1, 1) UNDONE(2) LAST(3, 2) END,
	  FAILS_IN("1.100000", "f"), TRIAL_DONE, "1 " SITE("f") "survived 0\n" PLAIN_SUCCEEDS },
	{ "an error after which the state is another is changed",
	  BEGIN ENTERED(1, 1) RET(1, 12, 1) MOVED AFTER(1) LAST(2, 2) END,
	  FAILS_IN("1.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "changed 12 cursor changed plane CRTC_X\n" PLAIN_SUCCEEDS },
	{ "every allocation is a point",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 2, 4) SUCCEEDED(3, 3) UNDONE(4) LAST(5, 4) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "g") FAILS_IN("3.100000", "h"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n"
			 "2 " SITE("g") "refused 4\n"
					"3 " SITE("h") "survived 0\n" PLAIN_SUCCEEDS },
	{ "an operation that always fails is told by its last round",
	  BEGIN FAILED(1, 1, 12) ENTERED(2, 2) RET(2, 22, 0) AFTER(2) END,
	  FAILS_IN("1.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\nwithout a fault 22 refused\n" },
	{ "and so is one that fails and changes something by itself",
	  BEGIN FAILED(1, 1, 12) ENTERED(2, 2) RET(2, 22, 0) MOVED AFTER(2) END,
	  FAILS_IN("1.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\nwithout a fault 22 changed\n" },
	{ "an operation that allocates nothing has no points", BEGIN LAST(1, 1) END, "", TRIAL_DONE,
	  PLAIN_SUCCEEDS },
	{ "operations that have no fault are no rounds",
	  BEGIN "op 1 1000000000 2 0 hide\n" RET(1, 0, 0) FAILED(2, 1, 12) LAST(3, 2) END,
	  FAILS_IN("2.100000", "f"), TRIAL_DONE, "1 " SITE("f") "refused 12\n" PLAIN_SUCCEEDS },

	/* An allocation is tried more than once. */
	{ "the same again is nothing new",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 1, 12) FAILED(3, 1, 12) LAST(4, 2) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "f") FAILS_IN("3.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n" PLAIN_SUCCEEDS },
	{ "another outcome at another time is a point more",
	  BEGIN FAILED(1, 1, 12) SUCCEEDED(2, 1) UNDONE(3) LAST(4, 2) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n1 " SITE("f") "survived 0\n" PLAIN_SUCCEEDS },
	{ "another site at another time is a point more",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 1, 12) FAILED(3, 1, 12) LAST(4, 2) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "g") FAILS_IN("3.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n1 " SITE("g") "refused 12\n" PLAIN_SUCCEEDS },
	{ "the same site of another allocation is a point more",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12) LAST(3, 3) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n2 " SITE("f") "refused 12\n" PLAIN_SUCCEEDS },
	{ "a round that a signal interrupted before its allocation is none",
	  BEGIN FAILED(1, 1, 12) ENTERED(2, 2) RET(2, 4, 0) AFTER(2) FAILED(3, 2, 12) LAST(4, 3)
		  END,
	  FAILS_IN("1.100000", "f") FAILS_IN("3.100000", "g"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n2 " SITE("g") "refused 12\n" PLAIN_SUCCEEDS },

	/* What the console says of an allocation. */
	{ "nothing, if it asked for no warning", BEGIN FAILED(1, 1, 12) LAST(2, 2) END, "",
	  TRIAL_DONE, "1 " SILENT_SITE "refused 12\n" PLAIN_SUCCEEDS },
	{ "nothing, and the others are told apart by the time",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12) FAILED(3, 3, 12) LAST(4, 4) END,
	  CLOCK FAILS_IN("1.100000", "f") FAILS_IN("3.100000", "h"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n"
			 "2 " SILENT_SITE "refused 12\n"
			 "3 " SITE("h") "refused 12\n" PLAIN_SUCCEEDS },
	{ "nothing, and without a clock the others are taken in their order",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12) FAILED(3, 3, 12) LAST(4, 4) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("3.100000", "h"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n"
			 "2 " SITE("h") "refused 12\n"
					"3 " SILENT_SITE "refused 12\n" PLAIN_SUCCEEDS },
	{ "a stamp may be a little early", BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12) LAST(3, 3) END,
	  CLOCK FAILS_IN("0.999900", "f") FAILS_IN("1.999900", "g"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n2 " SITE("g") "refused 12\n" PLAIN_SUCCEEDS },
	{ "two, if another one fails in the same call",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12) LAST(3, 3) END,
	  CLOCK FAILS_IN("1.100000", "f") FAILS_IN("1.200000", "again") FAILS_IN("2.100000", "g"),
	  TRIAL_DONE, "1 " SITE("f") "refused 12\n2 " SITE("g") "refused 12\n" PLAIN_SUCCEEDS },

	/* Of several outcomes the worst counts, and behind one that breaks the guest down nothing does. */
	{ "a splat is its allocation's that failed before it",
	  BEGIN FAILED(1, 1, 12) SUCCEEDED(2, 2) UNDONE(3) FAILED(4, 3, 12) LAST(5, 4) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "g") WARNS_AT("2.200000")
		  FAILS_IN("4.100000", "h"),
	  TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n2 " SITE("g") "splat 0" WARNING NOT_PLAIN "on from 3\n" },
	{ "a splat is worse than a change",
	  BEGIN ENTERED(1, 1) RET(1, 12, 1) MOVED AFTER(1) LAST(2, 2) END,
	  FAILS_IN("1.100000", "f") WARNS_AT("1.200000"), TRIAL_DONE,
	  "1 " SITE("f") "splat 12" WARNING NOT_PLAIN "on from 2\n" },
	{ "of two splats the first counts", BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12) LAST(3, 3) END,
	  FAILS_IN("1.100000", "f") WARNS_AT("1.200000") FAILS_IN("2.100000", "g")
		  PANICS_AT("2.200000"),
	  TRIAL_DONE, "1 " SITE("f") "splat 12" WARNING NOT_PLAIN "on from 2\n" },
	{ "a splat before the first allocation failed is nobody's",
	  BEGIN FAILED(1, 1, 12) LAST(2, 2) END,
	  CLOCK WARNS_AT("0.700000") FAILS_IN("1.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n" PLAIN_SUCCEEDS },
	{ "a splat after an allocation that the console is silent about is its own",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12) LAST(3, 3) END,
	  CLOCK FAILS_IN("1.100000", "f") WARNS_AT("2.200000"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n2 " SILENT_SITE "splat 12" WARNING NOT_PLAIN "on from 3\n" },
	{ "a splat of the operation by itself is no allocation's",
	  BEGIN FAILED(1, 1, 12) LAST(2, 2) END,
	  CLOCK FAILS_IN("1.100000", "f") WARNS_AT("2.200000"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n"
			 "2 no allocation: splat 0" WARNING "without a fault 0 splat\n" },
	{ "and if it allocates nothing, too", BEGIN LAST(1, 1) END, CLOCK WARNS_AT("1.200000"),
	  TRIAL_DONE, "1 no allocation: splat 0" WARNING "without a fault 0 splat\n" },
	{ "a splat in a round that is tried again is the allocation's before it",
	  BEGIN FAILED(1, 1, 12) ENTERED(2, 2) RET(2, 4, 0) AFTER(2) LAST(3, 2) END,
	  CLOCK FAILS_IN("1.100000", "f") WARNS_AT("2.200000"), TRIAL_DONE,
	  "1 " SITE("f") "splat 12" WARNING NOT_PLAIN "on from 2\n" },
	{ "a splat before an allocation failed in its round is that of the one before it",
	  BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12) LAST(3, 3) END,
	  CLOCK FAILS_IN("1.100000", "f") WARNS_AT("2.050000") FAILS_IN("2.100000", "g"),
	  TRIAL_DONE, "1 " SITE("f") "splat 12" WARNING NOT_PLAIN "on from 2\n" },
	{ "a panic ends the sweep's trial", BEGIN FAILED(1, 1, 12) ENTERED(2, 2),
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "g") PANICS_AT("2.200000"), TRIAL_PANICKED,
	  "1 " SITE("f") "refused 12\n"
			 "2 " SITE("g") "splat -1 panic Fatal-exception-in-interrupt\n" NOT_PLAIN
					"on from 3\n" },
	{ "an operation that does not come back is a lockup", BEGIN FAILED(1, 1, 12) ENTERED(2, 2),
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "g"), TRIAL_SILENT,
	  "1 " SITE("f") "refused 12\n"
			 "2 " SITE("g") "lockup -1 silence cursor\n" NOT_PLAIN "on from 3\n" },
	{ "what the kernel says of the lockup is its name", BEGIN FAILED(1, 1, 12) ENTERED(2, 2),
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "g") HANGS_AT("9.200000"), TRIAL_HUNG,
	  "1 " SITE("f") "refused 12\n2 " SITE("g") "lockup -1" HUNG NOT_PLAIN "on from 3\n" },
	{ "what hangs though the program goes on is a lockup, too",
	  BEGIN FAILED(1, 1, 12) LAST(2, 2) END, FAILS_IN("1.100000", "f") HANGS_AT("1.200000"),
	  TRIAL_DONE, "1 " SITE("f") "lockup 12" HUNG NOT_PLAIN "on from 2\n" },
	{ "silence behind a splat is the splat's", BEGIN FAILED(1, 1, 12) ENTERED(2, 2),
	  FAILS_IN("1.100000", "f") WARNS_AT("1.200000") FAILS_IN("2.100000", "g"), TRIAL_SILENT,
	  "1 " SITE("f") "splat 12" WARNING NOT_PLAIN "on from 2\n" },
	{ "an operation that locks up by itself ends the sweep",
	  BEGIN FAILED(1, 1, 12) ENTERED(2, 2), FAILS_IN("1.100000", "f"), TRIAL_SILENT,
	  "1 " SITE("f") "refused 12\n"
			 "2 no allocation: lockup -1 silence cursor\nwithout a fault -1 lockup\n" },
};

static struct program_file *new_file(void)
{
	struct program_file *file = program_file_parse("example", PROGRAM, strlen(PROGRAM), NULL);

	assert_non_null(file);
	return file;
}

static struct trial *judge(const struct program_file *file, const struct example *row)
{
	struct trial *trial = trial_new("example", file);

	trial_finish(trial, row->end,
		     &(struct recording){ .console = row->console,
					  .console_len = strlen(row->console),
					  .journal = row->journal,
					  .journal_len = strlen(row->journal) });
	if (trial->flaw)
		print_error("set-up failure: %s\n", trial->flaw);
	assert_null(trial->flaw);
	return trial;
}

/* The caller's. */
static char *describe(const struct trial *trial)
{
	struct points *points = points_read(trial);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < points->points->len; i++) {
		const struct point *point = &g_array_index(points->points, struct point, i);

		g_string_append_printf(text, "%u %s: %s %d%s%s\n", point->nth, point->site,
				       point_outcome_name(point->outcome), point->err,
				       *point->signature ? " " : "", point->signature);
	}
	g_string_append_printf(text, "without a fault %d %s\n", points->plain_err,
			       point_outcome_name(points->plain_outcome));
	if (!points->finished)
		g_string_append_printf(text, "on from %u\n", points->next);
	points_free(points);
	return g_string_free(text, FALSE);
}

static void check_example(void **state)
{
	const struct example *row = *state;
	struct program_file *file = new_file();
	struct trial *trial = judge(file, row);
	char *points = describe(trial);

	assert_string_equal(points, row->points);
	g_free(points);
	trial_free(trial);
	program_file_free(file);
}

int main(void)
{
	return RUN_ROWS("points", examples, check_example) ? 1 : 0;
}
