// SPDX-License-Identifier: MIT
/* What is left behind, by examples: a line of the kernel's, what guest and host counted, the verdict. */
#include <errno.h>
#include <glib.h>
#include <string.h>

#include "compositor/model/census.h"
#include "compositor/model/journal.h"
#include "compositor/model/unreferenced.h"
#include "tests/runner/leak.h"
#include "tests/runner/rules.h"
#include "tests/unit/unit.h"

/* Lines of /proc/allocinfo, as Linux 6.12 and 7.2 write them */

#define SIZES "        1472        8 "
#define DRIVER(line, function)                                                                     \
	SIZES "drivers/gpu/drm/virtio/" line " [virtio_gpu] func:" function " \n"

static const struct line {
	const char *name;
	const char *text;
	const char *counted; /* NULL: nothing is */
	int64_t value;
} lines[] = {
	{ "a command", DRIVER("virtgpu_vq.c:96", "virtio_gpu_get_vbuf"), "commands", 8 },
	{ "a fence", DRIVER("virtgpu_fence.c:80", "virtio_gpu_fence_alloc"), "fences", 8 },
	{ "a buffer", DRIVER("virtgpu_object.c:126", "virtio_gpu_create_object"), "buffers", 8 },
	{ "what else the driver has", DRIVER("virtgpu_vq.c:781", "virtio_gpu_cmd_get_edids"),
	  "memory:virtio_gpu_cmd_get_edids", 8 },
	{ "a plane's first state",
	  SIZES
	  "drivers/gpu/drm/drm_atomic_state_helper.c:330 func:drm_atomic_helper_plane_reset \n",
	  "plane-states", 8 },
	{ "a plane's state", DRIVER("virtgpu_plane.c:78", "virtio_gpu_plane_duplicate_state"),
	  "plane-states", 8 },
	{ "a file", SIZES "fs/file_table.c:232 func:alloc_empty_file \n", "open-files", 8 },
	{ "a dma-buf", SIZES "drivers/dma-buf/dma-buf.c:659 func:dma_buf_export \n", "dma-bufs",
	  8 },
	{ "what else dma-buf has",
	  SIZES "drivers/dma-buf/dma-resv.c:106 func:dma_resv_list_alloc \n",
	  "memory:dma_resv_list_alloc", 8 },
	{ "sources that were built elsewhere",
	  SIZES "/src/drivers/dma-buf/dma-buf.c:659 func:dma_buf_export \n", "dma-bufs", 8 },
	{ "a word that is added", SIZES "fs/file_table.c:232 func:alloc_empty_file accurate:no \n",
	  "open-files", 8 },
	{ "no newline", SIZES "fs/file_table.c:232 func:alloc_empty_file", "open-files", 8 },
	{ "more bytes than 32 bits hold",
	  "  8589934592  1 fs/file_table.c:232 func:alloc_empty_file \n", "open-files", 1 },
	{ "nothing of it", "           0        0 fs/file_table.c:232 func:alloc_empty_file \n",
	  NULL },
	{ "the DRM core, which keeps what it has once used",
	  SIZES "drivers/gpu/drm/drm_modes.c:78 func:drm_mode_create \n", NULL },
	{ "another driver", SIZES "drivers/gpu/drm/vgem/vgem_drv.c:9 [vgem] func:vgem_init \n",
	  NULL },
	{ "somebody else", SIZES "mm/shmem.c:4844 func:shmem_alloc_inode \n", NULL },
	{ "the header's first line", "allocinfo - version: 1.0\n", NULL },
	{ "the header's second line", "#     <size>  <calls> <tag info>\n", NULL },
	{ "no function", SIZES "fs/file_table.c:232\n", NULL },
	{ "an empty line", "\n", NULL },
	{ "nothing", "", NULL },
};

static void check_line(void **state)
{
	const struct line *row = *state;
	struct census census = { 0 };

	assert_int_equal(census_add_line(&census, row->text), 0);
	assert_int_equal(census.len, row->counted ? 1 : 0);
	if (row->counted) {
		assert_string_equal(census.counts[0].name, row->counted);
		assert_true(census.counts[0].value == row->value);
	}
}

static void test_functions_of_one_kind_are_counted_together(void **state)
{
	struct census census = { 0 };

	(void)state;
	assert_int_equal(census_add_line(&census, lines[4].text), 0);
	assert_int_equal(census_add_line(&census, lines[5].text), 0);
	assert_int_equal(census.len, 1);
	assert_true(census_value(&census, "plane-states") == 16);
	assert_true(census_value(&census, "fences") == 0);
}

static void test_a_census_grows_by_any_of_its_counts(void **state)
{
	struct census before = { 0 }, after = { 0 };

	(void)state;
	assert_int_equal(census_add(&before, "open-files", 9), 0);
	assert_int_equal(census_add(&before, "buffers", 1), 0);
	assert_false(census_grew(&before, &after));
	assert_int_equal(census_add(&after, "open-files", 9), 0);
	assert_false(census_grew(&before, &after));
	assert_int_equal(census_add(&after, "fences", 1), 0);
	assert_true(census_grew(&before, &after));
	assert_int_equal(census_add(&before, "fences", 1), 0);
	assert_false(census_grew(&before, &after));
	assert_int_equal(census_add(&after, "open-files", 1), 0);
	assert_true(census_grew(&before, &after));
}

static void test_more_names_than_there_is_room_for_are_refused(void **state)
{
	struct census census = { 0 };
	char name[3 * CENSUS_NAME_MAX];

	(void)state;
	for (int i = 0; i < CENSUS_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(census_add(&census, name, 1), 0);
	}
	assert_int_equal(census_add(&census, "one too many", 1), -ENOSPC);
	assert_int_equal(census_add(&census, "0", 1), 0);
	assert_true(census_value(&census, "0") == 2);

	/* One that is too long is cut, and stays one. */
	census.len = 0;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(census_add(&census, name, 1), 0);
	assert_int_equal(census_add(&census, name, 1), 0);
	assert_int_equal(census.len, 1);
	assert_true(census_value(&census, name) == 2);
}

/* One with the last of their names has them all; without a kind's line it says which. */
static void test_a_kind_that_the_kernel_has_not_is_named(void **state)
{
	(void)state;
	for (int without = 0; without <= CENSUS_KINDS; without++) {
		struct census census = { 0 };
		bool counted = without < CENSUS_KINDS && census_kinds[without].functions[0];

		for (int kind = 0; kind < CENSUS_KINDS; kind++) {
			const char *const *functions = census_kinds[kind].functions;
			char line[128];

			if (kind == without || !functions[0])
				continue;
			snprintf(line, sizeof(line), "0 0 a.c:1 func:%s \n",
				 functions[functions[CENSUS_FUNCTIONS_MAX - 1] ? 1 : 0]);
			assert_int_equal(census_add_line(&census, line), 0);
		}
		assert_int_equal(census.len, 0);
		assert_int_equal(census_unmet(&census), counted ? without : CENSUS_KINDS);
	}
}

static void test_kinds_have_names_and_ranks(void **state)
{
	(void)state;
	for (int kind = 0; kind < CENSUS_KINDS; kind++)
		assert_int_equal(census_rank(census_kinds[kind].name), kind);
	assert_int_equal(census_rank("memory:dma_resv_list_alloc"), CENSUS_MEMORY);
	assert_true(census_rank("framebuffers") < census_rank("host-resources"));
}

/* Kmemleak */

#define UNREFERENCED(backtrace)                                                                    \
	"unreferenced object 0xffff888004a3c540 (size 64):\n"                                      \
	"  comm \"planestorm\", pid 61, jiffies 4294669511\n"                                      \
	"  hex dump (first 32 bytes):\n"                                                           \
	"    5b 76 69 72 74 69 6f 5f 67 70 75 5d 00 00 00 00  ................\n"                  \
	"  backtrace (crc 5ab1f1d2):\n"                                                            \
	"    kmalloc_trace_noprof+0x11c/0x180\n" backtrace
#define BY_DRIVER UNREFERENCED("    virtio_gpu_fence_alloc+0x2d/0xb0 [virtio_gpu]\n")
#define BY_DMABUF                                                                                  \
	UNREFERENCED("    dma_resv_list_alloc+0x20/0x60\n    dma_resv_reserve_fences+0x1/0x2\n")
#define BY_OTHERS UNREFERENCED("    acpi_ns_lookup+0x1/0x2\n    start_kernel+0x1/0x2\n")

static const struct report {
	const char *name, *text;
	int count;
} reports[] = {
	{ "nothing", "", 0 },
	{ "what the driver has allocated", BY_DRIVER, 1 },
	{ "what dma-buf has", BY_DMABUF, 1 },
	{ "what others have", BY_OTHERS, 0 },
	{ "some of all", BY_OTHERS BY_DRIVER BY_DRIVER BY_OTHERS BY_DMABUF BY_OTHERS, 3 },
	{ "one that is cut", "unreferenced object 0xffff888004a3c540 (size 64):\n", 0 },
};

static char *last_record;

static void keep(const char *record)
{
	g_free(last_record);
	last_record = g_strdup(record);
}

static void check_report(void **state)
{
	const struct report *row = *state;
	/* Not empty, as fmemopen() may refuse that. */
	g_autofree char *text = g_strconcat("\n", row->text, NULL);
	FILE *file = fmemopen(text, strlen(text), "r");

	assert_non_null(file);
	assert_int_equal(unreferenced_read(file, keep), row->count);
	fclose(file);
}

static void test_a_record_is_handed_on_as_it_is(void **state)
{
	char text[] = BY_OTHERS BY_DRIVER BY_OTHERS;
	FILE *file = fmemopen(text, strlen(text), "r");

	(void)state;
	assert_non_null(file);
	assert_int_equal(unreferenced_read(file, keep), 1);
	assert_string_equal(last_record, BY_DRIVER);
	fclose(file);
	g_clear_pointer(&last_record, g_free);
}

/* Verdicts */

#define RUN                                                                                        \
	"begin 10 6.12.117 virtio_gpu 0.1.0 seed 1\nop 1 13 5 0 hide\nret 1 14 0 0\nend 17\nexit " \
	"18 0\n"
#define READY "ready 19 run\n"
#define BEFORE(name, value) "census 9 before " name " " #value "\n"
#define AFTER(name, value) "census 19 after " name " " #value "\n"
#define FILES_BEFORE BEFORE("open-files", 9)
#define FILES_AFTER AFTER("open-files", 9)
#define COUNTED(before, after) FILES_BEFORE before RUN FILES_AFTER after READY

#define CREATE(res) "virtio_gpu_cmd_res_create_2d res 0x" #res ", fmt 0x1, w 64, h 64\n"
#define CREATE_BLOB(res) "virtio_gpu_cmd_res_create_blob res 0x" #res ", size 16384\n"
#define UNREF(res) "virtio_gpu_cmd_res_unref res 0x" #res "\n"
#define SCANOUT(id, res)                                                                           \
	"virtio_gpu_cmd_set_scanout id " #id ", res 0x" #res ", w 64, h 64, x 0, y 0\n"
#define CURSOR(how, id, res)                                                                       \
	"virtio_gpu_update_cursor scanout " #id ", x 1, y 1, " how ", res 0x" #res "\n"
#define CLEAN CREATE(2) CREATE(3) UNREF(3) UNREF(2)

#define WARNING                                                                                    \
	"[    2.000001] ------------[ cut here ]------------\n"                                    \
	"[    2.000002] WARNING: CPU: 0 PID: 61 at drivers/dma-buf/dma-resv.c:296 "                \
	"dma_resv_add_fence+0x45/0x13a\n"

static const struct example {
	const char *name;
	const char *journal;
	const char *trace; /* NULL: nobody watched */
	const char *verdict;
	const char *details; /* of a FAIL */
	enum trial_end end;
	const char *console;
} examples[] = {
	{ "all is gone", COUNTED("", ""), CLEAN, "PASS" },
	{ "what was there before may be there after",
	  COUNTED(BEFORE("plane-states", 4), AFTER("plane-states", 4)), CLEAN, "PASS" },
	{ "less than before is no leak", COUNTED(BEFORE("commands", 2), AFTER("commands", 1)),
	  CLEAN, "PASS" },
	{ "what is not named is not there", COUNTED(BEFORE("commands", 2), ""), CLEAN, "PASS" },
	{ "a number that is used again", COUNTED("", ""), CREATE(2) UNREF(2) CREATE(2) UNREF(2),
	  "PASS" },
	{ "a fence is left", COUNTED("", AFTER("fences", 1)), CLEAN, "FAIL fences left",
	  "fences +1" },
	{ "as many more as there are", COUNTED(BEFORE("fences", 2), AFTER("fences", 5)), CLEAN,
	  "FAIL fences left", "fences +3" },
	{ "a file is left", FILES_BEFORE RUN AFTER("open-files", 10) READY, CLEAN,
	  "FAIL open files left", "open files +1" },
	{ "a resource is left, though the guest knows of none", COUNTED("", ""),
	  CREATE(2) CREATE(3) UNREF(2), "FAIL host resources left", "host resources 1 of 2" },
	{ "a blob is a resource", COUNTED("", ""), CREATE_BLOB(2) CREATE(3) UNREF(3),
	  "FAIL host resources left", "host resources 1 of 2" },
	{ "one of two of the same number is left", COUNTED("", ""), CREATE(2) UNREF(2) CREATE(2),
	  "FAIL host resources left", "host resources 1 of 2" },
	{ "those that keep others are named first",
	  COUNTED("", AFTER("buffers", 1) AFTER("memory:dma_resv_list_alloc", 1)
			      AFTER("framebuffers", 1)),
	  CREATE(2), "FAIL framebuffers left",
	  "framebuffers +1, host resources 1 of 1, buffers +1, allocations of dma_resv_list_alloc "
	  "+1" },
	{ "what has no name of its own is named after its function",
	  COUNTED("", AFTER("memory:virtio_gpu_cmd_get_edids", 2)), CLEAN,
	  "FAIL allocations of virtio_gpu_cmd_get_edids left",
	  "allocations of virtio_gpu_cmd_get_edids +2" },
	{ "what nothing points to", COUNTED("", AFTER("unreferenced-objects", 1)), CLEAN,
	  "FAIL unreferenced objects left", "unreferenced objects +1" },
	{ "a plane that goes on showing something", COUNTED("", AFTER("lit-planes", 1)), CLEAN,
	  "FAIL lit planes left", "lit planes +1" },
	{ "it is the least that can be left",
	  COUNTED("", AFTER("lit-planes", 1) AFTER("fences", 1)), CLEAN, "FAIL fences left",
	  "fences +1, lit planes +1" },
	{ "what was shown is no more", COUNTED("", ""),
	  CREATE(2) CREATE(3) SCANOUT(0, 2) SCANOUT(1, 2) CURSOR("update", 0, 3)
		  CURSOR("update", 0, 0) SCANOUT(1, 0) SCANOUT(0, 0) UNREF(2) UNREF(3),
	  "PASS" },
	{ "a move with no image hides the cursor, too", COUNTED("", ""),
	  CREATE(3) CURSOR("update", 1, 3) CURSOR("move", 1, 0) UNREF(3), "PASS" },
	{ "a picture goes with its resource", COUNTED("", ""), CREATE(2) SCANOUT(0, 2) UNREF(2),
	  "PASS" },
	{ "a cursor does not", COUNTED("", ""), CREATE(3) CURSOR("update", 1, 3) UNREF(3),
	  "FAIL shown images left", "shown images +1" },
	{ "nor with another output's", COUNTED("", ""),
	  CREATE(3) CURSOR("update", 1, 3) CURSOR("update", 0, 0) SCANOUT(1, 0) UNREF(3),
	  "FAIL shown images left", "shown images +1" },
	{ "a picture that stays, and its buffer", COUNTED("", ""), CREATE(2) SCANOUT(1, 2),
	  "FAIL host resources left", "host resources 1 of 1, shown images +1" },
	{ "a client that was killed is cleaned up after, too",
	  FILES_BEFORE
	  "begin 10 6.12.117 virtio_gpu 0.1.0 seed 1\nop 1 13 5 0 hide\nexit 18 9\n" FILES_AFTER
		  READY,
	  CREATE(2), "FAIL host resources left", "host resources 1 of 1" },
	{ "without a census, what is there may still go", RUN READY, CREATE(2),
	  "SKIP the guest has not counted" },
	{ "and nothing is proved if nothing is there", RUN READY, CLEAN,
	  "SKIP the guest has not counted" },
	{ "nor is it by one that has counted once", FILES_BEFORE RUN READY, CLEAN,
	  "SKIP the guest has not counted" },
	{ "or one that has counted too late", RUN FILES_AFTER AFTER("fences", 1) READY, CLEAN,
	  "SKIP the guest has not counted" },
	{ "a device that nobody watched proves nothing", COUNTED("", ""), NULL,
	  "SKIP nobody watched the device" },
	{ "and does not hide what the guest has counted", COUNTED("", AFTER("fences", 1)), NULL,
	  "FAIL fences left", "fences +1" },
	{ "a kernel that has splatted cleans nothing up", COUNTED("", AFTER("fences", 1)),
	  CREATE(2), "SKIP the kernel had splatted", NULL, TRIAL_DONE, WARNING },
	{ "nor one that stands still", FILES_BEFORE RUN, CREATE(2),
	  "SKIP the guest stood still before the program's end", NULL, TRIAL_SILENT },
};

static void check_example(void **state)
{
	const struct example *row = *state;
	const char *console = row->console ? row->console : "";
	struct console *said = console_new();
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	g_autoptr(GArray) device = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	struct evidence evidence = { .events = events, .end = row->end };
	struct verdict verdict;
	g_autofree char *text = NULL;

	assert_int_equal(journal_read(row->journal, strlen(row->journal), events), 0);
	if (row->trace)
		assert_int_equal(trace_read(row->trace, strlen(row->trace), device), 0);
	evidence.device = row->trace ? device : NULL;
	console_feed(said, console, strlen(console));
	console_finish(said);
	evidence.findings = console_findings(said);
	verdict = rules[RULE_LEAK].judge(&evidence, RULE_LEAK);
	text = g_strconcat(verdict_name(verdict.kind), *verdict.signature ? " " : "",
			   verdict.signature, NULL);
	assert_string_equal(text, row->verdict);
	if (row->details)
		assert_string_equal(verdict.details, row->details);
	else
		assert_null(verdict.details);
	verdict_clear(&verdict);
	console_free(said);
}

/* The last of @leak's texts. */
static const char *last_text(const struct leak *leak)
{
	return ((const struct left *)g_ptr_array_index(leak->left, leak->left->len - 1))->text;
}

static void test_what_is_shown_is_told(void **state)
{
	static const char journal[] = "buffer 5 C1 1 7 3\n";
	static const char trace[] = CREATE(2) CREATE(3) SCANOUT(1, 2) CURSOR("update", 0, 3);
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	g_autoptr(GArray) device = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	struct leak *leak;

	(void)state;
	assert_int_equal(journal_read(journal, strlen(journal), events), 0);
	assert_int_equal(trace_read(trace, strlen(trace), device), 0);
	leak = leak_new(events, device);
	assert_string_equal(last_text(leak),
			    "shown images: to the device, when the client was gone, the picture of "
			    "output 1 was 2, the cursor of output 0 was 3 (C1)");
	leak_free(leak);
}

static void test_resources_that_are_left_are_known(void **state)
{
	static const char trace[] = CREATE(2) CREATE(3) CREATE(4) UNREF(3);
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	g_autoptr(GArray) device = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	struct leak *leak;

	(void)state;
	assert_int_equal(trace_read(trace, strlen(trace), device), 0);
	leak = leak_new(events, device);
	assert_int_equal(leak->created, 3);
	assert_int_equal(leak->resources->len, 2);
	assert_int_equal(g_array_index(leak->resources, guint32, 0), 2);
	assert_int_equal(g_array_index(leak->resources, guint32, 1), 4);
	leak_free(leak);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions_of_one_kind_are_counted_together),
		cmocka_unit_test(test_a_census_grows_by_any_of_its_counts),
		cmocka_unit_test(test_more_names_than_there_is_room_for_are_refused),
		cmocka_unit_test(test_a_kind_that_the_kernel_has_not_is_named),
		cmocka_unit_test(test_kinds_have_names_and_ranks),
		cmocka_unit_test(test_a_record_is_handed_on_as_it_is),
		cmocka_unit_test(test_what_is_shown_is_told),
		cmocka_unit_test(test_resources_that_are_left_are_known),
	};
	int failed = cmocka_run_group_tests_name("leak", tests, NULL, NULL);

	failed += RUN_ROWS("a line of /proc/allocinfo", lines, check_line);
	failed += RUN_ROWS("kmemleak reports", reports, check_report);
	g_clear_pointer(&last_record, g_free);
	failed += RUN_ROWS("leak: what a client made is gone with it", examples, check_example);
	return failed ? 1 : 0;
}
