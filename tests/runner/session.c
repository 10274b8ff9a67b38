// SPDX-License-Identifier: MIT
#include "tests/runner/session.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/runner/fail.h"
#include "tests/runner/progress.h"

char *session_find_qemu(const char *wanted, GError **error)
{
	char *path = g_find_program_in_path(wanted ? wanted : "qemu-system-x86_64");

	if (!path)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
			    "%s is no program that can be run",
			    wanted ? wanted : "qemu-system-x86_64");
	return path;
}

char *session_qemu_version(const char *path, GError **error)
{
	const char *argv[] = { path, "--version", NULL };
	g_autofree char *output = NULL;
	const char *version;
	int status;

	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
			  &output, NULL, &status, error))
		return NULL;
	version = strstr(output, "version ");
	if (!version || !g_str_has_prefix(output, "QEMU")) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is not QEMU", path);
		return NULL;
	}
	version += strlen("version ");
	return g_strndup(version, strcspn(version, " \n"));
}

void session_stage(struct session *session, const char *name)
{
	double now = progress_elapsed();

	g_assert(session->stage_count < SESSION_MAX_STAGES);
	session->stages[session->stage_count++] =
		(struct stage){ name, now - session->stage_start };
	session->stage_start = now;
}

/* Removes a folder of ours and what is in it; all our folders are at most two deep. */
static void remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		if (g_file_test(child, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
			remove_tree(child);
		else
			g_unlink(child);
	}
	g_rmdir(path);
}

static gboolean hash_file(GChecksum *checksum, const char *path, GError **error)
{
	g_autofree char *bytes = NULL;
	gsize len;

	if (!g_file_get_contents(path, &bytes, &len, error))
		return FALSE;
	g_checksum_update(checksum, (const guchar *)bytes, (gssize)len);
	return TRUE;
}

/* Everything that the state of the booted guest depends on. The caller's. */
static char *boot_key(struct session *session, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *machine =
		g_strdup_printf("%d %s %d %d %d %u", SNAPSHOT_FORMAT, session->qemu_version,
				session->platform.accel, VM_MEMORY_MB, VM_CPUS, CHANNEL_SIZE);

	g_checksum_update(checksum, (const guchar *)machine, -1);
	/* Its name names its content. */
	g_checksum_update(checksum, (const guchar *)session->layer, -1);
	if (!hash_file(checksum, session->base->kernel, error) ||
	    !hash_file(checksum, session->initrd, error))
		return NULL;
	return g_strndup(g_checksum_get_string(checksum), 16);
}

static char *read_boot_id(void)
{
	char *id = NULL;

	if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &id, NULL, NULL))
		return g_strdup("unknown");
	return g_strchomp(id);
}

static void tell_accel(gboolean kvm)
{
	progress_say("accelerator: %s",
		     kvm ? "KVM" : "TCG, since no guest boots under KVM here (see doctor)");
}

/* A probe of a KVM that does not work takes seconds, so its answer is kept until the next boot. */
static enum vm_accel choose_accel(struct session *session)
{
	g_autofree char *dir = g_build_filename(build_cache(), "kvm", NULL);
	g_autofree char *path = g_build_filename(dir, "answer", NULL);
	g_autofree char *boot_id = read_boot_id(), *known = NULL, *why = NULL, *answer = NULL;
	g_auto(GStrv) lines = NULL;
	gboolean works;

	answer = g_strdup_printf("%s %s", boot_id, session->qemu_version);
	if (g_file_get_contents(path, &known, NULL, NULL)) {
		lines = g_strsplit(known, "\n", 4);
		if (g_strv_length(lines) >= 3 && !strcmp(lines[0], answer)) {
			works = !strcmp(lines[1], "kvm");
			tell_accel(works);
			return works ? VM_KVM : VM_TCG;
		}
	}
	works = snapshot_probe_kvm(&session->platform, dir, session->options->cancellable, &why);
	tell_accel(works);
	g_free(known);
	known = g_strdup_printf("%s\n%s\n%s\n", answer, works ? "kvm" : "tcg", why);
	/* Being refused access may change at any time. */
	if (!g_access("/dev/kvm", R_OK | W_OK) &&
	    !g_cancellable_is_cancelled(session->options->cancellable))
		g_file_set_contents(path, known, -1, NULL);
	return works ? VM_KVM : VM_TCG;
}

static gboolean boot(struct session *session, GError **error)
{
	g_autofree char *key = boot_key(session, error);
	g_autofree char *parent = g_build_filename(build_cache(), "boot", NULL);
	g_autofree char *dir = key ? g_build_filename(parent, key, NULL) : NULL;

	if (!dir)
		return FALSE;
	session->boot = snapshot_open(dir);
	if (session->boot) {
		progress_say("guest: booted earlier, snapshot from the cache");
		return TRUE;
	}
	remove_tree(parent); /* one is enough, and each is tens of megabytes */
	progress_say("guest: booting %s", session->base->release);
	session->boot =
		snapshot_boot(&session->platform, dir, session->options->cancellable, error);
	if (!session->boot)
		g_prefix_error(error, "the guest does not boot (see %s): ", dir);
	return session->boot != NULL;
}

static gboolean make_scratch(struct session *session, GError **error)
{
	session->scratch = g_build_filename(build_cache(), "scratch", NULL);
	remove_tree(session->scratch);
	if (!g_mkdir_with_parents(session->scratch, 0755))
		return TRUE;
	return fail_errno(error, session->scratch);
}

static gboolean prepare(struct session *session, GError **error)
{
	session->platform.qemu = session_find_qemu(session->options->qemu, error);
	if (!session->platform.qemu)
		return FALSE;
	session->qemu_version = session_qemu_version(session->platform.qemu, error);
	if (!session->qemu_version || !make_scratch(session, error))
		return FALSE;

	session->base = build_base(&session->options->build, session->options->cancellable, error);
	if (!session->base)
		return FALSE;
	progress_say("kernel: %s, %s", session->base->release, session->base->source);
	session_stage(session, "kernel");

	session->initrd = g_build_filename(session->scratch, "initramfs", NULL);
	if (!build_initramfs(session->base, session->initrd, session->options->cancellable, error))
		return FALSE;
	session->layer = build_layer(session->options->cancellable, error);
	if (!session->layer)
		return FALSE;
	session->platform.layer = session->layer;
	session->platform.kernel = session->base->kernel;
	session->platform.initrd = session->initrd;
	session->platform.accel = choose_accel(session);
	if (!boot(session, error))
		return FALSE;
	session_stage(session, "boot");
	return TRUE;
}

struct session *session_open(const struct session_options *options, GError **error)
{
	struct session *session = g_new0(struct session, 1);

	session->options = options;
	session->stage_start = progress_elapsed();
	if (prepare(session, error))
		return session;
	session_close(session);
	return NULL;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	if (session->scratch && !session->options->keep)
		remove_tree(session->scratch);
	else if (session->scratch)
		progress_say("kept: snapshots in %s", session->scratch);
	snapshot_free(session->boot);
	base_free(session->base);
	g_free(session->initrd);
	g_free(session->layer);
	g_free(session->scratch);
	g_free((char *)session->platform.qemu);
	g_free(session->qemu_version);
	g_free(session->patches);
	g_free(session);
}

struct snapshot *session_snapshot(struct session *session, const struct variant *variant,
				  GError **error)
{
	g_autofree char *dir = g_build_filename(session->scratch, variant->name, NULL);
	struct snapshot *snapshot;

	snapshot = snapshot_load_module(&session->platform, session->boot, variant->module,
					session->options->build.instrument, dir,
					session->options->cancellable, error);
	if (!snapshot)
		g_prefix_error(error, "variant %s does not load: ", variant->name);
	return snapshot;
}

/* Snapshots as they are made. The lock is for all but the session. */
struct snapping {
	struct session *session;
	GHashTable *snapshots;
	GMutex lock;
	guint all;
	GError *error; /* the first */
};

static void snapshot_job(gpointer data, gpointer user_data)
{
	const struct variant *variant = data;
	struct snapping *snapping = user_data;
	struct snapshot *snapshot;
	GError *error = NULL;

	if (g_cancellable_is_cancelled(snapping->session->options->cancellable))
		return;
	snapshot = session_snapshot(snapping->session, variant, &error);
	g_mutex_lock(&snapping->lock);
	if (snapshot) {
		g_hash_table_insert(snapping->snapshots, variant->name, snapshot);
		progress_status("snapshots: %u of %u", g_hash_table_size(snapping->snapshots),
				snapping->all);
	} else if (!snapping->error) {
		snapping->error = error;
	} else {
		g_error_free(error);
	}
	g_mutex_unlock(&snapping->lock);
}

GHashTable *session_snapshots(struct session *session, const GPtrArray *variants, GError **error)
{
	struct snapping snapping = { .session = session, .all = variants->len };
	GThreadPool *pool =
		g_thread_pool_new(snapshot_job, &snapping, session->options->jobs, TRUE, NULL);

	g_mutex_init(&snapping.lock);
	snapping.snapshots =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)snapshot_free);
	for (guint i = 0; i < variants->len; i++)
		g_thread_pool_push(pool, g_ptr_array_index(variants, i), NULL);
	g_thread_pool_free(pool, FALSE, TRUE);
	g_mutex_clear(&snapping.lock);
	session_stage(session, "snapshots");
	if (snapping.error)
		g_propagate_error(error, snapping.error);
	else if (!g_cancellable_is_cancelled(session->options->cancellable))
		return snapping.snapshots;
	g_hash_table_unref(snapping.snapshots);
	return NULL;
}
