// SPDX-License-Identifier: MIT
#include "tests/runner/rules_judge.h"

#include <string.h>

#include "compositor/model/journal.h"

/*
 * The guest writes a state line only for what has changed since the last one, so the state is kept
 * as a table from object to its properties and compared as a whole where a read-back is complete.
 */
static GHashTable *copy_state(GHashTable *state)
{
	GHashTable *copy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, state);
	while (g_hash_table_iter_next(&iter, &key, &value))
		g_hash_table_insert(copy, g_strdup(key), g_strdup(value));
	return copy;
}

/* The first property that differs between two "A=1 B=2" texts with the same names in one order. */
static char *first_difference(const char *before, const char *after)
{
	g_auto(GStrv) old = g_strsplit(before, " ", -1), new = g_strsplit(after, " ", -1);

	for (guint i = 0; old[i] && new[i]; i++) {
		if (strcmp(old[i], new[i]))
			return g_strndup(old[i], strcspn(old[i], "="));
	}
	return g_strdup("properties");
}

/* The first object's kind and property that differ, as "plane CRTC_X", or NULL. The caller's. */
static char *compare_states(GHashTable *before, GHashTable *after)
{
	g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(after), (GCompareFunc)strcmp);

	for (GList *key = keys; key; key = key->next) {
		const char *old = g_hash_table_lookup(before, key->data);
		const char *new = g_hash_table_lookup(after, key->data);
		g_autofree char *property = NULL;

		if (!old || !strcmp(old, new))
			continue;
		property = first_difference(old, new);
		return g_strdup_printf("%.*s %s", (int)strcspn(key->data, ":"),
				       (const char *)key->data, property);
	}
	return NULL;
}

/*
 * What the guest reads back is compared around each failed operation; and what the host was told
 * after it, where somebody watched.
 */
struct verdict rules_judge_rollback(const struct evidence *evidence)
{
	const struct incident *outside =
		evidence->updates ? updates_first(evidence->updates, INCIDENT_ROLLBACK) : NULL;
	g_autoptr(GHashTable) state =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GHashTable) before = NULL;
	const struct journal_event *op = NULL;
	guint64 failed = 0, before_seq = 0;
	struct verdict verdict;
	guint compared = 0;

	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);

		if (event->kind == JOURNAL_OP) {
			op = event;
		} else if (event->kind == JOURNAL_RET) {
			failed = event->err ? event->seq : 0;
		} else if (event->kind == JOURNAL_STATE) {
			g_hash_table_insert(state, g_strndup(event->name, event->name_len),
					    g_strndup(event->text, event->text_len));
		} else if (event->kind == JOURNAL_READ && !event->after) {
			g_clear_pointer(&before, g_hash_table_unref);
			before = copy_state(state);
			before_seq = event->seq;
		} else if (event->kind == JOURNAL_READ && op && before && event->seq == failed &&
			   event->seq == before_seq && event->seq == op->seq) {
			g_autofree char *difference = compare_states(before, state);

			if (difference)
				return verdict_fail_of(
					op, g_strdup_printf("%.*s changed %s",
							    (int)strcspn(op->text, " \n"), op->text,
							    difference));
			compared++;
		}
	}
	if (outside)
		return verdict_of_incident(
			outside, g_strdup_printf("%u times seen on the host",
						 evidence->updates->counts[INCIDENT_ROLLBACK]));
	if (compared == 0 && (!evidence->updates || !evidence->updates->refused))
		return verdict_skip("no operation failed");
	verdict = verdict_at_end(evidence);
	if (verdict.kind != VERDICT_PASS || !evidence->updates || !evidence->updates->open_failures)
		return verdict;
	verdict_clear(&verdict);
	return verdict_skip("no check came after the last failure");
}
