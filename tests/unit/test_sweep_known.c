// SPDX-License-Identifier: MIT
/* What a sweep shows, held to what is known: recorded sweeps, and points as one would write them down. */
#include <glib.h>
#include <string.h>

#include "tests/runner/recorded.h"
#include "tests/runner/sweep_known.h"
#include "tests/unit/unit.h"

#define UPSTREAM SOURCE_ROOT "/kernel/variants/upstream/known.ini"
#define UNFIXED SOURCE_ROOT "/kernel/variants/unfixed/known.ini"

#define ARRAY "virtio_gpu_array_alloc < virtio_gpu_cursor_plane_update"
#define LOCK "virtio_gpu_array_lock_resv < virtio_gpu_cursor_plane_update"
#define FENCE                                                                                      \
	"dma_resv_reserve_fences < virtio_gpu_lock_one_resv_uninterruptible < "                    \
	"virtio_gpu_cursor_plane_update"

/* What is in the file @path, without the line that begins with @without, if that is not NULL. */
static struct expectations *load_known(const char *path, const char *without)
{
	g_autoptr(GString) rest = g_string_new(NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	struct expectations *known;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++)
		if (!without || !g_str_has_prefix(*line, without))
			g_string_append_printf(rest, "%s\n", *line);
	assert_int_equal(rest->len < strlen(text), without != NULL);
	known = expectations_parse(path, rest->str, rest->len, NULL);
	assert_non_null(known);
	return known;
}

/* "RULE: FAIL SIGNATURE (DETAILS)", a line each; the caller's. */
static char *describe(const GPtrArray *news)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < news->len; i++) {
		const struct sweep_news *one = g_ptr_array_index(news, i);

		g_string_append_printf(text, "%s: %s (%s)\n", rules[one->rule].name, one->signature,
				       one->details ? one->details : "");
	}
	return g_string_free(text, FALSE);
}

/* Recorded */

static const struct golden {
	const char *name;
	const char *folder;
	const char *known, *without; /* a line of it */
	const char *news;
} recordings[] = {
	{ "all of a sweep is known", "failed-allocations", UPSTREAM, NULL, "" },
	{ "a site that is lost and not known", "failed-allocations", UPSTREAM, "cursor-fence=",
	  "lost-update: cursor image never sent cursor @ " FENCE " (allocation 10)\n" },
	{ "another one", "failed-allocations", UPSTREAM, "cursor-array=",
	  "lost-update: cursor image never sent cursor @ " ARRAY " (allocation 9)\n" },
	{ "a splat that is known", "splat", UNFIXED, NULL, "" },
	{ "a splat that is not", "splat", UNFIXED, "fence-unlocked=",
	  "splat: WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c @ dma_resv_reserve_fences "
	  "< " LOCK " (allocation 10)\n" },
	{ "the driver without the fix, held to what is known of the fix", "splat", UPSTREAM, NULL,
	  "splat: WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c @ dma_resv_reserve_fences "
	  "< " LOCK " (allocation 10)\n" },
	{ "a splat before anything was tried is no point's, and no secret", "lockup", UPSTREAM,
	  NULL,
	  "splat: lockdep-circular mmap_lock reservation_ww_class_mutex (after 0.06 s of guest "
	  "time)\n"
	  "lockup: silence move ()\n" },
};

static void check_recording(void **state)
{
	const struct golden *row = *state;
	g_autofree char *dir = g_build_filename(GOLDEN_DIR, row->folder, NULL), *text = NULL;
	struct recorded *recorded = recorded_load(dir, "golden", NULL);
	struct expectations *known = load_known(row->known, row->without);
	struct swept *swept = swept_new("cursor", "golden");
	g_autoptr(GPtrArray) news = NULL;
	guint next;

	assert_non_null(recorded);
	swept_take(swept, recorded->trial, &next);
	news = sweep_known_news(swept, 0, recorded->trial, known);
	text = describe(news);
	assert_string_equal(text, row->news);
	swept_free(swept);
	expectations_free(known);
	recorded_free(recorded);
}

/* Written down: one point of an operation, or with an allocation of 0 the operation by itself. */
static const struct example {
	const char *name;
	const char *operation;
	struct point point;
	const char *leak; /* of the rule leak, a FAIL's signature, or NULL */
	const char *news;
} examples[] = {
	{ "what is refused is no news",
	  "cursor",
	  { .nth = 1, .outcome = POINT_REFUSED },
	  NULL,
	  "" },
	{ "nor is what nobody judged",
	  "cursor",
	  { .nth = 1, .outcome = POINT_UNJUDGED },
	  NULL,
	  "" },
	{ "a stale cursor without a signal is",
	  "cursor",
	  { .nth = 3,
	    .outcome = POINT_STALE,
	    .site = (char *)(uintptr_t) "f",
	    .signature = (char *)(uintptr_t) "UPDATE_CURSOR before TRANSFER_TO_HOST_2D" },
	  NULL,
	  "stale-cursor: UPDATE_CURSOR before TRANSFER_TO_HOST_2D @ f (allocation 3)\n" },
	{ "with one it is known",
	  "cursor+signal",
	  { .nth = 3,
	    .outcome = POINT_STALE,
	    .site = (char *)(uintptr_t) "f",
	    .signature = (char *)(uintptr_t) "UPDATE_CURSOR before TRANSFER_TO_HOST_2D" },
	  NULL,
	  "" },
	{ "in another company it is not",
	  "cursor+contend",
	  { .nth = 3,
	    .outcome = POINT_STALE,
	    .site = (char *)(uintptr_t) "f",
	    .signature = (char *)(uintptr_t) "UPDATE_CURSOR before TRANSFER_TO_HOST_2D" },
	  NULL,
	  "stale-cursor: UPDATE_CURSOR before TRANSFER_TO_HOST_2D @ f + contend (allocation 3)\n" },
	{ "what the second of two failures explains is known",
	  "cursor+again",
	  { .nth = 3,
	    .outcome = POINT_LOST,
	    .site = (char *)(uintptr_t) "f, then " ARRAY,
	    .signature = (char *)(uintptr_t) "cursor image never sent commit" },
	  NULL,
	  "" },
	{ "what none of them explains is not",
	  "cursor+again",
	  { .nth = 3,
	    .outcome = POINT_LOST,
	    .site = (char *)(uintptr_t) "f, then g",
	    .signature = (char *)(uintptr_t) "cursor image never sent commit" },
	  NULL,
	  "lost-update: cursor image never sent commit @ f, then g + again (allocation 3)\n" },
	{ "a lockup that is not known",
	  "modeset",
	  { .nth = 7,
	    .outcome = POINT_LOCKUP,
	    .site = (char *)(uintptr_t) "f",
	    .signature = (char *)(uintptr_t) "silence modeset" },
	  NULL,
	  "lockup: silence modeset @ f (allocation 7)\n" },
	{ "what the operation loses by itself is known",
	  "dirty-cursor",
	  { .outcome = POINT_LOST,
	    .signature = (char *)(uintptr_t) "cursor repaint never sent dirty" },
	  NULL,
	  "" },
	{ "or is not",
	  "dirty-primary",
	  { .outcome = POINT_LOST,
	    .signature = (char *)(uintptr_t) "primary flush never sent dirty" },
	  NULL,
	  "lost-update: primary flush never sent dirty @ undisturbed ()\n" },
	{ "what is left behind is no point's: it is known",
	  "cursor",
	  { .nth = 1, .outcome = POINT_REFUSED },
	  "lit planes left",
	  "" },
	{ "or it is not",
	  "cursor",
	  { .nth = 1, .outcome = POINT_REFUSED },
	  "fences left",
	  "leak: fences left @ fault ()\n" },
};

static struct trial *new_trial(const struct program_file *file, const char *leak)
{
	struct trial *trial = trial_new("upstream", file);

	for (int rule = 0; rule < RULE_COUNT; rule++)
		trial->verdicts[rule] =
			(struct verdict){ .kind = VERDICT_PASS, .signature = g_strdup("") };
	if (leak) {
		g_free(trial->verdicts[RULE_LEAK].signature);
		trial->verdicts[RULE_LEAK] =
			(struct verdict){ .kind = VERDICT_FAIL, .signature = g_strdup(leak) };
	}
	return trial;
}

static struct swept *sweep(const struct example *row)
{
	struct swept *swept = swept_new(row->operation, "upstream");
	struct point point = row->point;

	swept->plain_err = 0;
	swept->plain_outcome = point.nth ? POINT_SURVIVED : point.outcome;
	swept->plain_signature = g_strdup(point.signature);
	point.site = g_strdup(point.site ? point.site : "f");
	point.signature = g_strdup(point.signature ? point.signature : "");
	if (point.nth)
		g_array_append_val(swept->points, point);
	else
		point_clear(&point);
	return swept;
}

static void check_example(void **state)
{
	static const char text[] = "output 640x480\nfault nth=1..\nhide\ncheck\n";
	const struct example *row = *state;
	struct program_file *file = program_file_parse("p", text, strlen(text), NULL);
	struct expectations *known = load_known(UPSTREAM, NULL);
	struct trial *trial = new_trial(file, row->leak);
	struct swept *swept = sweep(row);
	g_autoptr(GPtrArray) news = sweep_known_news(swept, 0, trial, known);
	g_autofree char *told = describe(news);

	assert_string_equal(told, row->news);
	swept_free(swept);
	trial_free(trial);
	expectations_free(known);
	program_file_free(file);
}

/* Points of earlier trials have been told. */
static void test_only_the_last_trials_points(void **state)
{
	static const struct example lost = {
		.operation = "cursor",
		.point = { .nth = 3,
			   .outcome = POINT_LOST,
			   .site = (char *)(uintptr_t) "f",
			   .signature = (char *)(uintptr_t) "cursor image never sent commit" }
	};
	static const char text[] = "output 640x480\nfault nth=1..\nhide\ncheck\n";
	struct program_file *file = program_file_parse("p", text, strlen(text), NULL);
	struct expectations *known = load_known(UPSTREAM, NULL);
	struct trial *trial = new_trial(file, NULL);
	struct swept *swept = sweep(&lost);
	g_autoptr(GPtrArray) all = sweep_known_news(swept, 0, trial, known);
	g_autoptr(GPtrArray) none = sweep_known_news(swept, 1, trial, known);

	(void)state;
	assert_int_equal(all->len, 1);
	assert_int_equal(none->len, 0);
	swept_free(swept);
	trial_free(trial);
	expectations_free(known);
	program_file_free(file);
}

/* The control of pairs */

static const struct control {
	const char *name;
	const char *site;
	enum point_outcome outcome;
	const char *signature;
	gboolean reached, held;
} controls[] = {
	{ "a splat at the lock", "dma_resv_reserve_fences < " LOCK, POINT_SPLAT,
	  "WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c", TRUE, TRUE },
	{ "another splat there", "dma_resv_reserve_fences < " LOCK, POINT_SPLAT, "Oops f", TRUE,
	  FALSE },
	{ "none", "dma_resv_reserve_fences < " LOCK, POINT_LOST, "cursor image never sent", TRUE,
	  FALSE },
	{ "elsewhere", ARRAY, POINT_SPLAT, "WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c",
	  FALSE, FALSE },
};

static void check_control(void **state)
{
	const struct control *row = *state;
	struct swept *swept = swept_new("cursor+signal", "unfixed");
	struct point point = { .nth = 1,
			       .outcome = row->outcome,
			       .site = g_strdup(row->site),
			       .signature = g_strdup(row->signature) };
	gboolean held;

	g_array_append_val(swept->points, point);
	assert_int_equal(sweep_known_control(swept, 0, &held), row->reached);
	assert_int_equal(held, row->held);
	assert_false(sweep_known_control(swept, 1, &held));
	swept_free(swept);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_only_the_last_trials_points) };
	int failed = RUN_ROWS("recorded", recordings, check_recording);

	failed += RUN_ROWS("written down", examples, check_example);
	failed += RUN_ROWS("the control of pairs", controls, check_control);
	return failed + cmocka_run_group_tests_name("trials", tests, NULL, NULL);
}
