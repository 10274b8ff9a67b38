// SPDX-License-Identifier: MIT
#include "compositor/aftermath.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compositor/file.h"
#include "compositor/kmemleak.h"
#include "compositor/kms/device.h"
#include "compositor/kms/planes.h"
#include "compositor/model/census.h"
#include "compositor/sink.h"

/*
 * Generous: what the kernel puts off (work queues, delayed_fput(), RCU) takes milliseconds once it
 * is hurried, and 5 s by itself (KFREE_DRAIN_JIFFIES). The runner waits for twice as long.
 */
#define COUNT_TIMEOUT_NS UINT64_C(10000000000)
#define COUNT_PAUSE_NS 10000000

/* For each read, the kernel counts its way to the line in question (allocinfo_start()). */
#define READ_BYTES 8192

/* The try after which the slabs are shrunk, too. */
#define SLABS_TRY 2

#define SLABS "/sys/kernel/slab"

static int count(struct census *census)
{
	static char buffer[READ_BYTES];
	FILE *file = fopen("/proc/allocinfo", "re");
	char line[512];
	int ret = 0;

	memset(census, 0, sizeof(*census));
	if (!file)
		return -errno;
	setvbuf(file, buffer, _IOFBF, sizeof(buffer));
	while (!ret && fgets(line, sizeof(line), file))
		ret = census_add_line(census, line);
	fclose(file);
	return ret;
}

static void write_census(const struct census *census, bool after, struct sink *sink)
{
	for (size_t i = 0; i < census->len; i++) {
		struct journal_event event = { .kind = JOURNAL_CENSUS,
					       .after = after,
					       .name = census->counts[i].name,
					       .name_len = strlen(census->counts[i].name),
					       .value = census->counts[i].value };

		sink_event(sink, &event);
	}
}

/* From a slab cache to its pages: since Linux 6.18, what is freed by kfree_rcu() waits in a sheaf of it. */
static void shrink_slabs(void)
{
	DIR *slabs = opendir(SLABS);
	const struct dirent *entry;
	char path[PATH_MAX];

	while (slabs && (entry = readdir(slabs))) {
		if (strncmp(entry->d_name, "kmalloc-", 8))
			continue;
		snprintf(path, sizeof(path), SLABS "/%s/shrink", entry->d_name);
		file_write(path, "1");
	}
	if (slabs)
		closedir(slabs);
}

void aftermath_prepare(struct census *before, struct sink *sink)
{
	int ret = count(before), unmet = ret ? CENSUS_KINDS : census_unmet(before);

	if (ret)
		sink_note(sink, "cannot count what there is: %s", strerror(-ret));
	if (unmet < CENSUS_KINDS)
		sink_note(sink, "cannot count %s: in this kernel, %s() allocates none",
			  census_kinds[unmet].name, census_kinds[unmet].functions[0]);
	if (ret || unmet < CENSUS_KINDS)
		before->len = 0;
	write_census(before, false, sink);
	kmemleak_clear();
}

static int switch_planes_off(const char *driver)
{
	int fd = device_open(NULL, driver), ret;

	if (fd < 0)
		return fd;
	ret = planes_switch_off(fd);
	close(fd);
	return ret;
}

/*
 * There is nearly always something that RCU is still to free, such as the device's file, so the first count
 * comes after the first pause. What is freed by kfree_rcu() would wait for 5 s in a batch, in Linux 6.12; a
 * shrinker empties those (kfree_rcu_shrink_scan()). Slabs take ten times as long, so they come last.
 */
static int await(const struct census *before, struct census *after)
{
	uint64_t deadline = sink_now() + COUNT_TIMEOUT_NS;
	struct timespec pause = { .tv_nsec = COUNT_PAUSE_NS };
	int ret;

	for (int try = 1;; try++) {
		file_write("/proc/sys/vm/drop_caches", "2");
		nanosleep(&pause, NULL);
		ret = count(after);
		if (ret || !census_grew(before, after) || sink_now() >= deadline)
			return ret;
		if (try >= SLABS_TRY)
			shrink_slabs();
	}
}

void aftermath_tell(const struct census *before, const char *driver, struct sink *sink)
{
	static struct census after;
	int planes = switch_planes_off(driver);
	int unreferenced, ret;

	if (planes == -ENODEV || planes == -ENOENT) {
		sink_note(sink, "nothing is counted, as the device is gone");
		return;
	}
	if (planes < 0) {
		sink_error(sink, "cannot switch the planes off: %s", strerror(-planes));
		return;
	}
	if (!before->len)
		return;
	ret = await(before, &after);
	if (ret) {
		sink_note(sink, "cannot count what is left: %s", strerror(-ret));
		return;
	}
	if (planes)
		census_add(&after, census_kinds[CENSUS_PLANES].name, planes);
	unreferenced = kmemleak_count();
	if (unreferenced > 0)
		census_add(&after, census_kinds[CENSUS_UNREFERENCED].name, unreferenced);
	else if (unreferenced < 0 && unreferenced != -ENOENT)
		sink_note(sink, "kmemleak does not scan: %s", strerror(-unreferenced));
	write_census(&after, true, sink);
}
