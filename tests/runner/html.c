// SPDX-License-Identifier: MIT
#include "tests/runner/html.h"

#include <string.h>

#define STAND_IN "\xef\xbf\xbd"

/* GLib escapes control characters as references, which XML forbids all the same; nothing else in
 * its output looks like one. */
static void append_settled(GString *out, const char *escaped)
{
	const char *reference;

	while ((reference = strstr(escaped, "&#x"))) {
		const char *end = strchr(reference, ';');

		g_string_append_len(out, escaped, reference - escaped);
		/* The end of a line that came over a serial port. */
		if (!g_str_has_prefix(reference, "&#xd;\n"))
			g_string_append(out, STAND_IN);
		escaped = end + 1;
	}
	g_string_append(out, escaped);
}

void html_line(GString *out, const char *text, gsize len, guint columns)
{
	const char *newline = memchr(text, '\n', len);
	g_autofree char *valid = NULL, *escaped = NULL;
	gboolean cut;

	len = newline ? (gsize)(newline - text) : len;
	len -= len && text[len - 1] == '\r' ? 1 : 0;
	valid = g_utf8_make_valid(text, (gssize)len);
	cut = g_utf8_strlen(valid, -1) > (glong)columns;
	if (cut)
		*g_utf8_offset_to_pointer(valid, (glong)columns) = '\0';
	escaped = g_markup_escape_text(valid, -1);
	append_settled(out, escaped);
	g_string_append(out, cut ? "..." : "");
}

void html_printf(GString *out, const char *format, ...)
{
	g_autofree char *text = NULL, *valid = NULL;
	va_list args;

	va_start(args, format);
	text = g_markup_vprintf_escaped(format, args);
	va_end(args);
	valid = g_utf8_make_valid(text, -1);
	append_settled(out, valid);
}

void html_data_uri(GString *out, const char *type, GBytes *bytes)
{
	gsize len;
	const guchar *data = g_bytes_get_data(bytes, &len);
	g_autofree char *text = g_base64_encode(data, len);

	g_string_append_printf(out, "data:%s;base64,%s", type, text);
}
