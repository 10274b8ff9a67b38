// SPDX-License-Identifier: MIT
/* The arguments of the operations on fences, read. */
#include <stdio.h>
#include <string.h>

#include "compositor/model/parser.h"
#include "compositor/model/scan.h"
#include "compositor/model/words.h"

static int find_timeline(const struct program *program, const char *name, size_t len)
{
	for (int i = 0; i < program->timeline_count; i++)
		if (strlen(program->timelines[i].name) == len &&
		    !memcmp(program->timelines[i].name, name, len))
			return i;
	return -1;
}

int argument_timeline(struct parser *parser, const char *name, struct op *op)
{
	struct program *program = parser->program;

	if (program->timeline_count == PROGRAM_MAX_TIMELINES)
		return parser_fail(parser, "expected at most %d timelines", PROGRAM_MAX_TIMELINES);
	if (!argument_valid_name(name))
		return parser_expected(parser, ARGUMENT_TIMELINE);
	if (find_timeline(program, name, strlen(name)) >= 0)
		return parser_expected(parser, "a name that no timeline above has");
	snprintf(program->timelines[program->timeline_count].name, PROGRAM_NAME_SIZE, "%s", name);
	op->point.timeline = ++program->timeline_count;
	return 0;
}

int argument_point(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	struct program_point *point = (struct program_point *)((char *)op + arg->offset);
	size_t len = strcspn(value, ":");
	int index = find_timeline(parser->program, value, len);

	if (index < 0)
		return parser_fail(parser, "expected a timeline made above, got \"%.40s\"", value);
	point->timeline = index + 1;
	if (!value[len])
		return 0;
	if (scan_amount(value + len + 1, arg->max, &point->value) && point->value)
		return 0;
	return argument_wrong(parser, arg,
			      arg->max ? "T or T:POINT, POINT from 1" : "a timeline's name");
}

int argument_how(struct parser *parser, const struct arg *arg, const char *value, struct op *op)
{
	int found = how_by_word(value);

	if (found < 0)
		return argument_wrong(parser, arg,
				      "timeline, submit, available, binary, poll or eventfd");
	op->how = (enum await_how)found;
	return 0;
}

int argument_misuse(struct parser *parser, const char *word, struct op *op)
{
	int found = misuse_by_word(word);

	if (found < 0)
		return parser_expected(parser, ARGUMENT_MISUSE);
	op->misuse = (enum misuse_case)found;
	return 0;
}
