/* SPDX-License-Identifier: MIT */
/*
 * The journal: what the guest says that it is about to do and what came of it, one event a line.
 *
 * An operation's intent (`op`) is in the channel before its ioctl is entered and its result (`ret`)
 * after it has returned, so an `op` without a `ret` is where the guest stopped. The lines:
 *
 *	begin T TEXT              a client has started: kernel release, driver, seed
 *	buffer T NAME ID FB RES   program buffer NAME has new memory, with picture id ID (0: it is all
 *	                          zeros), and is framebuffer FB (0: none) and the device's resource
 *	                          RES (0: unknown)
 *	paint T LINE ID           program line LINE's area of its buffer now shows the picture ID
 *	output T LINE             about to switch an output on as program line LINE says
 *	op SEQ T LINE NTH TEXT    about to run program line LINE; the NTH allocation is made to fail
 *	                          (0: none); TEXT is the operation, or "undo" for putting back the
 *	                          state that the operation before it found
 *	ret SEQ T ERRNO FIRED     operation SEQ is back; 0 is success; FIRED is how many allocations
 *	                          were made to fail, up to 2
 *	state T OBJECT PROP=V...  a KMS object's properties as read back, "plane:31", "crtc:37"; only
 *	                          written if they differ from those last written for this object
 *	read T SEQ WHEN           all objects have been read back, WHEN "before" or "after" SEQ; those
 *	                          without a state line since the last one have not changed
 *	check T SEQ               everything before has quiesced; SEQ counts the checks from 1. A
 *	                          guest goes on when the host has answered (channel_checked())
 *	host T SEQ LINE           the host is to do its part of program line LINE; SEQ counts that
 *	                          from 1. A guest goes on when it is done (channel_done())
 *	stat T NAME VALUE         a count or a measurement:
 *	                          signals.delivered, when signals end: how many there were;
 *	                          contend.NAME.loops, when contention for buffer NAME ends: how often
 *	                          its lock was taken and released again;
 *	                          signal.due: how many operations were entered with a signal due;
 *	                          rival.line: a rival does what program line VALUE says, from here
 *	                          until rival.done: how often it has;
 *	                          lacks: the device cannot do what program line VALUE says;
 *	                          annotate.tails, when the program ends: how many commits ran annotated
 *	                          while lockdep looked, 0 if it no longer does;
 *	                          flip.missing: operation VALUE succeeded, and its page-flip event
 *	                          did not come in time;
 *	                          hotplug.missing: the monitor that the host plugged in or out for
 *	                          program line VALUE was not noticed in time;
 *	                          fence.RULE: how often the guest looked for what that rule forbids;
 *	                          await.early: nanoseconds before its deadline that a wait gave
 *	                          up, the most of all;
 *	                          observe.NAME.looks: how often observers have asked for a point;
 *	                          observe.NAME.points: the last point that they saw signalled;
 *	                          bench.*: what REQUEST_BENCH measures
 *	waits T SEQ POINT NAME HOW  operation SEQ is about to be given the unsignalled POINT of the
 *	                          software timeline NAME to wait for: HOW is "primary" or "cursor", the
 *	                          plane whose in-fence it is, or "implicit PLANE": it is attached to
 *	                          the buffer that PLANE is to show
 *	signals T SEQ POINT NAME  operation SEQ is to signal NAME up to POINT, at once or later
 *	fence T SEQ POINT STATUS STAMP NAME TEXT  operation SEQ has made POINT of the timeline NAME
 *	                          of its fence, of which the kernel says now: STATUS (1 signalled, 0 not
 *	                          yet, else an error), STAMP when it was signalled, TEXT the names
 *	                          of its driver and timeline
 *	broken T SEQ RULE TEXT    the guest has seen, at or after operation SEQ, what the rule
 *	                          fence-RULE forbids: TEXT
 *	census T WHEN NAME VALUE  WHEN "before" there was a client or "after" it was gone, VALUE
 *	                          things are there: see compositor/model/census.h
 *	note T TEXT               for the human reader
 *	error T TEXT              the client or the agent could not do its own work (set-up failure)
 *	end T                     the client has run its program to the end
 *	exit T STATUS             the agent: the client is gone; wait status as from waitpid()
 *	ready T TEXT              the agent has carried out a request and waits for the next
 *
 * T is the guest's CLOCK_MONOTONIC in nanoseconds. SEQ counts operations from 1. Objects are in a
 * fixed order. All numbers are decimal.
 */
#ifndef PLANESTORM_JOURNAL_H
#define PLANESTORM_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum journal_kind {
	JOURNAL_BEGIN,
	JOURNAL_BUFFER,
	JOURNAL_PAINT,
	JOURNAL_OUTPUT,
	JOURNAL_OP,
	JOURNAL_RET,
	JOURNAL_STATE,
	JOURNAL_READ,
	JOURNAL_CHECK,
	JOURNAL_HOST,
	JOURNAL_STAT,
	JOURNAL_WAITS,
	JOURNAL_SIGNALS,
	JOURNAL_FENCE,
	JOURNAL_BROKEN,
	JOURNAL_CENSUS,
	JOURNAL_NOTE,
	JOURNAL_ERROR,
	JOURNAL_END,
	JOURNAL_EXIT,
	JOURNAL_READY,
	JOURNAL_KINDS
};

/* Longest line, with its newline; longer texts are cut. */
#define JOURNAL_LINE_MAX 2048

/*
 * One event. Text fields are not NUL-terminated: they point into the line that was parsed (or to
 * the writer's own string) and live as long as that does.
 */
struct journal_event {
	enum journal_kind kind;
	uint64_t time; /* guest's CLOCK_MONOTONIC, ns */
	/* op, ret, read, waits, signals, fence, broken: the operation; check, host: counted by themselves */
	uint64_t seq;
	int line;	  /* paint, output, op, host: in the program's text */
	uint32_t nth;	  /* op: 0 is no fault */
	int err;	  /* ret: errno, 0 is success */
	uint32_t fired;	  /* ret: how many allocations were made to fail */
	bool after;	  /* read, census: after the operation or the client, not before it */
	uint32_t id;	  /* buffer, paint: the picture's */
	uint32_t fb, res; /* buffer */
	uint64_t point;	  /* waits, signals, fence: of the timeline */
	int status;	  /* fence: 1, 0, or a negative errno */
	uint64_t stamp;	  /* fence: guest's CLOCK_MONOTONIC, ns */
	int64_t value;	  /* stat, census: value; exit: wait status */
	const char *
		name; /* buffer, stat, census: name; state: object; waits, ..., fence: timeline; broken: rule */
	size_t name_len;
	const char *
		text; /* begin, op, state (the properties), waits, fence, broken, note, error, ready */
	size_t text_len;
};

/*
 * Write @event as a line with its newline into @buf of @size bytes (JOURNAL_LINE_MAX is enough for
 * every event; texts are cut to fit, newlines in them become spaces). Returns the length. Fast: it
 * stands in the guest's operation loop.
 */
size_t journal_format(const struct journal_event *event, char *buf, size_t size);

/*
 * Parse one line of @len bytes, with or without its newline. Returns 0, or -EINVAL for a line that
 * is not an event in full (cut, garbled, of an unknown kind), with @event undefined.
 */
int journal_parse(const char *line, size_t len, struct journal_event *event);

/*
 * The mark that follows the line of @event in the device's trace, or 0 if its kind has none. A mark
 * is a selector of QEMU's firmware configuration device (fw_cfg) that selects nothing: those from
 * 0x1000 on are no entries. It has room for a part of the number only, which is enough to tell
 * neighbours apart.
 */
uint16_t journal_mark(const struct journal_event *event);

#endif
