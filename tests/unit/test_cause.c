// SPDX-License-Identifier: MIT
/* What disturbed an operation, by examples: a program, and the line of it that shows a FAIL. */
#include <glib.h>
#include <string.h>

#include "tests/runner/cause.h"
#include "tests/unit/unit.h"

#define SETUP "output 640x480\nbuffer C cursor 64x64\nbuffer P primary 640x480\n" /* lines 1 to 3 */

#define INJECTION                                                                                  \
	"[    1.500000][   T41] FAULT_INJECTION: forcing a failure.\n"                             \
	"[    1.500000][   T41] name failslab, interval 1, probability 100, space 0, times 0\n"    \
	"[    1.500000][   T41] CPU: 0 PID: 41 Comm: planestorm Not tainted 6.12\n"                \
	"[    1.500000][   T41] Call Trace:\n"                                                     \
	"[    1.500000][   T41]  <TASK>\n"                                                         \
	"[    1.500000][   T41]  dump_stack_lvl+0x1/0x2\n"                                         \
	"[    1.500000][   T41]  should_fail_ex+0x1/0x2\n"                                         \
	"[    1.500000][   T41]  __kmalloc_noprof+0x1/0x2\n"                                       \
	"[    1.500000][   T41]  drm_atomic_state_alloc+0x1/0x2\n"                                 \
	"[    1.500000][   T41]  drm_mode_atomic_ioctl+0x1/0x2\n"                                  \
	"[    1.500000][   T41]  drm_ioctl+0x1/0x2\n"                                              \
	"[    1.500000][   T41]  __x64_sys_ioctl+0x1/0x2\n"                                        \
	"[    1.500000][   T41]  do_syscall_64+0x1/0x2\n"                                          \
	"[    1.500000][   T41]  entry_SYSCALL_64_after_hwframe+0x1/0x2\n"                         \
	"[    1.500000][   T41]  </TASK>\n"

static const struct example {
	const char *name;
	const char *program;
	const char *journal; /* the operation is number 1 */
	const char *console;
	enum rule_index rule;
	guint64 seq; /* 0: no operation shows it */
	const char *cause;
} examples[] = {
	{ "nobody", SETUP "cursor C\n", "op 1 10 4 0 cursor C\nret 1 11 0 0\n", "",
	  RULE_LOST_UPDATE, 1, "undisturbed" },
	{ "signals", SETUP "signals every=1ms\ncursor C\nsignals off\nhide\n",
	  "op 1 10 5 0 cursor C\nret 1 11 0 0\n", "", RULE_LOST_UPDATE, 1, "signals" },
	{ "signals that have ended", SETUP "signals every=1ms\ncursor C\nsignals off\nhide\n",
	  "op 1 10 7 0 hide\nret 1 11 0 0\n", "", RULE_LOST_UPDATE, 1, "undisturbed" },
	{ "several", SETUP "contend C threads=1\nsignals every=1ms\ncursor C\n",
	  "op 1 10 6 0 cursor C\nret 1 11 0 0\n", "", RULE_STALE_CURSOR, 1, "signals, contend" },
	{ "a signal that is due", SETUP "signal\ncursor C\nhide\n",
	  "op 1 10 5 0 cursor C\nret 1 11 0 0\n", "", RULE_STALE_CURSOR, 1, "signal" },
	{ "which was due before", SETUP "signal\ncursor C\nhide\n",
	  "op 1 10 6 0 hide\nret 1 11 0 0\n", "", RULE_LOST_UPDATE, 1, "undisturbed" },
	{ "an allocation that failed", SETUP "fault nth=3\ncursor C\n",
	  "op 1 10 5 3 cursor C\nret 1 11 0 1\n", INJECTION, RULE_LOST_UPDATE, 1,
	  "drm_atomic_state_alloc < drm_mode_atomic_ioctl" },
	{ "a fault that did not fire", SETUP "fault nth=30\ncursor C\n",
	  "op 1 10 5 30 cursor C\nret 1 11 0 0\n", "", RULE_LOST_UPDATE, 1, "undisturbed" },
	{ "no operation in particular: all there is",
	  SETUP "fault nth=3\ncursor C\npressure fds=2\nhide\npressure off\n",
	  "op 1 10 5 3 cursor C\nret 1 11 0 1\n", INJECTION, RULE_LOST_UPDATE, 0,
	  "fault, pressure" },
	{ "a splat tells by itself", SETUP "signals every=1ms\ncursor C\n",
	  "op 1 10 5 0 cursor C\n", "", RULE_SPLAT, 1, "" },
};

static void check_example(void **state)
{
	const struct example *row = *state;
	struct program_file *file =
		program_file_parse("p", row->program, strlen(row->program), NULL);
	struct trial *trial;
	g_autofree char *cause = NULL;

	assert_non_null(file);
	trial = trial_new("upstream", file);
	assert_int_equal(journal_read(row->journal, strlen(row->journal), trial->events), 0);
	console_feed(trial->findings, row->console, strlen(row->console));
	console_finish(trial->findings);
	trial->verdicts[row->rule] = (struct verdict){ .kind = VERDICT_FAIL,
						       .signature = g_strdup("lost"),
						       .seq = row->seq };
	cause = cause_of(trial, row->rule);
	assert_string_equal(cause, row->cause);
	trial_free(trial);
	program_file_free(file);
}

/* What is known, if of two failures in one call either explains what is lost. */
static const struct known {
	const char *name;
	const char *signature;
	const char *known; /* NULL: it is news */
} knowns[] = {
	{ "one failure", "lost @ array < update", "array" },
	{ "another one", "lost @ state < ioctl", NULL },
	{ "the second of two", "lost @ state < ioctl, then array < update", "array" },
	{ "the first of two", "lost @ array < update, then state < ioctl", "array" },
	{ "none of two", "lost @ state < ioctl, then commit < ioctl", NULL },
	{ "something else that is lost", "found @ state < ioctl, then array < update", NULL },
	{ "no cause at all", "lost", NULL },
};

static void check_known(void **state)
{
	static const char text[] =
		"[splat]\n*=PASS\n[lockup]\n*=PASS\n[lost-update]\narray=FAIL lost @ "
		"array\n*=PASS\n"
		"[stale-cursor]\n*=PASS\n[rollback]\n*=PASS\n[expect]\n*=PASS\n[leak]\n*=PASS\n"
		"[fence-annotated]\n*=PASS|SKIP\n";
	const struct known *row = *state;
	struct expectations *known = expectations_parse("known.ini", text, strlen(text), NULL);

	assert_non_null(known);
	if (row->known)
		assert_string_equal(cause_known(known, RULE_LOST_UPDATE, row->signature),
				    row->known);
	else
		assert_null(cause_known(known, RULE_LOST_UPDATE, row->signature));
	expectations_free(known);
}

int main(void)
{
	return RUN_ROWS("cause", examples, check_example) +
	       RUN_ROWS("what is known", knowns, check_known);
}
