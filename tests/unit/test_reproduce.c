// SPDX-License-Identifier: MIT
/* Reproducers: what each operation is in C, and that all that a program needs is there, and no more. */
#include "unit.h"

#include <string.h>

#include "tests/runner/operations.h"
#include "tests/runner/reproduce.h"
#include "tests/runner/reproduce_pieces.h"

/* What most rows need above their line. */
#define SETUP                                                                                      \
	"output 640x480\n"                                                                         \
	"buffer P primary 640x480\n"                                                               \
	"buffer C cursor 64x64\n"

static char *helpers;

/* The C of the program @text. The caller's. */
static char *c_of(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct program_file *file = program_file_parse("test", text, strlen(text), &error);
	GString *out = g_string_new(NULL);

	if (!file)
		fail_msg("%s", error->message);
	reproduce(file, helpers, out);
	program_file_free(file);
	return g_string_free(out, FALSE);
}

static void assert_has(const char *text, const char *wanted)
{
	if (!strstr(text, wanted))
		fail_msg("no \"%s\" in:\n%s", wanted, text);
}

static void assert_lacks(const char *text, const char *unwanted)
{
	if (strstr(text, unwanted))
		fail_msg("\"%s\" in:\n%s", unwanted, text);
}

static void test_every_kind(void **state)
{
	(void)state;
	for (int kind = 0; kind < OP_KINDS; kind++)
		if (!reproduce_knows((enum op_kind)kind))
			fail_msg("no C for %s", op_name((enum op_kind)kind));
}

/* clang-format off */
static const struct row {
	const char *lines; /* after SETUP, with semicolons between them */
	const char *wanted;
} rows[] = {
	{ "move 1,2", "\t/* output 640x480 */\n\toutput(&heads[0], 640, 480);\n" },
	{ "pressure queue; move 1,2; pressure off", "\t/* pressure queue */\n\tOP(" },
	{ "move 1,2", "\t/* buffer C cursor 64x64 image=arrow */\n"
		      "\tinit_buffer(&bo_C, 64, 64, DRM_FORMAT_ARGB8888);\n"
		      "\tmake_buffer(&bo_C, create_dumb);\n" },
	{ "buffer B primary 8x8 from=heap bare; move 1,2",
	  "\tinit_buffer(&bo_B, 8, 8, DRM_FORMAT_XRGB8888);\n\tOP(" },
	{ "paint P area=1,2,3x4; move 1,2", "\tpaint(&bo_P, 1, 2, 3, 4);\n" },
	{ "commit primary=P cursor=off test",
	  "\tOP(\"commit primary=P cursor=off test\",\n"
	  "\t   commit(&heads[0], (struct change){ .primary = &bo_P, .cursor = &off }, "
	  "DRM_MODE_ATOMIC_TEST_ONLY));\n" },
	{ "commit cursor=C at=-1,2 hot=3,4",
	  "(struct change){ .cursor = &bo_C, .at = { 1, -1, 2 }, .hot = { 1, 3, 4 } }, 0));\n" },
	{ "commit primary=P damage=1,2,3x4 nonblock",
	  "(struct change){ .primary = &bo_P, .damage = damage_blob(1, 2, 3, 4) }, "
	  "DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT));\n" },
	{ "setplane cursor=C", "setplane(&heads[0], DRM_PLANE_TYPE_CURSOR, &bo_C, heads[0].x, heads[0].y)" },
	{ "setplane cursor=C at=1,2", "setplane(&heads[0], DRM_PLANE_TYPE_CURSOR, &bo_C, 1, 2)" },
	{ "setplane primary=off", "setplane(&heads[0], DRM_PLANE_TYPE_PRIMARY, &off, 0, 0)" },
	{ "cursor C", "\tOP(\"cursor C\", show_cursor(&heads[0], &bo_C, 0, 0, 0, 0, 0));\n" },
	{ "cursor C at=1,2 hot=3,4", "show_cursor(&heads[0], &bo_C, DRM_MODE_CURSOR_MOVE, 1, 2, 3, 4)" },
	{ "move -5,6", "\tOP(\"move -5,6\", move_cursor(&heads[0], -5, 6));\n" },
	{ "output 640x480 head=1; hide head=1", "hide_cursor(&heads[1])" },
	{ "flip P", "flip(&heads[0], &bo_P)" },
	{ "dirty P area=1,2,3x4", "dirty(&bo_P, 1, 2, 3, 4)" },
	{ "dirty P", "dirty(&bo_P, 0, 0, 0, 0)" },
	{ "modeset 800x600", "modeset(&heads[0], 800, 600)" },
	{ "modeset off", "modeset(&heads[0], 0, 0)" },
	{ "create C", "create_dumb(&bo_C)" },
	{ "buffer U cursor 8x8 from=udmabuf bare; create U", "create_udmabuf(&bo_U)" },
	{ "map C", "map(&bo_C)" },
	{ "unmap C", "unmap(&bo_C)" },
	{ "destroy C", "destroy_dumb(&bo_C)" },
	{ "buffer H cursor 8x8 from=heap; destroy H", "close_handle(&bo_H)" },
	{ "addfb C", "add_fb(&bo_C)" },
	{ "rmfb C", "remove_fb(&bo_C)" },
	{ "export C", "export_dmabuf(&bo_C)" },
	{ "import C", "import_second(&bo_C)" },
	{ "buffer H cursor 8x8 from=heap bare; import H", "import_dmabuf(&bo_H)" },
	{ "addblob", "add_blob()" },
	{ "rmblob", "remove_blob()" },
	{ "dropmaster", "enter(DRM_IOCTL_DROP_MASTER, NULL)" },
	{ "setmaster", "enter(DRM_IOCTL_SET_MASTER, NULL)" },
	{ "close; output 640x480", "close_card());\n\treopen_card();\n" },
	{ "fault nth=3; hide", "\t/* fault nth=3 */\n\tfault.nth = 3;\n\tOP(\"hide\"" },
	{ "fault nth=3 again=64; hide", "\tfault.nth = 3;\n\tfault.again = 64;\n" },
	{ "fault nth=3 worker; hide", "\tfault.nth = 3;\n\tfault.work = \"commit_work\";\n" },
	{ "fault nth=3 worker; rmfb C", "\tfault.work = \"drm_mode_rmfb_work_fn\";\n" },
	{ "fault nth=3.. again=2..; hide", "\t\tfault.nth = nth;\n\t\tfault.again = again;\n" },
	{ "expect EBUSY; hide", "\tret = OP(\"hide\", hide_cursor(&heads[0]));\n"
				"\t/* expect EBUSY */\n\tif (ret != -EBUSY)\n\t\tcomplain(\"EBUSY\");\n" },
	{ "expect ok; hide", "\tif (ret)\n\t\tcomplain(\"ok\");\n" },
	{ "expect ok|EINTR; hide", "\tif (ret != 0 && ret != -EINTR)\n\t\tcomplain(\"ok|EINTR\");\n" },
	{ "signal; hide", "\tdue_signal(0);\n" },
	{ "signal restart; hide", "\tdue_signal(SA_RESTART);\n" },
	{ "rival; move 1,2", "\t/* rival */\n\t/* move 1,2 */\n\tif (spawn(&rivals))\n\t\tfor (;;)\n"
			     "\t\t\tmove_cursor(&heads[0], 1, 2);\n" },
	{ "rival off; hide", "\tdismiss(&rivals);\n" },
	{ "signals every=1ms; hide", "\tstart_signals(1000000, STORM_SIGNAL, 0);\n" },
	{ "signals every=1us to=2us standard restart; hide",
	  "\tstart_signals(between(1000, 2000), SIGUSR1, SA_RESTART);\n" },
	{ "signals every=1ms stop; hide", "\tstart_stops(1000000);\n" },
	{ "signals off; hide", "\tstop_signals();\n" },
	{ "contend C threads=2; hide", "\tcontend(&bo_C, 2, contend_by_fences);\n" },
	{ "contend C threads=2 by=map; hide", "\tcontend(&bo_C, 2, contend_by_map);\n" },
	{ "contend C threads=2 by=import; hide", "\tcontend(&bo_C, 2, contend_by_import);\n" },
	{ "contend C threads=2 by=wait; hide", "\tcontend(&bo_C, 2, contend_by_wait);\n" },
	{ "contend C off; hide", "\tcontend(&bo_C, 0, NULL);\n" },
	{ "kill after=10s; hide", "\tkill_after(10000000000);\n" },
	{ "repeat 2; repeat 3; hide; end; end",
	  "\tfor (int i = 0; i < 2; i++) {\n\t\t/* repeat 3 */\n\t\tfor (int j = 0; j < 3; j++) {\n"
	  "\t\t\tOP(\"hide\", hide_cursor(&heads[0]));\n\t\t}\n\t}\n" },
	{ "hide; check", "\tcheck();\n" },
	{ "hide; wait 5ms", "\twait_ns(5000000);\n" },
};
/* clang-format on */

/* The program of @row. The caller's. */
static char *text_of(const struct row *row)
{
	return g_strdelimit(g_strconcat(SETUP, row->lines, "\n", NULL), ";", '\n');
}

static void test_row(void **state)
{
	const struct row *row = *state;
	g_autofree char *text = text_of(row), *c = c_of(text);

	assert_has(c, row->wanted);
}

/* The state before comes from heads[], and the last round, in which nothing failed, stands. */
static void test_sweep(void **state)
{
	g_autofree char *c = c_of(SETUP "fault nth=2..\nexpect ok|ENOMEM\nmove 1,2\n");

	(void)state;
	assert_has(c, "\tfor (unsigned nth = 2;; nth++) {\n"
		      "\t\tconst struct head was = heads[0];\n"
		      "\n"
		      "\t\t/* fault nth=2.. */\n"
		      "\t\tfault.nth = nth;\n"
		      "\t\tret = OP(\"move 1,2\", move_cursor(&heads[0], 1, 2));\n"
		      "\t\t/* expect ok|ENOMEM */\n"
		      "\t\tif (ret != 0 && ret != -ENOMEM)\n"
		      "\t\t\tcomplain(\"ok|ENOMEM\");\n"
		      "\t\tif (!fault.fired)\n"
		      "\t\t\tbreak;\n"
		      "\t\tif (!ret && OP(\"undo\", undo_planes(&heads[0], &was)))\n"
		      "\t\t\tbreak;\n"
		      "\t}\n");
}

static void test_sweep_check(void **state)
{
	g_autofree char *c = c_of(SETUP "fault nth=1.. check\nmove 1,2\n");

	(void)state;
	assert_has(c, "\t\t\tbreak;\n\t\tcheck();\n\t\tif (!ret && OP(\"undo\"");
}

static void test_sweep_under_signals(void **state)
{
	g_autofree char *c = c_of(SETUP "fault nth=1..\nsignal\nmove 1,2\n");

	(void)state;
	assert_has(c, "for (unsigned nth = 1, interrupted = 0;; nth++) {");
	assert_has(c, "\t\tdue_signal(0);\n");
	assert_has(c, "\t\tif (!fault.fired && ret == -EINTR && interrupted++ < 100) {\n"
		      "\t\t\tnth--;\n\t\t\tcontinue;\n\t\t}\n");
}

/* What makes is undone by what destroys; nothing brings an open file back; a flush changes nothing. */
static void test_sweep_of_others(void **state)
{
	g_autofree char *create = c_of("buffer C cursor 8x8 bare\nfault nth=1..\ncreate C\n");
	g_autofree char *close_it = c_of(SETUP "fault nth=1..\nclose\n");
	g_autofree char *dirty = c_of(SETUP "fault nth=1..\ndirty P\n");

	(void)state;
	assert_has(create, "if (!ret && OP(\"undo\", destroy_dumb(&bo_C)))");
	assert_lacks(create, "struct head was");
	assert_has(close_it, "\t\tif (!ret)\n\t\t\tbreak;\n");
	assert_lacks(dirty, "OP(\"undo\"");
}

/* A long operation is broken behind its name. */
static void test_long_line(void **state)
{
	g_autofree char *c = c_of(SETUP "expect ok\ncommit primary=P cursor=C at=1,2 hot=3,4\n");

	(void)state;
	assert_has(c, "\tret = OP(\"commit primary=P cursor=C at=1,2 hot=3,4\",\n"
		      "\t         commit(&heads[0], (struct change){ .primary");
}

/* A name of the language may be a word of C, or one of the helpers. */
static void test_names(void **state)
{
	g_autofree char *c =
		c_of("output 640x480\nbuffer int cursor 64x64\nbuffer card cursor 64x64\n"
		     "cursor int\ncursor card\n");

	(void)state;
	assert_has(c, "static struct buffer bo_int;\nstatic struct buffer bo_card;\n");
	assert_lacks(c, "&int");
}

/* Only what is used: a plain program has neither faults nor signals nor processes in it. */
static void test_only_used(void **state)
{
	static const char *const unwanted[] = {
		"fail-nth",  "ptrace", "fork(",	    "timer_",
		"dma-buf.h", "WITH_",  "sigaction", "struct atomic",
	};
	g_autofree char *c = c_of(SETUP "move 1,2\n");

	(void)state;
	for (gsize i = 0; i < LENGTH(unwanted); i++)
		assert_lacks(c, unwanted[i]);
}

/* The conditions and pieces by themselves */
static void test_pieces(void **state)
{
	static const char text[] =
		"/* about */\n\n#include <a.h> /* one */\n#include <b.h>\n\n"
		"static int one;\n\n/* Uses one, not three. */\nstatic void two(void)\n"
		"{\n\tint x = 1;\n\n#ifdef WITH_ONE\n\tone++;\n#else\n\tx--;\n#endif\n}\n\n"
		"#ifndef THREE\n#define THREE \"two\"\n#endif\n";
	const char *const with[] = { "WITH_ONE", NULL }, *const without[] = { NULL };
	g_autoptr(GString) a = g_string_new(NULL), b = g_string_new(NULL), c = g_string_new(NULL);

	(void)state;
	reproduce_pieces(text, with, "two();", a);
	assert_string_equal(a->str, "#include <a.h>\n#include <b.h>\n\nstatic int one;\n\n"
				    "/* Uses one, not three. */\nstatic void two(void)\n{\n"
				    "\tint x = 1;\n\n\tone++;\n}\n");
	reproduce_pieces(text, without, "two();", b);
	assert_string_equal(b->str, "#include <b.h>\n\n/* Uses one, not three. */\n"
				    "static void two(void)\n{\n\tint x = 1;\n\n\tx--;\n}\n");
	reproduce_pieces(text, without, "THREE; /* two */ \"two\"; twofold", c);
	assert_string_equal(c->str,
			    "#include <b.h>\n\n#ifndef THREE\n#define THREE \"two\"\n#endif\n");
}

/* Whoever writes the program's title cannot get out of the comment. */
static void test_title(void **state)
{
	g_autofree char *c = c_of("# a */ b /* c \\\n" SETUP "hide\n");

	(void)state;
	assert_has(c, " * test: a * / b / * c  \n *\n");
}

static void test_notes(void **state)
{
	g_autofree char *plain = c_of(SETUP "hide\n");
	g_autofree char *sweep = c_of(SETUP "fault nth=1..\nhide\ncheck\n");

	(void)state;
	assert_has(plain, "// SPDX-License-Identifier: MIT\n");
	assert_lacks(plain, "CONFIG_FAILSLAB");
	assert_has(sweep, "CONFIG_FAILSLAB");
	assert_has(sweep, "It does not bring back");
	assert_has(sweep, "A check waits for events");
}

static void write_c(const char *dir, const char *name, const char *text)
{
	g_autofree char *file = g_strdup_printf("%s/%s.c", dir, name), *c = c_of(text);

	if (!g_file_set_contents(file, c, -1, NULL))
		fail_msg("cannot write %s", file);
}

static void write_folder(const char *dir, const char *programs)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *folder = g_build_filename(SOURCE_ROOT, "data", programs, NULL);

	assert_true(program_paths(folder, paths, NULL));
	assert_true(paths->len > 0);
	for (guint i = 0; i < paths->len; i++) {
		const char *path = g_ptr_array_index(paths, i);
		g_autofree char *name = g_path_get_basename(path), *text = NULL;

		assert_true(g_file_get_contents(path, &text, NULL, NULL));
		write_c(dir, name, text);
	}
}

/* Each operation of the table, swept; and with a signal due in each round. */
static void write_sweeps(const char *dir)
{
	struct operation_table *table =
		operation_table_load(SOURCE_ROOT "/data/operations.ini", NULL);

	assert_non_null(table);
	for (guint i = 0; i < table->operations->len; i++) {
		const struct operation_entry *entry = g_ptr_array_index(table->operations, i);
		g_autofree char *text = operation_sweep_text(
			table, entry, i % 2 ? operation_table_company(table, "signal") : NULL, NULL,
			1);
		g_autofree char *name = g_strdup_printf("sweep-%s", entry->name);

		write_c(dir, name, text);
	}
	operation_table_free(table);
}

/* For test_reproduce.sh: the reproducers of all there is, in the folder @dir. */
static void write_all(const char *dir)
{
	write_folder(dir, "programs");
	write_folder(dir, "smoke");
	write_sweeps(dir);
	for (gsize i = 0; i < LENGTH(rows); i++) {
		g_autofree char *name = g_strdup_printf("row-%zu", i), *text = text_of(&rows[i]);

		write_c(dir, name, text);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),	cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_sweep_check),	cmocka_unit_test(test_sweep_under_signals),
		cmocka_unit_test(test_sweep_of_others), cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_names),		cmocka_unit_test(test_only_used),
		cmocka_unit_test(test_pieces),		cmocka_unit_test(test_title),
		cmocka_unit_test(test_notes),
	};
	int failed;

	if (!g_file_get_contents(SOURCE_ROOT "/" REPRODUCE_HELPERS, &helpers, NULL, NULL))
		return 1;
	if (argc > 1) {
		write_all(argv[1]);
		g_free(helpers);
		return 0;
	}
	failed = cmocka_run_group_tests_name("reproduce", tests, NULL, NULL);
	failed += RUN_ROWS("line", rows, test_row);
	g_free(helpers);
	return failed;
}
