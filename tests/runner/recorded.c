// SPDX-License-Identifier: MIT
#include "tests/runner/recorded.h"

#include <string.h>

struct bytes {
	char *text;
	gsize len;
};

static gboolean read_file(const char *dir, const char *name, struct bytes *bytes, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	return g_file_get_contents(path, &bytes->text, &bytes->len, error);
}

/* What @text says after @word at the beginning of a line, the caller's; NULL: nothing. */
static char *find_word(const char *text, const char *word)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (int i = 0; lines[i]; i++)
		if (g_str_has_prefix(lines[i], word) && lines[i][strlen(word)] == ' ')
			return g_strdup(lines[i] + strlen(word) + 1);
	return NULL;
}

static gboolean read_end(const char *dir, struct trial *trial, enum trial_end *end, GError **error)
{
	g_autofree char *name = NULL;
	struct bytes bytes = { NULL, 0 };
	int found;

	if (!read_file(dir, "verdicts.txt", &bytes, error))
		return FALSE;
	name = find_word(bytes.text, "end");
	trial->flaw = find_word(bytes.text, "flaw");
	trial->instrumented = find_word(bytes.text, "instrumented");
	g_free(bytes.text);
	found = name ? trial_end_by_name(name) : -1;
	if (found < 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
			    "%s/verdicts.txt: expected a line \"end\" and how, got \"%s\"", dir,
			    name ? name : "none");
		return FALSE;
	}
	*end = (enum trial_end)found;
	return TRUE;
}

static gboolean read_witness(const char *dir, struct trial *trial, struct bytes *trace,
			     struct display_record **display, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "display.txt", NULL);
	guint rubbish;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return TRUE;
	*display = display_record_load(dir, &rubbish, error);
	if (*display && rubbish && !trial->flaw)
		trial->flaw =
			g_strdup_printf("%u lines of the display's record are garbled", rubbish);
	return *display && read_file(dir, "trace.txt", trace, error);
}

static gboolean read_trial(const char *dir, struct trial *trial, GError **error)
{
	struct bytes console = { NULL, 0 }, journal = { NULL, 0 }, trace = { NULL, 0 };
	struct recording recording = { .display = NULL };
	enum trial_end end = TRIAL_NO_VM;
	gboolean whole = read_end(dir, trial, &end, error) &&
			 read_file(dir, "console.txt", &console, error) &&
			 read_file(dir, "journal.txt", &journal, error) &&
			 read_witness(dir, trial, &trace, &recording.display, error);

	recording.console = console.text;
	recording.console_len = console.len;
	recording.journal = journal.text;
	recording.journal_len = journal.len;
	recording.trace = trace.text;
	recording.trace_len = trace.len;
	if (whole)
		trial_finish(trial, end, &recording);
	else
		display_record_free(recording.display);
	g_free(console.text);
	g_free(journal.text);
	g_free(trace.text);
	return whole;
}

struct recorded *recorded_load(const char *dir, const char *variant, GError **error)
{
	struct recorded *recorded = g_new0(struct recorded, 1);
	g_autofree char *path = g_build_filename(dir, "program.storm", NULL);

	recorded->file = program_file_load(path, error);
	if (recorded->file) {
		recorded->trial = trial_new(variant, recorded->file);
		if (read_trial(dir, recorded->trial, error))
			return recorded;
	}
	recorded_free(recorded);
	return NULL;
}

void recorded_free(struct recorded *recorded)
{
	if (!recorded)
		return;
	trial_free(recorded->trial);
	program_file_free(recorded->file);
	g_free(recorded);
}
