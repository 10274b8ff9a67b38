// SPDX-License-Identifier: MIT
#include "compositor/storm/pressure.h"

#include "compositor/kms/device.h"
#include "compositor/storm/hog.h"
#include "compositor/storm/queue.h"

int pressure_start(struct pressure *pressure, const struct op *op, const struct device *device,
		   const char **why)
{
	switch (op->pressure) {
	case PRESSURE_ALLOC:
		return chance_start(&pressure->chance, op->amount, device->driver, why);
	case PRESSURE_MEMORY:
		return hog_create(op->amount, &pressure->hog, why);
	case PRESSURE_FDS:
		*why = "limit the descriptors";
		return fds_start(&pressure->fds, op->amount);
	case PRESSURE_QUEUE:
		*why = "fill the control queue";
		return queue_create(device, &pressure->queue);
	default:
		return 0;
	}
}

bool pressure_is_on(const struct pressure *pressure, enum pressure_kind kind)
{
	switch (kind) {
	case PRESSURE_ALLOC:
		return pressure->chance.on;
	case PRESSURE_MEMORY:
		return pressure->hog;
	case PRESSURE_FDS:
		return pressure->fds.on;
	case PRESSURE_QUEUE:
		return pressure->queue;
	default:
		return false;
	}
}

bool pressure_is_any(const struct pressure *pressure)
{
	for (int kind = 0; kind < PRESSURES; kind++)
		if (pressure_is_on(pressure, (enum pressure_kind)kind))
			return true;
	return false;
}

int64_t pressure_stop(struct pressure *pressure, enum pressure_kind kind)
{
	struct hog *hog = pressure->hog;
	struct queue *queue = pressure->queue;

	switch (kind) {
	case PRESSURE_ALLOC:
		return chance_stop(&pressure->chance);
	case PRESSURE_MEMORY:
		pressure->hog = NULL;
		return hog_destroy(hog);
	case PRESSURE_FDS:
		return fds_stop(&pressure->fds);
	case PRESSURE_QUEUE:
		pressure->queue = NULL;
		return queue_destroy(queue);
	default:
		return 0;
	}
}

void pressure_enter(const struct pressure *pressure)
{
	fds_enter(&pressure->fds);
	chance_enter(&pressure->chance);
}

void pressure_leave(struct pressure *pressure, int err)
{
	chance_leave(&pressure->chance);
	fds_leave(&pressure->fds, err);
}
