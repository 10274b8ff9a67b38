// SPDX-License-Identifier: MIT
#include "tests/runner/cause.h"

#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/points.h"

/* The line of operation @seq, 0 if there is none. */
static int line_of(const struct trial *trial, guint64 seq)
{
	for (guint i = 0; seq && i < trial->events->len; i++) {
		const struct journal_event *event =
			&g_array_index(trial->events, struct journal_event, i);

		if (event->kind == JOURNAL_OP && event->seq == seq)
			return (int)event->line;
	}
	return 0;
}

/* Which disturbances there are: one bit for each kind. */
static guint64 bit(enum op_kind kind)
{
	return (guint64)1 << kind;
}

/* How many contend at a time is not followed: the first off ends it for all, which is near enough. */
static guint64 lasting_at(const struct program *program, int line)
{
	guint64 on = 0;

	for (int i = 0; i < program->op_count; i++) {
		const struct op *op = &program->ops[i];
		gboolean lasts = op->kind == OP_SIGNALS || op->kind == OP_CONTEND ||
				 op->kind == OP_RIVAL || op->kind == OP_PRESSURE;
		gboolean off = op->off || (op->kind == OP_CONTEND && !op->threads) ||
			       (op->kind == OP_PRESSURE && op->pressure == PRESSURE_OFF);

		if (line && op->line >= line)
			break;
		if (lasts && !off)
			on |= bit(op->kind);
		else if (lasts && line)
			on &= ~bit(op->kind);
		else if (!line && (op->kind == OP_FAULT || op->kind == OP_SIGNAL))
			on |= bit(op->kind);
	}
	return on;
}

/* A signal that is due when the operation of @line enters the kernel. */
static gboolean is_due(const struct program *program, int line)
{
	gboolean due = FALSE;

	for (int i = 0; i < program->op_count && program->ops[i].line < line; i++) {
		if (program->ops[i].kind == OP_SIGNAL)
			due = TRUE;
		else if (op_enters(program->ops[i].kind))
			due = FALSE;
	}
	return due;
}

static char *words_of(guint64 kinds)
{
	GString *text = g_string_new(NULL);

	for (int kind = 0; kind < OP_KINDS; kind++)
		if (kinds & bit((enum op_kind)kind))
			g_string_append_printf(text, "%s%s", text->len ? ", " : "",
					       op_name((enum op_kind)kind));
	if (!text->len)
		g_string_append(text, "undisturbed");
	return g_string_free(text, FALSE);
}

char *cause_of(const struct trial *trial, int rule)
{
	const struct program *program = trial->file->program;
	guint64 seq = trial->verdicts[rule].seq;
	int line = line_of(trial, seq);
	char *site = NULL;
	guint64 kinds;

	if (rule == RULE_SPLAT || rule == RULE_LOCKUP)
		return g_strdup("");
	if (line)
		site = points_site(trial, seq);
	if (site)
		return site;
	kinds = lasting_at(program, line);
	if (line && is_due(program, line))
		kinds |= bit(OP_SIGNAL);
	return words_of(kinds);
}

char *cause_signature(const struct trial *trial, int rule)
{
	g_autofree char *cause = cause_of(trial, rule);
	const char *signature = trial->verdicts[rule].signature;

	return *cause ? g_strdup_printf("%s" CAUSE_MARK "%s", signature, cause) :
			g_strdup(signature);
}

const char *cause_known(const struct expectations *known, int rule, const char *signature)
{
	const char *cause = strstr(signature, CAUSE_MARK);
	const char *found = expectations_known(known, rule, signature);
	g_auto(GStrv) sites = NULL;

	if (found || !cause)
		return found;
	cause += strlen(CAUSE_MARK);
	sites = g_strsplit(cause, POINT_THEN, -1);
	for (int i = 0; sites[i] && !found; i++) {
		g_autofree char *text =
			g_strdup_printf("%.*s%s", (int)(cause - signature), signature, sites[i]);

		found = expectations_known(known, rule, text);
	}
	return found;
}
