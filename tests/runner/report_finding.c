// SPDX-License-Identifier: MIT
#include "tests/runner/report_finding.h"

#include <stdlib.h>
#include <string.h>

#include "tests/runner/cause.h"
#include "tests/runner/html.h"
#include "tests/runner/leak.h"
#include "tests/runner/points.h"
#include "tests/runner/recorded.h"
#include "tests/runner/report_pictures.h"
#include "tests/runner/report_svg.h"

/* What is shown of a text in full; the rest is in the trial's folder. */
#define PROGRAM_LINES 300
#define CONSOLE_LINES 90
#define SILENCE_LINES 25 /* the console's last, where it has no report */
#define COLUMNS 400
#define JOURNAL_BEFORE 10
#define JOURNAL_AFTER 10
#define INCIDENTS 5

struct telling {
	GString *out;
	const struct run_finding *finding;
	const struct trial *trial;
	const char *program;		 /* its name in the run; the file is called otherwise */
	const struct incident *incident; /* what the rule's verdict is about, or NULL */
	const struct finding *said;	 /* by the kernel, or NULL */
	guint64 seq;			 /* of the operation that shows it, 0: unknown */
	const char *near; /* the operation only stood near, in this sense; NULL: it is the one */
	guint number;
};

/* --- what it is about ------------------------------------------------------------------------- */

static int incident_kind_of(enum rule_index rule)
{
	switch (rule) {
	case RULE_LOST_UPDATE:
		return INCIDENT_LOST;
	case RULE_STALE_CURSOR:
		return INCIDENT_STALE;
	case RULE_ROLLBACK:
		return INCIDENT_ROLLBACK;
	case RULE_FENCE_IN:
		return INCIDENT_EARLY;
	case RULE_FENCE_IMPLICIT:
		return INCIDENT_EARLY_IMPLICIT;
	default:
		return -1;
	}
}

/* What a trial says knows nothing of its cause. */
static gboolean is_signature(const struct run_finding *finding, const char *signature)
{
	gsize len = strlen(signature);

	if (!finding->unknown)
		return !strcmp(finding->signature, signature);
	return !strncmp(finding->signature, signature, len) &&
	       (!finding->signature[len] || g_str_has_prefix(finding->signature + len, CAUSE_MARK));
}

/* Whether what failed in operation @seq is what the finding has as its cause, if it has one. */
static gboolean is_cause(const struct telling *telling, guint64 seq)
{
	const char *mark = strstr(telling->finding->signature, CAUSE_MARK);
	g_autofree char *site = mark ? points_site(telling->trial, seq) : NULL;

	return !mark || (site && g_str_has_prefix(mark + strlen(CAUSE_MARK), site));
}

/* The incident with the finding's signature; where there are several, one with its cause. */
static const struct incident *find_incident(const struct telling *telling)
{
	const struct updates *updates = telling->trial->updates;
	int kind = incident_kind_of(telling->finding->rule);
	const struct incident *first = NULL;

	for (guint i = 0; updates && i < updates->incidents->len; i++) {
		const struct incident *incident = g_ptr_array_index(updates->incidents, i);

		if ((int)incident->kind != kind ||
		    !is_signature(telling->finding, incident->signature))
			continue;
		if (is_cause(telling, incident->seq))
			return incident;
		first = first ? first : incident;
	}
	return first;
}

static const struct finding *find_said(const struct telling *telling)
{
	const GPtrArray *findings = console_findings(telling->trial->findings);

	/* What else may have kept a rule from being judged. */
	if (telling->finding->verdict == VERDICT_SKIP && findings->len)
		return g_ptr_array_index(findings, 0);
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *said = g_ptr_array_index(findings, i);

		if (is_signature(telling->finding, said->signature))
			return said;
	}
	return NULL;
}

/* The operation that had begun last when the kernel said so, by two clocks that differ by some
 * milliseconds at most: both count from the guest's boot. */
static guint64 find_by_time(const struct telling *telling)
{
	double clock = 0, time;
	guint64 seq = 0;

	console_clock(telling->trial->findings, &clock);
	time = (telling->said->stamp - clock) * 1e9;
	for (guint i = 0; i < telling->trial->events->len; i++) {
		const struct journal_event *event =
			&g_array_index(telling->trial->events, struct journal_event, i);

		if (event->kind == JOURNAL_OP && (double)event->time <= time)
			seq = event->seq;
	}
	return seq;
}

/* The operation that was begun last, 0: none was. *@open: it never came back. */
static guint64 last_operation(const struct trial *trial, gboolean *open)
{
	guint64 seq = 0;

	*open = FALSE;
	for (guint i = 0; i < trial->events->len; i++) {
		const struct journal_event *event =
			&g_array_index(trial->events, struct journal_event, i);

		if (event->kind == JOURNAL_OP) {
			seq = event->seq;
			*open = TRUE;
		} else if (event->kind == JOURNAL_RET) {
			*open = FALSE;
		}
	}
	return seq;
}

static void find_out(struct telling *telling)
{
	const struct verdict *verdict = &telling->trial->verdicts[telling->finding->rule];
	gboolean open;

	telling->incident = find_incident(telling);
	telling->said = find_said(telling);
	telling->seq = telling->incident	     ? telling->incident->seq :
		       verdict->kind == VERDICT_FAIL ? verdict->seq :
						       0;
	if (telling->incident || telling->seq)
		return;
	if (telling->finding->rule == RULE_LOCKUP && verdict->kind == VERDICT_FAIL) {
		telling->seq = last_operation(telling->trial, &open);
		telling->near = open ? NULL : "the last operation was that of";
	} else if (telling->said) {
		telling->seq = find_by_time(telling);
		telling->near = "by the time stamps, this was at or near";
	}
}

/* --- texts ------------------------------------------------------------------------------------ */

/* Lines of @text as the inside of a <pre>, without those after @most. */
static void add_lines(GString *out, const char *text, gsize len, guint most, const char *file)
{
	const char *end = text + len;
	guint line = 0;

	while (text < end && line++ < most) {
		const char *newline = memchr(text, '\n', (gsize)(end - text));
		const char *stop = newline ? newline : end;

		html_line(out, text, (gsize)(stop - text), COLUMNS);
		g_string_append_c(out, '\n');
		text = stop + 1;
	}
	if (text < end)
		html_printf(out, "... (the rest is in %s)\n", file);
}

static void add_said(struct telling *telling)
{
	const GString *console = telling->trial->console;
	const struct finding *said = telling->said;
	gsize offset = MIN(said->offset, console->len);

	html_printf(telling->out,
		    "<details open=\"open\"><summary>What the kernel said (%u %s, from byte %u of "
		    "console.txt)</summary>\n<pre tabindex=\"0\">",
		    said->count, said->count == 1 ? "time" : "times; the first", (guint)offset);
	add_lines(telling->out, console->str + offset, MIN(said->length, console->len - offset),
		  CONSOLE_LINES, "console.txt");
	g_string_append(telling->out, "</pre></details>\n");
}

/* @count lines before @at in @text, from where its line begins. */
static const char *lines_before(const char *text, const char *at, guint count)
{
	while (at > text && (at[-1] != '\n' || count-- > 0))
		at--;
	return at;
}

/* A guest that fell silent: its last words. */
static void add_silence(struct telling *telling)
{
	const GString *console = telling->trial->console;
	const char *end = console->str + console->len;
	const char *from = lines_before(console->str, end, SILENCE_LINES);

	g_string_append(telling->out, "<details><summary>The console's last lines</summary>\n"
				      "<pre tabindex=\"0\">");
	add_lines(telling->out, from, (gsize)(end - from), SILENCE_LINES, "console.txt");
	g_string_append(telling->out, "</pre></details>\n");
}

/* What the guest has read back and returned, which the other rules judge. */
static void add_journal(struct telling *telling)
{
	const GString *journal = telling->trial->journal;

	for (guint i = 0; i < telling->trial->events->len; i++) {
		const struct journal_event *event =
			&g_array_index(telling->trial->events, struct journal_event, i);
		const char *from;

		if (event->kind != JOURNAL_OP || event->seq != telling->seq)
			continue;
		from = lines_before(journal->str, event->text, JOURNAL_BEFORE);
		g_string_append(telling->out,
				"<details open=\"open\"><summary>The journal around it"
				"</summary>\n<pre tabindex=\"0\">");
		add_lines(telling->out, from, (gsize)(journal->str + journal->len - from),
			  JOURNAL_BEFORE + 1 + JOURNAL_AFTER, "journal.txt");
		g_string_append(telling->out, "</pre></details>\n");
		return;
	}
}

static int line_of(const struct telling *telling)
{
	for (guint i = 0; telling->seq && i < telling->trial->events->len; i++) {
		const struct journal_event *event =
			&g_array_index(telling->trial->events, struct journal_event, i);

		if (event->kind == JOURNAL_OP && event->seq == telling->seq)
			return event->line;
	}
	return 0;
}

static void add_program(struct telling *telling)
{
	const struct program_file *file = telling->trial->file;
	const char *text = file->text, *end = file->text + file->len;
	int marked = line_of(telling), line = 0;

	g_string_append(telling->out, "<details open=\"open\"><summary>The program");
	if (marked)
		html_printf(telling->out, " (%s line %d)",
			    telling->near ? telling->near : "the operation is that of", marked);
	g_string_append(telling->out, "</summary>\n<pre class=\"program\" tabindex=\"0\">");
	while (text < end && line++ < PROGRAM_LINES) {
		const char *newline = memchr(text, '\n', (gsize)(end - text));
		const char *stop = newline ? newline : end;

		g_string_append_printf(telling->out, "%s%s%5d  ", line == marked ? "<mark>" : "",
				       line == marked ? "&gt;" : " ", line);
		html_line(telling->out, text, (gsize)(stop - text), COLUMNS);
		g_string_append(telling->out, line == marked ? "</mark>\n" : "\n");
		text = stop + 1;
	}
	g_string_append(telling->out, text < end ? "... (the rest is in program.storm)\n" : "");
	g_string_append(telling->out, "</pre></details>\n");
}

/* The first few of the rule's incidents in words. */
static void add_incidents(struct telling *telling)
{
	const struct updates *updates = telling->trial->updates;
	int kind = incident_kind_of(telling->finding->rule);
	guint told = 0;

	if (!telling->incident)
		return;
	g_string_append(telling->out, "<ol class=\"incidents\">\n");
	for (guint i = 0; i < updates->incidents->len && told < INCIDENTS; i++) {
		const struct incident *incident = g_ptr_array_index(updates->incidents, i);

		if ((int)incident->kind != kind)
			continue;
		html_printf(telling->out, "<li>%s%s</li>\n", incident->text,
			    incident == telling->incident ? " (drawn below)" : "");
		told++;
	}
	g_string_append(telling->out, "</ol>\n");
	if (updates->counts[kind] > told)
		html_printf(telling->out, "<p>... and %u more in this trial.</p>\n",
			    updates->counts[kind] - told);
}

static void add_left(struct telling *telling)
{
	const struct trial *trial = telling->trial;
	struct leak *leak;

	if (telling->finding->rule != RULE_LEAK)
		return;
	leak = leak_new(trial->events, trial->updates ? trial->device : NULL);
	g_string_append(telling->out, "<ul class=\"incidents\">\n");
	for (guint i = 0; i < leak->left->len; i++)
		html_printf(telling->out, "<li>%s</li>\n",
			    ((struct left *)g_ptr_array_index(leak->left, i))->text);
	g_string_append(telling->out, "</ul>\n");
	leak_free(leak);
}

/* --- drawings --------------------------------------------------------------------------------- */

static void add_timeline(struct telling *telling)
{
	const struct trial *trial = telling->trial;
	g_autoptr(GArray) nothing = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	struct timeline *unwatched = trial->timeline ? NULL : timeline_new(trial->events, nothing);
	struct window *window;

	if (telling->incident || (telling->seq && !telling->near)) {
		window = window_new(trial, unwatched ? unwatched : trial->timeline,
				    telling->incident, telling->seq);
		report_svg(telling->out, window, telling->number);
		window_free(window);
	}
	timeline_free(unwatched);
}

static void add_pictures(struct telling *telling)
{
	const struct incident *incident = telling->incident;
	const struct checked *checked;
	guint64 number;

	if (!incident)
		return;
	if (incident->kind == INCIDENT_STALE) {
		report_cursors(telling->out, telling->trial, incident);
		return;
	}
	checked = report_find_check(telling->trial, incident->moment, &number);
	if (checked)
		report_check(telling->out, checked);
	else if (number)
		html_printf(telling->out,
			    "<p>At check %" G_GUINT64_FORMAT
			    ", the next one, no difference was kept.</p>\n",
			    number);
	else
		g_string_append(telling->out, "<p>No check of the program follows.</p>\n");
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The rules may have changed since the run. */
static void add_judged_again(struct telling *telling)
{
	const struct run_finding *finding = telling->finding;
	const struct verdict *verdict = &telling->trial->verdicts[finding->rule];

	if (verdict->kind == finding->verdict && is_signature(finding, verdict->signature))
		return;
	html_printf(
		telling->out,
		"<p class=\"warning\">Judged again for this report, the trial's verdict is another "
		"one: %s %s</p>\n",
		verdict_name(verdict->kind), verdict->signature);
}

/* The run's folder may be anywhere, and where it was is of no use to who gets the report. */
static void add_unreadable(GString *out, const char *run, const char *program, const char *message)
{
	g_autofree char *prefix = g_build_filename(run, G_DIR_SEPARATOR_S, NULL);
	g_auto(GStrv) parts = g_strsplit(message, prefix, -1);
	g_autofree char *relative = g_strjoinv("", parts);

	html_printf(out,
		    "<p class=\"warning\">The trial of %s cannot be shown, its folder cannot be "
		    "read: %s</p>\n",
		    program, relative);
}

static void add_merged(struct telling *telling)
{
	g_autofree char *merged =
		telling->trial->updates ? updates_merged(telling->trial->updates) : NULL;

	if (merged)
		html_printf(telling->out, "<p>In this trial %s.</p>\n", merged);
}

static void tell(struct telling *telling)
{
	find_out(telling);
	if (telling->finding->shown_by->len > 1)
		html_printf(telling->out, "<h4>As in %s</h4>\n", telling->program);
	add_judged_again(telling);
	add_incidents(telling);
	add_left(telling);
	add_timeline(telling);
	add_merged(telling);
	add_pictures(telling);
	if (telling->said)
		add_said(telling);
	else if (telling->finding->rule == RULE_LOCKUP || telling->finding->rule == RULE_SPLAT)
		add_silence(telling);
	else if (telling->seq && !telling->incident)
		add_journal(telling);
	add_program(telling);
}

void report_finding(GString *out, const char *run, const struct run_finding *finding, guint number)
{
	struct telling telling = { .out = out, .finding = finding, .number = number };
	struct recorded *recorded = NULL;

	for (guint i = 0; !recorded && i < finding->shown_by->len; i++) {
		const struct shown_by *shown_by = g_ptr_array_index(finding->shown_by, i);
		g_autofree char *dir = g_build_filename(run, shown_by->folder, NULL);
		g_autoptr(GError) error = NULL;

		recorded = recorded_load(dir, finding->variant, &error);
		if (!recorded) {
			add_unreadable(out, run, shown_by->program, error->message);
			continue;
		}
		telling.trial = recorded->trial;
		telling.program = shown_by->program;
		tell(&telling);
	}
	recorded_free(recorded);
}
