// SPDX-License-Identifier: MIT
#include "tests/runner/trace.h"

#include <string.h>

/* No line of the kinds below has more numbers. */
#define NUMBERS_MAX 6

/* Names as in QEMU 7.2 to 10.0: trace-events in hw/display, hw/virtio and hw/nvram. No rule needs the
 * kicks; a reader of trace.txt sees by them whether a command that never came was on its way. */
const char *const trace_events[] = {
	"virtio_gpu_cmd_*",
	"virtio_gpu_update_cursor",
	"virtio_queue_notify",
	"fw_cfg_select",
	NULL,
};

/* What is read of a line, and where in the event it goes: the numbers of a line in their order. */
struct form {
	const char *name; /* a whole word; or, with *, how it begins */
	enum device_kind kind;
	guint numbers;
	void (*fill)(struct device_event *event, const gint64 *numbers);
};

struct reader {
	GArray *events;
	guint garbled;
};

static void fill_mark(struct device_event *event, const gint64 *numbers)
{
	event->mark = (guint16)numbers[1]; /* address, key, result */
}

static void fill_notify(struct device_event *event, const gint64 *numbers)
{
	event->queue = (int)numbers[1]; /* device, number, address */
}

static void fill_create(struct device_event *event, const gint64 *numbers)
{
	event->res = (guint32)numbers[0]; /* resource, format, width, height */
	event->width = (guint32)numbers[2];
	event->height = (guint32)numbers[3];
}

static void fill_resource(struct device_event *event, const gint64 *numbers)
{
	event->res = (guint32)numbers[0];
}

static void fill_area(struct device_event *event, const gint64 *numbers)
{
	event->width = (guint32)numbers[0];
	event->height = (guint32)numbers[1];
	event->x = (int)numbers[2];
	event->y = (int)numbers[3];
}

static void fill_scanout(struct device_event *event, const gint64 *numbers)
{
	event->scanout = (int)numbers[0];
	event->res = (guint32)numbers[1];
	fill_area(event, numbers + 2);
}

static void fill_flush(struct device_event *event, const gint64 *numbers)
{
	event->res = (guint32)numbers[0];
	fill_area(event, numbers + 1);
}

static void fill_cursor(struct device_event *event, const gint64 *numbers)
{
	event->scanout = (int)numbers[0];
	event->x = (int)numbers[1];
	event->y = (int)numbers[2];
	event->res = (guint32)numbers[3];
}

static void fill_nothing(struct device_event *event, const gint64 *numbers)
{
	(void)event;
	(void)numbers;
}

static const struct form refusal = { "", DEVICE_REFUSAL, 0, fill_nothing };

static const struct form forms[] = {
	{ "fw_cfg_select", DEVICE_MARK, 3, fill_mark },
	{ "virtio_queue_notify", DEVICE_NOTIFY, 3, fill_notify },
	{ "virtio_gpu_update_cursor", DEVICE_CURSOR_UPDATE, 4, fill_cursor },
	{ "virtio_gpu_cmd_res_xfer_toh_2d", DEVICE_TRANSFER, 1, fill_resource },
	{ "virtio_gpu_cmd_res_flush", DEVICE_FLUSH, 5, fill_flush },
	{ "virtio_gpu_cmd_set_scanout", DEVICE_SCANOUT, 6, fill_scanout },
	{ "virtio_gpu_cmd_res_create_2d", DEVICE_CREATE, 4, fill_create },
	{ "virtio_gpu_cmd_res_create_3d", DEVICE_CREATE, 5, fill_create },
	{ "virtio_gpu_cmd_res_create_blob", DEVICE_CREATE, 2, fill_resource },
	{ "virtio_gpu_cmd_res_unref", DEVICE_UNREF, 1, fill_resource },
	{ "virtio_gpu_cmd_*", DEVICE_OTHER, 0, fill_nothing },
};

/* "virtio_gpu_transfer_to_host_2d: illegal resource specified 5": a function of QEMU's (guest_errors). */
static gboolean is_refusal(const char *name, gsize len)
{
	static const char prefix[] = "virtio_gpu_";

	return len > strlen(prefix) && !memcmp(name, prefix, strlen(prefix)) &&
	       name[len - 1] == ':';
}

static const struct form *find_form(const char *name, gsize len)
{
	if (is_refusal(name, len))
		return &refusal;
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		gsize fixed = strlen(forms[i].name);
		gboolean open = forms[i].name[fixed - 1] == '*';

		fixed -= open ? 1 : 0;
		if ((open ? len > fixed : len == fixed) && !memcmp(name, forms[i].name, fixed))
			return &forms[i];
	}
	return NULL;
}

/* The whole word of @len characters as a number, decimal or hexadecimal with 0x. */
static gboolean scan_number(const char *word, gsize len, gint64 *number)
{
	gboolean negative = len > 1 && word[0] == '-';
	gboolean hex = len > 2 && word[0] == '0' && word[1] == 'x';
	guint64 value = 0; /* 16 hexadecimal digits fill it, 18 decimal ones do not */

	if (len > 18)
		return FALSE;
	for (gsize i = hex ? 2u : negative ? 1u : 0; i < len; i++) {
		int digit = g_ascii_xdigit_value(word[i]);

		if (digit < 0 || (!hex && digit > 9))
			return FALSE;
		value = value * (hex ? 16 : 10) + (guint64)digit;
	}
	*number = negative ? -(gint64)value : (gint64)value;
	return len > 0;
}

/* The numbers among the words of a line, which stand between spaces and commas. */
static guint scan_numbers(const char *text, const char *end, gint64 numbers[NUMBERS_MAX])
{
	guint count = 0;

	while (text < end && count < NUMBERS_MAX) {
		const char *word = text;

		while (text < end && *text != ' ' && *text != ',')
			text++;
		count += scan_number(word, (gsize)(text - word), &numbers[count]) ? 1 : 0;
		text++;
	}
	return count;
}

/* "PID@SECONDS.MICROSECONDS:" before the event's name; returns where the name begins. */
static const char *scan_stamp(const char *line, const char *end, guint64 *time)
{
	const char *at = memchr(line, '@', (gsize)(end - line));
	const char *colon = at ? memchr(at, ':', (gsize)(end - at)) : NULL;
	const char *dot = colon ? memchr(at, '.', (gsize)(colon - at)) : NULL;
	gint64 seconds, micros;

	if (!dot || !scan_number(at + 1, (gsize)(dot - at - 1), &seconds) ||
	    !scan_number(dot + 1, (gsize)(colon - dot - 1), &micros))
		return line;
	*time = (guint64)seconds * G_TIME_SPAN_SECOND + (guint64)micros;
	return colon + 1;
}

static gboolean has_word(const char *text, const char *end, const char *word)
{
	return g_strstr_len(text, end - text, word) != NULL;
}

/* "4711@1790000000.000123:virtio_gpu_cmd_res_x": QEMU writes a space after each name. */
static gboolean is_cut_in_name(const char *line, const char *end)
{
	const char *at = line;

	while (at < end && g_ascii_isdigit(*at))
		at++;
	return at > line && at < end && *at == '@' && !memchr(line, ' ', (gsize)(end - line));
}

static void read_line(struct reader *reader, const char *line, const char *end, gboolean whole)
{
	struct device_event event = { .queue = -1, .scanout = -1 };
	const char *name = scan_stamp(line, end, &event.time);
	const char *space = memchr(name, ' ', (gsize)(end - name));
	const struct form *form = find_form(name, (gsize)((space ? space : end) - name));
	gint64 numbers[NUMBERS_MAX];

	if (is_cut_in_name(line, end)) {
		reader->garbled++;
		return;
	}
	if (!form)
		return;
	if (!whole || (space ? scan_numbers(space, end, numbers) : 0) < form->numbers) {
		reader->garbled++;
		return;
	}
	event.kind = form->kind;
	form->fill(&event, numbers);
	if (event.kind == DEVICE_CURSOR_UPDATE && has_word(space, end, " move,"))
		event.kind = DEVICE_CURSOR_MOVE;
	g_array_append_val(reader->events, event);
}

guint trace_read(const char *text, gsize len, GArray *events)
{
	struct reader reader = { .events = events };
	const char *end = text + len;

	while (text < end) {
		const char *newline = memchr(text, '\n', (gsize)(end - text));
		const char *stop = newline ? newline : end;

		read_line(&reader, text, stop, newline != NULL);
		text = stop + 1;
	}
	return reader.garbled;
}

static const char *const kind_names[DEVICE_KINDS] = {
	[DEVICE_MARK] = "mark",
	[DEVICE_NOTIFY] = "kick",
	[DEVICE_CREATE] = "RESOURCE_CREATE_2D",
	[DEVICE_UNREF] = "RESOURCE_UNREF",
	[DEVICE_TRANSFER] = "TRANSFER_TO_HOST_2D",
	[DEVICE_SCANOUT] = "SET_SCANOUT",
	[DEVICE_FLUSH] = "RESOURCE_FLUSH",
	[DEVICE_CURSOR_UPDATE] = "UPDATE_CURSOR",
	[DEVICE_CURSOR_MOVE] = "MOVE_CURSOR",
	[DEVICE_REFUSAL] = "refusal",
	[DEVICE_OTHER] = "other",
};

const char *device_kind_name(enum device_kind kind)
{
	return kind_names[kind];
}
