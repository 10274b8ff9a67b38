// SPDX-License-Identifier: MIT
/*
 * The main() of a reproducer: a statement for each line of the program, with the line as its comment or,
 * where it enters the kernel, as what it prints. The words behind a $ in a statement come from the
 * operation; what the statements call is in data/reproducer.c.
 */
#include "tests/runner/reproduce.h"

#include <string.h>

#include "tests/runner/reproduce_about.h"
#include "tests/runner/reproduce_pieces.h"
#include "tests/runner/reproduce_words.h"

/* A statement is broken if it is longer. */
#define MAX_LINE 100

struct writer {
	const struct program *program;
	GString *text;
	int depth; /* of indentation */
	int loops; /* repeats that are open */
	/* What is said of the next operation. */
	const struct op *fault, *expect, *rival;
	GPtrArray *before; /* modifiers that are statements before it */
};

/* --- operations ------------------------------------------------------------------------------------- */

#define UNDO_PLANES "undo_planes($head, &was)"

static const char *choose_buffer(const struct op *op)
{
	return op->bare ? "init_buffer($buffer, $layout);" :
			  "init_buffer($buffer, $layout);\nmake_buffer($buffer, create_$origin);";
}

static const char *choose_signals(const struct op *op)
{
	if (op->off)
		return "stop_signals();";
	return op->stop ? "start_stops($period);" : "start_signals($period, $signal, $restart);";
}

static const char *choose_fault(const struct op *op)
{
	if (op->again_open)
		return "fault.nth = nth;\nfault.again = again;";
	if (op->nth_open)
		return op->again ? "fault.nth = nth;\nfault.again = $again;" : "fault.nth = nth;";
	return op->again ? "fault.nth = $nth;\nfault.again = $again;" : "fault.nth = $nth;";
}

static void write_modifier(struct writer *writer, const struct op *op);
static void write_expect(struct writer *writer, const struct op *op);
static void write_left_out(struct writer *writer, const struct op *op);
static void write_rival(struct writer *writer, const struct op *op);
static void write_repeat(struct writer *writer, const struct op *op);
static void write_end(struct writer *writer, const struct op *op);

/*
 * What an operation is in C: the call that it makes, and the one that takes it back (empty: it changes
 * nothing; none: nothing brings back what it takes, so its sweep ends with the first round that
 * succeeds); or a statement, which may depend on the operation; or something of its own.
 */
static const struct {
	const char *call, *undo;
	const char *statement;
	const char *(*choose)(const struct op *op);
	void (*write)(struct writer *writer, const struct op *op);
} emitters[OP_KINDS] = {
	[OP_OUTPUT] = { .statement = "output($head, $size);" },
	[OP_BUFFER] = { .choose = choose_buffer },
	[OP_PAINT] = { .statement = "paint($buffer, $area);" },

	[OP_COMMIT] = { "commit($head, $change, $flags)", UNDO_PLANES },
	[OP_SETPLANE] = { "setplane($head, $plane, $shown, $place)", UNDO_PLANES },
	[OP_CURSOR] = { "show_cursor($head, $shown, $cursor, $move, $at, $hot)", UNDO_PLANES },
	[OP_MOVE] = { "move_cursor($head, $at)", UNDO_PLANES },
	[OP_HIDE] = { "hide_cursor($head)", UNDO_PLANES },
	[OP_FLIP] = { "flip($head, $shown)", UNDO_PLANES },
	[OP_DIRTY] = { "dirty($buffer, $area)", "" },
	[OP_MODESET] = { "modeset($head, $size)", "undo_modeset($head, &was)" },

	[OP_CREATE] = { "create_$origin($buffer)", "$uncreate($buffer)" },
	[OP_MAP] = { "map($buffer)", "unmap($buffer)" },
	[OP_UNMAP] = { "unmap($buffer)", "map($buffer)" },
	[OP_DESTROY] = { "$destroy($buffer)", "$recreate($buffer)" },
	[OP_ADDFB] = { "add_fb($buffer)", "remove_fb($buffer)" },
	[OP_RMFB] = { "remove_fb($buffer)", "add_fb($buffer)" },
	[OP_EXPORT] = { "export_dmabuf($buffer)", "close_dmabuf($buffer)" },
	[OP_IMPORT] = { "$import($buffer)", "$unimport($buffer)" },
	[OP_ADDBLOB] = { "add_blob()", "remove_blob()" },
	[OP_RMBLOB] = { "remove_blob()", "add_blob()" },

	[OP_DROPMASTER] = { "enter(DRM_IOCTL_DROP_MASTER, NULL)",
			    "enter(DRM_IOCTL_SET_MASTER, NULL)" },
	[OP_SETMASTER] = { "enter(DRM_IOCTL_SET_MASTER, NULL)",
			   "enter(DRM_IOCTL_DROP_MASTER, NULL)" },
	[OP_CLOSE] = { "close_card()", NULL },

	[OP_FAULT] = { .write = write_modifier, .choose = choose_fault },
	[OP_EXPECT] = { .write = write_expect },
	[OP_SIGNAL] = { .write = write_modifier, .statement = "due_signal($restart);" },
	[OP_RIVAL] = { .write = write_rival, .statement = "dismiss(&rivals);" },

	[OP_SIGNALS] = { .choose = choose_signals },
	[OP_CONTEND] = { .statement = "contend($buffer, $threads, $way);" },
	[OP_KILL] = { .statement = "kill_after($ns);" },
	[OP_ANNOTATE] = { .write = write_left_out },
	[OP_DEVICE] = { .write = write_left_out },
	[OP_PRESSURE] = { .write = write_left_out },
	[OP_REPEAT] = { .write = write_repeat },
	[OP_END] = { .write = write_end },
	[OP_CHECK] = { .statement = "check();" },
	[OP_WAIT] = { .statement = "wait_ns($ns);" },
	[OP_HOTPLUG] = { .write = write_left_out },
	[OP_UNBIND] = { .write = write_left_out },
	[OP_TIMELINE] = { .write = write_left_out },
	[OP_OBSERVE] = { .write = write_left_out },
	[OP_ADVANCE] = { .write = write_left_out },
	[OP_RESET] = { .write = write_left_out },
	[OP_ABANDON] = { .write = write_left_out },
	[OP_TRANSFER] = { .write = write_left_out },
	[OP_MERGE] = { .write = write_left_out },
	[OP_QUERY] = { .write = write_left_out },
	[OP_AWAIT] = { .write = write_left_out },
	[OP_SHARE] = { .write = write_left_out },
	[OP_ATTACH] = { .write = write_left_out },
	[OP_EXTRACT] = { .write = write_left_out },
	[OP_MISUSE] = { .write = write_left_out },
	[OP_RESIZE] = { .write = write_left_out },
};

gboolean reproduce_knows(enum op_kind kind)
{
	return emitters[kind].call || emitters[kind].statement || emitters[kind].choose ||
	       emitters[kind].write;
}

/* --- statements ------------------------------------------------------------------------------------- */

/* Each line of @text at the present depth. */
static void put(struct writer *writer, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (int i = 0; lines[i]; i++) {
		for (int tab = 0; lines[i][0] && tab < writer->depth; tab++)
			g_string_append_c(writer->text, '\t');
		g_string_append_printf(writer->text, "%s\n", lines[i]);
	}
}

static char *line_of(const struct writer *writer, const struct op *op)
{
	int len = op_format(writer->program, op, NULL, 0);
	char *line = g_malloc((gsize)len + 1);

	op_format(writer->program, op, line, (size_t)len + 1);
	return line;
}

static void put_comment(struct writer *writer, const struct op *op)
{
	g_autofree char *line = line_of(writer, op);
	g_autofree char *comment = g_strdup_printf("/* %s */", line);

	put(writer, comment);
}

static char *fill(const struct writer *writer, const char *pattern, const struct op *op)
{
	return reproduce_fill_in(pattern, &(struct reproduce_line){ writer->program, op });
}

static void put_statement(struct writer *writer, const struct op *op)
{
	const char *pattern = emitters[op->kind].choose ? emitters[op->kind].choose(op) :
							  emitters[op->kind].statement;
	g_autofree char *statement = fill(writer, pattern, op);

	put_comment(writer, op);
	put(writer, statement);
}

static void write_modifier(struct writer *writer, const struct op *op)
{
	if (op->kind == OP_FAULT)
		writer->fault = op;
	g_ptr_array_add(writer->before, (gpointer)op);
}

/* Left as the comment that it is; reproduce_about.c says what that means. */
static void write_left_out(struct writer *writer, const struct op *op)
{
	put_comment(writer, op);
}

static void write_expect(struct writer *writer, const struct op *op)
{
	writer->expect = op;
}

static void write_rival(struct writer *writer, const struct op *op)
{
	if (op->off)
		put_statement(writer, op);
	else
		writer->rival = op;
}

/* Loops count by i, j, k, ... */
static void write_repeat(struct writer *writer, const struct op *op)
{
	char name = (char)('i' + writer->loops++);
	g_autofree char *loop =
		g_strdup_printf("for (int %c = 0; %c < %u; %c++) {", name, name, op->count, name);

	put_comment(writer, op);
	put(writer, loop);
	writer->depth++;
}

static void write_end(struct writer *writer, const struct op *op)
{
	(void)op;
	writer->loops--;
	writer->depth--;
	put(writer, "}");
}

/* The condition under which @op, an expect, complains. */
static char *complaint_of(const struct op *op)
{
	GString *out = g_string_new(NULL);

	for (int i = 0; i < op->expect_count; i++) {
		const char *name = errno_word(op->expect[i]);

		g_string_append(out, i ? " && " : "");
		if (!op->expect[i])
			g_string_append(out, op->expect_count == 1 ? "ret" : "ret != 0");
		else
			g_string_append_printf(out, "ret != -%s", name);
	}
	return g_string_free(out, FALSE);
}

static void put_expect(struct writer *writer)
{
	g_autofree char *line = line_of(writer, writer->expect);
	g_autofree char *condition = complaint_of(writer->expect);
	g_autofree char *text = g_strdup_printf("/* %s */\nif (%s)\n\tcomplain(\"%s\");", line,
						condition, line + strlen("expect "));

	put(writer, text);
}

static gboolean may_be_interrupted(const struct program *program)
{
	return reproduce_has(program, OP_SIGNALS) || reproduce_has(program, OP_SIGNAL);
}

static gboolean is_swept(const struct writer *writer)
{
	return writer->fault && writer->fault->nth_open;
}

/* Whether what the operation returns is looked at below it. */
static gboolean asks(const struct writer *writer, const struct op *op)
{
	const char *undo = emitters[op->kind].undo;

	if (writer->expect)
		return TRUE;
	return is_swept(writer) && (!undo || *undo || may_be_interrupted(writer->program));
}

/* The operation as it is printed, and its call; on two lines if one is too long for them. */
static void put_call(struct writer *writer, const struct op *op)
{
	const char *left = asks(writer, op) ? "ret = " : "";
	g_autofree char *line = line_of(writer, op);
	g_autofree char *call = fill(writer, emitters[op->kind].call, op);
	g_autofree char *text = g_strdup_printf("%sOP(\"%s\", %s);", left, line, call);

	if (strlen(text) + (gsize)writer->depth * 8 > MAX_LINE) {
		g_free(text);
		text = g_strdup_printf("%sOP(\"%s\",\n%s   %s);", left, line, *left ? "      " : "",
				       call);
	}
	put(writer, text);
}

/* Where a worker goes on with the operation (compositor/request.c has the same). */
static void put_work(struct writer *writer, const struct op *op)
{
	put(writer, op->kind == OP_RMFB || op->kind == OP_CLOSE ?
			    "fault.work = \"drm_mode_rmfb_work_fn\";" :
			    "fault.work = \"commit_work\";");
}

/* The operation with what modifies it. */
static void put_op(struct writer *writer, const struct op *op)
{
	for (guint i = 0; i < writer->before->len; i++)
		put_statement(writer, g_ptr_array_index(writer->before, i));
	if (writer->fault && writer->fault->worker)
		put_work(writer, op);
	put_call(writer, op);
	if (writer->expect)
		put_expect(writer);
}

/* A signal that came first says nothing about whether there is such an allocation. */
static void put_end_of_round(struct writer *writer)
{
	if (may_be_interrupted(writer->program))
		put(writer, "if (!fault.fired && ret == -EINTR && interrupted++ < 100) {\n"
			    "\tnth--;\n\tcontinue;\n}");
	put(writer, "if (!fault.fired)\n\tbreak;");
	if (writer->fault->look)
		put(writer, "check();");
}

static void put_undo(struct writer *writer, const struct op *op)
{
	g_autofree char *undo = NULL, *text = NULL;

	if (!emitters[op->kind].undo) {
		put(writer,
		    "/* Nothing brings back what it takes: if it has been done, that is all. */\n"
		    "if (!ret)\n\tbreak;");
		return;
	}
	undo = fill(writer, emitters[op->kind].undo, op);
	if (!*undo)
		return;
	text = g_strdup_printf("if (!ret && OP(\"undo\", %s))\n\tbreak;", undo);
	put(writer, text);
}

static void put_sweep(struct writer *writer, const struct op *op)
{
	const struct op *fault = writer->fault;
	const char *count = may_be_interrupted(writer->program) ? ", interrupted = 0" : "";
	g_autofree char *loop =
		fault->again_open ?
			g_strdup_printf(
				"for (unsigned nth = %u, again = %u%s;; again = fault.fired > 1 ? "
				"again + 1 : %u, nth += fault.fired < 2) {",
				fault->nth, fault->again, count, fault->again) :
			g_strdup_printf("for (unsigned nth = %u%s;; nth++) {", fault->nth, count);

	put(writer, loop);
	writer->depth++;
	if (reproduce_undoes_planes(op->kind)) {
		g_autofree char *was =
			g_strdup_printf("const struct head was = heads[%d];\n", op->head);

		put(writer, was);
	}
	put_op(writer, op);
	put_end_of_round(writer);
	put_undo(writer, op);
	writer->depth--;
	put(writer, "}");
}

static void put_rival(struct writer *writer, const struct op *op)
{
	g_autofree char *call = fill(writer, emitters[op->kind].call, op);
	g_autofree char *text = g_strdup_printf("if (spawn(&rivals))\n\tfor (;;)\n\t\t%s;", call);

	put_comment(writer, writer->rival);
	put_comment(writer, op);
	put(writer, text);
}

static void write_entering(struct writer *writer, const struct op *op)
{
	if (writer->rival)
		put_rival(writer, op);
	else if (is_swept(writer))
		put_sweep(writer, op);
	else
		put_op(writer, op);
	writer->fault = writer->expect = writer->rival = NULL;
	g_ptr_array_set_size(writer->before, 0);
}

static void write_ops(struct writer *writer)
{
	const struct program *program = writer->program;
	gboolean reopens = reproduce_has(program, OP_CLOSE);

	for (int i = 0; i < program->op_count; i++) {
		const struct op *op = &program->ops[i];

		if (op->kind == OP_OUTPUT && reopens)
			put(writer, "reopen_card();");
		if (emitters[op->kind].call)
			write_entering(writer, op);
		else if (emitters[op->kind].write)
			emitters[op->kind].write(writer, op);
		else
			put_statement(writer, op);
	}
}

/* --- the file -------------------------------------------------------------------------------------- */

static void write_main(const struct program *program, GString *out)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct writer writer = {
		.program = program,
		.text = text,
		.depth = 1,
		.before = g_ptr_array_new(),
	};

	write_ops(&writer);
	g_ptr_array_unref(writer.before);
	for (int i = 0; i < program->buffer_count; i++)
		g_string_append_printf(out, "%sstatic struct buffer bo_%s;\n", i ? "" : "\n",
				       program->buffers[i].name);
	g_string_append(out, "\nint main(int argc, char **argv)\n{\n");
	if (strstr(text->str, "ret = "))
		g_string_append(out, "\tint ret;\n\n");
	g_string_append(out, "\topen_card(argc, argv);\n");
	if (reproduce_has(program, OP_FAULT))
		g_string_append(out, "\tset_up_faults();\n");
	g_string_append_printf(out, "\n%s\n\treturn complaints ? 1 : 0;\n}\n", text->str);
}

void reproduce(const struct program_file *file, const char *helpers, GString *out)
{
	const char *holding[REPRODUCE_CONDITIONS + 1];
	g_autoptr(GString) body = g_string_new(NULL);

	reproduce_conditions(file->program, holding);
	write_main(file->program, body);
	reproduce_header(file, out);
	reproduce_pieces(helpers, holding, body->str, out);
	g_string_append(out, body->str);
}
