// SPDX-License-Identifier: MIT
/* What is seen is what was expected, pixel for pixel, but for what GLES may round. */
#include "tests/runner/compare.h"
#include "tests/unit/unit.h"

static const struct pair {
	const char *name;
	guint32 expected, seen;
	int tolerance;
	gboolean same;
} pairs[] = {
	{ "the same", 0xff102030, 0xff102030, 0, TRUE },
	{ "one more", 0xff102030, 0xff102031, 0, FALSE },
	{ "as much as may be", 0xff102030, 0xff12222e, 2, TRUE },
	{ "too much of red", 0xff102030, 0xff132030, 2, FALSE },
	{ "too little of blue", 0xff102030, 0xff10202d, 2, FALSE },
	{ "a carry is none", 0xff0000ff, 0xff000100, 2, FALSE },
};

static void count(const struct difference *difference, void *data)
{
	assert_string_equal(difference->what, "scanout differs");
	(*(guint *)data)++;
}

static void check_pair(void **state)
{
	const struct pair *pair = *state;
	struct image *expected = image_new(64, 2), *seen = image_new(64, 2);
	struct display_head want = { .scanout = expected, .tolerance = pair->tolerance };
	struct display_head got = { .scanout = seen };
	guint differences = 0;

	expected->pixels[100] = pair->expected;
	seen->pixels[100] = pair->seen;
	assert_int_equal(compare_heads(&want, &got, count, &differences), pair->same);
	assert_int_equal(differences, !pair->same);
	image_unref(expected);
	image_unref(seen);
}

int main(void)
{
	return run_rows("compare", pairs, LENGTH(pairs), sizeof(pairs[0]), check_pair);
}
