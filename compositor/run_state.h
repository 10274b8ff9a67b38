/* SPDX-License-Identifier: MIT */
/* For run*.c, perform.c and sweep.c alone: a program that is being run. */
#ifndef PLANESTORM_RUN_STATE_H
#define PLANESTORM_RUN_STATE_H

#include "compositor/kms/events.h"
#include "compositor/model/program.h"
#include "compositor/model/rng.h"
#include "compositor/run.h"
#include "compositor/run_fence.h"
#include "compositor/scene.h"
#include "compositor/storm/due.h"
#include "compositor/storm/fault.h"
#include "compositor/storm/pressure.h"
#include "compositor/storm/signals.h"

struct contend;
struct request;
struct rival;
struct state;

/* More paint lines than that before one operation would be of no use. */
#define PAINTS_MAX 8

/* More would only stand in each other's way. */
#define RIVALS_MAX 4

/* An operation's text in the journal, formatted once: it is written again at every repetition. */
struct text {
	char *bytes;
	size_t len;
};

struct run {
	struct device *device;
	const struct program *program;
	struct sink *sink;
	struct rng rng;
	struct scene scene;
	struct state *states[PROGRAM_MAX_HEADS]; /* NULL as long as there is no output */
	bool fresh; /* nothing has been done since all states were read */
	struct events events;
	const struct op
		*pending;      /* the nonblocking commit whose event is still to come, NULL: none */
	const struct op *anew; /* in a sweep: what is to be pending in each round, NULL: nothing */
	struct fault fault;
	struct due due;
	struct signals signals;
	bool killed;		       /* it will be: there has been a kill line */
	const struct op *signals_line; /* while they are on */
	struct pressure pressure;
	struct rival *rivals[RIVALS_MAX];
	const struct op *rival_ops[RIVALS_MAX]; /* what they do */
	int rival_count;
	struct contend *contends[PROGRAM_MAX_BUFFERS]; /* by buffer */
	int contend_count;
	struct run_fences fences;
	uint64_t seq;	   /* of the last operation, the first is 1 */
	int64_t due_count; /* operations that were entered with a signal due */
	uint32_t checks;   /* done so far */
	uint32_t asked;	   /* of the host, done so far */
	bool annotated;	   /* for lockdep, and not told yet how often */
	struct hand *hand; /* which listens to the pointer, NULL: none does yet */
	uint32_t picture;  /* id of the one painted last */
	/* The modifiers that wait for their operation: by kind, NULL if there is none. */
	const struct op *waiting[OP_KINDS];
	const struct op *paints[PAINTS_MAX]; /* between them and it */
	int paint_count;
	bool expect_failure; /* an expect line among them allows for an error */
	struct text *texts;  /* by operation */
	uint32_t *left;	     /* by operation: repetitions that a repeat has left */
};

/* What run_perform() is to say of the operation, and what came of it. */
struct issue {
	int line;
	struct fault_plan fault; /* nth 0: none */
	const struct op *signal; /* the modifier, NULL: none */
	struct text text;
};

struct outcome {
	int err;	/* errno value, 0 is success */
	uint32_t fired; /* how many allocations were made to fail */
	bool missed;	/* none, perhaps because a kernel worker came too late for it */
	bool unchanged; /* it failed, and the state is what it was */
};

/* run.c */

/* Our own work failed: say at which line of the program, and why. Returns @err. */
int run_fail(struct run *run, const struct op *op, int err, const char *what);
/* Wait for the events that are outstanding; one that does not come is a finding for the host. */
void run_wait_events(struct run *run);
/* Quiesce, read back, let the host look. */
int run_check(struct run *run);
void run_write_buffer(struct run *run, int index);
/* Carry out the paint lines that wait for the operation. Returns 0 or a negative errno. */
int run_paints(struct run *run);

/* run_storm.c */

/* Carry out a line of the storm: a modifier but expect, or a disturbance. Returns 0 or a negative errno. */
int run_storm(struct run *run, const struct op *op);
/* Have @op done by a rival, again and again. Returns the same. */
int run_storm_rival(struct run *run, const struct op *op);
/* End all that goes on beside the operations, and journal how much of it there was. */
void run_storm_stop(struct run *run);
/* Whether a rival may change the plane at any time. */
bool run_storm_is_contested(const struct run *run, int head, enum plane_role role);
/* Whether the next operation may fail by the storm's doing, or its program's word. */
bool run_storm_at_risk(const struct run *run);

/* run_host.c */

/* Have the host plug a monitor in or out, and wait until the connector tells. Returns 0 or a negative errno. */
int run_monitor(struct run *run, const struct op *op);
/* Have the host point where @op's cursor goes, and wait until libinput tells. Returns the same. */
int run_point(struct run *run, const struct op *op);
void run_host_finish(struct run *run);

/* perform.c */

/* Read the state of all heads back; *@changed: it is not what it was. */
int run_read_back(struct run *run, bool *changed);
int run_read_back_if_stale(struct run *run);
void run_write_read(struct run *run, bool after);

/* Perform @request as the operation number run->seq + 1. Returns 0, whatever it came to, or a negative
 * errno if our own work failed. */
int run_perform(struct run *run, struct request *request, const struct issue *issue,
		struct outcome *outcome);

/* One operation of the program, with what @plan has fail. Returns the same. */
int run_perform_op(struct run *run, const struct op *op, const struct fault_plan *plan,
		   struct outcome *outcome);

/* sweep.c */

/* Make the allocations of @op fail one after the other, as @fault says. Returns 0 or a negative errno. */
int run_sweep(struct run *run, const struct op *op, const struct op *fault);

#endif
