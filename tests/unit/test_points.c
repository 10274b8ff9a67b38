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

#define PAIRS                                                                                      \
	"output 640x480\n"                                                                         \
	"buffer C1 cursor 64x64\n"                                                                 \
	"fault nth=1.. again=1.. check\n"                                                          \
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
#define INTERRUPTED(seq, nth) ENTERED(seq, nth) RET(seq, 4, 0) AFTER(seq)
#define NOTE(text) "note 7000000000 " text "\n"
#define GIVEN_UP(nth) NOTE("line 4: allocation " #nth " given up, interrupted 1 times")
#define SECOND_END "check 8000000000 2\nend 9000000000\nexit 9100000000 0\nready 9200000000 run\n"
#define END "check 8000000000 1\nend 9000000000\nexit 9100000000 0\nready 9200000000 run\n"

/* What the kernel says at a time. */
#define AT(time) "[    " time "] "
#define FAILS_IN(time, function)                                                                   \
	AT(time)                                                                                   \
	"FAULT_INJECTION: forcing a failure.\n" AT(                                                \
		time) "name failslab, interval 1, probability "                                    \
		      "0, space 0, times 0\n" AT(                                                  \
			      time) "Call "                                                        \
				    "Trace:"                                                       \
				    "\n" AT(time) " <TASK>\n" AT(                                  \
					    time) " " function                                     \
						  "+0x1/0x2\n" AT(                                 \
							  time) " drm_mode_cursor2_ioctl+0x1/"     \
								"0x2\n" AT(                        \
									time) " drm_ioctl_"        \
									      "kernel+0x1/"        \
									      "0x2\n" AT(          \
										      time) " </"  \
											    "TASK" \
											    ">\n"
#define WARNS_AT(time)                                                                             \
	AT(time)                                                                                   \
	"------------[ cut here ]------------\n" AT(                                               \
		time) "WARNING: CPU: 0 PID: 61 at drivers/dma-buf/dma-resv.c:296 "                 \
		      "dma_resv_add_fence+0x45/0x13a\n" AT(                                        \
			      time) "---[ end trace 0000000000000000 ]---\n"
#define HANGS_AT(time)                                                                             \
	AT(time)                                                                                   \
	"INFO: task planestorm:61 blocked for more than 10 seconds.\n" AT(                         \
		time) "Call "                                                                      \
		      "Trace:\n" AT(time) " <TASK>\n" AT(time) " __schedule+0x1/0x2\n" AT(         \
			      time) " v"                                                           \
				    "ir"                                                           \
				    "ti"                                                           \
				    "o_"                                                           \
				    "gp"                                                           \
				    "u_"                                                           \
				    "ar"                                                           \
				    "ra"                                                           \
				    "y_"                                                           \
				    "lo"                                                           \
				    "ck"                                                           \
				    "_r"                                                           \
				    "es"                                                           \
				    "v+"                                                           \
				    "0x"                                                           \
				    "1/"                                                           \
				    "0x"                                                           \
				    "2"                                                            \
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
	gboolean unwatched; /* nobody watched device and display */
	gboolean pairs;	    /* the program sweeps second failures, too */
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
	  BEGIN ENTERED(1, 1) RET(1, 12, 2) FAILED(2, 2, 12) LAST(3, 3) END,
	  CLOCK FAILS_IN("1.100000", "f") FAILS_IN("1.200000", "again") FAILS_IN("2.100000", "g"),
	  TRIAL_DONE,
	  "1 f < drm_mode_cursor2_ioctl, then " SITE(
		  "again") "refused 12\n"
			   "2 " SITE("g") "refused 12\n" PLAIN_SUCCEEDS },
	{ "two, of which the console tells one", BEGIN ENTERED(1, 1) RET(1, 12, 2) LAST(2, 2) END,
	  CLOCK FAILS_IN("1.100000", "f"), TRIAL_DONE,
	  "1 f < drm_mode_cursor2_ioctl, and " SILENT_SITE "refused 12\n" PLAIN_SUCCEEDS },
	{ "one that the guest does not know of, as it ended the worker that met it",
	  BEGIN ENTERED(1, 1) RET(1, 0, 0), CLOCK FAILS_IN("1.100000", "f") WARNS_AT("1.200000"),
	  TRIAL_DONE, "1 " SITE("f") "splat 0" WARNING NOT_PLAIN "on from 2\n" },

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
	{ "a splat behind the program's end is not of the operation by itself",
	  BEGIN FAILED(1, 1, 12) LAST(2, 2) END,
	  CLOCK FAILS_IN("1.100000", "f") WARNS_AT("9.050000"), TRIAL_DONE,
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
	{ "a failure at another time is not that of an operation that does not come back",
	  BEGIN ENTERED(1, 1), CLOCK FAILS_IN("0.700000", "f"), TRIAL_SILENT,
	  "1 no allocation: lockup -1 silence cursor\nwithout a fault -1 lockup\n" },
	{ "an operation that locks up by itself ends the sweep",
	  BEGIN FAILED(1, 1, 12) ENTERED(2, 2), FAILS_IN("1.100000", "f"), TRIAL_SILENT,
	  "1 " SITE("f") "refused 12\n"
			 "2 no allocation: lockup -1 silence cursor\nwithout a fault -1 lockup\n" },

	/* A sweep is whole if the operation has come back with nothing made to fail. */
	{ "a sweep whose undo failed goes on behind it",
	  BEGIN SUCCEEDED(1, 1) "op 2 2000000000 4 0 undo\n" RET(2, 16, 0) NOTE(
		  "line 4: the sweep ends, as its undo has failed: Device or resource busy") END,
	  FAILS_IN("1.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "survived 0\n" NOT_PLAIN "on from 2\n" },
	{ "one that has come to its limit goes on behind that",
	  BEGIN FAILED(1, 9999, 12) FAILED(2, 10000, 12)
		  NOTE("line 4: the sweep ends for now, after 10000 allocations") END,
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "g"), TRIAL_DONE,
	  "9999 " SITE("f") "refused 12\n10000 " SITE("g") "refused 12\n" NOT_PLAIN
							   "on from 10001\n" },
	{ "one that is cut short goes on, whatever the reason", BEGIN FAILED(1, 1, 12) END,
	  FAILS_IN("1.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n" NOT_PLAIN "on from 2\n" },
	{ "signals that are too fast are no end, and what was given up is missing",
	  BEGIN FAILED(1, 1, 12) INTERRUPTED(2, 2) GIVEN_UP(2) INTERRUPTED(3, 3) GIVEN_UP(3)
		  NOTE("line 4: the sweep ends, signals are too fast for it") END,
	  FAILS_IN("1.100000", "f"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\nwithout a fault 4 refused\non from 4\n"
			 "gap: allocation 2 given up, interrupted 1 times\n" },
	{ "signals that let nothing be reached leave no way on",
	  BEGIN INTERRUPTED(1, 4) NOTE("line 4: the sweep ends, signals are too fast for it") END,
	  "", TRIAL_DONE,
	  "without a fault 4 refused\nno way on\ngap: the sweep ends, signals are too fast for "
	  "it\n" },
	{ "an allocation that was given up on the way is missing",
	  BEGIN FAILED(1, 1, 12) INTERRUPTED(2, 2) GIVEN_UP(2) FAILED(3, 3, 12) LAST(4, 4) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("3.100000", "g"), TRIAL_DONE,
	  "1 " SITE("f") "refused 12\n3 " SITE(
		  "g") "refused 12\n" PLAIN_SUCCEEDS
		       "gap: allocation 2 given up, interrupted 1 times\n" },
	{ "a sweep of second failures that breaks down leaves some out",
	  BEGIN ENTERED(1, 1) RET(1, 12, 2) FAILED(2, 2, 12),
	  CLOCK FAILS_IN("1.100000", "f") FAILS_IN("1.200000", "g") WARNS_AT("1.300000"),
	  TRIAL_DONE,
	  "1 f < drm_mode_cursor2_ioctl, then " SITE(
		  "g") "splat 12" WARNING NOT_PLAIN
		       "on from 2\ngap: second failures behind allocation 1 are left out\n",
	  .pairs = TRUE },
	{ "but not behind one that had none", BEGIN FAILED(1, 1, 12) FAILED(2, 2, 12),
	  CLOCK FAILS_IN("1.100000", "f") WARNS_AT("1.300000"), TRIAL_DONE,
	  "1 " SITE("f") "splat 12" WARNING NOT_PLAIN "on from 2\n", .pairs = TRUE },
	{ "a splat before the first round leaves nothing", BEGIN END, CLOCK WARNS_AT("0.700000"),
	  TRIAL_DONE, NOT_PLAIN "no way on\ngap: nothing was tried behind" WARNING },
	{ "a guest that stands still before the first round, too", BEGIN, "", TRIAL_SILENT,
	  NOT_PLAIN "no way on\ngap: nothing was tried\n" },

	/* Without a witness there is only what the guest reads back, which it does after failures. */
	{ "a success that nobody watched is not judged",
	  BEGIN SUCCEEDED(1, 1) UNDONE(2) FAILED(3, 2, 12) LAST(4, 3) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("3.100000", "g"), TRIAL_DONE,
	  "1 " SITE("f") "not judged 0\n2 " SITE("g") "refused 12\nwithout a fault 0 not judged\n",
	  TRUE },
	{ "nor is a failure with no read-back",
	  BEGIN OP(1, 1) RET(1, 12, 1) FAILED(2, 2, 12) LAST(3, 3) END,
	  FAILS_IN("1.100000", "f") FAILS_IN("2.100000", "g"), TRIAL_DONE,
	  "1 " SITE("f") "not judged 12\n2 " SITE("g") "refused 12\nwithout a fault 0 not judged\n",
	  TRUE },
	{ "a splat needs no witness", BEGIN SUCCEEDED(1, 1) UNDONE(2) LAST(3, 2) END,
	  FAILS_IN("1.100000", "f") WARNS_AT("1.200000"), TRIAL_DONE,
	  "1 " SITE("f") "splat 0" WARNING NOT_PLAIN "on from 2\n", TRUE },
};

static struct program_file *new_file(const char *text)
{
	struct program_file *file = program_file_parse("example", text, strlen(text), NULL);

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
	if (points->next)
		g_string_append_printf(text, "on from %u\n", points->next);
	else if (!points->finished)
		g_string_append(text, "no way on\n");
	if (points->gap)
		g_string_append_printf(text, "gap: %s\n", points->gap);
	points_free(points);
	return g_string_free(text, FALSE);
}

static void incident_free(gpointer data)
{
	struct incident *incident = data;

	g_free(incident->signature);
	g_free(incident);
}

/* As if somebody had watched, and seen nothing wrong. */
static void watch(struct trial *trial)
{
	trial->updates = g_new0(struct updates, 1);
	trial->updates->incidents = g_ptr_array_new_with_free_func(incident_free);
	trial->updates->met = g_array_new(FALSE, FALSE, sizeof(struct met));
	trial->updates->checked = g_array_new(FALSE, FALSE, sizeof(struct checked));
	trial->updates->unjudged = g_array_new(FALSE, FALSE, sizeof(guint64));
	/* With nothing traced, the moments are the journal's lines. */
	trial->timeline = timeline_new(trial->events, trial->device);
	assert_int_equal(trial->timeline->moments->len, trial->events->len);
}

static void check_example(void **state)
{
	const struct example *row = *state;
	struct program_file *file = new_file(row->pairs ? PAIRS : PROGRAM);
	struct trial *trial = judge(file, row);
	char *points;

	if (!row->unwatched)
		watch(trial);
	points = describe(trial);
	assert_string_equal(points, row->points);
	g_free(points);
	trial_free(trial);
	program_file_free(file);
}

/* What was seen from outside, at the journal's line that @after begins. */
struct seen {
	enum incident_kind kind;
	const char *after;
	guint64 seq; /* 0: at a check */
};

static const struct watched {
	const char *name;
	const char *journal;
	struct seen seen[2];
	const char *points;
	guint64 unjudged[3]; /* operations of which nothing can be said */
} watched[] = {
	{ "a success that is not shown is lost",
	  BEGIN SUCCEEDED(1, 1) UNDONE(2) LAST(3, 2) END,
	  { { INCIDENT_LOST, "ret 1", 1 } },
	  "1 " SITE("f") "lost 0 seen\n" PLAIN_SUCCEEDS },
	{ "and so is one of which only the check tells",
	  BEGIN SUCCEEDED(1, 1) "check 1600000000 1\n" UNDONE(2) LAST(3, 2) SECOND_END,
	  { { INCIDENT_LOST, "check 1600000000", 0 } },
	  "1 " SITE("f") "lost 0 seen\n" PLAIN_SUCCEEDS },
	{ "a cursor that is shown too early is stale",
	  BEGIN SUCCEEDED(1, 1) UNDONE(2) LAST(3, 2) END,
	  { { INCIDENT_STALE, "ret 1", 1 } },
	  "1 " SITE("f") "stale 0 seen\n" PLAIN_SUCCEEDS },
	{ "lost is worse than stale",
	  BEGIN SUCCEEDED(1, 1) UNDONE(2) LAST(3, 2) END,
	  { { INCIDENT_LOST, "ret 1", 1 }, { INCIDENT_STALE, "ret 1", 1 } },
	  "1 " SITE("f") "lost 0 seen\n" PLAIN_SUCCEEDS },
	{ "an error after which something else is shown is changed",
	  BEGIN FAILED(1, 1, 12) LAST(2, 2) END,
	  { { INCIDENT_ROLLBACK, "ret 1", 1 } },
	  "1 " SITE("f") "changed 12 seen\n" PLAIN_SUCCEEDS },
	{ "a check that still tells of what was lost before is not a refused one's",
	  BEGIN FAILED(1, 1, 12) "check 1600000000 1\n" LAST(2, 2) SECOND_END,
	  { { INCIDENT_LOST, "check 1600000000", 0 } },
	  "1 " SITE("f") "refused 12\n" PLAIN_SUCCEEDS },
	{ "what is lost by the operation itself is no point",
	  BEGIN FAILED(1, 1, 12) LAST(2, 2) END,
	  { { INCIDENT_LOST, "ret 2", 2 } },
	  "1 " SITE("f") "refused 12\nwithout a fault 0 lost\n" },
	{ "what is seen in an undo is its round's",
	  BEGIN SUCCEEDED(1, 1) UNDONE(2) LAST(3, 2) END,
	  { { INCIDENT_LOST, "ret 2", 2 } },
	  "1 " SITE("f") "lost 0 seen\n" PLAIN_SUCCEEDS },
	{ "what rivals may have done, too, is not judged",
	  BEGIN OP(1, 1) RET(1, 12, 1) SUCCEEDED(2, 2) UNDONE(3) LAST(4, 3) END,
	  { { INCIDENT_LOST, NULL, 0 } },
	  "1 " SITE("f") "not judged 12\n2 " SILENT_SITE
			 "not judged 0\nwithout a fault 0 not judged\n",
	  { 1, 2, 4 } },
	{ "but for what was read back",
	  BEGIN FAILED(1, 1, 12) SUCCEEDED(2, 2) UNDONE(3) LAST(4, 3) END,
	  { { INCIDENT_LOST, NULL, 0 } },
	  "1 " SITE("f") "refused 12\n2 " SILENT_SITE "not judged 0\n" PLAIN_SUCCEEDS,
	  { 1, 2 } },
	{ "what was seen before the first round is nobody's",
	  BEGIN "op 1 500000000 2 0 hide\n" RET(1, 0, 0) FAILED(2, 1, 12) LAST(3, 2) END,
	  { { INCIDENT_LOST, "ret 1", 1 } },
	  "1 " SITE("f") "refused 12\n" PLAIN_SUCCEEDS },
};

static guint moment_of(const struct trial *trial, const char *after)
{
	const char *line = strstr(trial->journal->str, after);
	guint lines = 0;

	assert_non_null(line);
	for (const char *at = trial->journal->str; at < line; at++)
		lines += *at == '\n' ? 1 : 0;
	return lines;
}

static void see(struct trial *trial, const struct watched *row)
{
	watch(trial);
	for (size_t i = 0; i < LENGTH(row->seen) && row->seen[i].after; i++) {
		struct incident *incident = g_new0(struct incident, 1);

		incident->kind = row->seen[i].kind;
		incident->seq = row->seen[i].seq;
		incident->signature = g_strdup("seen");
		incident->moment = moment_of(trial, row->seen[i].after);
		g_ptr_array_add(trial->updates->incidents, incident);
	}
	for (size_t i = 0; i < LENGTH(row->unjudged) && row->unjudged[i]; i++)
		g_array_append_val(trial->updates->unjudged, row->unjudged[i]);
}

static void check_watched(void **state)
{
	const struct watched *row = *state;
	struct program_file *file = new_file(PROGRAM);
	struct trial *trial = judge(file, &(struct example){ .journal = row->journal,
							     .console = FAILS_IN("1.100000", "f"),
							     .end = TRIAL_DONE });
	char *points;

	see(trial, row);
	points = describe(trial);
	assert_string_equal(points, row->points);
	g_free(points);
	trial_free(trial);
	program_file_free(file);
}

/* Recorded sweeps: what their golden.ini says was seen, as points. Those that are refused are counted. */
#define IN_CURSOR " < virtio_gpu_cursor_plane_update: "
#define IN_PRIMARY " < virtio_gpu_primary_plane_update: "
#define LOCKING " < virtio_gpu_lock_one_resv_uninterruptible"
#define TRANSFERRING " < virtio_gpu_cmd_transfer_to_host_2d"
#define NO_IMAGE " cursor image never sent"

static const struct recording_row {
	const char *name; /* the folder's */
	guint refused;
	const char *points;
} recordings[] = {
	{ "failed-allocations", 8,
	  "9 virtio_gpu_array_alloc" IN_CURSOR "lost 0" NO_IMAGE " cursor\n"
	  "10 dma_resv_reserve_fences" LOCKING IN_CURSOR "lost 0" NO_IMAGE " cursor\n"
	  "11 virtqueue_add_split" TRANSFERRING IN_CURSOR "survived 0\n" PLAIN_SUCCEEDS },
	{ "both-planes", 9,
	  "10 virtio_gpu_array_alloc" IN_PRIMARY "lost 0 primary pixels never transferred commit\n"
	  "11 virtqueue_add_split" TRANSFERRING IN_PRIMARY "survived 0\n"
	  "12 virtqueue_add_split < virtio_gpu_cmd_set_scanout" IN_PRIMARY "survived 0\n"
	  "13 virtqueue_add_split < virtio_gpu_cmd_resource_flush" IN_PRIMARY "survived 0\n"
	  "14 virtqueue_add_split < virtio_gpu_cmd_set_scanout" IN_PRIMARY "survived 0\n"
	  "15 dma_resv_reserve_fences" LOCKING IN_CURSOR "lost 0" NO_IMAGE " commit\n"
	  "16 virtqueue_add_split" TRANSFERRING IN_CURSOR "survived 0\n" PLAIN_SUCCEEDS },
	{ "interrupted", 11,
	  "12 virtqueue_add_split" TRANSFERRING IN_CURSOR "survived 0\n" PLAIN_SUCCEEDS },
	{ "splat", 8,
	  "9 virtio_gpu_array_alloc" IN_CURSOR "lost 0" NO_IMAGE " cursor\n"
	  "10 dma_resv_reserve_fences < virtio_gpu_array_lock_resv" IN_CURSOR
	  "splat -1" WARNING NOT_PLAIN "on from 11\n" },
	{ "lockup", 0,
	  NOT_PLAIN "no way on\ngap: nothing was tried behind lockdep-circular mmap_lock "
		    "reservation_ww_class_mutex\n" },
};

/* Takes the lines of refused points out of @points; returns how many there were. */
static guint take_refused(char **points)
{
	g_auto(GStrv) lines = g_strsplit(*points, "\n", -1);
	g_autoptr(GString) rest = g_string_new(NULL);
	guint refused = 0;

	for (char **line = lines; *line; line++) {
		gboolean is_refused = strstr(*line, ": refused ") != NULL;

		refused += is_refused ? 1 : 0;
		if (!is_refused && **line)
			g_string_append_printf(rest, "%s\n", *line);
	}
	g_free(*points);
	*points = g_string_free(g_steal_pointer(&rest), FALSE);
	return refused;
}

static void check_recorded(void **state)
{
	const struct recording_row *row = *state;
	g_autofree char *dir = g_build_filename(GOLDEN_DIR, row->name, NULL);
	struct recorded *recorded = recorded_load(dir, "golden", NULL);
	char *points;

	assert_non_null(recorded);
	assert_null(recorded->trial->flaw);
	points = describe(recorded->trial);
	assert_int_equal(take_refused(&points), row->refused);
	assert_string_equal(points, row->points);
	g_free(points);
	recorded_free(recorded);
}

/* They stand in sweep.json. */
static void test_outcomes_have_their_words(void **state)
{
	static const char *const words[POINT_OUTCOMES] = { "refused", "survived", "not judged",
							   "stale",   "changed",  "lost",
							   "lockup",  "splat" };

	(void)state;
	for (int outcome = 0; outcome < POINT_OUTCOMES; outcome++)
		assert_string_equal(point_outcome_name((enum point_outcome)outcome),
				    words[outcome]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes_have_their_words),
	};
	int failed = cmocka_run_group_tests_name("outcomes", tests, NULL, NULL);

	failed += RUN_ROWS("points", examples, check_example);

	failed += RUN_ROWS("points that were watched", watched, check_watched);
	failed += RUN_ROWS("recorded", recordings, check_recorded);
	return failed ? 1 : 0;
}
