// SPDX-License-Identifier: MIT
#include "tests/runner/trial_run.h"

#include <string.h>

#include "compositor/model/journal.h"

/* After a hung task or at the end: how long the console must be quiet to have said everything. */
#define SETTLE_MS 300
#define SETTLE_MAX_MS 5000
/* What no program of a sensible length comes near; beyond, somebody writes for ever. */
#define TRIAL_MAX_S 900
#define JOURNAL_MAX (256 << 20)
#define CONSOLE_MAX (64 << 20)
#define TRACE_MAX (512 << 20)

/*
 * Watches a running guest: the journal for the first operation and the agent's last words, the
 * console for what the kernel says of itself.
 */
struct watch {
	const struct trial_setup *setup;
	struct vm *vm;
	struct console *console;
	gsize console_seen, journal_seen;
	gint64 start, last_word; /* monotonic, us */
	gint64 first_op;	 /* when the first operation was announced, 0: not yet */
	gboolean done;		 /* the agent has cleaned up behind the client */
	gboolean stalled, panicked;
	gboolean splatted; /* the kernel reported what is no stall */
	char *lost;	   /* why the display's witness is none any more, or NULL */
};

static void watch_console(struct watch *watch)
{
	const GString *console = vm_console(watch->vm);
	const GPtrArray *findings;
	gboolean annotated = program_annotates(watch->setup->file->program);

	console_feed(watch->console, console->str + watch->console_seen,
		     console->len - watch->console_seen);
	watch->console_seen = console->len;
	watch->panicked = console_panicked(watch->console);
	findings = console_findings(watch->console);
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);

		watch->stalled |= finding_is_stall(finding->kind);
		watch->splatted |=
			!finding_is_stall(finding->kind) && !(annotated && finding->fence);
	}
}

/*
 * The guest waits until the display's state is recorded. A witness that is lost makes the trial no
 * evidence, but the guest must get on, so that its own story is known to the end.
 */
static void answer_check(struct watch *watch, guint64 number)
{
	g_autoptr(GError) error = NULL;

	if (!watch->lost && !vm_check(watch->vm, number, &error))
		watch->lost = g_strdup(error->message);
	vm_checked(watch->vm, number);
}

/* What the host does for a line of the program. The guest is not believed: there may be no such line. */
static gboolean act(struct witness *witness, const struct op *op, GError **error)
{
	if (op && op->pointer)
		return witness_point(witness, op->head, (guint)op->x, (guint)op->y, error);
	if (op && (op->kind == OP_HOTPLUG || op->kind == OP_RESIZE))
		return witness_plug(witness, op->head, op->width, op->height, error);
	return TRUE;
}

static void do_for_guest(struct watch *watch, const struct journal_event *event)
{
	const struct op *op = program_op_at(watch->setup->file->program, event->line);
	g_autoptr(GError) error = NULL;

	if (!watch->lost && !act(vm_witness(watch->vm), op, &error))
		watch->lost = g_strdup(error->message);
	vm_done(watch->vm, event->seq);
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
		if (event.kind == JOURNAL_CHECK) {
			answer_check(watch, event.seq);
			watch->last_word = g_get_monotonic_time(); /* the guest waited for us */
		}
		if (event.kind == JOURNAL_HOST)
			do_for_guest(watch, &event);
		if (event.kind == JOURNAL_READY)
			watch->done = TRUE;
	}
}

/*
 * The guest is done or stuck: read on until the console has been quiet for a while and no report is
 * left half said. Work that the driver has put off may still complain.
 */
static void settle(struct watch *watch)
{
	gint64 start = g_get_monotonic_time(), now = start, spoken = start;

	while (now - start < SETTLE_MAX_MS * G_TIME_SPAN_MILLISECOND &&
	       (now - spoken < SETTLE_MS * G_TIME_SPAN_MILLISECOND ||
		console_reporting(watch->console))) {
		unsigned events = vm_pump(watch->vm, SETTLE_MS);

		now = g_get_monotonic_time();
		if (events & VM_CONSOLE) {
			watch_console(watch);
			spoken = now;
		} else if (events & (VM_GONE | VM_CANCELLED)) {
			break;
		}
	}
	watch_journal(watch);
}

/* For the evidence: which tasks wait, where, and holding which locks. A guest that has not even taken up
 * the trial has nothing to tell, and must not find another request in its place. */
static void ask_for_dump(struct watch *watch)
{
	gint64 start = g_get_monotonic_time();

	if (!vm_taken(watch->vm) || vm_post(watch->vm, REQUEST_DUMP, NULL, 0))
		return;
	while (!vm_taken(watch->vm) &&
	       g_get_monotonic_time() - start < SETTLE_MAX_MS * G_TIME_SPAN_MILLISECOND)
		if (vm_pump(watch->vm, SETTLE_MS) & (VM_GONE | VM_CANCELLED))
			break;
	settle(watch);
}

/* How long the guest may be silent now, us. The first operation comes after all that is slow on a busy
 * machine: resuming, and starting the client. */
static gint64 patience(const struct watch *watch)
{
	return (watch->first_op ? watch->setup->silent_ms : TRIAL_SILENT_MS) *
	       G_TIME_SPAN_MILLISECOND;
}

static gboolean runs_away(const struct watch *watch, gint64 now)
{
	return now - watch->start > TRIAL_MAX_S * G_TIME_SPAN_SECOND ||
	       vm_journal(watch->vm)->len > JOURNAL_MAX ||
	       vm_console(watch->vm)->len > CONSOLE_MAX || vm_trace_size(watch->vm) > TRACE_MAX;
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
		if (watch->setup->until_splat && watch->splatted)
			return TRIAL_ENOUGH;
		if (watch->panicked || watch->done || watch->stalled)
			settle(watch);
		if (watch->panicked)
			return TRIAL_PANICKED;
		if (watch->done)
			return TRIAL_DONE;
		if (events & VM_GONE)
			return vm_reset(watch->vm) ? TRIAL_RESET : TRIAL_NO_VM;
		if (runs_away(watch, now))
			return TRIAL_RUNAWAY;
		if (!watch->stalled && now - watch->last_word < patience(watch))
			continue;
		ask_for_dump(watch);
		return watch->stalled ? TRIAL_HUNG : TRIAL_SILENT;
	}
}

/* Why a trial that came to @end is no evidence, or NULL. The caller's. */
static char *end_flaw(struct vm *vm, enum trial_end end)
{
	switch (end) {
	case TRIAL_NO_VM:
		return vm_epitaph(vm);
	case TRIAL_CANCELLED:
		return g_strdup("interrupted");
	case TRIAL_RUNAWAY:
		return g_strdup_printf("no end after %d s or %d MB of journal, %d MB of console or "
				       "%d MB of the device's trace",
				       TRIAL_MAX_S, JOURNAL_MAX >> 20, CONSOLE_MAX >> 20,
				       TRACE_MAX >> 20);
	default:
		return NULL;
	}
}

/* What the guest said while its snapshot was made, and then in the trial; what was seen of it. */
static void finish(struct trial *trial, enum trial_end end, const struct snapshot *snapshot,
		   struct watch *watch)
{
	g_autoptr(GString) console =
		g_string_new_len(snapshot->console->str, (gssize)snapshot->console->len);
	struct recording recording = { .display = NULL };
	g_autofree char *trace = NULL;
	const char *lost = NULL;

	if (watch->vm) {
		const GString *said = vm_console(watch->vm), *journal = vm_journal(watch->vm);

		g_string_append_len(console, said->str, (gssize)said->len);
		recording.journal = journal->str;
		recording.journal_len = journal->len;
		recording.display = vm_take_display(watch->vm, &lost);
		recording.trace = trace = vm_trace(watch->vm, &recording.trace_len);
	}
	recording.console = console->str;
	recording.console_len = console->len;
	if (!trial->flaw && (watch->lost || lost) && (end == TRIAL_DONE || end == TRIAL_SILENT))
		trial->flaw = g_strdup_printf("the display was not watched to the end: %s",
					      watch->lost ? watch->lost : lost);
	trial_finish(trial, end, &recording);
}

static struct trial *new_trial(const struct trial_setup *setup)
{
	struct trial *trial = trial_new(setup->variant, setup->file);

	trial->instrumented = g_strdup(setup->snapshot->instrumented);
	return trial;
}

static struct trial *attempt(const struct trial_setup *setup)
{
	const struct vm_setup vm_setup = { .platform = setup->platform,
					   .ram = setup->snapshot->ram,
					   .state = setup->snapshot->state,
					   .witness_heads = program_heads(setup->file->program),
					   .max_hostmem = program_hostmem(setup->file->program),
					   .log = setup->log,
					   .cancellable = setup->cancellable };
	struct trial *trial = new_trial(setup);
	struct watch watch = { .setup = setup,
			       .console = console_new(),
			       .start = g_get_monotonic_time() };
	g_autoptr(GError) error = NULL;
	enum trial_end end = TRIAL_NO_VM;

	watch.last_word = watch.start;
	watch.vm = vm_start(&vm_setup, REQUEST_RUN, setup->seed, setup->file->text,
			    setup->file->len, &error);
	if (watch.vm) {
		end = watch_until_end(&watch);
		trial->flaw = end_flaw(watch.vm, end);
	} else {
		trial->flaw = g_strdup(error->message);
	}
	finish(trial, end, setup->snapshot, &watch);
	vm_destroy(watch.vm);
	console_free(watch.console);
	g_free(watch.lost);
	if (watch.first_op)
		trial->restore_s = (double)(watch.first_op - watch.start) / G_TIME_SPAN_SECOND;
	trial->wall_s = (double)(g_get_monotonic_time() - watch.start) / G_TIME_SPAN_SECOND;
	return trial;
}

struct trial *trial_run(const struct trial_setup *setup)
{
	struct trial *trial;

	if (!setup->snapshot->usable) {
		trial = new_trial(setup);
		finish(trial, TRIAL_PANICKED, setup->snapshot, &(struct watch){ .vm = NULL });
		return trial;
	}
	trial = attempt(setup);
	if (trial->end != TRIAL_NO_VM || g_cancellable_is_cancelled(setup->cancellable))
		return trial;
	trial_free(trial);
	return attempt(setup);
}
