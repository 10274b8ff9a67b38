// SPDX-License-Identifier: MIT
#include "compositor/model/journal.h"

#include <errno.h>
#include <string.h>

/*
 * Each kind's fields in the order in which they stand on the line. The writer and the parser both
 * walk this table, so they cannot disagree. A TEXT field runs to the end of the line and may be
 * empty; the others are single words.
 */
enum field {
	FIELD_NONE,
	FIELD_TIME,
	FIELD_SEQ,
	FIELD_LINE,
	FIELD_NTH,
	FIELD_ERR,
	FIELD_FIRED,
	FIELD_WHEN,
	FIELD_ID,
	FIELD_FB,
	FIELD_RES,
	FIELD_POINT,
	FIELD_STATUS,
	FIELD_STAMP,
	FIELD_VALUE,
	FIELD_NAME,
	FIELD_TEXT,
};

#define MAX_FIELDS 7

static const struct {
	const char *word;
	enum field fields[MAX_FIELDS];
} kinds[JOURNAL_KINDS] = {
	[JOURNAL_BEGIN] = { "begin", { FIELD_TIME, FIELD_TEXT } },
	[JOURNAL_BUFFER] = { "buffer", { FIELD_TIME, FIELD_NAME, FIELD_ID, FIELD_FB, FIELD_RES } },
	[JOURNAL_PAINT] = { "paint", { FIELD_TIME, FIELD_LINE, FIELD_ID } },
	[JOURNAL_OUTPUT] = { "output", { FIELD_TIME, FIELD_LINE } },
	[JOURNAL_OP] = { "op", { FIELD_SEQ, FIELD_TIME, FIELD_LINE, FIELD_NTH, FIELD_TEXT } },
	[JOURNAL_RET] = { "ret", { FIELD_SEQ, FIELD_TIME, FIELD_ERR, FIELD_FIRED } },
	[JOURNAL_STATE] = { "state", { FIELD_TIME, FIELD_NAME, FIELD_TEXT } },
	[JOURNAL_READ] = { "read", { FIELD_TIME, FIELD_SEQ, FIELD_WHEN } },
	[JOURNAL_CHECK] = { "check", { FIELD_TIME, FIELD_SEQ } },
	[JOURNAL_HOST] = { "host", { FIELD_TIME, FIELD_SEQ, FIELD_LINE } },
	[JOURNAL_STAT] = { "stat", { FIELD_TIME, FIELD_NAME, FIELD_VALUE } },
	[JOURNAL_WAITS] = { "waits",
			    { FIELD_TIME, FIELD_SEQ, FIELD_POINT, FIELD_NAME, FIELD_TEXT } },
	[JOURNAL_SIGNALS] = { "signals", { FIELD_TIME, FIELD_SEQ, FIELD_POINT, FIELD_NAME } },
	[JOURNAL_FENCE] = { "fence",
			    { FIELD_TIME, FIELD_SEQ, FIELD_POINT, FIELD_STATUS, FIELD_STAMP,
			      FIELD_NAME, FIELD_TEXT } },
	[JOURNAL_BROKEN] = { "broken", { FIELD_TIME, FIELD_SEQ, FIELD_NAME, FIELD_TEXT } },
	[JOURNAL_CENSUS] = { "census", { FIELD_TIME, FIELD_WHEN, FIELD_NAME, FIELD_VALUE } },
	[JOURNAL_NOTE] = { "note", { FIELD_TIME, FIELD_TEXT } },
	[JOURNAL_ERROR] = { "error", { FIELD_TIME, FIELD_TEXT } },
	[JOURNAL_END] = { "end", { FIELD_TIME } },
	[JOURNAL_EXIT] = { "exit", { FIELD_TIME, FIELD_VALUE } },
	[JOURNAL_READY] = { "ready", { FIELD_TIME, FIELD_TEXT } },
};

/* A bounded writer: what does not fit is cut, and one byte is always kept for the newline. */
struct writer {
	char *at;
	char *end;
};

static void put_bytes(struct writer *writer, const char *bytes, size_t len)
{
	size_t space = (size_t)(writer->end - writer->at);

	if (len > space)
		len = space;
	memcpy(writer->at, bytes, len);
	writer->at += len;
}

static void put_text(struct writer *writer, const char *bytes, size_t len)
{
	char *start = writer->at;

	put_bytes(writer, bytes, len);
	for (char *c = start; c < writer->at; c++)
		if (*c == '\n' || *c == '\0')
			*c = ' ';
}

static void put_number(struct writer *writer, int64_t value)
{
	char digits[20], *d = digits + sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		*--d = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		put_bytes(writer, "-", 1);
	put_bytes(writer, d, (size_t)(digits + sizeof(digits) - d));
}

static void put_field(struct writer *writer, const struct journal_event *event, enum field field)
{
	put_bytes(writer, " ", 1);
	switch (field) {
	case FIELD_TIME:
		put_number(writer, (int64_t)event->time);
		break;
	case FIELD_SEQ:
		put_number(writer, (int64_t)event->seq);
		break;
	case FIELD_LINE:
		put_number(writer, event->line);
		break;
	case FIELD_NTH:
		put_number(writer, event->nth);
		break;
	case FIELD_ERR:
		put_number(writer, event->err);
		break;
	case FIELD_FIRED:
		put_number(writer, event->fired);
		break;
	case FIELD_WHEN:
		if (event->after)
			put_bytes(writer, "after", 5);
		else
			put_bytes(writer, "before", 6);
		break;
	case FIELD_ID:
		put_number(writer, event->id);
		break;
	case FIELD_FB:
		put_number(writer, event->fb);
		break;
	case FIELD_RES:
		put_number(writer, event->res);
		break;
	case FIELD_POINT:
		put_number(writer, (int64_t)event->point);
		break;
	case FIELD_STATUS:
		put_number(writer, event->status);
		break;
	case FIELD_STAMP:
		put_number(writer, (int64_t)event->stamp);
		break;
	case FIELD_VALUE:
		put_number(writer, event->value);
		break;
	case FIELD_NAME:
		put_text(writer, event->name, event->name_len);
		break;
	case FIELD_TEXT:
		put_text(writer, event->text, event->text_len);
		break;
	case FIELD_NONE:
		break;
	}
}

size_t journal_format(const struct journal_event *event, char *buf, size_t size)
{
	struct writer writer = { .at = buf, .end = buf + size - 1 };
	const char *word = kinds[event->kind].word;

	put_bytes(&writer, word, strlen(word));
	for (int i = 0; i < MAX_FIELDS && kinds[event->kind].fields[i]; i++)
		put_field(&writer, event, kinds[event->kind].fields[i]);
	*writer.at++ = '\n';
	return (size_t)(writer.at - buf);
}

/* What is left of a line; words are separated by exactly one space. */
struct reader {
	const char *at;
	const char *end;
};

static size_t take_word(struct reader *reader, const char **word)
{
	const char *space = memchr(reader->at, ' ', (size_t)(reader->end - reader->at));
	const char *end = space ? space : reader->end;

	*word = reader->at;
	reader->at = space ? space + 1 : reader->end;
	return (size_t)(end - *word);
}

static int take_number(struct reader *reader, int64_t min, int64_t max, int64_t *value)
{
	const char *word;
	size_t len = take_word(reader, &word);
	bool negative = len > 0 && word[0] == '-';
	uint64_t number = 0;

	if (negative) {
		word++;
		len--;
	}
	if (len == 0 || len > 19)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (word[i] < '0' || word[i] > '9')
			return -EINVAL;
		number = number * 10 + (uint64_t)(word[i] - '0');
	}
	if (number > (uint64_t)INT64_MAX + negative)
		return -EINVAL;
	*value = (int64_t)(negative ? 0 - number : number);
	return *value < min || *value > max ? -EINVAL : 0;
}

static int take_when(struct reader *reader, bool *after)
{
	const char *word;
	size_t len = take_word(reader, &word);

	*after = len == 5 && !memcmp(word, "after", 5);
	return *after || (len == 6 && !memcmp(word, "before", 6)) ? 0 : -EINVAL;
}

static int take_field(struct reader *reader, struct journal_event *event, enum field field)
{
	int64_t number = 0;
	int ret = 0;

	switch (field) {
	case FIELD_TIME:
		ret = take_number(reader, 0, INT64_MAX, &number);
		event->time = (uint64_t)number;
		break;
	case FIELD_SEQ:
		ret = take_number(reader, 0, INT64_MAX, &number);
		event->seq = (uint64_t)number;
		break;
	case FIELD_LINE:
		ret = take_number(reader, 0, INT32_MAX, &number);
		event->line = (int)number;
		break;
	case FIELD_NTH:
		ret = take_number(reader, 0, UINT32_MAX, &number);
		event->nth = (uint32_t)number;
		break;
	case FIELD_ERR:
		ret = take_number(reader, 0, 4095, &number);
		event->err = (int)number;
		break;
	case FIELD_FIRED:
		ret = take_number(reader, 0, 2, &number);
		event->fired = (uint32_t)number;
		break;
	case FIELD_WHEN:
		ret = take_when(reader, &event->after);
		break;
	case FIELD_ID:
		ret = take_number(reader, 0, UINT32_MAX, &number);
		event->id = (uint32_t)number;
		break;
	case FIELD_FB:
		ret = take_number(reader, 0, UINT32_MAX, &number);
		event->fb = (uint32_t)number;
		break;
	case FIELD_RES:
		ret = take_number(reader, 0, UINT32_MAX, &number);
		event->res = (uint32_t)number;
		break;
	case FIELD_POINT:
		ret = take_number(reader, 0, INT64_MAX, &number);
		event->point = (uint64_t)number;
		break;
	case FIELD_STATUS:
		ret = take_number(reader, -4095, 1, &number);
		event->status = (int)number;
		break;
	case FIELD_STAMP:
		ret = take_number(reader, 0, INT64_MAX, &number);
		event->stamp = (uint64_t)number;
		break;
	case FIELD_VALUE:
		ret = take_number(reader, INT64_MIN, INT64_MAX, &event->value);
		break;
	case FIELD_NAME:
		event->name_len = take_word(reader, &event->name);
		/* The writer knows no such name: it writes a space for the NUL. */
		if (!event->name_len || memchr(event->name, '\0', event->name_len))
			ret = -EINVAL;
		break;
	case FIELD_TEXT:
		event->text = reader->at;
		event->text_len = (size_t)(reader->end - reader->at);
		reader->at = reader->end;
		break;
	case FIELD_NONE:
		break;
	}
	return ret;
}

static int kind_by_word(const char *word, size_t len)
{
	for (int kind = 0; kind < JOURNAL_KINDS; kind++)
		if (strlen(kinds[kind].word) == len && !memcmp(kinds[kind].word, word, len))
			return kind;
	return -EINVAL;
}

int journal_parse(const char *line, size_t len, struct journal_event *event)
{
	struct reader reader = { .at = line, .end = line + len };
	const char *word;
	size_t word_len;
	int kind, ret;

	if (len > 0 && line[len - 1] == '\n')
		reader.end--;
	word_len = take_word(&reader, &word);
	kind = kind_by_word(word, word_len);
	if (kind < 0)
		return kind;

	*event = (struct journal_event){ .kind = (enum journal_kind)kind };
	for (int i = 0; i < MAX_FIELDS && kinds[kind].fields[i]; i++) {
		ret = take_field(&reader, event, kinds[kind].fields[i]);
		if (ret)
			return ret;
	}
	return reader.at == reader.end ? 0 : -EINVAL;
}

uint16_t journal_mark(const struct journal_event *event)
{
	switch (event->kind) {
	case JOURNAL_OP:
		return (uint16_t)(0x1000 | (event->seq & 0xfff));
	case JOURNAL_RET:
		return (uint16_t)(0x2000 | (event->seq & 0xfff));
	case JOURNAL_OUTPUT:
		return (uint16_t)(0x3000 | (event->line & 0x7ff));
	case JOURNAL_CHECK:
		return (uint16_t)(0x3800 | (event->seq & 0x3ff));
	case JOURNAL_END:
		return 0x3c00;
	default:
		return 0;
	}
}
