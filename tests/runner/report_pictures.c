// SPDX-License-Identifier: MIT
#include "tests/runner/report_pictures.h"

#include <string.h>

#include "tests/runner/html.h"
#include "tests/runner/shown.h"

/* Pixels around a difference that are shown with it, and the least width and height of a cut. */
#define MARGIN 16
#define CUT_MIN 96
/* A larger difference is cut, too: its left upper part shows what it is. */
#define CUT_MAX 512
/* Bytes of a PNG: pictures of programs are far smaller, and the report is to stay a page that is
 * opened at once. */
#define PNG_MAX (300 * 1024)
/* Pixels of CSS that a picture is scaled up to. */
#define SHOWN_SIZE 340

struct area {
	int x, y, width, height;
};

static void add_picture(GString *out, const struct image *image, const char *class,
			const char *caption)
{
	GBytes *png = image_to_png(image);
	int scale = CLAMP(SHOWN_SIZE / MAX(image->width, image->height), 1, 4);

	g_string_append(out, "<figure class=\"picture\">");
	if (png && g_bytes_get_size(png) <= PNG_MAX) {
		html_printf(out, "<img class=\"%s\" width=\"%d\" height=\"%d\" alt=\"%s\" src=\"",
			    class, image->width * scale, image->height * scale, caption);
		html_data_uri(out, "image/png", png);
		g_string_append(out, "\"/>");
	} else {
		g_string_append(out, "<p>(too large for the report, see the trial's folder)</p>");
	}
	html_printf(out, "<figcaption>%s</figcaption></figure>\n", caption);
	g_clear_pointer(&png, g_bytes_unref);
}

/* --- checks ----------------------------------------------------------------------------------- */

/* The smallest area with all that is not black in @difference. */
static struct area find_difference(const struct image *difference)
{
	int left = difference->width, right = -1, top = difference->height, bottom = -1;

	for (int y = 0; y < difference->height; y++) {
		const guint32 *row = difference->pixels + (gsize)y * (gsize)difference->width;

		for (int x = 0; x < difference->width; x++) {
			if (!(row[x] & 0xffffff))
				continue;
			left = MIN(left, x);
			right = MAX(right, x);
			top = MIN(top, y);
			bottom = y;
		}
	}
	return (struct area){ left, top, right - left + 1, bottom - top + 1 };
}

/* @start and @length along one side of @whole pixels, with its margin. */
static void widen(int *start, int *length, int whole)
{
	int wanted = CLAMP(*length + 2 * MARGIN, CUT_MIN, CUT_MAX);
	int from = *length > CUT_MAX ? *start : *start - (wanted - *length) / 2;

	*length = MIN(wanted, whole);
	*start = CLAMP(from, 0, whole - *length);
}

static struct image *cut(const struct image *image, const struct area *area)
{
	int width = MIN(area->width, image->width - area->x);
	int height = MIN(area->height, image->height - area->y);
	struct image *part;

	if (width <= 0 || height <= 0)
		return image_new(1, 1);
	part = image_new(width, height);
	for (int y = 0; y < height; y++)
		memcpy(part->pixels + (gsize)y * (gsize)width,
		       image->pixels + (gsize)(area->y + y) * (gsize)image->width + area->x,
		       (gsize)width * sizeof(guint32));
	return part;
}

static void add_part(GString *out, const struct image *image, const struct area *area,
		     const char *caption)
{
	struct image *part = cut(image, area);

	add_picture(out, part, "", caption);
	image_unref(part);
}

void report_check(GString *out, const struct checked *checked)
{
	const struct image *whole = checked->difference;
	struct area area = find_difference(whole);

	widen(&area.x, &area.width, whole->width);
	widen(&area.y, &area.height, whole->height);
	html_printf(out,
		    "<p>Check %" G_GUINT64_FORMAT
		    ", head %d: %u of %d x %d pixels differ. Shown are "
		    "%d x %d pixels from %d,%d on.</p>\n<div class=\"pictures\">\n",
		    checked->number, checked->head, checked->differing, whole->width, whole->height,
		    area.width, area.height, area.x, area.y);
	add_part(out, checked->expected, &area, "expected");
	add_part(out, checked->seen, &area, "seen");
	add_part(out, whole, &area, "difference (white; red: only one has it)");
	g_string_append(out, "</div>\n");
}

const struct checked *report_find_check(const struct trial *trial, guint moment, guint64 *number)
{
	const GArray *moments = trial->timeline->moments, *checked = trial->updates->checked;

	*number = 0;
	for (guint i = moment; i < moments->len && !*number; i++) {
		const struct journal_event *event =
			g_array_index(moments, struct moment, i).journal;

		if (event && event->kind == JOURNAL_CHECK)
			*number = event->seq;
	}
	for (guint i = 0; *number && i < checked->len; i++) {
		const struct checked *check = &g_array_index(checked, struct checked, i);

		if (check->number == *number && check->differing)
			return check;
	}
	return NULL;
}

/* --- cursors ---------------------------------------------------------------------------------- */

/* A browser takes a PNG's colours as not premultiplied. */
static void unpremultiply(struct image *image)
{
	for (gsize i = 0; i < (gsize)image->width * (gsize)image->height; i++) {
		guint32 pixel = image->pixels[i], alpha = pixel >> 24,
			straight = pixel & 0xff000000u;

		for (int shift = 0; alpha && shift < 24; shift += 8)
			straight |= MIN((pixel >> shift & 0xff) * 255 / alpha, 255u) << shift;
		image->pixels[i] = straight;
	}
}

static void add_cursor(GString *out, struct image *image, const char *caption)
{
	unpremultiply(image);
	add_picture(out, image, "checkered", caption);
	image_unref(image);
}

static int find_buffer(const struct program *program, const struct journal_event *event)
{
	for (int i = 0; i < program->buffer_count; i++)
		if (strlen(program->buffers[i].name) == event->name_len &&
		    !memcmp(program->buffers[i].name, event->name, event->name_len))
			return i;
	return -1;
}

/* What was painted up to @end of the timeline. *@buffer becomes the one that is resource @res. */
static struct shown *replay(const struct trial *trial, guint end, guint32 res, int *buffer)
{
	const struct program *program = trial->file->program;
	struct shown *shown = shown_new(program);

	for (guint i = 0; i < end; i++) {
		const struct journal_event *event =
			g_array_index(trial->timeline->moments, struct moment, i).journal;
		int found;

		if (event && event->kind == JOURNAL_BUFFER) {
			found = find_buffer(program, event);
			if (found < 0)
				continue;
			shown_paint(shown, found, 0, event->id);
			*buffer = event->res == res ? found : *buffer;
		}
		for (int op = 0; event && event->kind == JOURNAL_PAINT && op < program->op_count;
		     op++)
			if (program->ops[op].line == event->line &&
			    program->ops[op].kind == OP_PAINT)
				shown_paint(shown, program->ops[op].buffer[0], event->line,
					    event->id);
	}
	return shown;
}

/* The cursor image that the display was given when, or after, the device was told so by @event. */
static const struct display_event *find_defined(const struct display_record *display,
						const struct device_event *event)
{
	for (guint i = 0; i < display->events->len; i++) {
		const struct display_event *defined =
			&g_array_index(display->events, struct display_event, i);

		if (defined->kind == DISPLAY_CURSOR && defined->head == event->scanout &&
		    defined->time >= event->time)
			return defined;
	}
	return NULL;
}

/* Any buffer's version that has picture @id; FALSE if none has. */
static gboolean find_version(struct shown *shown, const struct program *program, gint64 id,
			     int *buffer, guint *version)
{
	for (*buffer = 0; *buffer < program->buffer_count; (*buffer)++)
		for (*version = shown_version(shown, *buffer); *version > 0; (*version)--)
			if (shown_picture(shown, *buffer, *version) == id)
				return TRUE;
	return FALSE;
}

static void add_wanted(GString *out, struct shown *shown, const struct program *program, int buffer,
		       guint version, const char *what)
{
	const struct program_buffer *made = &program->buffers[buffer];
	g_autofree char *caption = g_strdup_printf("%s: %s, picture %u", what, made->name,
						   shown_picture(shown, buffer, version));

	add_cursor(out, shown_pixels(shown, buffer, version), caption);
}

static void add_defined(GString *out, struct shown *shown, const struct program *program,
			const struct display_event *defined)
{
	guint version;
	int buffer;

	if (defined && find_version(shown, program, defined->picture, &buffer, &version))
		add_wanted(out, shown, program, buffer, version, "what the display was given");
	else
		html_printf(
			out, "<p class=\"picture\">%s</p>\n",
			defined ? "What the display was given encodes no picture of the program's: "
				  "parts of several, or none." :
				  "The display was given no cursor image after that.");
}

void report_cursors(GString *out, const struct trial *trial, const struct incident *incident)
{
	const struct device_event *event =
		g_array_index(trial->timeline->moments, struct moment, incident->moment).device;
	const struct program *program = trial->file->program;
	struct shown *shown;
	int buffer = -1;
	guint op = 0;

	if (!event)
		return;
	for (guint i = 0; i < incident->moment; i++) {
		const struct journal_event *journal =
			g_array_index(trial->timeline->moments, struct moment, i).journal;

		if (journal && journal->kind == JOURNAL_OP && journal->seq == incident->seq)
			op = i;
	}
	shown = replay(trial, op, event->res, &buffer);
	if (buffer >= 0) {
		g_string_append(out, "<div class=\"pictures\">\n");
		add_wanted(out, shown, program, buffer, shown_version(shown, buffer),
			   "what was to be shown");
		add_defined(out, shown, program, find_defined(trial->display, event));
		g_string_append(out, "</div>\n");
	}
	shown_free(shown);
}
