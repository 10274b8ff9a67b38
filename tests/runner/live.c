// SPDX-License-Identifier: MIT
#include "tests/runner/live.h"

#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/compose.h"
#include "tests/runner/console.h"

/* Liveness limits: Mesa takes its time to start on a slow machine, and the compositor none to end. */
#define START_MS 120000
#define QUIT_MS 60000
#define PUMP_MS 20

/* What the compositor says when the first frame is to be seen (compositor/view/view.c). */
#define FIRST_FRAME "first frame"

/* --- what the guest says ---------------------------------------------------------------------- */

static gboolean says(const struct live *live, const char *text)
{
	return strstr(vm_journal(live->vm)->str, text) != NULL;
}

/* In a line that is there to its end. */
static gboolean has_ended(const struct live *live)
{
	const char *journal = vm_journal(live->vm)->str, *end = strstr(journal, "\nexit ");

	if (!end)
		end = strstr(journal, "ready ");
	return end && strchr(end + 1, '\n');
}

static GArray *events_of(const struct live *live)
{
	const GString *journal = vm_journal(live->vm);
	GArray *events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));

	journal_read(journal->str, journal->len, events);
	return events;
}

gint64 live_stat(const struct live *live, const char *name)
{
	g_autoptr(GArray) events = events_of(live);
	gint64 value = -1;

	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind == JOURNAL_STAT && event->name_len == strlen(name) &&
		    !memcmp(event->name, name, event->name_len))
			value = event->value;
	}
	return value;
}

gboolean live_ended_well(const struct live *live)
{
	g_autoptr(GArray) events = events_of(live);
	gboolean ended = FALSE;

	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind == JOURNAL_ERROR)
			return FALSE;
		if (event->kind == JOURNAL_EXIT)
			ended = event->value == 0;
	}
	return ended;
}

guint live_said(const struct live *live, const char *text)
{
	guint count = 0;

	for (const char *at = vm_journal(live->vm)->str; (at = strstr(at, text));
	     at += strlen(text))
		count++;
	return count;
}

void live_print(const struct live *live)
{
	g_autoptr(GArray) events = events_of(live);

	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind == JOURNAL_STAT)
			printf("  %-28.*s %" G_GINT64_FORMAT "\n", (int)event->name_len,
			       event->name, (gint64)event->value);
		else if (event->kind == JOURNAL_NOTE || event->kind == JOURNAL_ERROR)
			printf("%s%.*s\n", event->kind == JOURNAL_ERROR ? "error: " : "",
			       (int)event->text_len, event->text);
	}
}

gboolean live_tell_splats(const struct live *live)
{
	const GString *said = vm_console(live->vm);
	struct console *console = console_new();
	const GPtrArray *findings;
	gboolean quiet;

	console_feed(console, said->str, said->len);
	console_finish(console);
	findings = console_findings(console);
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);

		printf("splat: %s\n", finding->signature);
	}
	quiet = findings->len == 0;
	console_free(console);
	return quiet;
}

/* --- its life --------------------------------------------------------------------------------- */

static enum live_state pump(struct live *live)
{
	unsigned events = vm_pump(live->vm, PUMP_MS);

	if (events & VM_CANCELLED)
		return LIVE_CANCELLED;
	if (events & VM_GONE)
		return LIVE_GONE;
	return has_ended(live) ? LIVE_ENDED : LIVE_ON;
}

enum live_state live_wait(struct live *live, gint64 ms)
{
	gint64 end = g_get_monotonic_time() + ms * G_TIME_SPAN_MILLISECOND;
	enum live_state state;

	do
		state = pump(live);
	while (state == LIVE_ON && g_get_monotonic_time() < end);
	return state;
}

/* What it says of itself, if it is an error, else what befell it. */
static void set_fallen(const struct live *live, enum live_state state, const char *meanwhile,
		       GError **error)
{
	static const char *const states[] = { "did not in time", "ended", "is gone",
					      "interrupted" };
	g_autoptr(GArray) events = events_of(live);

	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind != JOURNAL_ERROR)
			continue;
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the guest's compositor: %.*s",
			    (int)event->text_len, event->text);
		return;
	}
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the guest's compositor %s: %s",
		    meanwhile, states[state]);
}

static gboolean await_first_frame(struct live *live, GError **error)
{
	gint64 end = g_get_monotonic_time() + START_MS * G_TIME_SPAN_MILLISECOND;
	enum live_state state;

	do
		state = pump(live);
	while (state == LIVE_ON && !says(live, FIRST_FRAME) && g_get_monotonic_time() < end);
	if (says(live, FIRST_FRAME))
		return TRUE;
	set_fallen(live, state, "was to show a first frame", error);
	return FALSE;
}

gboolean live_start(struct live *live, struct session *session, const struct variant *variant,
		    int heads, const char *words, GError **error)
{
	struct vm_setup setup = { .platform = &session->platform,
				  .witness_heads = heads,
				  .window = heads == 0,
				  .cancellable = session->options->cancellable };

	*live = (struct live){ .session = session, .still = strstr(words, "--still") != NULL };
	live->log = g_build_filename(session->scratch, "live.qemu.txt", NULL);
	live->snapshot = session_snapshot(session, variant, error);
	if (!live->snapshot)
		return FALSE;
	if (!live->snapshot->usable) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
			    "the kernel breaks down when it loads the driver");
		return FALSE;
	}
	setup.ram = live->snapshot->ram;
	setup.state = live->snapshot->state;
	setup.log = live->log;
	live->vm =
		vm_start(&setup, REQUEST_VIEW, session->options->seed, words, strlen(words), error);
	return live->vm && await_first_frame(live, error);
}

gboolean live_ask(struct live *live, enum channel_request request, const char *bytes,
		  GError **error)
{
	gint64 end = g_get_monotonic_time() + QUIT_MS * G_TIME_SPAN_MILLISECOND;

	if (vm_taken(live->vm))
		vm_post(live->vm, request, bytes, strlen(bytes));
	while (!vm_taken(live->vm) && pump(live) < LIVE_GONE && g_get_monotonic_time() < end)
		;
	if (vm_taken(live->vm))
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the guest's agent does not answer");
	return FALSE;
}

/* As QEMU's trace has it. */
#define SCANOUT "virtio_gpu_cmd_set_scanout id %d, res 0x%s"

guint live_count_offs(const struct live *live, int head)
{
	g_autofree char *off = g_strdup_printf(SCANOUT, head, "0,");
	gsize len;
	g_autofree char *trace = vm_trace(live->vm, &len);
	guint count = 0;

	for (const char *at = trace; (at = strstr(at, off)); at += strlen(off))
		count++;
	return count;
}

/* It is the last that is said of it, if anything is. */
static gboolean shows_nothing(const struct live *live)
{
	g_autofree char *any = g_strdup_printf(SCANOUT, 0, "");
	gsize len;
	g_autofree char *trace = vm_trace(live->vm, &len);
	const char *last = g_strrstr(trace, any);

	return !last || g_str_has_prefix(last + strlen(any), "0,");
}

gboolean live_is_off(struct live *live)
{
	gint64 end = g_get_monotonic_time() + QUIT_MS * G_TIME_SPAN_MILLISECOND;

	while (!shows_nothing(live) && pump(live) < LIVE_GONE && g_get_monotonic_time() < end)
		;
	return shows_nothing(live);
}

gboolean live_quit(struct live *live, GError **error)
{
	gint64 end = g_get_monotonic_time() + QUIT_MS * G_TIME_SPAN_MILLISECOND;
	struct witness *witness = vm_witness(live->vm);
	enum live_state state = pump(live);

	if (state == LIVE_ON && (!witness_key(witness, 0, KEY_Q, TRUE, error) ||
				 !witness_key(witness, 0, KEY_Q, FALSE, error)))
		return FALSE;
	while (state == LIVE_ON && g_get_monotonic_time() < end)
		state = pump(live);
	if (state == LIVE_ENDED)
		return TRUE;
	set_fallen(live, state, "was to quit", error);
	return FALSE;
}

struct image *live_picture(struct live *live, int head, GError **error)
{
	struct display_head now;
	struct image *image = NULL;

	if (!vm_check(live->vm, ++live->pictures, error))
		return NULL;
	witness_look(vm_witness(live->vm), head, &now);
	if (now.scanout)
		image = compose_head(&now, 0, 0);
	else
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the display shows nothing");
	image_unref(now.scanout);
	image_unref(now.cursor);
	return image;
}

void live_stop(struct live *live)
{
	vm_destroy(live->vm);
	snapshot_free(live->snapshot);
	g_free(live->log);
}
