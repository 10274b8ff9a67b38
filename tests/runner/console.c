// SPDX-License-Identifier: MIT
/*
 * How a console is read
 *
 * Bytes become lines, lines lose their prefix (time stamp, caller), and what is left of a line is
 * either an opener, the first line of a report that is worth a finding, or it belongs to the report
 * that its caller has open, or it is nothing to us. Most lines of most consoles are nothing, so
 * that is decided first and without allocating.
 *
 * Reports are kept apart by caller (CONFIG_PRINTK_CALLER: T61 is a task, C0 a CPU in interrupt), so
 * with it two CPUs that complain at once are two reports; without it all lines have caller 0, and
 * a second opener ends the first report early.
 *
 * While a report is open, its lines are searched for what its kind needs: the function from the
 * title, the RIP line or the first frame of the call trace that is no plumbing; the lock classes;
 * the file. It ends as the kernel ends it ("---[ end trace", "</TASK>", a banner line, by kind), or
 * at the next opener of the same caller, or at a silence, or with the stream.
 *
 * Here are the stream and the reports that are under way in it. How bytes become a line is in
 * console_line.c, what a line of a report says in console_report.c, what opens a report and how the
 * kinds differ in console_kinds.c, and how a name is made comparable in console_names.c.
 *
 * The formats were read in Linux 6.12 and 7.2: kernel/panic.c, lib/bug.c, kernel/locking/lockdep.c,
 * kernel/hung_task.c, kernel/watchdog.c, kernel/rcu/tree_stall.h, kernel/sched/core.c,
 * kernel/workqueue.c, lib/fault-inject.c, lib/ubsan.c, lib/refcount.c, lib/list_debug.c,
 * mm/page_alloc.c, mm/slub.c, mm/kasan/report.c, mm/kfence/report.c and arch/x86/{kernel,mm}.
 */
#include "tests/runner/console.h"

#include <stdint.h>
#include <string.h>

#include "tests/runner/console_kinds.h"
#include "tests/runner/console_line.h"
#include "tests/runner/console_names.h"
#include "tests/runner/console_report.h"

#define LINE_MAX_BYTES 4096 /* a longer line is cut in two; printk's own limit is 1024 */
#define OPEN_MAX 8	    /* reports under way at once; the kernel rarely mixes more than two */
#define SILENCE_S 10.0	  /* no report pauses for so long: what comes after it is something else */
#define CONSEQUENCE_S 1.0 /* from an injected failure to the dump of the allocation that failed */
#define CONSEQUENCE_LINES 64 /* the same, where lines have no time stamp */

struct console {
	GString *line; /* as received, until its newline */
	GString *text; /* the line being read, cleaned */
	gsize fed;     /* bytes so far */
	gsize lines;

	GPtrArray *open; /* struct report, oldest first, OPEN_MAX at most */
	GPtrArray *injections;
	GPtrArray *findings;
	GHashTable *by_signature; /* both owned by the finding */

	struct {
		bool seen;
		uint32_t caller;
		double stamp;
		gsize line;
		char comm[32]; /* "": the injection came without a stack dump */
	} injected;	       /* the last injection or consequence of one */
	bool clocked;
	double clock; /* the least difference between a stamp and a clock that was printed with it */
	bool panicked;

	/* A line of "=", which belongs to the report that the next line may open. */
	struct {
		bool seen;
		uint32_t caller;
		gsize offset, line;
	} banner;
};

/* Findings */

static void free_finding(gpointer data)
{
	struct finding *finding = data;

	g_free(finding->function);
	g_free(finding->file);
	g_free(finding->signature);
	g_free(finding->title);
	g_free(finding);
}

static void publish(struct console *console, struct report *report)
{
	char *signature = report_signature(report);
	struct finding *finding = g_hash_table_lookup(console->by_signature, signature);

	report->published = true;
	if (finding) {
		finding->count++;
		g_free(signature);
		return;
	}
	finding = g_new0(struct finding, 1);
	finding->kind =
		report->kind == OPEN_CUT_HERE ? FINDING_WARNING : (enum finding_kind)report->kind;
	finding->function = g_strdup(report_function(report));
	finding->file = g_strdup(report_has(report, KIND_FILE) ? report->file : "");
	finding->signature = signature;
	finding->title = g_strdup(report->title);
	finding->stamp = report->began;
	finding->offset = report->offset;
	finding->length = report->end - report->offset;
	finding->count = 1;
	finding->fence = report->fence;
	report->finding = finding;
	g_ptr_array_add(console->findings, finding);
	g_hash_table_insert(console->by_signature, signature, finding);
}

/* Reports under way */

static void close_report(struct console *console, struct report *report)
{
	if (!report->silent && !report->published)
		publish(console, report);
	if (report->finding)
		report->finding->length = report->end - report->offset;
	if (report->injection) {
		report->injection->length = report->end - report->offset;
		injection_finish(report->injection);
	}
	g_ptr_array_remove(console->open, report);
}

static struct report *find_report(const struct console *console, uint32_t caller)
{
	for (guint i = 0; i < console->open->len; i++) {
		struct report *report = g_ptr_array_index(console->open, i);

		if (report->caller == caller)
			return report;
	}
	return NULL;
}

/* The report that a line of a caller without one belongs to: the backtraces of the other CPUs. */
static struct report *find_stall(const struct console *console, uint32_t caller)
{
	for (guint i = 0; caller && i < console->open->len; i++) {
		struct report *report = g_ptr_array_index(console->open, i);

		if (report_has(report, KIND_OTHER_CPUS))
			return report;
	}
	return NULL;
}

static void close_silent_ones(struct console *console, const struct line *line)
{
	for (guint i = console->open->len; line->stamp >= 0 && i-- > 0;) {
		struct report *report = g_ptr_array_index(console->open, i);

		if (report->stamp >= 0 && line->stamp - report->stamp > SILENCE_S)
			close_report(console, report);
	}
}

/* A failed allocation right after an injected failure, of the same task as far as we can tell. */
static bool is_consequence(const struct console *console, const struct line *line)
{
	const char *comm = console->injected.comm;
	bool names_task = !starts(line->text, "SLUB: ");

	if (!console->injected.seen || console->injected.caller != line->caller)
		return false;
	if (names_task && *comm && !(starts(line->text, comm) && line->text[strlen(comm)] == ':'))
		return false;
	if (line->stamp >= 0 && console->injected.stamp >= 0)
		return line->stamp - console->injected.stamp <= CONSEQUENCE_S;
	return console->lines - console->injected.line <= CONSEQUENCE_LINES;
}

/* Follow an injection's report, so that what comes of it can be told. */
static void note_injected(struct console *console, const struct report *report,
			  const struct line *line)
{
	const char *comm = report->kind == OPEN_INJECTION ? strstr(line->text, " Comm: ") : NULL;

	console->injected.seen = true;
	console->injected.caller = report->caller;
	console->injected.stamp = line->stamp;
	console->injected.line = console->lines;
	if (comm && starts(line->text, "CPU: ")) {
		const char *end = strstr(comm, " Not tainted");

		end = end ? end : strstr(comm, " Tainted: ");
		comm += strlen(" Comm: ");
		if (end && end > comm)
			name_copy_span(console->injected.comm, sizeof(console->injected.comm), comm,
				       (size_t)(end - comm));
	}
}

static void take_line(struct console *console, struct report *report, const struct line *line)
{
	report->end = MAX(report->end, line->end);
	if (line->stamp >= 0)
		report->stamp = line->stamp;
	if (report->silent)
		note_injected(console, report, line);
}

static void open_report(struct console *console, int kind, const struct line *line)
{
	struct report *report = report_create(kind, line->text);
	bool banner = console->banner.seen && console->banner.line + 1 == console->lines &&
		      console->banner.caller == line->caller;

	if (console->open->len == OPEN_MAX)
		close_report(console, g_ptr_array_index(console->open, 0));
	report->silent =
		kind == OPEN_INJECTION || (kind == FINDING_MEMORY && is_consequence(console, line));
	report->caller = line->caller;
	report->began = line->stamp;
	report->offset = banner ? console->banner.offset : line->offset;
	g_ptr_array_add(console->open, report);
	if (kind == OPEN_INJECTION) {
		report->injection = injection_new(report->offset, line->stamp);
		g_ptr_array_add(console->injections, report->injection);
		*console->injected.comm = '\0';
	}
	console->panicked |= kind == FINDING_PANIC;
	take_line(console, report, line);
}

static void continue_report(struct console *console, struct report *report, const struct line *line)
{
	if (report_is_past_end(report, line->text)) {
		close_report(console, report);
		return;
	}
	report_read(report, line->text);
	if (report->injection)
		injection_read(report->injection, line->text);
	take_line(console, report, line);
	if (!report_is_end(report, line->text))
		return;
	if (report->kind == FINDING_HUNG_TASK && !report->published)
		publish(console, report); /* at once: whoever waits for the guest wants to know */
	else
		close_report(console, report);
}

/* A line of "=" that ends no report may be the first line of one. */
static void note_banner(struct console *console, const struct report *report,
			const struct line *line)
{
	console->banner.seen = !report || !report_is_end(report, line->text);
	console->banner.caller = line->caller;
	console->banner.offset = line->offset;
	console->banner.line = console->lines;
}

static void begin_report(struct console *console, int kind, struct report *before,
			 const struct line *line)
{
	/* Two CPUs that cut here at once: the first has not said anything yet. */
	if (before && before->kind == OPEN_CUT_HERE && kind == OPEN_CUT_HERE && !*before->title)
		before->silent = true;
	if (before)
		close_report(console, before);
	open_report(console, kind, line);
}

/* See CONSOLE_CLOCK. */
static void read_clock(struct console *console, const struct line *line)
{
	const char *digits = line->text + strlen(CONSOLE_CLOCK);
	double clock;

	if (!starts(line->text, CONSOLE_CLOCK) || !g_ascii_isdigit(*digits) || line->stamp < 0)
		return;
	clock = line->stamp - (double)g_ascii_strtoull(digits, NULL, 10) / 1e9;
	console->clock = console->clocked ? MIN(console->clock, clock) : clock;
	console->clocked = true;
}

/* "** 7 printk messages dropped **" (kernel/printk/printk.c): it could not keep up. Nobody's line,
 * and the lost ones can be anybody's. */
static void note_loss(const struct console *console, const char *text)
{
	if (!starts(text, "** ") || !strstr(text, " printk messages dropped **"))
		return;
	for (guint i = 0; i < console->open->len; i++) {
		const struct report *report = g_ptr_array_index(console->open, i);

		if (report->injection)
			injection_note_loss(report->injection);
	}
}

static void read_line(struct console *console, struct line *line)
{
	const char *whole;
	struct report *report;
	int kind;

	console->lines++;
	close_silent_ones(console, line);
	read_clock(console, line);
	report = find_report(console, line->caller);
	whole = line->text;
	line->text = kind_skip_subsystem(whole);
	kind = kind_of_opener(line->text);
	if (kind != OPEN_NOTHING && report && report_continues(report, kind, line->text)) {
		report_refine(report, kind, line->text);
		take_line(console, report, line);
		return;
	}
	if (kind != OPEN_NOTHING) {
		begin_report(console, kind, report, line);
		return;
	}
	line->text = whole;
	if (!report)
		report = find_stall(console, line->caller);
	note_loss(console, line->text);
	if (kind_is_banner(line->text))
		note_banner(console, report, line);
	if (report)
		continue_report(console, report, line);
}

/* Bytes to lines */

static void end_line(struct console *console, gsize offset)
{
	const char *bytes = console->line->str;
	size_t left = console->line->len;

	do {
		size_t len = left ? line_span(bytes, left) : 0;
		struct line line = line_read(console->text, bytes, len);

		line.offset = offset;
		line.end = len == left ? console->fed : offset + len;
		read_line(console, &line);
		bytes += len;
		offset += len;
		left -= len;
	} while (left);
	g_string_truncate(console->line, 0);
}

void console_feed(struct console *console, const char *bytes, gsize len)
{
	while (len) {
		gsize take = MIN(len, LINE_MAX_BYTES - console->line->len);
		const char *newline = memchr(bytes, '\n', take);
		gsize offset = console->fed - console->line->len;

		if (newline)
			take = (gsize)(newline - bytes);
		g_string_append_len(console->line, bytes, (gssize)take);
		take += newline ? 1 : 0;
		console->fed += take;
		bytes += take;
		len -= take;
		if (newline || console->line->len == LINE_MAX_BYTES)
			end_line(console, offset);
	}
}

void console_finish(struct console *console)
{
	if (console->line->len)
		end_line(console, console->fed - console->line->len);
	while (console->open->len)
		close_report(console, g_ptr_array_index(console->open, 0));
}

/* The rest of the interface */

struct console *console_new(void)
{
	struct console *console = g_new0(struct console, 1);

	console->line = g_string_sized_new(LINE_MAX_BYTES);
	console->text = g_string_sized_new(LINE_MAX_BYTES);
	console->open = g_ptr_array_new_with_free_func(g_free);
	console->findings = g_ptr_array_new_with_free_func(free_finding);
	console->by_signature = g_hash_table_new(g_str_hash, g_str_equal);
	console->injections = g_ptr_array_new_with_free_func(injection_free);
	return console;
}

void console_free(struct console *console)
{
	if (!console)
		return;
	g_hash_table_destroy(console->by_signature);
	g_ptr_array_free(console->findings, TRUE);
	g_ptr_array_free(console->injections, TRUE);
	g_ptr_array_free(console->open, TRUE);
	g_string_free(console->text, TRUE);
	g_string_free(console->line, TRUE);
	g_free(console);
}

const GPtrArray *console_findings(const struct console *console)
{
	return console->findings;
}

bool console_reporting(const struct console *console)
{
	for (guint i = 0; i < console->open->len; i++) {
		const struct report *report = g_ptr_array_index(console->open, i);

		if (!report->silent && !report->published)
			return true;
	}
	return false;
}

bool console_panicked(const struct console *console)
{
	return console->panicked;
}

bool console_clock(const struct console *console, double *difference)
{
	*difference = console->clock;
	return console->clocked;
}

const GPtrArray *console_injections(const struct console *console)
{
	return console->injections;
}
