/* SPDX-License-Identifier: MIT */
/* Running a trial: a VM from a snapshot, watched until its end. */
#ifndef PLANESTORM_TRIAL_RUN_H
#define PLANESTORM_TRIAL_RUN_H

#include "tests/runner/snapshot.h"
#include "tests/runner/trial.h"

/*
 * Run @file on the guest that @snapshot holds, and judge. A QEMU that dies is started once more.
 * @log is a path for QEMU's own messages. Returns the trial, the caller's; it is never NULL:
 * what went wrong is in ->end and ->flaw.
 */
struct trial *trial_run(const struct vm_platform *platform, const struct snapshot *snapshot,
			const char *variant, const struct program_file *file, guint64 seed,
			const char *log, GCancellable *cancellable);

#endif
