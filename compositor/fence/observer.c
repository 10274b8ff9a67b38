// SPDX-License-Identifier: MIT
#include "compositor/fence/observer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "compositor/fence/sync_file.h"
#include "compositor/fence/syncobj.h"
#include "compositor/fence/timeline.h"
#include "compositor/kms/device.h"
#include "compositor/model/program.h"
#include "compositor/pass.h"
#include "compositor/storm/child.h"

#define PROCESSES_MAX ((PROGRAM_MAX_OBSERVERS + 1) / 2)

/* Sync files that a process holds; the oldest makes room for a new one. */
#define WINDOW 16

/* For an event that must come; a liveness limit. */
#define EVENT_MS 10000

/* In a page that all share. */
struct notes {
	atomic_llong looks;
	atomic_int complaints;
	char texts[OBSERVER_COMPLAINTS_MAX][OBSERVER_TEXT_MAX];
};

struct observers {
	struct ledger *ledger;
	struct notes *notes;
	int count;
	pid_t pids[PROCESSES_MAX];
	int sockets[PROCESSES_MAX]; /* that take sync files */
};

/* What an observing process has. */
struct observer {
	struct ledger *ledger;
	struct notes *notes;
	int socket;
	int fd; /* an open file of the device's, its own */
	uint32_t handle, spare;
	bool has_pair; /* the other thread */
	struct {
		int file;
		uint64_t point;
	} window[WINDOW];
	unsigned given; /* so far */
};

static const char *const answer_texts[] = {
	[LEDGER_EARLY] = "point %" PRIu64 " is signalled, and only %" PRIu64 " was begun",
	[LEDGER_AGAIN] = "point %" PRIu64 " is not signalled, and it was: %" PRIu64,
	[LEDGER_DISORDER] = "point %" PRIu64 " is not signalled, and %" PRIu64 " was",
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void complain(struct observer *observer, const char *by, enum ledger_answer answer,
		     uint64_t point, uint64_t known)
{
	int index = atomic_fetch_add(&observer->notes->complaints, 1);
	char *text;
	int len;

	if (index >= OBSERVER_COMPLAINTS_MAX)
		return;
	text = observer->notes->texts[index];
	len = snprintf(text, OBSERVER_TEXT_MAX, "by %s, ", by);
	snprintf(text + len, (size_t)(OBSERVER_TEXT_MAX - len), answer_texts[answer], point,
		 answer == LEDGER_EARLY ? atomic_load(&observer->ledger->begun) : known);
}
#pragma GCC diagnostic pop

static void tell(struct observer *observer, const char *by, uint64_t known, uint64_t point,
		 bool signalled)
{
	enum ledger_answer answer = ledger_tell(observer->ledger, known, point, signalled);

	atomic_fetch_add_explicit(&observer->notes->looks, 1, memory_order_relaxed);
	if (answer != LEDGER_FINE)
		complain(observer, by, answer, point, known);
}

/* --- sync files --------------------------------------------------------------------------------- */

/* A sync file and its point; what is in the way goes. Returns whether there was one. */
static bool take_file(struct observer *observer, int flags)
{
	unsigned slot = observer->given % WINDOW;
	uint64_t point;
	int file;
	ssize_t len = pass_receive(observer->socket, &point, sizeof(point), &file, flags);

	if (len == 0)
		_exit(0);
	if (file < 0)
		return false;
	if (observer->given >= WINDOW)
		close(observer->window[slot].file);
	observer->window[slot].point = point;
	observer->window[slot].file = file;
	observer->given++;
	return true;
}

static void look_at_file(struct observer *observer, unsigned slot, bool by_poll)
{
	int file = observer->window[slot].file;
	uint64_t known = ledger_look(observer->ledger);
	bool failed = false;
	int status = by_poll ? sync_file_poll(file, 0) : sync_file_status(file, &failed);

	if (failed || (by_poll && status < 0))
		return;
	tell(observer, by_poll ? "poll" : "file info", known, observer->window[slot].point,
	     status != 0);
}

/* The last two, merged, have signalled when the last one has. */
static void look_by_merge(struct observer *observer)
{
	unsigned last = (observer->given - 1) % WINDOW, other = (observer->given - 2) % WINDOW;
	uint64_t known = ledger_look(observer->ledger);
	bool failed;
	int merged, status;

	if (observer->given < 2 ||
	    sync_file_merge(observer->window[last].file, observer->window[other].file, &merged))
		return;
	status = sync_file_status(merged, &failed);
	close(merged);
	if (!failed)
		tell(observer, "merge", known, observer->window[last].point, status != 0);
}

static _Noreturn void watch_files(struct observer *observer)
{
	for (unsigned turn = 0;; turn++) {
		bool taken = take_file(observer, observer->given ? MSG_DONTWAIT : 0);

		for (unsigned i = 0; i < WINDOW && i < observer->given; i++)
			look_at_file(observer, i, turn % 2);
		if (turn % 8 == 0)
			look_by_merge(observer);
		if (!taken)
			sched_yield();
	}
}

/* --- the sync object ---------------------------------------------------------------------------- */

int observer_query(struct ledger *ledger, atomic_llong *looks, int fd, uint32_t handle,
		   struct observer_look *look)
{
	int ret;

	look->known = ledger_look(ledger);
	ret = syncobj_query(fd, handle, false, &look->point);
	if (ret)
		return ret;
	atomic_fetch_add_explicit(looks, 1, memory_order_relaxed);
	/* It is signalled up to there, and no further. */
	look->answer =
		look->point ? ledger_tell(ledger, look->known, look->point, true) : LEDGER_FINE;
	if (look->answer == LEDGER_FINE && look->point < look->known)
		look->answer = ledger_tell(ledger, look->known, look->point + 1, false);
	return 0;
}

static void look_by_query(struct observer *observer)
{
	struct observer_look look;

	if (observer_query(observer->ledger, &observer->notes->looks, observer->fd,
			   observer->handle, &look))
		return;
	if (look.answer != LEDGER_FINE)
		complain(observer, "query", look.answer,
			 look.answer == LEDGER_EARLY ? look.point : look.point + 1, look.known);
}

/* What must be signalled, and what may be. A point that there is none of yet is no answer. */
static void look_by_wait(struct observer *observer, enum await_how how, uint64_t ahead)
{
	uint64_t known = ledger_look(observer->ledger), point = known + ahead;
	int ret = point ? syncobj_wait(observer->fd, observer->handle, point, how, 0) : -EINVAL;

	if (!ret || ret == -ETIME)
		tell(observer, how_word(how), known, point, !ret);
}

/* A sync object's last fence, whichever it is by then, comes after what was the last one before. */
static void look_by_binary_wait(struct observer *observer)
{
	uint64_t known = ledger_look(observer->ledger), last;

	if (!syncobj_query(observer->fd, observer->handle, true, &last) && last &&
	    !syncobj_wait(observer->fd, observer->handle, 0, AWAIT_BINARY, 0))
		tell(observer, how_word(AWAIT_BINARY), known, last, true);
}

/*
 * Only of a point that must be signalled: a registration that is not over would stay. It tells of that when it gets round to
 * it: a link of the chain that somebody waits for already is signalled from an interrupt's work (dma_fence_chain_cb()). So
 * that it is not readable yet says nothing, but readable it must become.
 */
static void look_by_eventfd(struct observer *observer)
{
	uint64_t known = ledger_look(observer->ledger);
	int event = known ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;

	if (event < 0)
		return;
	if (!syncobj_eventfd(observer->fd, observer->handle, known, event))
		tell(observer, how_word(AWAIT_EVENTFD), known, known,
		     sync_file_poll(event, EVENT_MS) > 0);
	close(event);
}

static void look_by_export(struct observer *observer)
{
	uint64_t known = ledger_look(observer->ledger);
	bool failed = true;
	int file, status;

	if (!known || syncobj_transfer(observer->fd, observer->spare, 0, observer->handle, known) ||
	    syncobj_export_fence(observer->fd, observer->spare, &file))
		return;
	status = sync_file_status(file, &failed);
	close(file);
	if (!failed)
		tell(observer, "export", known, known, status != 0);
}

static void *watch_object(void *data)
{
	struct observer *observer = data;

	for (unsigned i = 0;; i++) {
		look_by_query(observer);
		look_by_wait(observer, AWAIT_TIMELINE, i % 3);
		if (i % 8 == 0)
			look_by_export(observer);
		if (i % 8 == 2)
			look_by_wait(observer, AWAIT_SUBMIT, i % 3);
		if (i % 8 == 4)
			look_by_binary_wait(observer);
		if (i % 8 == 6)
			look_by_eventfd(observer);
		if (i % 16 == 0)
			sched_yield();
	}
	return NULL;
}

/* --- processes ---------------------------------------------------------------------------------- */

/* Whoever cannot see is none: its death is told by its socket. */
static _Noreturn void observe(struct observer *observer, int node, int object)
{
	char path[64];
	pthread_t thread;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", node);
	observer->fd = open(path, O_RDWR | O_CLOEXEC);
	if (observer->fd < 0 || syncobj_import(observer->fd, object, &observer->handle) ||
	    syncobj_create(observer->fd, &observer->spare))
		_exit(1);
	if (observer->has_pair && pthread_create(&thread, NULL, watch_object, observer))
		_exit(1);
	watch_files(observer);
}

static int start(struct observers *observers, int node, int object, bool has_pair)
{
	struct observer observer = { .ledger = observers->ledger,
				     .notes = observers->notes,
				     .has_pair = has_pair };
	int sockets[2], keep[3];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return -errno;
	observer.socket = sockets[1];
	keep[0] = sockets[1];
	keep[1] = node;
	keep[2] = object;
	pid = child_start(keep, 3);
	if (pid == 0)
		observe(&observer, node, object);
	close(sockets[1]);
	if (pid < 0) {
		close(sockets[0]);
		return pid;
	}
	observers->sockets[observers->count] = sockets[0];
	observers->pids[observers->count++] = pid;
	return 0;
}

int observers_create(const struct device *device, const struct timeline *timeline, uint32_t count,
		     struct observers **out)
{
	struct observers *observers = calloc(1, sizeof(*observers));
	int object, ret;

	*out = NULL;
	if (!observers)
		return -ENOMEM;
	observers->ledger = timeline->ledger;
	observers->notes = mmap(NULL, sizeof(*observers->notes), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (observers->notes == MAP_FAILED) {
		free(observers);
		return -ENOMEM;
	}
	ret = syncobj_export(device->fd, timeline->handle, &object);
	for (uint32_t i = 0; i < count && !ret; i += 2)
		ret = start(observers, device->node, object, i + 1 < count);
	if (object >= 0)
		close(object);
	if (ret)
		observers_destroy(observers, NULL);
	else
		*out = observers;
	return ret;
}

int observers_give(struct observers *observers, uint64_t point, int file)
{
	int ret = 0;

	for (int i = 0; i < observers->count && !ret; i++)
		ret = pass_send(observers->sockets[i], &point, sizeof(point), file);
	return ret;
}

void observers_destroy(struct observers *observers, struct observed *observed)
{
	if (!observers)
		return;
	for (int i = 0; i < observers->count; i++) {
		child_end(observers->pids[i]);
		close(observers->sockets[i]);
	}
	if (observed) {
		observed->looks = atomic_load(&observers->notes->looks);
		observed->points = ledger_look(observers->ledger);
		observed->complaints = atomic_load(&observers->notes->complaints);
		memcpy(observed->texts, observers->notes->texts, sizeof(observed->texts));
	}
	munmap(observers->notes, sizeof(*observers->notes));
	free(observers);
}
