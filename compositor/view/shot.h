/* SPDX-License-Identifier: MIT */
/* Pictures of what is shown, as PNG files. */
#ifndef PLANESTORM_VIEW_SHOT_H
#define PLANESTORM_VIEW_SHOT_H

#include <stdint.h>

/* @pixels: width * height XRGB8888, rows without gaps. Returns 0, or a negative errno; nothing of the file is left then. */
int shot_save(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height);

#endif
