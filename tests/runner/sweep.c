// SPDX-License-Identifier: MIT
#include "tests/runner/sweep.h"

#include <string.h>

#include "tests/runner/budget.h"
#include "tests/runner/known.h"
#include "tests/runner/progress.h"
#include "tests/runner/results.h"
#include "tests/runner/sweep_known.h"
#include "tests/runner/sweep_plan.h"
#include "tests/runner/sweep_table.h"

#define EXPECTATIONS "sweep.ini"
#define CONTROL "unfixed"
/* Of a pair, so many trials in a row may come to nothing but a breakdown. */
#define STUCK_MAX 3

struct sweep {
	const struct sweep_setup *setup;
	GHashTable *known; /* variant's name to struct expectations */
	GMutex lock;
	GPtrArray *results; /* struct swept */
	struct budget budget;
	guint pairs; /* of them there are so many in this shard, 0: no pairs */
};

/* Hold the last trial to what is known of its variant; its points are those from @first on. */
static void hold(struct campaign_job *job, const struct sweep *sweep, const struct swept *swept,
		 guint first, const struct trial *trial)
{
	g_autoptr(GPtrArray) news = sweep_known_news(
		swept, first, trial, g_hash_table_lookup(sweep->known, swept->variant));
	gboolean held;

	for (guint i = 0; i < news->len; i++) {
		const struct sweep_news *one = g_ptr_array_index(news, i);

		campaign_news(job, &(struct matrix_news){ .rule = one->rule,
							  .signature = one->signature,
							  .details = one->details,
							  .source = trial->file->name });
	}
	if (sweep->setup->pairs_s && !strcmp(swept->variant, CONTROL) &&
	    sweep_known_control(swept, first, &held))
		campaign_control(job, held);
}

static struct trial *sweep_from(struct campaign_job *job, const struct sweep *sweep,
				struct swept *swept, guint *nth, gboolean *more)
{
	struct program_file *file =
		sweep_plan_program(sweep->setup->table, swept->operation,
				   sweep->setup->session->options->seed, *nth, NULL);
	struct trial *trial = campaign_trial(job, file);

	*more = FALSE;
	if (trial && trial->flaw)
		swept->whole = FALSE;
	if (trial && !trial->flaw) {
		guint first = swept->points->len;

		*more = swept_take(swept, trial, nth);
		hold(job, sweep, swept, first, trial);
	}
	if (trial)
		trial_rename(trial, campaign_job_file(job));
	program_file_free(file);
	return trial;
}

/* What has begun on one variant does so on all. */
static gboolean begins(struct sweep *sweep, const char *name)
{
	gboolean begin;

	if (g_cancellable_is_cancelled(sweep->setup->session->options->cancellable))
		return FALSE;
	g_mutex_lock(&sweep->lock);
	begin = budget_begin(&sweep->budget, name, progress_elapsed());
	g_mutex_unlock(&sweep->lock);
	return begin;
}

static struct sweep_about about(const struct sweep *sweep)
{
	return (struct sweep_about){ .base = sweep->setup->session->base->release,
				     .seed = sweep->setup->session->options->seed,
				     .instrumented =
					     sweep->setup->session->options->build.instrument,
				     .pairs_s = sweep->setup->pairs_s,
				     .pairs_begun = budget_begun(&sweep->budget),
				     .pairs = sweep->pairs,
				     .pairs_over = budget_over(&sweep->budget) };
}

/* What is known so far, so that it is there whatever happens next. */
static void write_files(struct sweep *sweep, const char *folder)
{
	struct sweep_about facts = about(sweep);
	g_autoptr(JsonNode) json = NULL;
	g_autoptr(GError) error = NULL;

	sweep_table_sort(sweep->results, sweep->setup->table);
	json = sweep_table_json(sweep->results, &facts);
	if (!sweep_table_save(sweep->results, &facts, folder, &error) ||
	    !results_write_json(folder, SWEEP_JSON, json, &error))
		progress_say("%s", error->message);
}

/*
 * Whether a pair that could go on is left as it is: the time is over, or the last @stuck trials, of which each may
 * take half a minute, had no more than the point that ended them. Others can use the time.
 */
static gboolean gives_up(struct sweep *sweep, struct swept *swept, guint stuck)
{
	gboolean spent;

	g_mutex_lock(&sweep->lock);
	spent = budget_spent(&sweep->budget, progress_elapsed());
	g_mutex_unlock(&sweep->lock);
	if (!sweep->setup->pairs_s || (!spent && stuck < STUCK_MAX))
		return FALSE;
	if (!swept->gap)
		swept->gap = g_strdup(spent ? "the budget was over" :
					      "the guest breaks down in each trial");
	return TRUE;
}

/* All of one operation on one variant. */
static struct trial *sweep_operation(struct campaign_job *job, void *data)
{
	struct sweep *sweep = data;
	const char *name = campaign_job_file(job)->name;
	struct swept *swept = swept_new(name, campaign_job_variant(job)->name);
	struct trial *sum = NULL;
	gboolean more = begins(sweep, name);
	guint nth = 1, stuck = 0;

	while (more && !(sum && gives_up(sweep, swept, stuck))) {
		guint before = swept->points->len;
		struct trial *trial = sweep_from(job, sweep, swept, &nth, &more);

		if (!trial)
			break;
		stuck = swept->points->len > before + 1 ? 0 : stuck + 1;
		if (!sum) {
			sum = trial;
			continue;
		}
		trial_merge(sum, trial);
		trial_free(trial);
	}
	if (!sum) {
		swept_free(swept);
		return NULL;
	}
	g_mutex_lock(&sweep->lock);
	g_ptr_array_add(sweep->results, swept);
	write_files(sweep, campaign_job_folder(job));
	g_mutex_unlock(&sweep->lock);
	return sum;
}

static void tell(const char *folder, void *data)
{
	struct sweep *sweep = data;
	struct sweep_about facts = about(sweep);
	guint count;
	double minutes;

	write_files(sweep, folder);
	sweep_table_print_about(&facts, stdout);
	sweep_table_print(sweep->results, FALSE, stdout);
	count = sweep_table_count(sweep->results);
	minutes = budget_elapsed(&sweep->budget, progress_elapsed()) / 60;
	printf("\n%u fault points in %.1f minutes, %.0f a minute; all sites: %s/sweep.txt\n\n",
	       count, minutes, minutes > 0 ? count / minutes : 0, folder);
}

/* Verdicts on pairs, of which nobody knows beforehand, are held to what is known alone. */
static struct expectations *expect(const char *variant, void *data, GError **error)
{
	const struct sweep *sweep = data;
	gboolean candidate = !g_strcmp0(variant, sweep->setup->candidate);
	struct expectations *expectations;
	g_autofree char *path = NULL;

	if (sweep->setup->pairs_s)
		return expectations_any();
	path = g_build_filename(build_root(), "kernel", "variants",
				candidate ? EXPECT_OF_PATCHES : variant, EXPECTATIONS, NULL);
	expectations = expectations_load(path, error);
	if (expectations && candidate)
		expectations_accept_better(expectations);
	return expectations;
}

/* Of the pairs, those of this shard. */
static guint count_pairs(const struct sweep_setup *setup, const GPtrArray *programs)
{
	guint count = 0;

	for (guint i = 0; setup->pairs_s && i < programs->len; i++)
		count += shard_takes(&setup->session->options->shard, i) ? 1 : 0;
	return count;
}

int sweep_run(const struct sweep_setup *setup, GError **error)
{
	g_autoptr(GHashTable) known = known_load(setup->variants, setup->candidate, error);
	g_autoptr(GPtrArray) programs =
		known ? sweep_plan(setup->table, setup->names, setup->pairs_s > 0,
				   setup->session->options->seed, error) :
			NULL;
	struct sweep sweep = { .setup = setup, .known = known };
	int code;

	if (!programs)
		return STORM_TROUBLE;
	sweep.pairs = count_pairs(setup, programs);
	sweep.results = g_ptr_array_new_with_free_func(swept_free);
	budget_init(&sweep.budget, setup->pairs_s);
	g_mutex_init(&sweep.lock);
	code = campaign_run(&(struct campaign){ .session = setup->session,
						.kind = "sweep",
						.variants = setup->variants,
						.programs = programs,
						.expect = expect,
						.explore = sweep_operation,
						.tell = tell,
						.data = &sweep });
	g_mutex_clear(&sweep.lock);
	budget_clear(&sweep.budget);
	g_ptr_array_unref(sweep.results);
	return code;
}
