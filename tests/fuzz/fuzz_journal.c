// SPDX-License-Identifier: MIT
/* A journal's line that is read can be written, and what is written is the same event. */
#include "tests/fuzz/fuzz.h"

#include <glib.h>

#include "compositor/model/journal.h"
#include "tests/runner/rules.h"

static void check_same(const struct journal_event *a, const struct journal_event *b)
{
	assert(a->kind == b->kind && a->time == b->time && a->seq == b->seq && a->line == b->line);
	assert(a->nth == b->nth && a->err == b->err && a->fired == b->fired);
	assert(a->after == b->after && a->id == b->id && a->fb == b->fb && a->res == b->res);
	assert(a->value == b->value);
	assert(a->name_len == b->name_len && a->text_len == b->text_len);
	assert(!a->name_len || !memcmp(a->name, b->name, a->name_len));
	/* Only a text may hold what a line may not, and has spaces for it when it is written. */
	for (size_t i = 0; i < a->text_len; i++)
		assert(a->text[i] == b->text[i] || (!a->text[i] && b->text[i] == ' '));
}

static void check_within(const char *field, size_t field_len, const char *line, size_t len)
{
	if (field_len)
		assert(field >= line && field + field_len <= line + len);
}

static void check_line(const char *line, size_t len)
{
	struct journal_event event, again;
	char text[JOURNAL_LINE_MAX];
	size_t text_len;

	if (journal_parse(line, len, &event))
		return;
	assert(event.kind < JOURNAL_KINDS);
	check_within(event.name, event.name_len, line, len);
	check_within(event.text, event.text_len, line, len);
	text_len = journal_format(&event, text, sizeof(text));
	assert(text_len && text_len <= sizeof(text) && fuzz_line(text, text_len) == text_len);
	assert(text[text_len - 1] == '\n');
	if (text_len == sizeof(text))
		return; /* cut to fit */
	assert(!journal_parse(text, text_len, &again));
	check_same(&event, &again);
	assert(journal_mark(&event) == journal_mark(&again));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	GArray *events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	guint lines = 0, rubbish = journal_read(text, len, events);

	for (size_t at = 0, line; at < len; at += line, lines++) {
		line = fuzz_line(text + at, len - at);
		check_line(text + at, line);
		check_line(text + at, line - 1); /* cut */
	}
	assert(events->len + rubbish == lines);
	g_array_free(events, TRUE);
	return 0;
}
