// SPDX-License-Identifier: MIT
#include "tests/runner/bench.h"

#include <stdio.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/progress.h"

/* The benchmark takes a minute or two; it is given up when nothing is heard for this long. */
#define SILENT_MS 300000

/*
 * The guest reports, for each operation, "bench.OPERATION.bare" and ".engine" in ns, and ".permille",
 * the median over neighbouring rounds of engine speed to bare speed.
 */
#define PREFIX "bench."
#define BARE ".bare"
#define ENGINE ".engine"
#define RATIO ".permille"

static gboolean wait_for_exit(struct vm *vm, GError **error)
{
	gint64 last = g_get_monotonic_time();

	while (g_get_monotonic_time() - last < SILENT_MS * G_TIME_SPAN_MILLISECOND) {
		unsigned events = vm_pump(vm, 100);

		if (events & (VM_JOURNAL | VM_CONSOLE))
			last = g_get_monotonic_time();
		if (events & VM_JOURNAL && strstr(vm_journal(vm)->str, "\nexit "))
			return TRUE;
		progress_status("bench: under way");
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

static int report(const GArray *events)
{
	guint shown = 0;

	printf("%-12s%14s%14s%8s\n", "operation", "bare /s", "engine /s", "ratio");
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);
		const char *name = event->name + strlen(PREFIX);
		gsize len = event->name_len - strlen(PREFIX) - strlen(BARE);
		gint64 engine;

		if (event->kind != JOURNAL_STAT ||
		    event->name_len <= strlen(PREFIX) + strlen(BARE) ||
		    memcmp(event->name, PREFIX, strlen(PREFIX)) ||
		    memcmp(name + len, BARE, strlen(BARE)))
			continue;
		engine = find_stat(events, name, len, ENGINE);
		if (event->value <= 0 || engine <= 0)
			continue;
		printf("%-12.*s%14.0f%14.0f%8.2f\n", (int)len, name, 1e9 / (double)event->value,
		       1e9 / (double)engine, (double)find_stat(events, name, len, RATIO) / 1000);
		shown++;
	}
	return shown ? STORM_OK : STORM_TROUBLE;
}

int bench_run(struct session *session, const struct variant *variant, GError **error)
{
	struct snapshot *snapshot = session_snapshot(session, variant, error);
	g_autofree char *log = g_build_filename(session->scratch, "bench.qemu.txt", NULL);
	struct vm_setup setup = { .platform = &session->platform,
				  .log = log,
				  .cancellable = session->options->cancellable };
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	struct vm *vm = NULL;
	int code = STORM_TROUBLE;

	if (!snapshot)
		return code;
	setup.ram = snapshot->ram;
	setup.state = snapshot->state;
	vm = vm_start(&setup, REQUEST_BENCH, session->options->seed, NULL, 0, error);
	if (vm && wait_for_exit(vm, error)) {
		journal_read(vm_journal(vm)->str, vm_journal(vm)->len, events);
		code = report(events);
	}
	vm_destroy(vm);
	snapshot_free(snapshot);
	return code;
}
