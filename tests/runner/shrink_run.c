// SPDX-License-Identifier: MIT
#include "tests/runner/shrink_run.h"

#include <stdio.h>
#include <string.h>

#include "tests/runner/progress.h"

/* Ten minutes of quick trials. A search of a few hundred lines takes less than 200. */
#define MAX_RUNS 1000
/* How long a guest may be silent while candidates are searched for: lockups are shrunk in minutes, not hours. */
#define HASTY_MS 3000

struct shrinking {
	const struct shrink_task *task;
	struct session *session; /* the task's, as is the subject */
	struct shrink_subject *subject;
	char *log;
	guint flaws; /* trials that were no evidence */
	char *flaw;  /* the last of them */
	double start;
};

static gboolean cancelled(const struct shrinking *shrinking)
{
	return g_cancellable_is_cancelled(shrinking->session->options->cancellable);
}

static gboolean is_late(const struct shrinking *shrinking)
{
	return shrinking->task->until_s > 0 && progress_elapsed() > shrinking->task->until_s;
}

/* The longest that @program does nothing on purpose. */
static guint longest_wait_ms(const struct program *program)
{
	guint64 longest = 0;

	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].kind == OP_WAIT)
			longest = MAX(longest, program->ops[i].ns);
	return (guint)(longest / 1000000);
}

/* A hung task takes its time to be reported; the kernel's word is not waited for where silence will do. */
static guint silent_ms(const struct shrinking *shrinking, const struct program_file *file,
		       gboolean careful)
{
	const struct shrink_subject *subject = shrinking->subject;

	if (careful ||
	    (subject->rule == RULE_LOCKUP && !g_str_has_prefix(subject->signature, LOCKUP_SILENCE)))
		return TRIAL_SILENT_MS;
	return MIN(TRIAL_SILENT_MS, HASTY_MS + longest_wait_ms(file->program));
}

/* Who looks for a certain splat need not wait for the guest's end. */
static struct trial *run_trial(struct shrinking *shrinking, const struct program_file *file,
			       gboolean careful)
{
	const struct session *session = shrinking->session;
	struct trial *trial = trial_run(&(struct trial_setup){
		.platform = &session->platform,
		.snapshot = shrinking->task->snapshot,
		.variant = shrinking->subject->variant,
		.file = file,
		.seed = session->options->seed,
		.log = shrinking->log,
		.until_splat =
			shrinking->subject->signature && shrinking->subject->rule == RULE_SPLAT,
		.silent_ms = silent_ms(shrinking, file, careful),
		.cancellable = session->options->cancellable,
	});

	if (trial->flaw && trial->end != TRIAL_CANCELLED) {
		shrinking->flaws++;
		g_free(shrinking->flaw);
		shrinking->flaw = g_strdup(trial->flaw);
	}
	return trial;
}

static enum shrink_answer run_candidate(gpointer data, const char *text, gsize len,
					gboolean careful, struct shrink_moment *moment)
{
	struct shrinking *shrinking = data;
	struct program_file *file = program_file_parse(shrinking->subject->name, text, len, NULL);
	enum shrink_answer answer = SHRINK_PASSES;
	struct trial *trial;

	g_assert(file);
	trial = run_trial(shrinking, file, careful);
	if (cancelled(shrinking) || is_late(shrinking))
		answer = SHRINK_STOP;
	else if (shrink_subject_shown(shrinking->subject, trial, moment))
		answer = SHRINK_FAILS;
	trial_free(trial);
	program_file_free(file);
	return answer;
}

static void tell_progress(gpointer data, guint lines, guint runs)
{
	const struct shrinking *shrinking = data;

	if (!shrinking->task->quiet)
		progress_status("shrink: %u lines, after %u trials", lines, runs);
}

static void set_never(const struct shrinking *shrinking, GError **error)
{
	const struct shrink_subject *subject = shrinking->subject;
	const char *rule = subject->rule < 0 ? "any rule" : rules[subject->rule].name;

	if (shrinking->flaw)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "set-up failure: %s",
			    shrinking->flaw);
	else
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
			    "nothing to shrink: %s on %s did not FAIL %s%s%s in %d runs",
			    subject->name, shrinking->subject->variant, rule,
			    subject->signature ? " with " : "",
			    subject->signature ? subject->signature : "", SHRINK_FLAKY_RUNS);
}

/* If the subject does not say how it fails, run it until it does. */
static gboolean aim(struct shrinking *shrinking, GError **error)
{
	struct shrink_subject *subject = shrinking->subject;
	struct program_file *file;

	file = program_file_parse(subject->name, subject->text, subject->len, error);
	for (guint i = 0; file && !subject->signature && i < SHRINK_FLAKY_RUNS; i++) {
		struct trial *trial = run_trial(shrinking, file, TRUE);

		if (!cancelled(shrinking))
			shrink_subject_aim(subject, trial);
		trial_free(trial);
		if (g_cancellable_set_error_if_cancelled(shrinking->session->options->cancellable,
							 error))
			break;
	}
	program_file_free(file);
	if (!subject->signature && !*error)
		set_never(shrinking, error);
	return subject->signature != NULL;
}

static char *describe_machine(const struct session *session)
{
	return g_strdup_printf("base %s (%s), QEMU %s %s, seed %" G_GUINT64_FORMAT,
			       session->base->release, session->base->source, session->qemu_version,
			       session->platform.accel == VM_KVM ? "kvm" : "tcg",
			       session->options->seed);
}

static gboolean write_result(const struct shrinking *shrinking, const struct shrink_result *result,
			     GError **error)
{
	const char *output = shrinking->task->output;
	g_autofree char *machine = describe_machine(shrinking->session);
	g_autofree char *base = g_path_get_basename(output), *dir = g_path_get_dirname(output);
	g_autofree char *story = NULL;

	if (g_str_has_suffix(base, ".storm"))
		base[strlen(base) - strlen(".storm")] = '\0';
	story = shrink_subject_story(shrinking->subject, result, base, machine);
	g_mkdir_with_parents(dir, 0755); /* if not, the next says so */
	if (!g_file_set_contents(output, story, -1, error))
		return FALSE;
	if (shrinking->task->quiet) {
		progress_say("shrink: %u lines -> %u lines, %u trials, %s", result->original_lines,
			     result->lines, result->runs, output);
		return TRUE;
	}
	printf("%s\n%u lines -> %u lines, %u trials, %.1f s\n%s\n", story, result->original_lines,
	       result->lines, result->runs, progress_elapsed() - shrinking->start, output);
	return TRUE;
}

static gboolean conclude(const struct shrinking *shrinking, const struct shrink_result *result,
			 GError **error)
{
	if (result->end == SHRINK_NEVER) {
		set_never(shrinking, error);
		return FALSE;
	}
	if (result->original_rate.failed && !write_result(shrinking, result, error))
		return FALSE;
	if (shrinking->flaws)
		progress_say("%u trials were set-up failures, the last: %s", shrinking->flaws,
			     shrinking->flaw);
	if (result->end == SHRINK_LIMIT)
		progress_say("not searched to the end, after %u trials", result->runs);
	if (result->end != SHRINK_STOPPED || !cancelled(shrinking))
		return result->original_rate.failed > 0;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
	return FALSE;
}

static gboolean shrink(struct shrinking *shrinking, GError **error)
{
	struct shrink_subject *subject = shrinking->subject;
	const struct shrink_oracle oracle = { .run = run_candidate,
					      .progress = tell_progress,
					      .data = shrinking,
					      .max_runs = MAX_RUNS };
	struct shrink_result *result;
	gboolean done;

	shrinking->start = progress_elapsed();
	if (!aim(shrinking, error))
		return FALSE;
	progress_say("shrink: %s on %s for %s FAIL %s", subject->name, shrinking->subject->variant,
		     rules[subject->rule].name, subject->signature);
	result = shrink_program(subject->text, subject->len, &oracle);
	done = conclude(shrinking, result, error);
	shrink_result_free(result);
	return done;
}

gboolean shrink_do(const struct shrink_task *task, GError **error)
{
	struct shrinking shrinking = { .task = task,
				       .session = task->session,
				       .subject = task->subject };
	g_autofree char *name =
		g_strdup_printf("shrink-%s-%s.txt", task->subject->variant, task->subject->name);
	gboolean done;

	shrinking.log = g_build_filename(task->session->scratch, name, NULL);
	done = shrink(&shrinking, error);
	g_free(shrinking.flaw);
	g_free(shrinking.log);
	return done;
}

int shrink_run(struct session *session, const struct variant *variant,
	       struct shrink_subject *subject, const char *output, GError **error)
{
	struct shrink_task task = { .session = session, .subject = subject, .output = output };
	struct snapshot *snapshot;
	gboolean done = FALSE;

	if (subject->guest && !g_str_has_prefix(subject->guest, session->base->release))
		progress_say("the trial was made on %.*s", (int)strcspn(subject->guest, " "),
			     subject->guest);
	g_free(subject->variant);
	subject->variant = g_strdup(variant->name);
	snapshot = session_snapshot(session, variant, error);
	task.snapshot = snapshot;
	if (snapshot)
		done = shrink_do(&task, error);
	snapshot_free(snapshot);
	return done ? STORM_OK : STORM_TROUBLE;
}
