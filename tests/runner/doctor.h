/* SPDX-License-Identifier: MIT */
/* What this machine has and lacks for the work, each with what to do. */
#ifndef PLANESTORM_DOCTOR_H
#define PLANESTORM_DOCTOR_H

#include "tests/runner/session.h"

/* Print the examination. Returns STORM_OK if nothing is missing, else STORM_TROUBLE. */
int doctor_run(const struct session_options *options);

#endif
