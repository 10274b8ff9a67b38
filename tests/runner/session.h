/* SPDX-License-Identifier: MIT */
/*
 * A session: everything between the command line and the first trial. It finds QEMU, has the kernel
 * and the variants built, boots once, and makes each variant's snapshot.
 */
#ifndef PLANESTORM_SESSION_H
#define PLANESTORM_SESSION_H

#include "tests/runner/build.h"
#include "tests/runner/shard.h"
#include "tests/runner/snapshot.h"
#include "tests/runner/trial_run.h"

/* Exit codes of the runner. */
enum storm_exit {
	STORM_OK = 0,	   /* all as expected */
	STORM_DIFFERS = 1, /* a verdict is not as expected */
	STORM_TROUBLE = 2, /* wrong usage or a set-up failure */
};

struct session_options {
	struct build_options build;
	char *qemu;
	char *results; /* parent of the run folders */
	guint64 seed;
	struct shard shard;
	int jobs;
	gboolean keep;
	GCancellable *cancellable;
};

/* How long each stage took, in the order in which they were run. */
struct stage {
	const char *name;
	double seconds;
};

#define SESSION_MAX_STAGES 16

struct session {
	const struct session_options *options;
	char *qemu_version;
	char *patches; /* what the candidate is made of, a hash; NULL: there is no candidate */
	struct base *base;
	char *initrd, *layer;
	struct vm_platform platform;
	char *scratch; /* folder for this session's snapshots; gone at its end */
	struct snapshot *boot;
	struct stage stages[SESSION_MAX_STAGES];
	int stage_count;
	double stage_start;
};

/* The path of QEMU: @wanted, or the one in PATH. The caller's; NULL with @error set. */
char *session_find_qemu(const char *wanted, GError **error);

/* The version that the QEMU at @path says it has, like "7.2.22", the caller's. */
char *session_qemu_version(const char *path, GError **error);

/*
 * Build the kernel, find out about KVM, boot (or take the boot's snapshot from the cache). Returns
 * NULL with @error set. Progress is shown.
 */
struct session *session_open(const struct session_options *options, GError **error);
void session_close(struct session *session);

/* The snapshot of the guest with @variant's driver loaded. */
struct snapshot *session_snapshot(struct session *session, const struct variant *variant,
				  GError **error);

/*
 * The same of all @variants (struct variant), as many at a time as the options say: a table of the
 * variants' names, borrowed, to struct snapshot, the caller's, for g_hash_table_unref(). NULL if the user
 * has asked to stop, or with @error set.
 */
GHashTable *session_snapshots(struct session *session, const GPtrArray *variants, GError **error);

/* Close the stage that has run since the last call (or since session_open) under @name. */
void session_stage(struct session *session, const char *name);

#endif
