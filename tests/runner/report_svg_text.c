// SPDX-License-Identifier: MIT
/* The lanes, and the words in them. */
#include "tests/runner/report_svg_drawing.h"

#include <string.h>

#include "tests/runner/html.h"

#define BAND 10

const struct svg_lane svg_lanes[LANES] = {
	[LANE_GUEST] = { "guest", "operations", BAND, 74 },
	[LANE_CONTROL] = { "device", "control q.", 118, 60 },
	[LANE_CURSOR] = { "device", "cursor q.", 208, 60 },
	[LANE_DISPLAY] = { "display", "messages", 282, 60 },
};

const char *const svg_message_names[DISPLAY_KINDS] = {
	[DISPLAY_SCANOUT] = "Scanout", [DISPLAY_UPDATE] = "Update",
	[DISPLAY_DISABLE] = "Disable", [DISPLAY_CURSOR] = "CursorDefine",
	[DISPLAY_MOUSE] = "MouseSet",  [DISPLAY_CHECK] = "check",
};

enum lane svg_lane_of(enum device_kind kind)
{
	return kind == DEVICE_CURSOR_UPDATE || kind == DEVICE_CURSOR_MOVE ? LANE_CURSOR :
									    LANE_CONTROL;
}

/* @text cut into at most @count lines of @letters, after blanks and underscores where it can be. */
static GPtrArray *wrap(const char *text, guint letters, guint count)
{
	GPtrArray *wrapped = g_ptr_array_new_with_free_func(g_free);

	while (*text && wrapped->len < count) {
		gsize len = strlen(text), cut;

		if (len > letters) {
			for (cut = letters; cut > 0; cut--)
				if (text[cut - 1] == '_' || text[cut] == ' ')
					break;
			len = cut ? cut : letters;
		}
		if (wrapped->len + 1 == count && text[len])
			g_ptr_array_add(wrapped,
					g_strdup_printf("%.*s...", (int)letters - 3, text));
		else
			g_ptr_array_add(wrapped, g_strndup(text, len));
		text += len;
		text += strspn(text, " ");
	}
	return wrapped;
}

void svg_text(struct drawing *drawing, int x, int y, const char *class, const char *text)
{
	html_printf(drawing->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class,
		    text);
}

int svg_wrapped(struct drawing *drawing, int x, int y, const char *class, const char *text,
		guint letters, guint count)
{
	g_autoptr(GPtrArray) wrapped = wrap(text, letters, count);

	for (guint i = 0; i < wrapped->len; i++, y += LINE)
		svg_text(drawing, x, y, class, g_ptr_array_index(wrapped, i));
	return y;
}

const char *svg_buffer_name(const struct window *window, guint32 res, char name[static 32])
{
	const GArray *events = window->trial->events;

	for (guint i = 0; res && i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind != JOURNAL_BUFFER || event->res != res)
			continue;
		g_snprintf(name, 32, "%.*s", (int)event->name_len, event->name);
		return name;
	}
	g_snprintf(name, 32, res ? "resource %u" : "none", res);
	return name;
}

char *svg_op_text(const struct journal_event *event)
{
	return g_strndup(event->text, event->text_len);
}

char *svg_result(const struct journal_event *ret)
{
	const char *word = ret && ret->err ? errno_word(ret->err) : NULL;

	if (!ret)
		return g_strdup("never came back");
	if (!ret->err)
		return g_strdup("returned 0");
	return word ? g_strdup_printf("failed: %s", word) :
		      g_strdup_printf("failed: errno %d", ret->err);
}
