// SPDX-License-Identifier: MIT
#include "compositor/guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#define PCI_DEVICES "/sys/bus/pci/devices"
#define MODULES "/modules"

/* QEMU's ivshmem device (docs/specs/ivshmem-spec.txt) */
#define IVSHMEM_VENDOR "0x1af4"
#define IVSHMEM_DEVICE "0x1110"

static const struct {
	const char *type, *target;
} mounts[] = {
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },
	{ "debugfs", "/sys/kernel/debug" },
	{ "tmpfs", "/tmp" },
	{ "tmpfs", "/run" },
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

static bool has_text(const char *dir, const char *name, const char *expected)
{
	char path[PATH_MAX], text[32];

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/%s", dir, name);
	return !read_text(path, text, sizeof(text)) && !strcmp(text, expected);
}

/*
 * resource2, not resource2_wc: write-combined stores may reach the memory in another order than
 * that in which channel_write() publishes them. Under TCG the type of a mapping costs nothing, and
 * KVM mostly overrides it.
 */
static void *map_device(const char *dir, const char **why)
{
	char path[PATH_MAX];
	struct stat stat;
	void *base;
	int fd;

	/* No driver is bound that would have switched on the decoding of the BAR. */
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/enable", dir);
	write_text(path, "1");
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/resource2", dir);
	*why = "cannot open the shared memory device";
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	*why = "the shared memory is too small";
	if (fstat(fd, &stat) || stat.st_size < (off_t)CHANNEL_SIZE) {
		close(fd);
		return NULL;
	}
	*why = "cannot map the shared memory";
	base = mmap(NULL, CHANNEL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return base == MAP_FAILED ? NULL : base;
}

void *guest_map_channel(const char **why)
{
	DIR *devices = opendir(PCI_DEVICES);
	const struct dirent *entry;
	void *base = NULL;

	*why = "there is no shared memory device (ivshmem)";
	while (devices && !base && (entry = readdir(devices)))
		if (has_text(entry->d_name, "vendor", IVSHMEM_VENDOR) &&
		    has_text(entry->d_name, "device", IVSHMEM_DEVICE))
			base = map_device(entry->d_name, why);
	if (devices)
		closedir(devices);
	return base;
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
} settings[] = {
	{ "/proc/sys/kernel/hung_task_timeout_secs", "10" },
	{ "/proc/sys/kernel/hung_task_check_interval_secs", "1" },
	{ "/proc/sys/kernel/hung_task_warnings", "-1" },
	{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/min-order", "0" },
};

void guest_tune(struct sink *sink)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		int ret = write_text(settings[i].path, settings[i].value);

		if (ret)
			sink_note(sink, "cannot set %s: %s", settings[i].path, strerror(-ret));
	}
}
