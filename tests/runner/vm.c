// SPDX-License-Identifier: MIT
#include "tests/runner/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/runner/child.h"
#include "tests/runner/fail.h"
#include "tests/runner/qmp.h"
#include "tests/runner/trace.h"

/* The descriptors that QEMU finds open when it starts. */
enum inherited_fd { FD_QMP = 3, FD_CONSOLE, FD_CHANNEL, FD_STATE, FD_TRACE };

/*
 * Where the channel's memory is: the start of the range for memory modules (hw/i386/pc.c). Not a
 * PCI BAR (ivshmem): that has no address yet when shared memory is compared on resuming.
 */
#define CHANNEL_AT "0x100000000"

/* The guest stores into the channel without telling anybody, so it is looked at this often. */
#define CHANNEL_POLL_MS 2

/* Saving or loading a guest takes a fraction of a second; a machine under heavy load may take its time. */
#define MIGRATION_MS 60000

/* The monitor that is plugged into a console after the first: the size that programs ask for. */
#define MONITOR_WIDTH 1024
#define MONITOR_HEIGHT 768

/* A window's toolkit starts helpers and threads of its own, which the rest of it forbids. */
#define SANDBOX "on,obsolete=deny,elevateprivileges=deny"
#define GPU "virtio-gpu-pci,max_outputs=2"

struct vm {
	GSubprocess *process;
	char *log;
	int qmp_fd, console_fd, channel_fd;
	int trace_fd; /* -1: not traced */
	struct witness *witness;
	struct qmp *qmp;
	void *memory; /* the channel's mapping */
	struct channel channel;
	GString *console;
	GString *journal;
	GCancellable *cancellable;
	gboolean gone;
};

const GString *vm_console(const struct vm *vm)
{
	return vm->console;
}

const GString *vm_journal(const struct vm *vm)
{
	return vm->journal;
}

static gboolean socket_pair(int *ours, int *theirs, GError **error)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return fail_errno(error, "socketpair");
	*ours = fds[0];
	*theirs = fds[1];
	return TRUE;
}

static gboolean open_channel(struct vm *vm, GError **error)
{
	vm->channel_fd = memfd_create("planestorm-channel", MFD_CLOEXEC);
	if (vm->channel_fd >= 0 && !ftruncate(vm->channel_fd, CHANNEL_SIZE)) {
		void *memory = mmap(NULL, CHANNEL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
				    vm->channel_fd, 0);

		if (memory != MAP_FAILED) {
			vm->memory = memory;
			channel_init(&vm->channel, memory);
			return TRUE;
		}
	}
	return fail_errno(error, "the guest's channel");
}

/* QEMU opens it by itself, with a position of its own; nobody else sees it, nothing is left behind. */
static gboolean open_trace(struct vm *vm, GError **error)
{
	vm->trace_fd = memfd_create("planestorm-trace", MFD_CLOEXEC);
	if (vm->trace_fd >= 0)
		return TRUE;
	return fail_errno(error, "the device's trace");
}

/*
 * The display goes to a client that is still to come, over a socket of its own. The time in front of
 * a line (-msg) is CLOCK_REALTIME in microseconds; QEMU writes each line at once. What the device
 * refuses (-d guest_errors) goes the same way.
 */
static void add_witness(GStrvBuilder *argv)
{
	g_autofree char *trace = g_strdup_printf("/proc/self/fd/%d", FD_TRACE);

	g_strv_builder_add_many(argv, "-display", "dbus,p2p=on", "-msg", "timestamp=on", "-D",
				trace, "-d", "guest_errors", NULL);
	for (int i = 0; trace_events[i]; i++)
		g_strv_builder_add_many(argv, "-trace", trace_events[i], NULL);
}

/* Read-only, so any number of guests can have it at once. */
static void add_layer(GStrvBuilder *argv, const char *path)
{
	g_autofree char *drive =
		g_strdup_printf("if=none,id=layer,format=raw,readonly=on,file=%s", path);

	g_strv_builder_add_many(argv, "-drive", drive, "-device", "virtio-blk-pci,drive=layer",
				NULL);
}

/*
 * The machine. No defaults, no network, no disk but the layer; what is here must be the same when a snapshot is
 * made and when it is resumed, but for where the memory is kept.
 */
static GStrv command_line(const struct vm_setup *setup)
{
	const struct vm_platform *platform = setup->platform;
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
	g_autofree char *ram =
		g_strdup_printf("memory-backend-file,id=ram,size=%dM,mem-path=%s,"
				"share=%s",
				VM_MEMORY_MB, setup->ram, setup->ram_keep ? "on" : "off");
	g_autofree char *channel = g_strdup_printf("memory-backend-file,id=channel,size=%u,"
						   "mem-path=/proc/self/fd/%d,share=on",
						   CHANNEL_SIZE, FD_CHANNEL);
	g_autofree char *qmp = g_strdup_printf("socket,id=qmp,fd=%d", FD_QMP);
	g_autofree char *console = g_strdup_printf("socket,id=console,fd=%d", FD_CONSOLE);
	g_autofree char *memory = g_strdup_printf("%dM,slots=1,maxmem=1G", VM_MEMORY_MB);
	g_autofree char *gpu =
		setup->max_hostmem ?
			g_strdup_printf(GPU ",max_hostmem=%" G_GUINT64_FORMAT, setup->max_hostmem) :
			g_strdup(GPU);
	g_autofree char *cpus = g_strdup_printf("%d", VM_CPUS);
	/* clang-format off */
	const char *const machine[] = {
		platform->qemu, "-nodefaults", "-no-user-config", "-no-reboot",
		"-sandbox", setup->window ? SANDBOX : SANDBOX ",spawn=deny,resourcecontrol=deny",
		"-machine", "pc,memory-backend=ram,usb=off",
		"-accel", platform->accel == VM_KVM ? "kvm" : "tcg,thread=multi",
		"-cpu", platform->accel == VM_KVM ? "host" : "max",
		"-smp", cpus, "-m", memory, "-object", ram, "-nic", "none", "-vga", "none",
		"-chardev", qmp, "-mon", "chardev=qmp,mode=control",
		"-chardev", console, "-serial", "chardev:console",
		"-object", channel, "-device", "pc-dimm,memdev=channel,addr=" CHANNEL_AT,
		"-device", gpu,
		"-device", "virtio-tablet-pci", "-device", "virtio-keyboard-pci",
		"-kernel", platform->kernel, "-initrd", platform->initrd, "-append",
		"console=ttyS0 earlyprintk=ttyS0 loglevel=7 panic=-1 " CHANNEL_ADDRESS CHANNEL_AT,
		NULL,
	};
	/* clang-format on */

	for (int i = 0; machine[i]; i++)
		g_strv_builder_add(argv, machine[i]);
	if (platform->layer)
		add_layer(argv, platform->layer);
	if (setup->witness_heads)
		add_witness(argv);
	else if (setup->window)
		g_strv_builder_add_many(argv, "-display", "gtk,show-cursor=off", NULL);
	else
		g_strv_builder_add_many(argv, "-display", "none", NULL);
	if (setup->state)
		g_strv_builder_add_many(argv, "-incoming", "defer", NULL);
	return g_strv_builder_end(argv);
}

/* A copy of @fd for QEMU, which the launcher takes. */
static gboolean hand_copy(GSubprocessLauncher *launcher, int fd, int target, GError **error)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy >= 0) {
		g_subprocess_launcher_take_fd(launcher, copy, target);
		return TRUE;
	}
	return fail_errno(error, "what QEMU inherits");
}

/* Open what QEMU inherits. The launcher takes the descriptors. */
static gboolean hand_over(struct vm *vm, const struct vm_setup *setup,
			  GSubprocessLauncher *launcher, GError **error)
{
	int qmp = -1, console = -1, state;

	if (!socket_pair(&vm->qmp_fd, &qmp, error))
		return FALSE;
	g_subprocess_launcher_take_fd(launcher, qmp, FD_QMP);
	if (!socket_pair(&vm->console_fd, &console, error))
		return FALSE;
	g_subprocess_launcher_take_fd(launcher, console, FD_CONSOLE);
	if (!hand_copy(launcher, vm->channel_fd, FD_CHANNEL, error))
		return FALSE;
	if (vm->trace_fd >= 0 && !hand_copy(launcher, vm->trace_fd, FD_TRACE, error))
		return FALSE;
	if (!setup->state)
		return TRUE;
	state = open(setup->state, O_RDONLY | O_CLOEXEC);
	if (state < 0)
		return fail_errno(error, setup->state);
	g_subprocess_launcher_take_fd(launcher, state, FD_STATE);
	return TRUE;
}

static gboolean launch(struct vm *vm, const struct vm_setup *setup, GError **error)
{
	g_autoptr(GSubprocessLauncher) launcher = NULL;
	g_auto(GStrv) argv = command_line(setup);

	launcher = child_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE, SIGKILL);
	g_subprocess_launcher_set_stderr_file_path(launcher, setup->log);
	if (!hand_over(vm, setup, launcher, error))
		return FALSE;
	vm->process = g_subprocess_launcher_spawnv(launcher, (const char *const *)argv, error);
	return vm->process != NULL;
}

static gboolean run_command(struct vm *vm, const char *command, const char *arguments, int fd,
			    GError **error)
{
	g_autoptr(JsonNode) answer = qmp_execute(vm->qmp, command, arguments, fd, error);

	return answer != NULL;
}

/*
 * Memory that is kept in a file needs no copy in the stream of the device state: x-ignore-shared
 * (QEMU 4.0 on) leaves it out, and a resumed guest maps the file privately. Both sides must say so.
 */
static gboolean leave_out_memory(struct vm *vm, GError **error)
{
	return run_command(vm, "migrate-set-capabilities",
			   "{\"capabilities\": [{\"capability\": \"x-ignore-shared\", "
			   "\"state\": true}]}",
			   -1, error);
}

/* QEMU reports on a migration only when asked. */
static gboolean wait_migrated(struct vm *vm, const char *what, GError **error)
{
	gint64 end = g_get_monotonic_time() + MIGRATION_MS * G_TIME_SPAN_MILLISECOND;

	for (;;) {
		g_autoptr(JsonNode) node = qmp_execute(vm->qmp, "query-migrate", NULL, -1, error);
		const char *status;

		if (!node)
			return FALSE;
		status = json_object_get_string_member_with_default(json_node_get_object(node),
								    "status", "");
		if (!strcmp(status, "completed"))
			return TRUE;
		if (!strcmp(status, "failed") || !strcmp(status, "cancelled")) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
				    "QEMU could not %s the guest: %s", what,
				    json_object_get_string_member_with_default(
					    json_node_get_object(node), "error-desc", status));
			return FALSE;
		}
		if (g_get_monotonic_time() > end || g_cancellable_is_cancelled(vm->cancellable)) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
				    "QEMU did not %s the guest within %d s", what,
				    MIGRATION_MS / 1000);
			return FALSE;
		}
		g_usleep(2000);
	}
}

/* Load the device state; the guest then runs by itself. */
static gboolean resume(struct vm *vm, GError **error)
{
	g_autofree char *uri = g_strdup_printf("{\"uri\": \"fd:%d\"}", FD_STATE);

	return leave_out_memory(vm, error) && run_command(vm, "migrate-incoming", uri, -1, error);
}

/* Plug in what the program uses besides the first head, once the devices are as in the snapshot. */
static gboolean plug_in(struct vm *vm, int heads, GError **error)
{
	if (heads > 1 && !wait_migrated(vm, "load", error))
		return FALSE;
	for (int head = 1; head < heads; head++)
		if (!witness_plug(vm->witness, head, MONITOR_WIDTH, MONITOR_HEIGHT, error))
			return FALSE;
	return TRUE;
}

/* Before the guest runs, so that nothing is missed. */
static gboolean watch_display(struct vm *vm, int heads, GError **error)
{
	int ours = -1, theirs = -1;
	gboolean added;

	if (!socket_pair(&ours, &theirs, error))
		return FALSE;
	added = run_command(vm, "getfd", "{\"fdname\": \"display\"}", theirs, error) &&
		run_command(vm, "add_client",
			    "{\"protocol\": \"@dbus-display\", \"fdname\": \"display\"}", -1,
			    error);
	close(theirs);
	if (!added) {
		close(ours);
		return FALSE;
	}
	vm->witness = witness_start(ours, heads, error);
	return vm->witness != NULL;
}

/* Of a QEMU that ended by itself its own last word says more. */
static void explain(struct vm *vm, GError **error)
{
	char *epitaph;

	if (!error || !vm->process || !g_error_matches(*error, G_IO_ERROR, G_IO_ERROR_CLOSED))
		return;
	epitaph = vm_epitaph(vm);
	g_free((*error)->message);
	(*error)->message = epitaph;
}

struct vm *vm_start(const struct vm_setup *setup, enum channel_request request, guint64 seed,
		    const void *bytes, gsize len, GError **error)
{
	struct vm *vm = g_new0(struct vm, 1);

	vm->qmp_fd = vm->console_fd = vm->channel_fd = vm->trace_fd = -1;
	vm->console = g_string_new(NULL);
	vm->journal = g_string_new(NULL);
	vm->log = g_strdup(setup->log);
	vm->cancellable = setup->cancellable;
	if (!open_channel(vm, error))
		goto fail;
	if (setup->witness_heads && !open_trace(vm, error))
		goto fail;
	vm->channel.header->magic = CHANNEL_MAGIC;
	if (request != REQUEST_NONE && channel_post(&vm->channel, request, seed, bytes, len)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
			    "%" G_GSIZE_FORMAT " bytes do not fit into the guest's channel", len);
		goto fail;
	}
	if (!launch(vm, setup, error))
		goto fail;
	vm->qmp = qmp_new(vm->qmp_fd);
	if (setup->witness_heads && !watch_display(vm, setup->witness_heads, error))
		goto fail;
	if (setup->state && !resume(vm, error))
		goto fail;
	if (setup->state && !plug_in(vm, setup->witness_heads, error))
		goto fail;
	return vm;

fail:
	explain(vm, error);
	vm_destroy(vm);
	return NULL;
}

void vm_destroy(struct vm *vm)
{
	if (!vm)
		return;
	if (vm->process) {
		g_subprocess_force_exit(vm->process);
		g_subprocess_wait(vm->process, NULL, NULL);
		g_object_unref(vm->process);
	}
	display_record_free(vm_take_display(vm, NULL));
	qmp_free(vm->qmp);
	if (vm->memory)
		munmap(vm->memory, CHANNEL_SIZE);
	if (vm->qmp_fd >= 0)
		close(vm->qmp_fd);
	if (vm->console_fd >= 0)
		close(vm->console_fd);
	if (vm->channel_fd >= 0)
		close(vm->channel_fd);
	if (vm->trace_fd >= 0)
		close(vm->trace_fd);
	g_string_free(vm->console, TRUE);
	g_string_free(vm->journal, TRUE);
	g_free(vm->log);
	g_free(vm);
}

static unsigned pump_console(struct vm *vm)
{
	char bytes[65536];
	ssize_t got = recv(vm->console_fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (got > 0) {
		g_string_append_len(vm->console, bytes, got);
		return VM_CONSOLE;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return VM_QUIET;
	vm->gone = TRUE; /* QEMU holds the other end for as long as it lives */
	return VM_QUIET;
}

static unsigned pump_journal(struct vm *vm)
{
	char bytes[65536];
	gsize got, all = 0;

	while ((got = channel_read(&vm->channel, bytes, sizeof(bytes))) > 0) {
		g_string_append_len(vm->journal, bytes, (gssize)got);
		all += got;
		if (all >= CHANNEL_RING_SIZE)
			break;
	}
	return all ? VM_JOURNAL : VM_QUIET;
}

unsigned vm_pump(struct vm *vm, int timeout_ms)
{
	gint64 deadline = g_get_monotonic_time() + timeout_ms * G_TIME_SPAN_MILLISECOND;

	for (;;) {
		struct pollfd pollfd = { .fd = vm->console_fd, .events = POLLIN };
		unsigned events = VM_QUIET;

		if (!vm->gone && poll(&pollfd, 1, CHANNEL_POLL_MS) > 0)
			events |= pump_console(vm);
		events |= pump_journal(vm);
		if (vm->gone)
			events |= VM_GONE;
		if (g_cancellable_is_cancelled(vm->cancellable))
			events |= VM_CANCELLED;
		if (events || g_get_monotonic_time() >= deadline)
			return events;
	}
}

int vm_post(struct vm *vm, enum channel_request request, const void *bytes, gsize len)
{
	return channel_post(&vm->channel, request, vm->channel.header->seed, bytes, len);
}

gboolean vm_taken(const struct vm *vm)
{
	const struct channel_header *header = vm->channel.header;

	return atomic_load(&header->request_taken) == atomic_load(&header->request_seq);
}

struct witness *vm_witness(struct vm *vm)
{
	return vm->witness;
}

void vm_checked(struct vm *vm, guint64 number)
{
	channel_checked(&vm->channel, (uint32_t)number);
}

void vm_done(struct vm *vm, guint64 number)
{
	channel_done(&vm->channel, (uint32_t)number);
}

gsize vm_trace_size(const struct vm *vm)
{
	struct stat stat;

	return vm->trace_fd >= 0 && !fstat(vm->trace_fd, &stat) ? (gsize)stat.st_size : 0;
}

char *vm_trace(struct vm *vm, gsize *len)
{
	gsize size = vm_trace_size(vm);
	char *text;

	*len = 0;
	text = g_malloc(size + 1);
	while (*len < size) {
		ssize_t got = pread(vm->trace_fd, text + *len, size - *len, (off_t)*len);

		if (got <= 0)
			break;
		*len += (gsize)got;
	}
	text[*len] = '\0';
	return text;
}

/*
 * The device works through its queues in a bottom half of QEMU's main loop. Each answer takes a turn
 * of that loop: after two, what was scheduled before the first has run.
 */
gboolean vm_check(struct vm *vm, guint64 number, GError **error)
{
	if (!vm->witness) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "nobody watches the display");
		return FALSE;
	}
	return run_command(vm, "query-status", NULL, -1, error) &&
	       run_command(vm, "query-status", NULL, -1, error) &&
	       witness_check(vm->witness, number, error);
}

struct display_record *vm_take_display(struct vm *vm, const char **lost)
{
	if (lost)
		*lost = NULL;
	if (!vm->witness)
		return NULL;
	return witness_stop(g_steal_pointer(&vm->witness), lost);
}

gboolean vm_save(struct vm *vm, const char *path, GError **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	gboolean done;

	if (fd < 0)
		return fail_errno(error, path);
	/* Not stopped by us first: the state saved is then "running", and a resumed guest runs. */
	done = leave_out_memory(vm, error) &&
	       run_command(vm, "migrate-set-parameters", "{\"max-bandwidth\": 10737418240}", -1,
			   error) &&
	       run_command(vm, "getfd", "{\"fdname\": \"state\"}", fd, error) &&
	       run_command(vm, "migrate", "{\"uri\": \"fd:state\"}", -1, error) &&
	       wait_migrated(vm, "save", error);
	close(fd);
	return done;
}

gboolean vm_reset(struct vm *vm)
{
	g_subprocess_wait(vm->process, NULL, NULL);
	return g_subprocess_get_if_exited(vm->process) &&
	       g_subprocess_get_exit_status(vm->process) == 0;
}

/* What follows the time in front of a line of QEMU's (-msg timestamp=on), if there is one. */
static const char *after_stamp(const char *line)
{
	static const char form[] = "0000-00-00T00:00:00.000000Z ";

	for (gsize i = 0; form[i]; i++)
		if (form[i] == '0' ? !g_ascii_isdigit(line[i]) : line[i] != form[i])
			return line;
	return line + strlen(form);
}

char *vm_epitaph(struct vm *vm)
{
	g_autofree char *log = NULL;
	const char *last = "";
	g_auto(GStrv) lines = NULL;

	g_subprocess_wait(vm->process, NULL, NULL);
	if (g_file_get_contents(vm->log, &log, NULL, NULL)) {
		lines = g_strsplit(g_strchomp(log), "\n", -1);
		if (lines[0])
			last = after_stamp(lines[g_strv_length(lines) - 1]);
	}
	if (g_subprocess_get_if_signaled(vm->process))
		return g_strdup_printf("QEMU was killed by signal %d%s%s",
				       g_subprocess_get_term_sig(vm->process), *last ? ": " : "",
				       last);
	return g_strdup_printf("QEMU ended with exit code %d%s%s",
			       g_subprocess_get_exit_status(vm->process), *last ? ": " : "", last);
}
