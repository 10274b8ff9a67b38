// SPDX-License-Identifier: MIT
#include "compositor/input/pointer.h"

#include <stdbool.h>

static bool is_there(const struct pointer_output *output)
{
	return output->width && output->height;
}

static double clamp(double value, double min, double max)
{
	return value < min ? min : value > max ? max : value;
}

/* The last pixel counts to its end, but not the next one. */
static double last(int32_t begin, uint32_t size)
{
	return (double)begin + (double)size - 1.0 / 256;
}

/* The point of @output that is nearest to (@x, @y). Returns the square of the distance. */
static double nearest(const struct pointer_output *output, double x, double y, double *near_x,
		      double *near_y)
{
	*near_x = clamp(x, output->x, last(output->x, output->width));
	*near_y = clamp(y, output->y, last(output->y, output->height));
	return (x - *near_x) * (x - *near_x) + (y - *near_y) * (y - *near_y);
}

static void go_to(struct pointer *pointer, double x, double y)
{
	double best = -1;

	for (int i = 0; i < POINTER_OUTPUTS_MAX; i++) {
		const struct pointer_output *output = &pointer->outputs[i];
		double near_x, near_y, distance;

		if (!is_there(output))
			continue;
		distance = nearest(output, x, y, &near_x, &near_y);
		if (best >= 0 && distance >= best)
			continue;
		best = distance;
		pointer->x = near_x;
		pointer->y = near_y;
	}
}

void pointer_set_output(struct pointer *pointer, int i, const struct pointer_output *output)
{
	pointer->outputs[i] = *output;
	go_to(pointer, pointer->x, pointer->y);
}

void pointer_move(struct pointer *pointer, double dx, double dy)
{
	go_to(pointer, pointer->x + dx, pointer->y + dy);
}

/* The rectangle around all outputs. */
static struct pointer_output whole(const struct pointer *pointer)
{
	int32_t left = 0, top = 0, right = 0, bottom = 0;
	bool any = false;

	for (int i = 0; i < POINTER_OUTPUTS_MAX; i++) {
		const struct pointer_output *output = &pointer->outputs[i];
		int32_t end_x = output->x + (int32_t)output->width;
		int32_t end_y = output->y + (int32_t)output->height;

		if (!is_there(output))
			continue;
		left = !any || output->x < left ? output->x : left;
		top = !any || output->y < top ? output->y : top;
		right = !any || end_x > right ? end_x : right;
		bottom = !any || end_y > bottom ? end_y : bottom;
		any = true;
	}
	return (struct pointer_output){ left, top, (uint32_t)(right - left),
					(uint32_t)(bottom - top) };
}

void pointer_place(struct pointer *pointer, int i, double x, double y)
{
	struct pointer_output all = i < 0 ? whole(pointer) : pointer->outputs[i];

	if (is_there(&all))
		go_to(pointer, all.x + x * all.width, all.y + y * all.height);
}

static int32_t whole_number(double value)
{
	int32_t number = (int32_t)value;

	return (double)number > value ? number - 1 : number;
}

void pointer_position(const struct pointer *pointer, int32_t *x, int32_t *y)
{
	*x = whole_number(pointer->x);
	*y = whole_number(pointer->y);
}
