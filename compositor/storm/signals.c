// SPDX-License-Identifier: MIT
#include "compositor/storm/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compositor/model/program.h"
#include "compositor/model/rng.h"
#include "compositor/storm/child.h"

/* glibc has given this field its documented name since 2.37 only. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static atomic_llong handled;

struct stops {
	atomic_llong count;
	atomic_bool enough;
};

static void handle(int signal)
{
	(void)signal;
	atomic_fetch_add_explicit(&handled, 1, memory_order_relaxed);
}

void signals_init(struct signals *signals)
{
	*signals = (struct signals){ .active = false };
}

int signals_handle(int signal, bool restart)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = restart ? SA_RESTART : 0 };

	return sigaction(signal, &action, NULL) ? -errno : 0;
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / 1000000000u),
		.tv_nsec = (long)(ns % 1000000000u),
	};
}

static int start_timer(timer_t *timer, struct sigevent *event, uint64_t first, uint64_t period)
{
	struct itimerspec when = {
		.it_interval = to_timespec(period),
		.it_value = to_timespec(first),
	};
	int ret;

	if (timer_create(CLOCK_MONOTONIC, event, timer))
		return -errno;
	if (!timer_settime(*timer, 0, &when, NULL))
		return 0;
	ret = -errno;
	timer_delete(*timer);
	return ret;
}

/* It ends itself, so that there is none after whose stop nobody lets the client go on. */
static _Noreturn void stop_and_go(struct stops *stops, pid_t client, uint64_t first,
				  uint64_t period)
{
	struct timespec pause = to_timespec(first);

	while (!atomic_load(&stops->enough)) {
		nanosleep(&pause, NULL);
		kill(client, SIGSTOP);
		/* Long enough for it to have stopped, wherever it was. */
		pause = to_timespec(period / 4);
		nanosleep(&pause, NULL);
		kill(client, SIGCONT);
		atomic_fetch_add(&stops->count, 1);
		pause = to_timespec(period - period / 4);
	}
	_exit(0);
}

/* A stop is for the whole process and cannot be caught: somebody else must end it. */
static int start_stopper(struct signals *signals, uint64_t first, uint64_t period)
{
	pid_t client = getpid();

	signals->stops = mmap(NULL, sizeof(*signals->stops), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (signals->stops == MAP_FAILED)
		return -ENOMEM;
	signals->stopper = child_start(NULL, 0);
	if (signals->stopper == 0)
		stop_and_go(signals->stops, client, first, period);
	signals->stopping = signals->stopper > 0;
	return signals->stopping ? 0 : signals->stopper;
}

int signals_start(struct signals *signals, const struct op *op, struct rng *rng)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID };
	uint64_t period = op->ns, first;
	int ret;

	signals_stop(signals);
	if (op->ns_max)
		period += rng_below(rng, op->ns_max - op->ns + 1);
	first = 1 + rng_below(rng, period);
	signals->before = atomic_load_explicit(&handled, memory_order_relaxed);
	if (op->stop) {
		ret = start_stopper(signals, first, period);
	} else {
		event.sigev_signo = op->standard ? SIGUSR1 : SIGNALS_REALTIME;
		event.sigev_notify_thread_id = gettid();
		ret = signals_handle(event.sigev_signo, op->restart);
		if (!ret)
			ret = start_timer(&signals->timer, &event, first, period);
	}
	signals->active = !ret;
	return ret;
}

static int64_t stop_stopper(struct signals *signals)
{
	int64_t count;

	atomic_store(&signals->stops->enough, true);
	child_await(signals->stopper);
	count = atomic_load(&signals->stops->count);
	munmap(signals->stops, sizeof(*signals->stops));
	signals->stopping = false;
	return count;
}

int64_t signals_stop(struct signals *signals)
{
	if (!signals->active)
		return 0;
	signals->active = false;
	if (signals->stopping)
		return stop_stopper(signals);
	timer_delete(signals->timer);
	return atomic_load_explicit(&handled, memory_order_relaxed) - signals->before;
}

int signals_kill_after(uint64_t ns)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };
	timer_t timer;

	return start_timer(&timer, &event, ns, 0);
}
