/* SPDX-License-Identifier: MIT */
/*
 * Marks in the device's trace. QEMU traces a write to the selector of its firmware configuration
 * device (fw_cfg) synchronously, in one file with what virtio-gpu is told, so that the marks put
 * the journal and the device's commands into one order. Selecting is all that a mark does: nothing
 * else in the guest uses the device, and no data is read.
 */
#ifndef PLANESTORM_MARK_H
#define PLANESTORM_MARK_H

#include <stdint.h>

/* Let this process write marks. Returns 0 or a negative errno. */
int mark_init(void);

/* Write @mark (journal_mark()), which takes an exit to the hypervisor; after mark_init() only. */
void mark_write(uint16_t mark);

#endif
