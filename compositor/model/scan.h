/* SPDX-License-Identifier: MIT */
/* Numbers, pairs and times in the words of a program. Each takes a whole word or nothing. */
#ifndef PLANESTORM_SCAN_H
#define PLANESTORM_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "compositor/model/picture.h"

/* "A<separator>B", both from @min to @max. */
bool scan_pair(const char *text, char separator, int64_t min, int64_t max, int64_t pair[2]);

/* A whole number from 1 to @max. */
bool scan_count(const char *text, int64_t max, uint32_t *count);

/* A whole number from 0 to @max. */
bool scan_amount(const char *text, int64_t max, uint64_t *amount);

/* A number of bytes like 512K or 8M, at most 1 GB. */
bool scan_bytes(const char *text, uint64_t *bytes);

/* A place "X,Y" in pixels; negative is fine. */
bool scan_point(const char *text, int32_t *x, int32_t *y);

/* A part "X,Y,WxH" of a picture, no number above @max, W and H from 1. */
bool scan_area(const char *text, int64_t max, struct picture_area *area);

/* A time like 400us, from 1 ns to 10 s. */
bool scan_time(const char *text, uint64_t *ns);

#endif
