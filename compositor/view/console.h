/* SPDX-License-Identifier: MIT */
/*
 * The text console that a compositor covers, where the kernel has virtual terminals: it is not to draw, nor to
 * take what is typed for commands to a shell. As it was found so it is left, also by a compositor that crashes.
 */
#ifndef PLANESTORM_VIEW_CONSOLE_H
#define PLANESTORM_VIEW_CONSOLE_H

/* Cover the terminal that is in front. Without one, or without the right to, nothing happens. */
void console_cover(void);

/* Give it back; may be called in a signal handler. */
void console_uncover(void);

#endif
