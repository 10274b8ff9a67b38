// SPDX-License-Identifier: MIT
#include "tests/runner/sweep.h"

#include "tests/runner/budget.h"
#include "tests/runner/progress.h"
#include "tests/runner/results.h"
#include "tests/runner/sweep_plan.h"
#include "tests/runner/sweep_table.h"

#define EXPECTATIONS "sweep.ini"
#define PAIR_EXPECTATIONS "pairs.ini"

struct sweep {
	struct session *session;
	const struct operation_table *table;
	GMutex lock;
	GPtrArray *results; /* struct swept */
	struct budget budget;
	guint pairs; /* of them there are so many in this shard, 0: no pairs */
};

static struct trial *sweep_from(struct campaign_job *job, const struct sweep *sweep,
				struct swept *swept, guint *nth, gboolean *more)
{
	struct program_file *file = sweep_plan_program(sweep->table, swept->operation,
						       sweep->session->options->seed, *nth, NULL);
	struct trial *trial = campaign_trial(job, file);

	*more = trial && !trial->flaw && swept_take(swept, trial, nth);
	if (trial && trial->flaw)
		swept->whole = FALSE;
	if (trial)
		trial->file = campaign_job_file(job);
	program_file_free(file);
	return trial;
}

/* What has begun on one variant does so on all. */
static gboolean begins(struct sweep *sweep, const char *name)
{
	gboolean begin;

	g_mutex_lock(&sweep->lock);
	begin = budget_begin(&sweep->budget, name, progress_elapsed());
	g_mutex_unlock(&sweep->lock);
	return begin;
}

static struct sweep_about about(const struct sweep *sweep)
{
	return (struct sweep_about){ .base = sweep->session->base->release,
				     .seed = sweep->session->options->seed,
				     .instrumented = sweep->session->options->build.instrument,
				     .pairs_s = sweep->budget.seconds,
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

	sweep_table_sort(sweep->results, sweep->table);
	json = sweep_table_json(sweep->results, &facts);
	if (!sweep_table_save(sweep->results, &facts, folder, &error) ||
	    !results_write_json(folder, SWEEP_JSON, json, &error))
		progress_say("%s", error->message);
}

/* All of one operation on one variant. */
static struct trial *sweep_operation(struct campaign_job *job, void *data)
{
	struct sweep *sweep = data;
	const char *name = campaign_job_file(job)->name;
	struct swept *swept = swept_new(name, campaign_job_variant(job)->name);
	struct trial *sum = NULL;
	gboolean more = begins(sweep, name);
	guint nth = 1;

	while (more) {
		struct trial *trial = sweep_from(job, sweep, swept, &nth, &more);

		if (!trial)
			break;
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

int sweep_run(struct session *session, GPtrArray *variants, const struct operation_table *table,
	      GStrv names, int pairs_s, GError **error)
{
	struct sweep sweep = { .session = session, .table = table };
	struct campaign campaign = { .session = session,
				     .kind = "sweep",
				     .variants = variants,
				     .variant_expectations =
					     pairs_s ? PAIR_EXPECTATIONS : EXPECTATIONS,
				     .explore = sweep_operation,
				     .tell = tell,
				     .data = &sweep };
	int code;

	campaign.programs = sweep_plan(table, names, pairs_s > 0, session->options->seed, error);
	if (!campaign.programs)
		return STORM_TROUBLE;
	for (guint i = 0; pairs_s && i < campaign.programs->len; i++)
		sweep.pairs += shard_takes(&session->options->shard, i) ? 1 : 0;
	sweep.results = g_ptr_array_new_with_free_func(swept_free);
	budget_init(&sweep.budget, pairs_s);
	g_mutex_init(&sweep.lock);
	code = campaign_run(&campaign);
	g_mutex_clear(&sweep.lock);
	budget_clear(&sweep.budget);
	g_ptr_array_unref(sweep.results);
	g_ptr_array_unref(campaign.programs);
	return code;
}
