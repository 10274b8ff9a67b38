// SPDX-License-Identifier: MIT
/* PNG files: an image has its hotspot within, no colour above its alpha, and a complaint is one line. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "compositor/cursor/image.h"

static void check_pixel(uint32_t pixel)
{
	for (int shift = 0; shift < 24; shift += 8)
		assert((pixel >> shift & 0xff) <= pixel >> 24);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char why[256] = "";
	struct cursor_image *image = cursor_image_parse(bytes, len, why, sizeof(why));

	if (!image) {
		fuzz_check_message(why);
		return 0;
	}
	assert(image->width && image->width <= CURSOR_SIDE_MAX);
	assert(image->height && image->height <= CURSOR_SIDE_MAX);
	assert(image->hot_x >= 0 && (uint32_t)image->hot_x < image->width);
	assert(image->hot_y >= 0 && (uint32_t)image->hot_y < image->height);
	for (size_t i = 0; i < (size_t)image->width * image->height; i++)
		check_pixel(image->pixels[i]);
	free(image);
	return 0;
}
