// SPDX-License-Identifier: MIT
#include "compositor/storm/rival.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "compositor/model/rng.h"
#include "compositor/request.h"
#include "compositor/storm/child.h"
#include "compositor/storm/signals.h"

struct rival {
	atomic_llong *done; /* a page shared with it */
	pid_t pid;
};

/* In the process of its own, and for ever. */
static _Noreturn void go_on(struct rival *rival, struct request *request,
			    const struct timespec *pause, const struct op *signals, struct rng *rng)
{
	struct signals own;

	signals_init(&own);
	if (signals && signals_start(&own, signals, rng))
		_exit(1);
	for (;;) {
		if (!request->enter(request))
			atomic_fetch_add_explicit(rival->done, 1, memory_order_relaxed);
		if (pause->tv_nsec)
			nanosleep(pause, NULL);
	}
}

int rival_create(struct request *request, uint32_t pause_ns, const struct op *signals,
		 struct rng *rng, struct rival **out)
{
	const struct timespec pause = { .tv_nsec = pause_ns };
	struct rng its;

	struct rival *rival = calloc(1, sizeof(*rival));

	*out = NULL;
	if (!rival)
		return -ENOMEM;
	rival->done = mmap(NULL, sizeof(*rival->done), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rival->done == MAP_FAILED) {
		free(rival);
		return -ENOMEM;
	}
	rng_init(&its, rng_next(rng));
	rival->pid = child_start(&request->fd, 1);
	if (rival->pid == 0)
		go_on(rival, request, &pause, signals, &its);
	*out = rival;
	return rival->pid < 0 ? rival->pid : 0;
}

int64_t rival_destroy(struct rival *rival)
{
	int64_t done;

	if (!rival)
		return 0;
	if (rival->pid > 0)
		child_end(rival->pid);
	done = atomic_load_explicit(rival->done, memory_order_relaxed);
	munmap(rival->done, sizeof(*rival->done));
	free(rival);
	return done;
}
