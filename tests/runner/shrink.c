// SPDX-License-Identifier: MIT
#include "tests/runner/shrink.h"

#include <string.h>

#include "tests/runner/shrink_search.h"

struct step {
	GPtrArray *lines;
	struct shrink_rate rate;
	gboolean confirmed; /* the rate is that of runs after it was taken */
};

static void step_free(gpointer data)
{
	struct step *step = data;

	g_ptr_array_unref(step->lines);
	g_free(step);
}

static struct step *last_step(const struct shrink *shrink)
{
	return g_ptr_array_index(shrink->steps, shrink->steps->len - 1);
}

/* --- runs ------------------------------------------------------------------------------------- */

/* One run more of @text. Returns FALSE if there was none. */
static gboolean run(struct shrink *shrink, const char *text, gboolean careful,
		    struct shrink_rate *rate, struct shrink_moment *moment)
{
	const struct shrink_oracle *oracle = shrink->oracle;
	struct shrink_moment seen = { 0, 0 };
	enum shrink_answer answer = oracle->run(oracle->data, text, strlen(text), careful, &seen);

	if (answer == SHRINK_STOP) {
		shrink->end = SHRINK_STOPPED;
		return FALSE;
	}
	if (answer == SHRINK_FAILS)
		*moment = seen;
	rate->failed += answer == SHRINK_FAILS;
	rate->runs++;
	shrink->runs++;
	if (oracle->progress)
		oracle->progress(oracle->data, shrink->lines->len, shrink->runs);
	return TRUE;
}

gboolean shrink_fails(struct shrink *shrink, const GPtrArray *lines, struct shrink_rate *rate,
		      struct shrink_moment *moment)
{
	g_autofree char *text = shrink_join(lines);
	enum shrink_decision decision = SHRINK_UNDECIDED;

	*rate = (struct shrink_rate){ 0, 0 };
	*moment = (struct shrink_moment){ 0, 0 };
	if (shrink->end == SHRINK_DONE && shrink->runs >= shrink->oracle->max_runs)
		shrink->end = SHRINK_LIMIT;
	if (shrink->end != SHRINK_DONE || !shrink_is_program(lines) ||
	    g_hash_table_contains(shrink->rejected, text))
		return FALSE;
	while (decision == SHRINK_UNDECIDED) {
		if (!run(shrink, text, FALSE, rate, moment))
			return FALSE;
		decision = shrink_decide(&shrink->bar, *rate);
	}
	if (decision == SHRINK_REJECT)
		g_hash_table_add(shrink->rejected, g_steal_pointer(&text));
	return decision == SHRINK_ACCEPT;
}

/* Takes @lines. */
static void adopt(struct shrink *shrink, GPtrArray *lines, struct shrink_rate rate)
{
	struct step *step = g_new0(struct step, 1);

	step->lines = lines;
	step->rate = rate;
	g_ptr_array_add(shrink->steps, step);
	shrink->lines = lines;
}

gboolean shrink_try(struct shrink *shrink, GPtrArray *lines)
{
	struct shrink_moment moment;
	struct shrink_rate rate;
	gboolean fails = shrink_fails(shrink, lines, &rate, &moment);

	if (fails) {
		adopt(shrink, lines, rate);
		shrink->moment = moment;
	} else {
		g_ptr_array_unref(lines);
	}
	return fails;
}

/* How often the original fails, and so what to ask of the candidates. */
static gboolean measure(struct shrink *shrink)
{
	struct step *original = last_step(shrink);
	struct shrink_rate *rate = &original->rate;
	g_autofree char *text = shrink_join(original->lines);

	while (rate->runs < SHRINK_STABLE_RUNS ||
	       (rate->failed < rate->runs && rate->runs < SHRINK_FLAKY_RUNS))
		if (!run(shrink, text, TRUE, rate, &shrink->moment))
			return FALSE;
	if (!rate->failed) {
		shrink->end = SHRINK_NEVER;
		return FALSE;
	}
	shrink->bar = shrink_bar_for(*rate);
	return TRUE;
}

/* Fresh runs of @step: all of them, for the rate, unless what is needed cannot be reached any more. */
static gboolean holds(struct shrink *shrink, struct step *step)
{
	g_autofree char *text = shrink_join(step->lines);
	struct shrink_rate rate = { 0, 0 };
	struct shrink_moment moment;

	while (rate.runs < shrink->bar.of && shrink_decide(&shrink->bar, rate) != SHRINK_REJECT)
		if (!run(shrink, text, TRUE, &rate, &moment))
			return FALSE;
	step->confirmed = rate.failed >= shrink->bar.need;
	if (step->confirmed)
		step->rate = rate;
	else
		g_hash_table_add(shrink->rejected, g_steal_pointer(&text));
	return step->confirmed;
}

/* The last of many candidates was perhaps only the luckiest: steps that do not hold are taken back.
 * Returns whether there are none. */
static gboolean confirm(struct shrink *shrink)
{
	guint steps = shrink->steps->len;

	while (shrink->steps->len > 1 && !last_step(shrink)->confirmed &&
	       !holds(shrink, last_step(shrink)) && shrink->end != SHRINK_STOPPED) {
		g_ptr_array_set_size(shrink->steps, (int)shrink->steps->len - 1);
		shrink->lines = last_step(shrink)->lines;
	}
	return shrink->steps->len == steps;
}

/* --- taking out ------------------------------------------------------------------------------- */

/* The units from @lo to before @hi, as far as there are as many. */
static gboolean take_out(struct shrink *shrink, enum shrink_grain grain, guint lo, guint hi)
{
	guint count = shrink_units(shrink->lines, grain);
	GPtrArray *left = NULL;

	hi = MIN(hi, count);
	if (lo < hi)
		left = shrink_without(shrink->lines, grain, lo, hi);
	return left && shrink_try(shrink, left);
}

/* What comes after the failing operation is not needed, but perhaps for a last line that looks. */
static void take_tail(struct shrink *shrink)
{
	guint count = shrink_units(shrink->lines, SHRINK_LINES), unit;

	if (!shrink->moment.line || shrink->moment.line > shrink->lines->len)
		return;
	unit = shrink_unit_of(shrink->lines, SHRINK_LINES, shrink->moment.line);
	if (!take_out(shrink, SHRINK_LINES, unit + 1, count))
		take_out(shrink, SHRINK_LINES, unit + 1, count - 1);
}

/*
 * Ranges of half of all units, then of half as many, down to single ones. From the end, since uses come
 * after what they use: that goes when they have gone.
 */
static void take_ranges(struct shrink *shrink, enum shrink_grain grain)
{
	guint size = shrink_units(shrink->lines, grain);

	do {
		guint hi = shrink_units(shrink->lines, grain);

		size = MAX(size / 2, 1);
		for (; hi > 0; hi -= MIN(size, hi))
			take_out(shrink, grain, hi - MIN(size, hi), hi);
	} while (size > 1);
}

static void search(struct shrink *shrink)
{
	guint steps;

	do {
		steps = shrink->steps->len;
		for (int grain = 0; grain < SHRINK_GRAINS; grain++)
			take_ranges(shrink, (enum shrink_grain)grain);
		shrink_values(shrink);
	} while (shrink->end == SHRINK_DONE && shrink->steps->len > steps);
}

/* --- the whole -------------------------------------------------------------------------------- */

static struct shrink_result *conclude(const struct shrink *shrink)
{
	const struct step *original = g_ptr_array_index(shrink->steps, 0);
	const struct step *last = last_step(shrink);
	struct shrink_result *result = g_new0(struct shrink_result, 1);

	result->end = shrink->end;
	result->text = shrink_indent(last->lines);
	result->lines = last->lines->len;
	result->rate = last->rate;
	result->original_lines = original->lines->len;
	result->original_rate = original->rate;
	result->runs = shrink->runs;
	return result;
}

struct shrink_result *shrink_program(const char *text, gsize len,
				     const struct shrink_oracle *oracle)
{
	struct shrink shrink = { .oracle = oracle, .end = SHRINK_DONE };
	struct shrink_result *result;

	shrink.steps = g_ptr_array_new_with_free_func(step_free);
	shrink.rejected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	adopt(&shrink, shrink_split(text, len), (struct shrink_rate){ 0, 0 });
	if (measure(&shrink)) {
		take_tail(&shrink);
		do
			search(&shrink);
		while (shrink.end != SHRINK_STOPPED && !confirm(&shrink));
	}
	result = conclude(&shrink);
	g_hash_table_unref(shrink.rejected);
	g_ptr_array_unref(shrink.steps);
	return result;
}

void shrink_result_free(struct shrink_result *result)
{
	if (!result)
		return;
	g_free(result->text);
	g_free(result);
}
