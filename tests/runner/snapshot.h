/* SPDX-License-Identifier: MIT */
/*
 * A snapshot of a guest that waits for a request: its memory in a file and its devices' state in
 * another. Resuming maps the memory file privately, so any number of VMs can run from one snapshot
 * at once, each pays only for the pages that it touches, and the snapshot stays as it was.
 */
#ifndef PLANESTORM_SNAPSHOT_H
#define PLANESTORM_SNAPSHOT_H

#include "tests/runner/vm.h"

/* Raise it when the same kernel and QEMU would give another snapshot, as with a new command line. */
#define SNAPSHOT_FORMAT 3

struct snapshot {
	char *ram;	  /* file */
	char *state;	  /* file */
	GString *console; /* what the guest said while this snapshot was made of its parent */
	/* The functions that a fault may interrupt, as "A, B", or "none"; NULL: not asked for. */
	char *instrumented;
	/* FALSE: the kernel broke down over the module, as the console tells; there are no files. */
	gboolean usable;
};

/*
 * Boot the platform's kernel until the guest's agent is ready, and save it under the folder @dir
 * (made if missing). A kernel that splats while it boots is refused: nothing that it says later would
 * count. Returns NULL with @error set; the console is left in @dir/console.txt.
 */
struct snapshot *snapshot_boot(const struct vm_platform *platform, const char *dir,
			       GCancellable *cancellable, GError **error);

/*
 * Resume @parent, have the guest load the kernel module @module, and save the result in @dir. A kernel
 * that breaks down over it gives a snapshot that is not ->usable: evidence, not an error. @instrumented:
 * from then on a fault may interrupt the functions that the module marks; it is an error if there are none.
 */
struct snapshot *snapshot_load_module(const struct vm_platform *platform,
				      const struct snapshot *parent, const char *module,
				      gboolean instrumented, const char *dir,
				      GCancellable *cancellable, GError **error);

/* The snapshot that was saved in @dir earlier, or NULL if there is none that is complete. */
struct snapshot *snapshot_open(const char *dir);

void snapshot_free(struct snapshot *snapshot); /* the files stay */

/*
 * Whether the machine's KVM really runs a guest: boot one, bounded. A /dev/kvm that opens proves
 * nothing, some only ever burn a core. @why gets one line in either case, the caller's.
 */
gboolean snapshot_probe_kvm(const struct vm_platform *platform, const char *dir,
			    GCancellable *cancellable, char **why);

#endif
