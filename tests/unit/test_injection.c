// SPDX-License-Identifier: MIT
/*
 * Injected failures and their sites on examples.
 *
 * What was recorded is in tests/unit/consoles/: a NAME.sites beside NAME.console has the kind and the
 * site of each failure, one a line, "# " begins a comment. To have it written, look at what
 *
 *	test_injection -p NAME.console
 *
 * prints, and check it by eye.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/runner/console.h"
#include "tests/runner/injection.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Reading and describing */

static struct console *read_console(const char *text, gsize len)
{
	struct console *console = console_new();

	console_feed(console, text, len);
	console_finish(console);
	return console;
}

static const struct injection *nth(const struct console *console, guint i)
{
	assert_true(i < console_injections(console)->len);
	return g_ptr_array_index(console_injections(console), i);
}

static char *describe(const struct console *console)
{
	const GPtrArray *injections = console_injections(console);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < injections->len; i++) {
		const struct injection *injection = g_ptr_array_index(injections, i);

		g_string_append_printf(text, "%s %s\n", injection->kind, injection->site);
	}
	return g_string_free(text, FALSE);
}

/* What holds for every injection, whatever was read. */
static void check_injections(const struct console *console, gsize len)
{
	const GPtrArray *injections = console_injections(console);
	gsize before = 0;

	for (guint i = 0; i < injections->len; i++) {
		const struct injection *injection = g_ptr_array_index(injections, i);
		char **functions = g_strsplit(injection->site, " < ", -1);
		guint count = g_strv_length(functions);

		assert_in_range(count, 1, 3);
		for (guint k = 0; k < count; k++)
			assert_true(*functions[k] && !strpbrk(functions[k], " +<[]"));
		assert_true(
			g_str_has_prefix(injection->stack, *injection->stack ? functions[0] : ""));
		assert_int_equal(!*injection->stack, strcmp(injection->site, "?") == 0);
		assert_true(*injection->kind && !strpbrk(injection->kind, " ,"));
		assert_true(injection->offset >= before);
		assert_true(injection->length && injection->offset + injection->length <= len);
		before = injection->offset;
		g_strfreev(functions);
	}
}

static void expect_sites(const char *text, gsize len, const char *expected)
{
	struct console *console = read_console(text, len);
	char *actual = describe(console);

	check_injections(console, len);
	assert_string_equal(actual, expected);
	g_free(actual);
	console_free(console);
}

/* Sites */

/*
 * A report whose stack has these frames between the injection and the system call's entry, with "|"
 * between them: each is as the kernel prints it, without its offset, "f [module]".
 */
static char *report_of(const char *frames)
{
	char **names = g_strsplit(frames, "|", -1);
	GString *text =
		g_string_new("FAULT_INJECTION: forcing a failure.\n"
			     "name failslab, interval 1, probability 0, space 0, times 0\n"
			     "CPU: 1 UID: 0 PID: 40 Comm: init Not tainted 6.12.117 #1\n"
			     "Call Trace:\n <TASK>\n dump_stack_lvl+0x8a/0xa0\n"
			     " should_fail_ex.cold+0x6b/0x170\n should_failslab+0x44/0x60\n");

	for (char **name = names; *name; name++) {
		size_t len = strcspn(*name, " ");

		g_string_append_printf(text, " %.*s+0x12/0x34%s\n", (int)len, *name, *name + len);
		g_string_append_printf(text, " ? unsure_of+0x1/0x2 [virtio_gpu]\n");
	}
	g_string_append(text, " do_syscall_64+0x5f/0x100\n"
			      " entry_SYSCALL_64_after_hwframe+0x4b/0x53\n"
			      "RIP: 0033:0x7f822f69fd6b\n"
			      "Code: 00 48 89 44 24 18 31 c0 0f 05 <89> c2\n"
			      "RSP: 002b:00007ffc0b3b8050 EFLAGS: 00000246\n"
			      " </TASK>\n");
	g_strfreev(names);
	return g_string_free(text, FALSE);
}

#define IOCTL "|drm_ioctl_kernel|drm_ioctl|__x64_sys_ioctl|x64_sys_call"
#define COMMIT                                                                                     \
	"|drm_atomic_helper_commit_planes [drm_kms_helper]|commit_tail [drm_kms_helper]"           \
	"|drm_atomic_helper_commit [drm_kms_helper]|drm_atomic_commit|drm_mode_atomic_ioctl" IOCTL
#define CREATE                                                                                     \
	"|virtio_gpu_object_create [virtio_gpu]|virtio_gpu_mode_dumb_create [virtio_gpu]"          \
	"|drm_mode_create_dumb_ioctl" IOCTL

static void test_sites(void **state)
{
	static const struct {
		const char *what, *frames, *site;
	} examples[] = {
		{ "the driver's own, in a callback",
		  "__kmalloc_noprof|virtio_gpu_array_alloc [virtio_gpu]"
		  "|virtio_gpu_cursor_plane_update [virtio_gpu]" COMMIT,
		  "virtio_gpu_array_alloc < virtio_gpu_cursor_plane_update" },
		{ "a callback's own, and so it is the ioctl that tells more",
		  "__kmalloc_cache_noprof|virtio_gpu_plane_duplicate_state [virtio_gpu]"
		  "|drm_atomic_get_plane_state|drm_atomic_set_property|drm_mode_atomic_ioctl" IOCTL,
		  "virtio_gpu_plane_duplicate_state < drm_atomic_get_plane_state < "
		  "drm_mode_atomic_ioctl" },
		{ "on the driver's behalf",
		  "__kmalloc_noprof|dma_resv_list_alloc|dma_resv_reserve_fences"
		  "|virtio_gpu_array_lock_resv [virtio_gpu]"
		  "|virtio_gpu_cursor_plane_update [virtio_gpu]" COMMIT,
		  "dma_resv_reserve_fences < virtio_gpu_array_lock_resv < "
		  "virtio_gpu_cursor_plane_update" },
		{ "a command, and not that it was queued",
		  "__kmalloc_noprof|virtqueue_add_split|virtqueue_add_sgs"
		  "|virtio_gpu_queue_fenced_ctrl_buffer [virtio_gpu]"
		  "|virtio_gpu_cmd_set_scanout [virtio_gpu]"
		  "|virtio_gpu_primary_plane_update [virtio_gpu]" COMMIT,
		  "virtqueue_add_split < virtio_gpu_cmd_set_scanout < "
		  "virtio_gpu_primary_plane_update" },
		{ "the innermost function of several of the driver's",
		  "__kmalloc_noprof|virtqueue_add_split|virtqueue_add_sgs"
		  "|virtio_gpu_queue_fenced_ctrl_buffer [virtio_gpu]"
		  "|virtio_gpu_cmd_create_resource [virtio_gpu]" CREATE,
		  "virtqueue_add_split < virtio_gpu_cmd_create_resource < "
		  "virtio_gpu_mode_dumb_create" },
		{ "a helper that calls the driver back, which calls a helper",
		  "kmem_cache_alloc_lru_noprof|shmem_alloc_inode|alloc_inode|new_inode"
		  "|drm_gem_shmem_create [drm_shmem_helper]" CREATE,
		  "shmem_alloc_inode < virtio_gpu_object_create < virtio_gpu_mode_dumb_create" },
		{ "a helper that a callback calls itself",
		  "__kmalloc_cache_noprof|vma_node_allow|drm_vma_node_allow"
		  "|drm_gem_handle_create_tail|drm_gem_handle_create"
		  "|virtio_gpu_mode_dumb_create [virtio_gpu]|drm_mode_create_dumb_ioctl" IOCTL,
		  "vma_node_allow < drm_gem_handle_create < virtio_gpu_mode_dumb_create" },
		{ "no driver",
		  "__kmalloc_cache_noprof|drm_atomic_state_alloc|drm_mode_atomic_ioctl" IOCTL,
		  "drm_atomic_state_alloc < drm_mode_atomic_ioctl" },
		{ "no driver, and a long way",
		  "__kmalloc_cache_noprof|drm_atomic_helper_setup_commit [drm_kms_helper]"
		  "|drm_atomic_helper_commit [drm_kms_helper]|drm_atomic_commit"
		  "|drm_mode_atomic_ioctl" IOCTL,
		  "drm_atomic_helper_setup_commit < drm_atomic_helper_commit < "
		  "drm_mode_atomic_ioctl" },
		{ "the ioctl itself", "__kmalloc_cache_noprof|drm_mode_page_flip_ioctl" IOCTL,
		  "drm_mode_page_flip_ioctl" },
		{ "another system call",
		  "kmem_cache_alloc_noprof|vm_area_alloc|__mmap_region|do_mmap|__x64_sys_mmap"
		  "|x64_sys_call",
		  "vm_area_alloc < __mmap_region < __x64_sys_mmap" },
		{ "an ioctl of something else",
		  "__kmalloc_cache_noprof|sync_file_alloc|sync_file_create|dma_buf_ioctl"
		  "|__x64_sys_ioctl|x64_sys_call",
		  "sync_file_alloc < sync_file_create < dma_buf_ioctl" },
		{ "work",
		  "__kmalloc_noprof|virtio_gpu_array_alloc [virtio_gpu]"
		  "|virtio_gpu_cursor_plane_update [virtio_gpu]|commit_tail [drm_kms_helper]"
		  "|commit_work [drm_kms_helper]|process_one_work|worker_thread|kthread"
		  "|ret_from_fork|ret_from_fork_asm",
		  "virtio_gpu_array_alloc < virtio_gpu_cursor_plane_update" },
		{ "a page fault",
		  "kmem_cache_alloc_lru_noprof|xas_alloc|xas_create|shmem_add_to_page_cache"
		  "|shmem_get_folio_gfp|drm_gem_get_pages|handle_mm_fault|do_user_addr_fault"
		  "|exc_page_fault|asm_exc_page_fault",
		  "shmem_add_to_page_cache < shmem_get_folio_gfp < handle_mm_fault" },
		{ "work of no driver",
		  "__kmalloc_noprof|f|g|h|output_poll_execute [drm_kms_helper]|process_one_work",
		  "f < g < output_poll_execute" },
		{ "a page, through two allocators",
		  "__alloc_pages_noprof|alloc_pages_mpol_noprof|new_slab|___slab_alloc"
		  "|kmem_cache_alloc_noprof|drm_atomic_state_alloc|drm_mode_atomic_ioctl" IOCTL,
		  "drm_atomic_state_alloc < drm_mode_atomic_ioctl" },
		{ "a container's node",
		  "kmem_cache_alloc_noprof|radix_tree_node_alloc.constprop.0|idr_get_free"
		  "|idr_alloc_u32|idr_alloc|drm_gem_handle_create_tail|f|g" IOCTL,
		  "drm_gem_handle_create_tail < f < g" },
		{ "a module's build ID", "__kmalloc_noprof|f [virtio_gpu 0123abcd]|g" IOCTL,
		  "f < g" },
		{ "another module", "__kmalloc_noprof|f|g [virtio_gpu_test]|h" IOCTL, "f < g < h" },
		{ "nothing but allocators", "__kmalloc_noprof" IOCTL, "?" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		char *text = report_of(examples[i].frames);
		char *expected = g_strdup_printf("failslab %s\n", examples[i].site);

		print_message("  %s\n", examples[i].what);
		expect_sites(text, strlen(text), expected);
		g_free(expected);
		g_free(text);
	}
}

#define INJECTION "FAULT_INJECTION: forcing a failure.\n"
#define NAME(name) "name " name ", interval 1, probability 0, space 0, times 0\n"
#define ENTRY " drm_ioctl_kernel+0x1/0x2\n drm_ioctl+0x1/0x2\n </TASK>\n"

static void test_reports(void **state)
{
	static const struct {
		const char *what, *console, *sites;
	} examples[] = {
		{ "a function that is made to fail, by a breakpoint in it",
		  INJECTION NAME(
			  "fail_function") "Call Trace:\n <TASK>\n should_fail_ex+0x1/0x2\n"
					   " should_fail+0x1/0x2\n fei_kprobe_handler+0x1/0x2\n"
					   " do_int3+0x1/0x2\n exc_int3+0x1/0x2\n"
					   " asm_exc_int3+0x1/0x2\n"
					   "RIP: 0010:virtio_gpu_array_alloc+0x1/0x2 [virtio_gpu]\n"
					   "Code: 0f 0b\nRSP: 0018:ffffc9 EFLAGS: 00000246\n"
					   "RAX: 0000000000000000 RBX: 0000000000000000\n"
					   " virtio_gpu_cursor_plane_update+0x1/0x2 [virtio_gpu]\n"
					   " drm_mode_atomic_ioctl+0x1/0x2\n" ENTRY,
		  "fail_function virtio_gpu_array_alloc < virtio_gpu_cursor_plane_update\n" },
		{ "the same by ftrace, and the unwinder has missed its caller",
		  INJECTION NAME(
			  "fail_function") "Call Trace:\n <TASK>\n fei_kprobe_handler+0x1/0x2\n"
					   " kprobe_ftrace_handler+0x1/0x2\n ? f+0x5/0xd0\n "
					   "0xffffffffa00470e3\n"
					   "RIP: 0010:f+0x1/0xd0\nRSP: 0018:ffffc9 EFLAGS: "
					   "00000202\n"
					   " ? f+0x5/0xd0\n ? g+0x17c/0x260 [virtio_gpu]\n ? "
					   "f+0x5/0xd0\n"
					   " ? x+0x1/0x2\n h+0x1/0x2\n ? x+0x1/0x2\n" ENTRY,
		  "fail_function f < g\n" },
		{ "no stack, as without verbose=2", INJECTION NAME("failslab") "more\n",
		  "failslab ?\n" },
		{ "cut before its name", INJECTION "name failsl", "? ?\n" },
		{ "without its name", INJECTION "Call Trace:\n <TASK>\n f+0x1/0x2\n" ENTRY,
		  "? f\n" },
		{ "without the head of its stack", INJECTION NAME("failslab") " f+0x1/0x2\n" ENTRY,
		  "failslab f\n" },
		{ "cut in its stack",
		  INJECTION NAME("failslab") " <TASK>\n f+0x1/0x2\n g+0x1/0x2\n",
		  "failslab f < ?\n" },
		{ "frames that cannot be read",
		  INJECTION NAME("failslab") " <TASK>\n \xff\xffmalloc_noprof+0x1/0x2\n"
					     " f+0x1/0x2\n" ENTRY INJECTION NAME(
						     "failslab") " <TASK>\n f+0x1/0x2\n "
								 "g+0#1/0x2\n h+0x1/0x2\n" ENTRY,
		  "failslab ?\nfailslab f < ?\n" },
		{ "lines that the kernel could not print",
		  "[    1.000000][   T40] " INJECTION "[    1.000000][   T40] " NAME("failslab") //
		  "[    1.000001][   T40]  <TASK>\n[    1.000001][   T40]  f+0x1/0x2\n"
		  "** 7 printk messages dropped **\n"
		  "[    1.000002][   T40]  drm_ioctl+0x1/0x2\n",
		  "failslab f < ?\n" },
		{ "two of one task, the first of which is cut",
		  INJECTION NAME("failslab") " <TASK>\n f+0x1/0x2\n" INJECTION NAME(
			  "fail_page_alloc") " <TASK>\n g+0x1/0x2\n" ENTRY,
		  "failslab f < ?\nfail_page_alloc g\n" },
		{ "two tasks at once",
		  "[    1.000000][   T40] " INJECTION "[    1.000000][   T41] " INJECTION //
		  "[    1.000001][   T41] " NAME("fail_page_alloc")			  //
		  "[    1.000001][   T40] " NAME("failslab")				  //
		  "[    1.000002][   T40]  f+0x1/0x2\n[    1.000002][   T41]  h+0x1/0x2\n"
		  "[    1.000003][   T41]  drm_ioctl+0x1/0x2\n[    1.000003][   T40]  g+0x1/0x2\n"
		  "[    1.000004][   T40]  drm_ioctl+0x1/0x2\n",
		  "failslab f < g\nfail_page_alloc h\n" },
		{ "what else the task says is not its stack",
		  INJECTION NAME("failslab") " <TASK>\n f+0x1/0x2\n" ENTRY " g+0x1/0x2\n",
		  "failslab f\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		print_message("  %s\n", examples[i].what);
		expect_sites(examples[i].console, strlen(examples[i].console), examples[i].sites);
	}
}

static void test_fields(void **state)
{
	static const char before[] = "booted\n",
			  report[] =
				  INJECTION NAME("failslab") " <TASK>\n __kmalloc_noprof+0x1/0x2\n"
							     " f+0x1/0x2\n ? x+0x1/0x2\n"
							     " g.isra.0+0x1/0x2 [virtio_gpu]\n"
							     " h+0x1/0x2\n" ENTRY,
			  behind[] = "more\n";
	char *text = g_strconcat(before, report, behind, NULL);
	struct console *console = read_console(text, strlen(text));
	const struct injection *injection = nth(console, 0);

	(void)state;
	assert_string_equal(injection->kind, "failslab");
	assert_string_equal(injection->site, "f < g");
	assert_string_equal(injection->stack, "f < g < h");
	assert_int_equal(injection->offset, strlen(before));
	assert_int_equal(injection->length, strlen(report));
	console_free(console);
	g_free(text);
}

/* It is counted as soon as it begins, and its site is there when its report has ended. */
static void test_under_way(void **state)
{
	char *text = report_of("__kmalloc_noprof|f" IOCTL);
	struct console *console = console_new();

	(void)state;
	console_feed(console, text, strlen(INJECTION));
	assert_string_equal(nth(console, 0)->site, "?");
	console_feed(console, text + strlen(INJECTION), strlen(text) - strlen(INJECTION));
	assert_string_equal(nth(console, 0)->site, "f");
	console_free(console);
	g_free(text);
}

/* Recordings: NAME.console and NAME.sites */

struct recording {
	char *name;
	char *console;
	gsize len;
	char *sites; /* without comments and empty lines */
	struct console *whole;
};

static char *read_file(const char *path, gsize *len)
{
	GError *error = NULL;
	char *text;

	if (!g_file_get_contents(path, &text, len, &error))
		fail_msg("%s", error->message);
	return text;
}

static char *strip_comments(const char *text)
{
	char **lines = g_strsplit(text, "\n", -1);
	GString *stripped = g_string_new(NULL);

	for (char **line = lines; *line; line++)
		if (**line && **line != '#')
			g_string_append_printf(stripped, "%s\n", *line);
	g_strfreev(lines);
	return g_string_free(stripped, FALSE);
}

static int load(void **state)
{
	struct recording *recording = *state;
	size_t stem = strlen(recording->name) - strlen(".sites");
	char *console = g_strdup_printf("%.*s.console", (int)stem, recording->name);
	char *sites = read_file(recording->name, NULL);

	recording->console = read_file(console, &recording->len);
	recording->sites = strip_comments(sites);
	recording->whole = read_console(recording->console, recording->len);
	g_free(sites);
	g_free(console);
	return 0;
}

static int unload(void **state)
{
	struct recording *recording = *state;

	console_free(recording->whole);
	g_free(recording->sites);
	g_free(recording->console);
	g_free(recording->name);
	g_free(recording);
	return 0;
}

static void expect_text(GString *text, const char *sites)
{
	expect_sites(text->str, text->len, sites);
	g_string_free(text, TRUE);
}

static void test_recording(void **state)
{
	const struct recording *recording = *state;
	GString *text = g_string_new_len(recording->console, (gssize)recording->len);

	assert_true(*recording->sites);
	expect_sites(recording->console, recording->len, recording->sites);
	g_string_replace(text, "\n", "\r\n", 0);
	expect_text(text, recording->sites);
}

/* The end of the line at @at, which is past its newline. */
static gsize line_end(const struct recording *recording, gsize at)
{
	const char *newline = memchr(recording->console + at, '\n', recording->len - at);

	return newline ? (gsize)(newline + 1 - recording->console) : recording->len;
}

/* Of the whole recording, the one whose report has the byte at @at, or the number of all. */
static guint injection_at(const struct recording *recording, gsize at)
{
	const GPtrArray *all = console_injections(recording->whole);
	guint i = 0;

	for (; i < all->len; i++) {
		const struct injection *injection = g_ptr_array_index(all, i);

		if (injection->offset <= at && at < injection->offset + injection->length)
			break;
	}
	return i;
}

static bool has(const struct recording *recording, gsize at, gsize end, const char *word)
{
	return g_strstr_len(recording->console + at, (gssize)(end - at), word);
}

/* A line is lost, that at @at: no other report suffers, and this one does for a reason only. */
static void lose_line(const struct recording *recording, gsize at, gsize end)
{
	GString *text = g_string_new_len(recording->console, (gssize)recording->len);
	struct console *console;
	guint hit = injection_at(recording, at);
	guint all = console_injections(recording->whole)->len;
	bool opener = has(recording, at, end, "FAULT_INJECTION: ");
	bool frame = has(recording, at, end, "+0x") && !has(recording, at, end, " ? ");
	bool bracket = has(recording, at, end, " <TASK>"); /* what has no end may seem to end */

	g_string_erase(text, (gssize)at, (gssize)(end - at));
	console = read_console(text->str, text->len);
	check_injections(console, text->len);
	assert_int_equal(console_injections(console)->len, all - opener);
	for (guint i = 0; i < all; i++) {
		const struct injection *before = nth(recording->whole, i);
		const struct injection *now;

		if (i == hit && (opener || frame))
			continue;
		now = nth(console, i - (opener && i > hit));
		if (!(i == hit && bracket && strchr(now->site, '?')))
			assert_string_equal(now->site, before->site);
		if (i != hit || !has(recording, at, end, "name "))
			assert_string_equal(now->kind, before->kind);
	}
	console_free(console);
	g_string_free(text, TRUE);
}

static void test_recording_dropped(void **state)
{
	const struct recording *recording = *state;

	for (gsize at = 0, end; at < recording->len; at = end) {
		end = line_end(recording, at);
		lose_line(recording, at, end);
	}
}

/* Wherever it ends, what was said before is there, and the last site is right or has a "?". */
static void test_recording_cut(void **state)
{
	const struct recording *recording = *state;

	for (gsize len = 0; len <= recording->len; len += len % 5 + 30) {
		struct console *console = read_console(recording->console, len);
		guint count = console_injections(console)->len;

		check_injections(console, len);
		for (guint i = 0; i < count; i++) {
			const char *whole = nth(recording->whole, i)->site;
			const char *cut = nth(console, i)->site;

			if (!strchr(cut, '?')) {
				assert_string_equal(cut, whole);
				continue;
			}
			assert_int_equal(i, count - 1);
			if (*cut != '?')
				assert_int_equal(strncmp(cut, whole, strcspn(cut, " ")), 0);
		}
		console_free(console);
	}
}

/* Two CPUs print it at the same time, line by line: each report twice, and each is whole. */
static void test_recording_interleaved(void **state)
{
	const struct recording *recording = *state;
	GString *text = g_string_new(NULL), *sites = g_string_new(NULL);
	char **expected = g_strsplit(recording->sites, "\n", -1);

	if (!strstr(recording->console, "][   T40]")) {
		g_strfreev(expected);
		g_string_free(sites, TRUE);
		g_string_free(text, TRUE);
		return; /* the console does not say whose line it is */
	}
	for (gsize at = 0, end; at < recording->len; at = end) {
		GString *line;

		end = line_end(recording, at);
		line = g_string_new_len(recording->console + at, (gssize)(end - at));
		g_string_append_len(text, line->str, (gssize)line->len);
		if (g_string_replace(line, "][   T40]", "][   T99]", 1))
			g_string_append_len(text, line->str, (gssize)line->len);
		g_string_free(line, TRUE);
	}
	for (char **site = expected; **site; site++)
		g_string_append_printf(sites, "%s\n%s\n", *site, *site);
	expect_text(text, sites->str);
	g_string_free(sites, TRUE);
	g_strfreev(expected);
}

/* The same numbers on every run. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void test_recording_damaged(void **state)
{
	const struct recording *recording = *state;
	uint32_t seed = (uint32_t)recording->len;

	for (int round = 0; round < 20; round++) {
		char *bytes = g_memdup2(recording->console, recording->len);
		struct console *console;

		for (gsize hits = recording->len / 50 + 1; hits; hits--)
			bytes[next_random(&seed) % recording->len] = (char)next_random(&seed);
		console = read_console(bytes, recording->len);
		check_injections(console, recording->len);
		console_free(console);
		g_free(bytes);
	}
}

/* The golden runs: what the same sweep hits, with and without the fix. */
static void test_golden(void **state)
{
	static const char fixed[] = "virtio_gpu_lock_one_resv_uninterruptible";
	gsize len;
	char *upstream = read_file(GOLDEN_DIR "/failed-allocations/console.txt", &len);
	struct console *with = read_console(upstream, len);
	char *unfixed = read_file(GOLDEN_DIR "/splat/console.txt", &len);
	struct console *without = read_console(unfixed, len);

	(void)state;
	assert_int_equal(console_injections(with)->len, 11);
	assert_int_equal(console_injections(without)->len, 10);
	for (guint i = 0; i < 9; i++)
		assert_string_equal(nth(with, i)->site, nth(without, i)->site);
	assert_string_equal(nth(without, 9)->site,
			    "dma_resv_reserve_fences < virtio_gpu_array_lock_resv < "
			    "virtio_gpu_cursor_plane_update");
	assert_non_null(strstr(nth(with, 9)->site, fixed));
	console_free(without);
	g_free(unfixed);
	console_free(with);
	g_free(upstream);
}

/* The program */

static void add_recording(GArray *tests, const char *path)
{
	static const struct {
		const char *what;
		CMUnitTestFunction function;
	} checks[] = { { "", test_recording },
		       { " cut", test_recording_cut },
		       { " with a line dropped", test_recording_dropped },
		       { " interleaved", test_recording_interleaved },
		       { " damaged", test_recording_damaged } };

	for (size_t i = 0; i < LENGTH(checks); i++) {
		struct recording *recording = g_new0(struct recording, 1);
		char *base = g_path_get_basename(path);
		struct CMUnitTest test = {
			.name = g_strconcat(base, checks[i].what, NULL),
			.test_func = checks[i].function,
			.setup_func = load,
			.teardown_func = unload,
			.initial_state = recording,
		};

		recording->name = g_strdup(path);
		g_array_append_val(tests, test);
		g_free(base);
	}
}

static int run_recordings(void)
{
	static const char *const names[] = { "injection-6.12", "recorded-unfixed-cursor-fault-6.12",
					     "recorded-unfixed-flip-fault-6.12",
					     "recorded-fail-function-6.12",
					     "recorded-upstream-cursor-fault-7.2" };
	GArray *tests = g_array_new(FALSE, FALSE, sizeof(struct CMUnitTest));
	int failed;

	for (size_t i = 0; i < LENGTH(names); i++) {
		char *path = g_strdup_printf("%s/%s.sites", CONSOLES_DIR, names[i]);

		add_recording(tests, path);
		g_free(path);
	}
	failed = _cmocka_run_group_tests("recordings",
					 (const struct CMUnitTest *)(const void *)tests->data,
					 tests->len, NULL, NULL);
	for (guint i = 0; i < tests->len; i++)
		g_free((char *)(uintptr_t)g_array_index(tests, struct CMUnitTest, i).name);
	g_array_free(tests, TRUE);
	return failed;
}

/* -p: what is read of a console, in the form of a NAME.sites file. */
static int print_sites(const char *path)
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
	console = read_console(bytes, len);
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
		cmocka_unit_test(test_sites),  cmocka_unit_test(test_reports),
		cmocka_unit_test(test_fields), cmocka_unit_test(test_under_way),
		cmocka_unit_test(test_golden),
	};
	int failed;

	if (argc == 3 && strcmp(argv[1], "-p") == 0)
		return print_sites(argv[2]);
	failed = cmocka_run_group_tests_name("injection", tests, NULL, NULL);
	failed += run_recordings();
	return failed ? 1 : 0;
}
