// SPDX-License-Identifier: MIT
/*
 * compare_pictures A.png B.png TOLERANCE
 * compare_pictures A.png SCENE TOLERANCE
 *
 * For tests: exit status 0 if the pictures have one size and no channel of a pixel differs by more than TOLERANCE
 * of 255, else 1. Instead of B, it may be the frame of a scene whose number A has in its first row.
 */
#include <stdio.h>
#include <stdlib.h>

#include "compositor/model/picture.h"
#include "tests/runner/display.h"

#define NUMBER_BITS 32

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

/* The number of the frame, a pixel a bit (picture.h). */
static guint32 number_of(const struct image *image)
{
	guint32 number = 0;

	for (int x = 0; x < MIN(NUMBER_BITS, image->width); x++)
		number |= (image->pixels[x] >> 8 & 1u) << x;
	return number;
}

static struct image *frame_of(const struct image *shown, enum picture_image scene)
{
	struct image *image = image_new(shown->width, shown->height);
	guint32 number = number_of(shown);

	printf("frame %u: ", number);
	picture_paint(scene, number, (guint32)image->width, (guint32)image->height, image->pixels,
		      (guint32)image->width * 4);
	return image;
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
	int scene = argc == 4 ? picture_image_by_name(argv[2]) : -1, worst = 256;
	struct image *a = argc == 4 ? load(argv[1]) : NULL, *b = NULL;

	if (a)
		b = scene >= 0 ? frame_of(a, (enum picture_image)scene) : load(argv[2]);
	if (b && a->width == b->width && a->height == b->height)
		worst = worst_difference(a, b);
	printf("they differ by at most %d of 255\n", worst);
	image_unref(a);
	image_unref(b);
	return argc == 4 && worst <= atoi(argv[3]) ? 0 : 1;
}
