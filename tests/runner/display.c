// SPDX-License-Identifier: MIT
#include "tests/runner/display.h"

#include <gio/gio.h>
#include <string.h>

#define TEXT_NAME "display.txt"

/*
 * The lines: a word, then SEQ and TIME, then these fields, each a number: head (N), position (x y),
 * width and height (w h), hotspot (i j), picture (p), on (o), number of a check (c).
 */
static const struct {
	const char *word, *fields;
} forms[DISPLAY_KINDS] = {
	[DISPLAY_SCANOUT] = { "scanout", "Nwhp" }, [DISPLAY_UPDATE] = { "update", "Nxywhp" },
	[DISPLAY_DISABLE] = { "disable", "N" },	   [DISPLAY_CURSOR] = { "cursor", "Nwhijp" },
	[DISPLAY_MOUSE] = { "mouse", "Nxyo" },	   [DISPLAY_CHECK] = { "check", "c" },
};

/* Words of the longest line. */
#define MAX_WORDS 9

static void clear_check(struct display_check *check)
{
	for (int i = 0; i < DISPLAY_HEADS; i++) {
		image_unref(check->heads[i].scanout);
		image_unref(check->heads[i].cursor);
	}
	g_free(check);
}

struct display_record *display_record_new(void)
{
	struct display_record *record = g_new0(struct display_record, 1);

	record->events = g_array_new(FALSE, FALSE, sizeof(struct display_event));
	record->checks = g_ptr_array_new_with_free_func((GDestroyNotify)clear_check);
	return record;
}

void display_record_free(struct display_record *record)
{
	if (!record)
		return;
	g_array_unref(record->events);
	g_ptr_array_unref(record->checks);
	g_free(record);
}

void display_record_check(struct display_record *record, guint64 number,
			  const struct display_head heads[DISPLAY_HEADS])
{
	struct display_check *check = g_new0(struct display_check, 1);

	check->number = number;
	for (int i = 0; i < DISPLAY_HEADS; i++) {
		check->heads[i] = heads[i];
		image_ref(heads[i].scanout);
		image_ref(heads[i].cursor);
	}
	g_ptr_array_add(record->checks, check);
}

/* --- the text ---------------------------------------------------------------------------------- */

static gint64 field(const struct display_event *event, char name)
{
	switch (name) {
	case 'N':
		return event->head;
	case 'x':
		return event->x;
	case 'y':
		return event->y;
	case 'w':
		return event->width;
	case 'h':
		return event->height;
	case 'i':
		return event->hot_x;
	case 'j':
		return event->hot_y;
	case 'o':
		return event->on;
	case 'p':
		return event->picture;
	default:
		return (gint64)event->check;
	}
}

/* Store a field of a line that was read; FALSE if it can have no such value. */
static gboolean set_field(struct display_event *event, char name, gint64 value)
{
	int number = (int)CLAMP(value, G_MININT, G_MAXINT);
	gboolean fits = number == value;

	switch (name) {
	case 'N':
		event->head = number;
		return value >= 0 && value < DISPLAY_HEADS;
	case 'x':
		event->x = number;
		return fits;
	case 'y':
		event->y = number;
		return fits;
	case 'w':
		event->width = number;
		return fits && value > 0;
	case 'h':
		event->height = number;
		return fits && value > 0;
	case 'i':
		event->hot_x = number;
		return fits;
	case 'j':
		event->hot_y = number;
		return fits;
	case 'o':
		event->on = number;
		return value == 0 || value == 1;
	case 'p':
		event->picture = value;
		return value >= 0 && value <= G_MAXUINT32;
	default:
		event->check = (guint64)value;
		return value >= 0;
	}
}

static void format(const struct display_event *event, GString *text)
{
	g_string_append_printf(text, "%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
			       forms[event->kind].word, event->seq, event->time);
	for (const char *name = forms[event->kind].fields; *name; name++) {
		if (*name == 'p' && event->picture == PICTURE_NONE)
			g_string_append(text, " -");
		else
			g_string_append_printf(text, " %" G_GINT64_FORMAT, field(event, *name));
	}
	g_string_append_c(text, '\n');
}

static gboolean parse_fields(char **words, struct display_event *event)
{
	gint64 value;

	for (const char *name = forms[event->kind].fields; *name; name++, words++) {
		if (*name == 'p' && *words && !strcmp(*words, "-"))
			continue;
		if (!*words ||
		    !g_ascii_string_to_signed(*words, 10, G_MININT64, G_MAXINT64, &value, NULL) ||
		    !set_field(event, *name, value))
			return FALSE;
	}
	return !*words;
}

static gboolean parse(const char *line, struct display_event *event)
{
	g_auto(GStrv) words = g_strsplit(line, " ", MAX_WORDS + 1);
	guint kind = 0;

	*event = (struct display_event){ .picture = PICTURE_NONE };
	if (g_strv_length(words) < 3)
		return FALSE;
	while (kind < DISPLAY_KINDS && strcmp(words[0], forms[kind].word))
		kind++;
	if (kind == DISPLAY_KINDS)
		return FALSE;
	event->kind = kind;
	return g_ascii_string_to_unsigned(words[1], 10, 1, G_MAXINT64, &event->seq, NULL) &&
	       g_ascii_string_to_unsigned(words[2], 10, 0, G_MAXINT64, &event->time, NULL) &&
	       parse_fields(words + 3, event);
}

/* --- the folder -------------------------------------------------------------------------------- */

static char *picture_path(const char *dir, guint64 check, int head, const char *what)
{
	g_autofree char *name =
		g_strdup_printf("check-%" G_GUINT64_FORMAT "-head-%d-%s.png", check, head, what);

	return g_build_filename(dir, name, NULL);
}

/* A picture as it was last written: most checks find it as the one before did. */
struct encoded {
	const struct image *image; /* borrowed: the record outlives this */
	GBytes *png;
};

static gboolean save_picture(const struct image *image, struct encoded *last, const char *path,
			     GError **error)
{
	const char *data;
	gsize len;

	if (!image)
		return TRUE;
	if (image != last->image) {
		g_clear_pointer(&last->png, g_bytes_unref);
		last->png = image_to_png(image);
		last->image = image;
	}
	if (!last->png) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be made", path);
		return FALSE;
	}
	data = g_bytes_get_data(last->png, &len);
	return g_file_set_contents(path, data, (gssize)len, error);
}

static gboolean save_head(const struct display_record *record, int head, const char *dir,
			  GError **error)
{
	struct encoded scanout = { 0 }, cursor = { 0 };
	gboolean done = TRUE;

	for (guint i = 0; done && i < record->checks->len; i++) {
		const struct display_check *check = g_ptr_array_index(record->checks, i);
		const struct display_head *shown = &check->heads[head];
		g_autofree char *scanout_path = picture_path(dir, check->number, head, "scanout");
		g_autofree char *cursor_path = picture_path(dir, check->number, head, "cursor");

		done = save_picture(shown->scanout, &scanout, scanout_path, error) &&
		       save_picture(shown->cursor, &cursor, cursor_path, error);
	}
	g_clear_pointer(&scanout.png, g_bytes_unref);
	g_clear_pointer(&cursor.png, g_bytes_unref);
	return done;
}

gboolean display_record_save(const struct display_record *record, const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, TEXT_NAME, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < record->events->len; i++)
		format(&g_array_index(record->events, struct display_event, i), text);
	if (!g_file_set_contents(path, text->str, (gssize)text->len, error))
		return FALSE;
	for (int head = 0; head < DISPLAY_HEADS; head++)
		if (!save_head(record, head, dir, error))
			return FALSE;
	return TRUE;
}

/* What the events read so far leave on a head; its pictures are in the files of the checks. */
struct replayed {
	struct display_head heads[DISPLAY_HEADS];
	gboolean shown[DISPLAY_HEADS], has_cursor[DISPLAY_HEADS];
};

static void replay(struct replayed *now, const struct display_event *event)
{
	struct display_head *head = &now->heads[event->head];

	switch (event->kind) {
	case DISPLAY_SCANOUT:
		now->shown[event->head] = TRUE;
		break;
	case DISPLAY_DISABLE:
		now->shown[event->head] = FALSE;
		break;
	case DISPLAY_CURSOR:
		now->has_cursor[event->head] = TRUE;
		head->hot_x = event->hot_x;
		head->hot_y = event->hot_y;
		break;
	case DISPLAY_MOUSE:
		head->x = event->x;
		head->y = event->y;
		head->visible = event->on;
		break;
	default:
		break;
	}
}

static gboolean load_picture(const char *dir, guint64 check, int head, const char *what,
			     struct image **image, GError **error)
{
	g_autofree char *path = picture_path(dir, check, head, what);

	*image = image_load(path, error);
	return *image != NULL;
}

static gboolean load_check(struct display_record *record, const struct replayed *now,
			   guint64 number, const char *dir, GError **error)
{
	struct display_check *check;

	display_record_check(record, number, now->heads);
	check = g_ptr_array_index(record->checks, record->checks->len - 1);
	for (int i = 0; i < DISPLAY_HEADS; i++) {
		struct display_head *head = &check->heads[i];

		if (now->shown[i] &&
		    !load_picture(dir, number, i, "scanout", &head->scanout, error))
			return FALSE;
		if (now->has_cursor[i] &&
		    !load_picture(dir, number, i, "cursor", &head->cursor, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean load_line(struct display_record *record, struct replayed *now, const char *line,
			  const char *dir, guint *rubbish, GError **error)
{
	struct display_event event;

	if (!parse(line, &event)) {
		(*rubbish)++;
		return TRUE;
	}
	g_array_append_val(record->events, event);
	replay(now, &event);
	return event.kind != DISPLAY_CHECK || load_check(record, now, event.check, dir, error);
}

struct display_record *display_record_load(const char *dir, guint *rubbish, GError **error)
{
	g_autofree char *path = g_build_filename(dir, TEXT_NAME, NULL), *text = NULL;
	struct display_record *record;
	struct replayed now = { 0 };
	char *line, *newline;
	gsize len;

	*rubbish = 0;
	if (!g_file_get_contents(path, &text, &len, error))
		return NULL;
	record = display_record_new();
	for (line = text; (newline = memchr(line, '\n', len - (gsize)(line - text)));
	     line = newline + 1) {
		*newline = '\0';
		/* A NUL within the line makes it another one. */
		if (strlen(line) != (gsize)(newline - line)) {
			(*rubbish)++;
		} else if (!load_line(record, &now, line, dir, rubbish, error)) {
			display_record_free(record);
			return NULL;
		}
	}
	if (line < text + len)
		(*rubbish)++; /* without its newline: cut */
	return record;
}
