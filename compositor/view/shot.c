// SPDX-License-Identifier: MIT
#include "compositor/view/shot.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BYTES 3

/* Red, green, blue, which is all that a display shows. */
static unsigned char *without_alpha(const uint32_t *pixels, size_t count)
{
	unsigned char *rgb = malloc(count * BYTES);

	for (size_t i = 0; rgb && i < count; i++) {
		rgb[i * BYTES] = pixels[i] >> 16 & 0xff;
		rgb[i * BYTES + 1] = pixels[i] >> 8 & 0xff;
		rgb[i * BYTES + 2] = pixels[i] & 0xff;
	}
	return rgb;
}

int shot_save(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
			    .width = width,
			    .height = height,
			    .format = PNG_FORMAT_RGB };
	unsigned char *rgb = without_alpha(pixels, (size_t)width * height);
	FILE *file = rgb ? fopen(path, "we") : NULL;
	int ret = rgb ? 0 : -ENOMEM;

	if (rgb && !file)
		ret = -errno;
	if (file) {
		errno = EIO;
		ret = png_image_write_to_stdio(&image, file, 0, rgb, 0, NULL) ? 0 : -errno;
		if (fclose(file) && !ret)
			ret = -errno;
		if (ret)
			unlink(path);
	}
	free(rgb);
	return ret;
}
