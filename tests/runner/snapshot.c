// SPDX-License-Identifier: MIT
#include "tests/runner/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tests/runner/fail.h"
#include "tests/runner/rules.h"
#include "compositor/model/journal.h"

/*
 * Liveness limits, not measures of speed: a guest under TCG on a busy machine boots in well under a
 * minute, and one that prints nothing at all for SILENT_MS is not coming.
 */
#define BOOT_MS 300000
#define SILENT_MS 60000
/* What is still on its way from QEMU when the guest stands still. */
#define LAST_WORDS_MS 20
/* A kernel under a KVM that works prints its first line within a fraction of a second. */
#define KVM_FIRST_LINE_MS 10000

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	g_free(snapshot->ram);
	g_free(snapshot->state);
	g_string_free(snapshot->console, TRUE);
	g_free(snapshot->instrumented);
	g_free(snapshot);
}

static struct snapshot *snapshot_in(const char *dir)
{
	struct snapshot *snapshot = g_new0(struct snapshot, 1);

	snapshot->ram = g_build_filename(dir, "ram", NULL);
	snapshot->state = g_build_filename(dir, "state", NULL);
	snapshot->console = g_string_new(NULL);
	snapshot->usable = TRUE;
	return snapshot;
}

/* Renamed into place last of all, the state file says that the snapshot is whole. */
struct snapshot *snapshot_open(const char *dir)
{
	struct snapshot *snapshot = snapshot_in(dir);

	if (g_file_test(snapshot->state, G_FILE_TEST_EXISTS))
		return snapshot;
	snapshot_free(snapshot);
	return NULL;
}

static gboolean copy_range(int from, int to, off_t start, off_t end)
{
	loff_t in = start, out = start;

	while (in < end) {
		ssize_t done = copy_file_range(from, &in, to, &out, (size_t)(end - in), 0);

		if (done <= 0)
			return FALSE;
	}
	return TRUE;
}

/* Most of a small guest's memory was never touched: copy the data, leave the holes. */
static gboolean copy_sparse(int from, int to)
{
	off_t size = lseek(from, 0, SEEK_END), data = 0, hole;

	if (size < 0 || ftruncate(to, size))
		return FALSE;
	while ((data = lseek(from, data, SEEK_DATA)) >= 0) {
		hole = lseek(from, data, SEEK_HOLE);
		if (hole < 0 || !copy_range(from, to, data, hole))
			return FALSE;
		data = hole;
	}
	return errno == ENXIO; /* no data any more */
}

/* Make the memory file @path: empty, or a copy of @parent's. */
static gboolean make_ram(const char *path, const char *parent, GError **error)
{
	int to = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), from = -1;
	gboolean done = FALSE;

	if (to >= 0 && !parent)
		done = !ftruncate(to, (off_t)VM_MEMORY_MB << 20);
	if (to >= 0 && parent) {
		from = open(parent, O_RDONLY | O_CLOEXEC);
		done = from >= 0 && copy_sparse(from, to);
	}
	if (!done)
		fail_errno(error, path);
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return done;
}

/* The first event of @kind in the journal so far. */
static gboolean journal_has(struct vm *vm, enum journal_kind kind, char **text)
{
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	const GString *journal = vm_journal(vm);

	journal_read(journal->str, journal->len, events);
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind != kind)
			continue;
		if (text)
			*text = g_strndup(event->text, event->text_len);
		return TRUE;
	}
	return FALSE;
}

/* Wait until the agent says that it is ready for the next request. */
static gboolean wait_ready(struct vm *vm, int silent_ms, GError **error)
{
	gint64 start = g_get_monotonic_time(), last = start, now = start;

	while (now - start < BOOT_MS * G_TIME_SPAN_MILLISECOND &&
	       now - last < silent_ms * G_TIME_SPAN_MILLISECOND) {
		unsigned events = vm_pump(vm, 100);
		g_autofree char *text = NULL;

		now = g_get_monotonic_time();
		if (events & (VM_CONSOLE | VM_JOURNAL)) {
			last = now;
			silent_ms = SILENT_MS;
		}
		if (events & VM_JOURNAL && journal_has(vm, JOURNAL_ERROR, &text)) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the guest says: %s",
				    text);
			return FALSE;
		}
		if (events & VM_JOURNAL && journal_has(vm, JOURNAL_READY, NULL))
			return TRUE;
		if (events & VM_CANCELLED) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
			return FALSE;
		}
		if (events & VM_GONE) {
			g_autofree char *epitaph = vm_epitaph(vm);

			g_set_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s", epitaph);
			return FALSE;
		}
	}
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the guest did not become ready");
	return FALSE;
}

static void keep_console(struct vm *vm, struct snapshot *snapshot, const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "console.txt", NULL);
	const GString *console = vm_console(vm);

	g_string_append_len(snapshot->console, console->str, (gssize)console->len);
	g_file_set_contents(path, console->str, (gssize)console->len, NULL);
}

/* The signature of the first thing that the kernel complained about, or NULL. The caller's. */
static char *first_finding(const GString *text)
{
	struct console *console = console_new();
	const GPtrArray *findings;
	char *signature = NULL;

	console_feed(console, text->str, text->len);
	console_finish(console);
	findings = console_findings(console);
	if (findings->len)
		signature = g_strdup(((struct finding *)g_ptr_array_index(findings, 0))->signature);
	console_free(console);
	return signature;
}

/* A snapshot is kept for many runs only once it is on the disk. */
static gboolean flush(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	gboolean done = fd >= 0 && !fsync(fd);

	if (!done)
		fail_errno(error, path);
	if (fd >= 0)
		close(fd);
	return done;
}

/*
 * What the kernel complained about while the guest ran decides as well. A kernel that splats while it
 * boots is of no use for any variant. One that breaks down over a variant's module is that variant's
 * fault, and evidence.
 */
static gboolean judge_making(struct snapshot *snapshot, gboolean booted, gboolean done,
			     GCancellable *cancellable, GError **error)
{
	g_autofree char *finding = first_finding(snapshot->console);

	if (!finding || g_cancellable_is_cancelled(cancellable))
		return done;
	if (booted) {
		g_clear_error(error);
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the kernel splats: %s", finding);
		return FALSE;
	}
	if (!done) {
		g_clear_error(error);
		snapshot->usable = FALSE;
	}
	return TRUE;
}

/*
 * Which functions the guest has said that a fault may interrupt, as stats (compositor/injectable.h). A run
 * that was asked to interrupt some and interrupts none would show less than it says.
 */
static gboolean keep_instrumented(struct snapshot *snapshot, const struct vm *vm, GError **error)
{
	g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const GString *journal = vm_journal(vm);
	guint count;

	journal_read(journal->str, journal->len, events);
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind == JOURNAL_STAT)
			g_ptr_array_add(names, g_strndup(event->name, event->name_len));
	}
	count = names->len;
	if (!count)
		g_ptr_array_add(names, g_strdup("none"));
	g_ptr_array_add(names, NULL);
	snapshot->instrumented = g_strjoinv(", ", (char **)names->pdata);
	if (count || !snapshot->usable)
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
		    "none of its functions is marked for error injection");
	return FALSE;
}

/* Put the saved state in its place, which says that the snapshot is whole. */
static gboolean publish(const struct snapshot *snapshot, const char *partial, gboolean keep,
			GError **error)
{
	if (keep && (!flush(snapshot->ram, error) || !flush(partial, error)))
		return FALSE;
	return !g_rename(partial, snapshot->state) || fail_errno(error, snapshot->state);
}

/* Run a guest until it is ready and save it. @parent NULL: boot. */
static struct snapshot *make(const struct vm_platform *platform, const struct snapshot *parent,
			     enum channel_request request, const char *bytes, gsize len,
			     const char *dir, GCancellable *cancellable, GError **error)
{
	struct snapshot *snapshot = snapshot_in(dir);
	g_autofree char *log = g_build_filename(dir, "qemu.txt", NULL);
	g_autofree char *partial = g_strconcat(snapshot->state, ".partial", NULL);
	struct vm_setup setup = { .platform = platform,
				  .ram = snapshot->ram,
				  .ram_keep = TRUE,
				  .state = parent ? parent->state : NULL,
				  .log = log,
				  .cancellable = cancellable };
	struct vm *vm = NULL;
	gboolean done = FALSE;

	if (g_mkdir_with_parents(dir, 0755)) {
		fail_errno(error, dir);
		goto out;
	}
	if (!make_ram(snapshot->ram, parent ? parent->ram : NULL, error))
		goto out;
	vm = vm_start(&setup, request, 0, bytes, len, error);
	if (!vm)
		goto out;
	done = wait_ready(vm, SILENT_MS, error) && vm_save(vm, partial, error);
	while (vm_pump(vm, LAST_WORDS_MS) == VM_CONSOLE)
		;
	keep_console(vm, snapshot, dir);
	done = judge_making(snapshot, !parent, done, cancellable, error);
	if (done && request == REQUEST_INSTRUMENTED)
		done = keep_instrumented(snapshot, vm, error);
	if (done && snapshot->usable)
		done = publish(snapshot, partial, !parent, error);
out:
	vm_destroy(vm);
	if (!done)
		g_clear_pointer(&snapshot, snapshot_free);
	return snapshot;
}

struct snapshot *snapshot_boot(const struct vm_platform *platform, const char *dir,
			       GCancellable *cancellable, GError **error)
{
	return make(platform, NULL, REQUEST_NONE, NULL, 0, dir, cancellable, error);
}

struct snapshot *snapshot_load_module(const struct vm_platform *platform,
				      const struct snapshot *parent, const char *module,
				      gboolean instrumented, const char *dir,
				      GCancellable *cancellable, GError **error)
{
	enum channel_request request = instrumented ? REQUEST_INSTRUMENTED : REQUEST_MODULE;
	g_autofree char *bytes = NULL;
	gsize len;

	if (!g_file_get_contents(module, &bytes, &len, error))
		return NULL;
	return make(platform, parent, request, bytes, len, dir, cancellable, error);
}

gboolean snapshot_probe_kvm(const struct vm_platform *platform, const char *dir,
			    GCancellable *cancellable, char **why)
{
	struct vm_platform kvm = *platform;
	g_autofree char *ram = g_build_filename(dir, "ram", NULL);
	g_autofree char *log = g_build_filename(dir, "qemu.txt", NULL);
	g_autoptr(GError) error = NULL;
	struct vm_setup setup = {
		.platform = &kvm, .ram = ram, .log = log, .cancellable = cancellable
	};
	struct vm *vm = NULL;
	gboolean works;

	kvm.accel = VM_KVM;
	if (g_access("/dev/kvm", R_OK | W_OK)) {
		*why = g_strdup_printf("/dev/kvm: %s", g_strerror(errno));
		return FALSE;
	}
	works = !g_mkdir_with_parents(dir, 0755) && make_ram(ram, NULL, &error);
	if (works)
		vm = vm_start(&setup, REQUEST_NONE, 0, NULL, 0, &error);
	works = vm && wait_ready(vm, KVM_FIRST_LINE_MS, &error);
	if (works)
		*why = g_strdup("a guest boots under KVM");
	else
		*why = g_strdup_printf("/dev/kvm opens, but no guest boots under it: %s",
				       error ? error->message : "unknown");
	vm_destroy(vm);
	g_unlink(ram);
	return works;
}
