// SPDX-License-Identifier: MIT
#include "tests/runner/report.h"

#include <stdio.h>
#include <string.h>

#include "tests/runner/html.h"
#include "tests/runner/report_finding.h"
#include "tests/runner/report_style.h"
#include "tests/runner/report_svg.h"

/*
 * A report is to be opened at once and sent by mail. So many findings are told in full, and none
 * after so many bytes; of the others there is what the terminal says. The last one may go beyond,
 * by less than 3 MB: three pictures (PNG_MAX in report_pictures.c) and texts of bounded length.
 */
#define FULL_FINDINGS 80
#define FULL_BYTES (7 * 1024 * 1024)

#define SURPRISE_MARK                                                                              \
	"<span class=\"mark\" title=\"not expected\">!<span class=\"aside\"> not "                 \
	"expected</span></span>"
#define SURPRISE "<span class=\"mark\">! not expected</span>"
#define NEWS "<span class=\"mark\">! not known</span>"

/* What a run came to: its class and words. */
static const char *outcome(const struct run_record *record, const char **class)
{
	*class = "bad";
	if (!record->complete)
		return "Incomplete: not all trials were made, or some files could not be written";
	if (!strcmp(record->control, "missed"))
		return record->instrumented ?
			       "INVALID: unfixed does not FAIL splat where it must, or is not "
			       "interrupted, so this run proves nothing" :
			       "INVALID: unfixed does not FAIL splat where it must, so this run "
			       "proves nothing";
	if (!record->as_expected)
		return "NOT AS EXPECTED: see what is marked so below";
	*class = "good";
	return strcmp(record->control, "none") ? "All as expected" :
						 "All as expected, without a positive control";
}

static const char *control_text(const struct run_record *record)
{
	if (!strcmp(record->control, "held"))
		return "held: unfixed FAILs splat where it must";
	if (!strcmp(record->control, "missed"))
		return record->instrumented ?
			       "missed: unfixed does not FAIL splat where it must, or is not "
			       "interrupted" :
			       "missed: unfixed does not FAIL splat where it must";
	if (!strcmp(record->control, "none"))
		return "none: unfixed took no part with a program that makes it FAIL";
	return record->control;
}

/* "2026-11-22T15-08-10" as people write it; another name as it is. The caller's. */
static char *date_text(const char *name)
{
	int year, month, day, hour, minute, second, end = 0;

	if (sscanf(name, "%4d-%2d-%2dT%2d-%2d-%2d%n", &year, &month, &day, &hour, &minute, &second,
		   &end) == 6 &&
	    end)
		return g_strdup_printf("%04d-%02d-%02d %02d:%02d:%02d", year, month, day, hour,
				       minute, second);
	return g_strdup(name);
}

static void add_fact(GString *out, const char *name, const char *value)
{
	html_printf(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

static void add_head(GString *out, const struct run_record *record)
{
	g_autofree char *date = date_text(record->date);
	g_autofree char *base =
		g_strdup_printf("%s (%s)", record->base_version, record->base_source);
	g_autofree char *qemu = g_strdup_printf("%s, %s", record->qemu_version, record->accel);
	g_autofree char *seed = g_strdup_printf("%" G_GINT64_FORMAT, record->seed);
	g_autofree char *seconds = g_strdup_printf("%.1f s", record->total_s);
	const char *class, *text = outcome(record, &class);

	html_printf(out,
		    "<header>\n<h1>planestorm <span class=\"date\">%s</span></h1>\n"
		    "<p class=\"outcome %s\">%s</p>\n<dl class=\"facts\">\n",
		    date, class, text);
	add_fact(out, "base", base);
	if (record->instrumented)
		add_fact(out, "instrumented", "yes: a fault may interrupt a lock helper (-EINTR)");
	add_fact(out, "QEMU", qemu);
	add_fact(out, "seed", seed);
	add_fact(out, "complete", record->complete ? "yes" : "no");
	add_fact(out, "as expected", record->as_expected ? "yes" : "no");
	add_fact(out, "positive control", control_text(record));
	add_fact(out, "took", seconds);
	g_string_append(out, "</dl>\n</header>\n");
}

/* --- the matrix ------------------------------------------------------------------------------- */

static const char *const verdict_classes[VERDICT_KINDS] = {
	[VERDICT_SKIP] = "skip",
	[VERDICT_PASS] = "pass",
	[VERDICT_FAIL] = "fail",
};

/* The first finding of @variant on @rule, or -1. */
static int first_finding(const struct run_variant *variant, int rule)
{
	for (guint i = 0; i < variant->findings->len; i++) {
		const struct run_finding *finding = g_ptr_array_index(variant->findings, i);

		if ((int)finding->rule == rule)
			return (int)i;
	}
	return -1;
}

static void add_cell(GString *out, const struct run_variant *variant, guint row, int rule)
{
	const struct run_cell *cell = &variant->cells[rule];
	guint judged = cell->counts[VERDICT_PASS] + cell->counts[VERDICT_FAIL];
	int finding = first_finding(variant, rule);

	if (!cell->present) {
		g_string_append(out, "<td class=\"skip\">-</td>");
		return;
	}
	html_printf(out, "<td class=\"%s%s\">", verdict_classes[cell->verdict],
		    cell->expected ? "" : " surprise");
	if (finding >= 0)
		html_printf(out, "<a href=\"#finding-%u-%d\">", row, finding);
	html_printf(out, "<b>%s</b>", verdict_name(cell->verdict));
	if (cell->verdict != VERDICT_SKIP)
		html_printf(out, " %u/%u", cell->counts[cell->verdict], judged);
	g_string_append(out, cell->expected ? "" : " " SURPRISE_MARK);
	g_string_append(out, finding >= 0 ? "</a></td>" : "</td>");
}

/* What the verdicts on each variant rest on, as on the terminal. */
static void add_instrumented(GString *out, const struct run_record *record)
{
	for (guint i = 0; i < record->variants->len; i++) {
		const struct run_variant *variant = g_ptr_array_index(record->variants, i);

		if (variant->instrumented)
			html_printf(out,
				    "<p><b>%s</b> instrumented: <code>%s</code> "
				    "(interruptions: %u)</p>\n",
				    variant->name, variant->instrumented, variant->interrupted);
	}
}

static void add_matrix(GString *out, const struct run_record *record)
{
	g_string_append(out, "<section>\n<h2>Matrix</h2>\n<div class=\"wide\" tabindex=\"0\">\n"
			     "<table class=\"matrix\">\n<thead><tr><th scope=\"col\">variant</th>");
	for (int rule = 0; rule < RULE_COUNT; rule++)
		html_printf(out, "<th scope=\"col\">%s</th>", rules[rule].name);
	g_string_append(out, "</tr></thead>\n<tbody>\n");
	for (guint i = 0; i < record->variants->len; i++) {
		const struct run_variant *variant = g_ptr_array_index(record->variants, i);

		html_printf(out, "<tr><th scope=\"row\">%s</th>", variant->name);
		for (int rule = 0; rule < RULE_COUNT; rule++)
			add_cell(out, variant, i, rule);
		g_string_append(out, "</tr>\n");
	}
	g_string_append(out, "</tbody>\n</table>\n</div>\n");
	add_instrumented(out, record);
}

static void add_legend(GString *out)
{
	g_string_append(
		out,
		"<details><summary>How to read it</summary>\n"
		"<p>A row is a version of the driver, a column is a promise. <b>FAIL 5/9</b>: "
		"5 trials failed of the 9 that were judged. <b>PASS 9/9</b>: all passed. "
		"<b>SKIP</b>: no trial was judged. <b>!</b>: the verdict of at least one "
		"trial is not the one that is expected of the variant.</p>\n"
		"<p>In a time line each column is one moment, in their order; the times are the "
		"host's. An arrow leads from an operation to the device's command that carried it "
		"out. The device's kicks and the guest's read-backs are left out.</p>\n<dl>\n");
	for (int rule = 0; rule < RULE_COUNT; rule++)
		html_printf(out, "<dt>%s</dt><dd>%s</dd>\n", rules[rule].name, rules[rule].promise);
	g_string_append(out, "</dl>\n</details>\n</section>\n");
}

/* --- the findings ----------------------------------------------------------------------------- */

/* The programs, in one line if there is no more to say of them. */
static void add_shown_by(GString *out, const struct run_finding *finding)
{
	gboolean detailed = FALSE;

	for (guint i = 0; i < finding->shown_by->len; i++)
		detailed |= ((struct shown_by *)g_ptr_array_index(finding->shown_by, i))->details !=
			    NULL;
	g_string_append(out,
			detailed ? "<ul class=\"programs\">\n" : "<ul class=\"programs plain\">\n");
	for (guint i = 0; i < finding->shown_by->len; i++) {
		const struct shown_by *shown_by = g_ptr_array_index(finding->shown_by, i);

		html_printf(out, "<li><b>%s</b>%s%s</li>\n", shown_by->program,
			    shown_by->details ? ": " : "",
			    shown_by->details ? shown_by->details : "");
	}
	g_string_append(out, "</ul>\n");
}

static void add_heading(GString *out, const struct run_finding *finding)
{
	html_printf(out, "<span class=\"verdict %s\">%s</span> %s <code>%s</code>",
		    verdict_classes[finding->verdict], verdict_name(finding->verdict),
		    rules[finding->rule].name, finding->signature);
	g_string_append(out, finding->expected ? "" : finding->unknown ? " " NEWS : " " SURPRISE);
}

/* All of them at a glance, as on the terminal. */
static void add_contents(GString *out, const struct run_record *record)
{
	g_string_append(out, "<nav aria-label=\"findings\">\n");
	for (guint row = 0; row < record->variants->len; row++) {
		const struct run_variant *variant = g_ptr_array_index(record->variants, row);

		if (!variant->findings->len)
			continue;
		html_printf(out, "<h3>%s</h3>\n<ul>\n", variant->name);
		for (guint i = 0; i < variant->findings->len; i++) {
			const struct run_finding *finding = g_ptr_array_index(variant->findings, i);

			html_printf(out, "<li><a href=\"#finding-%u-%u\">", row, i);
			add_heading(out, finding);
			html_printf(out, "</a> in %u %s</li>\n", finding->shown_by->len,
				    finding->shown_by->len == 1 ? "program" : "programs");
		}
		g_string_append(out, "</ul>\n");
	}
	g_string_append(out, "</nav>\n");
}

static void add_finding(GString *out, const char *run, const struct run_finding *finding, guint row,
			guint index, guint *told)
{
	html_printf(out, "<article id=\"finding-%u-%u\">\n<h3>", row, index);
	add_heading(out, finding);
	g_string_append(out, "</h3>\n");
	add_shown_by(out, finding);
	if (*told < FULL_FINDINGS && out->len < FULL_BYTES)
		report_finding(out, run, finding, ++*told);
	else
		g_string_append(out, "<p>Not told in full: the report would get too long.</p>\n");
	g_string_append(out, "</article>\n");
}

static void add_findings(GString *out, const char *run, const struct run_record *record)
{
	guint told = 0;

	for (guint row = 0; row < record->variants->len; row++) {
		const struct run_variant *variant = g_ptr_array_index(record->variants, row);

		if (!variant->findings->len)
			continue;
		html_printf(out, "<section>\n<h2>%s</h2>\n", variant->name);
		for (guint i = 0; i < variant->findings->len; i++)
			add_finding(out, run, g_ptr_array_index(variant->findings, i), row, i,
				    &told);
		g_string_append(out, "</section>\n");
	}
}

/* --- the page --------------------------------------------------------------------------------- */

static GString *make_page(const char *run, const struct run_record *record)
{
	GString *out = g_string_new("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
				    "<meta charset=\"utf-8\"/>\n"
				    "<meta name=\"viewport\" "
				    "content=\"width=device-width, initial-scale=1\"/>\n"
				    "<meta name=\"color-scheme\" content=\"light dark\"/>\n");
	g_autofree char *date = date_text(record->date);

	html_printf(out, "<title>planestorm, run of %s</title>\n<style>\n", date);
	g_string_append(out, report_style);
	g_string_append(out, "</style>\n</head>\n<body>\n");
	report_svg_definitions(out);
	add_head(out, record);
	g_string_append(out, "<main>\n");
	add_matrix(out, record);
	add_legend(out);
	add_contents(out, record);
	add_findings(out, run, record);
	g_string_append(out, "</main>\n</body>\n</html>\n");
	return out;
}

gboolean report_write(const char *run, GError **error)
{
	g_autofree char *path = g_build_filename(run, REPORT_NAME, NULL);
	struct run_record *record = run_record_load(run, error);
	g_autoptr(GString) page = NULL;

	if (!record)
		return FALSE;
	page = make_page(run, record);
	run_record_free(record);
	return g_file_set_contents(path, page->str, (gssize)page->len, error);
}
