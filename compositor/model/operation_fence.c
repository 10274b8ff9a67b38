// SPDX-License-Identifier: MIT
/* What no argument of the operations on fences can say by itself. */
#include "compositor/model/parser.h"

/* sw_sync counts its points in 32 bits, and compares them by their difference. */
#define SOFTWARE_POINT_MAX INT32_MAX

enum { ANY_TIMELINE, SYNC_OBJECT, SOFTWARE };

/* Whether @point, if there is one, is of a timeline of the kind @demanded. */
static int check_point(struct parser *parser, const struct program_point *point, int demanded)
{
	const struct program_timeline *timeline;

	if (!point->timeline)
		return 0;
	timeline = &parser->program->timelines[point->timeline - 1];
	if (demanded == SYNC_OBJECT && timeline->software)
		return parser_fail(parser, "expected a sync object, %s is a software timeline",
				   timeline->name);
	if (demanded == SOFTWARE && !timeline->software)
		return parser_fail(parser, "expected a software timeline, %s is a sync object",
				   timeline->name);
	if (timeline->software && point->value > SOFTWARE_POINT_MAX)
		return parser_fail(parser,
				   "expected at most %d as a point of %s, a software timeline",
				   SOFTWARE_POINT_MAX, timeline->name);
	return 0;
}

int check_timeline(struct parser *parser, struct op *op)
{
	parser->program->timelines[op->point.timeline - 1].software = op->software;
	return 0;
}

int check_sync_object(struct parser *parser, struct op *op)
{
	return check_point(parser, &op->point, SYNC_OBJECT);
}

int check_software(struct parser *parser, struct op *op)
{
	return check_point(parser, &op->point, SOFTWARE);
}

int check_advance(struct parser *parser, struct op *op)
{
	return check_point(parser, &op->point, ANY_TIMELINE);
}

int check_transfer(struct parser *parser, struct op *op)
{
	int ret = check_point(parser, &op->point, SYNC_OBJECT);

	if (!ret && !op->from.timeline)
		return parser_expected(parser, "from=T");
	if (!ret && op->kind == OP_MERGE && !op->with.timeline)
		return parser_expected(parser, "with=T");
	if (!ret)
		ret = check_point(parser, &op->from, ANY_TIMELINE);
	return ret ? ret : check_point(parser, &op->with, ANY_TIMELINE);
}

int check_attach(struct parser *parser, struct op *op)
{
	if (!op->from.timeline)
		return parser_expected(parser, "from=T");
	return check_point(parser, &op->from, ANY_TIMELINE);
}

int check_extract(struct parser *parser, struct op *op)
{
	if (!op->point.timeline)
		return parser_expected(parser, "out=T");
	return check_point(parser, &op->point, SYNC_OBJECT);
}

/* Some of them are about the fences of the first buffer. */
int check_misuse(struct parser *parser, struct op *op)
{
	(void)op;
	return parser->program->buffer_count ? 0 :
					       parser_fail(parser, "expected a buffer line above");
}

int check_observe(struct parser *parser, struct op *op)
{
	if (!op->threads == !op->off)
		return parser_fail(parser, "expected observers=N or off for an observe");
	return check_point(parser, &op->point, SYNC_OBJECT);
}

/* What a commit says of fences. */
int check_fences(struct parser *parser, const struct op *op)
{
	int ret = check_point(parser, &op->point, SYNC_OBJECT);

	for (int role = 0; role < PLANE_ROLES && !ret; role++)
		ret = check_point(parser, &op->in[role], ANY_TIMELINE);
	if (ret)
		return ret;
	if (op->in[PLANE_PRIMARY].timeline && !op->change[PLANE_PRIMARY])
		return parser_fail(parser, "expected primary= besides primary_in=");
	if (op->in[PLANE_CURSOR].timeline && !op->change[PLANE_CURSOR] && !op->has_at)
		return parser_fail(parser, "expected cursor= or at= besides cursor_in=");
	return 0;
}
