/* SPDX-License-Identifier: MIT */
/*
 * From hand to eye: what a person does in front of the display, and whether and when the same person sees what comes
 * of it. All of it goes through QEMU's display: its tablet and keyboard, the guest's libinput, the
 * compositor, the cursor plane, and back to the display's messages.
 */
#ifndef PLANESTORM_HANDS_H
#define PLANESTORM_HANDS_H

#include "tests/runner/hands_report.h"
#include "tests/runner/live.h"

/*
 * Point at @count places on head 0 that @seed chooses, one after the other. Each must be seen before the next one: one
 * message, and within a pixel. Returns FALSE with @error set if that cannot be known.
 */
gboolean hands_point(struct live *live, guint count, guint64 seed, struct hands *hands,
		     GError **error);

/* Press and release mouse button and key in turns: each changes the cursor's image. As above. */
gboolean hands_press(struct live *live, guint count, struct hands *hands, GError **error);

/*
 * Plug in and out, @count times: another monitor at head 0, one that comes, goes and changes at head 1. Each time what is
 * to be seen there must be. Both heads must be watched. As above.
 */
gboolean hands_plug(struct live *live, guint count, struct hands *hands, GError **error);

/*
 * Go to another terminal by keys and come back, @count times: there, nothing of the compositor may be seen, whatever is done;
 * then the picture must come back, go on or, if it is a still one, stand still, and the cursor follow. What is timed is how long the picture takes. As above.
 */
gboolean hands_switch(struct live *live, guint count, guint64 seed, struct hands *hands,
		      GError **error);

#endif
