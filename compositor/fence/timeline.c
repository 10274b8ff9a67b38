// SPDX-License-Identifier: MIT
#include "compositor/fence/timeline.h"

#include <errno.h>
#include <sys/mman.h>

#include "compositor/fence/sync_file.h"
#include "compositor/fence/syncobj.h"
#include "compositor/file.h"

static int open_it(struct timeline *timeline, int fd)
{
	if (!timeline->is_software)
		return syncobj_create(fd, &timeline->handle);
	timeline->software = software_open();
	return timeline->software < 0 ? timeline->software : 0;
}

int timeline_create(struct timeline *timeline, int fd, bool software)
{
	void *page = mmap(NULL, sizeof(*timeline->ledger), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*timeline = (struct timeline){ .is_software = software, .software = -1, .head = -1 };
	if (page == MAP_FAILED)
		return -ENOMEM;
	timeline->ledger = page;
	return open_it(timeline, fd);
}

void timeline_destroy(struct timeline *timeline, int fd)
{
	if (timeline->handle)
		syncobj_destroy(fd, timeline->handle);
	timeline->handle = 0;
	if (!timeline->ledger)
		return;
	if (timeline->is_software)
		file_close(&timeline->software);
	munmap(timeline->ledger, sizeof(*timeline->ledger));
	timeline->ledger = NULL;
}

int timeline_restore(struct timeline *now, const struct timeline *was, int fd)
{
	bool lost = now->is_software ? was->software >= 0 && now->software < 0 :
				       was->handle && !now->handle;

	if (!lost)
		return 0;
	timeline_forget(now);
	return open_it(now, fd);
}

uint64_t timeline_next(const struct timeline *timeline, const struct program_point *point)
{
	return point->value ? point->value : timeline->last + 1;
}

uint64_t timeline_present(const struct timeline *timeline, const struct program_point *point)
{
	if (point->value)
		return point->value;
	return timeline->is_software ? timeline->last + 1 : timeline->last;
}

/* What the ledger knows is of other points. */
void timeline_forget(struct timeline *timeline)
{
	timeline->last = 0;
	timeline->has_points = false;
	timeline->origin_count = 0;
	atomic_store(&timeline->ledger->begun, 0);
	atomic_store(&timeline->ledger->seen, 0);
}

void timeline_note(struct timeline *timeline, uint64_t point, int head)
{
	timeline->head = timeline->has_points && timeline->head != head ? -1 : head;
	timeline->has_points = true;
	if (point > timeline->last)
		timeline->last = point;
}

void timeline_note_origin(struct timeline *timeline, uint64_t point, const struct program_point *of)
{
	timeline->origins[timeline->origin_count++ % TIMELINE_ORIGINS] =
		(struct timeline_origin){ point, *of };
}

const struct program_point *timeline_origin(const struct timeline *timeline, uint64_t point)
{
	for (unsigned i = 0; i < TIMELINE_ORIGINS && i < timeline->origin_count; i++)
		if (timeline->origins[i].point == point)
			return &timeline->origins[i].of;
	return NULL;
}

int timeline_file(const struct timeline *timeline, int fd, uint32_t spare, uint64_t point,
		  int *file)
{
	int ret;

	if (timeline->is_software) {
		*file = software_fence(timeline->software, (uint32_t)point);
		return *file < 0 ? *file : 0;
	}
	ret = syncobj_transfer(fd, spare, 0, timeline->handle, point);
	return ret ? ret : syncobj_export_fence(fd, spare, file);
}

int timeline_add(const struct timeline *timeline, int fd, uint32_t spare, uint64_t point, int file)
{
	int ret = syncobj_import_fence(fd, spare, file);

	return ret ? ret : syncobj_transfer(fd, timeline->handle, point, spare, 0);
}
