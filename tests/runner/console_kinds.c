// SPDX-License-Identifier: MIT
#include "tests/runner/console_kinds.h"

#include <string.h>

#include "tests/runner/console_names.h"

#define END_MESSAGE (KIND_MESSAGE | KIND_END_TRACE)
#define AT_HEADER (KIND_NAMED | KIND_EXACT | KIND_RIP | KIND_FILE | KIND_END_TRACE)
#define LOCKUP (KIND_RIP | KIND_END_STACK | KIND_OTHER_CPUS | KIND_STALL)
#define NAMED_STACK (KIND_NAMED | KIND_END_STACK)
#define PAIR_STACK (KIND_PAIR | KIND_END_STACK)

#define SKIP_CHECK (PLUMBING_REPORT | PLUMBING_LOCK)
#define SKIP_WAITING (SKIP_CHECK | PLUMBING_SCHED | PLUMBING_MEMORY)
#define SKIP_STALLED (SKIP_CHECK | PLUMBING_SCHED | PLUMBING_IDLE)
#define SKIP_FAULT (SKIP_CHECK | PLUMBING_STRING)

/* Name, how to read it, plumbing to skip, objects. */
static const struct kind_info kinds[OPEN_KINDS] = {
	[FINDING_WARNING] = { "WARNING", AT_HEADER, PLUMBING_REPORT, 0 },
	[FINDING_BUG] = { "BUG", NAMED_STACK | KIND_RIP | KIND_FILE | KIND_WORDS | KIND_END_TRACE,
			  SKIP_CHECK | PLUMBING_SCHED, 0 },
	[FINDING_OOPS] = { "Oops", KIND_RIP | KIND_END_TRACE, SKIP_FAULT, 0 },
	[FINDING_REFCOUNT] = { "refcount", END_MESSAGE, SKIP_CHECK, 0 },
	[FINDING_LIST] = { "list-corruption", END_MESSAGE, SKIP_CHECK, 0 },
	[FINDING_SLAB] = { "slab-corruption", PAIR_STACK, PLUMBING_MEMORY, 1 },
	[FINDING_KASAN] = { "KASAN", KIND_NAMED | KIND_END_BANNER, SKIP_FAULT, 0 },
	[FINDING_KFENCE] = { "KFENCE", KIND_NAMED | KIND_END_BANNER, SKIP_FAULT, 0 },
	[FINDING_UBSAN] = { "UBSAN", KIND_FILE | KIND_END_TRACE | KIND_END_BANNER, PLUMBING_REPORT,
			    0 },
	[FINDING_LOCKDEP_CIRCULAR] = { "lockdep-circular", PAIR_STACK, SKIP_WAITING, 2 },
	[FINDING_LOCKDEP_RECURSIVE] = { "lockdep-recursive", KIND_END_STACK, SKIP_WAITING, 1 },
	[FINDING_LOCKDEP_INVERSION] = { "lockdep-irq-inversion", PAIR_STACK, SKIP_WAITING, 2 },
	[FINDING_LOCKDEP_IRQ_ORDER] = { "lockdep-irq-order", PAIR_STACK, SKIP_WAITING, 2 },
	[FINDING_LOCKDEP_INCONSISTENT] = { "lockdep-inconsistent", KIND_END_STACK, SKIP_WAITING,
					   1 },
	[FINDING_LOCKDEP_UNLOCK_BALANCE] = { "lockdep-unlock-balance", NAMED_STACK, SKIP_WAITING,
					     1 },
	[FINDING_LOCKDEP_WAIT_CONTEXT] = { "lockdep-wait-context", KIND_END_STACK, SKIP_WAITING,
					   1 },
	[FINDING_LOCKDEP_FREED] = { "lockdep-freed", KIND_END_STACK, SKIP_WAITING, 1 },
	[FINDING_LOCKDEP_USER_SPACE] = { "lockdep-user-space", KIND_NAMED, SKIP_WAITING, 1 },
	[FINDING_LOCKDEP_STILL_HELD] = { "lockdep-still-held", NAMED_STACK, SKIP_WAITING, 1 },
	[FINDING_LOCKDEP_NOT_HELD] = { "lockdep-not-held", KIND_MESSAGE | AT_HEADER,
				       PLUMBING_REPORT, 0 },
	[FINDING_LOCKDEP_RCU] = { "lockdep-rcu", KIND_FILE | KIND_END_STACK, SKIP_WAITING, 0 },
	[FINDING_LOCKDEP_ASSERT] = { "lockdep-assert", END_MESSAGE, SKIP_WAITING, 0 },
	[FINDING_LOCKDEP_OTHER] = { "lockdep-other", KIND_END_STACK, SKIP_WAITING, 1 },
	[FINDING_LOCKDEP_OFF] = { "lockdep-off", PAIR_STACK | KIND_WORDS, 0, 0 },
	[FINDING_ATOMIC_SCHEDULE] = { "atomic-schedule", KIND_END_STACK, SKIP_WAITING, 0 },
	[FINDING_ATOMIC_SLEEP] = { "atomic-sleep", KIND_FILE | KIND_END_STACK, SKIP_WAITING, 0 },
	[FINDING_MEMORY] = { "memory", KIND_END_STACK, PLUMBING_REPORT | PLUMBING_MEMORY, 1 },
	[FINDING_HUNG_TASK] = { "hung-task", KIND_END_STACK | KIND_STALL, SKIP_WAITING, 0 },
	[FINDING_SOFT_LOCKUP] = { "soft-lockup", LOCKUP, SKIP_STALLED, 0 },
	[FINDING_HARD_LOCKUP] = { "hard-lockup", LOCKUP, SKIP_STALLED, 0 },
	[FINDING_RCU_STALL] = { "rcu-stall", LOCKUP & ~KIND_END_STACK, SKIP_STALLED, 0 },
	[FINDING_WORKQUEUE_LOCKUP] = { "workqueue-lockup", KIND_NAMED | KIND_STALL, SKIP_WAITING,
				       0 },
	[FINDING_PANIC] = { "panic", KIND_PAIR | KIND_WORDS, PLUMBING_REPORT, 0 },
	[OPEN_CUT_HERE] = { "WARNING", KIND_RIP | KIND_WORDS | KIND_END_TRACE, PLUMBING_REPORT, 0 },
	[OPEN_INJECTION] = { "injection", KIND_END_STACK, 0, 0 },
};

struct opener {
	const char *start;  /* "": anywhere */
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

/* What is known of a kind */

const struct kind_info *kind_info(int kind)
{
	return &kinds[kind];
}

bool kind_is_message(int kind)
{
	return kind < FINDING_KINDS && kinds[kind].flags & KIND_MESSAGE;
}

const char *finding_kind_name(enum finding_kind kind)
{
	return kinds[kind].name;
}

bool finding_is_stall(enum finding_kind kind)
{
	return kinds[kind].flags & KIND_STALL;
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

int kind_of_opener(const char *text)
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

const char *kind_skip_subsystem(const char *text)
{
	static const char *const subsystems[] = {
		"[ BUG", "[ INFO", "watchdog: ", "NMI watchdog: ", "rcu: ", "traps: ", "workqueue: "
	};

	for (size_t i = 0; i < G_N_ELEMENTS(subsystems); i++)
		if (starts(text, subsystems[i]))
			return text + (*text == '[' ? 2 : strlen(subsystems[i]));
	return text;
}

bool kind_is_banner(const char *text)
{
	return starts(text, "====================");
}
