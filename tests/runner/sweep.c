// SPDX-License-Identifier: MIT
#include "tests/runner/sweep.h"

#include <errno.h>
#include <string.h>

#include "tests/runner/points.h"
#include "tests/runner/progress.h"
#include "tests/runner/results.h"
#include "tests/runner/sweep_table.h"

#define SWEEP_SCHEMA 1
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

/* Between the names of an operation and its company in that of a pair. */
#define WITH "+"

/* @sum takes @trial's verdicts in: FAIL before PASS before SKIP. Of several FAILs the first stands. */
static void merge_verdicts(struct trial *sum, struct trial *trial)
{
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		struct verdict other = trial->verdicts[rule];

		if (other.kind <= sum->verdicts[rule].kind)
			continue;
		trial->verdicts[rule] = sum->verdicts[rule];
		sum->verdicts[rule] = other;
	}
	if (trial->flaw && !sum->flaw)
		sum->flaw = g_steal_pointer(&trial->flaw);
}

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

/* Each pair draws from a source of its own, so that it does not matter when its turn comes. */
static void seed_pair(const struct sweep *sweep, const char *name, struct rng *rng)
{
	rng_init(rng, sweep->session->options->seed ^ g_str_hash(name));
}

/*
 * The program that sweeps @name, an operation or a pair, from allocation @nth on. The first one is called
 * so, the others say where they go on.
 */
static struct program_file *make_program(const struct sweep *sweep, const char *name, guint nth)
{
	g_auto(GStrv) parts = g_strsplit(name, WITH, 2);
	const struct operation_entry *entry = operation_table_find(sweep->table, parts[0]);
	const struct operation_company *company =
		parts[1] ? operation_table_company(sweep->table, parts[1]) : NULL;
	g_autofree char *text = NULL, *from = NULL;
	struct rng rng;

	seed_pair(sweep, name, &rng);
	text = operation_sweep_text(sweep->table, entry, company, company ? &rng : NULL, nth);
	if (nth > 1)
		from = g_strdup_printf("%s-from-%u", name, nth);
	return program_file_parse(from ? from : name, text, strlen(text), NULL);
}

static struct trial *sweep_from(struct campaign_job *job, const struct sweep *sweep,
				struct swept *swept, guint *nth, gboolean *more)
{
	struct program_file *file = make_program(sweep, swept->operation, *nth);
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
		merge_verdicts(sum, trial);
		trial_free(trial);
	}
	if (!sum) {
		swept_free(swept);
		return NULL;
	}
	g_mutex_lock(&sweep->lock);
	g_ptr_array_add(sweep->results, swept);
	g_mutex_unlock(&sweep->lock);
	return sum;
}

static guint position(const struct sweep *sweep, const char *name)
{
	gsize len = strcspn(name, WITH);

	for (guint i = 0; i < sweep->table->operations->len; i++) {
		const struct operation_entry *entry =
			g_ptr_array_index(sweep->table->operations, i);

		if (strlen(entry->name) == len && !strncmp(entry->name, name, len))
			return i;
	}
	return 0;
}

/* By operation as in the table, then by the names of company and variant: the order of running does not
 * show. */
static gint compare_results(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct swept *first = *(const struct swept *const *)a;
	const struct swept *second = *(const struct swept *const *)b;
	guint i = position(data, first->operation), j = position(data, second->operation);
	int names = strcmp(first->operation, second->operation);

	if (i != j)
		return (i > j) - (i < j);
	return names ? names : strcmp(first->variant, second->variant);
}

static JsonNode *to_json(const struct sweep *sweep)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	json_builder_set_member_name(json, "schema");
	json_builder_add_int_value(json, SWEEP_SCHEMA);
	json_builder_set_member_name(json, "base");
	json_builder_add_string_value(json, sweep->session->base->release);
	json_builder_set_member_name(json, "seed");
	json_builder_add_int_value(json, (gint64)sweep->session->options->seed);
	json_builder_set_member_name(json, "operations");
	json_builder_add_value(json, sweep_table_json(sweep->results));
	json_builder_end_object(json);
	return json_builder_get_root(json);
}

static void write_files(const struct sweep *sweep, const char *folder)
{
	g_autoptr(JsonNode) json = to_json(sweep);
	g_autofree char *path = g_build_filename(folder, "sweep.txt", NULL);
	g_autoptr(GError) error = NULL;
	FILE *file = fopen(path, "we");

	if (file) {
		sweep_table_print(sweep->results, TRUE, file);
		fclose(file);
	} else {
		progress_say("cannot write %s: %s", path, g_strerror(errno));
	}
	if (!results_write_json(folder, "sweep.json", json, &error))
		progress_say("%s", error->message);
}

static void tell(const char *folder, void *data)
{
	struct sweep *sweep = data;
	guint count;
	double minutes;

	g_ptr_array_sort_with_data(sweep->results, compare_results, sweep);
	write_files(sweep, folder);
	sweep_table_print(sweep->results, FALSE, stdout);
	count = sweep_table_count(sweep->results);
	minutes = (progress_elapsed() - sweep->start) / 60;
	printf("\n%u fault points in %.1f minutes, %.0f a minute; all sites: %s/sweep.txt\n\n",
	       count, minutes, minutes > 0 ? count / minutes : 0, folder);
}

/* The names of the operations to sweep, borrowed. */
static GPtrArray *choose(const struct sweep *sweep, GStrv names, GError **error)
{
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();
	const GPtrArray *operations = sweep->table->operations;

	for (guint i = 0; !names && i < operations->len; i++)
		g_ptr_array_add(
			chosen,
			((const struct operation_entry *)g_ptr_array_index(operations, i))->name);
	for (int i = 0; names && names[i]; i++) {
		if (!operation_table_find(sweep->table, names[i])) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				    "expected an operation of data/operations.ini, got \"%s\"",
				    names[i]);
			return NULL;
		}
		g_ptr_array_add(chosen, names[i]);
	}
	return g_steal_pointer(&chosen);
}

/* Fisher and Yates, from the seed. */
static void shuffle(const struct sweep *sweep, GPtrArray *files)
{
	struct rng rng;

	rng_init(&rng, sweep->session->options->seed);
	for (guint i = files->len; i > 1; i--) {
		guint j = (guint)rng_below(&rng, i);
		gpointer other = files->pdata[i - 1];

		files->pdata[i - 1] = files->pdata[j];
		files->pdata[j] = other;
	}
}

static GPtrArray *make_programs(const struct sweep *sweep, const GPtrArray *names)
{
	GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify)program_file_free);
	guint companies = sweep->pairs_s ? sweep->table->companies->len : 0;

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);

		if (!sweep->pairs_s)
			g_ptr_array_add(files, make_program(sweep, name, 1));
		for (guint j = 0; j < companies; j++) {
			const struct operation_company *company =
				g_ptr_array_index(sweep->table->companies, j);
			g_autofree char *pair = g_strconcat(name, WITH, company->name, NULL);

			g_ptr_array_add(files, make_program(sweep, pair, 1));
		}
	}
	if (sweep->pairs_s)
		shuffle(sweep, files);
	return files;
}

int sweep_run(struct session *session, GPtrArray *variants, const struct operation_table *table,
	      GStrv names, int pairs_s, GError **error)
{
	struct sweep sweep = {
		.session = session, .table = table, .start = progress_elapsed(), .pairs_s = pairs_s
	};
	struct campaign campaign = { .session = session,
				     .variants = variants,
				     .variant_expectations =
					     pairs_s ? PAIR_EXPECTATIONS : EXPECTATIONS,
				     .explore = sweep_operation,
				     .tell = tell,
				     .data = &sweep };
	g_autoptr(GPtrArray) chosen = choose(&sweep, names, error);
	int code;

	if (!chosen)
		return STORM_TROUBLE;
	campaign.programs = make_programs(&sweep, chosen);
	sweep.results = g_ptr_array_new_with_free_func(swept_free);
	g_mutex_init(&sweep.lock);
	code = campaign_run(&campaign);
	g_mutex_clear(&sweep.lock);
	g_ptr_array_unref(sweep.results);
	g_ptr_array_unref(campaign.programs);
	return code;
}
