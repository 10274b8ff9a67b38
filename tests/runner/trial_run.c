// SPDX-License-Identifier: MIT
#include "tests/runner/trial_run.h"

#include <string.h>

#include "compositor/model/journal.h"

/*
 * Liveness limits. The guest's own hung-task detector speaks after 10 s; a guest that neither
 * finishes an operation nor says anything for SILENT_MS is taken to be locked up. The language has
 * no operation that takes as long by itself.
 */
#define SILENT_MS 20000
/* After a hung task or at the end: how long the console must be quiet to have said everything. */
#define SETTLE_MS 300
#define SETTLE_MAX_MS 5000

/*
 * Watches a running guest: the journal for the first operation and the agent's last words, the
 * console for what the kernel says of itself.
 */
struct watch {
	struct vm *vm;
	struct console *console;
	gsize console_seen, journal_seen;
	gint64 start, last_word; /* monotonic, us */
	gint64 first_op; /* when the first operation was announced, 0: not yet */
	gboolean exited; /* the agent said that the client is gone */
	gboolean stalled, panicked;
};

static void watch_console(struct watch *watch)
{
	const GString *console = vm_console(watch->vm);
	const GPtrArray *findings;

	console_feed(watch->console, console->str + watch->console_seen,
		     console->len - watch->console_seen);
	watch->console_seen = console->len;
	watch->panicked = console_panicked(watch->console);
	findings = console_findings(watch->console);
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);

		watch->stalled |= finding_is_stall(finding->kind);
	}
}

static void watch_journal(struct watch *watch)
{
	const GString *journal = vm_journal(watch->vm);
	const char *newline;

	while ((newline = memchr(journal->str + watch->journal_seen, '\n',
				 journal->len - watch->journal_seen))) {
		const char *line = journal->str + watch->journal_seen;
		struct journal_event event;

		watch->journal_seen = (gsize)(newline + 1 - journal->str);
		if (journal_parse(line, (gsize)(newline - line), &event))
			continue;
		watch->last_word = g_get_monotonic_time();
		if (event.kind == JOURNAL_OP && !watch->first_op)
			watch->first_op = watch->last_word;
		if (event.kind == JOURNAL_EXIT)
			watch->exited = TRUE;
	}
}

/* The guest is done or stuck: read on until it has said everything. */
static void settle(struct watch *watch)
{
	gint64 start = g_get_monotonic_time();

	while (g_get_monotonic_time() - start < SETTLE_MAX_MS * G_TIME_SPAN_MILLISECOND)
		if (!(vm_pump(watch->vm, SETTLE_MS) & VM_CONSOLE))
			break;
	watch_console(watch);
	watch_journal(watch);
}

/* For the evidence: which tasks wait, where, and holding which locks. */
static void ask_for_dump(struct watch *watch)
{
	if (!vm_post(watch->vm, REQUEST_DUMP, NULL, 0))
		settle(watch);
}

static enum trial_end watch_until_end(struct watch *watch)
{
	for (;;) {
		unsigned events = vm_pump(watch->vm, 100);
		gint64 now = g_get_monotonic_time();

		watch_journal(watch);
		if (events & VM_CONSOLE)
			watch_console(watch);
		if (events & VM_CANCELLED)
			return TRIAL_CANCELLED;
		if (watch->panicked || watch->exited || watch->stalled)
			settle(watch);
		if (watch->panicked)
			return TRIAL_PANICKED;
		if (watch->exited)
			return TRIAL_DONE;
		if (events & VM_GONE)
			return TRIAL_NO_VM;
		if (!watch->stalled && now - watch->last_word < SILENT_MS * G_TIME_SPAN_MILLISECOND)
			continue;
		ask_for_dump(watch);
		return watch->stalled ? TRIAL_HUNG : TRIAL_SILENT;
	}
}

/* One attempt. TRIAL_NO_VM leaves the reason in ->flaw. */
static struct trial *attempt(const struct vm_setup *setup, const char *variant,
			     const struct program_file *file, guint64 seed)
{
	struct trial *trial = trial_new(variant, file);
	struct watch watch = { .console = console_new(), .start = g_get_monotonic_time() };
	g_autoptr(GError) error = NULL;
	enum trial_end end = TRIAL_NO_VM;

	watch.last_word = watch.start;
	watch.vm = vm_start(setup, REQUEST_RUN, seed, file->text, file->len, &error);
	if (watch.vm) {
		end = watch_until_end(&watch);
		if (end == TRIAL_NO_VM)
			trial->flaw = vm_epitaph(watch.vm);
		if (end == TRIAL_CANCELLED)
			trial->flaw = g_strdup("interrupted");
		trial_finish(trial, end, vm_console(watch.vm)->str, vm_console(watch.vm)->len,
			     vm_journal(watch.vm)->str, vm_journal(watch.vm)->len);
	} else {
		trial->flaw = g_strdup(error->message);
		trial_finish(trial, end, "", 0, "", 0);
	}
	vm_destroy(watch.vm);
	console_free(watch.console);
	if (watch.first_op)
		trial->restore_s = (double)(watch.first_op - watch.start) / G_TIME_SPAN_SECOND;
	trial->wall_s = (double)(g_get_monotonic_time() - watch.start) / G_TIME_SPAN_SECOND;
	return trial;
}

struct trial *trial_run(const struct vm_platform *platform, const struct snapshot *snapshot,
			const char *variant, const struct program_file *file, guint64 seed,
			const char *log, GCancellable *cancellable)
{
	struct vm_setup setup = { .platform = platform,
				  .ram = snapshot->ram,
				  .state = snapshot->state,
				  .log = log,
				  .cancellable = cancellable };
	struct trial *trial = attempt(&setup, variant, file, seed);

	if (trial->end != TRIAL_NO_VM || g_cancellable_is_cancelled(cancellable))
		return trial;
	trial_free(trial);
	return attempt(&setup, variant, file, seed);
}
