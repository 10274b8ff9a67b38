// SPDX-License-Identifier: MIT
#include "tests/runner/console_report.h"

#include <string.h>

#include "tests/runner/console_kinds.h"

#define REPORT_MAX_BYTES (256 * 1024)
#define KIND_ENDS (KIND_END_TRACE | KIND_END_STACK | KIND_END_BANNER)

bool report_has(const struct report *report, unsigned flags)
{
	return kind_info(report->kind)->flags & flags;
}

/* What a line says */

/* Offer a symbol as candidate @slot; the first one offered stays. */
static void offer(struct report *report, char *slot, const char *symbol, size_t len)
{
	char name[NAME_BYTES];
	bool exact = slot == report->named && report_has(report, KIND_EXACT);

	name_copy_function(name, symbol, len);
	if (!exact && name_is_plumbing(name, kind_info(report->kind)->skip))
		slot = report->spare;
	if (!*slot)
		g_strlcpy(slot, name, NAME_BYTES);
}

/* The same with the first symbol in @text, if there is one. */
static void offer_first(struct report *report, char *slot, const char *text)
{
	size_t len;
	const char *symbol = name_find_symbol(text, &len);

	if (symbol)
		offer(report, slot, symbol, len);
}

static void add_object(struct report *report, const char *name, size_t len)
{
	for (guint i = 0; i < kind_info(report->kind)->objects; i++) {
		if (!*report->objects[i]) {
			name_copy_class(report->objects[i], name, len);
			return;
		}
	}
}

/* The report's title, or the WARNING line of one that has its title from a message. */
static void note_title(struct report *report, const char *text)
{
	offer_first(report, report_has(report, KIND_NAMED) ? report->named : report->spare, text);
	if (report_has(report, KIND_FILE))
		name_find_file(text, report->file);
	if (report->kind == FINDING_SLAB)
		add_object(report, text + strlen("BUG "), strcspn(text + strlen("BUG "), " "));
}

static void set_title(struct report *report, const char *text)
{
	g_strlcpy(report->title, text, TITLE_BYTES);
	note_title(report, text);
}

static bool starts_any(const char *text, const char *const *beginnings)
{
	for (; *beginnings; beginnings++)
		if (starts(text, *beginnings))
			return true;
	return false;
}

/* "RIP: 0010:func+0x12/0x34", "EIP: ...", "pc : func+0x12/0x34 [module]" (arm64) */
static bool note_instruction(struct report *report, const char *text)
{
	static const char *const registers[] = { "RIP: ", "EIP: ", "IP: ", "pc : ", NULL };

	if (!starts_any(text, registers))
		return false;
	report->machine = true;
	/* No symbol where a wild pointer was called, or in user space. */
	offer_first(report, report_has(report, KIND_RIP) ? report->rip : report->spare, text);
	return true;
}

/* A line of a call trace. */
static void note_frame(struct report *report, const char *text)
{
	bool reliable;
	size_t len;
	const char *symbol = name_find_frame(text, &len, &reliable);

	if (symbol)
		offer(report, reliable ? report->frame : report->hint, symbol, len);
}

static bool note_trace(struct report *report, const char *text)
{
	const char *at = skip_spaces(text);

	if (starts(at, "Call Trace:") || starts(at, "Call trace:") || starts(at, "Backtrace:")) {
		report->tracing = !*report->frame;
		report->bracket = false;
		report->machine = true;
		return true;
	}
	if (!report->tracing)
		return false;
	if (starts(at, "</TASK>")) {
		report->tracing = false;
		report->traced = true;
	} else if (*at == '<') {
		report->bracket = true;
	} else {
		note_frame(report, at);
	}
	return true;
}

/* " #0: ffff888003a1b0f8 (class){+.+.}-{3:3}, at: func+0x12/0x34", and the same without number. */
static void note_lock(struct report *report, const char *text)
{
	const char *open = strchr(text, '('), *close = open ? strstr(open, "){") : NULL;
	const char *at = close ? strstr(close, ", at: ") : NULL;

	if (close)
		add_object(report, open + 1, (size_t)(close - open - 1));
	if (at && report_has(report, KIND_NAMED) && report->kind != FINDING_LOCKDEP_UNLOCK_BALANCE)
		offer_first(report, report->named, at);
}

/* "comm/61 is trying to release lock (class) at:", and then "[<addr>] func+0x12/0x34" */
static void note_unlock(struct report *report, const char *text)
{
	const char *name = name_after(text, " lock ("), *end = name ? g_strrstr(name, ")") : NULL;

	if (end && strstr(text, " is trying to "))
		add_object(report, name, (size_t)(end - name));
	if (starts(text, "[<") && report_has(report, KIND_NAMED))
		offer_first(report, report->named, text);
}

/* "    in-flight: 57:func", "    pending: 2*func, ...": work that a stalled pool does not do. */
static void note_work(struct report *report, const char *text)
{
	const char *at = skip_spaces(text);
	size_t len;

	if (starts(at, "in-flight: "))
		at += strcspn(at, " ") + strcspn(at + strcspn(at, " "), ":");
	else if (starts(at, "pending: "))
		at += strcspn(at, " ");
	else
		return;
	at += strspn(at, " :0123456789*");
	len = strcspn(at, " ,+\n");
	if (len && !starts(at, "BAR("))
		offer(report, report->named, at, len);
}

/* "-> #1 (dma_fence_map){++++}-{0:0}:" is a part of the circle; that the lock is held says nothing. */
static void note_chain(struct report *report, const char *text)
{
	if (starts(text, "-> #") && strstr(text, "(dma_fence_map)"))
		report->fence = true;
}

/* Lines between the title and the machine's state, which only some kinds have. */
static void note_head(struct report *report, const char *text)
{
	const char *at;

	switch (report->kind) {
	case OPEN_CUT_HERE:
		if (!*report->title)
			g_strlcpy(report->title, text, TITLE_BYTES);
		break;
	case FINDING_WORKQUEUE_LOCKUP:
		note_work(report, text);
		break;
	case FINDING_LOCKDEP_RCU:
		if (!*report->file)
			name_find_file(text, report->file);
		break;
	case FINDING_MEMORY:
		at = name_after(text, "cache: ");
		if (at)
			add_object(report, at, strcspn(at, ","));
		break;
	case FINDING_BUG: /* "BUG: workqueue leaked atomic, lock or RCU" */
		at = name_after(text, "workfn=");
		if (at)
			offer(report, report->named, at, strcspn(at, " "));
		break;
	default:
		if (kind_info(report->kind)->objects) {
			note_lock(report, text);
			note_unlock(report, text);
			note_chain(report, text);
		}
	}
}

void report_read(struct report *report, const char *text)
{
	if (!*text || note_instruction(report, text) || note_trace(report, text))
		return;
	if (starts(text, "CPU: ") || starts(text, "Modules linked in"))
		report->machine = true;
	else if (!report->machine)
		note_head(report, text);
}

/* The signature */

/* The words of a message up to the first that has a number in it. */
static void append_words(GString *to, const char *title)
{
	const char *at = name_after(title, "not syncing: ");
	gsize before = to->len;

	if (!at)
		at = title + (starts(title, "BUG: ") ? strlen("BUG: ") : 0);
	while (*(at = skip_spaces(at))) {
		size_t len = strcspn(at, " \t"), kept = to->len;

		if (strcspn(at, "0123456789") < len)
			break;
		g_string_append_c(to, to->len == before ? ' ' : '-');
		for (size_t i = 0; i < len; i++)
			if (g_ascii_isalnum(at[i]) || at[i] == '_' || at[i] == '-')
				g_string_append_c(to, at[i]);
		if (to->len == kept + 1) /* punctuation only */
			g_string_truncate(to, kept);
		at += len;
	}
}

const char *report_function(const struct report *report)
{
	const char *const candidates[] = { report->named, report->rip, report->frame, report->hint,
					   report->spare };

	for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++)
		if (*candidates[i])
			return candidates[i];
	return "";
}

char *report_signature(const struct report *report)
{
	const struct kind_info *kind = kind_info(report->kind);
	const char *function = report_function(report);
	GString *signature = g_string_new(kind->name);
	guint objects = 0;

	for (; objects < G_N_ELEMENTS(report->objects) && *report->objects[objects]; objects++)
		g_string_append_printf(signature, " %s", report->objects[objects]);
	if (*function && (!(kind->flags & KIND_PAIR) || objects < kind->objects))
		g_string_append_printf(signature, " %s", function);
	if (*report->file && kind->flags & KIND_FILE)
		g_string_append_printf(signature, " %s", report->file);
	if (signature->len == strlen(kind->name) && kind->flags & KIND_WORDS)
		append_words(signature, report->title);
	if (signature->len == strlen(kind->name))
		g_string_append(signature, " ?");
	return g_string_free(signature, FALSE);
}

/* From opener to end */

struct report *report_create(int kind, const char *text)
{
	struct report *report = g_new0(struct report, 1);

	report->kind = kind == OPEN_DIE ? FINDING_OOPS : kind;
	report->died = kind == OPEN_DIE;
	report->cut_here = kind == OPEN_CUT_HERE;
	report->header = kind == FINDING_LOCKDEP_NOT_HELD && starts(text, "WARNING: ");
	report->stamp = -1;
	if (kind != OPEN_CUT_HERE)
		set_title(report, text);
	return report;
}

bool report_continues(const struct report *report, int kind, const char *text)
{
	bool message = kind_is_message(kind);
	bool header = kind == FINDING_WARNING || kind == FINDING_BUG;

	if (kind == OPEN_DIE)
		return !report->died &&
		       (report->kind == FINDING_BUG || report->kind == FINDING_OOPS ||
			(report_has(report, KIND_MESSAGE) && report->header));
	if (report->kind == OPEN_CUT_HERE)
		return header || message || kind == FINDING_UBSAN;
	if (report_has(report, KIND_MESSAGE) && !report->header)
		return header || kind == FINDING_LOCKDEP_NOT_HELD ||
		       (kind == OPEN_CUT_HERE && !report->cut_here);
	if (report->kind == FINDING_WARNING) /* before 4.17 the message came after the header */
		return message && !report->machine && !starts(text, "WARNING: ");
	if (report->kind == FINDING_WORKQUEUE_LOCKUP) /* one line for each stalled pool */
		return kind == report->kind && !*report->named;
	return report->kind == FINDING_RCU_STALL && kind == report->kind && !starts(text, "INFO: ");
}

static void become(struct report *report, int kind, const char *text)
{
	report->kind = kind;
	report->header |= starts(text, "WARNING: ");
	set_title(report, text);
}

void report_refine(struct report *report, int kind, const char *text)
{
	if (kind == OPEN_CUT_HERE) {
		report->cut_here = true;
	} else if (kind == OPEN_DIE) {
		report->died = true;
	} else if (report_has(report, KIND_MESSAGE)) { /* the header of a message */
		report->header = true;
		note_title(report, text);
	} else if (report->kind == OPEN_CUT_HERE) {
		become(report, kind, text);
	} else if (report->kind == FINDING_WARNING && kind_is_message(kind)) {
		report->header = true;
		if (!(kind_info(kind)->flags & KIND_NAMED)) {
			g_strlcpy(report->spare, report->named, NAME_BYTES);
			*report->named = '\0';
		}
		become(report, kind, text);
	}
}

/*
 * Somebody asked for dumps, or our guest wrote to the log: not a part of any report. It ends one,
 * unless that is in the middle of its registers or stack and has another CPU's line in it.
 */
static bool is_from_outside(const char *text)
{
	return starts(text, "sysrq: ") || starts(text, "planestorm: ");
}

/*
 * Where nothing marks the end of a report, what can still be its line. khungtaskd reports every
 * hung task first, perhaps followed by the task that holds the lock, and then shows the locks held
 * in the whole system, up to a banner: worth having in the excerpt.
 */
static bool can_follow(const struct report *report, const char *text)
{
	static const char *const hung_task[] = { " ",	   "\t",     "Showing all locks",
						 "INFO: ", "task:",  "Call Trace:",
						 "R",	   "Code: ", "Future hung task",
						 "====",   NULL };
	static const char *const injection[] = {
		" ",	  "name ",	     "CPU: ",	    "Tainted: ",   "R",
		"Code: ", "Hardware name: ", "Workqueue: ", "Call Trace:", NULL
	};
	static const char *const user_space[] = { " #", "----", NULL };

	if (!*text)
		return true;
	if (is_from_outside(text))
		return report->machine && !report->published && report_has(report, KIND_ENDS);
	if (report->kind == FINDING_HUNG_TASK && report->published)
		return starts_any(text, hung_task) || strstr(text, " held by ");
	if (report->kind == OPEN_INJECTION)
		return starts_any(text, injection);
	if (report->kind == FINDING_LOCKDEP_USER_SPACE) /* shows the locks, and that is all */
		return starts_any(text, user_space) || strstr(text, " held by ") ||
		       strstr(text, "ainted") || strstr(text, " is leaving the kernel ");
	if (starts(report->title, "SLUB: "))
		return *text == ' ';
	return true;
}

static bool ends_with_stack(const struct report *report)
{
	return report_has(report, KIND_END_STACK) && !report->died;
}

bool report_is_past_end(struct report *report, const char *text)
{
	if (!can_follow(report, text))
		return true;
	/* A trace without <TASK> ends where its frames do. */
	if (report->tracing && !report->bracket && (*report->frame || *report->hint) &&
	    !strchr(" \t[<", *text)) {
		report->tracing = false;
		report->traced = true;
	}
	return report->traced && ends_with_stack(report) && !report->published;
}

bool report_is_end(const struct report *report, const char *text)
{
	if (starts(text, "---[ end "))
		return report_has(report, KIND_END_TRACE) || report->kind == FINDING_PANIC;
	if (kind_is_banner(text))
		return report_has(report, KIND_END_BANNER) || report->published;
	return report->end - report->offset > REPORT_MAX_BYTES ||
	       (report->traced && ends_with_stack(report) && !report->published);
}
