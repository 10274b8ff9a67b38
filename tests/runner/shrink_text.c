// SPDX-License-Identifier: MIT
#include "tests/runner/shrink_text.h"

#include <string.h>

#define NO_UNIT G_MAXUINT

static GPtrArray *new_lines(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
}

static GStrv line_at(const GPtrArray *lines, guint i)
{
	return g_ptr_array_index(lines, i);
}

/* The words of @line, which has no comment. */
static GStrv split_words(const char *line)
{
	g_auto(GStrv) parts = g_strsplit_set(line, " \t\r", -1);
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();

	for (guint i = 0; parts[i]; i++)
		if (*parts[i])
			g_strv_builder_add(words, parts[i]);
	return g_strv_builder_end(words);
}

GPtrArray *shrink_split(const char *text, gsize len)
{
	g_autofree char *copy = g_strndup(text, len);
	g_auto(GStrv) parts = g_strsplit(copy, "\n", -1);
	GPtrArray *lines = new_lines();

	for (guint i = 0; parts[i]; i++) {
		g_auto(GStrv) words = NULL;

		parts[i][strcspn(parts[i], "#")] = '\0';
		words = split_words(parts[i]);
		if (words[0])
			g_ptr_array_add(lines, g_steal_pointer(&words));
	}
	return lines;
}

static void add_line(GString *text, GStrv words)
{
	g_autofree char *line = g_strjoinv(" ", words);

	g_string_append(text, line);
	g_string_append_c(text, '\n');
}

char *shrink_join(const GPtrArray *lines)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++)
		add_line(text, line_at(lines, i));
	return g_string_free(text, FALSE);
}

GPtrArray *shrink_replace(const GPtrArray *lines, guint line, guint word, const char *with)
{
	GPtrArray *copy = new_lines();

	for (guint i = 0; i < lines->len; i++)
		g_ptr_array_add(copy, g_strdupv(line_at(lines, i)));
	g_free(line_at(copy, line)[word]);
	line_at(copy, line)[word] = g_strdup(with);
	return copy;
}

static struct program *parse(const GPtrArray *lines)
{
	g_autofree char *text = shrink_join(lines);
	struct program_error error;

	return program_parse(text, strlen(text), &error);
}

gboolean shrink_is_program(const GPtrArray *lines)
{
	struct program *program = parse(lines);

	program_destroy(program);
	return program != NULL;
}

/* What is at each line of a program. */
static const struct op **ops_by_line(const struct program *program, guint count)
{
	const struct op **at = g_new0(const struct op *, count);

	for (int i = 0; i < program->op_count; i++)
		at[program->ops[i].line - 1] = &program->ops[i];
	return at;
}

char *shrink_indent(const GPtrArray *lines)
{
	struct program *program = parse(lines);
	g_autofree const struct op **at = ops_by_line(program, lines->len);
	GString *text = g_string_new(NULL);
	guint depth = 0;

	for (guint i = 0; i < lines->len; i++) {
		if (at[i] && at[i]->kind == OP_END)
			depth--;
		for (guint tab = 0; tab < depth; tab++)
			g_string_append_c(text, '\t');
		if (at[i] && at[i]->kind == OP_REPEAT)
			depth++;
		add_line(text, line_at(lines, i));
	}
	program_destroy(program);
	return g_string_free(text, FALSE);
}

/* --- units ------------------------------------------------------------------------------------ */

struct cut {
	const GPtrArray *lines;
	enum shrink_grain grain;
	struct program *program;
	const struct op **at;
	guint *unit; /* by line; with SHRINK_WORDS that of its second word */
	guint count;
	gboolean *dropped; /* by unit */
};

static gboolean is_modifier(const struct op *op)
{
	return op && (op->kind == OP_FAULT || op->kind == OP_EXPECT || op->kind == OP_SIGNAL ||
		      (op->kind == OP_RIVAL && !op->off));
}

/* The unit of line @i, given those before it; *@next is the next one that is free. */
static guint number_line(const struct cut *cut, guint i, guint *next)
{
	const struct op *op = cut->at[i];
	guint unit = *next;

	if (cut->grain == SHRINK_WORDS) {
		*next += g_strv_length(line_at(cut->lines, i)) - 1;
		return unit;
	}
	if (op && op->kind == OP_END)
		return cut->unit[cut->program->ops[op->jump].line - 1];
	if (cut->grain == SHRINK_MODIFIERS && !is_modifier(op))
		return NO_UNIT;
	/* A modifier has the number of what follows it. */
	*next += cut->grain == SHRINK_MODIFIERS || !is_modifier(op);
	return unit;
}

static struct cut *cut_new(const GPtrArray *lines, enum shrink_grain grain)
{
	struct cut *cut = g_new0(struct cut, 1);

	cut->lines = lines;
	cut->grain = grain;
	cut->program = parse(lines);
	cut->at = ops_by_line(cut->program, lines->len);
	cut->unit = g_new0(guint, lines->len);
	for (guint i = 0; i < lines->len; i++)
		cut->unit[i] = number_line(cut, i, &cut->count);
	cut->dropped = g_new0(gboolean, cut->count);
	return cut;
}

static void cut_free(struct cut *cut)
{
	program_destroy(cut->program);
	g_free(cut->at);
	g_free(cut->unit);
	g_free(cut->dropped);
	g_free(cut);
}

static gboolean is_dropped(const struct cut *cut, guint line, guint word)
{
	if (cut->grain == SHRINK_WORDS)
		return word > 0 && cut->dropped[cut->unit[line] + word - 1];
	return cut->unit[line] != NO_UNIT && cut->dropped[cut->unit[line]];
}

static GStrv remaining_words(const struct cut *cut, guint line)
{
	GStrv words = line_at(cut->lines, line);
	g_autoptr(GStrvBuilder) left = g_strv_builder_new();

	for (guint i = 0; words[i]; i++)
		if (!is_dropped(cut, line, i))
			g_strv_builder_add(left, words[i]);
	return g_strv_builder_end(left);
}

static gboolean is_kind(const struct cut *cut, guint line, enum op_kind kind)
{
	return cut->at[line] && cut->at[line]->kind == kind;
}

/* The lines, by their index, that are left; no repeat is left empty. The caller's. */
static GArray *remaining_lines(const struct cut *cut)
{
	GArray *left = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < cut->lines->len; i++) {
		if (is_dropped(cut, i, 0))
			continue;
		if (is_kind(cut, i, OP_END) && left->len &&
		    is_kind(cut, g_array_index(left, guint, left->len - 1), OP_REPEAT))
			g_array_set_size(left, left->len - 1);
		else
			g_array_append_val(left, i);
	}
	return left;
}

static GPtrArray *remaining(const struct cut *cut)
{
	g_autoptr(GArray) left = remaining_lines(cut);
	GPtrArray *lines = new_lines();

	for (guint i = 0; i < left->len; i++)
		g_ptr_array_add(lines, remaining_words(cut, g_array_index(left, guint, i)));
	return lines;
}

static void mark(struct cut *cut, guint lo, guint hi, gboolean dropped)
{
	for (guint unit = lo; unit < hi; unit++)
		cut->dropped[unit] = dropped;
}

/*
 * Drop of the units from @lo to before @hi what can be dropped. What is needed stands before what needs
 * it, so the later half goes first.
 */
static void drop(struct cut *cut, guint lo, guint hi)
{
	g_autoptr(GPtrArray) left = NULL;
	guint middle = lo + (hi - lo) / 2;

	mark(cut, lo, hi, TRUE);
	left = remaining(cut);
	if (shrink_is_program(left))
		return;
	mark(cut, lo, hi, FALSE);
	if (hi - lo == 1)
		return;
	drop(cut, middle, hi);
	drop(cut, lo, middle);
}

guint shrink_units(const GPtrArray *lines, enum shrink_grain grain)
{
	struct cut *cut = cut_new(lines, grain);
	guint count = cut->count;

	cut_free(cut);
	return count;
}

guint shrink_unit_of(const GPtrArray *lines, enum shrink_grain grain, guint line)
{
	struct cut *cut = cut_new(lines, grain);
	guint unit = cut->unit[line - 1];

	cut_free(cut);
	return unit;
}

GPtrArray *shrink_without(const GPtrArray *lines, enum shrink_grain grain, guint lo, guint hi)
{
	struct cut *cut = cut_new(lines, grain);
	GPtrArray *left = NULL;

	drop(cut, lo, hi);
	for (guint unit = lo; unit < hi && !left; unit++)
		if (cut->dropped[unit])
			left = remaining(cut);
	cut_free(cut);
	return left;
}
