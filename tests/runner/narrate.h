/* SPDX-License-Identifier: MIT */
/* A trial told to a person at the terminal: its journal, what the kernel said, the verdicts. */
#ifndef PLANESTORM_NARRATE_H
#define PLANESTORM_NARRATE_H

#include "tests/runner/trial.h"

/* On stdout. */
void narrate_trial(const struct trial *trial);

#endif
