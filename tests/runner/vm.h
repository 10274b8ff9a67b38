/* SPDX-License-Identifier: MIT */
/*
 * One QEMU process: started with its sockets handed over as open descriptors (nothing to clean up
 * in the file system), read by polling, killed when its owner is done or dies.
 *
 * A vm belongs to one thread, from vm_start() to vm_destroy(): QEMU asks to be killed when the
 * thread that started it goes away, so that no crash of ours leaves one behind.
 */
#ifndef PLANESTORM_VM_H
#define PLANESTORM_VM_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "compositor/model/channel.h"
#include "tests/runner/witness.h"

/* Enough for a compositor with GL in software. */
#define VM_MEMORY_MB 512
#define VM_CPUS 2

enum vm_accel { VM_TCG, VM_KVM };

/* What all VMs of a session share. Strings are borrowed. */
struct vm_platform {
	const char *qemu; /* path of qemu-system-x86_64 */
	enum vm_accel accel;
	const char *kernel; /* bzImage */
	const char *initrd;
	const char *layer; /* image of the guest's /usr, see kernel/build; NULL: it has none */
};

struct vm_setup {
	const struct vm_platform *platform;
	const char *ram;   /* file that backs the guest's memory, VM_MEMORY_MB long */
	gboolean ram_keep; /* guest's writes go into the file (to make a snapshot), not to a copy */
	const char *state; /* file with the device state to resume from, or NULL to boot */
	const char *log;   /* file for QEMU's own messages */
	/* How many of the display's heads are watched and switched on; 0: there is no display, and
	 * the device is not traced. */
	int witness_heads;
	gboolean window; /* a person watches it, in a window of QEMU's; nobody else does then */
	guint64 max_hostmem; /* of the device, bytes; 0: what it has by itself. No part of a snapshot. */
	GCancellable *cancellable;
};

struct vm;

/* What vm_pump() saw. */
enum vm_event {
	VM_QUIET = 0,
	VM_CONSOLE = 1 << 0, /* new bytes on the console */
	VM_JOURNAL = 1 << 1, /* new bytes in the channel's ring */
	VM_GONE = 1 << 2,    /* QEMU has exited or was killed */
	VM_CANCELLED = 1 << 3,
};

/*
 * Start QEMU. @request (may be REQUEST_NONE) is in the channel before the guest runs. Returns the
 * vm, the caller's to destroy, or NULL with @error set.
 */
struct vm *vm_start(const struct vm_setup *setup, enum channel_request request, guint64 seed,
		    const void *bytes, gsize len, GError **error);

/* Kill QEMU if it still runs, and free everything. NULL is fine. */
void vm_destroy(struct vm *vm);

/* Wait up to @timeout_ms for something new; returns vm_event bits. New bytes are kept in
 * vm_console() and vm_journal(). */
unsigned vm_pump(struct vm *vm, int timeout_ms);

/* All bytes so far; they belong to the vm and grow with vm_pump(). */
const GString *vm_console(const struct vm *vm);
const GString *vm_journal(const struct vm *vm);

/* Post a request to the guest's agent while it runs. */
int vm_post(struct vm *vm, enum channel_request request, const void *bytes, gsize len);

/* Has the guest taken up the last request? */
gboolean vm_taken(const struct vm *vm);

/* The program's check number @number has been recorded: the guest goes on. */
void vm_checked(struct vm *vm, guint64 number);

/* What the guest's host request number @number asked for is done: the guest goes on. */
void vm_done(struct vm *vm, guint64 number);

/* The device's trace so far, as trace.h describes it; NUL-terminated, empty if there is none. The
 * caller's. */
char *vm_trace(struct vm *vm, gsize *len);
gsize vm_trace_size(const struct vm *vm);

/*
 * The guest's check number @number has been reached: record what the display shows, after all that
 * the device was told before. Returns FALSE with @error set if that cannot be known.
 */
gboolean vm_check(struct vm *vm, guint64 number, GError **error);

/* Who watches the display, NULL: nobody does. Borrowed. */
struct witness *vm_witness(struct vm *vm);

/* Stop watching the display. Returns what was seen, the caller's, or NULL if nobody watched; *@lost
 * as from witness_stop(). */
struct display_record *vm_take_display(struct vm *vm, const char **lost);

/* Stop the guest and save its device state to the file @path; its memory must have been kept. */
gboolean vm_save(struct vm *vm, const char *path, GError **error);

/*
 * QEMU is gone: was it the guest that asked for it? Nobody else makes it end with success, and under
 * -no-reboot it does when the guest is reset: a reboot, a triple fault, a panic.
 */
gboolean vm_reset(struct vm *vm);

/* Why QEMU ended, as one line: the last line of its log and its exit status. The caller's. */
char *vm_epitaph(struct vm *vm);

#endif
