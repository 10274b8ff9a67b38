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

struct sweep {
	struct session *session;
	const struct operation_table *table;
	GMutex lock;
	GPtrArray *results; /* struct swept */
	double start;
};

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

/* The first trial is called like the operation, the others say where they go on. */
static struct program_file *make_program(const struct sweep *sweep,
					 const struct operation_entry *entry, guint nth)
{
	g_autofree char *text = operation_sweep_text(sweep->table, entry, nth, NULL);
	g_autofree char *name =
		nth == 1 ? g_strdup(entry->name) : g_strdup_printf("%s-from-%u", entry->name, nth);

	return program_file_parse(name, text, strlen(text), NULL);
}

static struct trial *sweep_from(struct campaign_job *job, const struct sweep *sweep,
				const struct operation_entry *entry, struct swept *swept,
				guint *nth, gboolean *more)
{
	struct program_file *file = make_program(sweep, entry, *nth);
	struct trial *trial = campaign_trial(job, file);

	*more = FALSE;
	if (trial && !trial->flaw)
		*more = take_points(swept, trial, nth);
	if (trial)
		trial->file = campaign_job_file(job);
	program_file_free(file);
	return trial;
}

/* All of one operation on one variant. */
static struct trial *sweep_operation(struct campaign_job *job, void *data)
{
	struct sweep *sweep = data;
	const char *name = campaign_job_file(job)->name;
	const struct operation_entry *entry = operation_table_find(sweep->table, name);
	struct swept *swept = swept_new(entry->name, campaign_job_variant(job)->name);
	struct trial *sum = NULL;
	gboolean more = TRUE;
	guint nth = 1;

	while (more) {
		struct trial *trial = sweep_from(job, sweep, entry, swept, &nth, &more);

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
	g_mutex_lock(&sweep->lock);
	g_ptr_array_add(sweep->results, swept);
	g_mutex_unlock(&sweep->lock);
	return sum;
}

static guint position(const struct sweep *sweep, const char *operation)
{
	for (guint i = 0; i < sweep->table->operations->len; i++) {
		const struct operation_entry *entry =
			g_ptr_array_index(sweep->table->operations, i);

		if (!strcmp(entry->name, operation))
			return i;
	}
	return 0;
}

/* By operation as in the table, then by name of the variant: the order of running does not show. */
static gint compare_results(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct swept *first = *(const struct swept *const *)a;
	const struct swept *second = *(const struct swept *const *)b;
	guint i = position(data, first->operation), j = position(data, second->operation);

	return i != j ? (i > j) - (i < j) : strcmp(first->variant, second->variant);
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

/* The operations to sweep, as programs that are called like them. */
static GPtrArray *choose(const struct sweep *sweep, GStrv names, GError **error)
{
	g_autoptr(GPtrArray) files =
		g_ptr_array_new_with_free_func((GDestroyNotify)program_file_free);
	const GPtrArray *operations = sweep->table->operations;

	for (guint i = 0; !names && i < operations->len; i++)
		g_ptr_array_add(files, make_program(sweep, g_ptr_array_index(operations, i), 1));
	for (int i = 0; names && names[i]; i++) {
		const struct operation_entry *entry = operation_table_find(sweep->table, names[i]);

		if (!entry) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				    "expected an operation of data/operations.ini, got \"%s\"",
				    names[i]);
			return NULL;
		}
		g_ptr_array_add(files, make_program(sweep, entry, 1));
	}
	return g_steal_pointer(&files);
}

int sweep_run(struct session *session, GPtrArray *variants, const struct operation_table *table,
	      GStrv names, GError **error)
{
	struct sweep sweep = { .session = session, .table = table, .start = progress_elapsed() };
	struct campaign campaign = { .session = session,
				     .variants = variants,
				     .variant_expectations = EXPECTATIONS,
				     .explore = sweep_operation,
				     .tell = tell,
				     .data = &sweep };
	g_autoptr(GPtrArray) files = choose(&sweep, names, error);
	int code;

	if (!files)
		return 2;
	campaign.programs = files;
	sweep.results = g_ptr_array_new_with_free_func(swept_free);
	g_mutex_init(&sweep.lock);
	code = campaign_run(&campaign);
	g_mutex_clear(&sweep.lock);
	g_ptr_array_unref(sweep.results);
	return code;
}
