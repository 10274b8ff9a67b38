// SPDX-License-Identifier: MIT
#include "tests/runner/console_line.h"

#include <stdbool.h>
#include <string.h>

/* Prefix */

/* "[   12.345678]": what follows it, or NULL. */
static const char *skip_stamp(const char *text, double *stamp)
{
	double seconds = 0, scale = 1;
	const char *at = text + 1;
	int digits = 0;

	if (*text != '[')
		return NULL;
	at += strspn(at, " ");
	if (!g_ascii_isdigit(*at))
		return NULL;
	for (; g_ascii_isdigit(*at); at++)
		seconds = seconds * 10 + (*at - '0');
	if (*at++ != '.')
		return NULL;
	for (; g_ascii_isdigit(*at); at++, digits++)
		seconds += (*at - '0') * (scale /= 10);
	if (digits != 6 || *at != ']')
		return NULL;
	*stamp = seconds;
	return at + 1;
}

/* "[   T61]" or "[    C0]": what follows it, or @text if it is none. */
static const char *skip_caller(const char *text, uint32_t *caller)
{
	const char *at = text;
	uint32_t number = 0;
	bool task;

	if (*at != '[')
		return text;
	at += 1 + strspn(at + 1, " ");
	task = *at == 'T';
	if ((!task && *at != 'C') || !g_ascii_isdigit(at[1]))
		return text;
	for (at++; g_ascii_isdigit(*at); at++)
		number = number * 10 + (uint32_t)(*at - '0');
	at += strcspn(at, "]");
	if (!*at)
		return text;
	*caller = (number << 1 | task) + 2; /* never 0 */
	return at + 1;
}

static void read_prefix(struct line *line)
{
	const char *text = line->text, *unstamped = skip_stamp(text, &line->stamp);
	const char *rest = skip_caller(unstamped ? unstamped : text, &line->caller);

	if (rest != text)
		line->text = *rest == ' ' ? rest + 1 : rest;
}

/* Keep what can be printed: no control characters, no terminal's sequences, nothing but ASCII. */
static void clean_line(GString *to, const char *bytes, size_t len)
{
	g_string_truncate(to, 0);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == '\033' && i + 1 < len && bytes[i + 1] == '[') {
			for (i += 2; i < len && !g_ascii_isalpha(bytes[i]); i++)
				;
			continue;
		}
		if (byte >= 0x80)
			g_string_append_c(to, '?');
		else if (byte == '\t' || g_ascii_isprint((char)byte))
			g_string_append_c(to, (char)byte);
	}
	while (to->len && to->str[to->len - 1] == ' ')
		g_string_truncate(to, to->len - 1);
}

size_t line_span(const char *bytes, size_t len)
{
	double stamp;

	for (size_t i = 1; i < len; i++) {
		const char *open = memchr(bytes + i, '[', len - i);

		if (!open)
			break;
		if (skip_stamp(open, &stamp))
			return (size_t)(open - bytes);
		i = (size_t)(open - bytes);
	}
	return len;
}

struct line line_read(GString *clean, const char *bytes, size_t len)
{
	struct line line = { .stamp = -1 };

	clean_line(clean, bytes, len);
	line.text = clean->str;
	read_prefix(&line);
	return line;
}
