/* SPDX-License-Identifier: MIT */
/* What is built: the base kernel, the variants' modules, the guest's initramfs, by kernel/build. */
#ifndef PLANESTORM_BUILD_H
#define PLANESTORM_BUILD_H

#include <gio/gio.h>

/* Which kernel. Strings are borrowed; NULL is the default. */
struct build_options {
	const char *tree;    /* a kernel tree of the user's */
	const char *base;    /* "6.12", "7" */
	char **configs;	     /* further fragments, like "kasan" */
	gboolean instrument; /* drivers whose lock helpers can be interrupted (kernel/instrument) */
};

/* A folder in the cache that holds a built kernel, and what is in it. */
struct base {
	char *dir;
	char *release; /* as uname -r */
	char *source;  /* for people: package and version, or tree and commit */
	char *kernel;  /* bzImage */
};

/* A variant's driver. */
struct variant {
	char *name;
	char *dir;    /* in the cache */
	char *module; /* virtio-gpu.ko */
};

/* Where the project's own files are. */
const char *build_root(void);

/* The folder for all that is kept between runs. */
const char *build_cache(void);

/*
 * Each runs a step of kernel/build, whose progress goes to the user's terminal; cancelling ends it.
 * On failure the step has said why on stderr, and @error is G_IO_ERROR_FAILED_HANDLED.
 */
struct base *build_base(const struct build_options *options, GCancellable *cancellable,
			GError **error);
/* A base that is in the cache already, any, or NULL; nothing is built. */
struct base *build_cached_base(void);
void base_free(struct base *base);

/* @base must have been built with the same @options. */
struct variant *build_variant(const struct base *base, const struct build_options *options,
			      const char *name, GCancellable *cancellable, GError **error);

/* The user's own patches over the base as it is, as a variant called @name. */
struct variant *build_patches(const struct base *base, const struct build_options *options,
			      const char *name, char **patches, GCancellable *cancellable,
			      GError **error);
void variant_free(struct variant *variant);

/* The image of what the guest has at /usr, from the cache; the caller's, NULL with @error set. */
char *build_layer(GCancellable *cancellable, GError **error);

/* Write the guest's initramfs to @path. */
gboolean build_initramfs(const struct base *base, const char *path, GCancellable *cancellable,
			 GError **error);

/* The variants that kernel/variants/ holds, in the order in which they are shown: unfixed first.
 * Each is "name<TAB>description". The caller's. */
GStrv build_list_variants(GError **error);

#endif
