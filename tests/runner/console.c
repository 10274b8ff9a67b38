// SPDX-License-Identifier: MIT
/*
 * How a console is read
 *
 * Bytes become lines, lines lose their prefix (time stamp, caller), and what is left of a line is
 * either an opener, the first line of a report that is worth a finding, or it belongs to the report
 * that its caller has open, or it is nothing to us. Most lines of most consoles are nothing, so
 * that is decided first and without allocating.
 *
 *	[   12.345678][   T61] WARNING: CPU: 0 PID: 61 at ...
 *	 stamp          caller  text
 *
 * Reports are kept apart by caller (CONFIG_PRINTK_CALLER: T61 is a task, C0 a CPU in interrupt), so
 * with it two CPUs that complain at once are two reports; without it all lines have caller 0, and
 * a second opener ends the first report early.
 *
 * While a report is open, its lines are searched for what its kind needs: the function from the
 * title, the RIP line or the first frame of the call trace that is no plumbing; the lock classes;
 * the file. It ends as the kernel ends it ("---[ end trace", "</TASK>", a banner line, by kind), or
 * at the next opener of the same caller, or at a silence, or with the stream.
 *
 * The formats were read in Linux 6.12 and 7.2: kernel/panic.c, lib/bug.c, kernel/locking/lockdep.c,
 * kernel/hung_task.c, kernel/watchdog.c, kernel/rcu/tree_stall.h, kernel/sched/core.c,
 * kernel/workqueue.c, lib/fault-inject.c, lib/ubsan.c, lib/refcount.c, lib/list_debug.c,
 * mm/page_alloc.c, mm/slub.c, mm/kasan/report.c, mm/kfence/report.c and arch/x86/{kernel,mm}.
 */
#include "tests/runner/console.h"

#include <stdint.h>
#include <string.h>

#define LINE_MAX_BYTES 4096 /* a longer line is cut in two; printk's own limit is 1024 */
#define NAME_BYTES 128
#define TITLE_BYTES 256
#define OPEN_MAX 8 /* reports under way at once; the kernel rarely mixes more than two */
#define REPORT_MAX_BYTES (256 * 1024)
#define SILENCE_S 10.0 /* no report pauses for so long: what comes after it is something else */
#define CONSEQUENCE_S 1.0 /* from an injected failure to the dump of the allocation that failed */
#define CONSEQUENCE_LINES 64 /* the same, where lines have no time stamp */

/* What an opener can be besides a finding's kind. */
enum {
	OPEN_NOTHING = FINDING_KINDS,
	OPEN_CUT_HERE, /* the kind is on one of the next lines */
	OPEN_DIE, /* "Oops: 0002 [#1] SMP": a report of its own, or the second line of one */
	OPEN_INJECTION,
	OPEN_KINDS
};

/* Functions that are never the answer to "who did it", by why. */
enum {
	PLUMBING_REPORT = 1 << 0, /* what checks and reports: dump_stack(), list_add()'s checks */
	PLUMBING_LOCK = 1 << 1,
	PLUMBING_SCHED = 1 << 2, /* everything to wait with */
	PLUMBING_MEMORY = 1 << 3,
	PLUMBING_STRING = 1 << 4,
	PLUMBING_IDLE = 1 << 5,
};

enum {
	/* Where the function is, in this order; the call trace comes last and for all kinds. */
	KIND_NAMED = 1 << 0, /* a line of the report's head names it */
	KIND_EXACT = 1 << 1, /* ... and is right even where it names plumbing */
	KIND_RIP = 1 << 2,
	/* What else is in the signature. */
	KIND_FILE = 1 << 3,
	KIND_PAIR = 1 << 4, /* the objects say it all, no function */
	KIND_WORDS = 1 << 5, /* the title's words, where there is no function */
	/* How the report goes. */
	KIND_MESSAGE = 1 << 6, /* a message of WARN() that makes the WARNING something better */
	KIND_END_TRACE = 1 << 7, /* ends with "---[ end trace" */
	KIND_END_STACK = 1 << 8, /* ends with its call trace */
	KIND_END_BANNER = 1 << 9, /* ends with a line of "=" */
	KIND_OTHER_CPUS = 1 << 10, /* lines of callers without a report belong to it */
	KIND_STALL = 1 << 11,
};

#define KIND_ENDS (KIND_END_TRACE | KIND_END_STACK | KIND_END_BANNER)
#define SKIP_WAITING (PLUMBING_REPORT | PLUMBING_LOCK | PLUMBING_SCHED | PLUMBING_MEMORY)
#define SKIP_STALLED (PLUMBING_REPORT | PLUMBING_LOCK | PLUMBING_SCHED | PLUMBING_IDLE)
#define SKIP_FAULT (PLUMBING_REPORT | PLUMBING_LOCK | PLUMBING_STRING)
#define LOCKDEP_REPORT KIND_END_STACK, SKIP_WAITING
#define LOCKDEP_PAIR KIND_END_STACK | KIND_PAIR, SKIP_WAITING, 2

static const struct kind_info {
	const char *name;
	unsigned flags;
	unsigned skip; /* plumbing that this kind is not about */
	guint objects; /* lock classes or caches that tell it from others of its kind */
} kinds[OPEN_KINDS] = {
	[FINDING_WARNING] = { "WARNING",
			      KIND_NAMED | KIND_EXACT | KIND_RIP | KIND_FILE | KIND_END_TRACE,
			      PLUMBING_REPORT, 0 },
	[FINDING_BUG] = { "BUG",
			  KIND_NAMED | KIND_RIP | KIND_FILE | KIND_WORDS | KIND_END_TRACE |
				  KIND_END_STACK,
			  PLUMBING_REPORT | PLUMBING_LOCK | PLUMBING_SCHED, 0 },
	[FINDING_OOPS] = { "Oops", KIND_RIP | KIND_END_TRACE, SKIP_FAULT, 0 },
	[FINDING_REFCOUNT] = { "refcount", KIND_MESSAGE | KIND_END_TRACE,
			       PLUMBING_REPORT | PLUMBING_LOCK, 0 },
	[FINDING_LIST] = { "list-corruption", KIND_MESSAGE | KIND_END_TRACE,
			   PLUMBING_REPORT | PLUMBING_LOCK, 0 },
	[FINDING_SLAB] = { "slab-corruption", KIND_END_STACK | KIND_PAIR, PLUMBING_MEMORY, 1 },
	[FINDING_KASAN] = { "KASAN", KIND_NAMED | KIND_END_BANNER, SKIP_FAULT, 0 },
	[FINDING_KFENCE] = { "KFENCE", KIND_NAMED | KIND_END_BANNER, SKIP_FAULT, 0 },
	[FINDING_UBSAN] = { "UBSAN", KIND_FILE | KIND_END_TRACE | KIND_END_BANNER, PLUMBING_REPORT,
			    0 },
	[FINDING_LOCKDEP_CIRCULAR] = { "lockdep-circular", LOCKDEP_PAIR },
	[FINDING_LOCKDEP_RECURSIVE] = { "lockdep-recursive", LOCKDEP_REPORT, 1 },
	[FINDING_LOCKDEP_INVERSION] = { "lockdep-irq-inversion", LOCKDEP_PAIR },
	[FINDING_LOCKDEP_IRQ_ORDER] = { "lockdep-irq-order", LOCKDEP_PAIR },
	[FINDING_LOCKDEP_INCONSISTENT] = { "lockdep-inconsistent", LOCKDEP_REPORT, 1 },
	[FINDING_LOCKDEP_UNLOCK_BALANCE] = { "lockdep-unlock-balance", KIND_NAMED | LOCKDEP_REPORT,
					     1 },
	[FINDING_LOCKDEP_WAIT_CONTEXT] = { "lockdep-wait-context", LOCKDEP_REPORT, 1 },
	[FINDING_LOCKDEP_FREED] = { "lockdep-freed", LOCKDEP_REPORT, 1 },
	[FINDING_LOCKDEP_USER_SPACE] = { "lockdep-user-space", KIND_NAMED, SKIP_WAITING, 1 },
	[FINDING_LOCKDEP_STILL_HELD] = { "lockdep-still-held", KIND_NAMED | LOCKDEP_REPORT, 1 },
	[FINDING_LOCKDEP_NOT_HELD] = { "lockdep-not-held",
				       KIND_MESSAGE | KIND_NAMED | KIND_EXACT | KIND_RIP |
					       KIND_FILE | KIND_END_TRACE,
				       PLUMBING_REPORT, 0 },
	[FINDING_LOCKDEP_RCU] = { "lockdep-rcu", KIND_FILE | LOCKDEP_REPORT, 0 },
	[FINDING_LOCKDEP_ASSERT] = { "lockdep-assert", KIND_MESSAGE | KIND_END_TRACE, SKIP_WAITING,
				     0 },
	[FINDING_LOCKDEP_OTHER] = { "lockdep-other", LOCKDEP_REPORT, 1 },
	[FINDING_LOCKDEP_OFF] = { "lockdep-off", KIND_END_STACK | KIND_PAIR | KIND_WORDS, 0, 0 },
	[FINDING_ATOMIC_SCHEDULE] = { "atomic-schedule", KIND_END_STACK, SKIP_WAITING, 0 },
	[FINDING_ATOMIC_SLEEP] = { "atomic-sleep", KIND_FILE | KIND_END_STACK, SKIP_WAITING, 0 },
	[FINDING_MEMORY] = { "memory", KIND_END_STACK, PLUMBING_REPORT | PLUMBING_MEMORY, 1 },
	[FINDING_HUNG_TASK] = { "hung-task", KIND_END_STACK | KIND_STALL, SKIP_WAITING, 0 },
	[FINDING_SOFT_LOCKUP] = { "soft-lockup",
				  KIND_RIP | KIND_END_STACK | KIND_OTHER_CPUS | KIND_STALL,
				  SKIP_STALLED, 0 },
	[FINDING_HARD_LOCKUP] = { "hard-lockup",
				  KIND_RIP | KIND_END_STACK | KIND_OTHER_CPUS | KIND_STALL,
				  SKIP_STALLED, 0 },
	[FINDING_RCU_STALL] = { "rcu-stall", KIND_RIP | KIND_OTHER_CPUS | KIND_STALL, SKIP_STALLED,
				0 },
	[FINDING_WORKQUEUE_LOCKUP] = { "workqueue-lockup", KIND_NAMED | KIND_STALL, SKIP_WAITING,
				       0 },
	[FINDING_PANIC] = { "panic", KIND_PAIR | KIND_WORDS, PLUMBING_REPORT, 0 },
	[OPEN_CUT_HERE] = { "WARNING", KIND_RIP | KIND_WORDS | KIND_END_TRACE, PLUMBING_REPORT, 0 },
	[OPEN_INJECTION] = { "injection", KIND_END_STACK, 0, 0 },
};

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
	  "panic vpanic should_fail* fail_dump bad_page free_page_is_bad* "
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
	  "check_slab check_object check_bytes_and_report" },
	{ PLUMBING_STRING,
	  "memcpy* __memcpy* memmove* __memmove* memset* __memset* memcmp* memchr* "
	  "memscan strlen strnlen strcmp strncmp strcpy strncpy strscpy* strlcpy strcat "
	  "strchr strrchr strstr rep_movs_* rep_stos_* copy_user_* copy_page* "
	  "clear_page* clear_user_* _copy_from_user _copy_to_user __copy_user_*" },
	{ PLUMBING_IDLE,
	  "default_idle* native_safe_halt pv_native_safe_halt arch_cpu_idle acpi_idle_* "
	  "acpi_safe_halt mwait_idle* intel_idle* cpuidle_* do_idle cpu_startup_entry" },
};

struct opener {
	const char *start; /* "": anywhere */
	const char *within; /* and this after it, or NULL */
	int kind;
};

/* Looked for in what follows "WARNING: ", "BUG: " or "INFO: ". */
static const struct opener alarms[] = {
	{ "", "circular locking dependency", FINDING_LOCKDEP_CIRCULAR },
	{ "", "possible recursive locking", FINDING_LOCKDEP_RECURSIVE },
	{ "", "irq lock inversion dependency", FINDING_LOCKDEP_INVERSION },
	{ "", "unsafe lock order detected", FINDING_LOCKDEP_IRQ_ORDER },
	{ "inconsistent lock state", NULL, FINDING_LOCKDEP_INCONSISTENT },
	{ "bad unlock balance", NULL, FINDING_LOCKDEP_UNLOCK_BALANCE },
	{ "Invalid wait context", NULL, FINDING_LOCKDEP_WAIT_CONTEXT },
	{ "held lock freed", NULL, FINDING_LOCKDEP_FREED },
	{ "lock held when returning to user space", NULL, FINDING_LOCKDEP_USER_SPACE },
	{ "", "still has locks held", FINDING_LOCKDEP_STILL_HELD },
	{ "suspicious RCU usage", NULL, FINDING_LOCKDEP_RCU },
	{ "Nested lock was not taken", NULL, FINDING_LOCKDEP_OTHER },
	{ "bad contention detected", NULL, FINDING_LOCKDEP_OTHER },
	{ "chain_key collision", NULL, FINDING_LOCKDEP_OTHER },
	{ "trying to register non-static key", NULL, FINDING_LOCKDEP_OTHER },
	{ "MAX_", "too low!", FINDING_LOCKDEP_OFF },
	{ "kernel NULL pointer dereference", NULL, FINDING_OOPS },
	{ "unable to handle ", NULL, FINDING_OOPS },
	{ "", "stack guard page was hit", FINDING_OOPS },
	{ "KASAN: ", NULL, FINDING_KASAN },
	{ "KFENCE: ", NULL, FINDING_KFENCE },
	{ "scheduling while atomic", NULL, FINDING_ATOMIC_SCHEDULE },
	{ "scheduling in a non-blocking section", NULL, FINDING_ATOMIC_SCHEDULE },
	{ "sleeping function called from invalid context", NULL, FINDING_ATOMIC_SLEEP },
	{ "soft lockup", NULL, FINDING_SOFT_LOCKUP },
	{ "workqueue lockup", NULL, FINDING_WORKQUEUE_LOCKUP },
	{ "task ", " for more than ", FINDING_HUNG_TASK },
	{ "rcu_", "detected stall", FINDING_RCU_STALL },
	{ "rcu_", "detected expedited stall", FINDING_RCU_STALL },
};

static const struct opener openers[] = {
	{ "------------[ cut here ]", NULL, OPEN_CUT_HERE },
	{ "FAULT_INJECTION: forcing a failure", NULL, OPEN_INJECTION },
	{ "kernel BUG at ", NULL, FINDING_BUG },
	{ "Kernel BUG at ", NULL, FINDING_BUG },
	{ "Kernel panic - not syncing", NULL, FINDING_PANIC },
	{ "PANIC: double fault", NULL, FINDING_OOPS },
	{ "Unable to handle kernel ", NULL, FINDING_OOPS }, /* arm64 and others */
	{ "UBSAN: ", " in ", FINDING_UBSAN },
	{ "refcount_t: ", NULL, FINDING_REFCOUNT },
	{ "list_add corruption", NULL, FINDING_LIST },
	{ "list_add double add", NULL, FINDING_LIST },
	{ "list_del corruption", NULL, FINDING_LIST },
	{ "DEBUG_LOCKS_WARN_ON(", NULL, FINDING_LOCKDEP_ASSERT },
	{ "[", "lock_is_held(", FINDING_LOCKDEP_NOT_HELD }, /* CONFIG_DEBUG_BUGVERBOSE_DETAILED */
	{ "SLUB: Unable to allocate memory", NULL, FINDING_MEMORY },
	{ "BUG ", "): ", FINDING_SLAB },
	{ "Watchdog detected hard LOCKUP", NULL, FINDING_HARD_LOCKUP },
	{ "CPU", ": Watchdog detected hard LOCKUP", FINDING_HARD_LOCKUP },
	{ "rcu_", " kthread starved for ", FINDING_RCU_STALL },
};

struct line {
	const char *text;
	uint32_t caller; /* 0: the console does not say */
	double stamp; /* s since the guest's boot, or -1 */
	gsize offset, end;
};

struct report {
	int kind; /* enum finding_kind or OPEN_CUT_HERE */
	uint32_t caller;
	double stamp; /* of its last line */
	gsize offset, end;
	struct finding *finding; /* what it became, if it was the first of its signature */

	bool silent; /* an injection or its consequence: followed only to know its extent */
	bool published; /* its finding has been counted, its length may still grow */
	bool cut_here; /* began with that line */
	bool header; /* a KIND_MESSAGE has got its WARNING or BUG line */
	bool died; /* the "Oops: ... [#1]" line has been seen */
	bool machine; /* past the head: registers, modules, CPU line */
	bool tracing, bracket, traced; /* in a call trace; that has <TASK>; has had one */

	/* Candidates for the function, best first; see KIND_NAMED. */
	char named[NAME_BYTES];
	char rip[NAME_BYTES];
	char frame[NAME_BYTES];
	char hint[NAME_BYTES]; /* a frame with "?": the unwinder was not sure */
	char spare[NAME_BYTES]; /* plumbing, better than nothing */

	char file[NAME_BYTES];
	char title[TITLE_BYTES];
	char objects[2][NAME_BYTES];
};

struct console {
	GString *line; /* as received, until its newline */
	GString *text; /* the line being read, cleaned */
	gsize fed; /* bytes so far */
	gsize lines;

	GPtrArray *open; /* struct report, oldest first, OPEN_MAX at most */
	GPtrArray *findings;
	GHashTable *by_signature; /* both owned by the finding */

	struct {
		bool seen;
		uint32_t caller;
		double stamp;
		gsize line;
		char comm[32]; /* "": the injection came without a stack dump */
	} injected; /* the last injection or consequence of one */
	unsigned injections;
	bool panicked;

	/* A line of "=", which belongs to the report that the next line may open. */
	struct {
		bool seen;
		uint32_t caller;
		gsize offset, line;
	} banner;
};

/* Words */

static bool starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void copy_span(char *to, size_t size, const char *from, size_t len)
{
	len = MIN(len, size - 1);
	memcpy(to, from, len);
	to[len] = '\0';
}

/* What follows @word in @text, or NULL. */
static const char *after(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at ? at + strlen(word) : NULL;
}

static const char *skip_spaces(const char *text)
{
	return text + strspn(text, " \t");
}

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

/* The first symbol among the words of @text, or NULL. */
static const char *find_symbol(const char *text, size_t *len)
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
static void copy_function(char *to, const char *symbol, size_t len)
{
	const char *dot = memchr(symbol + 1, '.', len - 1);

	copy_span(to, NAME_BYTES, symbol, dot ? (size_t)(dot - symbol) : len);
	if (g_str_has_suffix(to, "_noprof"))
		to[strlen(to) - strlen("_noprof")] = '\0';
}

static bool name_matches(const char *name, const char *pattern, size_t len)
{
	if (pattern[len - 1] == '*')
		return strncmp(name, pattern, len - 1) == 0;
	return strlen(name) == len && memcmp(name, pattern, len) == 0;
}

static bool is_plumbing(const char *name, unsigned why)
{
	for (size_t i = 0; i < G_N_ELEMENTS(plumbing); i++) {
		if (!(plumbing[i].why & why))
			continue;
		for (const char *at = plumbing[i].names; *at; at += strspn(at, " ")) {
			size_t len = strcspn(at, " ");

			if (name_matches(name, at, len))
				return true;
			at += len;
		}
	}
	return false;
}

/*
 * __FILE__ is relative to the kernel's tree for what is built in it, but a module built elsewhere,
 * or a kernel built with O=, can have any path: cut it to where the kernel's tree begins, or to the
 * base name.
 */
static void copy_file(char *to, const char *path, size_t len)
{
	/* Those that have others as subdirectories first: arch/x86/kernel, drivers/net. */
	static const char *const tops[] = {
		"drivers/",  "arch/",  "sound/",  "include/", "net/",	 "fs/",
		"security/", "block/", "crypto/", "mm/",      "lib/",	 "io_uring/",
		"ipc/",	     "init/",  "virt/",	  "rust/",    "kernel/",
	};
	char full[512];

	copy_span(full, sizeof(full), path, len);
	if (starts(full, "./"))
		memmove(full, full + 2, strlen(full + 2) + 1);
	if (*full != '/' && !starts(full, "../")) {
		copy_span(to, NAME_BYTES, full, strlen(full));
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(tops); i++) {
		for (const char *at = strstr(full, tops[i]); at; at = strstr(at + 1, tops[i])) {
			if (at > full && at[-1] == '/') {
				copy_span(to, NAME_BYTES, at, strlen(at));
				return;
			}
		}
	}
	copy_span(to, NAME_BYTES, strrchr(full, '/') + 1, strlen(strrchr(full, '/') + 1));
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
static void find_file(const char *text, char *to)
{
	size_t symbol_len;
	const char *end = find_symbol(text, &symbol_len);

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

/* Members that say nothing without what they are a member of. */
static bool is_anonymous(const char *member)
{
	static const char *const names[] = { "lock",  "mutex",	   "sem",	"rwsem", "wait",
					     "rlock", "wait_lock", "list_lock", "work" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(member, names[i]) == 0)
			return true;
	return false;
}

/*
 * A lock class as lockdep names it, made short and stable: "&mm->mmap_lock#2" is mmap_lock,
 * "&dev->mutex" is dev->mutex, "&(&dev->lock)->rlock" (older kernels) dev->lock and
 * "(work_completion)(&dev->work)" work_completion:dev->work.
 */
static void copy_class(char *to, const char *name, size_t len)
{
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
	if (member && !is_anonymous(member + 2))
		copy_span(to, NAME_BYTES, member + 2, strlen(member + 2));
	else
		copy_span(to, NAME_BYTES, clean, n);
}

/* Prefix */

/* "[   12.345678]": what follows it, or NULL. */
static const char *skip_stamp(const char *text, double *stamp)
{
	double seconds = 0, scale = 1;
	const char *at = text + 1;
	int digits = 0;

	if (*text != '[')
		return NULL;
	at += strspn(at, " ");
	if (!g_ascii_isdigit(*at))
		return NULL;
	for (; g_ascii_isdigit(*at); at++)
		seconds = seconds * 10 + (*at - '0');
	if (*at++ != '.')
		return NULL;
	for (; g_ascii_isdigit(*at); at++, digits++)
		seconds += (*at - '0') * (scale /= 10);
	if (digits != 6 || *at != ']')
		return NULL;
	*stamp = seconds;
	return at + 1;
}

/* "[   T61]" or "[    C0]": what follows it, or @text if it is none. */
static const char *skip_caller(const char *text, uint32_t *caller)
{
	const char *at = text;
	uint32_t number = 0;
	bool task;

	if (*at != '[')
		return text;
	at += 1 + strspn(at + 1, " ");
	task = *at == 'T';
	if ((!task && *at != 'C') || !g_ascii_isdigit(at[1]))
		return text;
	for (at++; g_ascii_isdigit(*at); at++)
		number = number * 10 + (uint32_t)(*at - '0');
	at += strcspn(at, "]");
	if (!*at)
		return text;
	*caller = (number << 1 | task) + 2; /* never 0 */
	return at + 1;
}

static void read_prefix(struct line *line)
{
	const char *text = line->text, *after = skip_stamp(text, &line->stamp);
	const char *rest = skip_caller(after ? after : text, &line->caller);

	if (rest != text)
		line->text = *rest == ' ' ? rest + 1 : rest;
}

/* Openers */

static bool opener_matches(const struct opener *opener, const char *text)
{
	size_t len = strlen(opener->start);

	return strncmp(text, opener->start, len) == 0 &&
	       (!opener->within || strstr(text + len, opener->within));
}

static int search_openers(const struct opener *table, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (opener_matches(&table[i], text))
			return table[i].kind;
	return OPEN_NOTHING;
}

/*
 * "WARNING: CPU: 0 PID: 61 at FILE:LINE FUNC" or "WARNING: FILE:LINE at FUNC, CPU#0: comm/61", and
 * not what anybody else warns of, as the unwinder does of registers that it cannot access at FUNC
 * in the middle of a stack dump. @text is what follows the first word.
 */
static bool is_warning_header(const char *text)
{
	const char *at = strstr(text, " at ");

	return starts(text, "CPU: ") || starts(text, "at ") ||
	       (at && at > text && (g_ascii_isdigit(at[-1]) || strstr(at, ", CPU#")));
}

static int match_alarm(const char *text)
{
	bool warning = starts(text, "WARNING: "), bug = starts(text, "BUG: ");
	int kind;

	if (!warning && !bug && !starts(text, "INFO: "))
		return OPEN_NOTHING;
	text = strchr(text, ' ') + 1;
	if (warning && is_warning_header(text)) /* its condition may say anything */
		return strstr(text, "lock_is_held(") ? FINDING_LOCKDEP_NOT_HELD : FINDING_WARNING;
	kind = search_openers(alarms, G_N_ELEMENTS(alarms), text);
	return kind == OPEN_NOTHING && bug ? FINDING_BUG : kind;
}

/* "Oops: 0002 [#1] PREEMPT SMP", "divide error: 0000 [#1]", "... Oops: 96000004 [#1]" (arm64) */
static bool is_die_header(const char *text)
{
	const char *at = strstr(text, " [#");
	size_t digits = 0;

	if (!at || !g_ascii_isdigit(at[3]))
		return false;
	while (at > text && g_ascii_isxdigit(at[-1])) {
		at--;
		digits++;
	}
	return digits >= 4 && at - text > 2 && at[-1] == ' ' && at[-2] == ':';
}

/* warn_alloc(): "comm: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=..." */
static bool is_allocation_failure(const char *text)
{
	return strstr(text, " nodemask=") && strstr(text, "mode:0x");
}

static int match_opener(const char *text)
{
	int kind = match_alarm(text);

	if (kind == OPEN_NOTHING)
		kind = search_openers(openers, G_N_ELEMENTS(openers), text);
	if (kind == OPEN_NOTHING && is_die_header(text))
		kind = OPEN_DIE;
	if (kind == OPEN_NOTHING && is_allocation_failure(text))
		kind = FINDING_MEMORY;
	return kind;
}

/* What subsystems put before their messages, and the brackets of lockdep's older reports. */
static const char *skip_subsystem(const char *text)
{
	static const char *const subsystems[] = {
		"[ BUG", "[ INFO", "watchdog: ", "NMI watchdog: ", "rcu: ", "traps: ", "workqueue: "
	};

	for (size_t i = 0; i < G_N_ELEMENTS(subsystems); i++)
		if (starts(text, subsystems[i]))
			return text + (*text == '[' ? 2 : strlen(subsystems[i]));
	return text;
}

static bool is_banner(const char *text)
{
	return starts(text, "====================");
}

/* Reports: what a line says */

static const struct kind_info *info(const struct report *report)
{
	return &kinds[report->kind];
}

/* Offer a symbol as candidate @slot; the first one offered stays. */
static void offer(struct report *report, char *slot, const char *symbol, size_t len)
{
	char name[NAME_BYTES];
	bool exact = slot == report->named && info(report)->flags & KIND_EXACT;

	copy_function(name, symbol, len);
	if (!exact && is_plumbing(name, info(report)->skip))
		slot = report->spare;
	if (!*slot)
		copy_span(slot, NAME_BYTES, name, strlen(name));
}

static void add_object(struct report *report, const char *name, size_t len)
{
	for (guint i = 0; i < info(report)->objects; i++) {
		if (!*report->objects[i]) {
			copy_class(report->objects[i], name, len);
			return;
		}
	}
}

/* The report's title, or the WARNING line of one that has its title from a message. */
static void note_title(struct report *report, const char *text)
{
	size_t len;
	const char *symbol = find_symbol(text, &len);

	if (symbol)
		offer(report, info(report)->flags & KIND_NAMED ? report->named : report->spare,
		      symbol, len);
	if (info(report)->flags & KIND_FILE)
		find_file(text, report->file);
	if (report->kind == FINDING_SLAB)
		add_object(report, text + strlen("BUG "), strcspn(text + strlen("BUG "), " "));
}

/* "RIP: 0010:func+0x12/0x34", "EIP: ...", "pc : func+0x12/0x34 [module]" (arm64) */
static bool note_instruction(struct report *report, const char *text)
{
	size_t len;
	const char *symbol;

	if (!starts(text, "RIP: ") && !starts(text, "EIP: ") && !starts(text, "pc : ") &&
	    !starts(text, "IP: "))
		return false;
	report->machine = true;
	symbol = find_symbol(text, &len);
	if (symbol) /* none where a wild pointer was called, or in user space */
		offer(report, info(report)->flags & KIND_RIP ? report->rip : report->spare, symbol,
		      len);
	return true;
}

/* A line of a call trace: " func+0x12/0x34 [module]", " ? func+...", " [<addr>] func+...". */
static bool note_frame(struct report *report, const char *text)
{
	const char *at = skip_spaces(text);
	bool sure = true;
	size_t len;

	if (starts(at, "[<"))
		at = skip_spaces(at + strcspn(at, "]") + (strchr(at, ']') ? 1 : 0));
	if (starts(at, "? ")) {
		sure = false;
		at += 2;
	}
	len = symbol_span(at);
	if (len)
		offer(report, sure ? report->frame : report->hint, at, len);
	return len > 0;
}

static bool note_trace(struct report *report, const char *text)
{
	const char *at = skip_spaces(text);

	if (starts(at, "Call Trace:") || starts(at, "Call trace:") || starts(at, "Backtrace:")) {
		report->tracing = !*report->frame;
		report->bracket = false;
		report->machine = true;
		return true;
	}
	if (!report->tracing)
		return false;
	if (starts(at, "</TASK>")) {
		report->tracing = false;
		report->traced = true;
	} else if (*at == '<') {
		report->bracket = true;
	} else {
		note_frame(report, text);
	}
	return true;
}

/* " #0: ffff888003a1b0f8 (class){+.+.}-{3:3}, at: func+0x12/0x34", and the same without number. */
static void note_lock(struct report *report, const char *text)
{
	const char *open = strchr(text, '('), *close = open ? strstr(open, "){") : NULL;
	const char *at = close ? strstr(close, ", at: ") : NULL;
	size_t len;

	if (!close)
		return;
	add_object(report, open + 1, (size_t)(close - open - 1));
	if (!at || !(info(report)->flags & KIND_NAMED) ||
	    report->kind == FINDING_LOCKDEP_UNLOCK_BALANCE)
		return;
	at = find_symbol(at, &len);
	if (at)
		offer(report, report->named, at, len);
}

/* "comm/61 is trying to release lock (class) at:", and then "[<addr>] func+0x12/0x34" */
static void note_unlock(struct report *report, const char *text)
{
	const char *name = after(text, " lock ("), *end = name ? g_strrstr(name, ")") : NULL;
	size_t len;
	const char *symbol;

	if (end && strstr(text, " is trying to "))
		add_object(report, name, (size_t)(end - name));
	if (!starts(text, "[<") || !(info(report)->flags & KIND_NAMED))
		return;
	symbol = find_symbol(text, &len);
	if (symbol)
		offer(report, report->named, symbol, len);
}

/* "    in-flight: 57:func", "    pending: 2*func, ...": work that a stalled pool does not do. */
static void note_work(struct report *report, const char *text)
{
	const char *at = skip_spaces(text);
	size_t len;

	if (starts(at, "in-flight: "))
		at += strcspn(at, " ") + strcspn(at + strcspn(at, " "), ":");
	else if (starts(at, "pending: "))
		at += strcspn(at, " ");
	else
		return;
	at += strspn(at, " :0123456789*");
	len = strcspn(at, " ,+\n");
	if (len && !starts(at, "BAR("))
		offer(report, report->named, at, len);
}

/* Lines between the title and the machine's state, which only some kinds have. */
static void note_head(struct report *report, const char *text)
{
	const char *at;

	switch (report->kind) {
	case OPEN_CUT_HERE:
		if (!*report->title)
			copy_span(report->title, TITLE_BYTES, text, strlen(text));
		break;
	case FINDING_WORKQUEUE_LOCKUP:
		note_work(report, text);
		break;
	case FINDING_LOCKDEP_RCU:
		if (!*report->file)
			find_file(text, report->file);
		break;
	case FINDING_MEMORY:
		at = after(text, "cache: ");
		if (at)
			add_object(report, at, strcspn(at, ","));
		break;
	case FINDING_BUG: /* "BUG: workqueue leaked atomic, lock or RCU" */
		at = after(text, "workfn=");
		if (at)
			offer(report, report->named, at, strcspn(at, " "));
		break;
	default:
		if (info(report)->objects) {
			note_lock(report, text);
			note_unlock(report, text);
		}
	}
}

static void note_line(struct report *report, const char *text)
{
	if (!*text || note_instruction(report, text) || note_trace(report, text))
		return;
	if (starts(text, "CPU: ") || starts(text, "Modules linked in"))
		report->machine = true;
	else if (!report->machine)
		note_head(report, text);
}

/* Findings */

/* The words of a message up to the first that has a number in it. */
static void append_words(GString *to, const char *title)
{
	const char *at = after(title, "not syncing: ");
	gsize before = to->len;

	if (!at)
		at = title + (starts(title, "BUG: ") ? strlen("BUG: ") : 0);
	while (*(at = skip_spaces(at))) {
		size_t len = strcspn(at, " \t"), kept = to->len;

		if (memchr(at, '0', len) || strcspn(at, "123456789") < len)
			break;
		g_string_append_c(to, to->len == before ? ' ' : '-');
		for (size_t i = 0; i < len; i++)
			if (g_ascii_isalnum(at[i]) || at[i] == '_' || at[i] == '-')
				g_string_append_c(to, at[i]);
		if (to->len == kept + 1) /* punctuation only */
			g_string_truncate(to, kept);
		at += len;
	}
}

static const char *report_function(const struct report *report)
{
	const char *const candidates[] = { report->named, report->rip, report->frame, report->hint,
					   report->spare };

	for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++)
		if (*candidates[i])
			return candidates[i];
	return "";
}

static char *report_signature(const struct report *report)
{
	const struct kind_info *kind = info(report);
	const char *function = report_function(report);
	GString *signature = g_string_new(kind->name);
	guint objects = 0;

	for (; objects < G_N_ELEMENTS(report->objects) && *report->objects[objects]; objects++)
		g_string_append_printf(signature, " %s", report->objects[objects]);
	if (*function && (!(kind->flags & KIND_PAIR) || objects < kind->objects))
		g_string_append_printf(signature, " %s", function);
	if (*report->file && kind->flags & KIND_FILE)
		g_string_append_printf(signature, " %s", report->file);
	if (signature->len == strlen(kind->name) && kind->flags & KIND_WORDS)
		append_words(signature, report->title);
	if (signature->len == strlen(kind->name))
		g_string_append(signature, " ?");
	return g_string_free(signature, FALSE);
}

static void free_finding(gpointer data)
{
	struct finding *finding = data;

	g_free(finding->function);
	g_free(finding->file);
	g_free(finding->signature);
	g_free(finding->title);
	g_free(finding);
}

static void publish(struct console *console, struct report *report)
{
	char *signature = report_signature(report);
	struct finding *finding = g_hash_table_lookup(console->by_signature, signature);

	report->published = true;
	if (finding) {
		finding->count++;
		g_free(signature);
		return;
	}
	finding = g_new0(struct finding, 1);
	finding->kind =
		report->kind == OPEN_CUT_HERE ? FINDING_WARNING : (enum finding_kind)report->kind;
	finding->function = g_strdup(report_function(report));
	finding->file = g_strdup(info(report)->flags & KIND_FILE ? report->file : "");
	finding->signature = signature;
	finding->title = g_strdup(report->title);
	finding->offset = report->offset;
	finding->length = report->end - report->offset;
	finding->count = 1;
	report->finding = finding;
	g_ptr_array_add(console->findings, finding);
	g_hash_table_insert(console->by_signature, signature, finding);
}

/* Reports: from opening to end */

static void close_report(struct console *console, struct report *report)
{
	if (!report->silent && !report->published)
		publish(console, report);
	if (report->finding)
		report->finding->length = report->end - report->offset;
	g_ptr_array_remove(console->open, report);
}

static struct report *find_report(const struct console *console, uint32_t caller)
{
	for (guint i = 0; i < console->open->len; i++) {
		struct report *report = g_ptr_array_index(console->open, i);

		if (report->caller == caller)
			return report;
	}
	return NULL;
}

/* The report that a line of a caller without one belongs to: the backtraces of the other CPUs. */
static struct report *find_stall(const struct console *console, uint32_t caller)
{
	for (guint i = 0; caller && i < console->open->len; i++) {
		struct report *report = g_ptr_array_index(console->open, i);

		if (info(report)->flags & KIND_OTHER_CPUS)
			return report;
	}
	return NULL;
}

static void close_silent_ones(struct console *console, const struct line *line)
{
	for (guint i = console->open->len; line->stamp >= 0 && i-- > 0;) {
		struct report *report = g_ptr_array_index(console->open, i);

		if (report->stamp >= 0 && line->stamp - report->stamp > SILENCE_S)
			close_report(console, report);
	}
}

/* A failed allocation right after an injected failure, of the same task as far as we can tell. */
static bool is_consequence(const struct console *console, const struct line *line)
{
	const char *comm = console->injected.comm;
	bool names_task = !starts(line->text, "SLUB: ");

	if (!console->injected.seen || console->injected.caller != line->caller)
		return false;
	if (names_task && *comm && !(starts(line->text, comm) && line->text[strlen(comm)] == ':'))
		return false;
	if (line->stamp >= 0 && console->injected.stamp >= 0)
		return line->stamp - console->injected.stamp <= CONSEQUENCE_S;
	return console->lines - console->injected.line <= CONSEQUENCE_LINES;
}

/* Follow an injection's report, so that what comes of it can be told. */
static void note_injected(struct console *console, const struct report *report,
			  const struct line *line)
{
	const char *comm = report->kind == OPEN_INJECTION ? strstr(line->text, " Comm: ") : NULL;

	console->injected.seen = true;
	console->injected.caller = report->caller;
	console->injected.stamp = line->stamp;
	console->injected.line = console->lines;
	if (comm && starts(line->text, "CPU: ")) {
		const char *end = strstr(comm, " Not tainted");

		end = end ? end : strstr(comm, " Tainted: ");
		comm += strlen(" Comm: ");
		if (end && end > comm)
			copy_span(console->injected.comm, sizeof(console->injected.comm), comm,
				  (size_t)(end - comm));
	}
}

static void take_line(struct console *console, struct report *report, const struct line *line)
{
	report->end = MAX(report->end, line->end);
	if (line->stamp >= 0)
		report->stamp = line->stamp;
	if (report->silent)
		note_injected(console, report, line);
}

static void open_report(struct console *console, int kind, const struct line *line)
{
	struct report *report = g_new0(struct report, 1);
	bool banner = console->banner.seen && console->banner.line + 1 == console->lines &&
		      console->banner.caller == line->caller;

	if (console->open->len == OPEN_MAX)
		close_report(console, g_ptr_array_index(console->open, 0));
	report->kind = kind == OPEN_DIE ? FINDING_OOPS : kind;
	report->died = kind == OPEN_DIE;
	report->cut_here = kind == OPEN_CUT_HERE;
	report->header = kind == FINDING_LOCKDEP_NOT_HELD && starts(line->text, "WARNING: ");
	report->silent =
		kind == OPEN_INJECTION || (kind == FINDING_MEMORY && is_consequence(console, line));
	report->caller = line->caller;
	report->stamp = -1;
	report->offset = banner ? console->banner.offset : line->offset;
	g_ptr_array_add(console->open, report);
	if (kind == OPEN_INJECTION) {
		console->injections++;
		*console->injected.comm = '\0';
	}
	console->panicked |= kind == FINDING_PANIC;
	take_line(console, report, line);
	if (kind == OPEN_CUT_HERE)
		return;
	copy_span(report->title, TITLE_BYTES, line->text, strlen(line->text));
	note_title(report, line->text);
}

/* Is an opener of @kind a further line of @report, which is under way? */
static bool continues(const struct report *report, int kind, const char *text)
{
	bool message = kind < FINDING_KINDS && kinds[kind].flags & KIND_MESSAGE;
	bool header = kind == FINDING_WARNING || kind == FINDING_BUG;

	if (kind == OPEN_DIE)
		return !report->died &&
		       (report->kind == FINDING_BUG || report->kind == FINDING_OOPS ||
			(info(report)->flags & KIND_MESSAGE && report->header));
	if (report->kind == OPEN_CUT_HERE)
		return header || message || kind == FINDING_UBSAN;
	if (info(report)->flags & KIND_MESSAGE && !report->header)
		return header || kind == FINDING_LOCKDEP_NOT_HELD ||
		       (kind == OPEN_CUT_HERE && !report->cut_here);
	if (report->kind == FINDING_WARNING) /* before 4.17 the message came after the header */
		return message && !report->machine && !starts(text, "WARNING: ");
	if (report->kind == FINDING_WORKQUEUE_LOCKUP) /* one line for each stalled pool */
		return kind == report->kind && !*report->named;
	return report->kind == FINDING_RCU_STALL && kind == report->kind && !starts(text, "INFO: ");
}

/* A further opener has come that says more about @report. */
static void refine(struct report *report, int kind, const char *text)
{
	bool message = kind < FINDING_KINDS && kinds[kind].flags & KIND_MESSAGE;

	if (kind == OPEN_CUT_HERE) {
		report->cut_here = true;
		return;
	}
	if (kind == OPEN_DIE) {
		report->died = true;
		return;
	}
	if (info(report)->flags & KIND_MESSAGE) { /* the header of a message */
		report->header = true;
		note_title(report, text);
		return;
	}
	if (report->kind == FINDING_WARNING && message) {
		report->header = true;
		if (!(kinds[kind].flags & KIND_NAMED)) {
			copy_span(report->spare, NAME_BYTES, report->named, strlen(report->named));
			*report->named = '\0';
		}
	} else if (report->kind != OPEN_CUT_HERE) {
		return;
	}
	report->kind = kind;
	report->header |= starts(text, "WARNING: ");
	copy_span(report->title, TITLE_BYTES, text, strlen(text));
	note_title(report, text);
}

static bool starts_any(const char *text, const char *const *beginnings)
{
	for (; *beginnings; beginnings++)
		if (starts(text, *beginnings))
			return true;
	return false;
}

/*
 * Somebody asked for dumps, or our guest wrote to the log: not a part of any report. It ends one,
 * unless that is in the middle of its registers or stack and has another CPU's line in it.
 */
static bool is_from_outside(const char *text)
{
	return starts(text, "sysrq: ") || starts(text, "planestorm: ");
}

/*
 * Where nothing marks the end of a report, what can still be its line. khungtaskd reports every
 * hung task first, perhaps followed by the task that holds the lock, and then shows the locks held
 * in the whole system, up to a banner: worth having in the excerpt.
 */
static bool can_follow(const struct report *report, const char *text)
{
	static const char *const hung_task[] = { " ",	   "\t",     "Showing all locks",
						 "INFO: ", "task:",  "Call Trace:",
						 "R",	   "Code: ", "Future hung task",
						 "====",   NULL };
	static const char *const injection[] = {
		" ",	  "name ",	     "CPU: ",	    "Tainted: ",   "R",
		"Code: ", "Hardware name: ", "Workqueue: ", "Call Trace:", NULL
	};
	static const char *const user_space[] = { " #", "----", NULL };

	if (!*text)
		return true;
	if (is_from_outside(text))
		return report->machine && !report->published && info(report)->flags & KIND_ENDS;
	if (report->kind == FINDING_HUNG_TASK && report->published)
		return starts_any(text, hung_task) || strstr(text, " held by ");
	if (report->kind == OPEN_INJECTION)
		return starts_any(text, injection);
	if (report->kind == FINDING_LOCKDEP_USER_SPACE) /* shows the locks, and that is all */
		return starts_any(text, user_space) || strstr(text, " held by ") ||
		       strstr(text, "ainted") || strstr(text, " is leaving the kernel ");
	if (starts(report->title, "SLUB: "))
		return *text == ' ';
	return true;
}

static bool ends_with_stack(const struct report *report)
{
	return info(report)->flags & KIND_END_STACK && !report->died;
}

/* Is @text, which opens nothing, past the end of @report although nothing has marked that end? */
static bool is_past_end(struct report *report, const char *text)
{
	if (!can_follow(report, text))
		return true;
	/* A trace without <TASK> ends where its frames do. */
	if (report->tracing && !report->bracket && (*report->frame || *report->hint) &&
	    !strchr(" \t[<", *text)) {
		report->tracing = false;
		report->traced = true;
	}
	return report->traced && ends_with_stack(report) && !report->published;
}

static bool is_end(const struct report *report, const char *text)
{
	unsigned flags = info(report)->flags;

	if (starts(text, "---[ end "))
		return flags & KIND_END_TRACE || report->kind == FINDING_PANIC;
	if (is_banner(text))
		return flags & KIND_END_BANNER || report->published;
	return report->end - report->offset > REPORT_MAX_BYTES ||
	       (report->traced && ends_with_stack(report) && !report->published);
}

static void continue_report(struct console *console, struct report *report, const struct line *line)
{
	if (is_past_end(report, line->text)) {
		close_report(console, report);
		return;
	}
	note_line(report, line->text);
	take_line(console, report, line);
	if (!is_end(report, line->text))
		return;
	if (report->kind == FINDING_HUNG_TASK && !report->published)
		publish(console, report); /* at once: whoever waits for the guest wants to know */
	else
		close_report(console, report);
}

/* A line of "=" that ends no report may be the first line of one. */
static void note_banner(struct console *console, const struct report *report,
			const struct line *line)
{
	console->banner.seen = !report || !is_end(report, line->text);
	console->banner.caller = line->caller;
	console->banner.offset = line->offset;
	console->banner.line = console->lines;
}

static void begin_report(struct console *console, int kind, struct report *before,
			 const struct line *line)
{
	/* Two CPUs that cut here at once: the first has not said anything yet. */
	if (before && before->kind == OPEN_CUT_HERE && kind == OPEN_CUT_HERE && !*before->title)
		before->silent = true;
	if (before)
		close_report(console, before);
	open_report(console, kind, line);
}

static void read_line(struct console *console, struct line *line)
{
	const char *whole;
	struct report *report;
	int kind;

	read_prefix(line);
	console->lines++;
	close_silent_ones(console, line);
	report = find_report(console, line->caller);
	whole = line->text;
	line->text = skip_subsystem(whole);
	kind = match_opener(line->text);
	if (kind != OPEN_NOTHING && report && continues(report, kind, line->text)) {
		refine(report, kind, line->text);
		take_line(console, report, line);
		return;
	}
	if (kind != OPEN_NOTHING) {
		begin_report(console, kind, report, line);
		return;
	}
	line->text = whole;
	if (!report)
		report = find_stall(console, line->caller);
	if (is_banner(line->text))
		note_banner(console, report, line);
	if (report)
		continue_report(console, report, line);
}

/* Bytes to lines */

/* Keep what can be printed: no control characters, no terminal's sequences, nothing but ASCII. */
static void clean_line(GString *to, const char *bytes, size_t len)
{
	g_string_truncate(to, 0);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == '\033' && i + 1 < len && bytes[i + 1] == '[') {
			for (i += 2; i < len && !g_ascii_isalpha(bytes[i]); i++)
				;
			continue;
		}
		if (byte >= 0x80)
			g_string_append_c(to, '?');
		else if (byte == '\t' || g_ascii_isprint((char)byte))
			g_string_append_c(to, (char)byte);
	}
	while (to->len && to->str[to->len - 1] == ' ')
		g_string_truncate(to, to->len - 1);
}

/* Where, past its first byte, a line has a time stamp: a message that began on an unfinished line
 * of someone else, as after a shell's prompt. */
static size_t find_stamp(const char *bytes, size_t len)
{
	double stamp;

	for (size_t i = 1; i < len; i++) {
		const char *open = memchr(bytes + i, '[', len - i);

		if (!open)
			break;
		if (skip_stamp(open, &stamp))
			return (size_t)(open - bytes);
		i = (size_t)(open - bytes);
	}
	return len;
}

static void end_line(struct console *console, gsize offset)
{
	const char *bytes = console->line->str;
	size_t left = console->line->len;

	do {
		size_t len = left ? find_stamp(bytes, left) : 0;
		struct line line = { .stamp = -1, .offset = offset };

		clean_line(console->text, bytes, len);
		line.text = console->text->str;
		line.end = len == left ? console->fed : offset + len;
		read_line(console, &line);
		bytes += len;
		offset += len;
		left -= len;
	} while (left);
	g_string_truncate(console->line, 0);
}

void console_feed(struct console *console, const char *bytes, gsize len)
{
	while (len) {
		gsize take = MIN(len, LINE_MAX_BYTES - console->line->len);
		const char *newline = memchr(bytes, '\n', take);
		gsize offset = console->fed - console->line->len;

		if (newline)
			take = (gsize)(newline - bytes);
		g_string_append_len(console->line, bytes, (gssize)take);
		take += newline ? 1 : 0;
		console->fed += take;
		bytes += take;
		len -= take;
		if (newline || console->line->len == LINE_MAX_BYTES)
			end_line(console, offset);
	}
}

void console_finish(struct console *console)
{
	if (console->line->len)
		end_line(console, console->fed - console->line->len);
	while (console->open->len)
		close_report(console, g_ptr_array_index(console->open, 0));
}

/* The rest of the interface */

struct console *console_new(void)
{
	struct console *console = g_new0(struct console, 1);

	console->line = g_string_sized_new(LINE_MAX_BYTES);
	console->text = g_string_sized_new(LINE_MAX_BYTES);
	console->open = g_ptr_array_new_with_free_func(g_free);
	console->findings = g_ptr_array_new_with_free_func(free_finding);
	console->by_signature = g_hash_table_new(g_str_hash, g_str_equal);
	return console;
}

void console_free(struct console *console)
{
	if (!console)
		return;
	g_hash_table_destroy(console->by_signature);
	g_ptr_array_free(console->findings, TRUE);
	g_ptr_array_free(console->open, TRUE);
	g_string_free(console->text, TRUE);
	g_string_free(console->line, TRUE);
	g_free(console);
}

const GPtrArray *console_findings(const struct console *console)
{
	return console->findings;
}

bool console_reporting(const struct console *console)
{
	for (guint i = 0; i < console->open->len; i++) {
		const struct report *report = g_ptr_array_index(console->open, i);

		if (!report->silent && !report->published)
			return true;
	}
	return false;
}

bool console_panicked(const struct console *console)
{
	return console->panicked;
}

unsigned console_injections(const struct console *console)
{
	return console->injections;
}

const char *finding_kind_name(enum finding_kind kind)
{
	return kinds[kind].name;
}

bool finding_is_stall(enum finding_kind kind)
{
	return kinds[kind].flags & KIND_STALL;
}
