/* SPDX-License-Identifier: MIT */
/*
 * An injected failure as the kernel reports it (fail_dump() in lib/fault-inject.c), and where it hit:
 * the allocation site.
 *
 *	dma_resv_list_alloc < dma_resv_reserve_fences < virtio_gpu_array_lock_resv < virtio_gpu_cursor_plane_update
 *
 * That is the function that wanted memory and who called it, without the allocator's own functions,
 * addresses and offsets: up to two functions of the driver, but no more than four in all, and none of
 * those by which every ioctl comes in. The same on each run.
 *
 * The kernel is silent about an allocation that asked for no warning (__GFP_NOWARN): what fired is then
 * known from the guest only.
 */
#ifndef PLANESTORM_INJECTION_H
#define PLANESTORM_INJECTION_H

#include <glib.h>

struct injection {
	gsize offset;	       /* of the report, in bytes of the console */
	double stamp;	       /* of its first line, s since the guest's boot; -1: it has none */
	char *kind;	       /* "failslab", "fail_page_alloc", "fail_function"; "?": not said */
	GString *site;	       /* empty: no stack */
	guint frames, drivers; /* in ->site: all, and those of the driver */
	gboolean closed;
};

struct injection *injection_new(gsize offset, double stamp);
void injection_free(gpointer injection);

/* Take a line of its report, without time stamp and caller. */
void injection_read(struct injection *injection, const char *text);

#endif
