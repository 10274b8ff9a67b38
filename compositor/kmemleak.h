/* SPDX-License-Identifier: MIT */
/*
 * CONFIG_DEBUG_KMEMLEAK: memory that nothing points to (Documentation/dev-tools/kmemleak.rst). For a kernel
 * with kernel/config/kmemleak.config.
 */
#ifndef PLANESTORM_KMEMLEAK_H
#define PLANESTORM_KMEMLEAK_H

/* Forget what there is so far. Returns 0, or -ENOENT if this kernel does not look for any. */
int kmemleak_clear(void);

/*
 * Look for it, which takes six seconds, as younger objects are not told of. What a function of DRM, of
 * its driver or of dma-buf has allocated is printed on the console and counted. Returns the count or a
 * negative errno.
 */
int kmemleak_count(void);

#endif
