// SPDX-License-Identifier: MIT
#include "tests/runner/hands_report.h"

#include <stdio.h>

#include "tests/runner/html.h"
#include "tests/runner/json_add.h"
#include "tests/runner/report_style.h"

#define US_PER_MS 1000
/* Of the terminal's bars, characters; of the page's drawing, pixels. */
#define BAR 40
#define SVG_BAR 60
#define SVG_HEIGHT 160
#define SVG_TEXT 20

void hands_clear(struct hands *hands)
{
	g_free(hands->lost);
	g_array_unref(hands->times);
}

void hands_begin(struct hands *hands, const char *what, guint wanted)
{
	*hands = (struct hands){ .what = what,
				 .wanted = wanted,
				 .times = g_array_new(FALSE, FALSE, sizeof(gint64)) };
}

void hands_arrived(struct hands *hands, gint64 us)
{
	hands->arrived++;
	g_array_append_val(hands->times, us);
}

void hands_lose(struct hands *hands, char *how)
{
	if (hands->lost)
		g_free(how);
	else
		hands->lost = how;
}

static gint compare_times(gconstpointer a, gconstpointer b)
{
	gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

	return (one > other) - (one < other);
}

gint64 hands_percentile(const struct hands *hands, guint percent)
{
	guint n = hands->times->len, i = (n * percent + 99) / 100;

	g_array_sort(hands->times, compare_times);
	return n ? g_array_index(hands->times, gint64, i ? i - 1 : 0) : 0;
}

void hands_histogram(const struct hands *hands, struct hands_histogram *histogram)
{
	*histogram = (struct hands_histogram){ .first = 1, .last = 0 };
	for (guint i = 0; i < hands->times->len; i++) {
		gint64 us = g_array_index(hands->times, gint64, i);
		guint bucket = 0;

		while (bucket < HANDS_BUCKETS - 1 && us >= (gint64)US_PER_MS << bucket)
			bucket++;
		histogram->counts[bucket]++;
		histogram->most = MAX(histogram->most, histogram->counts[bucket]);
		histogram->first = i ? MIN(histogram->first, bucket) : bucket;
		histogram->last = i ? MAX(histogram->last, bucket) : bucket;
	}
}

/* What a bucket holds; the caller's. */
static char *name_of(guint bucket)
{
	if (bucket == HANDS_BUCKETS - 1)
		return g_strdup_printf("%u ms or more", 1u << (bucket - 1));
	return g_strdup_printf("below %u ms", 1u << bucket);
}

static char *summary(const struct hands *hands)
{
	return g_strdup_printf("%s: %u of %u arrived, p50 %.1f ms, p95 %.1f ms, max %.1f ms",
			       hands->what, hands->arrived, hands->wanted,
			       (double)hands_percentile(hands, 50) / US_PER_MS,
			       (double)hands_percentile(hands, 95) / US_PER_MS,
			       (double)hands_percentile(hands, 100) / US_PER_MS);
}

void hands_print(const struct hands *hands)
{
	g_autofree char *text = summary(hands);
	struct hands_histogram histogram;

	hands_histogram(hands, &histogram);
	printf("%s\n", text);
	for (guint i = histogram.first; i <= histogram.last; i++) {
		guint length = (histogram.counts[i] * BAR + histogram.most - 1) / histogram.most;
		g_autofree char *bar = g_strnfill(length, '#');
		g_autofree char *name = name_of(i);

		printf("  %16s %4u %s\n", name, histogram.counts[i], bar);
	}
	if (hands->lost)
		printf("  the first that did not: %s\n", hands->lost);
}

void hands_add_json(const struct hands *hands, JsonBuilder *json)
{
	json_builder_begin_object(json);
	json_add_string(json, "what", hands->what);
	json_add_int(json, "wanted", hands->wanted);
	json_add_int(json, "arrived", hands->arrived);
	if (hands->lost)
		json_add_string(json, "lost", hands->lost);
	json_builder_set_member_name(json, "us");
	json_builder_begin_array(json);
	for (guint i = 0; i < hands->times->len; i++)
		json_builder_add_int_value(json, g_array_index(hands->times, gint64, i));
	json_builder_end_array(json);
	json_builder_end_object(json);
}

/* --- the page --------------------------------------------------------------------------------- */

static void draw_bar(GString *out, const struct hands_histogram *histogram, guint bucket)
{
	guint x = (bucket - histogram->first) * SVG_BAR;
	guint height = histogram->counts[bucket] * SVG_HEIGHT / histogram->most;
	g_autofree char *name = name_of(bucket);

	html_printf(out, "<g><title>%s: %u</title>\n", name, histogram->counts[bucket]);
	html_printf(out,
		    "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"var(--blue)\"/>\n",
		    x + 2, SVG_TEXT + SVG_HEIGHT - height, SVG_BAR - 4, height);
	html_printf(
		out,
		"<text x=\"%u\" y=\"%u\" text-anchor=\"middle\" fill=\"currentColor\">%u</text>\n",
		x + SVG_BAR / 2, SVG_TEXT + SVG_HEIGHT - height - 4, histogram->counts[bucket]);
	html_printf(out,
		    "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\" fill=\"currentColor\">%s%u "
		    "ms</text></g>\n",
		    x + SVG_BAR / 2, SVG_TEXT + SVG_HEIGHT + 14,
		    bucket == HANDS_BUCKETS - 1 ? "≥" : "<",
		    bucket == HANDS_BUCKETS - 1 ? 1u << (bucket - 1) : 1u << bucket);
}

static void draw(GString *out, const struct hands *hands)
{
	struct hands_histogram histogram;

	hands_histogram(hands, &histogram);
	if (histogram.first > histogram.last)
		return;
	html_printf(
		out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%u\" height=\"%u\" "
		"font-size=\"12\" font-family=\"system-ui,sans-serif\">\n",
		(histogram.last - histogram.first + 1) * SVG_BAR, SVG_HEIGHT + 2 * SVG_TEXT);
	html_printf(out, "<title>%s: how many took how long</title>\n", hands->what);
	for (guint i = histogram.first; i <= histogram.last; i++)
		draw_bar(out, &histogram, i);
	g_string_append(out, "</svg>\n");
}

static void tell(GString *out, const struct hands *hands)
{
	g_autofree char *text = summary(hands);

	html_printf(out, "<h2>%s</h2>\n<p>%s</p>\n", hands->what, text);
	if (hands->lost)
		html_printf(out, "<p>The first that did not: %s</p>\n", hands->lost);
	draw(out, hands);
}

char *hands_page(const char *title, const char *origin, const GArray *all)
{
	GString *out = g_string_new("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
				    "<meta charset=\"utf-8\"/>\n"
				    "<meta name=\"viewport\" "
				    "content=\"width=device-width, initial-scale=1\"/>\n"
				    "<meta name=\"color-scheme\" content=\"light dark\"/>\n");

	html_printf(out, "<title>%s</title>\n<style>\n", title);
	g_string_append(out, report_style);
	html_printf(out, "</style>\n</head>\n<body>\n<h1>%s</h1>\n<p>%s</p>\n<main>\n", title,
		    origin);
	g_string_append(
		out, "<p>From hand to eye: each is done by the display, and the time is that until "
		     "what comes of it is seen there.</p>\n");
	for (guint i = 0; i < all->len; i++)
		tell(out, &g_array_index(all, struct hands, i));
	g_string_append(out, "</main>\n</body>\n</html>\n");
	return g_string_free(out, FALSE);
}
