// SPDX-License-Identifier: MIT
#include "tests/runner/bench.h"

#include <stdio.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/bench_judge.h"
#include "tests/runner/hands.h"
#include "tests/runner/live.h"
#include "tests/runner/progress.h"

/* The benchmark takes a minute or two; it is given up when nothing is heard for this long. */
#define SILENT_MS 300000

/*
 * The guest reports, for each operation, "bench.OPERATION.bare" and ".engine" in ns, and ".permille",
 * the median over neighbouring rounds of engine speed to bare speed; of some only the ".engine".
 */
#define PREFIX "bench."
#define BARE ".bare"
#define ENGINE ".engine"
#define RATIO ".permille"

/* The guest's benchmark is run without and with the witnesses, with and without, and so on, since a
 * machine's speed changes. */
#define PAIRS 3u

static gboolean wait_for_exit(struct vm *vm, GError **error)
{
	gint64 last = g_get_monotonic_time();
	gsize seen = 0;

	while (g_get_monotonic_time() - last < SILENT_MS * G_TIME_SPAN_MILLISECOND) {
		unsigned events = vm_pump(vm, 100);

		if (events & (VM_JOURNAL | VM_CONSOLE))
			last = g_get_monotonic_time();
		if (events & VM_JOURNAL && strstr(vm_journal(vm)->str + seen, "\nexit "))
			return TRUE;
		/* Not once more what was looked through; the word may be cut. */
		seen = vm_journal(vm)->len - MIN(vm_journal(vm)->len, strlen("\nexit "));
		if (events & (VM_GONE | VM_CANCELLED))
			break;
	}
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the benchmark did not come to its end");
	return FALSE;
}

/* The value of the stat called @prefix@name@suffix, or 0. */
static gint64 find_stat(const GArray *events, const char *name, gsize name_len, const char *suffix)
{
	g_autofree char *wanted = g_strdup_printf(PREFIX "%.*s%s", (int)name_len, name, suffix);

	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind == JOURNAL_STAT && event->name_len == strlen(wanted) &&
		    !memcmp(event->name, wanted, event->name_len))
			return event->value;
	}
	return 0;
}

/* What one run of the guest's benchmark says of one operation. */
struct result {
	char *name;
	gint64 bare, engine; /* ns; bare may be 0: there is none */
	double ratio;	     /* engine speed to bare speed */
};

static void result_clear(gpointer data)
{
	g_free(((struct result *)data)->name);
}

/* The results (struct result) in @journal, or NULL with @error set if the guest's side failed. */
static GArray *read_results(const GString *journal, GError **error)
{
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	GArray *results = g_array_new(FALSE, FALSE, sizeof(struct result));

	g_array_set_clear_func(results, result_clear);
	journal_read(journal->str, journal->len, events);
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);
		struct result result = { .engine = event->value };
		const char *name;
		gsize len;

		if (event->kind == JOURNAL_EXIT && event->value) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
				    "the guest's benchmark failed");
			g_array_unref(results);
			return NULL;
		}
		if (event->kind != JOURNAL_STAT ||
		    event->name_len <= strlen(PREFIX) + strlen(ENGINE) ||
		    memcmp(event->name, PREFIX, strlen(PREFIX)))
			continue;
		name = event->name + strlen(PREFIX);
		len = event->name_len - strlen(PREFIX) - strlen(ENGINE);
		if (memcmp(name + len, ENGINE, strlen(ENGINE)))
			continue;
		result.name = g_strndup(name, len);
		result.bare = find_stat(events, name, len, BARE);
		result.ratio = (double)find_stat(events, name, len, RATIO) / 1000;
		g_array_append_val(results, result);
	}
	return results;
}

/* One run of the guest's benchmark, watched or not. Returns its results or NULL with @error set. */
static GArray *run_guest(struct session *session, const struct snapshot *snapshot, gboolean watched,
			 const char *subject, GError **error)
{
	g_autofree char *log = g_build_filename(session->scratch, "bench.qemu.txt", NULL);
	struct vm_setup setup = { .platform = &session->platform,
				  .ram = snapshot->ram,
				  .state = snapshot->state,
				  .witness_heads = watched ? 1 : 0,
				  .log = log,
				  .cancellable = session->options->cancellable };
	struct vm *vm = vm_start(&setup, REQUEST_BENCH, session->options->seed, subject,
				 strlen(subject), error);
	GArray *results = NULL;

	if (vm && wait_for_exit(vm, error))
		results = read_results(vm_journal(vm), error);
	vm_destroy(vm);
	return results;
}

static const struct result *result_at(const GPtrArray *runs, guint run, guint i)
{
	return &g_array_index((GArray *)g_ptr_array_index(runs, run), struct result, i);
}

static double median(double *values, guint count)
{
	for (guint i = 1; i < count; i++)
		for (guint j = i; j > 0 && values[j - 1] > values[j]; j--) {
			double value = values[j];

			values[j] = values[j - 1];
			values[j - 1] = value;
		}
	return values[count / 2];
}

/* One line: medians over the pairs of runs. */
static void print_line(const GPtrArray *runs, guint i)
{
	double bare[PAIRS], engine[PAIRS], ratio[PAIRS], watched[PAIRS], cost[PAIRS];

	for (guint pair = 0; pair < PAIRS; pair++) {
		const struct result *without = result_at(runs, 2 * pair + pair % 2, i);
		const struct result *with = result_at(runs, 2 * pair + 1 - pair % 2, i);

		bare[pair] = 1e9 / (double)MAX(without->bare, 1);
		engine[pair] = 1e9 / (double)MAX(without->engine, 1);
		ratio[pair] = without->ratio;
		watched[pair] = 1e9 / (double)MAX(with->engine, 1);
		cost[pair] = 100 - 100 * watched[pair] / engine[pair];
	}
	printf("%-12s", result_at(runs, 0, i)->name);
	if (result_at(runs, 0, i)->bare)
		printf("%12.0f%12.0f%8.2f", median(bare, PAIRS), median(engine, PAIRS),
		       median(ratio, PAIRS));
	else
		printf("%12s%12.0f%8s", "", median(engine, PAIRS), "");
	printf("%12.0f%8.0f %%\n", median(watched, PAIRS), median(cost, PAIRS));
}

static gboolean report(const GPtrArray *runs, const char *title)
{
	guint count = ((GArray *)g_ptr_array_index(runs, 0))->len;

	for (guint run = 0; run < runs->len; run++)
		if (((GArray *)g_ptr_array_index(runs, run))->len != count || !count)
			return FALSE;
	printf("%-12s%12s%12s%8s%12s%10s\n", title, "bare /s", "engine /s", "ratio", "watched /s",
	       "cost");
	for (guint i = 0; i < count; i++)
		print_line(runs, i);
	return TRUE;
}

/* @subject: the request's bytes. FALSE with @error set. */
static gboolean run(struct session *session, const struct variant *variant, const char *subject,
		    const char *title, GError **error)
{
	struct snapshot *snapshot = session_snapshot(session, variant, error);
	g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
	gboolean done = snapshot != NULL;

	for (guint i = 0; done && i < 2 * PAIRS; i++) {
		gboolean watched = i % 4 == 1 || i % 4 == 2;
		GArray *results = run_guest(session, snapshot, watched, subject, error);

		done = results != NULL;
		if (done)
			g_ptr_array_add(runs, results);
		progress_status("bench: run %u of %u", i + 1, 2 * PAIRS);
	}
	snapshot_free(snapshot);
	if (done && !report(runs, title)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
			    "the guest's benchmark has no results, or not the same in each run");
		done = FALSE;
	}
	return done;
}

int bench_operations(struct session *session, const struct variant *variant, GError **error)
{
	return run(session, variant, "", "operation", error) && bench_judge(error) ? STORM_OK :
										     STORM_TROUBLE;
}

/* --- the compositor --------------------------------------------------------------------------- */

#define MOVES 100
#define REST_MS 5000

/* A still picture, and a pointer that rests and then moves, or not at all. */
static gboolean play_still(struct session *session, const struct variant *variant, guint moves,
			   struct live *live, GError **error)
{
	struct hands hands;

	if (!live_start(live, session, variant, 1, "--still", error))
		return FALSE;
	if (!moves)
		live_wait(live, REST_MS);
	else if (!hands_point(live, moves, session->options->seed, &hands, error))
		return FALSE;
	else
		hands_clear(&hands);
	return live_quit(live, error);
}

static gboolean tell_still(struct session *session, const struct variant *variant, guint moves,
			   GError **error)
{
	struct live live;
	gboolean done = play_still(session, variant, moves, &live, error);

	if (done && !moves)
		printf("start to first frame with GL: %" G_GINT64_FORMAT " ms\n"
		       "at rest for %d s: %" G_GINT64_FORMAT
		       " wake-ups, with those for the first frame and the end\n",
		       live_stat(&live, "first-frame.ms"), REST_MS / 1000,
		       live_stat(&live, "wakes"));
	else if (done)
		printf("%u moves of the pointer: %" G_GINT64_FORMAT " wake-ups, %" G_GINT64_FORMAT
		       " commits of %" G_GINT64_FORMAT " properties, %" G_GINT64_FORMAT " frames\n",
		       moves, live_stat(&live, "wakes"), live_stat(&live, "cursor.commits"),
		       live_stat(&live, "cursor.properties"), live_stat(&live, "frames"));
	live_stop(&live);
	return done;
}

int bench_compositor(struct session *session, const struct variant *variant, GError **error)
{
	gboolean done = run(session, variant, "compositor", "frames", error) &&
			tell_still(session, variant, 0, error) &&
			tell_still(session, variant, MOVES, error);

	return done ? STORM_OK : STORM_TROUBLE;
}
