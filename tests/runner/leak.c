// SPDX-License-Identifier: MIT
#include "tests/runner/leak.h"

#include <string.h>

#include "compositor/model/census.h"
#include "compositor/model/journal.h"
#include "tests/runner/trace.h"

/* More are only counted. */
#define RESOURCES_TOLD 16

static void left_free(gpointer data)
{
	struct left *left = data;

	g_free(left->name);
	g_free(left->what);
	g_free(left->text);
	g_free(left);
}

static struct left *left_new(const char *name)
{
	struct left *left = g_new0(struct left, 1);

	left->name = g_strdup(name);
	if (g_str_has_prefix(name, CENSUS_MEMORY_PREFIX))
		left->what =
			g_strdup_printf("allocations of %s", name + strlen(CENSUS_MEMORY_PREFIX));
	else
		left->what = g_strdelimit(g_strdup(name), "-", ' ');
	return left;
}

static gint compare(gconstpointer a, gconstpointer b)
{
	const struct left *left = *(const struct left *const *)a;
	const struct left *right = *(const struct left *const *)b;
	int ranks = census_rank(left->name) - census_rank(right->name);

	return ranks ? ranks : strcmp(left->name, right->name);
}

/* The census' lines, as what is left or not. */
static void read_census(struct leak *leak, const GArray *events)
{
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	gboolean taken[2] = { FALSE, FALSE };

	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);
		g_autofree char *name = NULL;
		struct left *left;

		if (event->kind != JOURNAL_CENSUS)
			continue;
		name = g_strndup(event->name, event->name_len);
		left = g_hash_table_lookup(known, name);
		if (!left) {
			left = left_new(name);
			g_ptr_array_add(leak->left, left);
			g_hash_table_insert(known, left->name, left);
		}
		*(event->after ? &left->after : &left->before) = CLAMP(event->value, 0, G_MAXINT32);
		taken[event->after] = TRUE;
	}
	leak->counted = taken[FALSE] && taken[TRUE];
}

/* A number may be used again once it is free. */
static void forget(GArray *resources, guint32 res)
{
	for (guint i = 0; i < resources->len; i++) {
		if (g_array_index(resources, guint32, i) != res)
			continue;
		g_array_remove_index(resources, i);
		return;
	}
}

static gboolean is_scanout(const struct device_event *event)
{
	return event->kind == DEVICE_SCANOUT;
}

/* By @event, its plane shows something else, or nothing. */
static void show(GArray *shown, const struct device_event *event)
{
	for (guint i = shown->len; i-- > 0;) {
		const struct device_event *old = &g_array_index(shown, struct device_event, i);

		if (old->scanout == event->scanout && is_scanout(old) == is_scanout(event))
			g_array_remove_index(shown, i);
	}
	if (event->res)
		g_array_append_val(shown, *event);
}

/* A scanout goes off with its resource (virtio_gpu_resource_destroy() in QEMU); a cursor has been copied. */
static void stop_scanouts(GArray *shown, guint32 res)
{
	for (guint i = shown->len; i-- > 0;) {
		const struct device_event *old = &g_array_index(shown, struct device_event, i);

		if (is_scanout(old) && old->res == res)
			g_array_remove_index(shown, i);
	}
}

static void add_count(struct leak *leak, int kind, guint count)
{
	struct left *left = left_new(census_kinds[kind].name);

	left->after = count;
	g_ptr_array_add(leak->left, left);
}

static void read_device(struct leak *leak, const GArray *device)
{
	for (guint i = 0; i < device->len; i++) {
		const struct device_event *event = &g_array_index(device, struct device_event, i);

		if (event->kind == DEVICE_CREATE) {
			g_array_append_val(leak->resources, event->res);
			leak->created++;
		} else if (event->kind == DEVICE_UNREF) {
			forget(leak->resources, event->res);
			stop_scanouts(leak->shown, event->res);
		} else if (event->kind == DEVICE_SCANOUT || event->kind == DEVICE_CURSOR_UPDATE ||
			   event->kind == DEVICE_CURSOR_MOVE) {
			show(leak->shown, event);
		}
	}
	add_count(leak, CENSUS_RESOURCES, leak->resources->len);
	add_count(leak, CENSUS_SHOWN, leak->shown->len);
}

/* Those that the program has made have names; the mode's black buffer has none. */
static void append_resource(GString *text, const GArray *events, guint32 res)
{
	g_string_append_printf(text, " %u", res);
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind == JOURNAL_BUFFER && event->res == res) {
			g_string_append_printf(text, " (%.*s)", (int)event->name_len, event->name);
			return;
		}
	}
}

static void tell_resources(const struct leak *leak, const GArray *events, GString *text)
{
	g_string_append_printf(text,
			       ": of %u that were created, %u never unreferenced:", leak->created,
			       leak->resources->len);
	for (guint i = 0; i < MIN(leak->resources->len, RESOURCES_TOLD); i++)
		append_resource(text, events, g_array_index(leak->resources, guint32, i));
	if (leak->resources->len > RESOURCES_TOLD)
		g_string_append(text, " ...");
}

static void tell_shown(const struct leak *leak, const GArray *events, GString *text)
{
	g_string_append(text, ": to the device, when the client was gone,");
	for (guint i = 0; i < leak->shown->len; i++) {
		const struct device_event *event =
			&g_array_index(leak->shown, struct device_event, i);

		g_string_append_printf(text, "%s the %s of output %d was", i ? "," : "",
				       is_scanout(event) ? "picture" : "cursor", event->scanout);
		append_resource(text, events, event->res);
	}
}

static char *tell(const struct leak *leak, const struct left *left, const GArray *events)
{
	GString *text = g_string_new(left->what);
	int rank = census_rank(left->name);

	if (rank == CENSUS_RESOURCES)
		tell_resources(leak, events, text);
	else if (rank == CENSUS_SHOWN)
		tell_shown(leak, events, text);
	else
		g_string_append_printf(text,
				       ": %" G_GINT64_FORMAT " before the client, %" G_GINT64_FORMAT
				       " when it was gone",
				       left->before, left->after);
	return g_string_free(text, FALSE);
}

static void keep_what_grew(struct leak *leak, const GArray *events)
{
	for (guint i = leak->left->len; i-- > 0;) {
		struct left *left = g_ptr_array_index(leak->left, i);

		if (left->after > left->before)
			left->text = tell(leak, left, events);
		else
			g_ptr_array_remove_index(leak->left, i);
	}
	g_ptr_array_sort(leak->left, compare);
}

struct leak *leak_new(const GArray *events, const GArray *device)
{
	struct leak *leak = g_new0(struct leak, 1);

	leak->left = g_ptr_array_new_with_free_func(left_free);
	leak->resources = g_array_new(FALSE, FALSE, sizeof(guint32));
	leak->shown = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	read_census(leak, events);
	/* A census alone says nothing. */
	if (!leak->counted)
		g_ptr_array_set_size(leak->left, 0);
	if (device)
		read_device(leak, device);
	keep_what_grew(leak, events);
	return leak;
}

void leak_free(struct leak *leak)
{
	if (!leak)
		return;
	g_ptr_array_unref(leak->left);
	g_array_unref(leak->resources);
	g_array_unref(leak->shown);
	g_free(leak);
}

char *leak_describe(const struct leak *leak)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < leak->left->len; i++) {
		const struct left *left = g_ptr_array_index(leak->left, i);

		g_string_append_printf(text, "%s%s ", i ? ", " : "", left->what);
		if (census_rank(left->name) == CENSUS_RESOURCES)
			g_string_append_printf(text, "%u of %u", leak->resources->len,
					       leak->created);
		else
			g_string_append_printf(text, "+%" G_GINT64_FORMAT,
					       left->after - left->before);
	}
	return g_string_free(text, FALSE);
}
