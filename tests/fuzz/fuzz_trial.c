// SPDX-License-Identifier: MIT
/*
 * The judge on what a guest may have left: a program, a journal, a trace and a console, with form feeds
 * between them. Whatever the guest did, and whatever it says of itself, there are verdicts. How the
 * trial ended is in the input's length.
 */
#include "tests/fuzz/fuzz.h"

#include "compositor/model/journal.h"
#include "tests/runner/points.h"
#include "tests/runner/trial.h"

#define SIZE_MAX_PIXELS 256

/* The next of the parts between form feeds. */
static const char *take_part(const char **text, const char *end, gsize *len)
{
	const char *part = *text, *feed = memchr(part, '\f', (size_t)(end - part));

	*len = (gsize)((feed ? feed : end) - part);
	*text = feed ? feed + 1 : end;
	return part;
}

/* Pictures of gigabytes are a matter of time, and not what is looked for here. */
static gboolean is_small(const struct program *program)
{
	for (int i = 0; i < program->op_count; i++)
		if (program->ops[i].width > SIZE_MAX_PIXELS ||
		    program->ops[i].height > SIZE_MAX_PIXELS)
			return FALSE;
	for (int i = 0; i < program->buffer_count; i++)
		if (program->buffers[i].width > SIZE_MAX_PIXELS ||
		    program->buffers[i].height > SIZE_MAX_PIXELS)
			return FALSE;
	return TRUE;
}

/* The display was looked at as often as the guest says, and showed nothing. */
static struct display_record *look(const char *journal, gsize len)
{
	static const struct display_head heads[DISPLAY_HEADS];
	struct display_record *record = display_record_new();
	GArray *events = g_array_new(FALSE, FALSE, sizeof(struct journal_event));

	journal_read(journal, len, events);
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);

		if (event->kind == JOURNAL_CHECK)
			display_record_check(record, event->seq, heads);
	}
	g_array_free(events, TRUE);
	return record;
}

static void check_verdict(const struct verdict *verdict)
{
	assert(verdict->kind < VERDICT_KINDS);
	assert(verdict->signature);
	assert((verdict->kind == VERDICT_PASS) == !*verdict->signature);
}

/* What a sweep makes of it. */
static void check_points(const struct trial *trial)
{
	struct points *points = points_read(trial);

	for (guint i = 0; i < points->points->len; i++) {
		const struct point *point = &g_array_index(points->points, struct point, i);

		assert(point->outcome < POINT_OUTCOMES && point_outcome_name(point->outcome));
		assert(point->site && *point->site && point->signature);
	}
	points_free(points);
}

static void judge(const struct program_file *file, enum trial_end end, const char *text,
		  const char *text_end)
{
	struct recording recording = { 0 };
	struct trial *trial = trial_new("upstream", file);

	recording.journal = take_part(&text, text_end, &recording.journal_len);
	recording.trace = take_part(&text, text_end, &recording.trace_len);
	recording.console = take_part(&text, text_end, &recording.console_len);
	recording.display = look(recording.journal, recording.journal_len);
	trial_finish(trial, end, &recording);
	for (int i = 0; i < RULE_COUNT; i++)
		check_verdict(&trial->verdicts[i]);
	if (!trial->flaw)
		check_points(trial);
	trial_free(trial);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes, *end = text + len;
	struct program_file file = { .name = (char[]){ "fuzz" }, .path = (char[]){ "fuzz.storm" } };
	struct program_error error = { 0 };
	const char *program = take_part(&text, end, &file.len);

	file.program = program_parse(program, file.len, &error);
	if (!file.program)
		return 0;
	file.text = g_strndup(program, file.len);
	if (is_small(file.program))
		judge(&file, (enum trial_end)(len % TRIAL_ENDS), text, end);
	g_free(file.text);
	program_destroy(file.program);
	return 0;
}
