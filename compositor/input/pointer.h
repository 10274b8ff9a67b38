/* SPDX-License-Identifier: MIT */
/* Where the pointer is, over outputs that are laid out beside each other. Pure. */
#ifndef PLANESTORM_INPUT_POINTER_H
#define PLANESTORM_INPUT_POINTER_H

#include <stdint.h>

#define POINTER_OUTPUTS_MAX 2

/* All outputs together. */
#define POINTER_ANY (-1)

struct pointer_output {
	int32_t x, y;		/* of its left upper corner in the whole, pixels */
	uint32_t width, height; /* 0: there is no such output */
};

struct pointer {
	struct pointer_output outputs[POINTER_OUTPUTS_MAX];
	double x, y; /* in the whole, pixels and parts of them */
};

/* Output @i is there, or has gone, or is another one: the pointer stays on what there is. */
void pointer_set_output(struct pointer *pointer, int i, const struct pointer_output *output);

/* By so many pixels, and not beyond the outputs' edges. */
void pointer_move(struct pointer *pointer, double dx, double dy);

/*
 * To a place of output @i, or of all of them as one (POINTER_ANY): 0 is its left or upper edge, 1 the other
 * one.
 */
void pointer_place(struct pointer *pointer, int i, double x, double y);

/* The pixel of the whole at which it is; (0, 0) without any output. */
void pointer_position(const struct pointer *pointer, int32_t *x, int32_t *y);

#endif
