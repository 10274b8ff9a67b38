// SPDX-License-Identifier: MIT
#include "compositor/guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compositor/model/channel.h"
#include "compositor/sink.h"

#define MODULES "/modules"

static const struct {
	const char *type, *target;
} mounts[] = {
	/* clang-format off */
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },
	{ "debugfs", "/sys/kernel/debug" },
	{ "tmpfs", "/tmp" },
	{ "tmpfs", "/run" },
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
		mkdir(mounts[i].target, 0755);
		failed[i] = mount(mounts[i].type, mounts[i].target, mounts[i].type, 0, NULL) &&
			    errno != EBUSY;
	}
	open_console();
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (failed[i])
			fprintf(stderr, "planestorm: cannot mount %s\n", mounts[i].target);
}

static int read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	close(fd);
	if (len < 0)
		return -EIO;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len;
	int ret = 0;

	if (fd < 0)
		return -errno;
	len = write(fd, text, strlen(text));
	if (len < 0)
		ret = -errno;
	close(fd);
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

	if (read_text("/proc/cmdline", text, sizeof(text)))
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

/* There may be none: everything but the driver under test may be built in. */
void guest_load_modules(struct sink *sink)
{
	struct dirent **entries;
	int count = scandir(MODULES, &entries, is_module, alphasort);

	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];
		int fd;

		snprintf(path, sizeof(path), MODULES "/%s", entries[i]->d_name);
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
	/* drops nothing, and keeps those who do from being logged (hurry() in compositor/aftermath.c) */
	{ "/proc/sys/vm/drop_caches", "4", false },
	{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N", true },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N", true },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N", true },
	{ "/sys/kernel/debug/fail_page_alloc/min-order", "0", true },
};

/* Where the kernel's function @name begins and ends. Returns 0 or a negative errno. */
static int find_function(const char *name, uint64_t *start, uint64_t *end)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[512], symbol[128];
	uint64_t address;

	*start = *end = 0;
	if (!symbols)
		return -errno;
	/* In the order of their addresses; a compiler may add ".isra.0" and the like. */
	while (!*end && fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%" SCNx64 " %*c %127[^.\n\t ]", &address, symbol) != 2)
			continue;
		if (*start && address > *start)
			*end = address;
		else if (!*start && !strcmp(symbol, name))
			*start = address;
	}
	fclose(symbols);
	return *end ? 0 : -ENOENT;
}

/*
 * The counting of allocations (compositor/model/census.h) makes some itself, a vector for each new
 * slab. They are not the driver's, whether there is one is by chance, and Linux 6.12 warns when one
 * fails. So they are neither made to fail nor counted.
 */
static int spare_counting(void)
{
	static const char *const attributes[] = { "/sys/kernel/debug/failslab",
						  "/sys/kernel/debug/fail_page_alloc" };
	uint64_t start, end;
	int ret = find_function("alloc_slab_obj_exts", &start, &end);

	for (size_t i = 0; !ret && i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		char path[PATH_MAX], text[32];

		snprintf(path, sizeof(path), "%s/reject-end", attributes[i]);
		snprintf(text, sizeof(text), "0x%" PRIx64, end);
		ret = write_text(path, text);
		snprintf(path, sizeof(path), "%s/reject-start", attributes[i]);
		snprintf(text, sizeof(text), "0x%" PRIx64, start);
		ret = ret ? ret : write_text(path, text);
	}
	return ret;
}

void guest_tune(struct sink *sink)
{
	int ret = access("/proc/allocinfo", F_OK) ? 0 : spare_counting();

	if (ret)
		sink_error(sink, "cannot spare the counting of allocations: %s", strerror(-ret));
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		ret = write_text(settings[i].path, settings[i].value);
		if (ret && settings[i].required)
			sink_error(sink, "cannot set %s: %s", settings[i].path, strerror(-ret));
		else if (ret)
			sink_note(sink, "cannot set %s: %s", settings[i].path, strerror(-ret));
	}
}

bool guest_tainted(unsigned long taints)
{
	char text[32];

	return !read_text("/proc/sys/kernel/tainted", text, sizeof(text)) &&
	       strtoul(text, NULL, 10) & taints;
}

static bool is_process(const char *name)
{
	char path[PATH_MAX], text[2];

	if (name[0] < '1' || name[0] > '9' || atoi(name) == getpid())
		return false;
	/* Kernel threads have no command line. */
	snprintf(path, sizeof(path), "/proc/%s/cmdline", name);
	return !read_text(path, text, sizeof(text)) && text[0];
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
	read_text(path, stat, sizeof(stat));
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
