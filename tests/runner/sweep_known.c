// SPDX-License-Identifier: MIT
#include "tests/runner/sweep_known.h"

#include <string.h>

#include "tests/runner/cause.h"
#include "tests/runner/sweep_plan.h"

/* As cause.h has it. */
#define UNDISTURBED "undisturbed"

/* The lock that virtio_gpu_cursor_plane_update() takes before the fix, and what it comes to without it. */
#define CONTROL_SITE "virtio_gpu_array_lock_resv < virtio_gpu_cursor_plane_update"
#define CONTROL_SPLAT "dma_resv_add_fence"

void sweep_news_free(gpointer data)
{
	struct sweep_news *news = data;

	g_free(news->signature);
	g_free(news->details);
	g_free(news);
}

struct reader {
	const struct swept *swept;
	const struct expectations *known;
	GPtrArray *news;
	gboolean told[RULE_COUNT]; /* by a point, or by the operation by itself */
};

/* Behind the cause: what else went on, in a pair. */
static char *join(const struct reader *reader, const char *signature, const char *cause)
{
	const char *company = strstr(reader->swept->operation, SWEEP_WITH);

	return g_strdup_printf("%s%s%s%s%s", signature, *cause ? CAUSE_MARK : "", cause,
			       company ? CAUSE_WITH : "",
			       company ? company + strlen(SWEEP_WITH) : "");
}

/* Takes @details. */
static void hold(struct reader *reader, int rule, const char *signature, const char *cause,
		 char *details)
{
	g_autofree char *text = join(reader, signature, cause);
	struct sweep_news *news;

	if (cause_known(reader->known, rule, text)) {
		g_free(details);
		return;
	}
	news = g_new0(struct sweep_news, 1);
	*news = (struct sweep_news){ rule, g_steal_pointer(&text), details };
	g_ptr_array_add(reader->news, news);
}

static void hold_point(struct reader *reader, const struct point *point)
{
	int rule = point_rule(point->outcome);

	if (rule < 0)
		return;
	reader->told[rule] = TRUE;
	hold(reader, rule, point->signature, point->site,
	     g_strdup_printf("allocation %u", point->nth));
}

/* Of what broke the guest down there is a point. */
static void hold_plain(struct reader *reader)
{
	const struct swept *swept = reader->swept;
	int rule = point_rule(swept->plain_outcome);

	if (rule < 0 || swept->plain_outcome >= POINT_LOCKUP)
		return;
	reader->told[rule] = TRUE;
	hold(reader, rule, swept->plain_signature, UNDISTURBED, NULL);
}

static void hold_verdict(struct reader *reader, const struct trial *trial, int rule)
{
	g_autofree char *signature = NULL;

	if (reader->told[rule] || trial->verdicts[rule].kind != VERDICT_FAIL)
		return;
	signature = cause_signature(trial, rule);
	hold(reader, rule, signature, "", g_strdup(trial->verdicts[rule].details));
}

GPtrArray *sweep_known_news(const struct swept *swept, guint first, const struct trial *trial,
			    const struct expectations *known)
{
	struct reader reader = { .swept = swept, .known = known };

	reader.news = g_ptr_array_new_with_free_func(sweep_news_free);
	for (guint i = first; i < swept->points->len; i++)
		hold_point(&reader, &g_array_index(swept->points, struct point, i));
	hold_plain(&reader);
	/* What comes behind a breakdown is the breakdown's. */
	if (reader.told[RULE_SPLAT] || reader.told[RULE_LOCKUP])
		reader.told[RULE_SPLAT] = reader.told[RULE_LOCKUP] = TRUE;
	for (int rule = 0; rule < RULE_COUNT; rule++)
		hold_verdict(&reader, trial, rule);
	return reader.news;
}

gboolean sweep_known_control(const struct swept *swept, guint first, gboolean *held)
{
	gboolean reached = FALSE;

	*held = FALSE;
	for (guint i = first; i < swept->points->len; i++) {
		const struct point *point = &g_array_index(swept->points, struct point, i);

		if (!strstr(point->site, CONTROL_SITE))
			continue;
		reached = TRUE;
		*held |= point->outcome == POINT_SPLAT &&
			 strstr(point->signature, CONTROL_SPLAT) != NULL;
	}
	return reached;
}
