/* SPDX-License-Identifier: MIT */
/*
 * The device's control queue is full: another process, with an open file and a buffer of its own, has
 * the device transfer that buffer as fast as it can (DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, for which
 * nobody need be master). On a device without 3D the call has no fence and waits for nothing but room
 * in the queue (wait_event() in virtio_gpu_queue_ctrl_sgs()), which every commit then waits for, too.
 */
#ifndef PLANESTORM_STORM_QUEUE_H
#define PLANESTORM_STORM_QUEUE_H

#include <stdint.h>

struct device;
struct queue;

/* Waits until the queue is full. Returns 0 or a negative errno; -EOPNOTSUPP: the device is no virtio-gpu. */
int queue_create(const struct device *device, struct queue **out);

/* Returns how often the other process had to wait for room since then. */
int64_t queue_destroy(struct queue *queue);

#endif
