/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is to back off. A kernel with CONFIG_DEBUG_WW_MUTEX_SLOWPATH, which PROVE_LOCKING
 * selects, answers -EDEADLK to locks that nobody holds, to exercise the way back: to the first lock of
 * each sixteenth context, the second lock of the one after it, and so on (ww_acquire_init(),
 * ww_mutex_deadlock_injection()). Whoever is told so drops its locks and takes them anew, and some of
 * what it had allocated. Which contexts those are follows from their numbers alone; and an operation
 * is to make the same allocations each time.
 */
#ifndef PLANESTORM_STORM_TURN_H
#define PLANESTORM_STORM_TURN_H

/*
 * Find the kernel's number of the last context for modeset locks; once in a process, and its children
 * know it, too. Returns 0, or a negative errno if it cannot be seen: then it is not waited for.
 */
int turn_init(void);

/*
 * Let contexts pass, by calls on the DRM device @fd that change nothing, until it is the turn of the
 * one that is farthest from backing off: it takes 15 locks undisturbed. Others who take locks at the
 * same time spoil it. Returns 0, also if there is nothing to wait for, or -EIO if the number does not go on.
 */
int turn_await(int fd);

#endif
