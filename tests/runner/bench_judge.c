// SPDX-License-Identifier: MIT
#include "tests/runner/bench_judge.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/trial.h"

/* Two cursors in turn, each painted anew before it is shown: what a storm does most. */
#define PROGRAM                                                                                    \
	"output 1024x768\n"                                                                        \
	"buffer C1 cursor 64x64\n"                                                                 \
	"buffer C2 cursor 64x64\n"                                                                 \
	"repeat 50000\n"                                                                           \
	"\tpaint C1\n"                                                                             \
	"\tcursor C1 at=10,20\n"                                                                   \
	"\tpaint C2\n"                                                                             \
	"\tcursor C2 at=30,40\n"                                                                   \
	"end\n"                                                                                    \
	"check\n"

struct writer {
	GString *journal, *trace;
	guint64 time;
};

/* One microsecond later, the journal's line and its mark. */
static void write_event(struct writer *writer, struct journal_event event)
{
	char line[JOURNAL_LINE_MAX];

	event.time = ++writer->time * 1000;
	g_string_append_len(writer->journal, line,
			    (gssize)journal_format(&event, line, sizeof(line)));
	if (journal_mark(&event))
		g_string_append_printf(writer->trace,
				       "7@1790000000.%06u:fw_cfg_select 0x55d0 key 0x%04x "
				       "'unknown', ret: 0\n",
				       (guint)(writer->time % 1000000), journal_mark(&event));
}

static void write_update(struct writer *writer, guint64 seq)
{
	guint which = seq % 2;
	const char *op = which ? "cursor C1 at=10,20" : "cursor C2 at=30,40";

	write_event(writer, (struct journal_event){ .kind = JOURNAL_PAINT,
						    .line = which ? 5 : 7,
						    .id = (guint32)seq + 2 });
	write_event(writer, (struct journal_event){ .kind = JOURNAL_OP,
						    .seq = seq,
						    .line = which ? 6 : 8,
						    .text = op,
						    .text_len = strlen(op) });
	g_string_append_printf(writer->trace,
			       "7@1790000000.%06u:virtio_queue_notify vdev 0x55 n 0 vq 0x7f\n"
			       "7@1790000000.%06u:virtio_gpu_cmd_res_xfer_toh_2d res 0x%x\n"
			       "7@1790000000.%06u:virtio_gpu_update_cursor scanout 0, x %d, y %d, "
			       "update, res 0x%x\n",
			       1u, 2u, which ? 1u : 2u, 3u, which ? 10 : 30, which ? 20 : 40,
			       which ? 1u : 2u);
	write_event(writer, (struct journal_event){ .kind = JOURNAL_RET, .seq = seq });
}

static void write_story(struct writer *writer, guint64 updates)
{
	write_event(writer,
		    (struct journal_event){ .kind = JOURNAL_BEGIN, .text = "", .text_len = 0 });
	write_event(writer, (struct journal_event){ .kind = JOURNAL_OUTPUT, .line = 1 });
	for (guint32 id = 1; id <= 2; id++)
		write_event(writer, (struct journal_event){ .kind = JOURNAL_BUFFER,
							    .name = id == 1 ? "C1" : "C2",
							    .name_len = 2,
							    .id = id,
							    .fb = 40 + id,
							    .res = id });
	for (guint64 seq = 1; seq <= updates; seq++)
		write_update(writer, seq);
	write_event(writer, (struct journal_event){ .kind = JOURNAL_CHECK, .seq = 1 });
	write_event(writer, (struct journal_event){ .kind = JOURNAL_END });
}

static void add_message(struct display_record *record, struct display_event event)
{
	event.seq = record->events->len + 1;
	g_array_append_val(record->events, event);
}

/* What the display shows of an even number of @updates, and at the check. */
static struct display_record *show_story(const struct program *program, guint64 updates)
{
	const struct program_buffer *last = &program->buffers[1];
	struct display_record *record = display_record_new();
	struct display_head heads[DISPLAY_HEADS] = { { .x = 30, .y = 40, .visible = TRUE } };

	for (guint64 i = 0; i < updates; i++) {
		add_message(record, (struct display_event){ .kind = DISPLAY_CURSOR });
		add_message(record, (struct display_event){ .kind = DISPLAY_MOUSE });
	}
	heads[0].scanout = image_new(1024, 768);
	for (gsize i = 0; i < 1024 * 768; i++)
		heads[0].scanout->pixels[i] = 0xff000000u;
	heads[0].cursor = image_new(64, 64);
	picture_paint(last->image, (guint32)updates + 2, 64, 64, heads[0].cursor->pixels, 64 * 4);
	display_record_check(record, 1, heads);
	add_message(record, (struct display_event){ .kind = DISPLAY_CHECK, .check = 1 });
	image_unref(heads[0].scanout);
	image_unref(heads[0].cursor);
	return record;
}

/* Returns whether it is found right, as it is. */
static gboolean judge(const struct program_file *file, guint64 updates)
{
	struct writer writer = { .journal = g_string_new(NULL), .trace = g_string_new(NULL) };
	struct recording recording = { .console = "" };
	struct trial *trial = trial_new("bench", file);
	gint64 start;
	double seconds;
	gboolean right;

	write_story(&writer, updates);
	recording.journal = writer.journal->str;
	recording.journal_len = writer.journal->len;
	recording.trace = writer.trace->str;
	recording.trace_len = writer.trace->len;
	recording.display = show_story(file->program, updates);
	start = g_get_monotonic_time();
	trial_finish(trial, TRIAL_DONE, &recording);
	seconds = (double)(g_get_monotonic_time() - start) / G_TIME_SPAN_SECOND;
	printf("%-12" G_GUINT64_FORMAT "%14u%14.3f%14.2f\n", updates,
	       trial->updates->demanded - trial->updates->counts[INCIDENT_LOST], seconds,
	       seconds * 1e6 / (double)updates);
	right = trial->verdicts[RULE_LOST_UPDATE].kind == VERDICT_PASS;
	trial_free(trial);
	g_string_free(writer.journal, TRUE);
	g_string_free(writer.trace, TRUE);
	return right;
}

gboolean bench_judge(GError **error)
{
	struct program_error mistake;
	struct program_file file = { .name = (char *)"bench", .text = (char *)PROGRAM };
	gboolean right = TRUE;

	file.len = strlen(PROGRAM);
	file.program = program_parse(file.text, file.len, &mistake);
	g_assert(file.program);
	printf("\n%-12s%14s%14s%14s\n", "updates", "judged", "seconds", "us each");
	for (guint64 updates = 1000; right && updates <= 100000; updates *= 10)
		right = judge(&file, updates);
	program_destroy(file.program);
	if (!right)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
			    "a story in which all is shown does not PASS");
	return right;
}
