// SPDX-License-Identifier: MIT
#include "tests/runner/reproduce_about.h"

#include "tests/runner/reproduce_words.h"

typedef gboolean line_test(const struct reproduce_line *line);

static gboolean any(const struct program *program, line_test *test)
{
	for (int i = 0; i < program->op_count; i++) {
		const struct reproduce_line line = { program, &program->ops[i] };

		if (test(&line))
			return TRUE;
	}
	return FALSE;
}

gboolean reproduce_has(const struct program *program, enum op_kind kind)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].kind == kind)
			return TRUE;
	return FALSE;
}

gboolean reproduce_undoes_planes(enum op_kind kind)
{
	switch (kind) {
	case OP_COMMIT:
	case OP_SETPLANE:
	case OP_CURSOR:
	case OP_MOVE:
	case OP_HIDE:
	case OP_FLIP:
	case OP_MODESET:
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean is_fault(const struct reproduce_line *line)
{
	return line->op->kind == OP_FAULT;
}

static gboolean is_again(const struct reproduce_line *line)
{
	return is_fault(line) && line->op->again;
}

static gboolean is_worker(const struct reproduce_line *line)
{
	return is_fault(line) && line->op->worker;
}

static gboolean is_sweep(const struct reproduce_line *line)
{
	return is_fault(line) && line->op->nth_open;
}

/* The operation comes after all its modifiers. */
static gboolean is_plane_sweep(const struct reproduce_line *line)
{
	const struct op *op = line->op;

	if (!is_sweep(line))
		return FALSE;
	while (!op_enters(op->kind))
		op++;
	return reproduce_undoes_planes(op->kind);
}

static gboolean is_damage(const struct reproduce_line *line)
{
	return line->op->kind == OP_COMMIT && line->op->has_area;
}

static gboolean is_primary(const struct reproduce_line *line)
{
	return is_plane_sweep(line) ||
	       (line->op->kind == OP_COMMIT && line->op->change[PLANE_PRIMARY]);
}

static gboolean is_due(const struct reproduce_line *line)
{
	return line->op->kind == OP_SIGNAL;
}

static gboolean is_armed(const struct reproduce_line *line)
{
	return is_fault(line) || is_due(line);
}

static gboolean is_foreign(const struct reproduce_line *line)
{
	return line->op->kind == OP_BUFFER && !reproduce_is_dumb(line);
}

static gboolean is_shared(const struct reproduce_line *line)
{
	return is_foreign(line) || line->op->kind == OP_EXPORT || line->op->kind == OP_IMPORT;
}

static gboolean is_second(const struct reproduce_line *line)
{
	return line->op->kind == OP_IMPORT && reproduce_is_dumb(line);
}

static gboolean is_contended(const struct reproduce_line *line)
{
	return line->op->kind == OP_CONTEND;
}

static gboolean is_close(const struct reproduce_line *line)
{
	return line->op->kind == OP_CLOSE;
}

static gboolean is_event(const struct reproduce_line *line)
{
	return reproduce_has_event(line->op);
}

static gboolean is_timer(const struct reproduce_line *line)
{
	return line->op->kind == OP_SIGNALS && !line->op->off && !line->op->stop;
}

static gboolean is_stops(const struct reproduce_line *line)
{
	return line->op->kind == OP_SIGNALS && line->op->stop;
}

static gboolean is_signals(const struct reproduce_line *line)
{
	return is_timer(line) || is_stops(line);
}

static gboolean is_interrupted(const struct reproduce_line *line)
{
	return is_timer(line) || is_due(line);
}

static gboolean is_surroundings(const struct reproduce_line *line)
{
	return line->op->kind == OP_DEVICE || line->op->kind == OP_PRESSURE ||
	       line->op->kind == OP_HOTPLUG || line->op->kind == OP_RESIZE;
}

static gboolean is_fence(const struct reproduce_line *line)
{
	return line->op->kind == OP_TIMELINE || op_has_fences(line->op);
}

static gboolean is_annotation(const struct reproduce_line *line)
{
	return line->op->kind == OP_ANNOTATE;
}

static gboolean is_check(const struct reproduce_line *line)
{
	return line->op->kind == OP_CHECK || line->op->look;
}

static gboolean is_paint(const struct reproduce_line *line)
{
	return line->op->kind == OP_PAINT || (line->op->kind == OP_BUFFER && !line->op->bare);
}

/* What others need is made, or gone, by an operation that may fail. */
static gboolean is_made_by_hand(const struct reproduce_line *line)
{
	switch (line->op->kind) {
	case OP_CREATE:
	case OP_DESTROY:
	case OP_ADDFB:
	case OP_RMFB:
	case OP_IMPORT:
	case OP_CLOSE:
		return TRUE;
	default:
		return FALSE;
	}
}

static const struct {
	const char *name;
	line_test *holds;
} conditions[REPRODUCE_CONDITIONS] = {
	{ "WITH_FAULT", is_fault },	  { "WITH_AGAIN", is_again },
	{ "WITH_UNDO", is_plane_sweep },  { "WITH_DUE", is_due },
	{ "WITH_ARM", is_armed },	  { "WITH_ORIGIN", is_foreign },
	{ "WITH_DMABUF", is_shared },	  { "WITH_IMPORT", is_second },
	{ "WITH_CONTEND", is_contended }, { "WITH_CLOSE", is_close },
	{ "WITH_EVENTS", is_event },	  { "WITH_TIMER", is_timer },
	{ "WITH_STOPS", is_stops },	  { "WITH_SIGNALS", is_interrupted },
	{ "WITH_DAMAGE", is_damage },	  { "WITH_PRIMARY", is_primary },
	{ "WITH_WORKER", is_worker },
};

void reproduce_conditions(const struct program *program,
			  const char *holding[REPRODUCE_CONDITIONS + 1])
{
	int count = 0;

	for (int i = 0; i < REPRODUCE_CONDITIONS; i++)
		if (any(program, conditions[i].holds))
			holding[count++] = conditions[i].name;
	holding[count] = NULL;
}

/* Where it is not what planestorm does, and what it needs. */
/* clang-format off */
static const struct {
	line_test *holds;
	const char *text;
} notes[] = {
	{ is_fault,
	  "To fail allocations, the kernel needs CONFIG_FAULT_INJECTION_DEBUG_FS, CONFIG_FAILSLAB and\n"
	  "CONFIG_FAIL_PAGE_ALLOC. Which allocation has which number depends on the kernel." },
	{ is_worker,
	  "What fails is an allocation of a kernel worker's, found by its call stack, which takes\n"
	  "CONFIG_FAULT_INJECTION_STACKTRACE_FILTER." },
	{ is_sweep,
	  "\"undo\" comes after a round that returned 0 and takes the call back, or shows on the planes\n"
	  "what they showed. It does not bring back what hung on it (a framebuffer that was shown and\n"
	  "is removed, the memory of a buffer, the place that the legacy cursor ioctl keeps), nor what\n"
	  "a call has changed that failed. If it fails, the sweep ends." },
	{ is_due,
	  "A signal is made due by a tracer that sends it at the entry of the system call." },
	{ is_signals,
	  "The first signal comes after a whole period; in planestorm the seed decides when." },
	{ is_made_by_hand,
	  "What could not be made is used all the same, and the calls with it fail (the cursor ioctl\n"
	  "hides a cursor without a handle). planestorm leaves such calls out." },
	{ is_paint,
	  "Buffers are painted in one colour, another one each time, where planestorm has pictures." },
	{ is_surroundings,
	  "Pressure on memory, descriptors and the queue, and the host's memory for the device, are\n"
	  "left to whoever runs this; the comments say what planestorm did." },
	{ is_fence,
	  "Fences are left out: commits have neither in- nor out-fences, and the comments say what planestorm\n"
	  "did with timelines." },
	{ is_annotation,
	  "Commits are annotated for lockdep by a module of planestorm's, kernel/annotate, which this\n"
	  "does not load." },
	{ is_check,
	  "A check waits for events and a moment more: it is for you to look at the screen." },
};
/* clang-format on */

/* @text, which may be anything, as part of a comment. */
static char *defuse(const char *text)
{
	g_autoptr(GString) out = g_string_new(text);

	for (gsize i = 0; i < out->len; i++)
		if (g_ascii_iscntrl(out->str[i]) || out->str[i] == '\\')
			out->str[i] = ' ';
	g_string_replace(out, "*/", "* /", 0);
	g_string_replace(out, "/*", "/ *", 0);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

void reproduce_header(const struct program_file *file, GString *out)
{
	g_autofree char *text = program_title(file), *title = defuse(text);
	g_autofree char *name = defuse(file->name);

	g_string_append_printf(out,
			       "// SPDX-License-Identifier: MIT\n"
			       "/*\n"
			       " * %s%s%s\n"
			       " *\n"
			       " * Made by planestorm from %s.storm. As root, with no display "
			       "server on the card:\n"
			       " *\n"
			       " *\tcc -o repro %s.c $(pkg-config --cflags --libs libdrm)\n"
			       " *\t./repro [--device /dev/dri/cardN]\n"
			       " *\n"
			       " * Without --device it takes the first virtio-gpu card. It prints "
			       "each call and what that\n"
			       " * returned; what the kernel has to say is in dmesg. Exit status: "
			       "1 if a call returned what\n"
			       " * was not expected, 2 if it could not set up, else 0.\n",
			       name, *title ? ": " : "", title, name, name);
	for (gsize i = 0; i < G_N_ELEMENTS(notes); i++) {
		g_auto(GStrv) lines = NULL;

		if (!any(file->program, notes[i].holds))
			continue;
		lines = g_strsplit(notes[i].text, "\n", -1);
		g_string_append(out, " *\n");
		for (int line = 0; lines[line]; line++)
			g_string_append_printf(out, " * %s\n", lines[line]);
	}
	g_string_append(out, " */\n");
}
