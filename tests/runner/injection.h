/* SPDX-License-Identifier: MIT */
/*
 * Injected failures: what the kernel printed of each, and which allocation it was.
 *
 * The console classifier finds the reports (console_injections() has them) and hands their lines
 * over; here they become a site. A site is the allocation as somebody who works on the driver would
 * name it, the same on each run and on each variant whose code is the same there: no addresses,
 * offsets or PIDs are in it. It has three functions at most, from the allocation outwards.
 *
 *	virtio_gpu_array_alloc < virtio_gpu_cursor_plane_update
 *	dma_resv_reserve_fences < virtio_gpu_array_lock_resv < virtio_gpu_cursor_plane_update
 *	virtqueue_add_split < virtio_gpu_cmd_set_scanout < virtio_gpu_primary_plane_update
 *	drm_atomic_state_alloc < drm_mode_atomic_ioctl
 *	drm_atomic_helper_setup_commit < drm_atomic_helper_commit < drm_mode_atomic_ioctl
 *
 * First is who asked for memory: the first function that belongs neither to fault injection nor to
 * the allocators, nor to containers that allocate for their user. (A function that was made to fail
 * itself comes first as well.) Last is where that was: the callback through which the driver was
 * entered, else the ioctl, other system call, or work. Between them is what the driver was about:
 * its innermost function. If the driver has none there, it is whom the callback called, or, where
 * there is no callback, who called the first function.
 *
 * Allocations that one function makes one after the other have one site.
 *
 * What the console has not got is a "?": "drm_atomic_state_alloc < ?" if the stack is cut behind
 * the first function or lines of it were dropped there, "?" if that is lost, too. A site with a "?"
 * is no statement about where the failure was not.
 *
 * The kernel is silent about an allocation that asked for no warning (__GFP_NOWARN, FAULT_NOWARN):
 * what fired is then known from the guest only.
 */
#ifndef PLANESTORM_INJECTION_H
#define PLANESTORM_INJECTION_H

#include <glib.h>

struct injection {
	char *kind;  /* failslab, fail_page_alloc, fail_function, ...; "?": not in the console */
	char *site;  /* "?" until its report has ended */
	char *stack; /* "f < g < h", from the site's first function to its place; ""; see there */
	gsize offset, length; /* its report, in bytes of the console */
	double stamp;	      /* of its first line, s since the guest's boot; -1: it has none */
	GArray *frames;	      /* private: the stack so far, NULL when its report has ended */
};

/* A report begins at @offset, with that stamp. */
struct injection *injection_new(gsize offset, double stamp);
void injection_free(gpointer injection);

/* A further line of the report, without printk's prefix. */
void injection_read(struct injection *injection, const char *text);

/* The console has lost lines here, which may have been the report's. */
void injection_note_loss(struct injection *injection);

/* The report has ended. */
void injection_finish(struct injection *injection);

#endif
