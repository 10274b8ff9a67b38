// SPDX-License-Identifier: MIT
#include "compositor/view/disturbance.h"

#include <errno.h>
#include <stdlib.h>

#include "compositor/model/program.h"
#include "compositor/model/rng.h"
#include "compositor/sink.h"
#include "compositor/storm/contend.h"
#include "compositor/storm/signals.h"

#define PERIOD_NS 1000000
#define THREADS 2

struct disturbance {
	struct signals signals;
	struct contend *contend;
};

int disturbance_create(const struct buffer *buffer, struct disturbance **out)
{
	struct op storm = { .kind = OP_SIGNALS, .ns = PERIOD_NS, .restart = true };
	struct disturbance *disturbance = calloc(1, sizeof(*disturbance));
	struct rng rng;
	int ret;

	*out = NULL;
	if (!disturbance)
		return -ENOMEM;
	rng_init(&rng, 0);
	signals_init(&disturbance->signals);
	ret = contend_create(buffer, WAY_FENCES, THREADS, &disturbance->contend);
	if (!ret)
		ret = signals_start(&disturbance->signals, &storm, &rng);
	if (ret) {
		if (disturbance->contend)
			contend_destroy(disturbance->contend);
		free(disturbance);
		return ret;
	}
	*out = disturbance;
	return 0;
}

void disturbance_destroy(struct disturbance *disturbance, struct sink *sink)
{
	if (!disturbance)
		return;
	sink_stat(sink, "signals", signals_stop(&disturbance->signals));
	sink_stat(sink, "contend.loops", contend_destroy(disturbance->contend));
	free(disturbance);
}
