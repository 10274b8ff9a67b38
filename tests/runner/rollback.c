// SPDX-License-Identifier: MIT
#include "tests/runner/rollback.h"

#include <string.h>

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

/* The state as it is read line by line, and as it was before the operation at hand. */
struct scan {
	GHashTable *now, *before;
	guint64 before_seq;
	const struct journal_event *op, *ret;
};

/* Whatever is read from here on may be a rival's doing. */
static gboolean is_rival(const struct journal_event *event)
{
	return event->name_len == 10 && !memcmp(event->name, "rival.line", 10);
}

static void take_line(struct scan *scan, const struct journal_event *event)
{
	switch (event->kind) {
	case JOURNAL_OP:
		scan->op = event;
		scan->ret = NULL;
		break;
	case JOURNAL_RET:
		scan->ret = event;
		break;
	case JOURNAL_STATE:
		g_hash_table_insert(scan->now, g_strndup(event->name, event->name_len),
				    g_strndup(event->text, event->text_len));
		break;
	case JOURNAL_READ:
		if (event->after)
			break;
		g_clear_pointer(&scan->before, g_hash_table_unref);
		scan->before = copy_state(scan->now);
		scan->before_seq = event->seq;
		break;
	case JOURNAL_STAT:
		if (is_rival(event))
			g_clear_pointer(&scan->before, g_hash_table_unref);
		break;
	default:
		break;
	}
}

/* Whether @event is the read-back after an operation that failed, and there is one before it. */
static gboolean closes(const struct scan *scan, const struct journal_event *event)
{
	return event->kind == JOURNAL_READ && event->after && scan->op && scan->ret &&
	       scan->ret->err && scan->before && event->seq == scan->op->seq &&
	       event->seq == scan->ret->seq && event->seq == scan->before_seq;
}

guint rollback_each(const GArray *events,
		    void (*compared)(const struct journal_event *op, const char *signature,
				     void *data),
		    void *data)
{
	struct scan scan = { .before = NULL };
	guint count = 0;

	scan.now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);
		g_autofree char *difference = NULL, *signature = NULL;

		take_line(&scan, event);
		if (!closes(&scan, event))
			continue;
		count++;
		difference = compare_states(scan.before, scan.now);
		if (difference)
			signature = g_strdup_printf("%.*s changed %s",
						    (int)strcspn(scan.op->text, " \n"),
						    scan.op->text, difference);
		compared(scan.op, signature, data);
	}
	g_clear_pointer(&scan.before, g_hash_table_unref);
	g_hash_table_unref(scan.now);
	return count;
}
