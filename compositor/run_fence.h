/* SPDX-License-Identifier: MIT */
/* For run*.c and perform.c alone: the fences of a program that is being run. */
#ifndef PLANESTORM_RUN_FENCE_H
#define PLANESTORM_RUN_FENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "compositor/model/fence_rule.h"
#include "compositor/model/program.h"

struct observers;
struct outcome;
struct request;
struct run;

/* Fences that are not signalled yet are asked for again when there are more, or at a check. */
#define OUT_FENCES_MAX 64
#define LATER_MAX 16

/* A fence that an operation has made, until it is signalled. */
struct out_fence {
	int file;
	uint64_t seq, point;
	int timeline; /* index */
};

struct run_fences {
	struct out_fence outs[OUT_FENCES_MAX];
	int out_count;
	pid_t later[LATER_MAX]; /* who advances a timeline after a while */
	int later_count;
	uint64_t early;		     /* how long before its deadline a wait gave up, at most, ns */
	int64_t counts[FENCE_RULES]; /* how often the guest looked for what is forbidden */
	struct observers *observers[PROGRAM_MAX_TIMELINES];
};

/* Carry out a timeline line. Returns 0 or a negative errno. */
int run_timeline(struct run *run, const struct op *op);

/* Carry out an observe line. Returns the same. */
int run_observe(struct run *run, const struct op *op);
/* End the observers of a timeline, by its index, if there are any, and journal what they saw. */
void run_observe_stop(struct run *run, int timeline);

/* A timeline's name, by its index; a plane's word, by its role. */
const char *run_timeline_name(const struct run *run, int timeline);
extern const char *const run_role_words[PLANE_ROLES];

/*
 * Which of a software timeline's fences @op has to wait for on @role, be it its in-fence or, *@implicit, one of the buffer's;
 * NULL: none that is known. @itself is where the answer may be.
 */
const struct program_point *run_fence_awaited(struct run *run, const struct op *op,
					      const struct request *request, enum plane_role role,
					      struct program_point *itself, bool *implicit);

/* run_fence_settle.c */

/* The fence in @file, a sync file, becomes the operation's point. Returns 0 or a negative errno. */
int run_fence_add_point(struct run *run, const struct op *op, const struct request *request,
			int file);
/* The same of a commit's out-fence, or of what a reservation object has. Takes @file. */
int run_fence_add_out(struct run *run, const struct op *op, const struct request *request,
		      int file);

/* run_fence_check.c */

/* A commit that failed, or was only a question, or a mistake, has made nothing and used up nothing. */
void run_fence_check_untouched(struct run *run, const struct op *op, const struct request *request);
/* A blocking commit is back: what it had to wait for must have been begun to be signalled. */
void run_fence_check_waited(struct run *run, const struct op *op, const struct request *request);
/* A sync file has been merged. */
void run_fence_check_merged(struct run *run, const struct request *request);
/* A query and an await are back. Return 0, or a negative errno if our own work failed. */
int run_fence_check_query(struct run *run, const struct op *op, const struct request *request);
int run_fence_check_await(struct run *run, const struct op *op, const struct request *request,
			  const struct outcome *outcome);

/* Journal that @rule was seen broken, at or after operation @seq. */
void run_broken(struct run *run, enum fence_rule rule, uint64_t seq, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The operation, number run->seq + 1, is about to enter the kernel: journal what it waits for and signals. */
void run_fence_before(struct run *run, const struct op *op, const struct request *request);

/* It has come to @outcome. Returns 0, or a negative errno if our own work failed. */
int run_fence_after(struct run *run, const struct op *op, struct request *request,
		    const struct outcome *outcome);

/* Wait for all fences that operations have made, and journal what became of them. */
void run_fence_settle(struct run *run);

/* The program ends: the same, and all that goes on besides. */
void run_fence_stop(struct run *run);

#endif
