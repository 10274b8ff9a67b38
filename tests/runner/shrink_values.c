// SPDX-License-Identifier: MIT
/*
 * Values are recognised by their form, not by the operation that they belong to:
 *
 *	30 or -30	a number, becomes smaller
 *	1024x768	a size; those above 640x480 become that, all that are the same at once, since
 *			outputs and the buffers that they show go together. Not smaller: a cursor is
 *			64x64, and 640x480 is the smallest mode of virtio-gpu's EDID.
 *	10ms		a time, is halved. Not in an option: every=1us is no smaller storm than
 *			every=400us, it is a heavier one.
 *	1..		all numbers from 1, becomes the one that matters
 *
 * A name with digits in it is none of these.
 */
#include <string.h>

#include "tests/runner/shrink_search.h"

#define SMALL_SIZE "640x480"
#define SMALL_WIDTH 640
#define SMALL_HEIGHT 480
#define OPEN ".."

static const char *word_at(const struct shrink *shrink, guint line, guint word)
{
	return ((GStrv)g_ptr_array_index(shrink->lines, line))[word];
}

/* Call @visit with each word but the lines' first, as they are then. From the end, as values are. */
static void each_word(struct shrink *shrink, void (*visit)(struct shrink *, guint line, guint word))
{
	for (guint line = shrink->lines->len; line-- > 0;) {
		guint count = g_strv_length(g_ptr_array_index(shrink->lines, line));

		for (guint word = count; word-- > 1;)
			visit(shrink, line, word);
	}
}

/* The word with its bytes from @start to before @end replaced by @value. The caller's. */
static GPtrArray *with_value(const struct shrink *shrink, guint line, guint word, gsize start,
			     gsize end, const char *value)
{
	const char *old = word_at(shrink, line, word);
	g_autofree char *new = g_strdup_printf("%.*s%s%s", (int)start, old, value, old + end);

	return shrink_replace(shrink->lines, line, word, new);
}

/* --- sizes ------------------------------------------------------------------------------------ */

/* Whether "WxH" begins at @text[@at], as a word of its own or a part of one; *@end is behind it. */
static gboolean scan_size(const char *text, gsize at, gsize *end, guint64 *width, guint64 *height)
{
	char *stop;

	if (!g_ascii_isdigit(text[at]) || (at > 0 && g_ascii_isalnum(text[at - 1])))
		return FALSE;
	*width = g_ascii_strtoull(text + at, &stop, 10);
	if (*stop != 'x' || !g_ascii_isdigit(stop[1]))
		return FALSE;
	*height = g_ascii_strtoull(stop + 1, &stop, 10);
	*end = (gsize)(stop - text);
	return !g_ascii_isalnum(*stop);
}

/* @word with each size @from replaced by the small one, or NULL: it has none. The caller's. */
static char *with_small_size(const char *word, const char *from)
{
	guint64 width, height;
	gsize end;

	for (gsize at = 0; word[at]; at++)
		if (scan_size(word, at, &end, &width, &height) && end - at == strlen(from) &&
		    !memcmp(word + at, from, end - at))
			return g_strdup_printf("%.*s" SMALL_SIZE "%s", (int)at, word, word + end);
	return NULL;
}

static void try_small_size(struct shrink *shrink, const char *from)
{
	GPtrArray *lines = g_ptr_array_ref(shrink->lines);

	for (guint line = 0; line < lines->len; line++) {
		GStrv words = g_ptr_array_index(lines, line);

		for (guint word = 0; words[word]; word++) {
			g_autofree char *new = with_small_size(words[word], from);
			GPtrArray *next;

			if (!new)
				continue;
			next = shrink_replace(lines, line, word, new);
			g_ptr_array_unref(lines);
			lines = next;
			words = g_ptr_array_index(lines, line);
		}
	}
	shrink_try(shrink, lines);
}

static void lower_size(struct shrink *shrink, guint line, guint word)
{
	g_autofree char *text = g_strdup(word_at(shrink, line, word));
	guint64 width, height;
	gsize end;

	for (gsize at = 0; text[at]; at++) {
		g_autofree char *size = NULL;

		if (!scan_size(text, at, &end, &width, &height) || width < SMALL_WIDTH ||
		    height < SMALL_HEIGHT || (width == SMALL_WIDTH && height == SMALL_HEIGHT))
			continue;
		size = g_strndup(text + at, end - at);
		try_small_size(shrink, size);
		return;
	}
}

/* --- numbers ---------------------------------------------------------------------------------- */

static gboolean try_number(struct shrink *shrink, guint line, guint word, gsize start, gsize end,
			   gint64 value)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);

	return shrink_try(shrink, with_value(shrink, line, word, start, end, text));
}

/* Behind the number at @start. */
static gsize number_end(const struct shrink *shrink, guint line, guint word, gsize start)
{
	const char *text = word_at(shrink, line, word);
	char *stop;

	(void)g_ascii_strtoll(text + start, &stop, 10);
	return (gsize)(stop - text);
}

/* The number at @start: to nothing, to one, or half of it as often as that will do. */
static void lower(struct shrink *shrink, guint line, guint word, gsize start)
{
	gint64 value = g_ascii_strtoll(word_at(shrink, line, word) + start, NULL, 10);
	gsize end = number_end(shrink, line, word, start);

	if (value && try_number(shrink, line, word, start, end, 0))
		return;
	if (ABS(value) > 1 && try_number(shrink, line, word, start, end, 1))
		return;
	while (ABS(value) > 2) {
		value -= value / 2;
		if (!try_number(shrink, line, word, start, end, value))
			return;
		end = number_end(shrink, line, word, start);
	}
}

/* Where the number that ends before @end begins, its sign included. */
static gsize number_start(const char *text, gsize end)
{
	gsize start = end;

	while (start > 0 && g_ascii_isdigit(text[start - 1]))
		start--;
	if (start > 0 && text[start - 1] == '-')
		start--;
	return start;
}

/* Whether what follows a number makes it something that can be lowered. */
static gboolean is_lowerable(const char *text, const char *rest)
{
	if (g_str_has_prefix(rest, OPEN))
		return FALSE;
	if (!g_ascii_isalpha(*rest))
		return TRUE;
	while (g_ascii_isalpha(*rest))
		rest++;
	return !*rest && !strchr(text, '='); /* a time */
}

/* The numbers from the last to the first, so that those before stay where they are. */
static void lower_numbers(struct shrink *shrink, guint line, guint word)
{
	gsize end = strlen(word_at(shrink, line, word));

	while (end > 0) {
		const char *text = word_at(shrink, line, word);
		gsize start = number_start(text, end);

		if (!g_ascii_isdigit(text[end - 1])) {
			end--;
			continue;
		}
		if ((start == 0 || (!g_ascii_isalnum(text[start - 1]) && text[start - 1] != '_')) &&
		    is_lowerable(text, text + end))
			lower(shrink, line, word, start);
		end = start;
	}
}

/* --- open ranges ------------------------------------------------------------------------------ */

struct range {
	guint line, word;
	gsize start, end; /* of its first number, in the word */
	guint64 first;
};

static gboolean fails_from(struct shrink *shrink, const struct range *range, guint64 first)
{
	g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, first);
	g_autoptr(GPtrArray) lines =
		with_value(shrink, range->line, range->word, range->start, range->end, text);
	struct shrink_moment moment;
	struct shrink_rate rate;

	return shrink_fails(shrink, lines, &rate, &moment);
}

static gboolean try_only(struct shrink *shrink, const struct range *range, guint64 number)
{
	g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

	return shrink_try(shrink, with_value(shrink, range->line, range->word, range->start,
					     range->end + strlen(OPEN), text));
}

/* The last number from which on the range still fails: that one matters. */
static guint64 find_last(struct shrink *shrink, const struct range *range)
{
	guint64 good = range->first, step = 1, bad;

	while (fails_from(shrink, range, good + step)) {
		good += step;
		step *= 2;
	}
	bad = good + step;
	while (bad - good > 1) {
		guint64 middle = good + (bad - good) / 2;

		if (fails_from(shrink, range, middle))
			good = middle;
		else
			bad = middle;
	}
	return good;
}

static void narrow_range(struct shrink *shrink, guint line, guint word)
{
	const char *text = word_at(shrink, line, word);
	struct range range = { .line = line, .word = word };

	if (!g_str_has_suffix(text, OPEN))
		return;
	range.end = strlen(text) - strlen(OPEN);
	range.start = number_start(text, range.end);
	if (range.start == range.end)
		return;
	range.first = g_ascii_strtoull(text + range.start, NULL, 10);
	if (shrink->moment.nth < range.first || !try_only(shrink, &range, shrink->moment.nth))
		try_only(shrink, &range, find_last(shrink, &range));
}

void shrink_values(struct shrink *shrink)
{
	each_word(shrink, lower_size);
	each_word(shrink, lower_numbers);
	each_word(shrink, narrow_range);
}
