// SPDX-License-Identifier: MIT
#include "tests/runner/timeline.h"

/* Marks repeat (journal_mark()): one that is not the next is looked for this far ahead only. */
#define LOOK_AHEAD 1024

struct merge {
	struct timeline *timeline;
	const GArray *journal;
	guint next; /* first journal event that has no place yet */
	guint64 time;
};

static const struct journal_event *journal_at(const struct merge *merge, guint i)
{
	return &g_array_index(merge->journal, struct journal_event, i);
}

static void put(struct merge *merge, const struct journal_event *journal,
		const struct device_event *device)
{
	struct moment moment = { .journal = journal, .device = device, .time = merge->time };

	g_array_append_val(merge->timeline->moments, moment);
}

/* Place journal events up to and without index @end. */
static void put_journal(struct merge *merge, guint end)
{
	for (; merge->next < end; merge->next++) {
		const struct journal_event *event = journal_at(merge, merge->next);

		if (journal_mark(event))
			merge->timeline->missing++;
		put(merge, event, NULL);
	}
}

/* Those without a mark that follow. */
static void put_unmarked(struct merge *merge)
{
	while (merge->next < merge->journal->len && !journal_mark(journal_at(merge, merge->next)))
		put(merge, journal_at(merge, merge->next++), NULL);
}

/* The mark is that of a journal event: place all up to it. One of none is passed over: QEMU itself
 * selects entries when it starts. */
static void put_marked(struct merge *merge, guint16 mark)
{
	guint ahead = 0;

	for (guint i = merge->next; i < merge->journal->len && ahead < LOOK_AHEAD; i++) {
		guint16 wanted = journal_mark(journal_at(merge, i));

		if (wanted && wanted == mark) {
			put_journal(merge, i);
			put(merge, journal_at(merge, merge->next++), NULL);
			put_unmarked(merge);
			return;
		}
		ahead += wanted ? 1 : 0;
	}
}

struct timeline *timeline_new(const GArray *journal, const GArray *device)
{
	struct timeline *timeline = g_new0(struct timeline, 1);
	struct merge merge = { .timeline = timeline, .journal = journal };

	timeline->moments =
		g_array_sized_new(FALSE, FALSE, sizeof(struct moment), journal->len + device->len);
	for (guint i = 0; i < journal->len; i++)
		timeline->marks += journal_mark(journal_at(&merge, i)) ? 1 : 0;
	put_unmarked(&merge);
	for (guint i = 0; i < device->len; i++) {
		const struct device_event *event = &g_array_index(device, struct device_event, i);

		merge.time = event->time;
		if (event->kind == DEVICE_MARK)
			put_marked(&merge, event->mark);
		else
			put(&merge, NULL, event);
	}
	put_journal(&merge, journal->len);
	return timeline;
}

void timeline_free(struct timeline *timeline)
{
	if (!timeline)
		return;
	g_array_unref(timeline->moments);
	g_free(timeline);
}
