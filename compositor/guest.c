// SPDX-License-Identifier: MIT
#include "compositor/guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compositor/file.h"
#include "compositor/kms/device.h"
#include "compositor/request.h"
#include "compositor/model/channel.h"
#include "compositor/sink.h"
#include "compositor/storm/turn.h"
#include "compositor/symbol.h"

#define MODULES "/modules"

static const struct {
	const char *type, *target;
	const char *source; /* a device; NULL: the type's name will do */
	unsigned long flags;
} mounts[] = {
	/* clang-format off */
	{ "proc", "/proc", NULL, 0 },
	{ "sysfs", "/sys", NULL, 0 },
	{ "devtmpfs", "/dev", NULL, 0 },
	{ "debugfs", "/sys/kernel/debug", NULL, 0 },
	{ "tmpfs", "/tmp", NULL, 0 },
	{ "tmpfs", "/run", NULL, 0 },
	{ "erofs", "/usr", "/dev/vda", MS_RDONLY },
	/* clang-format on */
};

/* An initramfs without /dev/console leaves the first process without any open file. */
static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

void guest_mount(void)
{
	bool failed[sizeof(mounts) / sizeof(mounts[0])] = { false };

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		const char *source = mounts[i].source ? mounts[i].source : mounts[i].type;

		mkdir(mounts[i].target, 0755);
		/* Without a layer there is no disk. */
		failed[i] =
			mount(source, mounts[i].target, mounts[i].type, mounts[i].flags, NULL) &&
			errno != EBUSY && !(mounts[i].source && errno == ENOENT);
	}
	open_console();
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (failed[i])
			fprintf(stderr, "planestorm: cannot mount %s\n", mounts[i].target);
}

/* The first line, without its end. */
static int read_line(const char *path, char *text, size_t size)
{
	int ret = file_read(path, text, size);

	text[ret ? 0 : strcspn(text, "\n")] = '\0';
	return ret;
}

/*
 * The kernel knows nothing of this memory: it is no RAM to it, for it has no driver for memory
 * modules, and no device either. The runner puts its address on the command line.
 */
static uint64_t channel_address(void)
{
	char text[4096];
	const char *word;

	if (read_line("/proc/cmdline", text, sizeof(text)))
		return 0;
	word = strstr(text, CHANNEL_ADDRESS);
	return word ? strtoull(word + strlen(CHANNEL_ADDRESS), NULL, 0) : 0;
}

void *guest_map_channel(const char **why)
{
	uint64_t address = channel_address();
	void *base;
	int fd;

	*why = "there is no " CHANNEL_ADDRESS "ADDRESS on the kernel's command line";
	if (!address)
		return NULL;
	*why = "cannot open /dev/mem";
	fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	*why = "cannot map the channel's memory";
	base = mmap(NULL, CHANNEL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)address);
	close(fd);
	return base == MAP_FAILED ? NULL : base;
}

static int is_module(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".ko");
}

/* Of those in @folder whose names end with @ending, in the order of the names. */
static void load_modules(const char *folder, const char *ending, struct sink *sink)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_module, alphasort);

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char path[PATH_MAX];
		int fd;

		if (strlen(name) < strlen(ending) ||
		    strcmp(name + strlen(name) - strlen(ending), ending) != 0) {
			free(entries[i]);
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
			sink_error(sink, "cannot load %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* There may be none: everything but the driver under test may be built in. */
void guest_load_modules(struct sink *sink)
{
	load_modules(MODULES, ".ko", sink);
	guest_load_driver(SECOND_DRIVER, sink);
}

void guest_load_driver(const char *name, struct sink *sink)
{
	char ending[64];

	snprintf(ending, sizeof(ending), "-%s.ko", name);
	load_modules(MODULES "/extra", ending, sink);
}

int guest_load_module(const void *image, size_t len)
{
	return syscall(SYS_init_module, image, len, "") ? -errno : 0;
}

/*
 * Allocations that may sleep are exempt from injection by default (ignore-gfp-wait), which is
 * nearly all of what an ioctl makes. The probability stays 0: only fail-nth injects. `verbose`
 * stays as well, so that the stack of every injected failure is on the console.
 *
 * A task counts as hung after 10 s, checked every second, each time anew: a trial's program has no
 * operation that may take as long, and the runner's deadline is the longer one.
 */
static const struct {
	const char *path, *value;
	bool required; /* without it a fault program would pass for want of faults */
} settings[] = {
	{ "/proc/sys/kernel/hung_task_timeout_secs", "10", false },
	{ "/proc/sys/kernel/hung_task_check_interval_secs", "1", false },
	{ "/proc/sys/kernel/hung_task_warnings", "-1", false },
	/* no rate limit for guest_print_stacks() */
	{ "/proc/sys/kernel/printk_devkmsg", "on\n", false },
	/* drops nothing, and keeps those who do from being logged (await() in compositor/aftermath.c) */
	{ "/proc/sys/vm/drop_caches", "4", false },
	{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N", true },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N", true },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N", true },
	{ "/sys/kernel/debug/fail_page_alloc/min-order", "0", true },
};

/*
 * An allocation that finds its cache empty has the slab allocator fetch a page. When that is, is up to
 * everything that has run before, and it is no failure of the caller's: refused, it is tried again in
 * another size, without a word. So what allocate_slab() (mm/slub.c) allocates, pages, does not count.
 * Neither does what the counting of allocations (compositor/model/census.h) takes for each new slab: a vector,
 * from another slab, in alloc_slab_obj_exts(), which warns when it cannot have it. So an operation's
 * allocations have the same numbers in each round and each run.
 */
static void leave_out_slabs(struct sink *sink)
{
	static const struct {
		const char *attribute, *function;
	} left_out[] = { { "fail_page_alloc", "allocate_slab" },
			 { "failslab", "alloc_slab_obj_exts" } };

	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		uint64_t range[2];
		int ret = symbol_find(left_out[i].function, &range[0], &range[1]);

		for (int end = 0; !ret && end < 2; end++) {
			char path[PATH_MAX], value[32];

			snprintf(path, sizeof(path), "/sys/kernel/debug/%s/reject-%s",
				 left_out[i].attribute, end ? "end" : "start");
			snprintf(value, sizeof(value), "0x%" PRIx64, range[end]);
			ret = file_write(path, value);
		}
		if (ret)
			sink_note(sink, "what %s() allocates counts: %s", left_out[i].function,
				  strerror(-ret));
	}
}

/* Run a program of the layer to its end, as @argv says; argv[0] is not its path. Returns its exit status, or -1. */
static int run_program(const char *path, char *const argv[])
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		execv(path, argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* udevadm is the daemon as well, if it is called so. */
#define UDEVADM "/usr/bin/udevadm"

void guest_start_udev(struct sink *sink)
{
	static const struct {
		const char *words[6];
	} steps[] = {
		{ { "systemd-udevd", "--daemon", "--resolve-names=never" } },
		{ { "udevadm", "trigger", "--action=add", "--subsystem-match=input" } },
		{ { "udevadm", "settle" } },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		char *const *argv = (char *const *)(uintptr_t)steps[i].words;
		int status = run_program(UDEVADM, argv);

		if (!status)
			continue;
		sink_note(sink, "%s %s: exit status %d", argv[0], argv[1], status);
		return;
	}
}

void guest_tune(struct sink *sink)
{
	int ret;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		ret = file_write(settings[i].path, settings[i].value);
		if (ret && settings[i].required)
			sink_error(sink, "cannot set %s: %s", settings[i].path, strerror(-ret));
		else if (ret)
			sink_note(sink, "cannot set %s: %s", settings[i].path, strerror(-ret));
	}
	leave_out_slabs(sink);
	request_prepare();
	ret = turn_init();
	if (ret)
		sink_note(sink, "lock contexts back off at random: %s", strerror(-ret));
}

bool guest_tainted(unsigned long taints)
{
	char text[32];

	return !file_read("/proc/sys/kernel/tainted", text, sizeof(text)) &&
	       strtoul(text, NULL, 10) & taints;
}

static bool is_process(const char *name)
{
	char path[PATH_MAX], text[2];

	if (name[0] < '1' || name[0] > '9' || atoi(name) == getpid())
		return false;
	/* Kernel threads have no command line. */
	snprintf(path, sizeof(path), "/proc/%s/cmdline", name);
	return !read_line(path, text, sizeof(text)) && text[0];
}

/* One write is one record of the kernel's log; not dprintf(), which tries to seek first. */
static void print_record(int kmsg, const char *text)
{
	char record[256];

	snprintf(record, sizeof(record), "<6>planestorm: %s", text);
	if (write(kmsg, record, strlen(record)) < 0)
		fputs(record, stderr);
}

static void print_stack(int kmsg, const char *name)
{
	char path[PATH_MAX], line[160], stat[64] = "";
	FILE *stack;

	/* "PID (COMM) S ...", S the state: D, S, R, ... */
	snprintf(path, sizeof(path), "/proc/%s/stat", name);
	read_line(path, stat, sizeof(stat));
	if (strchr(stat, ')'))
		strchr(stat, ')')[3] = '\0';
	snprintf(line, sizeof(line), "stack of %s\n", stat);
	print_record(kmsg, line);
	snprintf(path, sizeof(path), "/proc/%s/stack", name);
	stack = fopen(path, "re");
	while (stack && fgets(line, sizeof(line), stack))
		print_record(kmsg, line);
	if (stack)
		fclose(stack);
}

void guest_print_stacks(int kmsg)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;

	while (processes && (entry = readdir(processes)))
		if (is_process(entry->d_name))
			print_stack(kmsg, entry->d_name);
	if (processes)
		closedir(processes);
}

/* Several times: the time between reading the clock and the stamp is in the difference, and the least
 * counts. */
void guest_print_clock(int kmsg)
{
	char line[64];

	for (int i = 0; i < 3; i++) {
		snprintf(line, sizeof(line), "clock %" PRIu64 "\n", sink_now());
		print_record(kmsg, line);
	}
}
