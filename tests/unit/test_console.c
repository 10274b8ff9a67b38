// SPDX-License-Identifier: MIT
/*
 * The console classifier on examples.
 *
 * Whole consoles are in tests/unit/consoles/, recorded or composed: to add one is to add two files,
 * NAME.console and NAME.findings. The latter has one signature a line, in the order in which the
 * reports end, with " @fence" after it if what signals fences takes part in it, with " x3" if the
 * report came three times, and where it applies a line "@injections 2" and a line "@panicked"; "# "
 * begins a comment. To have it written, look at what
 *
 *	test_console -p NAME.console
 *
 * prints, and check it by eye. The folder is the first argument, else $PLANESTORM_CONSOLES, else
 * CONSOLES_DIR. What is short enough to be read here is in the tables below.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/runner/console.h"

#ifndef CONSOLES_DIR
#define CONSOLES_DIR "tests/unit/consoles"
#endif

#define CUT_HERE "------------[ cut here ]------------\n"
#define END_TRACE "---[ end trace 0000000000000000 ]---\n"
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Feeding and describing */

/* A console that has read @text in portions of @portion bytes, 0: at once. */
static struct console *read_text(const char *text, gsize len, gsize portion)
{
	struct console *console = console_new();

	for (gsize at = 0; at < len;) {
		gsize take = portion ? MIN(portion, len - at) : len;

		console_feed(console, text + at, take);
		at += take;
	}
	return console;
}

/* What a console has found, as a NAME.findings file says it. */
static char *describe(const struct console *console)
{
	const GPtrArray *findings = console_findings(console);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);

		g_string_append(text, finding->signature);
		if (finding->fence)
			g_string_append(text, " @fence");
		if (finding->count > 1)
			g_string_append_printf(text, " x%u", finding->count);
		g_string_append_c(text, '\n');
	}
	if (console_injections(console)->len)
		g_string_append_printf(text, "@injections %u\n", console_injections(console)->len);
	if (console_panicked(console))
		g_string_append(text, "@panicked\n");
	return g_string_free(text, FALSE);
}

/* What holds for every finding, whatever was read. */
static void check_findings(const struct console *console, const char *text, gsize len)
{
	const GPtrArray *findings = console_findings(console);

	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		const char *excerpt = text + finding->offset;

		assert_true(finding->kind < FINDING_KINDS);
		assert_true(g_str_has_prefix(finding->signature, finding_kind_name(finding->kind)));
		assert_null(strstr(finding->signature, "0x"));
		assert_int_not_equal(finding->count, 0);
		assert_int_not_equal(finding->length, 0);
		assert_true(finding->offset + finding->length <= len);
		for (const char *at = finding->title; *at; at++)
			assert_true(g_ascii_isprint(*at) || *at == '\t');
		if (g_utf8_validate(excerpt, (gssize)finding->length, NULL))
			assert_non_null(
				g_strstr_len(excerpt, (gssize)finding->length, finding->title));
	}
}

static void expect_findings(const char *text, gsize len, gsize portion, const char *expected)
{
	struct console *console = read_text(text, len, portion);
	char *actual;

	console_finish(console);
	check_findings(console, text, len);
	actual = describe(console);
	assert_string_equal(actual, expected);
	g_free(actual);
	console_free(console);
}

/* Tables */

struct example {
	const char *name;
	const char *console;
	const char *findings;
};

static void expect_examples(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		print_message("  %s\n", examples[i].name);
		expect_findings(examples[i].console, strlen(examples[i].console), 0,
				examples[i].findings);
	}
}

static void test_prefixes(void **state)
{
	static const struct example examples[] = {
		{ "no prefix", "WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "time stamp", "[    3.214157] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "time stamp past 99999 s",
		  "[123456.214157] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "time stamp and task",
		  "[    3.214157][   T61] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "CPU in interrupt, no time stamp",
		  "[    C1] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "log level", "<4>[    3.214157] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "after a prompt, on its line",
		  "~ # [    3.214157] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "after a terminal's sequence",
		  "\033[2J\033[01;01HWARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "in the middle of another CPU's line",
		  "[    3.214157] virtio_gpu [    3.214158] WARNING: CPU: 0 PID: 61 at lib/a.c:1 "
		  "f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
	};

	(void)state;
	expect_examples(examples, LENGTH(examples));
}

static void test_names(void **state)
{
	static const struct example examples[] = {
		{ "a compiler's part of a function",
		  "WARNING: lib/a.c:1 at f.isra.0.cold+0x1/0x2, CPU#0: c/1\n",
		  "WARNING f lib/a.c\n" },
		{ "a module's function",
		  "WARNING: lib/a.c:1 at f+0x1/0x2 [virtio_gpu], CPU#0: c/1\n",
		  "WARNING f lib/a.c\n" },
		{ "the tree elsewhere",
		  "WARNING: CPU: 0 PID: 1 at /usr/src/linux/kernel/build/../drivers/gpu/drm/a.c:1 "
		  "f+0x1/0x2\n",
		  "WARNING f drivers/gpu/drm/a.c\n" },
		{ "a module outside the tree",
		  "WARNING: CPU: 0 PID: 1 at /somewhere/virtgpu_plane.c:1 f+0x1/0x2 [virtio_gpu]\n",
		  "WARNING f virtgpu_plane.c\n" },
		{ "./include", "WARNING: CPU: 0 PID: 1 at ./include/linux/kref.h:1 f+0x1/0x2\n",
		  "WARNING f include/linux/kref.h\n" },
		{ "no file",
		  "WARNING: CPU: 0 PID: 1 at f+0x1/0x2\n"
		  "WARNING: at g+0x1/0x2, CPU#1: c/2\n",
		  "WARNING f\nWARNING g\n" },
		{ "a function that is plumbing in other reports",
		  "WARNING: kernel/time/hrtimer.c:1 at hrtimer_cancel+0x1/0x2, CPU#0: c/1\n"
		  "Call Trace:\n <TASK>\n f+0x1/0x2\n </TASK>\n",
		  "WARNING hrtimer_cancel kernel/time/hrtimer.c\n" },
		{ "a function with allocation profiling",
		  "WARNING: mm/page_alloc.c:1 at __alloc_pages_noprof+0x1/0x2, CPU#0: c/1\n",
		  "WARNING __alloc_pages mm/page_alloc.c\n" },
		{ "a warning of the unwinder, in a stack dump",
		  "BUG: scheduling while atomic: c/61/0x00000002\nCall Trace:\n <TASK>\n"
		  "WARNING: can't access registers at asm_sysvec_reboot+0x16/0x20\n"
		  " schedule+0x1/0x2\n f+0x1/0x2\n </TASK>\n",
		  "atomic-schedule f\n" },
		{ "a message after its WARNING line, as before Linux 4.17",
		  CUT_HERE "WARNING: CPU: 0 PID: 1 at lib/refcount.c:1 refcount_inc+0x1/0x2\n"
			   "refcount_t: underflow; use-after-free.\n"
			   "Call Trace:\n refcount_inc+0x1/0x2\n f+0x1/0x2\n" END_TRACE,
		  "refcount f\n" },
		{ "a condition with a file's name in it",
		  "WARNING: CPU: 0 PID: 1 at [x->line == \"b.c:7\" && !y] lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "lockdep_assert_held() in Linux 6.17",
		  "WARNING: CPU: 0 PID: 1 at [debug_locks && !(lock_is_held(&x->dep_map) != 0)] "
		  "lib/a.c:1 f+0x1/0x2\n",
		  "lockdep-not-held f lib/a.c\n" },
		{ "a task that is named like a file",
		  "INFO: task a.c:12 blocked for more than 10 seconds.\n", "hung-task ?\n" },
		{ "a panic with numbers",
		  "Kernel panic - not syncing: VFS: Unable to mount root on block(0,0)\n",
		  "panic VFS-Unable-to-mount-root-on\n@panicked\n" },
		{ "a BUG of no kind and without a stack",
		  "BUG: Bad rss-counter state mm:00000000c5bb2b11 type:MM_ANONPAGES val:3\n",
		  "BUG Bad-rss-counter-state\n" },
		{ "the same before a dump that somebody asked for",
		  "BUG: Bad rss-counter state mm:00000000c5bb2b11 type:MM_ANONPAGES val:3\n"
		  "sysrq: Show Blocked State\nCall Trace:\n <TASK>\n f+0x1/0x2\n </TASK>\n",
		  "BUG Bad-rss-counter-state\n" },
		{ "a line of the guest's in another CPU's stack",
		  CUT_HERE
		  "refcount_t: underflow; use-after-free.\n"
		  "WARNING: lib/refcount.c:1 at refcount_warn_saturate+0x1/0x2, CPU#0: c/1\n"
		  "Call Trace:\n <TASK>\nplanestorm: [<0>] g+0x1/0x2\n f+0x1/0x2\n </TASK>\n",
		  "refcount f\n" },
		{ "an unlock by nobody, while another lock is held",
		  "WARNING: bad unlock balance detected!\n"
		  "c/61 is trying to release lock (a_lock) at:\n"
		  "1 lock held by c/61:\n"
		  " #0: ffff888004d6f950 (b_lock){+.+.}-{3:3}, at: g+0x1/0x2\n"
		  "Call Trace:\n <TASK>\n lock_release+0x1/0x2\n f+0x1/0x2\n </TASK>\n",
		  "lockdep-unlock-balance a_lock f\n" },
		{ "work that returned with a lock held",
		  "BUG: workqueue leaked atomic, lock or RCU: kworker/0:1[9]\n"
		  "     preempt=0x00000000 lock=0->1 RCU=0->0 workfn=virtio_gpu_config_changed\n"
		  "Call Trace:\n <TASK>\n process_one_work+0x1/0x2\n </TASK>\n",
		  "BUG virtio_gpu_config_changed\n" },
	};

	(void)state;
	expect_examples(examples, LENGTH(examples));
}

#define FREED(class)                                                                               \
	"WARNING: held lock freed!\nffff888004d6f950 (" class "){+.+.}-{3:3}, at: f+0x1/0x2\n"

static void test_lock_classes(void **state)
{
	static const struct example examples[] = {
		{ "a plain name", FREED("crtc_ww_class_mutex"),
		  "lockdep-freed crtc_ww_class_mutex\n" },
		{ "a member", FREED("&mm->mmap_lock"), "lockdep-freed mmap_lock\n" },
		{ "a member of a member", FREED("&dev->mode_config.mutex"),
		  "lockdep-freed mode_config.mutex\n" },
		{ "a member that says nothing", FREED("&dev->mutex"),
		  "lockdep-freed dev->mutex\n" },
		{ "the second class of a name", FREED("&mm->mmap_lock#2"),
		  "lockdep-freed mmap_lock\n" },
		{ "a subclass", FREED("&mm->mmap_lock/1"), "lockdep-freed mmap_lock\n" },
		{ "both", FREED("reservation_ww_class_mutex#3/1"),
		  "lockdep-freed reservation_ww_class_mutex\n" },
		{ "a spinlock of older kernels", FREED("&(&dev->event_lock)->rlock"),
		  "lockdep-freed event_lock\n" },
		{ "work", FREED("(work_completion)(&vgdev->config_changed_work)"),
		  "lockdep-freed work_completion:vgdev->config_changed_work\n" },
		{ "a name with a space", FREED("class name"), "lockdep-freed class_name\n" },
	};

	(void)state;
	expect_examples(examples, LENGTH(examples));
}

static void test_cut_reports(void **state)
{
	static const struct example examples[] = {
		{ "nothing but the cut", CUT_HERE, "WARNING ?\n" },
		{ "cut before its WARNING line",
		  CUT_HERE "virtio_gpu virtio0: [drm] drm_WARN_ON(!fence)\n",
		  "WARNING virtio_gpu\n" },
		{ "cut in its WARNING line",
		  CUT_HERE "WARNING: CPU: 0 PID: 61 at drivers/dma-buf/dma-re", "WARNING ?\n" },
		{ "cut in the function's offset",
		  CUT_HERE "WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x", "WARNING lib/a.c\n" },
		{ "its function comes later, in the RIP line",
		  CUT_HERE "WARNING: CPU: 0 PID: 61 at lib/a.c:1 \nRIP: 0010:f+0x1/0x2\n",
		  "WARNING f lib/a.c\n" },
		{ "refcount, cut before its stack",
		  CUT_HERE
		  "refcount_t: underflow; use-after-free.\n"
		  "WARNING: CPU: 0 PID: 61 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2\n",
		  "refcount refcount_warn_saturate\n" },
		{ "refcount, cut before its WARNING line",
		  CUT_HERE "refcount_t: underflow; use-after-free.\n", "refcount ?\n" },
		{ "an oops, cut after its first line",
		  "BUG: kernel NULL pointer dereference, address: 0000000000000010\n", "Oops ?\n" },
		{ "a lockdep report, cut after the first lock",
		  "WARNING: possible circular locking dependency detected\n"
		  "c/61 is trying to acquire lock:\n"
		  "ffff888004ad0d98 (&mm->mmap_lock){++++}-{3:3}, at: f+0x1/0x2\n",
		  "lockdep-circular mmap_lock\n" },
		{ "a panic in a report",
		  CUT_HERE "WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n"
			   "Kernel panic - not syncing: Fatal exception in interrupt\n",
		  "WARNING f lib/a.c\npanic Fatal-exception-in-interrupt\n@panicked\n" },
		{ "an oops in a lockdep report",
		  "WARNING: bad unlock balance detected!\n"
		  "c/61 is trying to release lock (a_lock) at:\n"
		  "Oops: general protection fault: 0000 [#1] SMP\nRIP: 0010:f+0x1/0x2\n" END_TRACE,
		  "lockdep-unlock-balance a_lock\nOops f\n" },
		{ "two CPUs cut at once",
		  CUT_HERE CUT_HERE "WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n"
				    "WARNING: CPU: 1 PID: 62 at lib/b.c:1 g+0x1/0x2\n",
		  "WARNING f lib/a.c\nWARNING g lib/b.c\n" },
		{ "an injection that is cut is one, too",
		  "FAULT_INJECTION: forcing a failure.\nname failslab, inter", "@injections 1\n" },
	};

	(void)state;
	expect_examples(examples, LENGTH(examples));
}

#define INJECTION "FAULT_INJECTION: forcing a failure.\nname fail_page_alloc, interval 1\n"
#define INJECTED_IN(comm)                                                                          \
	INJECTION "CPU: 0 UID: 0 PID: 61 Comm: " comm " Not tainted 6.12.94 #1\n"                  \
		  "Call Trace:\n <TASK>\n should_fail_ex+0x1/0x2\n </TASK>\n"
#define NO_PAGE "page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null)\n"
#define TRACE_OF(function) "Call Trace:\n <TASK>\n " function "+0x1/0x2\n </TASK>\n"

static void test_injections(void **state)
{
	static const struct example examples[] = {
		{ "what it makes fail is no finding", INJECTED_IN("c") "c: " NO_PAGE TRACE_OF("f"),
		  "@injections 1\n" },
		{ "nor is it without the injection's stack", INJECTION "c: " NO_PAGE TRACE_OF("f"),
		  "@injections 1\n" },
		{ "what fails in another task is one", INJECTED_IN("c") "d: " NO_PAGE TRACE_OF("f"),
		  "memory f\n@injections 1\n" },
		{ "and so it is by another caller",
		  "[    1.000000][   T61] FAULT_INJECTION: forcing a failure.\n"
		  "[    1.000001][   T62] c: " NO_PAGE,
		  "memory ?\n@injections 1\n" },
		{ "what fails long after it is one, whatever else was said in between",
		  "[    1.000000] FAULT_INJECTION: forcing a failure.\n"
		  "[    1.000001] name failslab, interval 1, probability 0, space 0, times 1\n"
		  "[    1.700000] virtio_gpu virtio0: response 0x1200\n"
		  "[    2.400000] virtio_gpu virtio0: response 0x1200\n"
		  "[    3.100000] c: " NO_PAGE,
		  "memory ?\n@injections 1\n" },
		{ "nothing but an allocation is its consequence",
		  INJECTED_IN("c") "WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n",
		  "WARNING f lib/a.c\n@injections 1\n" },
	};

	(void)state;
	expect_examples(examples, LENGTH(examples));
}

/* Streaming */

static void test_rubbish_in_a_line(void **state)
{
	static const char console[] =
		"\0\0\r\r[    3.214157] WARN\0ING: CPU: 0 PID: 61 \a\bat lib/a.c:1 f+0x1/0x2\r\n"
		"\xff\xfe\xc3\n\n\n\033";

	(void)state;
	expect_findings(console, sizeof(console) - 1, 0, "WARNING f lib/a.c\n");
	expect_findings(console, sizeof(console) - 1, 1, "WARNING f lib/a.c\n");
}

static void test_long_line(void **state)
{
	static const char tail[] = "\nWARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n";
	GString *console = g_string_new(NULL);

	(void)state;
	for (int i = 0; i < 100000; i++)
		g_string_append_c(console, 'x');
	g_string_append(console, tail);
	for (gsize portion = 0; portion < 10000; portion += 4095)
		expect_findings(console->str, console->len, portion, "WARNING f lib/a.c\n");
	g_string_free(console, TRUE);
}

/* A finding's excerpt is the report, the whole report, and nothing but the report. */
static void test_extent(void **state)
{
	static const char *const reports[] = {
		CUT_HERE "WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n" TRACE_OF("f") END_TRACE,
		"====================\r\nWARNING: held lock freed!\r\n" TRACE_OF("f"),
		"====================\nBUG: KASAN: use-after-free in f+0x1/0x2\n" TRACE_OF(
			"f") "Allocated by task 61:\n f+0x1/0x2\n\n====================\n",
		CUT_HERE
		"kernel BUG at lib/a.c:1!\nOops: invalid opcode: 0000 [#1] SMP\n"
		"RIP: 0010:f+0x1/0x2\n" TRACE_OF("f") "Modules linked in: virtio_gpu\n" END_TRACE,
		"BUG: using smp_processor_id() in preemptible [00000000] code: c/61\n" TRACE_OF(
			"f"),
		"WARNING: lock held when returning to user space!\n6.12.94 #1 Not tainted\n"
		"----------\nc/61 is leaving the kernel with locks still held!\n"
		"1 lock held by c/61:\n #0: ffff888004d6f950 (a){+.+.}-{3:3}, at: f+0x1/0x2\n",
		"SLUB: Unable to allocate memory on CPU 0 (of node 0) on node -1, gfp=0xcc0\n"
		"  cache: kmalloc-96, object size: 96\n  node 0: slabs: 4, objs: 168, free: 0\n",
		"WARNING: bad unlock balance detected!\nCall Trace:\n"
		" [<ffffffff814b2d6c>] f+0x1/0x2\n",
	};
	static const char before[] = "booted\n", behind[] = "more\n";

	(void)state;
	for (size_t i = 0; i < LENGTH(reports); i++) {
		char *text = g_strconcat(before, reports[i], behind, NULL);
		struct console *console = read_text(text, strlen(text), 0);
		const struct finding *finding;

		/* Already, and not only when the stream is at its end. */
		assert_int_equal(console_findings(console)->len, 1);
		finding = g_ptr_array_index(console_findings(console), 0);
		assert_int_equal(finding->offset, strlen(before));
		assert_int_equal(finding->length, strlen(reports[i]));
		console_free(console);
		g_free(text);
	}
}

static void test_fields(void **state)
{
	static const char text[] = "[    2.000000] watchdog: BUG: soft lockup - CPU#1 stuck\n"
				   "[    2.000001] RIP: 0010:f+0x1/0x2\n"
				   "[    3.000000] WARNING: lib/a.c:1 at g+0x1/0x2, CPU#0: c/61\n";
	struct console *console = read_text(text, strlen(text), 0);
	const struct finding *finding;

	(void)state;
	console_finish(console);
	assert_int_equal(console_findings(console)->len, 2);
	finding = g_ptr_array_index(console_findings(console), 0);
	assert_int_equal(finding->kind, FINDING_SOFT_LOCKUP);
	assert_string_equal(finding->title, "BUG: soft lockup - CPU#1 stuck");
	assert_string_equal(finding->function, "f");
	assert_string_equal(finding->file, "");
	assert_int_equal(finding->count, 1);
	finding = g_ptr_array_index(console_findings(console), 1);
	assert_int_equal(finding->kind, FINDING_WARNING);
	assert_string_equal(finding->title, "WARNING: lib/a.c:1 at g+0x1/0x2, CPU#0: c/61");
	assert_string_equal(finding->function, "g");
	assert_string_equal(finding->file, "lib/a.c");
	console_free(console);
}

static void feed(struct console *console, const char *text)
{
	console_feed(console, text, strlen(text));
}

static void test_reporting(void **state)
{
	struct console *console = console_new();

	(void)state;
	feed(console, "[    1.000000] booted\n");
	assert_false(console_reporting(console));
	feed(console, "[    2.000000] " CUT_HERE);
	assert_true(console_reporting(console));
	feed(console, "[    2.000001] WARNING: CPU: 0 PID: 61 at lib/a.c:1 f+0x1/0x2\n");
	assert_true(console_reporting(console));
	assert_int_equal(console_findings(console)->len, 0);
	feed(console, "[    2.000002] " END_TRACE);
	assert_false(console_reporting(console));
	assert_int_equal(console_findings(console)->len, 1);

	/* After a silence the report before it has ended, even without its end. */
	feed(console, "[    3.000000] BUG: soft lockup - CPU#1 stuck for 22s! [c:61]\n");
	assert_true(console_reporting(console));
	feed(console, "[   60.000000] something else\n");
	assert_false(console_reporting(console));

	feed(console, "[   61.000000] Kernel panic - not syncing: Fatal exception\n");
	assert_true(console_panicked(console));
	console_finish(console);
	assert_false(console_reporting(console));
	console_finish(console);
	assert_int_equal(console_findings(console)->len, 3);
	console_free(console);
}

/* A hung task is known as soon as its stack is, and what follows only makes the excerpt longer. */
static void test_hung_task_at_once(void **state)
{
	struct console *console = console_new();
	const struct finding *finding;
	gsize length;

	(void)state;
	feed(console, "INFO: task c:61 blocked for more than 10 seconds.\n"
		      "task:c               state:D stack:0     pid:61    tgid:61    ppid:1\n"
		      "Call Trace:\n <TASK>\n __schedule+0x1/0x2\n f+0x1/0x2\n </TASK>\n");
	assert_int_equal(console_findings(console)->len, 1);
	finding = g_ptr_array_index(console_findings(console), 0);
	assert_true(finding_is_stall(finding->kind));
	length = finding->length;
	feed(console, "\nShowing all locks held in the system:\n1 lock held by c/61:\n"
		      " #0: ffff888004d6f950 (a_lock){+.+.}-{3:3}, at: g+0x1/0x2\n\n"
		      "=============================================\n\nuser space\n");
	assert_int_equal(console_findings(console)->len, 1);
	assert_true(finding->length > length);
	assert_string_equal(finding->signature, "hung-task f");
	console_free(console);
}

static void test_kinds(void **state)
{
	(void)state;
	for (int kind = 0; kind < FINDING_KINDS; kind++) {
		assert_non_null(finding_kind_name((enum finding_kind)kind));
		for (int other = 0; other < kind; other++)
			assert_string_not_equal(finding_kind_name((enum finding_kind)kind),
						finding_kind_name((enum finding_kind)other));
	}
	assert_true(finding_is_stall(FINDING_RCU_STALL));
	assert_false(finding_is_stall(FINDING_WARNING));
}

/* The same numbers on every run. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void test_noise(void **state)
{
	enum { BYTES = 1 << 20 };
	char *bytes = g_malloc(BYTES);
	uint32_t seed = 1;
	struct console *console;

	(void)state;
	for (int i = 0; i < BYTES; i++)
		bytes[i] = (char)next_random(&seed);
	console = read_text(bytes, BYTES, 777);
	console_finish(console);
	check_findings(console, bytes, BYTES);
	console_free(console);
	g_free(bytes);
}

/* As much as a storm leaves in an hour. Nothing is asserted of the time, it is only shown. */
static void test_much(void **state)
{
	GString *text = g_string_new(NULL);
	gint64 start = g_get_monotonic_time();
	struct console *console;

	(void)state;
	for (int i = 0; text->len < 8 << 20; i++)
		g_string_append_printf(text,
				       "[%5d.%06d] virtio_gpu virtio0: [drm] line %d, "
				       "WARNING-like and BUG-like, nodemask\n",
				       i / 1000, i % 1000000, i);
	start = g_get_monotonic_time();
	console = read_text(text->str, text->len, 4096);
	console_finish(console);
	print_message("  %.0f MB/s\n",
		      (double)text->len / (double)(g_get_monotonic_time() - start + 1));
	assert_int_equal(console_findings(console)->len, 0);
	console_free(console);
	g_string_free(text, TRUE);
}

/* Samples: NAME.console and NAME.findings */

struct sample {
	char *name;
	char *console;
	gsize len;
	char *findings; /* without comments and empty lines */
};

static char *strip_comments(const char *text)
{
	char **lines = g_strsplit(text, "\n", -1);
	GString *stripped = g_string_new(NULL);

	for (char **line = lines; *line; line++) {
		g_strchomp(*line);
		if (**line && **line != '#')
			g_string_append_printf(stripped, "%s\n", *line);
	}
	g_strfreev(lines);
	return g_string_free(stripped, FALSE);
}

static char *read_file(const char *path, gsize *len)
{
	GError *error = NULL;
	char *text;

	if (!g_file_get_contents(path, &text, len, &error))
		fail_msg("%s", error->message);
	return text;
}

static int load_sample(void **state)
{
	struct sample *sample = *state;
	size_t stem = strlen(sample->name) - strlen(".console");
	char *findings = g_strdup_printf("%.*s.findings", (int)stem, sample->name);
	char *text = read_file(findings, NULL);

	sample->console = read_file(sample->name, &sample->len);
	sample->findings = strip_comments(text);
	g_free(text);
	g_free(findings);
	return 0;
}

static int free_sample(void **state)
{
	struct sample *sample = *state;

	g_free(sample->name);
	g_free(sample->console);
	g_free(sample->findings);
	g_free(sample);
	return 0;
}

/* @text as it would be with @from's every occurrence replaced. */
static GString *replaced(const struct sample *sample, const char *from, const char *to)
{
	GString *text = g_string_new_len(sample->console, (gssize)sample->len);

	g_string_replace(text, from, to, 0);
	return text;
}

/* As printed with CONFIG_PRINTK_CALLER, by one task. */
static GString *with_caller(const struct sample *sample)
{
	GString *text = g_string_new_len(sample->console, (gssize)sample->len);

	for (gsize at = 0; at < text->len;) {
		const char *end = memchr(text->str + at, '\n', text->len - at);

		if (text->len - at > 15 && text->str[at] == '[' && text->str[at + 13] == ']' &&
		    text->str[at + 14] == ' ') {
			g_string_insert(text, (gssize)at + 14, "[   T61]");
			end = memchr(text->str + at, '\n', text->len - at);
		}
		at = end ? (gsize)(end + 1 - text->str) : text->len;
	}
	return text;
}

static void expect_text(GString *text, const struct sample *sample)
{
	expect_findings(text->str, text->len, 0, sample->findings);
	g_string_free(text, TRUE);
}

/* However it arrives, the same console has the same findings. */
static void test_sample(void **state)
{
	const struct sample *sample = *state;
	static const gsize portions[] = { 0, 1, 2, 3, 7, 64, 1000, 4096 };

	for (size_t i = 0; i < LENGTH(portions); i++)
		expect_findings(sample->console, sample->len, portions[i], sample->findings);
	if (!strstr(sample->console, "\r\n"))
		expect_text(replaced(sample, "\n", "\r\n"), sample);
	expect_text(with_caller(sample), sample);
}

/* Wherever it ends, nothing breaks, and what was found stays found. */
static void test_sample_cut(void **state)
{
	const struct sample *sample = *state;
	guint found = 0;

	for (gsize len = 0; len <= sample->len; len += len % 5 + 20) {
		struct console *console = read_text(sample->console, len, 0);
		guint ended = console_findings(console)->len;

		assert_true(ended >= found);
		found = ended;
		console_finish(console);
		check_findings(console, sample->console, len);
		console_free(console);
	}
}

/* Whatever becomes of its bytes, nothing breaks. */
static void test_sample_damaged(void **state)
{
	const struct sample *sample = *state;
	uint32_t seed = (uint32_t)sample->len;

	for (int round = 0; round < 20; round++) {
		char *bytes = g_memdup2(sample->console, sample->len);
		struct console *console;

		for (gsize hits = sample->len / 50 + 1; hits; hits--)
			bytes[next_random(&seed) % sample->len] = (char)next_random(&seed);
		console = read_text(bytes, sample->len, 100);
		console_finish(console);
		check_findings(console, bytes, sample->len);
		console_free(console);
		g_free(bytes);
	}
}

static void add_sample(GArray *tests, const char *path)
{
	static const struct {
		const char *what;
		CMUnitTestFunction function;
	} checks[] = { { "", test_sample },
		       { " cut", test_sample_cut },
		       { " damaged", test_sample_damaged } };

	for (size_t i = 0; i < LENGTH(checks); i++) {
		struct sample *sample = g_new0(struct sample, 1);
		char *base = g_path_get_basename(path);
		struct CMUnitTest test = {
			.name = g_strconcat(base, checks[i].what, NULL),
			.test_func = checks[i].function,
			.setup_func = load_sample,
			.teardown_func = free_sample,
			.initial_state = sample,
		};

		sample->name = g_strdup(path);
		g_array_append_val(tests, test);
		g_free(base);
	}
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every NAME.console in @folder, in the order of their names. */
static GPtrArray *list_samples(const char *folder)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".console"))
			g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(paths, by_name);
	return paths;
}

static int run_samples(const char *folder)
{
	GPtrArray *paths = list_samples(folder);
	GArray *tests = g_array_new(FALSE, FALSE, sizeof(struct CMUnitTest));
	int failed;

	for (guint i = 0; i < paths->len; i++)
		add_sample(tests, g_ptr_array_index(paths, i));
	if (!tests->len)
		fprintf(stderr, "%s: no samples\n", folder);
	failed = tests->len ?
			 _cmocka_run_group_tests(
				 "samples", (const struct CMUnitTest *)(const void *)tests->data,
				 tests->len, NULL, NULL) :
			 1;
	for (guint i = 0; i < tests->len; i++)
		g_free((char *)(uintptr_t)g_array_index(tests, struct CMUnitTest, i).name);
	g_array_free(tests, TRUE);
	g_ptr_array_free(paths, TRUE);
	return failed;
}

/* -p: what the classifier makes of a console, in the form of a NAME.findings file. */
static int print_findings(const char *path)
{
	GError *error = NULL;
	struct console *console;
	char *bytes, *description;
	gsize len;

	if (!g_file_get_contents(path, &bytes, &len, &error)) {
		fprintf(stderr, "%s\n", error->message);
		g_error_free(error);
		return 2;
	}
	console = read_text(bytes, len, 0);
	console_finish(console);
	description = describe(console);
	fputs(description, stdout);
	g_free(description);
	console_free(console);
	g_free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_lock_classes),
		cmocka_unit_test(test_cut_reports),
		cmocka_unit_test(test_injections),
		cmocka_unit_test(test_rubbish_in_a_line),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_extent),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_reporting),
		cmocka_unit_test(test_hung_task_at_once),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_much),
	};
	const char *folder = g_getenv("PLANESTORM_CONSOLES");
	int failed;

	if (argc == 3 && strcmp(argv[1], "-p") == 0)
		return print_findings(argv[2]);
	if (argc > 1)
		folder = argv[1];
	failed = cmocka_run_group_tests_name("console", tests, NULL, NULL);
	failed += run_samples(folder ? folder : CONSOLES_DIR);
	return failed ? 1 : 0;
}
