/* SPDX-License-Identifier: MIT */
/*
 * What a client leaves behind: the guest is counted before there is a client (see
 * compositor/model/census.h) and when it is gone, both into the journal.
 */
#ifndef PLANESTORM_AFTERMATH_H
#define PLANESTORM_AFTERMATH_H

struct census;
struct sink;

/* Count what there is. A guest that cannot be counted is noted, and *@before left empty. */
void aftermath_prepare(struct census *before, struct sink *sink);

/*
 * Count again, when nobody has the device (its driver is called @driver) open any more. Its planes
 * are switched off first, as the next client would; those that still showed something are counted,
 * too. Then the kernel is given some time to be back at @before.
 */
void aftermath_tell(const struct census *before, const char *driver, struct sink *sink);

#endif
