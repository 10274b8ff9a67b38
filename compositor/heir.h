/* SPDX-License-Identifier: MIT */
/*
 * Who has the fences of a client that is killed: they must signal all the same, as whatever it had asked for goes on, or ends
 * with an error.
 */
#ifndef PLANESTORM_HEIR_H
#define PLANESTORM_HEIR_H

struct sink;

/* Of more, the first ones go; they have signalled long ago, or the last ones will not either. */
#define HEIR_FILES_MAX 64

/* All zeros: it has none. */
struct heir {
	int files[HEIR_FILES_MAX];
	unsigned given; /* so far */
};

/* Takes the sync file @file. */
void heir_take(struct heir *heir, int file);

/* The client is gone: wait for all fences, journal what became of them, and let go of them. */
void heir_tell(struct heir *heir, struct sink *sink);

#endif
