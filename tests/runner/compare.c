// SPDX-License-Identifier: MIT
#include "tests/runner/compare.h"

#include <string.h>

struct comparison {
	void (*report)(const struct difference *difference, void *data);
	void *data;
	guint differences;
};

static void differ(struct comparison *comparison, enum plane_role role, const char *what,
		   const char *format, ...) G_GNUC_PRINTF(4, 5);

static void differ(struct comparison *comparison, enum plane_role role, const char *what,
		   const char *format, ...)
{
	struct difference difference = { .role = role, .what = what };
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	difference.text = text;
	comparison->differences++;
	comparison->report(&difference, comparison->data);
}

static gboolean is_near(guint32 one, guint32 other, int tolerance)
{
	for (int shift = 0; shift < 32; shift += 8)
		if (ABS((int)(one >> shift & 0xff) - (int)(other >> shift & 0xff)) > tolerance)
			return FALSE;
	return TRUE;
}

static guint count_differing(const struct image *expected, const struct image *seen, int tolerance)
{
	gsize pixels = (gsize)expected->width * (gsize)expected->height;
	guint differing = 0;

	if (!memcmp(expected->pixels, seen->pixels, pixels * sizeof(guint32)))
		return 0;
	for (gsize i = 0; i < pixels; i++)
		differing += !is_near(expected->pixels[i], seen->pixels[i], tolerance);
	return differing;
}

/* The id in row 0 says which picture is seen, where it is one of the program's. */
static void compare_images(struct comparison *comparison, enum plane_role role,
			   const struct image *expected, const struct image *seen, int tolerance)
{
	const char *what = role == PLANE_CURSOR ? "cursor image differs" : "scanout differs";
	guint differing;

	if (!seen) {
		differ(comparison, role, what, "nothing was ever shown");
		return;
	}
	if (expected->width != seen->width || expected->height != seen->height) {
		differ(comparison, role, what, "%d x %d expected, %d x %d seen", expected->width,
		       expected->height, seen->width, seen->height);
		return;
	}
	differing = count_differing(expected, seen, tolerance);
	if (differing)
		differ(comparison, role, what,
		       "%u of %d x %d pixels; row 0 is to read picture %" G_GINT64_FORMAT
		       " and reads %" G_GINT64_FORMAT,
		       differing, expected->width, expected->height,
		       image_picture(expected->pixels, expected->width),
		       image_picture(seen->pixels, seen->width));
}

static void compare_cursor(struct comparison *comparison, const struct display_head *expected,
			   const struct display_head *seen)
{
	if (expected->visible != seen->visible) {
		differ(comparison, PLANE_CURSOR, "cursor visibility differs", "%s expected",
		       expected->visible ? "visible" : "hidden");
		return;
	}
	if (!expected->visible)
		return;
	compare_images(comparison, PLANE_CURSOR, expected->cursor, seen->cursor, 0);
	if (expected->x != seen->x || expected->y != seen->y)
		differ(comparison, PLANE_CURSOR, "cursor place differs",
		       "%d,%d expected, %d,%d seen", expected->x, expected->y, seen->x, seen->y);
	if (expected->hot_x != seen->hot_x || expected->hot_y != seen->hot_y)
		differ(comparison, PLANE_CURSOR, "cursor hotspot differs",
		       "%d,%d expected, %d,%d seen", expected->hot_x, expected->hot_y, seen->hot_x,
		       seen->hot_y);
}

gboolean compare_heads(const struct display_head *expected, const struct display_head *seen,
		       void (*report)(const struct difference *difference, void *data), void *data)
{
	struct comparison comparison = { .report = report, .data = data };

	if (expected->scanout)
		compare_images(&comparison, PLANE_PRIMARY, expected->scanout, seen->scanout,
			       expected->tolerance);
	compare_cursor(&comparison, expected, seen);
	return comparison.differences == 0;
}
