// SPDX-License-Identifier: MIT
#include "tests/runner/sweep.h"

#include "tests/runner/json_add.h"
#include "tests/runner/points.h"
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
	double start;
	int pairs_s; /* 0: no pairs */
};

/* Takes the points of @trial; returns whether the sweep goes on, from *@nth. */
static gboolean take_points(struct swept *swept, const struct trial *trial, guint *nth)
{
	struct points *points = points_read(trial);
	gboolean more = !points->finished;

	g_array_append_vals(swept->points, points->points->data, points->points->len);
	g_array_set_clear_func(points->points, NULL); /* they have a new owner */
	if (!more) {
		swept->plain_err = points->plain_err;
		swept->plain_outcome = points->plain_outcome;
	}
	*nth = points->next;
	points_free(points);
	return more;
}

static struct trial *sweep_from(struct campaign_job *job, const struct sweep *sweep,
				struct swept *swept, guint *nth, gboolean *more)
{
	struct program_file *file = sweep_plan_program(sweep->table, swept->operation,
						       sweep->session->options->seed, *nth, NULL);
	struct trial *trial = campaign_trial(job, file);

	*more = FALSE;
	if (trial && !trial->flaw)
		*more = take_points(swept, trial, nth);
	if (trial)
		trial->file = campaign_job_file(job);
	program_file_free(file);
	return trial;
}

/* What has not begun by then is passed over. */
static gboolean is_late(const struct sweep *sweep)
{
	return sweep->pairs_s && progress_elapsed() - sweep->start > sweep->pairs_s;
}

static JsonNode *to_json(const struct sweep *sweep)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	json_add_int(json, "schema", SWEEP_SCHEMA);
	json_add_string(json, "base", sweep->session->base->release);
	json_add_int(json, "seed", (gint64)sweep->session->options->seed);
	json_add_node(json, "operations", sweep_table_json(sweep->results));
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

/* What is known so far, so that it is there whatever happens next. */
static void write_files(struct sweep *sweep, const char *folder)
{
	g_autoptr(JsonNode) json = NULL;
	g_autoptr(GError) error = NULL;

	sweep_table_sort(sweep->results, sweep->table);
	json = to_json(sweep);
	if (!sweep_table_save(sweep->results, folder, &error) ||
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
	gboolean more = !is_late(sweep);
	guint nth = 1;

	while (more) {
		struct trial *trial = sweep_from(job, sweep, swept, &nth, &more);

		if (!trial)
			break;
		swept->trials++;
		swept->whole = !more && !trial->flaw;
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
	guint count;
	double minutes;

	write_files(sweep, folder);
	sweep_table_print(sweep->results, FALSE, stdout);
	count = sweep_table_count(sweep->results);
	minutes = (progress_elapsed() - sweep->start) / 60;
	printf("\n%u fault points in %.1f minutes, %.0f a minute; all sites: %s/sweep.txt\n\n",
	       count, minutes, minutes > 0 ? count / minutes : 0, folder);
}

int sweep_run(struct session *session, GPtrArray *variants, const struct operation_table *table,
	      GStrv names, int pairs_s, GError **error)
{
	struct sweep sweep = {
		.session = session, .table = table, .start = progress_elapsed(), .pairs_s = pairs_s
	};
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
	sweep.results = g_ptr_array_new_with_free_func(swept_free);
	g_mutex_init(&sweep.lock);
	code = campaign_run(&campaign);
	g_mutex_clear(&sweep.lock);
	g_ptr_array_unref(sweep.results);
	g_ptr_array_unref(campaign.programs);
	return code;
}
