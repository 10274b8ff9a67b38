// SPDX-License-Identifier: MIT
/*
 * What is promised, by examples: a short program, what the guest said of it, what the kernel said,
 * how it ended, and the verdicts that follow. Every rule is seen to FAIL here.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/trial.h"
#include "tests/unit/unit.h"

/* Line 5 is the operation that most examples are about. */
#define PROGRAM                                                                                    \
	"output 1024x768\n"                                                                        \
	"buffer C1 cursor 64x64\n"                                                                 \
	"cursor C1\n"                                                                              \
	"expect ok|ENOMEM\n"                                                                       \
	"cursor C1 at=30,40\n"                                                                     \
	"check\n"

/* What the guest says */
#define BEGIN "begin 10 6.12.94 virtio_gpu 0.1.0 seed 1\n"
#define STATE                                                                                      \
	"state 11 plane:33 FB_ID=42 CRTC_X=10 CRTC_Y=20\n"                                         \
	"state 11 crtc:36 ACTIVE=1 MODE_ID=40\n"                                                   \
	"state 11 legacy:36 fb=41 x=0 y=0\n"
#define BEFORE(seq) "read 12 " #seq " before\n"
#define OP(seq) "op " #seq " 13 5 0 cursor C1 at=30,40\n"
#define RET(seq, err) "ret " #seq " 14 " #err " 0\n"
#define AFTER(seq) "read 15 " #seq " after\n"
#define END "check 16 1\nend 17\nexit 18 0\nready 19 run\n"
#define KILLED "exit 18 9\nready 19 run\n"
#define GOOD BEGIN STATE OP(1) RET(1, 0) END
#define FAILED(seq) BEFORE(seq) OP(seq) RET(seq, 12)
#define COMMIT_FAILED "op 1 13 5 3 commit cursor=C1 at=30,40\nret 1 14 4 1\n"
#define MOVED "state 14 plane:33 FB_ID=42 CRTC_X=30 CRTC_Y=40\n"
#define MOVED_BACK "state 14 plane:33 FB_ID=42 CRTC_X=10 CRTC_Y=20\n"
#define SWITCHED_OFF "state 14 crtc:36 ACTIVE=0 MODE_ID=40\n"
#define SWITCHED_ON "state 14 crtc:36 ACTIVE=1 MODE_ID=40\n"
#define HELPLESS "error 20 cannot read the state back: Interrupted system call\nexit 21 256\n"

/* What the kernel says */
#define CUT_HERE "[    2.000001] ------------[ cut here ]------------\n"
#define END_TRACE "[    2.000009] ---[ end trace 0000000000000000 ]---\n"
#define WARNING                                                                                    \
	CUT_HERE                                                                                   \
	"[    2.000002] WARNING: CPU: 0 PID: 61 at drivers/dma-buf/dma-resv.c:296 "                \
	"dma_resv_add_fence+0x45/0x13a\n" END_TRACE
#define SPLAT "FAIL WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c"
#define OOPS                                                                                       \
	"[    2.100001] BUG: kernel NULL pointer dereference, address: 0000000000000010\n"         \
	"[    2.100002] RIP: 0010:dma_resv_add_fence+0x8b/0x290\n" END_TRACE
#define HUNG                                                                                       \
	"[   14.000001] INFO: task planestorm:61 blocked for more than 10 seconds.\n"              \
	"[   14.000002] Call Trace:\n"                                                             \
	"[   14.000003]  <TASK>\n"                                                                 \
	"[   14.000004]  __schedule+0x1/0x2\n"                                                     \
	"[   14.000005]  virtio_gpu_array_lock_resv+0x1/0x2\n"                                     \
	"[   14.000006]  </TASK>\n"
#define LOCKDEP                                                                                    \
	"[    2.000001] WARNING: bad unlock balance detected!\n"                                   \
	"[    2.000002] planestorm/61 is trying to release lock (reservation_ww_class_mutex) "     \
	"at:\n"                                                                                    \
	"[    2.000003] Call Trace:\n"                                                             \
	"[    2.000004]  <TASK>\n"                                                                 \
	"[    2.000005]  virtio_gpu_array_unlock_resv+0x1/0x2\n"                                   \
	"[    2.000006]  </TASK>\n"
#define CIRCULAR                                                                                   \
	"[    2.000001] WARNING: possible circular locking dependency detected\n"                  \
	"[    2.000002] planestorm/61 is trying to acquire lock:\n"                                \
	"[    2.000003] ffff888001 (reservation_ww_class_mutex){+.+.}-{3:3}, at: f+0x1/0x2\n"      \
	"[    2.000004] but task is already holding lock:\n"                                       \
	"[    2.000005] ffff888002 (dma_fence_map){++++}-{0:0}, at: g+0x1/0x2\n"                   \
	"[    2.000006] -> #1 (dma_fence_map){++++}-{0:0}:\n" CIRCULAR_END
#define CIRCULAR_END                                                                               \
	"[    2.000007] -> #0 (reservation_ww_class_mutex){+.+.}-{3:3}:\n"                         \
	"[    2.000008] stack backtrace:\n"                                                        \
	"[    2.000009] Call Trace:\n"                                                             \
	"[    2.000010]  <TASK>\n"                                                                 \
	"[    2.000011]  virtio_gpu_array_lock_resv+0x1/0x2\n"                                     \
	"[    2.000012]  </TASK>\n"
#define OTHER_CIRCULAR                                                                             \
	"[    2.000001] WARNING: possible circular locking dependency detected\n"                  \
	"[    2.000002] planestorm/61 is trying to acquire lock:\n"                                \
	"[    2.000003] ffff888001 (&mm->mmap_lock){++++}-{3:3}, at: f+0x1/0x2\n"                  \
	"[    2.000004] but task is already holding lock:\n"                                       \
	"[    2.000005] ffff888002 (reservation_ww_class_mutex){+.+.}-{3:3}, at: g+0x1/0x2\n"      \
	"[    2.000006] -> #1 (reservation_ww_class_mutex){+.+.}-{3:3}:\n"                         \
	"[    2.000006] 1 lock held by planestorm/61: (dma_fence_map){++++}-{0:0}\n" CIRCULAR_END
#define PANIC "[    2.000001] Kernel panic - not syncing: Fatal exception in interrupt\n"
#define INJECTED                                                                                   \
	"[    2.000001] FAULT_INJECTION: forcing a failure.\n"                                     \
	"[    2.000001] name failslab, interval 1, probability 0, space 0, times 0\n"              \
	"[    2.000002] CPU: 0 UID: 0 PID: 61 Comm: planestorm Not tainted 6.12.94 #1\n"           \
	"[    2.000003] Call Trace:\n"                                                             \
	"[    2.000004]  <TASK>\n"                                                                 \
	"[    2.000005]  should_fail_ex+0x1/0x2\n"                                                 \
	"[    2.000006]  </TASK>\n"
#define HARMLESS "[    1.000000] [drm] pci: virtio-gpu-pci detected at 0000:00:02.0\n"

#define NOT_BELIEVED "SKIP the kernel had splatted"
#define STOOD_STILL "SKIP the guest stood still before the program's end"
#define NONE_FAILED "SKIP no operation failed"

/* A verdict is "PASS", "FAIL SIGNATURE" or "SKIP REASON"; those that are NULL are not looked at. */
struct example {
	const char *name;
	const char *journal;
	const char *console; /* NULL: nothing */
	enum trial_end end;
	const char *verdicts[RULE_COUNT];
	const char *program; /* NULL: PROGRAM */
};

/* clang-format off */
#define SPLAT_IS(verdict) { [RULE_SPLAT] = (verdict) }
#define LOCKUP_IS(verdict) { [RULE_LOCKUP] = (verdict) }
#define ROLLBACK_IS(verdict) { [RULE_ROLLBACK] = (verdict) }
#define EXPECT_IS(verdict) { [RULE_EXPECT] = (verdict) }
#define ANNOTATED_IS(splat, verdict) { [RULE_SPLAT] = (splat), [RULE_FENCE_ANNOTATED] = (verdict) }
#define ALL(verdict) { (verdict), (verdict), UNWATCHED, NONE_FAILED, (verdict) }
/* Device and display: test_updates.c has the examples. */
#define UNWATCHED \
	"SKIP nobody watched the device and the display", "SKIP nobody watched the device"
/* clang-format on */

static const struct example splats[] = {
	{ "a kernel that says nothing keeps it", GOOD, NULL, TRIAL_DONE, SPLAT_IS("PASS") },
	{ "what a driver says of itself is nothing", GOOD, HARMLESS, TRIAL_DONE, SPLAT_IS("PASS") },
	{ "an injected fault is our own doing", GOOD, INJECTED, TRIAL_DONE, SPLAT_IS("PASS") },
	{ "a WARNING breaks it", GOOD, HARMLESS WARNING, TRIAL_DONE, SPLAT_IS(SPLAT) },
	{ "an Oops breaks it", BEGIN OP(1) KILLED, OOPS, TRIAL_DONE,
	  SPLAT_IS("FAIL Oops dma_resv_add_fence") },
	{ "a report of lockdep breaks it", GOOD, LOCKDEP, TRIAL_DONE,
	  SPLAT_IS("FAIL lockdep-unlock-balance reservation_ww_class_mutex "
		   "virtio_gpu_array_unlock_resv") },
	{ "a panic breaks it", BEGIN OP(1), PANIC, TRIAL_PANICKED,
	  SPLAT_IS("FAIL panic Fatal-exception-in-interrupt") },
	{ "of several reports the first names it", GOOD, WARNING OOPS, TRIAL_DONE,
	  SPLAT_IS(SPLAT) },
	{ "a WARNING after an injected fault breaks it", GOOD, INJECTED WARNING, TRIAL_DONE,
	  SPLAT_IS(SPLAT) },
	{ "a report that is cut breaks it", GOOD,
	  CUT_HERE "[    2.000002] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x", TRIAL_DONE,
	  SPLAT_IS("FAIL WARNING lib/a.c") },
	{ "a report breaks it though the guest stood still, too", BEGIN OP(1), WARNING,
	  TRIAL_SILENT, SPLAT_IS(SPLAT) },
	{ "a report breaks it though the program did not begin", "", WARNING, TRIAL_SILENT,
	  SPLAT_IS(SPLAT) },
	{ "a report breaks it though the client then fails", BEGIN OP(1) RET(1, 0) HELPLESS,
	  WARNING, TRIAL_DONE, SPLAT_IS(SPLAT) },
	{ "a guest that resets itself without a word breaks it", BEGIN OP(1), NULL, TRIAL_RESET,
	  SPLAT_IS("FAIL guest-reset") },
	{ "nobody knows of a guest that stood still without a word", BEGIN OP(1), NULL,
	  TRIAL_SILENT, SPLAT_IS(STOOD_STILL) },
	{ "nobody knows of a guest with a hung task", BEGIN OP(1), HUNG, TRIAL_HUNG,
	  SPLAT_IS(STOOD_STILL) },
};

static const struct example lockups[] = {
	{ "operations that all come back keep it", GOOD, NULL, TRIAL_DONE, LOCKUP_IS("PASS") },
	{ "an operation that fails has come back, too", BEGIN OP(1) RET(1, 12) END, NULL,
	  TRIAL_DONE, LOCKUP_IS("PASS") },
	{ "an operation that never comes back breaks it", BEGIN OP(1), NULL, TRIAL_SILENT,
	  LOCKUP_IS("FAIL silence cursor") },
	{ "the operation is the last one, not the first",
	  BEGIN OP(1) RET(1, 0) "op 2 20 7 0 commit cursor=C1 nonblock\n", NULL, TRIAL_SILENT,
	  LOCKUP_IS("FAIL silence commit") },
	{ "an operation of one word is named whole", BEGIN "op 1 13 5 0 hide\n", NULL, TRIAL_SILENT,
	  LOCKUP_IS("FAIL silence hide") },
	{ "silence after an operation breaks it", BEGIN OP(1) RET(1, 0), NULL, TRIAL_SILENT,
	  LOCKUP_IS("FAIL silence between operations") },
	{ "silence before any operation breaks it", BEGIN, NULL, TRIAL_SILENT,
	  LOCKUP_IS("FAIL silence before the first operation") },
	{ "silence behind the client's end breaks it", BEGIN OP(1) RET(1, 0) "end 17\nexit 18 0\n",
	  NULL, TRIAL_SILENT, LOCKUP_IS("FAIL silence after the client's end") },
	{ "a flip whose event does not come breaks it",
	  BEGIN OP(1) RET(1, 0) "stat 15 flip.missing 1\n" END, NULL, TRIAL_DONE,
	  LOCKUP_IS("FAIL no event for a flip") },
	{ "a monitor that is never noticed breaks it",
	  BEGIN OP(1) RET(1, 0) "host 15 1 7\nstat 15 hotplug.missing 7\n" END, NULL, TRIAL_DONE,
	  LOCKUP_IS("FAIL no event for a hotplug") },
	{ "a return that is cut is none", BEGIN OP(1) "ret 1 14 0", NULL, TRIAL_SILENT,
	  LOCKUP_IS("FAIL silence cursor") },
	{ "another operation's return is not its own", BEGIN OP(2) RET(1, 0), NULL, TRIAL_SILENT,
	  LOCKUP_IS("FAIL silence cursor") },
	{ "a hung task breaks it", BEGIN OP(1), HUNG, TRIAL_HUNG,
	  LOCKUP_IS("FAIL hung-task virtio_gpu_array_lock_resv") },
	{ "a hung task breaks it though the program came to its end", GOOD, HUNG, TRIAL_DONE,
	  LOCKUP_IS("FAIL hung-task virtio_gpu_array_lock_resv") },
	{ "a hung task is named though there was a splat before", BEGIN OP(1), WARNING HUNG,
	  TRIAL_HUNG, LOCKUP_IS("FAIL hung-task virtio_gpu_array_lock_resv") },
	{ "silence after a splat breaks it all the same", BEGIN OP(1), WARNING, TRIAL_SILENT,
	  LOCKUP_IS("FAIL silence cursor") },
	{ "nobody knows of a kernel that has splatted and went on", GOOD, WARNING, TRIAL_DONE,
	  LOCKUP_IS(NOT_BELIEVED) },
	{ "nobody knows of a kernel that has killed the client", BEGIN OP(1) KILLED, OOPS,
	  TRIAL_DONE, LOCKUP_IS(NOT_BELIEVED) },
	{ "nobody knows of a kernel that has panicked", BEGIN OP(1), PANIC, TRIAL_PANICKED,
	  LOCKUP_IS(NOT_BELIEVED) },
	{ "nobody knows of a guest that was reset", BEGIN OP(1), NULL, TRIAL_RESET,
	  LOCKUP_IS("SKIP the guest was reset") },
};

static const struct example rollbacks[] = {
	{ "a failure that changes nothing keeps it", BEGIN STATE FAILED(1) AFTER(1) END, NULL,
	  TRIAL_DONE, ROLLBACK_IS("PASS") },
	{ "so do many", BEGIN STATE FAILED(1) AFTER(1) FAILED(2) AFTER(2) FAILED(3) AFTER(3) END,
	  NULL, TRIAL_DONE, ROLLBACK_IS("PASS") },
	{ "the same values once more are no change", BEGIN STATE FAILED(1) STATE AFTER(1) END, NULL,
	  TRIAL_DONE, ROLLBACK_IS("PASS") },
	{ "a plane's property that changed breaks it", BEGIN STATE FAILED(1) MOVED AFTER(1) END,
	  NULL, TRIAL_DONE, ROLLBACK_IS("FAIL cursor changed plane CRTC_X") },
	{ "but not behind a rival that has begun by then",
	  BEGIN STATE FAILED(1) AFTER(1) "stat 14 rival.line 6\n" MOVED AFTER(1) END, NULL,
	  TRIAL_DONE, ROLLBACK_IS("PASS") },
	{ "another count is no rival's",
	  BEGIN STATE FAILED(1) "stat 14 signal.due 6\n" MOVED AFTER(1) END, NULL, TRIAL_DONE,
	  ROLLBACK_IS("FAIL cursor changed plane CRTC_X") },
	{ "the last property counts, too",
	  BEGIN STATE FAILED(1) "state 14 plane:33 FB_ID=42 CRTC_X=10 CRTC_Y=40\n" AFTER(1) END,
	  NULL, TRIAL_DONE, ROLLBACK_IS("FAIL cursor changed plane CRTC_Y") },
	{ "a framebuffer that changed breaks it",
	  BEGIN STATE FAILED(1) "state 14 plane:33 FB_ID=43 CRTC_X=10 CRTC_Y=20\n" AFTER(1) END,
	  NULL, TRIAL_DONE, ROLLBACK_IS("FAIL cursor changed plane FB_ID") },
	{ "a CRTC's property that changed breaks it",
	  BEGIN STATE FAILED(1) SWITCHED_OFF AFTER(1) END, NULL, TRIAL_DONE,
	  ROLLBACK_IS("FAIL cursor changed crtc ACTIVE") },
	{ "what the legacy interface sees counts, too",
	  BEGIN STATE FAILED(1) "state 14 legacy:36 fb=42 x=0 y=0\n" AFTER(1) END, NULL, TRIAL_DONE,
	  ROLLBACK_IS("FAIL cursor changed legacy fb") },
	{ "the operation is named", BEGIN STATE BEFORE(1) COMMIT_FAILED MOVED AFTER(1) END, NULL,
	  TRIAL_DONE, ROLLBACK_IS("FAIL commit changed plane CRTC_X") },
	{ "a later failure breaks it after one that kept it",
	  BEGIN STATE FAILED(1) AFTER(1) FAILED(2) SWITCHED_OFF AFTER(2) END, NULL, TRIAL_DONE,
	  ROLLBACK_IS("FAIL cursor changed crtc ACTIVE") },
	{ "a change that was undone before the read-back's end is none",
	  BEGIN STATE FAILED(1) SWITCHED_OFF SWITCHED_ON AFTER(1) END, NULL, TRIAL_DONE,
	  ROLLBACK_IS("PASS") },
	{ "what a success changed is what the next failure must keep",
	  BEGIN STATE OP(1) RET(1, 0) MOVED FAILED(2) AFTER(2) END, NULL, TRIAL_DONE,
	  ROLLBACK_IS("PASS") },
	{ "to fall back behind the last success breaks it",
	  BEGIN STATE OP(1) RET(1, 0) MOVED FAILED(2) MOVED_BACK AFTER(2) END, NULL, TRIAL_DONE,
	  ROLLBACK_IS("FAIL cursor changed plane CRTC_X") },
	{ "a change breaks it though the guest stood still later",
	  BEGIN STATE FAILED(1) SWITCHED_OFF AFTER(1) OP(2), NULL, TRIAL_SILENT,
	  ROLLBACK_IS("FAIL cursor changed crtc ACTIVE") },
	{ "nobody knows if nothing failed", GOOD, NULL, TRIAL_DONE, ROLLBACK_IS(NONE_FAILED) },
	{ "nobody knows if a success was read back",
	  BEGIN STATE BEFORE(1) OP(1) RET(1, 0) SWITCHED_OFF AFTER(1) END, NULL, TRIAL_DONE,
	  ROLLBACK_IS(NONE_FAILED) },
	{ "nobody knows if there was no look before", BEGIN OP(1) RET(1, 12) STATE AFTER(1) END,
	  NULL, TRIAL_DONE, ROLLBACK_IS(NONE_FAILED) },
	{ "nobody knows if the look before was another operation's",
	  BEGIN STATE BEFORE(1) OP(1) RET(1, 0) OP(2) RET(2, 12) SWITCHED_OFF AFTER(2) END, NULL,
	  TRIAL_DONE, ROLLBACK_IS(NONE_FAILED) },
	{ "nobody knows if there was no look after", BEGIN STATE FAILED(1), NULL, TRIAL_SILENT,
	  ROLLBACK_IS(NONE_FAILED) },
	{ "nobody knows of a kernel that has splatted", BEGIN STATE FAILED(1) AFTER(1) END, WARNING,
	  TRIAL_DONE, ROLLBACK_IS(NOT_BELIEVED) },
};

static const struct example expects[] = {
	{ "a return that is allowed keeps it", GOOD, NULL, TRIAL_DONE, EXPECT_IS("PASS") },
	{ "so does the other one", BEGIN OP(1) RET(1, 12) END, NULL, TRIAL_DONE,
	  EXPECT_IS("PASS") },
	{ "an error that is not allowed breaks it", BEGIN OP(1) RET(1, 4) END, NULL, TRIAL_DONE,
	  EXPECT_IS("FAIL cursor in line 5 returned EINTR") },
	{ "an error without a name in the language breaks it, too", BEGIN OP(1) RET(1, 18) END,
	  NULL, TRIAL_DONE, EXPECT_IS("FAIL cursor in line 5 returned Invalid cross-device link") },
	{ "success breaks it where only an error will do", GOOD, NULL, TRIAL_DONE,
	  EXPECT_IS("FAIL cursor in line 5 returned ok"),
	  "output 8x8\nbuffer C1 cursor 8x8\n\nexpect ENOMEM\ncursor C1\n" },
	{ "every round of a repeat must keep it",
	  BEGIN OP(1) RET(1, 0) OP(2) RET(2, 0) OP(3) RET(3, 4) END, NULL, TRIAL_DONE,
	  EXPECT_IS("FAIL cursor in line 5 returned EINTR"),
	  "output 8x8\nbuffer C1 cursor 8x8\nrepeat 3\nexpect ok\ncursor C1\nend\n" },
	{ "a fault between expect and its operation does not part them", BEGIN OP(1) RET(1, 4) END,
	  NULL, TRIAL_DONE, EXPECT_IS("FAIL cursor in line 5 returned EINTR"),
	  "output 8x8\nbuffer C1 cursor 8x8\nexpect ok\nfault nth=1\ncursor C1\n" },
	{ "it is for the next operation only",
	  BEGIN OP(1) RET(1, 4) "op 2 20 6 0 hide\n" RET(2, 12) END, NULL, TRIAL_DONE,
	  EXPECT_IS("PASS"),
	  "output 8x8\nbuffer C1 cursor 8x8\n\nexpect EINTR\ncursor C1\nhide\n" },
	{ "nothing is expected of an undo",
	  BEGIN OP(1) RET(1, 0) "op 2 20 5 0 undo\n" RET(2, 4) END, NULL, TRIAL_DONE,
	  EXPECT_IS("PASS") },
	{ "a failure breaks it though the guest stood still later", BEGIN OP(1) RET(1, 4) OP(2),
	  NULL, TRIAL_SILENT, EXPECT_IS("FAIL cursor in line 5 returned EINTR") },
	{ "nobody knows if nothing is expected", GOOD, NULL, TRIAL_DONE,
	  EXPECT_IS("SKIP the program expects nothing"),
	  "output 8x8\nbuffer C1 cursor 8x8\n\n\ncursor C1\n" },
	{ "nobody knows if the operation was not reached",
	  BEGIN "op 1 13 3 0 cursor C1\n" RET(1, 4) END, NULL, TRIAL_DONE,
	  EXPECT_IS("SKIP the program expects nothing") },
	{ "nobody knows of an operation that did not come back", BEGIN OP(1) RET(1, 0) OP(2), NULL,
	  TRIAL_SILENT, EXPECT_IS(STOOD_STILL) },
	{ "nobody knows of a kernel that has splatted", GOOD, WARNING, TRIAL_DONE,
	  EXPECT_IS(NOT_BELIEVED) },
};

#define ANNOTATED "output 8x8\nbuffer C1 cursor 8x8\nannotate\n\ncursor C1\n"
#define TAILS "stat 15 annotate.tails 7\n"
#define CIRCLE "lockdep-circular reservation_ww_class_mutex dma_fence_map"
#define LEFT_TO_ANNOTATED "SKIP the commit tail is annotated: fence-annotated judges"

static const struct example annotations[] = {
	{ "commits that wait for nothing keep it", BEGIN OP(1) RET(1, 0) TAILS END, NULL,
	  TRIAL_DONE, ANNOTATED_IS("PASS", "PASS"), ANNOTATED },
	{ "a lock that may wait for the fence breaks it, and is no splat",
	  BEGIN OP(1) RET(1, 0) TAILS END, CIRCULAR, TRIAL_DONE,
	  ANNOTATED_IS(LEFT_TO_ANNOTATED, "FAIL " CIRCLE), ANNOTATED },
	{ "without annotation the same report is a splat", GOOD, CIRCULAR, TRIAL_DONE,
	  ANNOTATED_IS("FAIL " CIRCLE, "SKIP the commit tail is not annotated") },
	{ "it breaks it though the guest stood still", BEGIN OP(1), CIRCULAR, TRIAL_SILENT,
	  ANNOTATED_IS(LEFT_TO_ANNOTATED, "FAIL " CIRCLE), ANNOTATED },
	{ "another error is a splat beside it", BEGIN OP(1) RET(1, 0) TAILS END, CIRCULAR WARNING,
	  TRIAL_DONE, ANNOTATED_IS(SPLAT, "FAIL " CIRCLE), ANNOTATED },
	{ "so is a circle of locks in which no fence is", BEGIN OP(1) RET(1, 0) TAILS END,
	  OTHER_CIRCULAR, TRIAL_DONE,
	  ANNOTATED_IS("FAIL lockdep-circular mmap_lock reservation_ww_class_mutex", NOT_BELIEVED),
	  ANNOTATED },
	{ "so is what lockdep says of a lock by itself", BEGIN OP(1) RET(1, 0) TAILS END, LOCKDEP,
	  TRIAL_DONE,
	  ANNOTATED_IS("FAIL lockdep-unlock-balance reservation_ww_class_mutex "
		       "virtio_gpu_array_unlock_resv",
		       NOT_BELIEVED),
	  ANNOTATED },
	{ "nobody knows of a kernel that has splatted", BEGIN OP(1) RET(1, 0) TAILS END, WARNING,
	  TRIAL_DONE, ANNOTATED_IS(SPLAT, NOT_BELIEVED), ANNOTATED },
	{ "nobody knows of a guest that stood still", BEGIN OP(1), NULL, TRIAL_SILENT,
	  ANNOTATED_IS(STOOD_STILL, STOOD_STILL), ANNOTATED },
	{ "nobody knows if nothing is annotated", GOOD, NULL, TRIAL_DONE,
	  ANNOTATED_IS("PASS", "SKIP the commit tail is not annotated") },
};

/* All at once, as a matrix has them. */
static const struct example wholes[] = {
	{ "a quiet trial",
	  GOOD,
	  NULL,
	  TRIAL_DONE,
	  { "PASS", "PASS", UNWATCHED, NONE_FAILED, "PASS" } },
	{ "a trial with failures that are handled",
	  BEGIN STATE FAILED(1) AFTER(1) END,
	  INJECTED,
	  TRIAL_DONE,
	  { "PASS", "PASS", UNWATCHED, "PASS", "PASS" } },
	{ "a splat, and the program went on to its end",
	  BEGIN STATE FAILED(1) AFTER(1) END,
	  WARNING,
	  TRIAL_DONE,
	  { SPLAT, NOT_BELIEVED, UNWATCHED, NOT_BELIEVED, NOT_BELIEVED } },
	{ "a splat, then silence",
	  BEGIN STATE FAILED(1) AFTER(1) OP(2),
	  WARNING,
	  TRIAL_SILENT,
	  { SPLAT, "FAIL silence cursor", UNWATCHED, NOT_BELIEVED, NOT_BELIEVED } },
	{ "a lockup without a word",
	  BEGIN STATE OP(1),
	  NULL,
	  TRIAL_SILENT,
	  { STOOD_STILL, "FAIL silence cursor", UNWATCHED, NONE_FAILED,
	    "SKIP the program expects nothing" } },
	{ "a lockup that the kernel noticed",
	  BEGIN STATE OP(1) RET(1, 0) OP(2),
	  HUNG,
	  TRIAL_HUNG,
	  { STOOD_STILL, "FAIL hung-task virtio_gpu_array_lock_resv", UNWATCHED, NONE_FAILED,
	    STOOD_STILL } },
	{ "a panic",
	  BEGIN STATE OP(1) RET(1, 0) OP(2),
	  OOPS PANIC,
	  TRIAL_PANICKED,
	  { "FAIL Oops dma_resv_add_fence", NOT_BELIEVED, UNWATCHED, NONE_FAILED, NOT_BELIEVED } },
};

/* What a program asks for must have happened, or nothing PASSes. */
#define WITH(lines) "output 8x8\nbuffer C1 cursor 8x8\n" lines "expect ok|ENOMEM\ncursor C1\n"
#define STAT(name, value) "stat 16 " name " " #value "\n"
#define FIRED(seq) "ret " #seq " 14 0 1\n"

static const struct example gaps[] = {
	{ "a fault that fired is one", BEGIN "op 1 13 5 1 cursor C1\n" FIRED(1) END, INJECTED,
	  TRIAL_DONE, ALL("PASS"), WITH("fault nth=1\n") },
	{ "a fault that did not fire is none", BEGIN "op 1 13 5 1 cursor C1\n" RET(1, 0) END, NULL,
	  TRIAL_DONE, ALL("SKIP no allocation was made to fail"), WITH("fault nth=1\n") },
	{ "signals that were delivered are some",
	  BEGIN OP(1) RET(1, 0) STAT("signals.delivered", 7) END, NULL, TRIAL_DONE, ALL("PASS"),
	  WITH("signals every=1ms\n") },
	{ "signals that were not delivered are none",
	  BEGIN OP(1) RET(1, 0) STAT("signals.delivered", 0) END, NULL, TRIAL_DONE,
	  ALL("SKIP no signal was delivered"), WITH("signals every=1ms\n") },
	{ "signals that nobody counted are none", GOOD, NULL, TRIAL_DONE,
	  ALL("SKIP no signal was delivered"), WITH("signals every=1ms\n") },
	{ "signals that are only switched off are not asked for", GOOD, NULL, TRIAL_DONE,
	  ALL("PASS"), WITH("signals off\n") },
	{ "contention that took the lock is some",
	  BEGIN OP(1) RET(1, 0) STAT("contend.C1.loops", 1000) END, NULL, TRIAL_DONE, ALL("PASS"),
	  WITH("contend C1 threads=1\n") },
	{ "contention that never took the lock is none",
	  BEGIN OP(1) RET(1, 0) STAT("contend.C1.loops", 0) END, NULL, TRIAL_DONE,
	  ALL("SKIP no buffer was contended for"), WITH("contend C1 threads=1\n") },
	{ "allocations that failed by chance are some",
	  BEGIN OP(1) RET(1, 0) STAT("pressure.alloc", 3) END, NULL, TRIAL_DONE, ALL("PASS"),
	  WITH("pressure alloc=5\n") },
	{ "allocations that all succeeded are none",
	  BEGIN OP(1) RET(1, 0) STAT("pressure.alloc", 0) END, NULL, TRIAL_DONE,
	  ALL("SKIP no allocation failed by chance"), WITH("pressure alloc=5\n") },
	{ "a memory cgroup at its limit is one",
	  BEGIN OP(1) RET(1, 0) STAT("pressure.memory", 3) END, NULL, TRIAL_DONE, ALL("PASS"),
	  WITH("pressure memory=4M\n") },
	{ "a memory cgroup with room is none", BEGIN OP(1) RET(1, 0) STAT("pressure.memory", 0) END,
	  NULL, TRIAL_DONE, ALL("SKIP the memory cgroup never was at its limit"),
	  WITH("pressure memory=4M\n") },
	{ "a descriptor that was refused is one", BEGIN OP(1) RET(1, 0) STAT("pressure.fds", 1) END,
	  NULL, TRIAL_DONE, ALL("PASS"), WITH("pressure fds=0\n") },
	{ "descriptors that all were had are none",
	  BEGIN OP(1) RET(1, 0) STAT("pressure.fds", 0) END, NULL, TRIAL_DONE,
	  ALL("SKIP no descriptor was refused"), WITH("pressure fds=9\n") },
	{ "a queue without room is full", BEGIN OP(1) RET(1, 0) STAT("pressure.queue", 20) END,
	  NULL, TRIAL_DONE, ALL("PASS"), WITH("pressure queue\n") },
	{ "a queue that nobody waited for is not",
	  BEGIN OP(1) RET(1, 0) STAT("pressure.queue", 0) END, NULL, TRIAL_DONE,
	  ALL("SKIP the control queue never was full"), WITH("pressure queue\n") },
	{ "of two pressures, each must press",
	  BEGIN OP(1) RET(1, 0) STAT("pressure.queue", 20) STAT("pressure.fds", 0) END, NULL,
	  TRIAL_DONE, SPLAT_IS("SKIP no descriptor was refused"),
	  WITH("pressure queue\npressure fds=1\n") },
	{ "a pressure that is only switched off is not asked for", GOOD, NULL, TRIAL_DONE,
	  ALL("PASS"), WITH("pressure off\n") },
	{ "a device that nobody watched may have had memory for everything", GOOD, NULL, TRIAL_DONE,
	  ALL("SKIP the device is not known to have run out of memory"),
	  "device max_hostmem=8M\noutput 8x8\nbuffer C1 cursor 8x8\nexpect ok\ncursor C1\n" },
	{ "commits that ran annotated are", BEGIN OP(1) RET(1, 0) STAT("annotate.tails", 3) END,
	  NULL, TRIAL_DONE, ALL("PASS"), WITH("annotate\n") },
	{ "commits of which none ran annotated are not",
	  BEGIN OP(1) RET(1, 0) STAT("annotate.tails", 0) END, NULL, TRIAL_DONE,
	  ALL("SKIP no commit ran annotated"), WITH("annotate locks\n") },
	{ "commits of which nobody says that they ran annotated are not", GOOD, NULL, TRIAL_DONE,
	  ANNOTATED_IS("SKIP no commit ran annotated", "SKIP no commit ran annotated"),
	  WITH("annotate\n") },
	{ "a kernel without lockdep cannot annotate", BEGIN "stat 11 lacks 3\n" OP(1) RET(1, 0) END,
	  NULL, TRIAL_DONE,
	  ANNOTATED_IS("SKIP the device lacks what the program asks for",
		       "SKIP the device lacks what the program asks for"),
	  WITH("annotate\n") },
	{ "a console that lost lines may have lost a report", GOOD,
	  HARMLESS "[    2.000001] ** 512 printk messages dropped **\n", TRIAL_DONE,
	  ALL("SKIP the console lost lines") },
	{ "what has failed has failed all the same",
	  BEGIN OP(1) RET(1, 4) END,
	  WARNING,
	  TRIAL_DONE,
	  { SPLAT, NOT_BELIEVED, UNWATCHED, NONE_FAILED, "FAIL cursor in line 5 returned EINTR" },
	  WITH("fault nth=1\n") },
};

static struct program_file *new_file(const char *text)
{
	struct program_file *file = g_new0(struct program_file, 1);
	struct program_error error = { 0 };

	file->name = g_strdup("example");
	file->path = g_strdup("example.storm");
	file->text = g_strdup(text);
	file->len = strlen(text);
	file->program = program_parse(text, file->len, &error);
	if (!file->program)
		print_error("line %d: %s\n", error.line, error.text);
	assert_non_null(file->program);
	return file;
}

static struct trial *judge(const struct program_file *file, enum trial_end end, const char *console,
			   const char *journal, gsize journal_len)
{
	struct trial *trial = trial_new("example", file);
	struct recording recording = { .console = console ? console : "",
				       .console_len = console ? strlen(console) : 0,
				       .journal = journal,
				       .journal_len = journal_len };

	trial_finish(trial, end, &recording);
	return trial;
}

static char *describe(const struct verdict *verdict)
{
	assert_non_null(verdict->signature);
	return g_strconcat(verdict_name(verdict->kind), *verdict->signature ? " " : "",
			   verdict->signature, NULL);
}

static void check_example(void **state)
{
	const struct example *row = *state;
	struct program_file *file = new_file(row->program ? row->program : PROGRAM);
	struct trial *trial =
		judge(file, row->end, row->console, row->journal, strlen(row->journal));

	if (trial->flaw)
		print_error("set-up failure: %s\n", trial->flaw);
	assert_null(trial->flaw);
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		char *actual = describe(&trial->verdicts[rule]);

		if (row->verdicts[rule])
			assert_string_equal(actual, row->verdicts[rule]);
		g_free(actual);
	}
	trial_free(trial);
	program_file_free(file);
}

/* The same program, watched. */
static void test_a_device_runs_out_of_memory_when_it_says_so(void **state)
{
	struct program_file *file = new_file("device max_hostmem=8M\noutput 8x8\nmodeset off\n");
	struct updates updates = { .denied = 0 };
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	struct evidence evidence = { .program = file->program,
				     .events = events,
				     .updates = &updates };

	(void)state;
	assert_string_equal(evidence_gap(&evidence),
			    "the device is not known to have run out of memory");
	updates.denied = 1;
	assert_null(evidence_gap(&evidence));
	program_file_free(file);
}

/* Set-up failures: a trial that is no evidence gives no verdict at all. */
static const struct flaw {
	const char *name;
	const char *journal;
	const char *console;
	enum trial_end end;
	const char *flaw;
} flaws[] = {
	{ "the client could not do its work",
	  BEGIN "error 20 line 2: cannot make buffer C1: Cannot allocate memory\nexit 21 256\n",
	  NULL, TRIAL_DONE,
	  "the guest could not run the program: line 2: cannot make buffer C1: "
	  "Cannot allocate memory" },
	{ "the client could not do its work, after good operations",
	  BEGIN OP(1) RET(1, 0) "error 20 cannot arm the fault: Permission denied\nexit 21 256\n",
	  NULL, TRIAL_DONE,
	  "the guest could not run the program: cannot arm the fault: Permission denied" },
	{ "the agent could not start the client", "error 20 cannot start a client: No memory\n",
	  NULL, TRIAL_DONE,
	  "the guest could not run the program: cannot start a client: No memory" },
	{ "the client was killed and the kernel said nothing", BEGIN OP(1) "exit 18 11\n", HARMLESS,
	  TRIAL_DONE, "the client was killed by signal 11 and the kernel said nothing" },
	{ "the client was killed and the kernel spoke of an injection only", BEGIN OP(1) KILLED,
	  INJECTED, TRIAL_DONE, "the client was killed by signal 9 and the kernel said nothing" },
	{ "the client ended with an error", BEGIN OP(1) RET(1, 0) "exit 18 768\n", NULL, TRIAL_DONE,
	  "the client ended with status 3" },
	{ "the client ended well, but not its program", BEGIN OP(1) RET(1, 0) "exit 18 0\n", NULL,
	  TRIAL_DONE, "the client ended before its program did" },
	{ "a line of the journal is none", BEGIN OP(1) "re1 14 0 0\n" OP(2) RET(2, 0) END, NULL,
	  TRIAL_DONE, "the journal is not whole" },
	{ "an operation's return is missing", BEGIN OP(1) RET(1, 0) OP(2) END, NULL, TRIAL_DONE,
	  "the journal is not whole" },
	{ "an operation's return is missing before the next", BEGIN OP(1) OP(2) RET(2, 0) END, NULL,
	  TRIAL_DONE, "the journal is not whole" },
	{ "an operation is missing", BEGIN OP(1) RET(1, 0) RET(2, 0) OP(3) RET(3, 0) END, NULL,
	  TRIAL_DONE, "the journal is not whole" },
	{ "an operation and its return are missing", BEGIN OP(1) RET(1, 0) OP(3) RET(3, 0) END,
	  NULL, TRIAL_DONE, "the journal is not whole" },
	{ "a check is missing", BEGIN OP(1) RET(1, 0) "check 15 2\nend 17\nexit 18 0\n", NULL,
	  TRIAL_DONE, "the journal is not whole" },
	{ "nothing was executed", BEGIN END, NULL, TRIAL_DONE, "no operation was executed" },
	{ "the guest never began", "", NULL, TRIAL_SILENT, "the guest did not begin the program" },
	{ "the guest said nothing but rubbish", "xyzzy\n\n[ 1.0] op 1\n", HARMLESS, TRIAL_SILENT,
	  "the guest did not begin the program" },
	{ "the guest's first line was cut", "begin 10 6.12.94", NULL, TRIAL_SILENT,
	  "the guest did not begin the program" },
};

static void assert_no_evidence(const struct trial *trial, const char *flaw)
{
	assert_non_null(trial->flaw);
	if (flaw)
		assert_string_equal(trial->flaw, flaw);
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		assert_int_equal(trial->verdicts[rule].kind, VERDICT_SKIP);
		assert_string_equal(trial->verdicts[rule].signature, trial->flaw);
	}
}

static void check_flaw(void **state)
{
	const struct flaw *row = *state;
	struct program_file *file = new_file(PROGRAM);
	struct trial *trial =
		judge(file, row->end, row->console, row->journal, strlen(row->journal));

	assert_no_evidence(trial, row->flaw);
	trial_free(trial);
	program_file_free(file);
}

/* QEMU that died and a run that was interrupted: whatever had been said until then. */
static void check_no_evidence_without_vm(void **state)
{
	static const enum trial_end ends[] = { TRIAL_NO_VM, TRIAL_CANCELLED };
	const struct example *row = *state;
	struct program_file *file = new_file(row->program ? row->program : PROGRAM);

	for (size_t i = 0; i < LENGTH(ends); i++) {
		struct trial *trial =
			judge(file, ends[i], row->console, row->journal, strlen(row->journal));

		assert_no_evidence(trial, NULL);
		trial_free(trial);
	}
	program_file_free(file);
}

static void test_a_reason_that_is_known_stands(void **state)
{
	struct program_file *file = new_file(PROGRAM);
	struct trial *trial = trial_new("example", file);

	(void)state;
	trial->flaw = g_strdup("QEMU was killed by signal 9");
	trial_finish(trial, TRIAL_NO_VM,
		     &(struct recording){ .console = WARNING,
					  .console_len = strlen(WARNING),
					  .journal = GOOD,
					  .journal_len = strlen(GOOD) });
	assert_no_evidence(trial, "QEMU was killed by signal 9");
	trial_free(trial);
	program_file_free(file);
}

static void test_interruptions_are_told_from_failed_allocations(void **state)
{
	static const char console[] = INJECTED
		"[    3.000001] FAULT_INJECTION: forcing a failure.\n"
		"[    3.000001] name fail_function, interval 1, probability 0, space 0, times 1\n";
	struct program_file *file = new_file(PROGRAM);
	struct trial *trial = judge(file, TRIAL_DONE, console, GOOD, strlen(GOOD));

	(void)state;
	assert_int_equal(trial->interrupted, 1);
	trial_free(trial);
	program_file_free(file);
}

/* The journal's clock says 10 ns at the program's start, and is half a second behind the console's. */
static void test_a_splat_has_its_time(void **state)
{
	struct program_file *file = new_file(PROGRAM);
	struct trial *trial =
		judge(file, TRIAL_DONE, "[    1.500000] planestorm: clock 1000000000\n" WARNING,
		      GOOD, strlen(GOOD));

	(void)state;
	assert_string_equal(trial->verdicts[RULE_SPLAT].details, "after 1.50 s of guest time");
	trial_free(trial);
	program_file_free(file);
}

/* After a report nothing is proved, whatever the guest says of itself. */
static void check_no_pass_after_a_splat(void **state)
{
	const struct example *row = *state;
	struct program_file *file = new_file(row->program ? row->program : PROGRAM);
	char *console = g_strconcat(row->console ? row->console : "", WARNING, NULL);
	struct trial *trial = judge(file, row->end, console, row->journal, strlen(row->journal));

	assert_null(trial->flaw);
	assert_int_equal(trial->verdicts[RULE_SPLAT].kind, VERDICT_FAIL);
	for (int rule = 0; rule < RULE_COUNT; rule++)
		assert_int_not_equal(trial->verdicts[rule].kind, VERDICT_PASS);
	trial_free(trial);
	g_free(console);
	program_file_free(file);
}

/* A guest that stands still has not kept the promise to come back, and has not been quiet. */
static void check_no_pass_in_silence(void **state)
{
	static const enum trial_end ends[] = { TRIAL_SILENT, TRIAL_HUNG };
	const struct example *row = *state;
	struct program_file *file = new_file(row->program ? row->program : PROGRAM);

	for (size_t i = 0; i < LENGTH(ends); i++) {
		struct trial *trial =
			judge(file, ends[i], row->console, row->journal, strlen(row->journal));

		assert_int_equal(trial->verdicts[RULE_LOCKUP].kind, VERDICT_FAIL);
		assert_int_not_equal(trial->verdicts[RULE_SPLAT].kind, VERDICT_PASS);
		assert_int_not_equal(trial->verdicts[RULE_EXPECT].kind, VERDICT_PASS);
		trial_free(trial);
	}
	program_file_free(file);
}

/* A program that did not come to its end has not passed, wherever its journal was cut. */
static void check_cut_journal(void **state)
{
	const struct example *row = *state;
	struct program_file *file = new_file(row->program ? row->program : PROGRAM);
	size_t len = strlen(row->journal);

	for (size_t cut = 0; cut < len; cut++) {
		/* Not terminated: a step beyond its end is noticed. */
		char *journal = g_memdup2(row->journal, cut);
		struct trial *trial = judge(file, TRIAL_SILENT, row->console, journal, cut);

		assert_true(trial->flaw || trial->verdicts[RULE_LOCKUP].kind == VERDICT_FAIL);
		assert_int_not_equal(trial->verdicts[RULE_SPLAT].kind, VERDICT_PASS);
		assert_int_not_equal(trial->verdicts[RULE_EXPECT].kind, VERDICT_PASS);
		trial_free(trial);
		g_free(journal);
	}
	program_file_free(file);
}

static guint read_journal(const char *text, GArray *events)
{
	g_array_set_size(events, 0);
	return journal_read(text, strlen(text), events);
}

static void test_rubbish_in_a_journal_is_passed_over_and_counted(void **state)
{
	GArray *events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));

	(void)state;
	assert_int_equal(read_journal("", events), 0);
	assert_int_equal(events->len, 0);
	assert_int_equal(read_journal(BEGIN "rubbish\n\n" OP(1) "op 1 13\n" RET(1, 0), events), 3);
	assert_int_equal(events->len, 3);
	assert_int_equal(g_array_index(events, struct journal_event, 2).kind, JOURNAL_RET);
	assert_int_equal(read_journal(BEGIN "end 17", events), 1);
	assert_int_equal(events->len, 1);
	g_array_unref(events);
}

static void test_rules_are_known_by_their_names(void **state)
{
	(void)state;
	for (int i = 0; i < RULE_COUNT; i++) {
		assert_int_equal(rule_by_name(rules[i].name), i);
		assert_true(strlen(rules[i].promise) > 10);
	}
	assert_int_equal(rule_by_name("splat"), RULE_SPLAT);
	assert_int_equal(rule_by_name("Splat"), -1);
	assert_int_equal(rule_by_name(""), -1);
	assert_string_equal(verdict_name(VERDICT_PASS), "PASS");
	assert_string_equal(verdict_name(VERDICT_FAIL), "FAIL");
	assert_string_equal(verdict_name(VERDICT_SKIP), "SKIP");
}

/* The tables above are complete: each rule that the guest and its console decide on has an example
 * of each verdict. The others' are among the golden runs. */
static void test_every_rule_has_every_verdict(void **state)
{
	static const struct {
		const struct example *rows;
		size_t count;
	} tables[RULE_COUNT] = {
		[RULE_SPLAT] = { splats, LENGTH(splats) },
		[RULE_LOCKUP] = { lockups, LENGTH(lockups) },
		[RULE_ROLLBACK] = { rollbacks, LENGTH(rollbacks) },
		[RULE_EXPECT] = { expects, LENGTH(expects) },
	};

	(void)state;
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		for (int kind = 0; tables[rule].rows && kind < VERDICT_KINDS; kind++) {
			bool seen = false;

			for (size_t i = 0; i < tables[rule].count; i++)
				seen |= g_str_has_prefix(tables[rule].rows[i].verdicts[rule],
							 verdict_name((enum verdict_kind)kind));
			assert_true(seen);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rule_has_every_verdict),
		cmocka_unit_test(test_rules_are_known_by_their_names),
		cmocka_unit_test(test_a_device_runs_out_of_memory_when_it_says_so),
		cmocka_unit_test(test_rubbish_in_a_journal_is_passed_over_and_counted),
		cmocka_unit_test(test_a_reason_that_is_known_stands),
		cmocka_unit_test(test_interruptions_are_told_from_failed_allocations),
		cmocka_unit_test(test_a_splat_has_its_time),
	};
	int failed = cmocka_run_group_tests_name("rules", tests, NULL, NULL);

	failed += RUN_ROWS("splat: the kernel reports no error", splats, check_example);
	failed += RUN_ROWS("lockup: every operation comes back", lockups, check_example);
	failed += RUN_ROWS("rollback: a failure leaves the state", rollbacks, check_example);
	failed += RUN_ROWS("expect: what the program expects", expects, check_example);
	failed += RUN_ROWS("fence-annotated", annotations, check_example);
	failed += RUN_ROWS("all rules at once", wholes, check_example);
	failed += RUN_ROWS("no PASS for what did not happen", gaps, check_example);
	failed += RUN_ROWS("no evidence", flaws, check_flaw);
	failed += RUN_ROWS("no evidence without a VM", wholes, check_no_evidence_without_vm);
	failed += RUN_ROWS("no PASS after a splat", wholes, check_no_pass_after_a_splat);
	failed += RUN_ROWS("no PASS in silence", wholes, check_no_pass_in_silence);
	failed += RUN_ROWS("no PASS for a journal that is cut", wholes, check_cut_journal);
	return failed ? 1 : 0;
}
