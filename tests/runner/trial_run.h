/* SPDX-License-Identifier: MIT */
/* Running a trial: a VM from a snapshot, watched until its end. */
#ifndef PLANESTORM_TRIAL_RUN_H
#define PLANESTORM_TRIAL_RUN_H

#include "tests/runner/snapshot.h"
#include "tests/runner/trial.h"

/*
 * A guest that neither finishes an operation nor says anything for so long is taken to be locked up. Its
 * own hung-task detector speaks after 10 s. The language has no operation that takes as long by itself.
 */
#define TRIAL_SILENT_MS 20000

struct trial_setup {
	const struct vm_platform *platform;
	const struct snapshot *snapshot; /* of the guest with the variant's driver */
	const char *variant;
	const struct program_file *file;
	guint64 seed;
	const char *log; /* path for QEMU's own messages */
	/* End it as soon as the kernel's first report of an error of its own (no stall) is complete: the
	 * verdict on the rule splat is then known, and no other is to be asked for. */
	gboolean until_splat;
	/* From the first operation on: TRIAL_SILENT_MS, or less where haste matters more than certainty. */
	guint silent_ms;
	GCancellable *cancellable;
};

/*
 * Run a program on the guest that a snapshot holds, and judge. A QEMU that dies is started once more.
 * Returns the trial, the caller's; it is never NULL: what went wrong is in ->end and ->flaw.
 */
struct trial *trial_run(const struct trial_setup *setup);

#endif
