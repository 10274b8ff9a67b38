/* SPDX-License-Identifier: MIT */
/*
 * What disturbed the operation for which a trial FAILs: two updates that are lost for different reasons
 * have the same signature, and this tells them apart.
 */
#ifndef PLANESTORM_CAUSE_H
#define PLANESTORM_CAUSE_H

#include "tests/runner/expect.h"
#include "tests/runner/trial.h"

/* Between a signature and its cause, and before what else went on in a pair of a sweep. */
#define CAUSE_MARK " @ "
#define CAUSE_WITH " + "

/*
 * For a FAIL of @rule in @trial: the site of the allocation that was made to fail in that operation (see
 * injection.h); else what went on around it, as words of the language, like "signals, contend"; else
 * "undisturbed". Of a verdict that no operation shows, what there is in the whole program. Empty for splats
 * and lockups, whose signatures tell them apart. The caller's.
 */
char *cause_of(const struct trial *trial, int rule);

/* A FAIL's signature and its cause, as one text: "cursor image never sent commit @ signals". The caller's. */
char *cause_signature(const struct trial *trial, int rule);

/*
 * What such a text is known as, as of expectations_known(): where two allocations failed in one operation, it is known,
 * too, if it is so of one of them.
 */
const char *cause_known(const struct expectations *known, int rule, const char *signature);

#endif
