// SPDX-License-Identifier: MIT
/* The commands, what each of them takes, and nothing else. */
#include <locale.h>
#include <signal.h>

#include "tests/runner/command_line.h"
#include "tests/runner/progress.h"

/* Ctrl-C and kill: what runs is stopped in order, and what is known is written down. */
static gpointer wait_for_signal(gpointer data)
{
	GCancellable *cancellable = data;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	for (;;)
		if (!sigwait(&set, &sig))
			g_cancellable_cancel(cancellable);
	return NULL;
}

static void catch_signals(GCancellable *cancellable)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	g_thread_unref(g_thread_new("signals", wait_for_signal, cancellable));
}

#define KERNEL_OPTIONS "tree", "base", "config"
#define RUN_OPTIONS KERNEL_OPTIONS, "seed", "jobs", "qemu", "results", "keep"

static const char *const matrix_options[] = { "variants",   "programs",	 "shard",
					      "instrument", RUN_OPTIONS, NULL };
static const char *const run_options[] = { "variant", "instrument", RUN_OPTIONS, NULL };
static const char *const smoke_options[] = { "variants", "programs", RUN_OPTIONS, NULL };
static const char *const sweep_options[] = { "variants",   "pairs",	"shard",
					     "instrument", RUN_OPTIONS, NULL };
static const char *const merge_options[] = { "results", NULL };
static const char *const soak_options[] = { "variants",	  "minutes",   "trials", "shard",
					    "instrument", RUN_OPTIONS, NULL };
static const char *const generate_options[] = { "seed", "output", NULL };
static const char *const c_options[] = { "output", NULL };
static const char *const list_options[] = { "programs", NULL };
static const char *const bench_options[] = {
	"variant", KERNEL_OPTIONS, "seed", "qemu", "keep", NULL
};
static const char *const shrink_options[] = { "variant",      "rule", "output",
					      KERNEL_OPTIONS, "seed", "qemu",
					      "results",      "keep", NULL };
static const char *const view_options[] = {
	"variant", "headless", "shot", "do", RUN_OPTIONS, NULL
};
static const char *const hands_options[] = { "variant", RUN_OPTIONS, NULL };
static const char *const report_options[] = { NULL };
static const char *const doctor_options[] = { "qemu", NULL };

/* The first is what there is without a command. */
static const struct command commands[] = {
	{ "matrix", "", "run the default programs on every variant (the default)", command_matrix,
	  matrix_options },
	{ "try", "PATCH...", "the same for your patches, next to unfixed and upstream", command_try,
	  matrix_options },
	{ "run", "FILE.storm", "run one program on one variant and show its journal", command_run,
	  run_options },
	{ "smoke", "", "visual checks of the cursor on the screen, on one variant or several",
	  command_smoke, smoke_options },
	{ "sweep", "[OP|PATCH...]", "fail every allocation of every operation once", command_sweep,
	  sweep_options },
	{ "merge", "DIR...", "join the runs of several shards into one", command_merge,
	  merge_options },
	{ "shrink", "TRIAL", "make a program that FAILs as small as can be", command_shrink,
	  shrink_options },
	{ "soak", "[PATCH...]", "generated programs on every variant, until the time is over",
	  command_soak, soak_options },
	{ "generate", "NUMBER", "print a program of soak", command_generate, generate_options },
	{ "c", "FILE.storm", "a program as a C file that needs only libdrm", command_c, c_options },
	{ "list", "", "the variants, programs and rules there are", command_list, list_options },
	{ "view", "[-- OPTION...]", "the compositor in a guest, to look at and to play with",
	  command_view, view_options },
	{ "hands", "[-- OPTION...]",
	  "point, press and plug in front of the compositor, and see each arrive", command_hands,
	  hands_options },
	{ "report", "[DIR]", "a run as one HTML file", command_report, report_options },
	{ "bench", "[operations|compositor]",
	  "what the guest's operation loop or its compositor, the witnesses and the judge cost",
	  command_bench, bench_options },
	{ "doctor", "", "what this machine has and lacks", command_doctor, doctor_options },
};

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	const struct command *command;
	g_autoptr(GError) error = NULL;
	int code;

	setlocale(LC_ALL, "");
	progress_init();
	arguments.session.cancellable = g_cancellable_new();
	catch_signals(arguments.session.cancellable);
	command = command_line_parse(commands, G_N_ELEMENTS(commands), &arguments, &argc, &argv,
				     &error);
	code = command ? command->run(&arguments) : command_failed(error);
	command_line_clear(&arguments);
	return code;
}
