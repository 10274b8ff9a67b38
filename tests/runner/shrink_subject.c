// SPDX-License-Identifier: MIT
#include "tests/runner/shrink_subject.h"

#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/cause.h"
#include "tests/runner/recorded.h"

#define SEED " seed "
/* What a signature says of a line: the only thing in it that is not the same in a shorter program. */
#define IN_LINE " in line "

/* What follows the number of the line, or all of it: there is none. */
static const char *behind_line(const char *signature)
{
	const char *line = strstr(signature, IN_LINE);

	return line ? line + strlen(IN_LINE) + strspn(line + strlen(IN_LINE), "0123456789 ") :
		      signature;
}

static char *without_line(const char *signature)
{
	const char *line = strstr(signature, IN_LINE);

	return line ? g_strdup_printf("%.*s %s", (int)(line - signature), signature,
				      behind_line(signature)) :
		      g_strdup(signature);
}

struct shrink_subject *shrink_subject_new(const struct program_file *file, int rule)
{
	struct shrink_subject *subject = g_new0(struct shrink_subject, 1);

	subject->name = g_strdup(file->name);
	subject->text = g_strndup(file->text, file->len);
	subject->len = file->len;
	subject->rule = rule;
	return subject;
}

void shrink_subject_free(struct shrink_subject *subject)
{
	if (!subject)
		return;
	g_free(subject->name);
	g_free(subject->variant);
	g_free(subject->text);
	g_free(subject->signature);
	g_free(subject->cause);
	g_free(subject->guest);
	g_free(subject);
}

static char *guest_of(const struct trial *trial)
{
	for (guint i = 0; i < trial->events->len; i++) {
		const struct journal_event *event =
			&g_array_index(trial->events, struct journal_event, i);

		if (event->kind == JOURNAL_BEGIN)
			return g_strndup(event->text, event->text_len);
	}
	return NULL;
}

/* Its folder says what the program and the variant are called. */
static void name_after(struct shrink_subject *subject, const char *dir)
{
	g_autofree char *path = g_canonicalize_filename(dir, NULL);
	g_autofree char *parent = g_path_get_dirname(path);

	g_free(subject->name);
	subject->name = g_path_get_basename(path);
	subject->variant = g_path_get_basename(parent);
}

static gboolean aim(struct shrink_subject *subject, const char *dir, const struct trial *trial,
		    GError **error)
{
	if (trial->flaw) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
			    "expected a trial that FAILs, but %s is a set-up failure: %s", dir,
			    trial->flaw);
		return FALSE;
	}
	if (shrink_subject_aim(subject, trial))
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
		    "expected a trial that FAILs %s, got %s",
		    subject->rule < 0 ? "a rule" : rules[subject->rule].name, dir);
	return FALSE;
}

struct shrink_subject *shrink_subject_load(const char *dir, int rule, GError **error)
{
	struct recorded *recorded = recorded_load(dir, "", error);
	struct shrink_subject *subject;

	if (!recorded)
		return NULL;
	subject = shrink_subject_new(recorded->file, rule);
	name_after(subject, dir);
	subject->guest = guest_of(recorded->trial);
	if (!aim(subject, dir, recorded->trial, error))
		g_clear_pointer(&subject, shrink_subject_free);
	recorded_free(recorded);
	return subject;
}

guint64 shrink_subject_seed(const struct shrink_subject *subject, guint64 otherwise)
{
	const char *word = subject->guest ? strstr(subject->guest, SEED) : NULL;
	guint64 seed;

	if (word && g_ascii_string_to_unsigned(word + strlen(SEED), 10, 0, G_MAXINT64, &seed, NULL))
		return seed;
	return otherwise;
}

gboolean shrink_subject_aim(struct shrink_subject *subject, const struct trial *trial)
{
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		const struct verdict *verdict = &trial->verdicts[rule];

		if (trial->flaw || verdict->kind != VERDICT_FAIL ||
		    (subject->rule >= 0 && rule != subject->rule))
			continue;
		subject->rule = rule;
		g_free(subject->signature);
		subject->signature = g_strdup(verdict->signature);
		return TRUE;
	}
	return FALSE;
}

/* The operation that shows it; without one, what was begun last when the trial ended. */
static struct shrink_moment moment_of(const struct trial *trial, guint64 seq)
{
	struct shrink_moment moment = { 0, 0 };

	for (guint i = 0; i < trial->events->len; i++) {
		const struct journal_event *event =
			&g_array_index(trial->events, struct journal_event, i);

		if (event->kind == JOURNAL_OP && (!seq || event->seq == seq))
			moment = (struct shrink_moment){ (guint)event->line, event->nth };
	}
	return moment;
}

static gboolean has_cause(const struct shrink_subject *subject, const struct trial *trial)
{
	g_autofree char *cause = subject->cause ? cause_of(trial, subject->rule) : NULL;

	return !g_strcmp0(cause, subject->cause);
}

gboolean shrink_subject_shown(const struct shrink_subject *subject, const struct trial *trial,
			      struct shrink_moment *moment)
{
	const struct verdict *verdict = &trial->verdicts[subject->rule];
	g_autofree char *seen = NULL, *wanted = NULL;

	if (trial->flaw || verdict->kind != VERDICT_FAIL)
		return FALSE;
	seen = without_line(verdict->signature);
	wanted = without_line(subject->signature);
	if (strcmp(seen, wanted) || !has_cause(subject, trial))
		return FALSE;
	*moment = moment_of(trial, verdict->seq);
	return TRUE;
}

char *shrink_subject_story(const struct shrink_subject *subject, const struct shrink_result *result,
			   const char *name, const char *machine)
{
	g_autofree char *signature = without_line(subject->signature);
	const char *rule = rules[subject->rule].name;
	gboolean stable = result->rate.failed == result->rate.runs;
	GString *story = g_string_new(NULL);

	g_string_append_printf(story, "# %s on %s: %s\n", rule, subject->variant, signature);
	g_string_append_printf(story, "# shrunk from %u lines of %s to %u; %s\n",
			       result->original_lines, subject->name, result->lines, machine);
	g_string_append_printf(story, "# %s FAIL in %u of %u runs; in an expect.ini:\n", rule,
			       result->rate.failed, result->rate.runs);
	g_string_append_printf(story, "#   [%s]\n#   %s=%s %s\n", rule, name,
			       stable ? "FAIL" : "FAIL|PASS", behind_line(subject->signature));
	g_string_append(story, result->text);
	return g_string_free(story, FALSE);
}
