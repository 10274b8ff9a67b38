/* SPDX-License-Identifier: MIT */
/*
 * What kmemleak reports (Documentation/dev-tools/kmemleak.rst), such as
 *
 *	unreferenced object 0xffff888004a3c540 (size 64):
 *	  comm "planestorm", pid 61, jiffies 4294669511
 *	  hex dump (first 32 bytes):
 *	    00 00 00 00 ad 4e ad de ff ff ff ff 00 00 00 00  .....N..........
 *	  backtrace (crc 5ab1f1d2):
 *	    kmalloc_trace_noprof+0x11c/0x180
 *	    virtio_gpu_fence_alloc+0x2d/0xb0 [virtio_gpu]
 */
#ifndef PLANESTORM_UNREFERENCED_H
#define PLANESTORM_UNREFERENCED_H

#include <stdio.h>

/*
 * Hand each record of @report to @found (NULL: to nobody) that a function of the driver under test, of DRM or of
 * dma-buf has allocated, valid during the call. Returns how many there are.
 */
int unreferenced_read(FILE *report, void (*found)(const char *record));

#endif
