/* SPDX-License-Identifier: MIT */
/* All planes of a device, whoever has shown something on them. */
#ifndef PLANESTORM_KMS_PLANES_H
#define PLANESTORM_KMS_PLANES_H

/*
 * Switch off every plane that shows something on the device @fd, of which the caller is master. One
 * that cannot be switched off goes on showing it. Returns how many there were, or a negative errno.
 */
int planes_switch_off(int fd);

#endif
