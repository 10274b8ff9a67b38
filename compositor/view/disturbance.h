/* SPDX-License-Identifier: MIT */
/* The storm that a person can start: signals for the compositor, and company on its cursor's buffer. */
#ifndef PLANESTORM_VIEW_DISTURBANCE_H
#define PLANESTORM_VIEW_DISTURBANCE_H

struct buffer;
struct disturbance;
struct sink;

/* On @buffer, which has a handle and stays until the end. Returns 0 or a negative errno. */
int disturbance_create(const struct buffer *buffer, struct disturbance **out);

/* Tells how much of it there was. NULL is fine. */
void disturbance_destroy(struct disturbance *disturbance, struct sink *sink);

#endif
