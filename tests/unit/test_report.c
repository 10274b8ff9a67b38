// SPDX-License-Identifier: MIT
/*
 * The report of a run that is made up here: trials as stories (see test_updates.c), in folders as a
 * run leaves them, and a matrix.json of what the rules say of them. With a folder as its argument
 * the program only writes that run there, for looking at the report in a browser.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/matrix.h"
#include "tests/runner/recorded.h"
#include "tests/runner/report.h"
#include "tests/unit/unit.h"

#define PROGRAM                                                                                    \
	"# a program with <markup> & \"quotes\"\n"                                                 \
	"output 320x240\n"                                                                         \
	"buffer P1 primary 320x240 image=checker\n"                                                \
	"buffer C1 cursor 64x64 image=arrow\n"                                                     \
	"buffer C2 cursor 64x64 image=cross\n"                                                     \
	"commit primary=P1 cursor=C1 at=10,20\n"                                                   \
	"expect ok|ENOMEM\n"                                                                       \
	"cursor C2 at=60,80 hot=1,2\n"                                                             \
	"paint C1\n"                                                                               \
	"cursor C1 at=20,30\n"                                                                     \
	"check\n"

/* What the guest journals, by lines of the program; "<" is the device's trace and "=" the display's
 * record, both without their time stamps. */
#define OP(seq, line, nth, text) "op " #seq " 10 " #line " " #nth " " text "\n"
#define RET(seq, err, fired) "ret " #seq " 11 " #err " " #fired "\n"
#define TRANSFER(res) "<virtio_gpu_cmd_res_xfer_toh_2d res 0x" #res "\n"
#define SHOW(res)                                                                                  \
	"<virtio_gpu_cmd_set_scanout id 0, res 0x" #res ", w 320, h 240, x 0, y 0\n"               \
	"<virtio_gpu_cmd_res_flush res 0x" #res ", w 320, h 240, x 0, y 0\n"
#define UPDATE(res, x, y)                                                                          \
	"<virtio_gpu_update_cursor scanout 0, x " #x ", y " #y ", update, res 0x" #res "\n"
#define DEFINED(hot_x, hot_y, picture, x, y)                                                       \
	"=cursor 0 64 64 " #hot_x " " #hot_y " " #picture "\n=mouse 0 " #x " " #y " 1\n"
#define BEGIN                                                                                      \
	"begin 1 6.12\noutput 2 2\n"                                                               \
	"buffer 3 P1 1 41 1\nbuffer 3 C1 2 42 2\nbuffer 3 C2 3 43 3\n"
#define FIRST                                                                                      \
	BEGIN OP(1, 6, 0, "commit primary=P1 cursor=C1 at=10,20") TRANSFER(1) TRANSFER(2)          \
		SHOW(1) "=scanout 0 320 240 1\n" UPDATE(2, 10, 20) RET(1, 0, 0)                    \
			DEFINED(0, 0, 2, 10, 20)
#define SECOND(seq, nth) OP(seq, 8, nth, "cursor C2 at=60,80 hot=1,2")
#define SECOND_SHOWN(seq)                                                                          \
	SECOND(seq, 0) TRANSFER(3) UPDATE(3, 60, 80) RET(seq, 0, 0) DEFINED(1, 2, 3, 60, 80)
#define REFUSED(seq, nth) SECOND(seq, nth) RET(seq, 12, 1)
#define PAINT "paint 12 9 4\n"
#define CHECK "check 20 1\n=check 1\n"
#define END "end 30\nexit 31 0\nready 32 run\n"

#define SPLAT                                                                                      \
	"[    0.000000] <script>alert(1)</script> \x1b[31m\xff & no end\r\n"                       \
	"[    0.000001] ------------[ cut here ]------------\r\n"                                  \
	"[    0.000002] WARNING: CPU: 0 PID: 61 at drivers/dma-buf/dma-resv.c:296 "                \
	"dma_resv_add_fence+0x45/0x13a\r\n"                                                        \
	"[    0.000003] RIP: <script>alert(2)</script> \x1b[31m\xff & no end\r\n"                  \
	"[    0.000009] ---[ end trace 0000000000000000 ]---\r\n"

struct story {
	const char *name; /* the program's */
	const char *text, *console;
	const char *end;
	const char *cursor; /* that the host shows at the check */
	guint32 picture;    /* of it */
};

static const struct story stories[] = {
	{ "lost", FIRST REFUSED(2, 8) SECOND(3, 9) RET(3, 0, 1) CHECK END, "", "done", "arrow", 2 },
	{ "stale",
	  FIRST SECOND_SHOWN(2) PAINT OP(3, 10, 0, "cursor C1 at=20,30") UPDATE(2, 20, 30)
		  DEFINED(0, 0, 2, 20, 30) RET(3, 0, 0) TRANSFER(2) SECOND_SHOWN(4) CHECK END,
	  "", "done", "cross", 3 },
	{ "unpixelled",
	  FIRST SECOND(2, 0) UPDATE(3, 60, 80) RET(2, 0, 0) DEFINED(1, 2, 3, 60, 80) CHECK END, "",
	  "done", "cross", 3 },
	{ "rollback",
	  FIRST SECOND(2, 8) TRANSFER(3) UPDATE(3, 60, 80) RET(2, 12, 1) DEFINED(1, 2, 3, 60, 80)
		  CHECK END,
	  "", "done", "cross", 3 },
	{ "splat", FIRST SECOND_SHOWN(2) CHECK END, SPLAT, "done", "cross", 3 },
	{ "silent", FIRST SECOND_SHOWN(2) SECOND(3, 0) TRANSFER(3), "[    1.0] last words\n",
	  "silent", NULL, 0 },
	{ "surprise", FIRST SECOND(2, 0) RET(2, 4, 0) CHECK END, "", "done", "arrow", 2 },
	{ "gone", FIRST REFUSED(2, 8) SECOND(3, 9) RET(3, 0, 1) CHECK END, "", "done", "arrow", 2 },
};

/* --- a run's folder --------------------------------------------------------------------------- */

static void save(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* What the host's display has after a check: the primary plane, and the story's cursor. */
static void save_pictures(const char *dir, const struct story *story)
{
	struct image *scanout = image_new(320, 240), *cursor = image_new(64, 64);
	g_autofree char *scanout_path = g_build_filename(dir, "check-1-head-0-scanout.png", NULL);
	g_autofree char *cursor_path = g_build_filename(dir, "check-1-head-0-cursor.png", NULL);

	picture_paint(IMAGE_CHECKER, 1, 320, 240, scanout->pixels, 320 * 4);
	picture_paint((enum picture_image)picture_image_by_name(story->cursor), story->picture, 64,
		      64, cursor->pixels, 64 * 4);
	for (int i = 0; i < 320 * 240; i++)
		scanout->pixels[i] |= 0xff000000u;
	assert_true(image_save(scanout, scanout_path, NULL));
	assert_true(image_save(cursor, cursor_path, NULL));
	image_unref(scanout);
	image_unref(cursor);
}

/* Take the story apart; each line is 0.137 ms after the one before it. */
static void save_story(const char *dir, const struct story *story)
{
	g_autoptr(GString) journal = g_string_new(NULL), trace = g_string_new(NULL);
	g_autoptr(GString) display = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit(story->text, "\n", -1);
	guint64 time = 1790000000000000;
	guint seq = 0;

	for (int i = 0; lines[i] && *lines[i]; i++, time += 137) {
		struct journal_event event;
		const char *word = lines[i] + 1, *rest = strchr(lines[i], ' ');

		g_string_append_printf(trace, "1@%" G_GUINT64_FORMAT ".%06u:", time / 1000000,
				       (guint)(time % 1000000));
		if (*lines[i] == '<') {
			g_string_append_printf(trace, "%s\n", word);
			continue;
		}
		if (*lines[i] == '=') {
			g_string_append_printf(display, "%.*s %u %" G_GUINT64_FORMAT "%s\n",
					       (int)(rest - word), word, ++seq, time, rest);
			g_string_append(trace, "other event\n");
			continue;
		}
		g_string_append_printf(journal, "%s\n", lines[i]);
		assert_int_equal(journal_parse(lines[i], strlen(lines[i]), &event), 0);
		if (journal_mark(&event))
			g_string_append_printf(trace,
					       "fw_cfg_select 0x55d0 key 0x%x 'unknown', ret: 0\n",
					       journal_mark(&event));
		else
			g_string_append(trace, "other event\n");
	}
	save(dir, "journal.txt", journal->str);
	save(dir, "trace.txt", trace->str);
	save(dir, "display.txt", display->str);
}

static void save_trial(const char *dir, const struct story *story)
{
	g_autofree char *verdicts = g_strdup_printf("end %s\n", story->end);

	assert_int_equal(g_mkdir_with_parents(dir, 0755), 0);
	save(dir, "program.storm", PROGRAM);
	save(dir, "console.txt", story->console);
	save(dir, "verdicts.txt", verdicts);
	save_story(dir, story);
	if (story->cursor)
		save_pictures(dir, story);
}

static void remove_folder(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_folder(child);
	}
	g_remove(path);
}

static struct expectations *expect(void)
{
	static const char text[] =
		"[splat]\n*=PASS|SKIP\nsplat=FAIL dma_resv_add_fence\n"
		"[lockup]\n*=PASS|SKIP\nsilent=FAIL\n"
		"[lost-update]\n*=PASS|SKIP|FAIL\n[stale-cursor]\n*=PASS|SKIP|FAIL\n"
		"[rollback]\n*=PASS|SKIP|FAIL\n[expect]\n*=PASS|SKIP\n[leak]\n*=PASS|SKIP\n"
		"[fence-annotated]\n*=PASS|SKIP\n";
	struct expectations *expectations =
		expectations_parse("expect.ini", text, strlen(text), NULL);

	assert_non_null(expectations);
	return expectations;
}

static void save_matrix(const char *run, const struct matrix *matrix)
{
	g_autoptr(JsonNode) rows = matrix_to_json(matrix);
	g_autofree char *text = json_to_string(rows, TRUE);
	g_autofree char *json = g_strdup_printf(
		"{\"schema\":1,"
		"\"base\":{\"version\":\"6.12 <b>\",\"source\":\"linux-source-6.12\"},"
		"\"qemu\":{\"version\":\"7.2.22\",\"accel\":\"tcg\"},\"seed\":7,\"complete\":true,"
		"\"control\":\"none\",\"as_expected\":false,\"wall_s\":{\"total\":12.5},"
		"\"variants\":%s}\n",
		text);

	save(run, "matrix.json", json);
}

/* The last story's folder is left out, as after somebody has tidied up. */
static void make_run(const char *run)
{
	struct matrix *matrix = matrix_new();
	g_autofree char *gone = g_build_filename(run, "unfixed", "gone", NULL);

	matrix_add_variant(matrix, "unfixed", expect());
	for (gsize i = 0; i < LENGTH(stories); i++) {
		g_autofree char *folder = g_build_filename("unfixed", stories[i].name, NULL);
		g_autofree char *dir = g_build_filename(run, folder, NULL);
		GError *error = NULL;
		struct recorded *recorded;

		save_trial(dir, &stories[i]);
		recorded = recorded_load(dir, "unfixed", &error);
		if (!recorded)
			fail_msg("%s", error->message);
		recorded->file->name = (g_free(recorded->file->name), g_strdup(stories[i].name));
		matrix_add_trial(matrix, recorded->trial);
		recorded_free(recorded);
	}
	/* In a sweep, a trial is one of many of its program. */
	matrix_add_news(matrix, "unfixed", "explored",
			&(struct matrix_news){ RULE_LOST_UPDATE,
					       "cursor image never sent cursor @ somewhere",
					       "allocation 9", "lost" });
	remove_folder(gone);
	save_matrix(run, matrix);
	matrix_free(matrix);
}

/* --- the report ------------------------------------------------------------------------------- */

struct page {
	char *run;
	char *text;
	gsize len;
};

static int setup(void **state)
{
	struct page *page = g_new0(struct page, 1);
	g_autofree char *path = NULL;
	GError *error = NULL;

	page->run = g_dir_make_tmp("planestorm-report-XXXXXX", NULL);
	make_run(page->run);
	if (!report_write(page->run, &error))
		fail_msg("%s", error->message);
	path = g_build_filename(page->run, REPORT_NAME, NULL);
	assert_true(g_file_get_contents(path, &page->text, &page->len, NULL));
	*state = page;
	return 0;
}

static int teardown(void **state)
{
	struct page *page = *state;

	remove_folder(page->run);
	g_free(page->run);
	g_free(page->text);
	g_free(page);
	return 0;
}

static void has(const struct page *page, const char *wanted)
{
	if (!strstr(page->text, wanted))
		fail_msg("there is no %s", wanted);
}

static void has_not(const struct page *page, const char *unwanted)
{
	const char *found = strstr(page->text, unwanted);

	if (found)
		fail_msg("there is: %.80s", found);
}

static void start_element(GMarkupParseContext *context, const char *element, const char **names,
			  const char **values, gpointer data, GError **error)
{
	GHashTable *ids = data;

	(void)context;
	(void)element;
	(void)error;
	for (int i = 0; names[i]; i++) {
		/* Nothing is loaded and nothing runs. */
		assert_false(g_str_has_prefix(names[i], "on"));
		if (!strcmp(names[i], "src"))
			assert_true(g_str_has_prefix(values[i], "data:image/png;base64,"));
		if (!strcmp(names[i], "id"))
			assert_true(g_hash_table_add(ids, g_strdup(values[i])));
	}
	assert_string_not_equal(element, "script");
	assert_string_not_equal(element, "link");
}

static void test_is_well_formed_and_needs_nothing(void **state)
{
	static const GMarkupParser parser = { .start_element = start_element };
	const struct page *page = *state;
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, ids, NULL);
	GError *error = NULL;

	if (!g_markup_parse_context_parse(context, page->text, (gssize)page->len, &error) ||
	    !g_markup_parse_context_end_parse(context, &error))
		fail_msg("%s", error->message);
	has_not(page, "http");
	assert_true(g_utf8_validate(page->text, (gssize)page->len, NULL));
}

static void test_every_link_leads_somewhere(void **state)
{
	const struct page *page = *state;

	for (const char *at = page->text; (at = strstr(at, "href=\"#")); at++) {
		g_autofree char *name = g_strndup(at + 7, strcspn(at + 7, "\""));
		g_autofree char *id = g_strdup_printf("id=\"%s\"", name);

		has(page, id);
	}
}

static void test_what_comes_from_outside_is_escaped(void **state)
{
	const struct page *page = *state;

	has(page, "a program with &lt;markup&gt; &amp; &quot;quotes&quot;");
	has(page, "RIP: &lt;script&gt;alert(2)&lt;/script&gt; "
		  "\xef\xbf\xbd[31m\xef\xbf\xbd &amp; no end\n");
	has(page, "6.12 &lt;b&gt;");
	has_not(page, "<script>");
	has_not(page, "&#x");
}

static void test_says_what_was_run(void **state)
{
	const struct page *page = *state;

	has(page, "NOT AS EXPECTED");
	has(page, "7.2.22, tcg");
	has(page, "<dd>none: unfixed took no part");
	has(page, "<b>FAIL</b> 1/");
	has(page, "! not expected");
}

static void test_draws_a_lost_update(void **state)
{
	const struct page *page = *state;

	has(page, "class=\"hole\"");
	has(page, "<title>operation 3, line 8: cursor C2 at=60,80 hot=1,2: returned 0</title>");
	has(page, "missing here: UPDATE_CURSOR; ");
	has(page, "missing here: TRANSFER_TO_HOST_2D; ");
	has(page, "<mark>&gt;    8  cursor C2 at=60,80 hot=1,2</mark>");
	has(page, ">expected</figcaption>");
	has(page, ">seen</figcaption>");
	has(page, "pixels differ");
}

/* Of its own trials there is none in a folder of that name. */
static void test_shows_news_of_a_sweep_from_its_trial(void **state)
{
	const struct page *page = *state;
	const char *heading = "<code>cursor image never sent cursor @ somewhere</code> <span "
			      "class=\"mark\">! not known";
	const char *told = strstr(page->text, "<article");

	has(page, heading);
	while (told && !g_strstr_len(told, 300, heading))
		told = strstr(told + 1, "<article");
	assert_non_null(told);
	assert_non_null(strstr(told, "class=\"hole\""));
	has(page, "<b>explored</b>: allocation 9");
	has_not(page, "explored cannot be shown");
	has_not(page, "Judged again");
}

static void test_draws_a_stale_cursor(void **state)
{
	const struct page *page = *state;

	has(page, ">too early</text>");
	has(page, ">too late</text>");
	has(page, "what was to be shown: C1, picture 4");
	has(page, "what the display was given: C1, picture 2");
}

static void test_draws_what_failed_and_changed(void **state)
{
	const struct page *page = *state;

	has(page, "cursor changed the cursor on the host");
	has(page, "<title>operation 2, line 8: cursor C2 at=60,80 hot=1,2: failed: ENOMEM</title>");
}

static void test_shows_a_guest_that_fell_silent(void **state)
{
	const struct page *page = *state;

	has(page, "silence cursor");
	has(page, "cursor C2 at=60,80 hot=1,2: never came back");
	has(page, "last words");
	has_not(page, "... (the rest is in console.txt)");
}

static void test_shows_what_the_kernel_said(void **state)
{
	const struct page *page = *state;

	has(page, "WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c");
	has(page, "---[ end trace 0000000000000000 ]---");
}

static void test_shows_what_was_returned(void **state)
{
	const struct page *page = *state;

	has(page, "cursor in line 8 returned EINTR");
	has(page, "op 2 10 8 0 cursor C2 at=60,80 hot=1,2\nret 2 11 4 0\ncheck 20 1\n");
}

static void test_a_missing_trial_is_said_to_be(void **state)
{
	struct page *page = *state;
	g_autofree char *lost = g_build_filename(page->run, "unfixed", "lost", NULL);
	g_autofree char *hidden = g_strconcat(lost, ".hidden", NULL);
	g_autofree char *path = g_build_filename(page->run, REPORT_NAME, NULL);
	g_autofree char *text = NULL;

	/* Of those that lost an update "gone" comes first. */
	has(page, "The trial of gone cannot be shown");
	has_not(page, page->run);
	assert_int_equal(g_rename(lost, hidden), 0);
	assert_true(report_write(page->run, NULL));
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_non_null(strstr(text, "what was to be shown"));
	assert_int_equal(g_rename(hidden, lost), 0);
}

static void test_refuses_what_is_no_run(void **state)
{
	struct page *page = *state;
	g_autofree char *dir = g_build_filename(page->run, "unfixed", NULL);
	g_autofree char *path = g_build_filename(dir, REPORT_NAME, NULL);
	static const char *const texts[] = { "", "[]", "{\"schema\":2,\"variants\":{}}",
					     "{\"schema\":1}", "{\"schema\":1,\"variants\":3}" };

	assert_false(report_write(dir, NULL));
	for (gsize i = 0; i < LENGTH(texts); i++) {
		GError *error = NULL;

		save(dir, "matrix.json", texts[i]);
		assert_false(report_write(dir, &error));
		assert_null(strchr(error->message, '\n'));
		g_error_free(error);
	}
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_an_instrumented_run_is_called_so(void **state)
{
	const struct page *page = *state;
	g_autofree char *dir = g_build_filename(page->run, "unfixed", NULL);
	g_autofree char *path = g_build_filename(dir, REPORT_NAME, NULL);
	g_autofree char *text = NULL;

	has_not(page, "instrumented");
	save(dir, "matrix.json",
	     "{\"schema\":1,\"instrumented\":true,\"complete\":true,\"control\":\"missed\","
	     "\"variants\":{\"unfixed\":{\"instrumented\":\"f<g\",\"interrupted\":3,\"rules\":{}}}"
	     "}");
	assert_true(report_write(dir, NULL));
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_non_null(strstr(text, "<dt>instrumented</dt><dd>yes"));
	assert_non_null(strstr(text, "<b>unfixed</b> instrumented: <code>f&lt;g</code> "
				     "(interruptions: 3)"));
	assert_non_null(strstr(text, "or is not interrupted"));
	assert_int_equal(g_remove(path), 0);
}

/* Members of other types than ours, and names that lead out of the folder. */
static void test_bears_a_strange_matrix(void **state)
{
	struct page *page = *state;
	g_autofree char *dir = g_build_filename(page->run, "unfixed", NULL);

	save(dir, "matrix.json",
	     "{\"schema\":1,\"base\":3,\"qemu\":[],\"control\":{},\"variants\":{\"..\":{},\"a\":{"
	     "\"rules\":{\"splat\":{\"counts\":7,\"evidence\":[1,{},{\"program\":\"../../x\"},"
	     "{\"program\":\"x\",\"verdict\":\"FAIL\",\"signature\":5}]},\"expect\":4}}}}");
	assert_true(report_write(dir, NULL));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_well_formed_and_needs_nothing),
		cmocka_unit_test(test_every_link_leads_somewhere),
		cmocka_unit_test(test_what_comes_from_outside_is_escaped),
		cmocka_unit_test(test_says_what_was_run),
		cmocka_unit_test(test_draws_a_lost_update),
		cmocka_unit_test(test_shows_news_of_a_sweep_from_its_trial),
		cmocka_unit_test(test_draws_a_stale_cursor),
		cmocka_unit_test(test_draws_what_failed_and_changed),
		cmocka_unit_test(test_shows_a_guest_that_fell_silent),
		cmocka_unit_test(test_shows_what_the_kernel_said),
		cmocka_unit_test(test_shows_what_was_returned),
		cmocka_unit_test(test_a_missing_trial_is_said_to_be),
		cmocka_unit_test(test_refuses_what_is_no_run),
		cmocka_unit_test(test_an_instrumented_run_is_called_so),
		cmocka_unit_test(test_bears_a_strange_matrix),
	};

	if (argc > 1) {
		make_run(argv[1]);
		return report_write(argv[1], NULL) ? 0 : 1;
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
