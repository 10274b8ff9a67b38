// SPDX-License-Identifier: MIT
#include "tests/runner/build.h"

#include <signal.h>

#include "tests/runner/child.h"

const char *build_root(void)
{
	return PLANESTORM_ROOT;
}

const char *build_cache(void)
{
	static char *cache;

	if (!cache)
		cache = g_build_filename(g_get_user_cache_dir(), "planestorm", NULL);
	return cache;
}

/* The script ends what it has started. */
static void end_script(GCancellable *cancellable, GSubprocess *process)
{
	(void)cancellable;
	g_subprocess_send_signal(process, SIGTERM);
}

/*
 * All that @process prints, when it has ended. It is told to end if @cancellable (may be NULL) is
 * cancelled, which g_subprocess_communicate() must not be given: GLib 2.74 may then lock a context
 * that its own thread has just freed (GNOME/glib issue 803), and hang or corrupt the heap.
 */
static gboolean await_output(GSubprocess *process, GCancellable *cancellable, char **output,
			     GError **error)
{
	gulong id = cancellable ? g_cancellable_connect(cancellable, G_CALLBACK(end_script),
							process, NULL) :
				  0;
	gboolean done = g_subprocess_communicate_utf8(process, NULL, NULL, output, NULL, error);

	g_cancellable_disconnect(cancellable, id);
	return done && !g_cancellable_set_error_if_cancelled(cancellable, error);
}

/* Run a script of the project with @args; returns what it printed, without the last newline. */
static char *run_script(const char *script, const char *const *args, GCancellable *cancellable,
			GError **error)
{
	g_autofree char *path = g_build_filename(build_root(), script, NULL);
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
	g_autoptr(GSubprocessLauncher) launcher = NULL;
	g_autoptr(GSubprocess) process = NULL;
	g_auto(GStrv) strv = NULL;
	g_autofree char *output = NULL;

	g_strv_builder_add(argv, path);
	for (int i = 0; args[i]; i++)
		g_strv_builder_add(argv, args[i]);
	strv = g_strv_builder_end(argv);
	launcher = child_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, SIGTERM);
	process = g_subprocess_launcher_spawnv(launcher, (const char *const *)strv, error);
	if (!process)
		return NULL;
	if (!await_output(process, cancellable, &output, error))
		return NULL;
	if (!g_subprocess_get_successful(process)) {
		/* The script has told the user what is wrong. */
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED_HANDLED, "%s %s failed", script,
			    args[0]);
		return NULL;
	}
	return g_strchomp(g_steal_pointer(&output));
}

static char *read_line(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return g_strdup("unknown");
	return g_strchomp(text);
}

/* Takes @dir. */
static struct base *base_new(char *dir)
{
	struct base *base = g_new0(struct base, 1);

	base->dir = dir;
	base->release = read_line(dir, "release");
	base->source = read_line(dir, "source");
	base->kernel = g_build_filename(dir, "bzImage", NULL);
	return base;
}

struct base *build_cached_base(void)
{
	g_autofree char *parent = g_build_filename(build_cache(), "base", NULL);
	g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *complete = g_build_filename(parent, name, "complete", NULL);

		if (g_file_test(complete, G_FILE_TEST_EXISTS))
			return base_new(g_build_filename(parent, name, NULL));
	}
	return NULL;
}

struct base *build_base(const struct build_options *options, GCancellable *cancellable,
			GError **error)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();
	char *dir;

	g_ptr_array_add(args, (gpointer) "base");
	if (options->tree) {
		g_ptr_array_add(args, (gpointer) "--tree");
		g_ptr_array_add(args, (gpointer)options->tree);
	}
	if (options->base) {
		g_ptr_array_add(args, (gpointer) "--base");
		g_ptr_array_add(args, (gpointer)options->base);
	}
	for (int i = 0; options->configs && options->configs[i]; i++) {
		g_ptr_array_add(args, (gpointer) "--config");
		g_ptr_array_add(args, options->configs[i]);
	}
	if (options->instrument) {
		g_ptr_array_add(args, (gpointer) "--config");
		g_ptr_array_add(args, (gpointer) "instrument");
	}
	g_ptr_array_add(args, NULL);
	dir = run_script("kernel/build", (const char *const *)args->pdata, cancellable, error);
	if (!dir)
		return NULL;

	return base_new(dir);
}

void base_free(struct base *base)
{
	if (!base)
		return;
	g_free(base->dir);
	g_free(base->release);
	g_free(base->source);
	g_free(base->kernel);
	g_free(base);
}

/* Takes @dir. */
static struct variant *variant_new(const char *name, char *dir)
{
	struct variant *variant;

	if (!dir)
		return NULL;
	variant = g_new0(struct variant, 1);
	variant->name = g_strdup(name);
	variant->dir = dir;
	variant->module = g_build_filename(dir, "virtio-gpu.ko", NULL);
	return variant;
}

/* Takes @args. */
static struct variant *run_variant(const char *name, GPtrArray *args, GCancellable *cancellable,
				   GError **error)
{
	struct variant *variant;

	g_ptr_array_add(args, NULL);
	variant = variant_new(name, run_script("kernel/build", (const char *const *)args->pdata,
					       cancellable, error));
	g_ptr_array_unref(args);
	return variant;
}

static GPtrArray *variant_args(const struct base *base, const struct build_options *options)
{
	GPtrArray *args = g_ptr_array_new();

	g_ptr_array_add(args, (gpointer) "variant");
	g_ptr_array_add(args, (gpointer) "--base-dir");
	g_ptr_array_add(args, base->dir);
	if (options->instrument)
		g_ptr_array_add(args, (gpointer) "--instrument");
	return args;
}

struct variant *build_variant(const struct base *base, const struct build_options *options,
			      const char *name, GCancellable *cancellable, GError **error)
{
	GPtrArray *args = variant_args(base, options);

	g_ptr_array_add(args, (gpointer)name);
	return run_variant(name, args, cancellable, error);
}

struct variant *build_patches(const struct base *base, const struct build_options *options,
			      const char *name, char **patches, GCancellable *cancellable,
			      GError **error)
{
	GPtrArray *args = variant_args(base, options);

	g_ptr_array_add(args, (gpointer) "--patches");
	for (int i = 0; patches[i]; i++)
		g_ptr_array_add(args, patches[i]);
	return run_variant(name, args, cancellable, error);
}

void variant_free(struct variant *variant)
{
	if (!variant)
		return;
	g_free(variant->name);
	g_free(variant->dir);
	g_free(variant->module);
	g_free(variant);
}

gboolean build_initramfs(const struct base *base, const char *path, GCancellable *cancellable,
			 GError **error)
{
	const char *const args[] = { "initramfs",      "--base-dir", base->dir, "--init",
				     PLANESTORM_GUEST, "-o",	     path,	NULL };
	g_autofree char *output = run_script("kernel/build", args, cancellable, error);

	return output != NULL;
}

char *build_layer(GCancellable *cancellable, GError **error)
{
	const char *const args[] = { "layer", NULL };
	g_autofree char *dir = run_script("kernel/build", args, cancellable, error);

	return dir ? g_build_filename(g_strstrip(dir), "layer.erofs", NULL) : NULL;
}

GStrv build_list_variants(GError **error)
{
	const char *const args[] = { "--list", NULL };
	g_autofree char *output = run_script("kernel/variants/apply", args, NULL, error);

	return output ? g_strsplit(output, "\n", -1) : NULL;
}
