/* SPDX-License-Identifier: MIT */
/*
 * The device witness: QEMU's own trace of the virtio-gpu device, as an ordered list of what the
 * device was told. A pure reader of recorded text, such as
 *
 *	1234@1790000000.123456:virtio_gpu_cmd_res_xfer_toh_2d res 0x5
 *	1234@1790000000.123470:virtio_gpu_update_cursor scanout 0, x 30, y 40, update, res 0x5
 *	1234@1790000000.123476:fw_cfg_select 0x55d0 key 0x1011 'unknown', ret: 0
 *	virtio_gpu_resource_create_2d: resource creation failed 5 1024 768
 *
 * The last but one is a mark: the client writes the selector of the firmware configuration device, an I/O
 * port that nothing else in the guest uses, right after each journal line that begins or ends an
 * operation (sink_event()). QEMU traces that write synchronously, so the marks put the guest's
 * operations and the device's commands into one order that rests on no clock.
 */
#ifndef PLANESTORM_TRACE_H
#define PLANESTORM_TRACE_H

#include <glib.h>

/* What QEMU is asked to trace: arguments of -trace, NULL at the end. */
extern const char *const trace_events[];

enum device_kind {
	DEVICE_MARK,	      /* a journal line was written: mark */
	DEVICE_NOTIFY,	      /* the guest kicked queue: 0 control, 1 cursor */
	DEVICE_CREATE,	      /* resource res of width x height */
	DEVICE_UNREF,	      /* res */
	DEVICE_TRANSFER,      /* the device copied res from the guest's memory */
	DEVICE_SCANOUT,	      /* scanout shows width x height of res at (x, y); 0: off */
	DEVICE_FLUSH,	      /* width x height of res at (x, y) is shown */
	DEVICE_CURSOR_UPDATE, /* scanout's cursor is the image res (0: hidden) at (x, y) */
	DEVICE_CURSOR_MOVE,   /* scanout's cursor is at (x, y); res 0: hidden */
	DEVICE_REFUSAL,	      /* the device refused a command, and says so to QEMU's log alone */
	DEVICE_OTHER,	      /* another command of virtio-gpu's */
	DEVICE_KINDS
};

struct device_event {
	enum device_kind kind;
	guint64 time; /* host's CLOCK_REALTIME, us; 0: the line has none */
	guint32 res;
	int scanout, queue;
	int x, y;
	guint32 width, height; /* pixels */
	guint16 mark;	       /* see journal_mark() in compositor/model/journal.h */
};

/*
 * Read @len bytes of @text, appending to @events (struct device_event). Lines of other trace
 * events are passed over. Returns how many lines were cut or garbled: they begin like an event
 * of the kinds above and cannot be read, or end in the middle of an event's name. A last line without its newline is one of them.
 */
guint trace_read(const char *text, gsize len, GArray *events);

/* The command's name in the virtio specification, like "UPDATE_CURSOR"; static. */
const char *device_kind_name(enum device_kind kind);

#endif
