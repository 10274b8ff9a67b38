// SPDX-License-Identifier: MIT
/*
 * compare_pictures A.png B.png TOLERANCE
 *
 * For tests: exit status 0 if the pictures have one size and no channel of a pixel differs by more than TOLERANCE
 * of 255, else 1.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/runner/display.h"

static int worst_difference(const struct image *a, const struct image *b)
{
	int worst = 0;

	for (int i = 0; i < a->width * a->height; i++)
		for (int shift = 0; shift < 32; shift += 8) {
			int one = (int)(a->pixels[i] >> shift & 0xff);
			int other = (int)(b->pixels[i] >> shift & 0xff);

			worst = MAX(worst, ABS(one - other));
		}
	return worst;
}

static struct image *load(const char *path)
{
	g_autoptr(GError) error = NULL;
	struct image *image = image_load(path, &error);

	if (!image)
		fprintf(stderr, "%s\n", error->message);
	return image;
}

int main(int argc, char **argv)
{
	struct image *a = argc == 4 ? load(argv[1]) : NULL, *b = a ? load(argv[2]) : NULL;
	int worst = 256;

	if (a && b && a->width == b->width && a->height == b->height)
		worst = worst_difference(a, b);
	printf("they differ by at most %d of 255\n", worst);
	image_unref(a);
	image_unref(b);
	return argc == 4 && worst <= atoi(argv[3]) ? 0 : 1;
}
