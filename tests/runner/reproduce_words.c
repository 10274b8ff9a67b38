// SPDX-License-Identifier: MIT
#include "tests/runner/reproduce_words.h"

#include <string.h>

static const struct program_buffer *buffer_of(const struct reproduce_line *line)
{
	return &line->program->buffers[line->op->buffer[0]];
}

gboolean reproduce_is_dumb(const struct reproduce_line *line)
{
	return buffer_of(line)->origin == ORIGIN_DUMB;
}

gboolean reproduce_has_event(const struct op *op)
{
	return op->kind == OP_FLIP || (op->nonblock && !op->test);
}

/* The role of the one plane that a legacy operation is about. */
static enum plane_role role_of(const struct op *op)
{
	return op->change[PLANE_CURSOR] ? PLANE_CURSOR : PLANE_PRIMARY;
}

static void write_plane_buffer(GString *out, const struct reproduce_line *line,
			       enum plane_role role)
{
	const struct op *op = line->op;

	if (op->change[role] == CHANGE_OFF)
		g_string_append(out, "&off");
	else
		g_string_append_printf(out, "&bo_%s",
				       line->program->buffers[op->buffer[role]].name);
}

static void write_head(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "&heads[%d]", line->op->head);
}

static void write_size(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "%u, %u", line->op->width, line->op->height);
}

static void write_buffer(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "&bo_%s", buffer_of(line)->name);
}

static void write_layout(GString *out, const struct reproduce_line *line)
{
	const struct program_buffer *buffer = buffer_of(line);

	g_string_append_printf(out, "%u, %u, DRM_FORMAT_%s", buffer->width, buffer->height,
			       buffer->role == PLANE_CURSOR ? "ARGB8888" : "XRGB8888");
}

static void write_origin(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, origin_word(buffer_of(line)->origin));
}

static void write_destroy(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, reproduce_is_dumb(line) ? "destroy_dumb" : "close_handle");
}

static void write_recreate(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, reproduce_is_dumb(line) ? "create_dumb" : "import_dmabuf");
}

static void write_uncreate(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, reproduce_is_dumb(line) ? "destroy_dumb" : "close_dmabuf");
}

/* The file that made a dumb buffer knows it already. */
static void write_import(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, reproduce_is_dumb(line) ? "import_second" : "import_dmabuf");
}

static void write_unimport(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, reproduce_is_dumb(line) ? "close_second" : "close_handle");
}

static void write_area(GString *out, const struct reproduce_line *line)
{
	const struct picture_area *area = &line->op->area;

	g_string_append_printf(out, "%u, %u, %u, %u", area->x, area->y, area->width, area->height);
}

static void write_shown(GString *out, const struct reproduce_line *line)
{
	write_plane_buffer(out, line, role_of(line->op));
}

static void write_plane(GString *out, const struct reproduce_line *line)
{
	gboolean cursor = role_of(line->op) == PLANE_CURSOR;

	g_string_append_printf(out, "DRM_PLANE_TYPE_%s", cursor ? "CURSOR" : "PRIMARY");
}

static void write_at(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "%d, %d", line->op->x, line->op->y);
}

/* A cursor stays where it is if the program does not say where it goes. */
static void write_place(GString *out, const struct reproduce_line *line)
{
	const struct op *op = line->op;

	if (op->has_at || role_of(op) == PLANE_PRIMARY)
		write_at(out, line);
	else
		g_string_append_printf(out, "heads[%d].x, heads[%d].y", op->head, op->head);
}

static void write_hot(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "%d, %d", line->op->hot_x, line->op->hot_y);
}

static void write_move(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, line->op->has_at ? "DRM_MODE_CURSOR_MOVE" : "0");
}

/* A member of a struct change, whose value follows. */
static void begin_member(GString *out, const char *name)
{
	g_string_append_printf(out, "%s.%s = ", g_str_has_suffix(out->str, "{") ? " " : ", ", name);
}

static void write_change(GString *out, const struct reproduce_line *line)
{
	static const char *const members[] = { "primary", "cursor" };
	const struct op *op = line->op;

	g_string_append(out, "(struct change){");
	for (int role = 0; role < PLANE_ROLES; role++) {
		if (!op->change[role])
			continue;
		begin_member(out, members[role]);
		write_plane_buffer(out, line, (enum plane_role)role);
	}
	if (op->has_at) {
		begin_member(out, "at");
		g_string_append_printf(out, "{ 1, %d, %d }", op->x, op->y);
	}
	if (op->has_hot) {
		begin_member(out, "hot");
		g_string_append_printf(out, "{ 1, %d, %d }", op->hot_x, op->hot_y);
	}
	if (op->has_area) {
		begin_member(out, "damage");
		g_string_append(out, "damage_blob(");
		write_area(out, line);
		g_string_append(out, ")");
	}
	g_string_append(out, " }");
}

static void write_flags(GString *out, const struct reproduce_line *line)
{
	const struct op *op = line->op;
	const struct {
		gboolean set;
		const char *name;
	} flags[] = {
		{ op->test, "DRM_MODE_ATOMIC_TEST_ONLY" },
		{ op->nonblock, "DRM_MODE_ATOMIC_NONBLOCK" },
		{ reproduce_has_event(op), "DRM_MODE_PAGE_FLIP_EVENT" },
	};
	const char *separator = "";

	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
		if (!flags[i].set)
			continue;
		g_string_append_printf(out, "%s%s", separator, flags[i].name);
		separator = " | ";
	}
	if (!*separator)
		g_string_append(out, "0");
}

static void write_restart(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, line->op->restart ? "SA_RESTART" : "0");
}

static void write_signal(GString *out, const struct reproduce_line *line)
{
	g_string_append(out, line->op->standard ? "SIGUSR1" : "STORM_SIGNAL");
}

static void write_ns(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "%" G_GUINT64_FORMAT, line->op->ns);
}

static void write_period(GString *out, const struct reproduce_line *line)
{
	if (line->op->ns_max)
		g_string_append_printf(out, "between(%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ")",
				       line->op->ns, line->op->ns_max);
	else
		write_ns(out, line);
}

static void write_threads(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "%u", line->op->threads);
}

static void write_way(GString *out, const struct reproduce_line *line)
{
	if (line->op->off)
		g_string_append(out, "NULL");
	else
		g_string_append_printf(out, "contend_by_%s", way_word(line->op->way));
}

static void write_nth(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "%u", line->op->nth);
}

static void write_cursor(GString *out, const struct reproduce_line *line)
{
	g_string_append(out,
			line->op->has_hot ? "DRM_IOCTL_MODE_CURSOR2" : "DRM_IOCTL_MODE_CURSOR");
}

static void write_again(GString *out, const struct reproduce_line *line)
{
	g_string_append_printf(out, "%u", line->op->again);
}

/* clang-format off */
static const struct {
	const char *word;
	void (*write)(GString *out, const struct reproduce_line *line);
} words[] = {
	{ "head", write_head },
	{ "size", write_size },
	{ "buffer", write_buffer },
	{ "layout", write_layout },
	{ "origin", write_origin },
	{ "destroy", write_destroy },
	{ "recreate", write_recreate },
	{ "uncreate", write_uncreate },
	{ "import", write_import },
	{ "unimport", write_unimport },
	{ "area", write_area },
	{ "shown", write_shown },
	{ "plane", write_plane },
	{ "at", write_at },
	{ "place", write_place },
	{ "hot", write_hot },
	{ "move", write_move },
	{ "cursor", write_cursor },
	{ "change", write_change },
	{ "flags", write_flags },
	{ "restart", write_restart },
	{ "signal", write_signal },
	{ "ns", write_ns },
	{ "period", write_period },
	{ "threads", write_threads },
	{ "way", write_way },
	{ "nth", write_nth },
	{ "again", write_again },
};
/* clang-format on */

static void write_word(GString *out, const char *word, gsize len, const struct reproduce_line *line)
{
	gsize i = 0;

	while (i < G_N_ELEMENTS(words) &&
	       (strlen(words[i].word) != len || strncmp(words[i].word, word, len) != 0))
		i++;
	g_assert(i < G_N_ELEMENTS(words));
	words[i].write(out, line);
}

char *reproduce_fill_in(const char *pattern, const struct reproduce_line *line)
{
	GString *out = g_string_new(NULL);

	while (*pattern) {
		gsize len = strcspn(pattern, "$");

		g_string_append_len(out, pattern, (gssize)len);
		pattern += len;
		if (!*pattern)
			break;
		len = strspn(++pattern, "abcdefghijklmnopqrstuvwxyz");
		write_word(out, pattern, len, line);
		pattern += len;
	}
	return g_string_free(out, FALSE);
}
