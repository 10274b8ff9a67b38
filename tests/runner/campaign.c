// SPDX-License-Identifier: MIT
#include "tests/runner/campaign.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/runner/conclude.h"
#include "tests/runner/json_add.h"
#include "tests/runner/matrix.h"
#include "tests/runner/progress.h"
#include "tests/runner/report.h"
#include "tests/runner/results.h"

/* A campaign under way. The lock is for what the trials' threads share. */
struct run {
	const struct campaign *campaign;
	GPtrArray *programs; /* the campaign's that are in this shard */
	struct matrix *matrix;
	char *folder, *plan;
	GHashTable
		*snapshots; /* variant's name to struct snapshot; fixed before the trials start */
	GMutex lock;
	guint done, all;
	gboolean idle;	  /* there is nothing to do in this shard */
	GArray *restores; /* double, seconds */
	GError *error;	  /* the first trouble with our own files */
};

struct campaign_job {
	struct run *run;
	const struct variant *variant;
	const struct program_file *file;
};

static struct expectations *load_expectations(const struct campaign *campaign, const char *variant,
					      GError **error)
{
	gboolean candidate = campaign->candidate && !strcmp(campaign->candidate, variant);
	struct expectations *expectations;
	g_autofree char *path = NULL;

	if (campaign->expect)
		return campaign->expect(variant, campaign->data, error);
	if (campaign->expectations)
		return expectations_load(campaign->expectations, error);
	path = g_build_filename(build_root(), "kernel", "variants",
				candidate ? EXPECT_OF_PATCHES : variant, "expect.ini", NULL);
	expectations = expectations_load(path, error);
	if (expectations && candidate)
		expectations_accept_better(expectations);
	return expectations;
}

static gboolean add_rows(struct run *run, GError **error)
{
	for (guint i = 0; i < run->campaign->variants->len; i++) {
		const struct variant *variant = g_ptr_array_index(run->campaign->variants, i);
		struct expectations *expectations =
			load_expectations(run->campaign, variant->name, error);

		if (!expectations)
			return FALSE;
		matrix_add_variant(run->matrix, variant->name, expectations);
	}
	return TRUE;
}

static GThreadPool *new_pool(struct run *run, GFunc func)
{
	return g_thread_pool_new(func, run, run->campaign->session->options->jobs, TRUE, NULL);
}

static void keep_error(struct run *run, GError *error)
{
	g_mutex_lock(&run->lock);
	if (run->error)
		g_error_free(error);
	else
		run->error = error;
	g_mutex_unlock(&run->lock);
}

static gboolean in_trouble(struct run *run)
{
	gboolean trouble;

	g_mutex_lock(&run->lock);
	trouble = run->error != NULL;
	g_mutex_unlock(&run->lock);
	return trouble;
}

static gboolean cancelled(const struct run *run)
{
	return g_cancellable_is_cancelled(run->campaign->session->options->cancellable);
}

static gint compare_doubles(gconstpointer a, gconstpointer b)
{
	const double *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

static double median(GArray *values)
{
	if (!values->len)
		return 0;
	g_array_sort(values, compare_doubles);
	return g_array_index(values, double, values->len / 2);
}

static void add_stages(struct run *run, JsonBuilder *json)
{
	const struct session *session = run->campaign->session;

	json_builder_set_member_name(json, "wall_s");
	json_builder_begin_object(json);
	for (int i = 0; i < session->stage_count; i++)
		json_add_double(json, session->stages[i].name, session->stages[i].seconds);
	json_add_double(json, "restore_median", median(run->restores));
	json_add_double(json, "total", progress_elapsed());
	json_builder_end_object(json);
}

static gboolean complete(const struct run *run)
{
	return !cancelled(run) && !run->error && (run->all > 0 || run->idle) &&
	       run->done == run->all;
}

static JsonNode *to_json(struct run *run)
{
	const struct session *session = run->campaign->session;
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	json_add_int(json, "schema", MATRIX_SCHEMA);
	json_add_string(json, "kind", run->campaign->kind ? run->campaign->kind : "matrix");
	results_add_origin(json, session, run->plan);
	json_add_truth(json, "complete", complete(run));
	json_add_string(json, "control", matrix_control_name(matrix_control(run->matrix)));
	json_add_truth(json, "as_expected", complete(run) && matrix_as_expected(run->matrix));
	add_stages(run, json);
	json_add_node(json, "variants", matrix_to_json(run->matrix));
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

/* What is known so far, so that it is there whatever happens next. The lock is held. */
static void write_matrix(struct run *run)
{
	g_autoptr(JsonNode) json = to_json(run);

	if (!run->error)
		results_write_json(run->folder, "matrix.json", json, &run->error);
}

static void tell_trial(struct run *run, const struct trial *trial, gboolean expected)
{
	const char *worst = "";
	int rule;

	for (rule = 0; rule < RULE_COUNT; rule++)
		if (trial->verdicts[rule].kind == VERDICT_FAIL)
			break;
	if (rule < RULE_COUNT)
		worst = trial->verdicts[rule].signature;
	if (trial->flaw)
		progress_say("%s on %s: set-up failure: %s", trial->file->name, trial->variant,
			     trial->flaw);
	else if (!expected)
		progress_say("%s on %s: not as expected: %s%s%s", trial->file->name, trial->variant,
			     rule < RULE_COUNT ? rules[rule].name : "no rule failed",
			     *worst ? ": " : "", worst);
	progress_status("trials: %u of %u, last %s on %s (%.1f s)", run->done, run->all,
			trial->file->name, trial->variant, trial->wall_s);
}

/* The verdicts are in: they go into the matrix. */
static void count_trial(struct run *run, const struct trial *trial)
{
	gboolean expected;

	g_mutex_lock(&run->lock);
	expected = matrix_add_trial(run->matrix, trial);
	run->done++;
	if (run->campaign->report)
		run->campaign->report(trial);
	tell_trial(run, trial, expected);
	write_matrix(run);
	g_mutex_unlock(&run->lock);
}

const struct variant *campaign_job_variant(const struct campaign_job *job)
{
	return job->variant;
}

const char *campaign_job_folder(const struct campaign_job *job)
{
	return job->run->folder;
}

const struct program_file *campaign_job_file(const struct campaign_job *job)
{
	return job->file;
}

void campaign_news(struct campaign_job *job, const struct matrix_news *news)
{
	struct run *run = job->run;

	g_mutex_lock(&run->lock);
	matrix_add_news(run->matrix, job->variant->name, job->file->name, news);
	progress_say("%s on %s: not known: %s: %s", job->file->name, job->variant->name,
		     rules[news->rule].name, news->signature);
	g_mutex_unlock(&run->lock);
}

void campaign_control(struct campaign_job *job, gboolean held)
{
	g_mutex_lock(&job->run->lock);
	matrix_add_control(job->run->matrix, job->variant->name, held);
	g_mutex_unlock(&job->run->lock);
}

struct trial *campaign_trial(struct campaign_job *job, const struct program_file *file)
{
	struct run *run = job->run;
	const struct session *session = run->campaign->session;
	g_autofree char *folder = results_trial_folder(job->variant->name, file->name);
	g_autofree char *name = g_strdup_printf("%s-%s.qemu.txt", job->variant->name, file->name);
	g_autofree char *log = g_build_filename(session->scratch, name, NULL);
	GError *error = NULL;
	struct trial *trial;

	if (cancelled(run) || in_trouble(run))
		return NULL;
	trial = trial_run(&(struct trial_setup){
		.platform = &session->platform,
		.snapshot = g_hash_table_lookup(run->snapshots, job->variant->name),
		.variant = job->variant->name,
		.file = file,
		.seed = session->options->seed,
		.log = log,
		.silent_ms = TRIAL_SILENT_MS,
		.cancellable = session->options->cancellable,
	});
	if (!results_save_trial(run->folder, folder, trial, &error))
		keep_error(run, error);
	if (trial->end == TRIAL_CANCELLED) {
		trial_free(trial);
		return NULL;
	}
	g_mutex_lock(&run->lock);
	if (trial->restore_s > 0)
		g_array_append_val(run->restores, trial->restore_s);
	g_mutex_unlock(&run->lock);
	return trial;
}

/* A run that ends early lacks this program; one that does not can do without it. */
static void pass_over(struct run *run)
{
	g_mutex_lock(&run->lock);
	if (!run->error && !cancelled(run))
		run->all--;
	g_mutex_unlock(&run->lock);
}

static void trial_job(gpointer data, gpointer user_data)
{
	struct campaign_job *job = data;
	struct run *run = user_data;
	struct trial *trial;

	trial = run->campaign->explore ? run->campaign->explore(job, run->campaign->data) :
					 campaign_trial(job, job->file);
	if (!trial) {
		pass_over(run);
		return;
	}
	count_trial(run, trial);
	trial_free(trial);
}

static void run_trials(struct run *run)
{
	const struct campaign *campaign = run->campaign;
	GThreadPool *pool = new_pool(run, trial_job);
	g_autofree struct campaign_job *jobs = NULL;
	guint n = 0;

	jobs = g_new0(struct campaign_job, run->all); /* which may become fewer */
	/* Each program on all variants before the next one: wherever a run ends, they can be compared. */
	for (guint p = 0; p < run->programs->len; p++) {
		for (guint v = 0; v < campaign->variants->len; v++) {
			jobs[n] = (struct campaign_job){ run,
							 g_ptr_array_index(campaign->variants, v),
							 g_ptr_array_index(run->programs, p) };
			g_thread_pool_push(pool, &jobs[n++], NULL);
		}
	}
	g_thread_pool_free(pool, FALSE, TRUE);
	session_stage(campaign->session, "trials");
}

static void print_stages(struct run *run)
{
	const struct session *session = run->campaign->session;

	printf("\nseconds:");
	for (int i = 0; i < session->stage_count; i++)
		printf(" %s %.1f,", session->stages[i].name, session->stages[i].seconds);
	printf(" total %.1f; median from restoring to the first operation %.2f\n",
	       progress_elapsed(), median(run->restores));
}

/* From what is in the run's folder, as for somebody who gets it. */
static void write_report(struct run *run)
{
	if (!run->error && report_write(run->folder, &run->error))
		printf("report: %s/%s\n", run->folder, REPORT_NAME);
}

/* Print and write down what there is, however far it came. */
static int conclude(struct run *run)
{
	write_matrix(run);
	if (run->campaign->tell)
		run->campaign->tell(run->folder, run->campaign->data);
	matrix_print(run->matrix, stdout, isatty(STDOUT_FILENO));
	print_stages(run);
	printf("base %s (%s)%s, QEMU %s %s, seed %" G_GUINT64_FORMAT "\nresults: %s\n",
	       run->campaign->session->base->release, run->campaign->session->base->source,
	       run->campaign->session->options->build.instrument ? ", instrumented" : "",
	       run->campaign->session->qemu_version,
	       run->campaign->session->platform.accel == VM_KVM ? "kvm" : "tcg",
	       run->campaign->session->options->seed, run->folder);
	write_report(run);
	if (run->error) {
		progress_say("%s", run->error->message);
		return STORM_TROUBLE;
	}
	if (cancelled(run)) {
		progress_say("interrupted: %u of %u trials done, results kept", run->done,
			     run->all);
		return STORM_TROUBLE;
	}
	return conclude_matrix(
		run->matrix,
		&(struct conclusion){
			.trials = run->all,
			.instrumented = run->campaign->session->options->build.instrument,
			.uncontrolled = run->campaign->expectations != NULL || run->idle,
		});
}

/*
 * What there is to do in this shard; and of the whole, what merge knows it by: the programs, whatever their
 * order, which is the same where the programs are.
 */
static void choose_programs(struct run *run)
{
	const struct shard *shard = &run->campaign->session->options->shard;
	const GPtrArray *programs = run->campaign->programs;
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

	for (guint i = 0; i < programs->len; i++) {
		struct program_file *file = g_ptr_array_index(programs, i);

		g_checksum_update(checksum, (const guchar *)file->name, -1);
		g_checksum_update(checksum, (const guchar *)file->text, (gssize)file->len);
		if (shard_takes(shard, i))
			g_ptr_array_add(run->programs, file);
	}
	run->plan = g_strndup(g_checksum_get_string(checksum), 16);
	run->all = run->campaign->variants->len * run->programs->len;
	run->idle = run->all == 0;
}

int campaign_run(const struct campaign *campaign)
{
	struct run run = { .campaign = campaign };
	int code = STORM_TROUBLE;

	g_mutex_init(&run.lock);
	run.matrix = matrix_new();
	run.programs = g_ptr_array_new();
	run.restores = g_array_new(FALSE, FALSE, sizeof(double));
	run.folder = results_create(campaign->session->options->results, &run.error);
	if (!run.folder || !add_rows(&run, &run.error)) {
		progress_say("%s", run.error->message);
		goto out;
	}
	choose_programs(&run);
	write_matrix(&run);
	run.snapshots = session_snapshots(campaign->session, campaign->variants, &run.error);
	if (run.snapshots)
		run_trials(&run);
	code = conclude(&run);
out:
	g_clear_error(&run.error);
	g_clear_pointer(&run.snapshots, g_hash_table_unref);
	g_array_unref(run.restores);
	matrix_free(run.matrix);
	g_ptr_array_unref(run.programs);
	g_free(run.folder);
	g_free(run.plan);
	g_mutex_clear(&run.lock);
	return code;
}
