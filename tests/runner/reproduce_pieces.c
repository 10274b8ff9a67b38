// SPDX-License-Identifier: MIT
#include "tests/runner/reproduce_pieces.h"

#include <string.h>

#define CONDITION "WITH_"
/* Conditions within conditions. */
#define MAX_DEPTH 8

/* What a piece defines: each is at the start of a line. */
#define NAMES                                                                                      \
	"^#(?:define|ifndef) (\\w+)"                                                               \
	"|^((?:struct|enum) \\w+) \\{"                                                             \
	"|^static [^(=;{]*?(\\w+)(?:\\(|;|\\[| = )"                                                \
	"|^\\} (\\w+);"

/* Where a name means nothing. */
#define COMMENT_OR_STRING "/\\*.*?\\*/|//[^\n]*|\"(?:[^\"\\\\]|\\\\.)*\""

struct piece {
	char *text;
	char *code;	  /* without comments and strings */
	GPtrArray *names; /* none: it is always needed */
	gboolean follows; /* no empty line before it */
	gboolean taken;
};

static void piece_free(gpointer data)
{
	struct piece *piece = data;

	g_free(piece->text);
	g_free(piece->code);
	g_ptr_array_unref(piece->names);
	g_free(piece);
}

/* The conditions that stand open at a line, from the outermost. */
struct open {
	gboolean ours[MAX_DEPTH], holds[MAX_DEPTH];
	int depth;
};

static gboolean all_hold(const struct open *open)
{
	for (int i = 0; i < open->depth; i++)
		if (!open->holds[i])
			return FALSE;
	return TRUE;
}

/* Whether @line stays, which may begin, turn or end a condition. */
static gboolean pass_line(struct open *open, const char *line, const char *const *conditions)
{
	gboolean begins = g_str_has_prefix(line, "#if"), ours;

	if (begins) {
		g_assert(open->depth < MAX_DEPTH);
		ours = g_str_has_prefix(line, "#ifdef " CONDITION);
		open->ours[open->depth] = ours;
		open->holds[open->depth++] =
			!ours || g_strv_contains(conditions, line + strlen("#ifdef "));
		return !ours && all_hold(open);
	}
	if (g_str_has_prefix(line, "#else") && open->ours[open->depth - 1]) {
		open->holds[open->depth - 1] = !open->holds[open->depth - 1];
		return FALSE;
	}
	if (g_str_has_prefix(line, "#endif")) {
		g_assert(open->depth > 0);
		open->depth--;
		return !open->ours[open->depth] && all_hold(open);
	}
	return all_hold(open);
}

static GPtrArray *names_of_piece(const char *text)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GRegex) regex = g_regex_new(NAMES, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match);
	     g_match_info_next(match, NULL))
		g_ptr_array_add(names,
				g_match_info_fetch(match, g_match_info_get_match_count(match) - 1));
	return names;
}

static struct piece *piece_create(const char *text)
{
	struct piece *piece = g_new0(struct piece, 1);
	g_autoptr(GRegex) regex = g_regex_new(COMMENT_OR_STRING, G_REGEX_DOTALL, 0, NULL);

	piece->text = g_strdup(text);
	piece->code = g_regex_replace_literal(regex, text, -1, 0, " ", 0, NULL);
	piece->names = names_of_piece(piece->code);
	return piece;
}

/* A line with an #include: the names stand in a comment behind it, which is not for the reader. */
static struct piece *include_create(const char *line)
{
	g_auto(GStrv) parts = g_strsplit(line, "/*", 2), words = NULL;
	struct piece *piece = piece_create(g_strchomp(parts[0]));

	words = g_strsplit(parts[1] ? parts[1] : "", " ", -1);
	g_ptr_array_set_size(piece->names, 0);
	for (int i = 0; words[i]; i++)
		if (words[i][0] && strcmp(words[i], "*/"))
			g_ptr_array_add(piece->names, g_strdup(words[i]));
	return piece;
}

static void add_piece(GPtrArray *pieces, GString *text)
{
	struct piece *piece;

	if (!text->len)
		return;
	piece = piece_create(text->str);
	/* A comment about the file is no piece. */
	if (piece->names->len)
		g_ptr_array_add(pieces, piece);
	else
		piece_free(piece);
	g_string_truncate(text, 0);
}

/* Those at the file's head: what is above the #includes and needed by them, and they. */
static gboolean is_head(const char *line)
{
	return g_str_has_prefix(line, "#include ") || !strcmp(line, "#define _GNU_SOURCE");
}

static GPtrArray *cut(const char *helpers, const char *const *conditions)
{
	GPtrArray *pieces = g_ptr_array_new_with_free_func(piece_free);
	g_auto(GStrv) lines = g_strsplit(helpers, "\n", -1);
	g_autoptr(GString) text = g_string_new(NULL);
	struct open open = { .depth = 0 };
	gboolean empty = TRUE;

	for (int i = 0; lines[i]; i++) {
		if (!pass_line(&open, lines[i], conditions))
			continue;
		if (empty && lines[i][0] && lines[i][0] != '\t')
			add_piece(pieces, text);
		empty = !lines[i][0];
		if (is_head(lines[i])) {
			struct piece *include = include_create(lines[i]);

			include->follows = TRUE;
			g_ptr_array_add(pieces, include);
		} else if (!empty || text->len) {
			g_string_append_printf(text, "%s\n", lines[i]);
		}
	}
	add_piece(pieces, text);
	return pieces;
}

static gboolean uses(const char *code, const char *name)
{
	gsize len = strlen(name);

	for (const char *at = strstr(code, name); at; at = strstr(at + 1, name)) {
		char before = ' ', after = at[len];

		if (at > code)
			before = at[-1];
		if (!g_ascii_isalnum(before) && before != '_' && !g_ascii_isalnum(after) &&
		    after != '_')
			return TRUE;
	}
	return FALSE;
}

static gboolean is_used(const struct piece *piece, const char *code)
{
	for (guint i = 0; i < piece->names->len; i++)
		if (uses(code, g_ptr_array_index(piece->names, i)))
			return TRUE;
	return FALSE;
}

/* Take what @code uses, and what that uses. */
static void take_used(GPtrArray *pieces, const char *code)
{
	for (guint i = 0; i < pieces->len; i++) {
		struct piece *piece = g_ptr_array_index(pieces, i);

		if (piece->taken || !is_used(piece, code))
			continue;
		piece->taken = TRUE;
		take_used(pieces, piece->code);
	}
}

void reproduce_pieces(const char *helpers, const char *const *conditions, const char *body,
		      GString *out)
{
	g_autoptr(GPtrArray) pieces = cut(helpers, conditions);
	struct piece *main_piece = piece_create(body);

	take_used(pieces, main_piece->code);
	piece_free(main_piece);
	for (guint i = 0; i < pieces->len; i++) {
		const struct piece *piece = g_ptr_array_index(pieces, i);
		g_autofree char *text = g_strchomp(g_strdup(piece->text));

		if (piece->taken || !piece->names->len)
			g_string_append_printf(out, "%s%s\n", piece->follows ? "" : "\n", text);
	}
}
