/* SPDX-License-Identifier: MIT */
/*
 * Stories of updates: what the guest journalled and what the device was told, in the order in which it
 * happened, and what the host showed at the check. A line that begins with "<" is one of the device's
 * trace; any other is one of the journal's, and its mark is in the trace as well.
 */
#ifndef PLANESTORM_STORY_H
#define PLANESTORM_STORY_H

#include <glib.h>
#include <string.h>

#include "tests/runner/updates.h"
#include "tests/unit/unit.h"

/* What the device is told; P1, P2, C1 and C2 are its resources 1 to 4. */
#define TRANSFER(res) "<virtio_gpu_cmd_res_xfer_toh_2d res 0x" #res "\n"
#define SCANOUT(res) "<virtio_gpu_cmd_set_scanout id 0, res 0x" #res ", w 640, h 480, x 0, y 0\n"
#define FLUSH(res) "<virtio_gpu_cmd_res_flush res 0x" #res ", w 640, h 480, x 0, y 0\n"
#define UPDATE(res, x, y)                                                                          \
	"<virtio_gpu_update_cursor scanout 0, x " #x ", y " #y ", update, res 0x" #res "\n"
#define MOVE(res, x, y)                                                                            \
	"<virtio_gpu_update_cursor scanout 0, x " #x ", y " #y ", move, res 0x" #res "\n"

/* What the guest says; all programs begin with the same output and buffers. */
#define BEGIN                                                                                      \
	"begin 1 6.12\noutput 2 1\n" SCANOUT(9)                                                    \
		FLUSH(9) "buffer 3 P1 1 41 1\nbuffer 3 P2 2 42 2\n"                                \
			 "buffer 3 C1 3 43 3\nbuffer 3 C2 4 44 4\n"
#define OP(seq, line, text) "op " #seq " 10 " #line " 0 " text "\n"
#define RET(seq, err) "ret " #seq " 11 " #err " 0\n"
#define CHECK "check 20 1\n"
#define END "end 30\n"

/* What the host shows at the check. */
struct host {
	const char *scanout; /* name of a buffer; NULL: black */
	const char *cursor;  /* the same; NULL: hidden */
	guint32 picture;     /* id that the cursor shows; 0: its buffer's first */
	guint32 repainted;   /* the same of the scanout */
	int x, y, hot_x, hot_y;
	gboolean dark;	 /* no scanout at all */
	guint32 flipped; /* bits of the cursor's last pixel */
};

struct example {
	const char *name;
	const char *story;
	struct host host;
	guint counts[INCIDENT_KINDS]; /* lost, stale, rollback */
	const char *signature;	      /* of the first incident */
	guint64 seq;		      /* its operation */
	guint open;		      /* demands that no check came after */
	guint open_failures;	      /* the same of planes' last failures */
	guint unjudged;		      /* operations of which rivals leave nothing to say */
};

static inline struct program *parse(const char *text)
{
	struct program_error error = { 0 };
	struct program *program = program_parse(text, strlen(text), &error);

	if (!program)
		print_error("line %d: %s\n", error.line, error.text);
	assert_non_null(program);
	return program;
}

/* Journal and trace of a story; the events point into @story. */
static inline void tell(const char *story, GArray *journal, GArray *device)
{
	g_autoptr(GString) trace = g_string_new(NULL);

	for (const char *line = story; *line; line = strchr(line, '\n') + 1) {
		gsize len = strcspn(line, "\n");
		struct journal_event event;

		if (*line == '<') {
			g_string_append_printf(trace, "7@1.000001:%.*s\n", (int)len - 1, line + 1);
			continue;
		}
		if (journal_parse(line, len, &event))
			fail_msg("no event: %.*s", (int)len, line);
		g_array_append_val(journal, event);
		if (journal_mark(&event))
			g_string_append_printf(
				trace,
				"7@1.000001:fw_cfg_select 0x55 key 0x%04x 'unknown', ret: 0\n",
				journal_mark(&event));
	}
	assert_int_equal(trace_read(trace->str, trace->len, device), 0);
}

static inline struct image *picture(const struct program *program, const char *name, guint32 id,
				    guint32 opaque)
{
	for (int i = 0; name && i < program->buffer_count; i++) {
		const struct program_buffer *buffer = &program->buffers[i];
		struct image *image;

		if (strcmp(buffer->name, name))
			continue;
		image = image_new((int)buffer->width, (int)buffer->height);
		picture_paint(buffer->image, id ? id : buffer->id, buffer->width, buffer->height,
			      image->pixels, buffer->width * 4);
		return image;
	}
	struct image *black = image_new(640, 480);

	for (int i = 0; i < 640 * 480; i++)
		black->pixels[i] = opaque;
	return black;
}

static inline struct display_record *show(const struct program *program, const struct host *host)
{
	struct display_record *record = display_record_new();
	struct display_head heads[DISPLAY_HEADS] = {
		{ .x = host->x, .y = host->y, .hot_x = host->hot_x, .hot_y = host->hot_y }
	};

	if (!host->dark)
		heads[0].scanout = picture(program, host->scanout, host->repainted, 0xff000000);
	heads[0].visible = host->cursor != NULL;
	if (host->cursor)
		heads[0].cursor = picture(program, host->cursor, host->picture, 0);
	if (host->cursor)
		heads[0].cursor->pixels[64 * 64 - 1] ^= host->flipped;
	display_record_check(record, 1, heads);
	image_unref(heads[0].scanout);
	image_unref(heads[0].cursor);
	return record;
}

/* Judge the story of @row, of a program that is @text. */
static inline void check_story(const struct example *row, const char *text)
{
	struct program *program = parse(text);
	g_autoptr(GArray) journal = g_array_new(FALSE, FALSE, sizeof(struct journal_event));
	g_autoptr(GArray) device = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	struct display_record *display = show(program, &row->host);
	struct timeline *timeline;
	struct updates *updates;

	tell(row->story, journal, device);
	timeline = timeline_new(journal, device);
	assert_int_equal(timeline->missing, 0);
	updates = updates_judge(program, timeline, display);
	for (guint i = 0; i < updates->incidents->len; i++)
		print_message("%s\n",
			      ((struct incident *)g_ptr_array_index(updates->incidents, i))->text);
	for (int kind = 0; kind < INCIDENT_KINDS; kind++)
		assert_int_equal(updates->counts[kind], row->counts[kind]);
	if (row->signature) {
		const struct incident *first = g_ptr_array_index(updates->incidents, 0);

		assert_string_equal(first->signature, row->signature);
		assert_int_equal(first->seq, row->seq);
	}
	assert_int_equal(updates->checks, 1);
	assert_int_equal(updates->open, row->open);
	assert_int_equal(updates->open_failures, row->open_failures);
	assert_int_equal(updates->unjudged->len, row->unjudged);
	updates_free(updates);
	timeline_free(timeline);
	display_record_free(display);
	program_destroy(program);
}

#endif
