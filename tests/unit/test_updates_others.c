// SPDX-License-Identifier: MIT
/*
 * What becomes of updates by the operations that most programs have no use for, by examples: each
 * operation is seen to do what it should, and not to. test_updates.c has the others.
 */
#include "tests/unit/story.h"

#define PROGRAM                                                                                    \
	"output 640x480\n"                                                                         \
	"buffer P1 primary 640x480 image=checker\n"                                                \
	"buffer P2 primary 640x480 image=solid\n"                                                  \
	"buffer C1 cursor 64x64 image=arrow\n"                                                     \
	"buffer C2 cursor 64x64 image=cross\n"                                                     \
	"commit primary=P1 cursor=C1 at=10,20\n" /* line 6 */                                      \
	"setplane primary=P2\n"			 /* line 7 */                                      \
	"setplane cursor=C2 at=30,40\n"		 /* line 8 */                                      \
	"setplane primary=off\n"		 /* line 9 */                                      \
	"setplane cursor=off\n"			 /* line 10 */                                     \
	"paint P1\n"				 /* line 11 */                                     \
	"dirty P1\n"				 /* line 12 */                                     \
	"paint C1\n"				 /* line 13 */                                     \
	"dirty C1\n"				 /* line 14 */                                     \
	"rmfb P1\n"				 /* line 15 */                                     \
	"rmfb C1\n"				 /* line 16 */                                     \
	"cursor C1 at=10,20 hot=3,4\n"		 /* line 17 */                                     \
	"modeset 640x480\n"			 /* line 18 */                                     \
	"modeset off\n"				 /* line 19 */                                     \
	"close\n"				 /* line 20 */                                     \
	"output 640x480\n"			 /* line 21 */                                     \
	"destroy C1\n"				 /* line 22 */                                     \
	"create C1\n"				 /* line 23 */                                     \
	"commit cursor=C1 at=10,20\n"		 /* line 24 */                                     \
	"setplane cursor=C2 at=50,60\n"		 /* line 25, a rival's */                          \
	"setplane primary=P2\n"			 /* line 26, the same */                           \
	"commit primary=P1\n"			 /* line 27 */                                     \
	"destroy P1\n"				 /* line 28 */                                     \
	"create P1\n"				 /* line 29 */                                     \
	"check\n"

/* P1 and C1 are shown, C1 by an atomic commit or by the legacy ioctl. */
#define PRIMARY TRANSFER(1) SCANOUT(1) FLUSH(1)
#define BOTH                                                                                       \
	BEGIN OP(1, 6, "commit primary=P1 cursor=C1 at=10,20") PRIMARY TRANSFER(3)                 \
		UPDATE(3, 10, 20) RET(1, 0)
#define LEGACY BEGIN OP(1, 17, "cursor C1 at=10,20 hot=3,4") TRANSFER(3) UPDATE(3, 10, 20) RET(1, 0)
#define SET_P2(err, told) OP(2, 7, "setplane primary=P2") told RET(2, err)
#define SET_C2(err, told) OP(2, 8, "setplane cursor=C2 at=30,40") told RET(2, err)
#define P2_TOLD TRANSFER(2) SCANOUT(2) FLUSH(2)
#define C2_TOLD TRANSFER(4) UPDATE(4, 30, 40)
#define PAINT_P1 "paint 15 11 5\n"
#define PAINT_C1 "paint 15 13 5\n"
#define DIRTY_P1(err, told) OP(2, 12, "dirty P1") told RET(2, err)
#define DIRTY_C1(err, told) OP(2, 14, "dirty C1") told RET(2, err)
#define RMFB_P1(err, told) OP(2, 15, "rmfb P1") told RET(2, err)
#define RMFB_C1(err, told) OP(2, 16, "rmfb C1") told RET(2, err)
#define MODESET(err, told) OP(2, 18, "modeset 640x480") told RET(2, err)
#define MODESET_OFF(err, told) OP(2, 19, "modeset off") told RET(2, err)
#define CLOSE(told) OP(2, 20, "close") told RET(2, 0)
#define OUTPUT "output 16 21\n" SCANOUT(9) FLUSH(9)
#define DARK SCANOUT(0) UPDATE(0, 10, 20)
/* C1 makes place for C2, its memory is given back, and it gets another one, resource 5. */
#define REMADE                                                                                     \
	BOTH SET_C2(0, C2_TOLD) OP(3, 22, "destroy C1") RET(3, 0) OP(4, 23, "create C1")           \
		RET(4, 0) "buffer 14 C1 0 0 5\n" PAINT_C1
#define COMMIT_C1(told) OP(5, 24, "commit cursor=C1 at=10,20") told RET(5, 0)
#define CURSOR_RIVAL "stat 12 rival.line 25\n"
#define PRIMARY_RIVAL "stat 12 rival.line 26\n"
#define C2_RIVAL TRANSFER(4) UPDATE(4, 50, 60)
#define LEGACY_C1(told) OP(2, 17, "cursor C1 at=10,20 hot=3,4") told RET(2, 0)
#define RIVALS_END "stat 17 rival.done 7\n"
#define COMMIT_P1(told) OP(2, 27, "commit primary=P1") told RET(2, 0)

#define C1_THERE .cursor = "C1", .x = 10, .y = 20
#define C2_THERE .cursor = "C2", .x = 30, .y = 40

static const struct example setplanes[] = {
	{ "both planes",
	  BOTH SET_P2(0, P2_TOLD) OP(3, 8, "setplane cursor=C2 at=30,40") C2_TOLD RET(3, 0)
		  CHECK END,
	  { .scanout = "P2", C2_THERE } },
	{ "a picture that never comes",
	  BOTH SET_P2(0, ) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 2, 0, 0 },
	  "primary flush never sent setplane",
	  2 },
	{ "a picture without its pixels",
	  BOTH SET_P2(0, SCANOUT(2) FLUSH(2)) CHECK END,
	  { .scanout = "P2", C1_THERE },
	  { 1, 0, 0 },
	  "primary pixels never transferred setplane",
	  2 },
	{ "a cursor that never comes",
	  BOTH SET_C2(0, ) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 3, 0, 0 },
	  "cursor image never sent setplane",
	  2 },
	{ "a cursor before its pixels",
	  BOTH SET_C2(0, UPDATE(4, 30, 40)) TRANSFER(4) CHECK END,
	  { .scanout = "P1", C2_THERE },
	  { 0, 1, 0 },
	  "UPDATE_CURSOR before TRANSFER_TO_HOST_2D",
	  2 },
	{ "it leaves the hotspot as it is",
	  LEGACY SET_C2(0, C2_TOLD) CHECK END,
	  { C2_THERE, .hot_x = 3, .hot_y = 4 } },
	{ "the hotspot is lost",
	  LEGACY SET_C2(0, C2_TOLD) CHECK END,
	  { C2_THERE },
	  { 1, 0, 0 },
	  "cursor hotspot differs at a check",
	  0 },
	{ "refused, and nothing happens",
	  BOTH SET_P2(12, ) CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "refused, and shown",
	  BOTH SET_P2(12, P2_TOLD) CHECK END,
	  { .scanout = "P2", C1_THERE },
	  { 0, 0, 2 },
	  "setplane changed the primary plane on the host",
	  2 },
	{ "refused, and the cursor shown",
	  BOTH SET_C2(12, C2_TOLD) CHECK END,
	  { .scanout = "P1", C2_THERE },
	  { 0, 0, 3 },
	  "setplane changed the cursor on the host",
	  2 },
	{ "the cursor off",
	  BOTH OP(2, 10, "setplane cursor=off") UPDATE(0, 10, 20) RET(2, 0) CHECK END,
	  { .scanout = "P1" } },
	{ "a cursor that stays",
	  BOTH OP(2, 10, "setplane cursor=off") RET(2, 0) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 2, 0, 0 },
	  "cursor hide never sent setplane",
	  2 },
	{ "the primary plane off",
	  BOTH OP(2, 9, "setplane primary=off") SCANOUT(0) RET(2, 0) CHECK END,
	  { .dark = TRUE, C1_THERE } },
	{ "a primary plane that stays",
	  BOTH OP(2, 9, "setplane primary=off") RET(2, 0) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 1, 0, 0 },
	  "primary off never sent setplane",
	  2 },
};

static const struct example dirties[] = {
	{ "new pixels",
	  BOTH PAINT_P1 DIRTY_P1(0, TRANSFER(1) FLUSH(1)) CHECK END,
	  { .scanout = "P1", .repainted = 5, C1_THERE } },
	{ "no new pixels: nothing is owed",
	  BOTH DIRTY_P1(0, ) CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "new pixels that are never flushed",
	  BOTH PAINT_P1 DIRTY_P1(0, ) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 2, 0, 0 },
	  "primary flush never sent dirty",
	  2 },
	{ "new pixels that are never transferred",
	  BOTH PAINT_P1 DIRTY_P1(0, FLUSH(1)) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 2, 0, 0 },
	  "primary pixels never transferred dirty",
	  2 },
	{ "the host shows the old ones",
	  BOTH PAINT_P1 DIRTY_P1(0, TRANSFER(1) FLUSH(1)) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 1, 0, 0 },
	  "scanout differs at a check",
	  0 },
	{ "new pixels that nobody has spoken of",
	  BOTH PAINT_P1 CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "the cursor's",
	  BOTH PAINT_C1 DIRTY_C1(0, TRANSFER(3) UPDATE(3, 10, 20)) CHECK END,
	  { .scanout = "P1", .picture = 5, C1_THERE } },
	{ "the cursor's, which never come",
	  BOTH PAINT_C1 DIRTY_C1(0, ) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 2, 0, 0 },
	  "cursor repaint never sent dirty",
	  2 },
	{ "a buffer that is not shown",
	  BEGIN PAINT_P1 OP(1, 12, "dirty P1") RET(1, 0) CHECK END,
	  { .scanout = NULL } },
	{ "a legacy cursor has a framebuffer of its own",
	  LEGACY PAINT_C1 DIRTY_C1(0, ) CHECK END,
	  { C1_THERE, .hot_x = 3, .hot_y = 4 } },
	{ "refused, and nothing happens",
	  BOTH PAINT_P1 DIRTY_P1(12, ) CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "refused, and shown",
	  BOTH PAINT_P1 DIRTY_P1(12, TRANSFER(1) FLUSH(1)) CHECK END,
	  { .scanout = "P1", .repainted = 5, C1_THERE },
	  { 0, 0, 1 },
	  "scanout differs at a check after a failure",
	  2 },
};

static const struct example rmfbs[] = {
	{ "the primary plane goes off",
	  BOTH RMFB_P1(0, SCANOUT(0)) CHECK END,
	  { .dark = TRUE, C1_THERE } },
	{ "the primary plane stays on",
	  BOTH RMFB_P1(0, ) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 1, 0, 0 },
	  "primary off never sent rmfb",
	  2 },
	{ "the cursor goes", BOTH RMFB_C1(0, UPDATE(0, 10, 20)) CHECK END, { .scanout = "P1" } },
	{ "the cursor stays",
	  BOTH RMFB_C1(0, ) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 2, 0, 0 },
	  "cursor hide never sent rmfb",
	  2 },
	{ "what is not shown",
	  BEGIN OP(1, 15, "rmfb P1") RET(1, 0) CHECK END,
	  { .scanout = NULL } },
	{ "a legacy cursor has a framebuffer of its own",
	  LEGACY RMFB_C1(0, ) CHECK END,
	  { C1_THERE, .hot_x = 3, .hot_y = 4 } },
	{ "a legacy cursor that goes",
	  LEGACY RMFB_C1(0, UPDATE(0, 10, 20)) CHECK END,
	  { .cursor = NULL },
	  { 1, 0, 0 },
	  "cursor visibility differs at a check",
	  0 },
	{ "refused, and nothing happens",
	  BOTH RMFB_P1(12, ) CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "refused, and the plane is off",
	  BOTH RMFB_P1(12, SCANOUT(0)) CHECK END,
	  { .dark = TRUE, C1_THERE },
	  { 0, 0, 2 },
	  "rmfb changed the primary plane on the host",
	  2 },
};

static const struct example modesets[] = {
	{ "all is black but for the cursor",
	  BOTH MODESET(0, SCANOUT(9) FLUSH(9)) CHECK END,
	  { C1_THERE } },
	{ "the picture stays",
	  BOTH MODESET(0, SCANOUT(9) FLUSH(9)) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 1, 0, 0 },
	  "scanout differs at a check",
	  0 },
	{ "the cursor goes",
	  BOTH MODESET(0, SCANOUT(9) FLUSH(9)) CHECK END,
	  { .cursor = NULL },
	  { 1, 0, 0 },
	  "cursor visibility differs at a check",
	  0 },
	{ "refused, and nothing happens",
	  BOTH MODESET(12, ) CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "refused, and black",
	  BOTH MODESET(12, SCANOUT(9) FLUSH(9)) CHECK END,
	  { C1_THERE },
	  { 0, 0, 2 },
	  "modeset changed the primary plane on the host",
	  2 },
	{ "off, and on again", BOTH MODESET_OFF(0, DARK) OUTPUT CHECK END, { .cursor = NULL } },
	{ "off, and nobody is told",
	  BOTH MODESET_OFF(0, ) OUTPUT CHECK END,
	  { .cursor = NULL },
	  { 2, 0, 0 },
	  "primary off never sent modeset",
	  2 },
	{ "off, but for the cursor",
	  BOTH MODESET_OFF(0, SCANOUT(0)) OUTPUT CHECK END,
	  { C1_THERE },
	  { 2, 0, 0 },
	  "cursor hide never sent modeset",
	  2 },
	{ "off is refused, and nothing happens",
	  BOTH MODESET_OFF(12, ) CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "off is refused, and the cursor goes",
	  BOTH MODESET_OFF(12, UPDATE(0, 10, 20)) CHECK END,
	  { .scanout = "P1" },
	  { 0, 0, 2 },
	  "modeset changed the cursor on the host",
	  2 },
	{ "an operation that fails before the device has taken up the mode",
	  BOTH MODESET(0, ) OP(3, 7, "setplane primary=P2") SCANOUT(9) FLUSH(9) RET(3, 12)
		  CHECK END,
	  { C1_THERE } },
	{ "an operation that fails, and is shown when the mode has been taken up",
	  BOTH MODESET(0, ) OP(3, 7, "setplane primary=P2") SCANOUT(9) FLUSH(9) P2_TOLD RET(3, 12)
		  CHECK END,
	  { .scanout = "P2", C1_THERE },
	  { 0, 0, 2 },
	  "setplane changed the primary plane on the host",
	  3 },
};

static const struct example closes[] = {
	{ "both planes go off", BOTH CLOSE(DARK) OUTPUT CHECK END, { .cursor = NULL } },
	{ "the primary plane stays on",
	  BOTH CLOSE(UPDATE(0, 10, 20)) OUTPUT CHECK END,
	  { .cursor = NULL },
	  { 1, 0, 0 },
	  "primary off never sent close",
	  2 },
	{ "the cursor stays",
	  BOTH CLOSE(SCANOUT(0)) OUTPUT CHECK END,
	  { C1_THERE },
	  { 2, 0, 0 },
	  "cursor hide never sent close",
	  2 },
	{ "a legacy cursor is nobody's, and stays",
	  LEGACY CLOSE(SCANOUT(0)) OUTPUT CHECK END,
	  { C1_THERE, .hot_x = 3, .hot_y = 4 } },
	{ "a legacy cursor that goes",
	  LEGACY CLOSE(DARK) OUTPUT CHECK END,
	  { .cursor = NULL },
	  { 1, 0, 0 },
	  "cursor visibility differs at a check",
	  0 },
};

static const struct example remade[] = {
	{ "the new memory is transferred and shown",
	  REMADE COMMIT_C1(TRANSFER(5) UPDATE(5, 10, 20)) CHECK END,
	  { .scanout = "P1", .picture = 5, C1_THERE } },
	{ "the old memory is shown",
	  REMADE COMMIT_C1(TRANSFER(3) UPDATE(3, 10, 20)) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 2, 0, 0 },
	  "cursor image never sent commit",
	  5 },
	{ "the old memory is transferred",
	  REMADE COMMIT_C1(TRANSFER(3) UPDATE(5, 10, 20)) CHECK END,
	  { .scanout = "P1", .picture = 5, C1_THERE },
	  { 1, 0, 0 },
	  "cursor pixels never transferred commit",
	  5 },
	{ "the new memory is shown before it is transferred",
	  REMADE COMMIT_C1(UPDATE(5, 10, 20)) TRANSFER(5) CHECK END,
	  { .scanout = "P1", .picture = 5, C1_THERE },
	  { 0, 1, 0 },
	  "UPDATE_CURSOR before TRANSFER_TO_HOST_2D",
	  5 },
	{ "the host shows what was in the old memory",
	  REMADE COMMIT_C1(TRANSFER(5) UPDATE(5, 10, 20)) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 1, 0, 0 },
	  "cursor image differs at a check",
	  0 },
	{ "the old memory is shown late, and is what was asked for",
	  BOTH SET_C2(0, C2_TOLD) OP(3, 24, "commit cursor=C1 at=10,20") RET(3, 0)
		  OP(4, 22, "destroy C1") RET(4, 0) OP(5, 23, "create C1")
			  RET(5, 0) "buffer 14 C1 0 0 5\n" UPDATE(3, 10, 20) CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "the old memory is flushed late, and is what was asked for",
	  BEGIN OP(1, 27, "commit primary=P1") TRANSFER(1) SCANOUT(1) RET(1, 0)
		  OP(2, 28, "destroy P1") RET(2, 0) OP(3, 29, "create P1")
			  RET(3, 0) "buffer 14 P1 0 0 6\n" FLUSH(1) CHECK END,
	  { .scanout = "P1" } },
	{ "the old memory's pixels never came: the new one's are not late",
	  BEGIN OP(1, 24, "commit cursor=C1 at=10,20") UPDATE(3, 10, 20) RET(1, 0)
		  OP(2, 22, "destroy C1") RET(2, 0) OP(3, 23, "create C1")
			  RET(3, 0) "buffer 14 C1 0 0 5\n" TRANSFER(5) CHECK END,
	  { C1_THERE } },
};

static const struct example rivals[] = {
	{ "its cursor",
	  BOTH CURSOR_RIVAL C2_RIVAL RIVALS_END CHECK END,
	  { .scanout = "P1", .cursor = "C2", .x = 50, .y = 60 } },
	{ "another cursor than its own",
	  BOTH CURSOR_RIVAL RIVALS_END CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "its picture",
	  BOTH PRIMARY_RIVAL P2_TOLD RIVALS_END CHECK END,
	  { .scanout = "P2", C1_THERE } },
	{ "what it has no hand in is judged: the picture",
	  BOTH CURSOR_RIVAL C2_RIVAL RIVALS_END CHECK END,
	  { .scanout = "P2", .cursor = "C2", .x = 50, .y = 60 },
	  { 1, 0, 0 },
	  "scanout differs at a check",
	  0 },
	{ "what it has no hand in is judged: the cursor",
	  BOTH PRIMARY_RIVAL P2_TOLD RIVALS_END CHECK END,
	  { .scanout = "P2" },
	  { 1, 0, 0 },
	  "cursor visibility differs at a check",
	  0 },
	{ "while it is there, nothing is owed",
	  BOTH PRIMARY_RIVAL P2_TOLD COMMIT_P1() P2_TOLD RIVALS_END CHECK END,
	  { .scanout = "P2", C1_THERE },
	  .unjudged = 1 },
	{ "of a plane that it leaves alone, all is judged",
	  BOTH CURSOR_RIVAL COMMIT_P1() C2_RIVAL RIVALS_END CHECK END,
	  { .scanout = "P1", .cursor = "C2", .x = 50, .y = 60 } },
	{ "what is on no plane is not judged while it is there",
	  BOTH CURSOR_RIVAL OP(2, 23, "create C1") RET(2, 12) C2_RIVAL RIVALS_END CHECK END,
	  { .scanout = "P1", .cursor = "C2", .x = 50, .y = 60 },
	  .unjudged = 1 },
	{ "when it has ended, the program shows again",
	  BOTH PRIMARY_RIVAL P2_TOLD RIVALS_END COMMIT_P1(PRIMARY) CHECK END,
	  { .scanout = "P1", C1_THERE } },
	{ "when it has ended, the program is owed again",
	  BOTH PRIMARY_RIVAL P2_TOLD RIVALS_END COMMIT_P1() CHECK END,
	  { .scanout = "P2", C1_THERE },
	  { 2, 0, 0 },
	  "primary flush never sent commit",
	  2 },
	{ "what it changes is not a failed operation's doing",
	  BOTH PRIMARY_RIVAL SET_P2(12, P2_TOLD) RIVALS_END CHECK END,
	  { .scanout = "P2", C1_THERE },
	  .unjudged = 1 },
	{ "what comes after it is",
	  BOTH PRIMARY_RIVAL P2_TOLD RIVALS_END SET_P2(12, SCANOUT(1)) CHECK END,
	  { .scanout = "P1", C1_THERE },
	  { 0, 0, 1 },
	  "setplane changed the primary plane on the host",
	  2 },
	{ "while it is there, no cursor is owed",
	  BOTH CURSOR_RIVAL C2_RIVAL LEGACY_C1() C2_RIVAL RIVALS_END CHECK END,
	  { .scanout = "P1" },
	  .unjudged = 1 },
	{ "when it has ended, a cursor is owed again",
	  BOTH CURSOR_RIVAL C2_RIVAL RIVALS_END LEGACY_C1() CHECK END,
	  { .scanout = "P1", .cursor = "C2", .x = 50, .y = 60 },
	  { 4, 0, 0 },
	  "cursor image never sent cursor",
	  2 },
	{ "when it has ended, the very cursor from before it is owed again",
	  LEGACY CURSOR_RIVAL C2_RIVAL RIVALS_END LEGACY_C1() CHECK END,
	  { .cursor = "C2", .x = 50, .y = 60, .hot_x = 3, .hot_y = 4 },
	  { 3, 0, 0 },
	  "cursor image never sent cursor",
	  2 },
	{ "when it has ended, the program's cursor must be there",
	  BOTH CURSOR_RIVAL C2_RIVAL RIVALS_END LEGACY_C1(TRANSFER(3) UPDATE(3, 10, 20)) CHECK END,
	  { .scanout = "P1", .cursor = "C1", .x = 10, .y = 20, .hot_x = 3, .hot_y = 4 } },
	{ "when it has ended, the program's cursor is elsewhere",
	  BOTH CURSOR_RIVAL C2_RIVAL RIVALS_END LEGACY_C1(TRANSFER(3) UPDATE(3, 10, 20)) CHECK END,
	  { .scanout = "P1", .cursor = "C1", .x = 11, .y = 20, .hot_x = 3, .hot_y = 4 },
	  { 1, 0, 0 },
	  "cursor place differs at a check",
	  0 },
};

static void check_example(void **state)
{
	check_story(*state, PROGRAM);
}

int main(void)
{
	int failed = RUN_ROWS("setplane", setplanes, check_example);

	failed += RUN_ROWS("dirty", dirties, check_example);
	failed += RUN_ROWS("rmfb", rmfbs, check_example);
	failed += RUN_ROWS("modeset", modesets, check_example);
	failed += RUN_ROWS("close", closes, check_example);
	failed += RUN_ROWS("a buffer remade", remade, check_example);
	failed += RUN_ROWS("rival", rivals, check_example);
	return failed;
}
