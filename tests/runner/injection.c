// SPDX-License-Identifier: MIT
#include "tests/runner/injection.h"

#include <string.h>

#define FRAMES_MAX 4
#define DRIVERS_MAX 2
#define DRIVER "virtio_gpu_"

struct injection *injection_new(gsize offset, double stamp)
{
	struct injection *injection = g_new0(struct injection, 1);

	injection->offset = offset;
	injection->stamp = stamp;
	injection->kind = g_strdup("?");
	injection->site = g_string_new(NULL);
	return injection;
}

void injection_free(gpointer data)
{
	struct injection *injection = data;

	g_free(injection->kind);
	g_string_free(injection->site, TRUE);
	g_free(injection);
}

/* How the functions are called that stand between the injection and who wanted memory. */
static const char *const machinery[] = {
	"dump_stack",	"show_stack",	  "fail_dump",	     "should_fail",   "__should_fail",
	"fei_kprobe",	"kprobe_",	  "__kmalloc",	     "kmalloc",	      "__kmem_cache",
	"kmem_cache",	"krealloc",	  "__do_krealloc",   "kvmalloc",      "__kvmalloc",
	"slab_",	"__slab_",	  "___slab_",	     "new_slab",      "allocate_slab",
	"alloc_pages",	"__alloc_pages",  "__alloc_frozen",  "alloc_frozen",  "prepare_alloc_pages",
	"get_free_pag", "__get_free_pag", "folio_alloc",     "__folio_alloc", "alloc_slab_page",
	"vmalloc",	"__vmalloc",	  "kmemdup",	     "kstrdup",	      "memdup_user",
	"kasprintf",	"kvasprintf",	  "ftrace_ops_list", "arch_ftrace",   "kasan_save",
};

/* How every call comes in, which tells no site from another. */
static const char *const entries[] = {
	"drm_ioctl", "__x64_sys_",     "x64_sys_call", "do_syscall_",  "entry_SYSCALL",
	"__se_sys_", "exc_page_fault", "asm_exc_",     "do_user_addr",
};

static gboolean starts_any(const char *name, const char *const *prefixes, gsize count)
{
	for (gsize i = 0; i < count; i++)
		if (g_str_has_prefix(name, prefixes[i]))
			return TRUE;
	return FALSE;
}

/* "virtio_gpu_array_alloc+0x2f/0x60 [virtio_gpu]"; a frame with "? " is a guess of the unwinder's, and
 * has a blank where others have the name. The caller's; NULL: it is none. */
static char *frame_name(const char *text)
{
	gsize len;

	text += strspn(text, " ");
	len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
	if (!len || strncmp(text + len, "+0x", 3))
		return NULL;
	/* ".isra.0", ".constprop.0": the compiler's, and differ between kernels. */
	return g_strndup(text, MIN(len, strcspn(text, ".")));
}

static void take_frame(struct injection *injection, const char *name)
{
	if (!injection->frames && starts_any(name, machinery, G_N_ELEMENTS(machinery)))
		return;
	if (injection->frames && starts_any(name, entries, G_N_ELEMENTS(entries))) {
		injection->closed = TRUE;
		return;
	}
	g_string_append_printf(injection->site, "%s%s", injection->frames ? " < " : "", name);
	injection->frames++;
	injection->drivers += g_str_has_prefix(name, DRIVER) ? 1 : 0;
	if (injection->frames == FRAMES_MAX || injection->drivers == DRIVERS_MAX)
		injection->closed = TRUE;
}

void injection_read(struct injection *injection, const char *text)
{
	g_autofree char *frame = NULL;

	if (injection->closed)
		return;
	if (g_str_has_prefix(text, "name ") && !injection->frames) {
		g_free(injection->kind);
		injection->kind = g_strndup(text + 5, strcspn(text + 5, ", "));
		return;
	}
	frame = frame_name(text);
	if (frame)
		take_frame(injection, frame);
}
