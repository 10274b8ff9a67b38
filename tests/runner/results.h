/* SPDX-License-Identifier: MIT */
/* The run folder: what every trial left behind, and matrix.json. Kept when a run is interrupted. */
#ifndef PLANESTORM_RESULTS_H
#define PLANESTORM_RESULTS_H

#include <json-glib/json-glib.h>

#include "tests/runner/session.h"
#include "tests/runner/trial.h"

/* Make a new folder named after the date in @parent, and point @parent/latest at it. Returns its
 * path, the caller's, or NULL with @error set. */
char *results_create(const char *parent, GError **error);

/* The folder of one trial below the run's folder, as a relative path. The caller's. */
char *results_trial_folder(const char *variant, const char *program);

/* Write @trial's program, journal, console and verdicts to @run/@folder (which is made). */
gboolean results_save_trial(const char *run, const char *folder, const struct trial *trial,
			    GError **error);

/*
 * The members of a run's JSON that say what it was made with: base, qemu, instrumented, seed, and plan and
 * shard, by which merge knows what belongs together: @plan is the same for all shards of what is to be done.
 */
void results_add_origin(JsonBuilder *json, const struct session *session, const char *plan);

/* Write @node as @run/@name, whole or not at all. */
gboolean results_write_json(const char *run, const char *name, JsonNode *node, GError **error);

#endif
