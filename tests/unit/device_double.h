/* SPDX-License-Identifier: MIT */
/*
 * A KMS device that is none: this program has an ioctl() and an mmap() of its own, which libdrm and Mesa call as we do, and
 * which know its file. It has dumb buffers and framebuffers only, which is all that virtio-gpu without 3D has for Mesa, and
 * notes who does not let go of them in order.
 */
#ifndef PLANESTORM_DEVICE_DOUBLE_H
#define PLANESTORM_DEVICE_DOUBLE_H

#include <stdint.h>

#define DOUBLE_HANDLES 16

struct device_double {
	int fd;	    /* of /dev/null: GBM takes character devices only */
	int memory; /* of all its buffers */
	struct {
		uint32_t pitch;	 /* bytes; 0: there is no such handle */
		uint32_t height; /* pixels */
		uint32_t fbs;	 /* framebuffers that show it */
	} handles[DOUBLE_HANDLES];
	uint32_t fbs[DOUBLE_HANDLES]; /* their handles; 0: there is no such framebuffer */
	int wrong;		      /* requests for what is not there, or is still shown */
	unsigned long fail;	      /* this request fails with ENOMEM; 0: none does */
};

/* The one of this process. */
extern struct device_double device_double;

void device_double_open(void);
void device_double_close(void);

/* How many handles and framebuffers there are. */
int device_double_handles(void);
int device_double_fbs(void);

/* What a plane with framebuffer @fb would show: its first row, rows of *@pitch bytes. */
const uint32_t *device_double_scanout(uint32_t fb, uint32_t *pitch);
void device_double_unmap(const uint32_t *pixels);

#endif
