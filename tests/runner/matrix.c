// SPDX-License-Identifier: MIT
#include "tests/runner/matrix_rows.h"

#include <string.h>

#include "compositor/model/journal.h"

#define CONTROL "unfixed"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define DIM "\033[2m"
#define BOLD "\033[1m"
#define RESET "\033[0m"

static void entry_free(gpointer data)
{
	struct evidence_entry *entry = data;

	g_free(entry->program);
	g_free(entry->signature);
	g_free(entry->details);
	g_free(entry->file);
	g_free(entry);
}

static void row_free(gpointer data)
{
	struct row *row = data;

	for (int i = 0; i < RULE_COUNT; i++)
		g_ptr_array_unref(row->cells[i].entries);
	expectations_free(row->expectations);
	g_free(row->instrumented);
	g_free(row->name);
	g_free(row);
}

struct matrix *matrix_new(void)
{
	struct matrix *matrix = g_new0(struct matrix, 1);

	matrix->rows = g_ptr_array_new_with_free_func(row_free);
	return matrix;
}

void matrix_free(struct matrix *matrix)
{
	if (!matrix)
		return;
	g_ptr_array_unref(matrix->rows);
	g_free(matrix);
}

void matrix_add_variant(struct matrix *matrix, const char *name, struct expectations *expectations)
{
	struct row *row = g_new0(struct row, 1);

	row->name = g_strdup(name);
	row->expectations = expectations;
	for (int i = 0; i < RULE_COUNT; i++) {
		row->cells[i].expected = TRUE;
		row->cells[i].entries = g_ptr_array_new_with_free_func(entry_free);
	}
	g_ptr_array_add(matrix->rows, row);
}

struct row *matrix_row(const struct matrix *matrix, const char *name)
{
	for (guint i = 0; i < matrix->rows->len; i++) {
		struct row *row = g_ptr_array_index(matrix->rows, i);

		if (!strcmp(row->name, name))
			return row;
	}
	return NULL;
}

static gint compare_entries(gconstpointer a, gconstpointer b)
{
	const struct evidence_entry *const *first = a, *const *second = b;

	/* FAIL before SKIP; then by program, so that the order of running does not show. */
	if ((*first)->verdict != (*second)->verdict)
		return (int)(*second)->verdict - (int)(*first)->verdict;
	return strcmp((*first)->program, (*second)->program);
}

void matrix_sort_cell(struct cell *cell)
{
	g_ptr_array_sort(cell->entries, compare_entries);
}

/* The file in the run's folder that shows it, see results_trial_folder(). The caller's. */
static char *file_of(const char *variant, const char *program, int rule)
{
	return g_build_filename(variant, program, rules[rule].file, NULL);
}

static gboolean add_verdict(struct row *row, int rule, const struct trial *trial)
{
	const struct verdict *verdict = &trial->verdicts[rule];
	const char *program = trial->file->name;
	struct cell *cell = &row->cells[rule];
	gboolean expected =
		!trial->flaw && expectations_met(row->expectations, rule, program, verdict);
	struct evidence_entry *entry;

	cell->counts[verdict->kind]++;
	cell->expected &= expected;
	if (verdict->kind == VERDICT_PASS && expected)
		return TRUE;
	entry = g_new0(struct evidence_entry, 1);
	entry->program = g_strdup(program);
	entry->verdict = verdict->kind;
	entry->signature = g_strdup(verdict->signature);
	entry->details = g_strdup(verdict->details);
	entry->file = file_of(trial->variant, verdict->program ? verdict->program : program, rule);
	entry->expected = expected;
	g_ptr_array_add(cell->entries, entry);
	matrix_sort_cell(cell);
	return expected;
}

static gboolean fault_fired(const struct trial *trial)
{
	for (guint i = 0; i < trial->events->len; i++) {
		const struct journal_event *event =
			&g_array_index(trial->events, struct journal_event, i);

		if (event->kind == JOURNAL_RET && event->fired)
			return TRUE;
	}
	return FALSE;
}

gboolean matrix_add_trial(struct matrix *matrix, const struct trial *trial)
{
	gboolean expected = TRUE;
	struct row *row;

	row = matrix_row(matrix, trial->variant);
	row->flaws += trial->flaw != NULL;
	if (expectations_fail(row->expectations, RULE_SPLAT, trial->file->name)) {
		row->controls++;
		row->missed += trial->verdicts[RULE_SPLAT].kind != VERDICT_FAIL;
		row->faulted += fault_fired(trial) ? 1 : 0;
	}
	if (!row->instrumented)
		row->instrumented = g_strdup(trial->instrumented);
	row->interrupted += trial->interrupted;
	for (int i = 0; i < RULE_COUNT; i++)
		expected &= add_verdict(row, i, trial);
	return expected;
}

void matrix_add_news(struct matrix *matrix, const char *variant, const char *program,
		     const struct matrix_news *news)
{
	struct cell *cell = &matrix_row(matrix, variant)->cells[news->rule];
	struct evidence_entry *entry = g_new0(struct evidence_entry, 1);

	*entry = (struct evidence_entry){ .program = g_strdup(program),
					  .verdict = VERDICT_FAIL,
					  .signature = g_strdup(news->signature),
					  .details = g_strdup(news->details),
					  .file = file_of(variant, news->source, news->rule),
					  .unknown = TRUE };
	cell->expected = FALSE;
	g_ptr_array_add(cell->entries, entry);
	matrix_sort_cell(cell);
}

void matrix_add_control(struct matrix *matrix, const char *variant, gboolean held)
{
	struct row *row = matrix_row(matrix, variant);

	row->held |= held;
	row->controls = 1;
	row->missed = row->held ? 0 : 1;
}

gboolean matrix_as_expected(const struct matrix *matrix)
{
	for (guint i = 0; i < matrix->rows->len; i++) {
		const struct row *row = g_ptr_array_index(matrix->rows, i);

		for (int rule = 0; rule < RULE_COUNT; rule++)
			if (!row->cells[rule].expected)
				return FALSE;
	}
	return TRUE;
}

guint matrix_setup_failures(const struct matrix *matrix)
{
	guint failures = 0;

	for (guint i = 0; i < matrix->rows->len; i++)
		failures += ((const struct row *)g_ptr_array_index(matrix->rows, i))->flaws;
	return failures;
}

enum matrix_control matrix_control(const struct matrix *matrix)
{
	const struct row *row = matrix_row(matrix, CONTROL);

	if (!row || !row->controls)
		return CONTROL_NONE;
	if (row->instrumented && row->faulted && !row->interrupted)
		return CONTROL_MISSED;
	return row->missed ? CONTROL_MISSED : CONTROL_HELD;
}

guint matrix_trials(const struct matrix *matrix)
{
	guint trials = 0;

	for (guint i = 0; i < matrix->rows->len; i++) {
		const struct row *row = g_ptr_array_index(matrix->rows, i);

		for (int kind = 0; kind < VERDICT_KINDS; kind++)
			trials += row->cells[0].counts[kind];
	}
	return trials;
}

const char *matrix_control_name(enum matrix_control control)
{
	static const char *const names[] = {
		[CONTROL_NONE] = "none",
		[CONTROL_HELD] = "held",
		[CONTROL_MISSED] = "missed",
	};

	return names[control];
}

enum verdict_kind matrix_cell_verdict(const struct cell *cell)
{
	if (cell->counts[VERDICT_FAIL])
		return VERDICT_FAIL;
	return cell->counts[VERDICT_PASS] ? VERDICT_PASS : VERDICT_SKIP;
}

/* "FAIL 3/9", "PASS 9/9", "SKIP"; a "!" behind it where a verdict was not expected. */
static char *cell_text(const struct cell *cell)
{
	enum verdict_kind verdict = matrix_cell_verdict(cell);
	guint all = cell->counts[VERDICT_PASS] + cell->counts[VERDICT_FAIL];
	const char *mark = cell->expected ? "" : " !";

	if (verdict == VERDICT_SKIP)
		return g_strdup_printf("SKIP%s", mark);
	return g_strdup_printf("%s %u/%u%s", verdict_name(verdict), cell->counts[verdict], all,
			       mark);
}

static const char *cell_colour(const struct cell *cell)
{
	switch (matrix_cell_verdict(cell)) {
	case VERDICT_FAIL:
		return RED;
	case VERDICT_PASS:
		return GREEN;
	case VERDICT_SKIP:
	case VERDICT_KINDS:
	default:
		return DIM;
	}
}

/* Those on fences have a table of their own, and a heading for all of them. */
static const char *rule_heading(int rule)
{
	return rules[rule].name + (rule_is_fence(rule) ? strlen("fence-") : 0);
}

static void print_row(const struct row *row, gboolean fences, FILE *out, gboolean colour)
{
	fprintf(out, "%-18s", row->name);
	for (int i = 0; i < RULE_COUNT; i++) {
		g_autofree char *text = cell_text(&row->cells[i]);

		if (rule_is_fence(i) != fences)
			continue;
		if (colour)
			fprintf(out, "%s%s%-15s%s", cell_colour(&row->cells[i]),
				row->cells[i].expected ? "" : BOLD, text, RESET);
		else
			fprintf(out, "%-15s", text);
	}
	fputc('\n', out);
}

static void print_table(const struct matrix *matrix, gboolean fences, FILE *out, gboolean colour)
{
	fprintf(out, "%s%-18s", colour ? BOLD : "", fences ? "fence-" : "variant");
	for (int i = 0; i < RULE_COUNT; i++)
		if (rule_is_fence(i) == fences)
			fprintf(out, "%-15s", rule_heading(i));
	fprintf(out, "%s\n", colour ? RESET : "");
	for (guint i = 0; i < matrix->rows->len; i++)
		print_row(g_ptr_array_index(matrix->rows, i), fences, out, colour);
	fputc('\n', out);
}

static gboolean has_fences(const struct matrix *matrix)
{
	for (guint i = 0; i < matrix->rows->len; i++) {
		const struct row *row = g_ptr_array_index(matrix->rows, i);

		for (int rule = 0; rule < RULE_COUNT; rule++)
			if (rule_is_fence(rule) &&
			    (matrix_cell_verdict(&row->cells[rule]) != VERDICT_SKIP ||
			     !row->cells[rule].expected))
				return TRUE;
	}
	return FALSE;
}

/* Each distinct signature of a row's rule once, with the programs that showed it. */
static void print_findings(const struct row *row, int rule, FILE *out)
{
	const GPtrArray *entries = row->cells[rule].entries;

	for (guint i = 0; i < entries->len; i++) {
		const struct evidence_entry *entry = g_ptr_array_index(entries, i);
		gboolean seen = FALSE;

		if (entry->verdict == VERDICT_SKIP && entry->expected)
			continue;
		for (guint j = 0; j < i; j++) {
			const struct evidence_entry *other = g_ptr_array_index(entries, j);

			seen |= !strcmp(other->signature, entry->signature) &&
				other->expected == entry->expected &&
				other->verdict == entry->verdict;
		}
		if (seen)
			continue;
		fprintf(out, "  %s %s: %s%s%s (", row->name, rules[rule].name,
			verdict_name(entry->verdict), *entry->signature ? " " : "",
			entry->signature);
		for (guint j = i; j < entries->len; j++) {
			const struct evidence_entry *other = g_ptr_array_index(entries, j);

			if (!strcmp(other->signature, entry->signature) &&
			    other->expected == entry->expected && other->verdict == entry->verdict)
				fprintf(out, "%s%s%s%s", j == i ? "" : ", ", other->program,
					other->details ? ": " : "",
					other->details ? other->details : "");
		}
		fprintf(out, ")%s\n",
			entry->expected ? "" :
			entry->unknown	? " -- not known" :
					  " -- not expected");
	}
}

static void print_instrumented(const struct row *row, FILE *out)
{
	if (row->instrumented)
		fprintf(out, "  %s instrumented: %s (interruptions: %u)\n", row->name,
			row->instrumented, row->interrupted);
}

void matrix_print(const struct matrix *matrix, FILE *out, gboolean colour)
{
	print_table(matrix, FALSE, out, colour);
	if (has_fences(matrix))
		print_table(matrix, TRUE, out, colour);
	for (guint i = 0; i < matrix->rows->len; i++)
		print_instrumented(g_ptr_array_index(matrix->rows, i), out);
	for (guint i = 0; i < matrix->rows->len; i++)
		for (int rule = 0; rule < RULE_COUNT; rule++)
			print_findings(g_ptr_array_index(matrix->rows, i), rule, out);
}
