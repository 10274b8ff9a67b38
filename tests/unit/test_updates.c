// SPDX-License-Identifier: MIT
/* What becomes of updates, by examples. test_updates_others.c has the operations that few use. */
#include "tests/unit/story.h"

#define PROGRAM                                                                                    \
	"output 640x480\n"                                                                         \
	"buffer P1 primary 640x480 image=checker\n"                                                \
	"buffer P2 primary 640x480 image=solid\n"                                                  \
	"buffer C1 cursor 64x64 image=arrow\n"                                                     \
	"buffer C2 cursor 64x64 image=cross\n"                                                     \
	"cursor C1 at=10,20\n"	       /* line 6 */                                                \
	"cursor C2 at=30,40 hot=1,2\n" /* line 7 */                                                \
	"move 50,60\n"		       /* line 8 */                                                \
	"hide\n"		       /* line 9 */                                                \
	"commit primary=P1\n"	       /* line 10 */                                               \
	"flip P2\n"		       /* line 11 */                                               \
	"paint C1\n"		       /* line 12 */                                               \
	"commit primary=off\n"	       /* line 13 */                                               \
	"commit cursor=C2 test\n"      /* line 14 */                                               \
	"commit at=10,20 hot=5,6\n"    /* line 15 */                                               \
	"check\n"                                                                                  \
	"commit at=70,80\n"	      /* line 17 */                                                \
	"cursor C2\n"		      /* line 18 */                                                \
	"commit cursor=C2 at=50,60\n" /* line 19 */                                                \
	"modeset off\n"		      /* line 20 */                                                \
	"modeset 640x480\n"	      /* line 21 */                                                \
	"commit cursor=C2 at=30,40\n" /* line 22 */

#define CURSOR_C1(seq) OP(seq, 6, "cursor C1 at=10,20")
#define CURSOR_C2(seq) OP(seq, 7, "cursor C2 at=30,40 hot=1,2")
#define C1_SHOWN(seq) CURSOR_C1(seq) TRANSFER(3) UPDATE(3, 10, 20) RET(seq, 0)
#define C2_SHOWN(seq) CURSOR_C2(seq) TRANSFER(4) UPDATE(4, 30, 40) RET(seq, 0)

#define HOST_C1                                                                                    \
	{                                                                                          \
		.cursor = "C1", .x = 10, .y = 20                                                   \
	}
#define HOST_C2                                                                                    \
	{                                                                                          \
		.cursor = "C2", .x = 30, .y = 40, .hot_x = 1, .hot_y = 2                           \
	}

static const struct example examples[] = {
	{ "a cursor is shown", BEGIN C1_SHOWN(1) CHECK END, HOST_C1 },
	{ "two cursors in turn", BEGIN C1_SHOWN(1) C2_SHOWN(2) CHECK END, HOST_C2 },
	{ "the device takes its time, the guest goes on",
	  BEGIN CURSOR_C1(1) TRANSFER(3) RET(1, 0) CURSOR_C2(2) UPDATE(3, 10, 20) TRANSFER(4)
		  RET(2, 0) CHECK UPDATE(4, 30, 40) END,
	  HOST_C2 },
	{ "an update that never comes",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) RET(2, 0) CHECK END,
	  HOST_C1,
	  { 4, 0, 0 },
	  "cursor image never sent cursor",
	  2 },
	{ "one of several: the right one is named",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) RET(2, 0) C1_SHOWN(3) C2_SHOWN(4) CHECK END,
	  HOST_C2,
	  { 1, 0, 0 },
	  NULL,
	  0 },
	{ "a move, and the same place again, which needs no command",
	  BEGIN C1_SHOWN(1) OP(2, 8, "move 50,60") MOVE(3, 50, 60) RET(2, 0) OP(3, 8, "move 50,60")
		  RET(3, 0) CHECK END,
	  { .cursor = "C1", .x = 50, .y = 60 } },
	{ "a move that never comes",
	  BEGIN C1_SHOWN(1) OP(2, 8, "move 50,60") RET(2, 0) CHECK END,
	  HOST_C1,
	  { 2, 0, 0 },
	  "cursor move never sent move",
	  2 },
	{ "a move to another place",
	  BEGIN C1_SHOWN(1) OP(2, 8, "move 50,60") MOVE(3, 50, 61) RET(2, 0) CHECK END,
	  { .cursor = "C1", .x = 50, .y = 61 },
	  { 2, 0, 0 },
	  "cursor move never sent move",
	  2 },
	{ "the cursor is hidden",
	  BEGIN C1_SHOWN(1) OP(2, 9, "hide") UPDATE(0, 10, 20) RET(2, 0) CHECK END },
	{ "hidden already: nothing is owed", BEGIN OP(1, 9, "hide") RET(1, 0) CHECK END },
	{ "a cursor that stays",
	  BEGIN C1_SHOWN(1) OP(2, 9, "hide") RET(2, 0) CHECK END,
	  HOST_C1,
	  { 2, 0, 0 },
	  "cursor hide never sent hide",
	  2 },
	{ "a new image comes as a move",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) TRANSFER(4) MOVE(4, 30, 40) RET(2, 0) CHECK END,
	  HOST_C2,
	  { 1, 0, 0 },
	  "cursor image never sent cursor",
	  2 },
	{ "a hide comes as a move without a resource",
	  BEGIN C1_SHOWN(1) OP(2, 9, "hide") MOVE(0, 10, 20) RET(2, 0) CHECK END },
	{ "told twice is told",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) TRANSFER(4) UPDATE(4, 30, 40) UPDATE(4, 30, 40) RET(2, 0)
		  CHECK END,
	  HOST_C2 },
	{ "a hotspot without an image: MOVE_CURSOR does not carry it",
	  BEGIN C1_SHOWN(1) OP(2, 15, "commit at=10,20 hot=5,6") MOVE(3, 10, 20) RET(2, 0)
		  CHECK END,
	  HOST_C1,
	  { 2, 0, 0 },
	  "cursor hotspot never sent commit",
	  2 },
	{ "the primary plane",
	  BEGIN OP(1, 10, "commit primary=P1") TRANSFER(1) SCANOUT(1) FLUSH(1) RET(1, 0)
		  OP(2, 11, "flip P2") RET(2, 0) TRANSFER(2) SCANOUT(2) FLUSH(2) CHECK END,
	  { .scanout = "P2" } },
	{ "a flush without its transfer",
	  BEGIN OP(1, 10, "commit primary=P1") SCANOUT(1) FLUSH(1) RET(1, 0) CHECK END,
	  { .scanout = NULL },
	  { 2, 0, 0 },
	  "primary pixels never transferred commit",
	  1 },
	{ "no flush",
	  BEGIN OP(1, 10, "commit primary=P1") TRANSFER(1) SCANOUT(1) RET(1, 0) CHECK END,
	  { .scanout = NULL },
	  { 2, 0, 0 },
	  "primary flush never sent commit",
	  1 },
	{ "a flush of what is not on the scanout",
	  BEGIN OP(1, 10, "commit primary=P1") TRANSFER(1) FLUSH(1) RET(1, 0) CHECK END,
	  { .scanout = NULL },
	  { 2, 0, 0 },
	  "primary flush never sent commit",
	  1 },
	{ "the primary plane off",
	  BEGIN OP(1, 10, "commit primary=P1") TRANSFER(1) SCANOUT(1) FLUSH(1) RET(1, 0)
		  OP(2, 13, "commit primary=off") SCANOUT(0) RET(2, 0) CHECK END,
	  { .dark = TRUE } },
	{ "the primary plane stays on",
	  BEGIN OP(1, 10, "commit primary=P1") TRANSFER(1) SCANOUT(1) FLUSH(1) RET(1, 0)
		  OP(2, 13, "commit primary=off") RET(2, 0) CHECK END,
	  { .scanout = "P1" },
	  { 1, 0, 0 },
	  "primary off never sent commit",
	  2 },
	{ "a stale cursor",
	  BEGIN CURSOR_C1(1) UPDATE(3, 10, 20) RET(1, 0) TRANSFER(3) C2_SHOWN(2) CHECK END,
	  HOST_C2,
	  { 0, 1, 0 },
	  "UPDATE_CURSOR before TRANSFER_TO_HOST_2D",
	  1 },
	{ "pixels that have not changed may be shown again at once",
	  BEGIN C1_SHOWN(1) C2_SHOWN(2) CURSOR_C1(3) UPDATE(3, 10, 20) TRANSFER(3) RET(3, 0)
		  CHECK END,
	  HOST_C1 },
	{ "painted anew, they may not",
	  BEGIN C1_SHOWN(1) C2_SHOWN(2) "paint 15 12 5\n" CURSOR_C1(3) UPDATE(3, 10, 20) RET(3, 0)
		  TRANSFER(3) C2_SHOWN(4) CHECK END,
	  HOST_C2,
	  { 0, 1, 0 },
	  "UPDATE_CURSOR before TRANSFER_TO_HOST_2D",
	  3 },
	{ "painted anew, transferred, shown",
	  BEGIN C1_SHOWN(1) C2_SHOWN(2) "paint 15 12 5\n" C1_SHOWN(3) CHECK END,
	  { .cursor = "C1", .picture = 5, .x = 10, .y = 20 } },
	{ "a cursor whose pixels never come",
	  BEGIN CURSOR_C1(1) UPDATE(3, 10, 20) RET(1, 0) CHECK END,
	  HOST_C1,
	  { 1, 0, 0 },
	  "cursor pixels never transferred cursor",
	  1 },
	{ "a refused update leaves everything as it was",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) RET(2, 12) CHECK END, HOST_C1 },
	{ "a commit on an output that is off shows nothing",
	  BEGIN OP(1, 20, "modeset off") SCANOUT(0) RET(1, 0) OP(2, 10, "commit primary=P1")
		  SCANOUT(0) RET(2, 0) OP(3, 21, "modeset 640x480") SCANOUT(9) FLUSH(9) RET(3, 0)
			  CHECK END },
	{ "a framebuffer that a rival has shown before",
	  BEGIN C1_SHOWN(1) "stat 12 rival.line 19\n" TRANSFER(4)
		  UPDATE(4, 50, 60) "stat 13 rival.done 1\n" OP(2, 19, "commit cursor=C2 at=50,60")
			  RET(2, 0) CHECK END,
	  { .cursor = "C2", .x = 50, .y = 60 } },
	{ "one that it has shown, and that is not moved",
	  BEGIN C1_SHOWN(1) "stat 12 rival.line 19\n" TRANSFER(4)
		  UPDATE(4, 50, 60) "stat 13 rival.done 1\n" OP(2, 22, "commit cursor=C2 at=30,40")
			  RET(2, 0) CHECK END,
	  { .cursor = "C2", .x = 50, .y = 60 },
	  { 1, 0, 0 },
	  "cursor place differs at a check" },
	{ "one that it has shown by a legacy ioctl is another one",
	  BEGIN C1_SHOWN(1) "stat 12 rival.line 7\n" TRANSFER(4)
		  UPDATE(4, 30, 40) "stat 13 rival.done 1\n" OP(2, 19, "commit cursor=C2 at=50,60")
			  RET(2, 0) CHECK END,
	  { .cursor = "C2", .x = 50, .y = 60 },
	  { 1, 0, 0 },
	  "cursor image never sent commit",
	  2 },
	{ "an operation that failed, and then a rival of another process",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) RET(2, 12) "stat 12 rival.line 7\n" TRANSFER(4)
		  UPDATE(4, 30, 40) "stat 13 rival.done 1\n" CHECK END,
	  HOST_C2 },
	{ "a refused update that comes all the same",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) TRANSFER(4) UPDATE(4, 30, 40) RET(2, 12) CHECK END,
	  HOST_C2,
	  { 0, 0, 4 },
	  "cursor changed the cursor on the host",
	  2 },
	{ "a refused update that the host shows and the trace does not",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) RET(2, 12) CHECK END,
	  { .cursor = "C1", .x = 30, .y = 40 },
	  { 0, 0, 1 },
	  "cursor place differs at a check after a failure",
	  2 },
	{ "a refused update that shows new pixels in the same place",
	  BEGIN C1_SHOWN(1) "paint 15 12 5\n" CURSOR_C1(2) TRANSFER(3) UPDATE(3, 10, 20) RET(2, 12)
		  CHECK END,
	  { .cursor = "C1", .picture = 5, .x = 10, .y = 20 },
	  { 0, 0, 2 },
	  "cursor changed the cursor on the host",
	  2 },
	{ "refused, and then done", BEGIN C1_SHOWN(1) CURSOR_C2(2) RET(2, 4) C2_SHOWN(3) CHECK END,
	  HOST_C2 },
	{ "a flip that fails and changes the primary plane",
	  BEGIN OP(1, 11, "flip P2") TRANSFER(2) SCANOUT(2) FLUSH(2) RET(1, 16) CHECK END,
	  { .scanout = "P2" },
	  { 0, 0, 2 },
	  "flip changed the primary plane on the host",
	  1 },
	{ "a flip that fails before the device has taken up the success before it",
	  BEGIN OP(1, 10, "commit primary=P1") TRANSFER(1) RET(1, 0) OP(2, 11, "flip P2") SCANOUT(1)
		  FLUSH(1) RET(2, 16) CHECK END,
	  { .scanout = "P1" } },
	{ "a flip that fails and is shown after the success before it",
	  BEGIN OP(1, 10, "commit primary=P1") TRANSFER(1) RET(1, 0) OP(2, 11, "flip P2") SCANOUT(1)
		  FLUSH(1) SCANOUT(2) FLUSH(2) RET(2, 16) CHECK END,
	  { .scanout = "P2" },
	  { 0, 0, 2 },
	  "flip changed the primary plane on the host",
	  2 },
	{ "a cursor that fails before the device has taken up the success before it",
	  BEGIN CURSOR_C1(1) TRANSFER(3) RET(1, 0) CURSOR_C2(2) UPDATE(3, 10, 20) RET(2, 12)
		  CHECK END,
	  HOST_C1 },
	{ "a cursor that fails before the device has taken up the move of an image that was lost",
	  BEGIN C1_SHOWN(1) CURSOR_C2(2) RET(2, 0) OP(3, 8, "move 50,60") RET(3, 0) CURSOR_C1(4)
		  MOVE(3, 50, 60) RET(4, 12) CHECK END,
	  { .cursor = "C1", .x = 50, .y = 60 },
	  { 4, 0, 0 },
	  "cursor image never sent cursor",
	  2 },
	{ "a test commit changes nothing",
	  BEGIN C1_SHOWN(1) OP(2, 14, "commit cursor=C2 test") RET(2, 0) CHECK END, HOST_C1 },
	{ "a sweep: lost, put back, refused, done",
	  BEGIN C1_SHOWN(1) "op 2 10 7 3 cursor C2 at=30,40 hot=1,2\nret 2 11 0 1\n"
			    "op 3 12 7 0 undo\n" TRANSFER(3) UPDATE(3, 10, 20)
				    RET(3, 0) "op 4 10 7 4 cursor C2 at=30,40 hot=1,2\nret 4 11 12 "
					      "1\n" C2_SHOWN(5) CHECK END,
	  HOST_C2,
	  { 1, 0, 0 },
	  "cursor image never sent cursor",
	  2 },
	{ "an undo that the device is told of",
	  BEGIN C1_SHOWN(1) C2_SHOWN(2) OP(3, 7, "undo") TRANSFER(3) UPDATE(3, 10, 20) RET(3, 0)
		  CHECK END,
	  HOST_C1 },
	{ "an undo shows what the buffer holds by now",
	  BEGIN C1_SHOWN(1) "paint 15 12 5\n" C2_SHOWN(2) OP(3, 7, "undo") TRANSFER(3)
		  UPDATE(3, 10, 20) RET(3, 0) CHECK END,
	  { .cursor = "C1", .picture = 5, .x = 10, .y = 20 } },
	{ "nobody checks what comes last", BEGIN C1_SHOWN(1) CHECK CURSOR_C2(2) RET(2, 0) END,
	  HOST_C1, .open = 1 },
	{ "pixels that nobody checks for, either",
	  BEGIN C1_SHOWN(1) CHECK CURSOR_C2(2) UPDATE(4, 30, 40) RET(2, 0) END, HOST_C1,
	  .open = 1 },
	{ "all is shown, as the device's trace has it, and nobody checks",
	  BEGIN C1_SHOWN(1) CHECK C2_SHOWN(2) END, HOST_C1, .open = 1 },
	{ "a failure that nobody checks after", BEGIN C1_SHOWN(1) CHECK CURSOR_C2(2) RET(2, 12) END,
	  HOST_C1, .open_failures = 1 },
	{ "a success after the failure is what counts",
	  BEGIN C1_SHOWN(1) CHECK CURSOR_C2(2) RET(2, 12) CURSOR_C1(3) RET(3, 0) END, HOST_C1 },
	{ "an undo of nothing", BEGIN OP(1, 7, "undo") RET(1, 0) CHECK END, { .scanout = NULL } },
	{ "a failure is innocent of what was lost before",
	  BEGIN OP(1, 10, "commit primary=P1") SCANOUT(1) FLUSH(1) RET(1, 0) OP(2, 11, "flip P2")
		  RET(2, 12) CHECK END,
	  { .scanout = NULL },
	  { 2, 0, 0 },
	  "primary pixels never transferred commit",
	  1 },
	{ "a success's own move is not the next failure's",
	  BEGIN C1_SHOWN(1) OP(2, 8, "move 50,60") MOVE(3, 50, 60) RET(2, 0)
		  OP(3, 15, "commit at=10,20 hot=5,6") RET(3, 0) CURSOR_C2(4) MOVE(3, 10, 20)
			  RET(4, 16) CHECK END,
	  HOST_C1,
	  { 2, 0, 0 },
	  "cursor hotspot never sent commit",
	  3 },
	{ "what comes after the end is cleaning up",
	  BEGIN C1_SHOWN(1) CHECK END UPDATE(0, 0, 0) SCANOUT(0), HOST_C1 },
	{ "what comes after the end is not the last failure's doing",
	  BEGIN C1_SHOWN(1) CHECK CURSOR_C2(2) RET(2, 12) END UPDATE(0, 0, 0) SCANOUT(2), HOST_C1,
	  .open_failures = 1 },
	{ "a legacy cursor without a place goes where the last legacy ioctl put it",
	  BEGIN C1_SHOWN(1) OP(2, 17, "commit at=70,80") MOVE(3, 70, 80) RET(2, 0)
		  OP(3, 18, "cursor C2") TRANSFER(4) UPDATE(4, 10, 20) RET(3, 0) CHECK END,
	  { .cursor = "C2", .x = 10, .y = 20 } },
	{ "a legacy cursor without a place stays where an atomic commit put it",
	  BEGIN C1_SHOWN(1) OP(2, 17, "commit at=70,80") MOVE(3, 70, 80) RET(2, 0)
		  OP(3, 18, "cursor C2") TRANSFER(4) UPDATE(4, 70, 80) RET(3, 0) CHECK END,
	  { .cursor = "C2", .x = 70, .y = 80 },
	  { 2, 0, 0 },
	  "cursor image never sent cursor",
	  3 },
	{ "the host shows another image",
	  BEGIN C1_SHOWN(1) CHECK END,
	  { .cursor = "C2", .x = 10, .y = 20 },
	  { 1, 0, 0 },
	  "cursor image differs at a check",
	  0 },
	{ "the host shows a pixel with another alpha",
	  BEGIN C1_SHOWN(1) CHECK END,
	  { .cursor = "C1", .x = 10, .y = 20, .flipped = 0x01000000 },
	  { 1, 0, 0 },
	  "cursor image differs at a check",
	  0 },
	{ "the host shows a pixel with another blue",
	  BEGIN C1_SHOWN(1) CHECK END,
	  { .cursor = "C1", .x = 10, .y = 20, .flipped = 0x00000001 },
	  { 1, 0, 0 },
	  "cursor image differs at a check",
	  0 },
	{ "the host shows an older picture",
	  BEGIN C1_SHOWN(1) "paint 15 12 5\n" C2_SHOWN(2) C1_SHOWN(3) CHECK END,
	  HOST_C1,
	  { 1, 0, 0 },
	  "cursor image differs at a check",
	  0 },
	{ "the host shows it elsewhere",
	  BEGIN C1_SHOWN(1) CHECK END,
	  { .cursor = "C1", .x = 10, .y = 21 },
	  { 1, 0, 0 },
	  "cursor place differs at a check",
	  0 },
	{ "the host has another hotspot",
	  BEGIN C1_SHOWN(1) C2_SHOWN(2) CHECK END,
	  { .cursor = "C2", .x = 30, .y = 40, .hot_x = 1, .hot_y = 1 },
	  { 1, 0, 0 },
	  "cursor hotspot differs at a check",
	  0 },
	{ "the host hides it",
	  BEGIN C1_SHOWN(1) CHECK END,
	  { .cursor = NULL },
	  { 1, 0, 0 },
	  "cursor visibility differs at a check",
	  0 },
	{ "a display that never shows anything",
	  BEGIN C1_SHOWN(1) CHECK END,
	  { .dark = TRUE },
	  { 2, 0, 0 },
	  "scanout differs at a check",
	  0 },
	{ "another picture on the scanout",
	  BEGIN C1_SHOWN(1) CHECK END,
	  { .scanout = "P1", .cursor = "C1", .x = 10, .y = 20 },
	  { 1, 0, 0 },
	  "scanout differs at a check",
	  0 },
};

static void check_example(void **state)
{
	check_story(*state, PROGRAM);
}

int main(void)
{
	return RUN_ROWS("updates", examples, check_example);
}
