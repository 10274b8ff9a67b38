/* SPDX-License-Identifier: MIT */
/*
 * The console classifier: reads a Linux guest's serial console as it comes and says what the
 * kernel complained about. A pure reader: bytes in, findings out, no clock and no files.
 *
 * One report of the kernel (a WARNING with its registers and stack, a lockdep report of 100 lines)
 * becomes one finding. Its signature tells what is the same bug from what is not, on another run
 * and on another kernel version: no address, offset, line number, CPU or PID is in it.
 *
 *	WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c
 *	Oops dma_resv_add_fence
 *	lockdep-circular mmap_lock reservation_ww_class_mutex
 *	lockdep-unlock-balance reservation_ww_class_mutex virtio_gpu_array_unlock_resv
 *	hung-task virtio_gpu_array_lock_resv
 *	panic Attempted-to-kill-init
 *
 * That is: the kind, then what the report is about (lock classes, a slab cache), then the function,
 * then the source file, each where the kind has it and the console gave it; "?" if nothing.
 *
 * The reports of fault injection ("FAULT_INJECTION: forcing a failure") are no findings, they are
 * kept apart, see tests/runner/injection.h; neither is the dump of the allocation that the injection
 * made fail.
 */
#ifndef PLANESTORM_CONSOLE_H
#define PLANESTORM_CONSOLE_H

#include <glib.h>
#include <stdbool.h>

#include "tests/runner/injection.h"

enum finding_kind {
	FINDING_WARNING,
	FINDING_BUG,  /* "kernel BUG at", and any "BUG:" that has no kind of its own */
	FINDING_OOPS, /* a fault in kernel mode: NULL pointer, page fault, general protection, ...
		       */
	FINDING_REFCOUNT,
	FINDING_LIST, /* list_add and list_del corruption */
	FINDING_SLAB, /* SLUB's own checks: poison, red zone, freelist */
	FINDING_KASAN,
	FINDING_KFENCE,
	FINDING_UBSAN,
	FINDING_LOCKDEP_CIRCULAR,
	FINDING_LOCKDEP_RECURSIVE,
	FINDING_LOCKDEP_INVERSION,    /* "possible irq lock inversion dependency" */
	FINDING_LOCKDEP_IRQ_ORDER,    /* "HARDIRQ-safe -> HARDIRQ-unsafe lock order" */
	FINDING_LOCKDEP_INCONSISTENT, /* "inconsistent lock state" */
	FINDING_LOCKDEP_UNLOCK_BALANCE,
	FINDING_LOCKDEP_WAIT_CONTEXT,
	FINDING_LOCKDEP_FREED,	    /* "held lock freed" */
	FINDING_LOCKDEP_USER_SPACE, /* "lock held when returning to user space" */
	FINDING_LOCKDEP_STILL_HELD, /* "still has locks held" */
	FINDING_LOCKDEP_NOT_HELD,   /* lockdep_assert_held(); a plain WARNING before Linux 6.17 */
	FINDING_LOCKDEP_RCU,	    /* "suspicious RCU usage" */
	FINDING_LOCKDEP_ASSERT,	    /* DEBUG_LOCKS_WARN_ON() */
	FINDING_LOCKDEP_OTHER,	    /* nested lock not taken, non-static key, bad contention, ... */
	FINDING_LOCKDEP_OFF,	 /* lockdep ran out of its tables: it sees nothing from here on */
	FINDING_ATOMIC_SCHEDULE, /* "scheduling while atomic" */
	FINDING_ATOMIC_SLEEP,	 /* "sleeping function called from invalid context" */
	FINDING_MEMORY,		 /* an allocation failed that no injected fault explains */
	FINDING_HUNG_TASK,
	FINDING_SOFT_LOCKUP,
	FINDING_HARD_LOCKUP,
	FINDING_RCU_STALL,
	FINDING_WORKQUEUE_LOCKUP,
	FINDING_PANIC,
	FINDING_KINDS
};

struct finding {
	enum finding_kind kind;
	char *function; /* "": the report names none */
	char *file;	/* as in drivers/dma-buf/dma-resv.c; "": the report names none */
	char *signature;
	char *title;  /* the line that made it, without time stamp and caller, printable ASCII */
	double stamp; /* of the first such report, s since the guest's boot, or -1 */
	gsize offset, length; /* of it, in bytes of the console */
	unsigned count;	      /* reports with this signature */
	/* lockdep's, of a circle in which dma_fence_map takes part: what signals fences, or waits for them */
	bool fence;
};

struct console;

struct console *console_new(void);
void console_free(struct console *console);

/* Any bytes in any portions: cut lines, CR LF, NUL and rubbish are fine. */
void console_feed(struct console *console, const char *bytes, gsize len);

/* The stream is at its end: a report that is cut is a finding, too. More may be fed afterwards,
 * as after a silence. */
void console_finish(struct console *console);

/*
 * The findings so far, struct finding, in the order in which their reports ended; owned by the
 * console, valid until console_free(). A finding's length and count can still grow.
 */
const GPtrArray *console_findings(const struct console *console);

/* A report has begun and is not complete: worth waiting a moment before the guest is ended. */
bool console_reporting(const struct console *console);

bool console_panicked(const struct console *console);

/* The failures injected so far, struct injection, in the order in which their reports began; owned by
 * the console, valid until console_free(). */
const GPtrArray *console_injections(const struct console *console);

/*
 * A line of the guest's with this and its CLOCK_MONOTONIC in nanoseconds tells how the console's time
 * stamps and the journal's times belong together. The difference in seconds, stamp less time, goes into
 * *@difference; FALSE: nobody has told.
 */
#define CONSOLE_CLOCK "planestorm: clock "
bool console_clock(const struct console *console, double *difference);

/* The first word of a signature. */
const char *finding_kind_name(enum finding_kind kind);

/* Something does not get on, as opposed to something is wrong. */
bool finding_is_stall(enum finding_kind kind);

#endif
