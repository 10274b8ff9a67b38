// SPDX-License-Identifier: MIT
#include "tests/runner/doctor.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* A cold cache with one base and all variants, measured, rounded up. */
#define NEED_MB 4000

/* Print one finding; @remedy is what to do if not @fine. Returns @fine. */
static gboolean say(gboolean fine, const char *what, const char *detail, const char *remedy)
{
	gboolean colour = isatty(STDOUT_FILENO);

	printf("%s%-8s%s%-10s%s\n", colour ? (fine ? "\033[32m" : "\033[31m") : "",
	       fine ? "ok" : "LACKS", colour ? "\033[0m" : "", what, detail);
	if (!fine && remedy)
		printf("        %-10s-> %s\n", "", remedy);
	return fine;
}

/* The lines that a program prints, the caller's; none if it cannot be run. */
static GStrv ask(const char *const *argv)
{
	g_autofree char *output = NULL;

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
		     NULL, NULL, &output, NULL, NULL, NULL);
	return g_strsplit(output ? output : "", "\n", -1);
}

/* For @arch or for all: another architecture's gcc does not help. */
static gboolean package_installed(const char *package, const char *arch)
{
	const char *const argv[] = { "dpkg-query", "-W",
				     "-f",	   "${db:Status-Status} ${Architecture}\n",
				     package,	   NULL };
	g_autofree char *native = g_strconcat("installed ", arch, NULL);
	g_auto(GStrv) states = ask(argv);

	return g_strv_contains((const char *const *)states, native) ||
	       g_strv_contains((const char *const *)states, "installed all");
}

/* kernel/packages: one package a line, # starts a comment. */
static gboolean examine_packages(void)
{
	const char *const argv[] = { "dpkg", "--print-architecture", NULL };
	g_autofree char *path = g_build_filename(build_root(), "kernel", "packages", NULL);
	g_autofree char *text = NULL, *remedy = NULL, *detail = NULL;
	g_autoptr(GString) missing = g_string_new(NULL);
	g_auto(GStrv) lines = NULL, arch = ask(argv);
	guint count = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return say(FALSE, "packages", "kernel/packages cannot be read",
			   "check out the project again");
	lines = g_strsplit(text, "\n", -1);
	for (int i = 0; lines[i]; i++) {
		g_strstrip(lines[i]);
		if (!*lines[i] || *lines[i] == '#')
			continue;
		count++;
		if (!package_installed(lines[i], arch[0] ? arch[0] : ""))
			g_string_append_printf(missing, " %s", lines[i]);
	}
	remedy = g_strdup_printf("apt-get install --no-install-recommends%s", missing->str);
	detail = missing->len ? g_strdup_printf("missing:%s", missing->str) :
				g_strdup_printf("all %u are installed", count);
	return say(!missing->len, "packages", detail, remedy);
}

static gboolean examine_qemu(const struct session_options *options, char **path)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *version = NULL, *detail = NULL;

	*path = session_find_qemu(options->qemu, &error);
	if (*path)
		version = session_qemu_version(*path, &error);
	if (!version)
		return say(FALSE, "QEMU", error->message,
			   "apt-get install qemu-system-x86, or give --qemu PATH");
	detail = g_strdup_printf("%s, version %s", *path, version);
	return say(TRUE, "QEMU", detail, NULL);
}

/* Not having KVM is not a lack: everything works without, slower. */
static void examine_kvm(const struct session_options *options, const char *qemu)
{
	g_autofree char *dir = g_build_filename(build_cache(), "doctor", NULL);
	g_autofree char *initrd = g_build_filename(dir, "initramfs", NULL);
	g_autofree char *log = g_build_filename(dir, "qemu.txt", NULL);
	g_autofree char *why = NULL, *detail = NULL;
	struct base *base = build_cached_base();
	struct vm_platform platform = { .qemu = qemu, .initrd = initrd };
	gboolean works = FALSE;

	if (g_access("/dev/kvm", F_OK)) {
		why = g_strdup("there is no /dev/kvm");
	} else if (!base || !qemu) {
		why = g_strdup("not tried: that takes a kernel, which the first run builds");
	} else if (!g_mkdir_with_parents(dir, 0755) &&
		   build_initramfs(base, initrd, options->cancellable, NULL)) {
		platform.kernel = base->kernel;
		works = snapshot_probe_kvm(&platform, dir, options->cancellable, &why);
	}
	detail = g_strdup_printf("%s; guests run under %s", why ? why : "could not be tried",
				 works ? "KVM" : "TCG, which is slower but works");
	say(TRUE, "KVM", detail, NULL);
	g_unlink(initrd);
	g_unlink(log);
	g_rmdir(dir);
	base_free(base);
}

static gboolean examine_disk(void)
{
	g_autofree char *detail = NULL, *remedy = NULL;
	struct statvfs fs;
	guint64 free_mb;

	g_mkdir_with_parents(build_cache(), 0755);
	if (statvfs(build_cache(), &fs))
		return say(FALSE, "disk", "the cache's folder cannot be made",
			   "set XDG_CACHE_HOME to a folder that can be written");
	free_mb = (guint64)fs.f_bavail * fs.f_frsize >> 20;
	detail = g_strdup_printf("%" G_GUINT64_FORMAT " MB free for the cache, a cold start needs "
				 "about %d",
				 free_mb, NEED_MB);
	remedy = g_strdup_printf("make room on the file system of %s, or set XDG_CACHE_HOME",
				 build_cache());
	return say(free_mb >= NEED_MB || build_cached_base(), "disk", detail, remedy);
}

static void examine_cache(void)
{
	struct base *base = build_cached_base();
	g_autofree char *detail = NULL;

	if (base)
		detail = g_strdup_printf("%s holds a built kernel (%s)", build_cache(),
					 base->source);
	else
		detail =
			g_strdup_printf("%s is cold: the first run builds a kernel", build_cache());
	say(TRUE, "cache", detail, NULL);
	base_free(base);
}

int doctor_run(const struct session_options *options)
{
	g_autofree char *qemu = NULL;
	gboolean fine = examine_packages();

	fine &= examine_qemu(options, &qemu);
	examine_kvm(options, qemu);
	fine &= examine_disk();
	examine_cache();
	return fine ? STORM_OK : STORM_TROUBLE;
}
