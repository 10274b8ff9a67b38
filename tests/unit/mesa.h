/* SPDX-License-Identifier: MIT */
/* What test programs that draw have in common. Once a program. */
#ifndef PLANESTORM_UNIT_MESA_H
#define PLANESTORM_UNIT_MESA_H

#include <dlfcn.h>
#include <errno.h>
#include <glib.h>

#include "compositor/model/animation.h"
#include "compositor/render/gles.h"
#include "tests/unit/unit.h"

/*
 * Memory that Mesa, LLVM and libglvnd lose, or keep until the process ends, is not ours to free: leaks are passed over if
 * one of their libraries is on the stack. For that they must have names to the end, and so no library goes before it.
 */
int dlclose(void *library)
{
	(void)library;
	return 0;
}

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:_dri.so\n"
	       "leak:libgbm\n"
	       "leak:libgallium\n"
	       "leak:libEGL_mesa\n"
	       "leak:libGLdispatch\n"
	       "leak:libLLVM\n";
}

static inline uint32_t *new_pixels(uint32_t width, uint32_t height)
{
	return g_new0(uint32_t, (size_t)width * height);
}

static inline struct picture_area whole_of(uint32_t width, uint32_t height)
{
	return (struct picture_area){ .width = width, .height = height };
}

/* Of rows without gaps. */
static inline struct picture_difference compare(enum picture_image scene, uint32_t frame,
						uint32_t width, uint32_t height,
						const uint32_t *pixels)
{
	return picture_compare(scene, frame, width, height, pixels, width * 4);
}

/* Whether GLES draws off the screen here; if not, it is said why, for a program that exits with 77. */
static inline int mesa_is_there(void)
{
	struct gles *gles = NULL;
	const char *why = NULL;
	int ret = gles_create(NULL, SOURCE_ROOT, &gles, &why);

	gles_destroy(gles);
	if (ret == -ENODEV)
		printf("SKIP: there is no GLES off the screen here: cannot %s\n", why);
	return ret != -ENODEV;
}

#endif
