// SPDX-License-Identifier: MIT
/* The device's trace, line by line, and its merging with the journal. */
#include <glib.h>
#include <string.h>

#include "tests/runner/timeline.h"
#include "tests/runner/trace.h"
#include "tests/unit/unit.h"

#define STAMP "4711@1790000000.000123:"
#define TIME G_GUINT64_CONSTANT(1790000000000123)

/* As QEMU 7.2 and 10.0 write them. */
static const struct line {
	const char *name;
	const char *text;
	struct device_event event;
} lines[] = {
	{ "a mark",
	  STAMP "fw_cfg_select 0x561a8c0b3a10 key 0x1011 'unknown', ret: 0\n",
	  { .kind = DEVICE_MARK, .time = TIME, .scanout = -1, .queue = -1, .mark = 0x1011 } },
	{ "a kick",
	  STAMP "virtio_queue_notify vdev 0x561a8d3c9c10 n 1 vq 0x7f3b5c0a4098\n",
	  { .kind = DEVICE_NOTIFY, .time = TIME, .scanout = -1, .queue = 1 } },
	{ "a kick, with numbers of 64 bits",
	  STAMP "virtio_queue_notify vdev 0xffffffffffffffff n 1 vq 0x8000000000000000\n",
	  { .kind = DEVICE_NOTIFY, .time = TIME, .scanout = -1, .queue = 1 } },
	{ "a resource",
	  STAMP "virtio_gpu_cmd_res_create_2d res 0x5, fmt 0x1, w 64, h 32\n",
	  { .kind = DEVICE_CREATE,
	    .time = TIME,
	    .res = 5,
	    .scanout = -1,
	    .queue = -1,
	    .width = 64,
	    .height = 32 } },
	{ "a blob resource",
	  STAMP "virtio_gpu_cmd_res_create_blob res 0x6, size 16384\n",
	  { .kind = DEVICE_CREATE, .time = TIME, .res = 6, .scanout = -1, .queue = -1 } },
	{ "a 3D resource",
	  STAMP "virtio_gpu_cmd_res_create_3d res 0x7, fmt 0x1, w 64, h 32, d 1\n",
	  { .kind = DEVICE_CREATE,
	    .time = TIME,
	    .res = 7,
	    .scanout = -1,
	    .queue = -1,
	    .width = 64,
	    .height = 32 } },
	{ "a resource less",
	  STAMP "virtio_gpu_cmd_res_unref res 0x1f\n",
	  { .kind = DEVICE_UNREF, .time = TIME, .res = 31, .scanout = -1, .queue = -1 } },
	{ "a transfer",
	  STAMP "virtio_gpu_cmd_res_xfer_toh_2d res 0x5\n",
	  { .kind = DEVICE_TRANSFER, .time = TIME, .res = 5, .scanout = -1, .queue = -1 } },
	{ "a scanout",
	  STAMP "virtio_gpu_cmd_set_scanout id 1, res 0x2, w 1024, h 768, x 3, y 4\n",
	  { .kind = DEVICE_SCANOUT,
	    .time = TIME,
	    .res = 2,
	    .scanout = 1,
	    .queue = -1,
	    .x = 3,
	    .y = 4,
	    .width = 1024,
	    .height = 768 } },
	{ "a flush",
	  STAMP "virtio_gpu_cmd_res_flush res 0x2, w 10, h 20, x 30, y 40\n",
	  { .kind = DEVICE_FLUSH,
	    .time = TIME,
	    .res = 2,
	    .scanout = -1,
	    .queue = -1,
	    .x = 30,
	    .y = 40,
	    .width = 10,
	    .height = 20 } },
	{ "a cursor",
	  STAMP "virtio_gpu_update_cursor scanout 0, x -20, y 40, update, res 0x5\n",
	  { .kind = DEVICE_CURSOR_UPDATE,
	    .time = TIME,
	    .res = 5,
	    .scanout = 0,
	    .queue = -1,
	    .x = -20,
	    .y = 40 } },
	{ "a move",
	  STAMP "virtio_gpu_update_cursor scanout 0, x 2147483647, y 0, move, res 0x5\n",
	  { .kind = DEVICE_CURSOR_MOVE,
	    .time = TIME,
	    .res = 5,
	    .scanout = 0,
	    .queue = -1,
	    .x = 2147483647 } },
	{ "without a time",
	  "virtio_gpu_cmd_res_xfer_toh_2d res 0x5\n",
	  { .kind = DEVICE_TRANSFER, .res = 5, .scanout = -1, .queue = -1 } },
	{ "what the device refuses",
	  "virtio_gpu_resource_create_2d: resource creation failed 4 1024 768\n",
	  { .kind = DEVICE_REFUSAL, .scanout = -1, .queue = -1 } },
	{ "another command",
	  STAMP "virtio_gpu_cmd_get_edid scanout 0\n",
	  { .kind = DEVICE_OTHER, .time = TIME, .scanout = -1, .queue = -1 } },
};

static GArray *new_events(void)
{
	return g_array_new(FALSE, FALSE, sizeof(struct device_event));
}

static void check_line(void **state)
{
	const struct line *row = *state;
	g_autoptr(GArray) events = new_events();
	const struct device_event *event;

	assert_int_equal(trace_read(row->text, strlen(row->text), events), 0);
	assert_int_equal(events->len, 1);
	event = &g_array_index(events, struct device_event, 0);
	assert_int_equal(event->kind, row->event.kind);
	assert_int_equal(event->time, row->event.time);
	assert_int_equal(event->res, row->event.res);
	assert_int_equal(event->scanout, row->event.scanout);
	assert_int_equal(event->queue, row->event.queue);
	assert_int_equal(event->x, row->event.x);
	assert_int_equal(event->y, row->event.y);
	assert_int_equal(event->width, row->event.width);
	assert_int_equal(event->height, row->event.height);
	assert_int_equal(event->mark, row->event.mark);
	assert_non_null(device_kind_name(event->kind));
}

/* Wherever a line is cut, no event of half its numbers is made of it, and nothing is read behind it. */
static void check_cut(void **state)
{
	const struct line *row = *state;

	for (size_t len = 0; len < strlen(row->text); len++) {
		g_autofree char *cut = g_memdup2(row->text, len ? len : 1);
		g_autoptr(GArray) events = new_events();

		trace_read(cut, len, events);
		assert_int_equal(events->len, 0);
	}
}

static void test_a_line_cut_in_the_middle_costs_itself_alone(void **state)
{
	static const char text[] = "virtio_gpu_cmd_res_xfer_toh_2d res 0x5\n"
				   "virtio_gpu_cmd_res_flush res 0x2, w 10, h\n"
				   "virtio_gpu_cmd_res_xfer_toh_2d res 0x6\n";
	g_autoptr(GArray) events = new_events();

	(void)state;
	assert_int_equal(trace_read(text, strlen(text), events), 1);
	assert_int_equal(events->len, 2);
	assert_int_equal(g_array_index(events, struct device_event, 1).res, 6);
}

static void test_a_line_cut_in_its_name_is_counted(void **state)
{
	static const char text[] =
		STAMP "virtio_gpu_update_cu\n" STAMP "virtio_gpu_cmd_res_xfer_to\n"
		      "4711@17900000\n" STAMP "virtio_gpu_cmd_get_display_info \n";
	g_autoptr(GArray) events = new_events();

	(void)state;
	assert_int_equal(trace_read(text, strlen(text), events), 3);
	assert_int_equal(events->len, 1);
	assert_int_equal(g_array_index(events, struct device_event, 0).kind, DEVICE_OTHER);
}

static void test_other_lines_are_passed_over(void **state)
{
	static const char text[] = "\n"
				   "usb_port_claim bus 0, port 1\n"
				   "qemu: something to say\n"
				   "\xff\xfe rubbish @ : \x01\n"
				   "virtio_gpu_features virgl 0\n";
	g_autoptr(GArray) events = new_events();

	(void)state;
	assert_int_equal(trace_read(text, strlen(text), events), 0);
	assert_int_equal(events->len, 0);
}

/* One letter a moment: o and r for an operation and its return, p a paint, T a transfer, 0 a selection of
 * QEMU's own. */
static const struct merging {
	const char *name;
	const char *journal; /* o, r, p */
	const char *trace;   /* o, r (their marks), 0 and T */
	const char *merged;
	guint missing;
} mergings[] = {
	{ "in turn", "oror", "oTroTr", "oTroTr", 0 },
	{ "a command after the return", "oror", "orToTr", "orToTr", 0 },
	{ "a paint comes as early as it can", "oropr", "orTor", "orTopr", 0 },
	{ "a paint before everything", "por", "TorT", "pTorT", 0 },
	{ "nothing traced", "or", "", "or", 2 },
	{ "nothing journalled", "", "T", "T", 0 },
	{ "the trace is cut", "ororor", "oTroT", "oTroTror", 3 },
	{ "a mark is missing", "oror", "oToTr", "oTroTr", 1 },
	{ "a mark too many", "or", "oTrorT", "oTrT", 0 },
	{ "a selection that is no mark", "por", "0oTr", "poTr", 0 },
};

static void add_journal(GArray *journal, char letter, guint64 *seq)
{
	struct journal_event event = { .kind = letter == 'o' ? JOURNAL_OP :
					       letter == 'r' ? JOURNAL_RET :
							       JOURNAL_PAINT };

	*seq += letter == 'o' ? 1 : 0;
	event.seq = *seq;
	g_array_append_val(journal, event);
}

/* In a trace with a mark missing, a return that follows an operation's is taken for that one's. */
static void add_trace(GArray *device, char letter, guint64 *seq)
{
	struct device_event event = { .kind = letter == 'T' ? DEVICE_TRANSFER : DEVICE_MARK };
	struct journal_event marked = { .kind = letter == 'o' ? JOURNAL_OP : JOURNAL_RET };

	*seq += letter == 'o' ? 1 : 0;
	marked.seq = *seq;
	event.mark = letter == 'T' || letter == '0' ? 0 : journal_mark(&marked);
	g_array_append_val(device, event);
}

static char letter_of(const struct moment *moment)
{
	if (moment->device)
		return 'T';
	return moment->journal->kind == JOURNAL_OP  ? 'o' :
	       moment->journal->kind == JOURNAL_RET ? 'r' :
						      'p';
}

static void check_merging(void **state)
{
	const struct merging *row = *state;
	g_autoptr(GArray) journal = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	g_autoptr(GArray) device = new_events();
	g_autoptr(GString) merged = g_string_new(NULL);
	guint64 said = 0, marked = 0;
	struct timeline *timeline;

	for (const char *letter = row->journal; *letter; letter++)
		add_journal(journal, *letter, &said);
	for (const char *letter = row->trace; *letter; letter++)
		add_trace(device, *letter, &marked);
	timeline = timeline_new(journal, device);
	for (guint i = 0; i < timeline->moments->len; i++)
		g_string_append_c(merged,
				  letter_of(&g_array_index(timeline->moments, struct moment, i)));
	assert_string_equal(merged->str, row->merged);
	assert_int_equal(timeline->missing, row->missing);
	timeline_free(timeline);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_cut_in_the_middle_costs_itself_alone),
		cmocka_unit_test(test_a_line_cut_in_its_name_is_counted),
		cmocka_unit_test(test_other_lines_are_passed_over),
	};
	int failed = cmocka_run_group_tests_name("trace", tests, NULL, NULL);

	failed += RUN_ROWS("lines", lines, check_line);
	failed += RUN_ROWS("lines cut anywhere", lines, check_cut);
	failed += RUN_ROWS("merging", mergings, check_merging);
	return failed;
}
