// SPDX-License-Identifier: MIT
#include "compositor/storm/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "compositor/model/rng.h"

/* glibc has given this field its documented name since 2.37 only. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/*
 * A real-time signal: it is queued from memory that the timer brings along, so that its delivery
 * takes no part in the count of allocations, and nothing else uses it.
 */
#define STORM_SIGNAL (SIGRTMIN + 5)

static atomic_llong count;

static void handle(int signal)
{
	(void)signal;
	atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
}

void signals_init(struct signals *signals)
{
	signals->active = false;
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / 1000000000u),
		.tv_nsec = (long)(ns % 1000000000u),
	};
}

int signals_start(struct signals *signals, uint64_t period_ns, bool restart, struct rng *rng)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = restart ? SA_RESTART : 0 };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = STORM_SIGNAL };
	struct itimerspec when = {
		.it_interval = to_timespec(period_ns),
		.it_value = to_timespec(1 + rng_below(rng, period_ns)),
	};
	int ret;

	signals_stop(signals);
	event.sigev_notify_thread_id = gettid();
	if (sigaction(STORM_SIGNAL, &action, NULL))
		return -errno;
	if (timer_create(CLOCK_MONOTONIC, &event, &signals->timer))
		return -errno;
	if (timer_settime(signals->timer, 0, &when, NULL)) {
		ret = -errno;
		timer_delete(signals->timer);
		return ret;
	}
	signals->active = true;
	return 0;
}

void signals_stop(struct signals *signals)
{
	if (!signals->active)
		return;
	timer_delete(signals->timer);
	signals->active = false;
}

int64_t signals_count(void)
{
	return atomic_load_explicit(&count, memory_order_relaxed);
}
