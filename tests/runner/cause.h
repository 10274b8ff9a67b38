/* SPDX-License-Identifier: MIT */
/*
 * What disturbed the operation for which a trial FAILs: two updates that are lost for different reasons
 * have the same signature, and this tells them apart.
 */
#ifndef PLANESTORM_CAUSE_H
#define PLANESTORM_CAUSE_H

#include "tests/runner/trial.h"

/*
 * For a FAIL of @rule in @trial: the site of the allocation that was made to fail in that operation (see
 * injection.h); else what went on around it, as words of the language, like "signals, contend"; else
 * "undisturbed". Of a verdict that no operation shows, what there is in the whole program. Empty for splats
 * and lockups, whose signatures tell them apart. The caller's.
 */
char *cause_of(const struct trial *trial, int rule);

/* A FAIL's signature and its cause, as one text: "cursor image never sent commit @ signals". The caller's. */
char *cause_signature(const struct trial *trial, int rule);

#endif
