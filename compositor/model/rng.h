/* SPDX-License-Identifier: MIT */
/* The one source of random choices: a seed gives the same numbers on guest and host, for ever. */
#ifndef PLANESTORM_RNG_H
#define PLANESTORM_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

void rng_init(struct rng *rng, uint64_t seed);

/* SplitMix64 (Steele, Lea, Flood 2014): 64 uniform bits. */
uint64_t rng_next(struct rng *rng);

/* Uniform in [0, @bound), @bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

#endif
