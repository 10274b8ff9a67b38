// SPDX-License-Identifier: MIT
#include "tests/runner/soak.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "tests/runner/cause.h"
#include "tests/runner/conclude.h"
#include "tests/runner/fail.h"
#include "tests/runner/generate.h"
#include "tests/runner/json_add.h"
#include "tests/runner/known.h"
#include "tests/runner/progress.h"
#include "tests/runner/results.h"
#include "tests/runner/shrink_run.h"
#include "tests/runner/soak_table.h"

/* Others wait meanwhile: what is long in shrinking is left as it is then. */
#define SHRINK_S 180

/* So many programs are tried for one finding: what comes of signals may not come again. */
#define SHRINK_TRIES 3

/* A soak under way. The lock is for what the threads share, which is all from table on. */
struct soak {
	const struct soak_setup *setup;
	char *folder, *digest;
	GHashTable *snapshots; /* variant's name to struct snapshot */
	GHashTable *known;     /* variant's name to struct expectations */
	double start;	       /* of the first trial */
	GMutex lock;
	struct soak_table *table;
	guint64 next;  /* of the pairs of a program and a variant */
	GError *error; /* the first trouble with our own files */
};

/* A program on a variant. */
struct pair {
	guint64 number;
	const struct variant *variant;
};

static gboolean cancelled(const struct soak *soak)
{
	return g_cancellable_is_cancelled(soak->setup->session->options->cancellable);
}

/* As of progress_elapsed(); 0: there is none. */
static double end_s(const struct soak *soak)
{
	return soak->setup->minutes ? soak->start + soak->setup->minutes * 60.0 : 0;
}

static gboolean is_over(const struct soak *soak)
{
	const struct soak_setup *setup = soak->setup;

	return (setup->minutes && progress_elapsed() >= end_s(soak)) ||
	       (setup->trials && soak->next >= (guint64)setup->trials);
}

/* The next pair: each program on all variants before the next one. FALSE: there is none any more. */
static gboolean take_pair(struct soak *soak, struct pair *pair)
{
	const GPtrArray *variants = soak->setup->variants;
	const struct shard *shard = &soak->setup->session->options->shard;
	gboolean taken = FALSE;

	g_mutex_lock(&soak->lock);
	if (!cancelled(soak) && !soak->error && !is_over(soak)) {
		pair->number = soak->next / variants->len * shard->count + shard->index - 1;
		pair->variant = g_ptr_array_index(variants, soak->next % variants->len);
		soak->next++;
		taken = TRUE;
	}
	g_mutex_unlock(&soak->lock);
	return taken;
}

static void keep_error(struct soak *soak, GError *error)
{
	g_mutex_lock(&soak->lock);
	if (soak->error)
		g_error_free(error);
	else
		soak->error = error;
	g_mutex_unlock(&soak->lock);
}

/* --- the run's folder ------------------------------------------------------------------------- */

static JsonNode *to_json(const struct soak *soak, gboolean complete)
{
	const struct session *session = soak->setup->session;
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	json_add_int(json, "schema", SOAK_SCHEMA);
	results_add_origin(json, session, soak->digest);
	json_add_truth(json, "complete", complete);
	json_add_int(json, "next", (gint64)soak->next);
	json_add_double(json, "seconds", progress_elapsed() - soak->start);
	soak_table_write(soak->table, json);
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

/* What is known so far, so that it is there whatever happens next. The lock is held. */
static void write_json(struct soak *soak, gboolean complete)
{
	g_autoptr(JsonNode) json = to_json(soak, complete);

	if (!soak->error)
		results_write_json(soak->folder, SOAK_JSON, json, &soak->error);
}

static gboolean save_program(struct soak *soak, const struct program_file *file, GError **error)
{
	g_autofree char *name = g_strconcat(file->name, ".storm", NULL);
	g_autofree char *path = g_build_filename(soak->folder, SOAK_CORPUS, name, NULL);

	return g_file_set_contents(path, file->text, (gssize)file->len, error);
}

/* A program that showed something first, and what its trial left. */
static void keep(struct soak *soak, const struct trial *trial)
{
	g_autofree char *folder = results_trial_folder(trial->variant, trial->file->name);
	GError *error = NULL;

	if (!save_program(soak, trial->file, &error) ||
	    !results_save_trial(soak->folder, folder, trial, &error))
		keep_error(soak, error);
}

/* --- trials ----------------------------------------------------------------------------------- */

static struct trial *run_trial(const struct soak *soak, const struct pair *pair,
			       const struct program_file *file)
{
	const struct session *session = soak->setup->session;
	g_autofree char *name = g_strdup_printf("%s-%s.qemu.txt", pair->variant->name, file->name);
	g_autofree char *log = g_build_filename(session->scratch, name, NULL);
	struct trial *trial;

	trial = trial_run(&(struct trial_setup){
		.platform = &session->platform,
		.snapshot = g_hash_table_lookup(soak->snapshots, pair->variant->name),
		.variant = pair->variant->name,
		.file = file,
		.seed = session->options->seed,
		.log = log,
		.silent_ms = TRIAL_SILENT_MS,
		.cancellable = session->options->cancellable,
	});
	g_unlink(log);
	return trial;
}

/* What a program is to be shrunk for. The finding is the table's. */
struct wish {
	struct soak_finding *finding;
	struct shrink_subject *subject;
};

static void wish_free(gpointer data)
{
	struct wish *wish = data;

	shrink_subject_free(wish->subject);
	g_free(wish);
}

/* One that has not been shrunk may well be by another program that shows it. */
static gboolean is_wished(const struct soak_finding *finding)
{
	return !finding->known && !finding->shrunk && !finding->in_hand &&
	       finding->tries < SHRINK_TRIES;
}

static GPtrArray *wishes_of(const GPtrArray *shown, const struct trial *trial)
{
	GPtrArray *wishes = g_ptr_array_new_with_free_func(wish_free);

	for (guint i = 0; i < shown->len; i++) {
		struct soak_finding *finding = g_ptr_array_index(shown, i);
		struct wish *wish;

		if (!is_wished(finding))
			continue;
		finding->tries++;
		finding->in_hand = TRUE;
		wish = g_new0(struct wish, 1);
		wish->finding = finding;
		wish->subject = shrink_subject_new(trial->file, finding->rule);
		wish->subject->variant = g_strdup(trial->variant);
		wish->subject->signature = g_strdup(trial->verdicts[finding->rule].signature);
		wish->subject->cause = cause_of(trial, finding->rule);
		g_ptr_array_add(wishes, wish);
	}
	return wishes;
}

static void say_news(const GPtrArray *shown, const struct trial *trial)
{
	for (guint i = 0; i < shown->len; i++) {
		const struct soak_finding *finding = g_ptr_array_index(shown, i);

		if (!finding->known && finding->trials == 1)
			progress_say("%s on %s: not known: %s: %s", trial->file->name,
				     trial->variant, rules[finding->rule].name, finding->signature);
	}
}

/* Count @trial in; returns what it is to be shrunk for (struct wish), the caller's. */
static GPtrArray *count_trial(struct soak *soak, const struct trial *trial, guint64 number)
{
	const struct expectations *known = g_hash_table_lookup(soak->known, trial->variant);
	g_autoptr(GPtrArray) shown = g_ptr_array_new();
	GPtrArray *wishes;
	gboolean first;

	g_mutex_lock(&soak->lock);
	first = soak_table_add(soak->table, trial, number, known, shown);
	say_news(shown, trial);
	if (trial->flaw)
		progress_say("%s on %s: set-up failure: %s", trial->file->name, trial->variant,
			     trial->flaw);
	progress_status("trials: %u, findings: %u, not known: %u, last %s on %s (%.1f s)",
			soak_table_trials(soak->table), soak->table->findings->len,
			soak_table_news(soak->table), trial->file->name, trial->variant,
			trial->wall_s);
	write_json(soak, FALSE);
	wishes = wishes_of(shown, trial);
	g_mutex_unlock(&soak->lock);
	if (first || trial->flaw)
		keep(soak, trial);
	return wishes;
}

/* The end of an attempt; @name is the file in SOAK_SHRUNK that came of it, NULL: none. */
static void note_shrunk(struct soak *soak, struct soak_finding *finding, const char *name)
{
	g_mutex_lock(&soak->lock);
	finding->in_hand = FALSE;
	if (name)
		finding->shrunk = g_build_filename(SOAK_SHRUNK, name, NULL);
	write_json(soak, FALSE);
	g_mutex_unlock(&soak->lock);
}

static void shrink(struct soak *soak, const struct wish *wish)
{
	struct shrink_subject *subject = wish->subject;
	double end = end_s(soak), latest = progress_elapsed() + SHRINK_S;
	g_autofree char *name = g_strdup_printf("%s-%s-%s.storm", subject->variant, subject->name,
						rules[subject->rule].name);
	g_autofree char *path = g_build_filename(soak->folder, SOAK_SHRUNK, name, NULL);
	g_autoptr(GError) error = NULL;
	gboolean done;

	if (cancelled(soak) || (end > 0 && progress_elapsed() >= end))
		return;
	done = shrink_do(&(struct shrink_task){ .session = soak->setup->session,
						.snapshot = g_hash_table_lookup(soak->snapshots,
										subject->variant),
						.subject = subject,
						.output = path,
						.until_s = end > 0 ? MIN(end, latest) : latest,
						.quiet = TRUE },
			 &error);
	if (!done && !cancelled(soak)) /* such as that it did not FAIL again */
		progress_say("shrink: %s", error ? error->message : "it takes too long");
	note_shrunk(soak, wish->finding, done ? name : NULL);
}

static void do_pair(struct soak *soak, const struct pair *pair)
{
	const struct session_options *options = soak->setup->session->options;
	GError *error = NULL;
	struct program_file *file =
		generate_program(soak->setup->table, options->seed, pair->number, &error);
	g_autoptr(GPtrArray) wishes = NULL;
	struct trial *trial;

	if (!file) {
		keep_error(soak, error);
		return;
	}
	trial = run_trial(soak, pair, file);
	if (trial->end != TRIAL_CANCELLED)
		wishes = count_trial(soak, trial, pair->number);
	trial_free(trial);
	program_file_free(file);
	for (guint i = 0; wishes && i < wishes->len; i++)
		shrink(soak, g_ptr_array_index(wishes, i));
}

static void worker(gpointer data, gpointer user_data)
{
	struct soak *soak = user_data;
	struct pair pair;

	(void)data;
	while (take_pair(soak, &pair))
		do_pair(soak, &pair);
}

static void run_workers(struct soak *soak)
{
	int jobs = soak->setup->session->options->jobs;
	GThreadPool *pool = g_thread_pool_new(worker, soak, jobs, TRUE, NULL);

	for (int i = 0; i < jobs; i++)
		g_thread_pool_push(pool, soak, NULL);
	g_thread_pool_free(pool, FALSE, TRUE);
}

/* --- beginning and end ------------------------------------------------------------------------ */

/* What is known of each variant, and a row for it. */
static gboolean load_known(struct soak *soak, GError **error)
{
	const GPtrArray *variants = soak->setup->variants;

	soak->known = known_load(variants, soak->setup->candidate, error);
	for (guint i = 0; soak->known && i < variants->len; i++)
		soak_table_row(soak->table,
			       ((const struct variant *)g_ptr_array_index(variants, i))->name);
	return soak->known != NULL;
}

static gboolean make_folders(struct soak *soak, GError **error)
{
	g_autofree char *corpus = NULL, *shrunk = NULL;

	soak->folder = results_create(soak->setup->session->options->results, error);
	if (!soak->folder)
		return FALSE;
	corpus = g_build_filename(soak->folder, SOAK_CORPUS, NULL);
	shrunk = g_build_filename(soak->folder, SOAK_SHRUNK, NULL);
	if (!g_mkdir_with_parents(corpus, 0755) && !g_mkdir_with_parents(shrunk, 0755))
		return TRUE;
	return fail_errno(error, soak->folder);
}

static int conclude(struct soak *soak)
{
	const struct session *session = soak->setup->session;
	gboolean complete = !cancelled(soak) && !soak->error;
	double minutes = (progress_elapsed() - soak->start) / 60;
	guint trials = soak_table_trials(soak->table);
	int code;

	write_json(soak, complete);
	code = conclude_soak(soak->table, soak->folder, complete);
	printf("%u trials of %" G_GUINT64_FORMAT " programs in %.1f minutes, %.0f a minute\n",
	       trials, soak->next / soak->setup->variants->len, minutes,
	       minutes > 0 ? trials / minutes : 0);
	printf("base %s (%s), QEMU %s %s, seed %" G_GUINT64_FORMAT ", shard %u/%u\n",
	       session->base->release, session->base->source, session->qemu_version,
	       session->platform.accel == VM_KVM ? "kvm" : "tcg", session->options->seed,
	       session->options->shard.index, session->options->shard.count);
	if (soak->error)
		progress_say("%s", soak->error->message);
	else if (cancelled(soak))
		progress_say("interrupted: %u trials done, results kept", trials);
	return code;
}

static void init(struct soak *soak, const struct soak_setup *setup)
{
	*soak = (struct soak){ .setup = setup, .table = soak_table_new() };
	soak->table->instrumented = setup->session->options->build.instrument;
	g_mutex_init(&soak->lock);
}

static void finish(struct soak *soak)
{
	g_clear_error(&soak->error);
	g_clear_pointer(&soak->snapshots, g_hash_table_unref);
	g_clear_pointer(&soak->known, g_hash_table_unref);
	soak_table_free(soak->table);
	g_mutex_clear(&soak->lock);
	g_free(soak->folder);
	g_free(soak->digest);
}

int soak_run(const struct soak_setup *setup, GError **error)
{
	int code = STORM_TROUBLE;
	struct soak soak;

	init(&soak, setup);
	soak.digest = generate_digest(setup->table, setup->session->options->seed, error);
	if (!soak.digest || !load_known(&soak, error) || !make_folders(&soak, error))
		goto out;
	write_json(&soak, FALSE);
	soak.snapshots = session_snapshots(setup->session, setup->variants, &soak.error);
	soak.start = progress_elapsed();
	if (soak.snapshots)
		run_workers(&soak);
	code = conclude(&soak);
out:
	finish(&soak);
	return code;
}
