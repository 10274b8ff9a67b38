// SPDX-License-Identifier: MIT
#include "tests/runner/console_names.h"

#include <glib.h>

/* Space-separated; a "*" at a name's end stands for any rest. */
static const struct {
	unsigned why;
	const char *names;
} plumbing[] = {
	{ PLUMBING_REPORT,
	  "dump_stack* __dump_stack show_stack* __show_stack show_regs* show_trace* "
	  "sched_show_task __warn* warn_slowpath* report_bug* __report_bug handle_bug* "
	  "exc_* asm_exc_* sysvec_* asm_sysvec_* __sysvec_* error_entry die die_addr "
	  "__die* do_trap* do_error_trap do_invalid_op invalid_op page_fault* oops_* "
	  "no_context bad_area* __bad_area* do_kern_addr_fault do_user_addr_fault "
	  "do_page_fault handle_page_fault refcount_* __list_add_valid* "
	  "__list_del_entry_valid* __list_add __list_del_entry usercopy_* "
	  "__check_object_size __check_heap_object print_report "
	  "print_address_description* check_memory_region kasan_* __kasan_* __asan_* "
	  "kfence_* __kfence_* ubsan_* __ubsan_* handle_overflow check_panic_on_warn "
	  "check_preemption_disabled debug_smp_processor_id __this_cpu_preempt_check "
	  "panic vpanic should_fail* __should_fail* fail_dump bad_page free_page_is_bad* "
	  "__might_resched* __might_sleep* __might_fault* __cant_sleep* __cant_migrate* "
	  "__schedule_bug nmi_* trigger_* rcu_dump_* rcu_sched_clock_irq rcu_check_* "
	  "print_cpu_stall* print_other_cpu_stall* check_cpu_stall* dump_cpu_task* "
	  "update_process_times tick_* __hrtimer_* hrtimer_* watchdog_* perf_* __perf_*" },
	{ PLUMBING_LOCK,
	  "mutex_* __mutex_* ww_mutex_* __ww_mutex_* rwsem_* __rwsem_* down down_* "
	  "__down __down_* up up_read* up_write* __up __up_* _raw_spin_* __raw_spin_* "
	  "do_raw_spin_* spin_dump spin_bug _raw_read_* _raw_write_* __raw_read_* "
	  "__raw_write_* do_raw_read_* do_raw_write_* native_queued_spin_* queued_spin_* "
	  "queued_read_* queued_write_* __pv_queued_* osq_* rt_mutex_* __rt_mutex_* "
	  "rt_spin_* rtlock_* percpu_down_* percpu_rwsem_* __percpu_* lock_acquire* "
	  "lock_release* lock_contended lock_acquired lock_set_class lock_downgrade "
	  "__lock_acquire __lock_release lockdep_* __lockdep_* mark_lock* mark_usage "
	  "mark_held_locks validate_chain check_prev_add check_prevs_add "
	  "check_noncircular check_deadlock check_irq_usage check_usage* "
	  "check_wait_context check_path check_redundant print_circular_bug* "
	  "print_deadlock_bug* print_usage_bug* print_irq_inversion_bug* "
	  "print_bad_irq_dependency* print_unlock_imbalance_bug* print_freed_lock_bug* "
	  "print_lock_* print_held_locks_bug* debug_check_no_locks_* register_lock_class "
	  "hlock_class class_key drm_modeset_lock* modeset_lock __flush_tlb_* "
	  "smp_call_function* on_each_cpu*" },
	{ PLUMBING_SCHED,
	  "schedule schedule_* __schedule preempt_schedule* __cond_resched* io_schedule* "
	  "context_switch __switch_to* finish_task_switch* bit_wait* __wait_on_bit* "
	  "out_of_line_wait_on_bit* prepare_to_wait* wait_for_completion* "
	  "__wait_for_common wait_for_common do_wait_for_common do_nanosleep msleep* "
	  "usleep_* __wait_rcu_gp synchronize_* __synchronize_* rcu_barrier* flush_work "
	  "__flush_work flush_delayed_work flush_workqueue __flush_workqueue "
	  "drain_workqueue cancel_work_sync cancel_delayed_work_sync __cancel_work* "
	  "kthread_stop dma_fence_default_wait dma_fence_wait* dma_resv_wait_timeout "
	  "might_alloc" },
	{ PLUMBING_MEMORY,
	  "warn_alloc* __alloc_pages* alloc_pages* __alloc_frozen_pages* "
	  "alloc_frozen_pages* ___alloc_pages* __folio_alloc* folio_alloc* "
	  "vma_alloc_folio* __get_free_pages* get_free_pages* get_zeroed_page* "
	  "___slab_alloc __slab_alloc* new_slab allocate_slab alloc_slab* refill_* "
	  "slab_* __slab_* kmalloc* __kmalloc* ___kmalloc* kzalloc* kcalloc* "
	  "kmem_cache_* __kmem_cache_* krealloc* __do_krealloc kmemdup* kstrdup* "
	  "kvmalloc* __kvmalloc* kvzalloc* vmalloc* __vmalloc* vzalloc* memdup_user "
	  "vmemdup_user kfree* kvfree* vfree* __free_pages* free_pages* fs_reclaim_* "
	  "__fs_reclaim_* slab_out_of_memory slab_err object_err slab_bug* print_trailer "
	  "free_to_partial_list free_consistency_checks alloc_consistency_checks "
	  "check_slab check_object check_bytes_and_report alloc_vmap_area* "
	  "__get_vm_area* get_vm_area* dma_resv_list_alloc alloc_indirect_*" },
	{ PLUMBING_STRING,
	  "memcpy* __memcpy* memmove* __memmove* memset* __memset* memcmp* memchr* "
	  "memscan strlen strnlen strcmp strncmp strcpy strncpy strscpy* strlcpy strcat "
	  "strchr strrchr strstr rep_movs_* rep_stos_* copy_user_* copy_page* "
	  "clear_page* clear_user_* _copy_from_user _copy_to_user __copy_user_*" },
	{ PLUMBING_IDLE,
	  "default_idle* native_safe_halt pv_native_safe_halt arch_cpu_idle acpi_idle_* "
	  "acpi_safe_halt mwait_idle* intel_idle* cpuidle_* do_idle cpu_startup_entry" },
	{ PLUMBING_INJECT, "fei_* kprobe_* aggr_pre_handler opt_pre_handler do_int3* ftrace_*" },
	{ PLUMBING_CONTAINER,
	  "idr_* ida_* xa_* __xa_* xas_* __xas_* radix_tree_* __radix_tree_* mas_* mt_* mtree_* "
	  "sg_alloc_* __sg_alloc_* sg_kmalloc virtio_gpu_queue_*" },
	{ PLUMBING_ENTRY,
	  "drm_ioctl* drm_compat_ioctl* vfs_ioctl do_vfs_ioctl __x64_sys_ioctl "
	  "__ia32_sys_ioctl __ia32_compat_sys_ioctl __arm64_sys_ioctl __se_sys_ioctl x64_sys_call "
	  "ia32_sys_call do_syscall* do_int80_* __do_fast_syscall_* do_fast_syscall_* entry_* "
	  "invoke_syscall* el0_* do_el0_* ret_fast_syscall task_work_run irqentry_* "
	  "syscall_exit_* do_user_addr_fault do_page_fault exc_page_fault asm_exc_page_fault "
	  "process_one_work process_scheduled_works worker_thread kthread kthread_worker_fn "
	  "ret_from_* handle_softirqs __do_softirq common_interrupt asm_common_interrupt "
	  "sysvec_* asm_sysvec_*" },
};

/* Words */

const char *name_after(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at ? at + strlen(word) : NULL;
}

void name_copy_span(char *to, size_t size, const char *from, size_t len)
{
	len = MIN(len, size - 1);
	memcpy(to, from, len);
	to[len] = '\0';
}

static bool name_matches(const char *name, const char *pattern, size_t len)
{
	if (pattern[len - 1] == '*')
		return strncmp(name, pattern, len - 1) == 0;
	return strlen(name) == len && memcmp(name, pattern, len) == 0;
}

/* @list is space-separated; a "*" at a name's end stands for any rest. */
static bool is_listed(const char *name, const char *list)
{
	for (const char *at = list; *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		if (name_matches(name, at, len))
			return true;
		at += len;
	}
	return false;
}

/* Functions */

/* "name+0x45/0x130": the name's length, or 0 if @text starts with no such thing. */
static size_t symbol_span(const char *text)
{
	size_t len = 0;

	if (g_ascii_isdigit(*text))
		return 0;
	while (g_ascii_isalnum(text[len]) || (text[len] && strchr("_.$", text[len])))
		len++;
	if (!len || !starts(text + len, "+0x") || !g_ascii_isxdigit(text[len + 3]))
		return 0;
	return len;
}

const char *name_find_frame(const char *text, size_t *len, bool *reliable)
{
	const char *at = skip_spaces(text);

	if (starts(at, "[<"))
		at = skip_spaces(at + strcspn(at, "]") + (strchr(at, ']') ? 1 : 0));
	*reliable = !starts(at, "? ");
	at += *reliable ? 0 : 2;
	*len = symbol_span(at);
	return *len ? at : NULL;
}

const char *name_find_symbol(const char *text, size_t *len)
{
	for (const char *plus = strstr(text, "+0x"); plus; plus = strstr(plus + 3, "+0x")) {
		const char *word = plus;

		while (word > text && !strchr(" \t(>,:", word[-1]))
			word--;
		*len = symbol_span(word);
		if (*len)
			return word;
	}
	return NULL;
}

/* Without what compilers and allocation profiling append: .isra.0, .cold, _noprof. */
void name_copy_function(char *to, const char *symbol, size_t len)
{
	const char *dot = len ? memchr(symbol + 1, '.', len - 1) : NULL;

	name_copy_span(to, NAME_BYTES, symbol, dot ? (size_t)(dot - symbol) : len);
	if (g_str_has_suffix(to, "_noprof"))
		to[strlen(to) - strlen("_noprof")] = '\0';
}

bool name_is_plumbing(const char *function, unsigned why)
{
	for (size_t i = 0; i < G_N_ELEMENTS(plumbing); i++)
		if (plumbing[i].why & why && is_listed(function, plumbing[i].names))
			return true;
	return false;
}

/* Source files */

/*
 * __FILE__ is relative to the kernel's tree for what is built in it, but a module built elsewhere,
 * or a kernel built with O=, can have any path: cut it to where the kernel's tree begins, or to the
 * base name.
 */
static void copy_file(char *to, const char *path, size_t len)
{
	/* Those that have others as subdirectories first: arch/x86/kernel, drivers/net. */
	static const char *const tops[] = {
		"/drivers/",  "/arch/",	 "/sound/",  "/include/", "/net/",    "/fs/",
		"/security/", "/block/", "/crypto/", "/mm/",	  "/lib/",    "/io_uring/",
		"/ipc/",      "/init/",	 "/virt/",   "/rust/",	  "/kernel/",
	};
	char copy[512];
	const char *full = copy;
	const char *at = NULL;

	name_copy_span(copy, sizeof(copy), path, len);
	if (starts(full, "./"))
		full += 2;
	if (*full != '/' && !starts(full, "../")) {
		g_strlcpy(to, full, NAME_BYTES);
		return;
	}
	for (size_t i = 0; !at && i < G_N_ELEMENTS(tops); i++)
		at = strstr(full, tops[i]);
	g_strlcpy(to, (at ? at : strrchr(full, '/')) + 1, NAME_BYTES);
}

static bool is_source(const char *word, size_t len)
{
	static const char *const suffixes[] = { ".c", ".h", ".S", ".rs" };

	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		size_t suffix = strlen(suffixes[i]);

		if (len > suffix && memcmp(word + len - suffix, suffixes[i], suffix) == 0)
			return true;
	}
	return false;
}

/* "at drivers/dma-buf/dma-resv.c:296": the last source file with a line number before a symbol. */
void name_find_file(const char *text, char *to)
{
	size_t symbol_len;
	const char *end = name_find_symbol(text, &symbol_len);

	if (!end)
		end = text + strlen(text);
	for (const char *at = strchr(text, ':'); at && at < end; at = strchr(at + 1, ':')) {
		const char *word = at;

		while (word > text && word[-1] != ' ')
			word--;
		if (g_ascii_isdigit(at[1]) && is_source(word, (size_t)(at - word)))
			copy_file(to, word, (size_t)(at - word));
	}
}

/* Lock classes */

/*
 * A lock class as lockdep names it, made short and stable: "&mm->mmap_lock#2" is mmap_lock,
 * "&dev->mutex" is dev->mutex, "&(&dev->lock)->rlock" (older kernels) dev->lock and
 * "(work_completion)(&dev->work)" work_completion:dev->work.
 */
void name_copy_class(char *to, const char *name, size_t len)
{
	/* Members that say nothing without what they are a member of. */
	static const char anonymous[] = "lock mutex sem rwsem wait rlock wait_lock list_lock work";
	char clean[NAME_BYTES];
	size_t n = 0;
	const char *member;

	if (len > 9 && memcmp(name + len - 8, ")->rlock", 8) == 0)
		len -= 8;
	for (size_t i = 0; i < len && name[i] != '#' && n < sizeof(clean) - 1; i++) {
		if (name[i] == ')' && n && i + 1 < len && name[i + 1] == '(')
			clean[n++] = ':';
		else if (name[i] == ' ')
			clean[n++] = '_';
		else if (name[i] == '/' && i + 2 == len && g_ascii_isdigit(name[i + 1]))
			break; /* the subclass */
		else if (!strchr("()&", name[i]))
			clean[n++] = name[i];
	}
	clean[n] = '\0';
	member = strchr(clean, ':') ? NULL : g_strrstr(clean, "->");
	if (member && is_listed(member + 2, anonymous))
		member = NULL;
	g_strlcpy(to, member ? member + 2 : clean, NAME_BYTES);
}
