/* SPDX-License-Identifier: MIT */
/* What the first process of the guest has to do to make a kernel usable for storms. */
#ifndef PLANESTORM_GUEST_H
#define PLANESTORM_GUEST_H

#include <stdbool.h>
#include <stddef.h>

struct sink;

/* Mount the kernel's file systems and a tmpfs on /tmp and /run; open the console as 0, 1, 2. */
void guest_mount(void);

/*
 * Map the memory shared with the host (compositor/model/channel.h). Returns the start of CHANNEL_SIZE
 * bytes, for ever, or NULL with *@why what was missing.
 */
void *guest_map_channel(const char **why);

/* Load /modules/NN-*.ko in the order of their names, and SECOND_DRIVER (kms/device.h) if it is there. Failures are
 * journalled. */
void guest_load_modules(struct sink *sink);

/* Load the driver called @name if it is among those that are loaded only when asked for. As above. */
void guest_load_driver(const char *name, struct sink *sink);

/* Load the kernel module in the @len bytes at @image. Returns 0 or a negative errno. */
int guest_load_module(const void *image, size_t len);

/* Have udev, which tells libinput what a device is. Failures are journalled. */
void guest_start_udev(struct sink *sink);

/* Set up hung-task detection and fault injection; what this kernel lacks becomes a note. */
void guest_tune(struct sink *sink);

/* Bits of the kernel's taint, as in its Documentation/admin-guide/tainted-kernels.rst. */
#define TAINT_DIE (1 << 7)  /* an oops */
#define TAINT_WARN (1 << 9) /* a warning */

/* Whether the kernel has had any of the accidents in @taints. */
bool guest_tainted(unsigned long taints);

/*
 * Print on the console (@kmsg is /dev/kmsg) where in the kernel the user processes are, but for the
 * calling one. SysRq shows tasks in uninterruptible sleep only, and a client may hang in an
 * interruptible one.
 */
void guest_print_stacks(int kmsg);

/* Print CLOCK_MONOTONIC on the console, so that its time stamps can be held against the journal's. */
void guest_print_clock(int kmsg);

#endif
