/* SPDX-License-Identifier: MIT */
/*
 * For the files of the language alone (program.c, operation.c, argument*.c): the line that is being
 * parsed. Every complaint goes through parser_fail(), which keeps the line and says what was
 * expected, so that a wrong program costs its author one look.
 */
#ifndef PLANESTORM_PARSER_H
#define PLANESTORM_PARSER_H

#include <string.h>

#include "compositor/model/program.h"

#define PARSER_MAX_WORDS 16
#define PARSER_MAX_LINE 512
#define PARSER_MAX_ARGS 13

struct parser {
	struct program *program;
	struct program_error *error;
	char text[PARSER_MAX_LINE];
	char *words[PARSER_MAX_WORDS];
	int word_count;
	int next; /* the word that is looked at */
	int line;

	int open[PROGRAM_MAX_DEPTH]; /* indices of repeat operations without their end */
	int depth;
	/* The last line that set a mode for each head, of those so far. */
	const struct op *modes[PROGRAM_MAX_HEADS];
	int modifier;	    /* index + 1 of the last modifier that waits for its operation, or 0 */
	int modifiers;	    /* how many do */
	bool rival;	    /* one of them is rival */
	int rival_line;	    /* what a rival does, until its end; 0: there is none */
	int entries;	    /* operations that enter the kernel */
	bool has[OP_KINDS]; /* there has been one of this kind */
	bool has_pressure[PRESSURES];
};

/* What an argument is; each kind fills the same fields of struct op wherever it stands. */
enum arg_kind {
	ARG_NONE,
	ARG_SIZE,     /* WxH: width, height */
	ARG_MODE,     /* WxH or off: the same, or off */
	ARG_NEW,      /* NAME primary|cursor WxH: a new buffer, buffer[0] */
	ARG_BUFFER,   /* B: buffer[0] */
	ARG_PRIMARY,  /* B: buffer[PLANE_PRIMARY], to be shown */
	ARG_CURSOR,   /* B: buffer[PLANE_CURSOR], to be shown */
	ARG_PLANE,    /* B|off for the role that the key names: change, buffer */
	ARG_PLACE,    /* X,Y: x, y, has_at */
	ARG_HOT,      /* X,Y: hot_x, hot_y, has_hot */
	ARG_AREA,     /* X,Y,WxH: area, has_area */
	ARG_HEAD,     /* head */
	ARG_IMAGE,    /* image */
	ARG_ORIGIN,   /* origin */
	ARG_NTH,      /* K or K..: nth, nth_open */
	ARG_AGAIN,    /* N or N..: again, again_open */
	ARG_ERRNOS,   /* ok|EINTR...: expect, expect_count */
	ARG_WAY,      /* way */
	ARG_TIMELINE, /* NAME: a new timeline, point */
	ARG_POINT,    /* T or T:N: the struct program_point at @offset; @max 0: T alone */
	ARG_HOW,      /* how */
	ARG_MISUSE,   /* misuse */
	ARG_PRESSURE, /* alloc=PERCENT, memory=SIZE, fds=N, queue or off: pressure, amount */
	ARG_BYTES,    /* SIZE in bytes: amount */
	ARG_NUMBER,   /* a count at @offset, from 1 to @max */
	ARG_TIME,     /* nanoseconds at @offset */
	ARG_FLAG,     /* the bare word: the bool at @offset */
};

struct arg {
	enum arg_kind kind;
	const char *key; /* KEY=VALUE, or a flag's word; NULL: it stands in its place, and must */
	size_t offset;	 /* of a field of struct op */
	int64_t max;
};

/* The plane that the key of an ARG_PLANE names. */
static inline enum plane_role arg_role(const struct arg *arg)
{
	return strcmp(arg->key, "cursor") ? PLANE_PRIMARY : PLANE_CURSOR;
}

/* One operation of the language: all that tells it from the others. */
struct operation {
	const char *word;
	unsigned flags;			  /* OPERATION_* */
	struct arg args[PARSER_MAX_ARGS]; /* those without a key come first */
	/* What no argument can say by itself; called when the line has been read. NULL: nothing. */
	int (*check)(struct parser *parser, struct op *op);
};

enum {
	OPERATION_ENTERS = 1 << 0, /* it enters the kernel and is journalled: faults, expect, ... */
	OPERATION_MODIFIER = 1 << 1, /* it speaks of the next one that does */
	OPERATION_OUTPUT = 1 << 2,   /* it needs an output that is on, of its head */
	OPERATION_SINGLE = 1 << 3,   /* not within repeat */
};

extern const struct operation operations[OP_KINDS];

/* program.c */

int parser_fail(struct parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Complain about the word that is looked at, or about the line's end. */
int parser_expected(struct parser *parser, const char *what);

/* The next word, or NULL at the end of the line. */
const char *parser_peek(const struct parser *parser);

/* operation_fence.c: as struct operation.check; the last one is what a commit says of fences */
int check_timeline(struct parser *parser, struct op *op);
int check_sync_object(struct parser *parser, struct op *op);
int check_software(struct parser *parser, struct op *op);
int check_advance(struct parser *parser, struct op *op);
int check_transfer(struct parser *parser, struct op *op);
int check_attach(struct parser *parser, struct op *op);
int check_extract(struct parser *parser, struct op *op);
int check_misuse(struct parser *parser, struct op *op);
int check_observe(struct parser *parser, struct op *op);
int check_fences(struct parser *parser, const struct op *op);

/* argument.c */

/* Read all arguments of @operation into @op. Returns 0, or -EINVAL with the complaint made. */
int arguments_parse(struct parser *parser, const struct operation *operation, struct op *op);

/* The value of the argument that is looked at has been found wrong. */
int argument_wrong(struct parser *parser, const struct arg *arg, const char *what);
/* Whether a buffer or a timeline may be called so. */
bool argument_valid_name(const char *name);

/* argument_fence.c: an argument of one kind, from @value */
#define ARGUMENT_TIMELINE "a timeline's name: a letter, then letters, digits or _"
#define ARGUMENT_MISUSE "a mistake of planestorm-program(5)"
int argument_timeline(struct parser *parser, const char *name, struct op *op);
int argument_point(struct parser *parser, const struct arg *arg, const char *value, struct op *op);
int argument_how(struct parser *parser, const struct arg *arg, const char *value, struct op *op);
int argument_misuse(struct parser *parser, const char *word, struct op *op);

/* argument_format.c */

/* Append the arguments as text at @used, as op_format() does. Returns the new length. */
int arguments_format(const struct program *program, const struct operation *operation,
		     const struct op *op, char *buf, size_t size, int used);

#endif
