/* SPDX-License-Identifier: MIT */
/*
 * A program: what the compositor is to do, one operation a line.
 *
 * The generator writes programs, the sweep varies them, the minimiser cuts lines from them, and the
 * regression tests are programs kept in data/programs/. Both sides link this parser: the host to
 * refuse bad input before a VM is started and to know what each line demanded, the guest to run it.
 * It is pure: no libdrm, no GLib, no I/O. The language is described in planestorm-program(5).
 */
#ifndef PLANESTORM_PROGRAM_H
#define PLANESTORM_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compositor/model/misuse.h"
#include "compositor/model/picture.h"

#define PROGRAM_MAX_OPS 4096
#define PROGRAM_MAX_BUFFERS 64
#define PROGRAM_MAX_DEPTH 8
#define PROGRAM_MAX_EXPECT 8
#define PROGRAM_MAX_THREADS 16
#define PROGRAM_MAX_HEADS 2
#define PROGRAM_MAX_TIMELINES 8
#define PROGRAM_MAX_OBSERVERS 8
/* Room for a name with its terminating NUL. */
#define PROGRAM_NAME_SIZE 32

enum op_kind {
	/* Setting up. */
	OP_DEVICE, /* device max_hostmem=SIZE            the host's memory for it; the first line */
	OP_OUTPUT, /* output WxH [head=N]                modeset on, black */
	OP_BUFFER, /* buffer NAME primary|cursor WxH [image=IMAGE] [from=ORIGIN] [bare] [gles] */
	OP_PAINT,  /* paint B [image=IMAGE] [area=X,Y,WxH]  anew, with a new id */
	OP_TIMELINE, /* timeline NAME [software]          a sync object, or a sw_sync timeline */
	/* annotate [locks]                   lockdep takes commits for what signals a fence */
	OP_ANNOTATE,

	/* What a compositor asks of the planes: each is one ioctl. */
	OP_COMMIT,   /* commit [primary=B|off] [cursor=B|off] [at=X,Y [pointer]] [hot=X,Y]
		    *        [damage=X,Y,WxH] [primary_in=T] [cursor_in=T] [out=T] [nonblock]
		    *        [test] [head=N] */
	OP_SETPLANE, /* setplane primary=B|off | cursor=B|off [at=X,Y] [head=N]   legacy */
	OP_CURSOR,   /* cursor B [at=X,Y] [hot=X,Y] [head=N]
		      *                                    legacy cursor2 ioctl: image (and place) */
	OP_MOVE,     /* move X,Y [pointer] [head=N]        legacy cursor ioctl: place only */
	OP_HIDE,     /* hide [head=N]                      legacy cursor ioctl: no image */
	OP_FLIP,     /* flip B [head=N]                    legacy page flip, waits for its event */
	OP_DIRTY,    /* dirty B [area=X,Y,WxH]             legacy damage of a framebuffer */
	OP_MODESET,  /* modeset WxH | off [head=N]         atomic; on is black */

	/* Of buffers, framebuffers and blobs: one ioctl each, unless it says otherwise. */
	OP_CREATE,  /* create B                           its memory and GEM handle */
	OP_MAP,	    /* map B                              map it, and fault all its pages in */
	OP_UNMAP,   /* unmap B                            munmap() */
	OP_DESTROY, /* destroy B                          the GEM handle */
	OP_ADDFB,   /* addfb B */
	OP_RMFB,    /* rmfb B */
	OP_EXPORT,  /* export B                           PRIME handle to file descriptor */
	OP_IMPORT,  /* import B                           PRIME file descriptor to handle */
	OP_ADDBLOB, /* addblob                            property blob */
	OP_RMBLOB,  /* rmblob */

	/* Of fences; T stands for T[:POINT]. */
	OP_ADVANCE, /* advance T [after=TIME]             user space signals the point */
	OP_RESET,   /* reset T                            the sync object has no fence any more */
	OP_ABANDON, /* abandon T                          closes a software timeline */
	OP_TRANSFER, /* transfer T from=T                  the fence of one is a point of the other */
	OP_MERGE,    /* merge T from=T with=T              of both, as a sync file */
	OP_QUERY,    /* query T                            by all that tell of it */
	OP_AWAIT,    /* await T [by=HOW] [timeout=TIME] */
	OP_SHARE,    /* share T                            with another open file of the device */
	OP_ATTACH,   /* attach B from=T                    to its reservation object */
	OP_EXTRACT, /* extract B out=T                    from there */
	OP_MISUSE,  /* misuse CASE                        a mistake of compositor/model/misuse.h */

	/* Of the open device. */
	OP_DROPMASTER,
	OP_SETMASTER,
	OP_UNBIND, /* unbind                             the driver lets go of it */
	OP_CLOSE,  /* close                              with all that is pending and shown */

	/* For the next of the operations above. */
	OP_FAULT,  /* fault nth=K | nth=K.. [again=N | again=N.. | worker] [check] */
	OP_EXPECT, /* expect ok|ERRNO[|...] */
	OP_SIGNAL, /* signal [restart]                   it enters the kernel with a signal due */
	OP_RIVAL,  /* rival | off                        another process does it, again and again */

	/* Disturbances that last. */
	OP_SIGNALS,  /* signals every=TIME [to=TIME] [standard] [restart] [stop] | off */
	OP_CONTEND,  /* contend B threads=N [by=WAY] | off on B's reservation object */
	OP_KILL,     /* kill after=TIME                    SIGKILL to this client */
	OP_PRESSURE, /* pressure alloc=PERCENT | memory=SIZE | fds=N | queue | off
		      *                                   something runs out */
	OP_OBSERVE,  /* observe T observers=N | off       others look at its points all the time */

	OP_REPEAT, /* repeat N ... end */
	OP_END,
	OP_CHECK, /* check                              quiesce, read back, let the host look */
	OP_WAIT,  /* wait TIME */

	/* What the host does to the machine. */
	OP_HOTPLUG, /* hotplug on|off [head=N]           a monitor of the output's size comes or goes */
	OP_RESIZE, /* resize WxH [head=N]               it is another one, of that size */
	OP_KINDS
};

/* Which plane a buffer is for. */
enum plane_role { PLANE_PRIMARY, PLANE_CURSOR, PLANE_ROLES };

/* What an operation does to one plane. */
enum plane_change {
	CHANGE_NONE, /* the plane is not named in this operation */
	CHANGE_OFF,  /* the plane is switched off */
	CHANGE_SHOW, /* the plane shows op.buffer[role] */
};

/* Where a buffer's memory comes from. */
enum buffer_origin {
	ORIGIN_DUMB,	/* the device itself */
	ORIGIN_UDMABUF, /* /dev/udmabuf, imported through PRIME */
	ORIGIN_HEAP,	/* the system dma-heap, imported through PRIME */
	ORIGINS
};

/* A way to take a buffer's reservation lock. */
enum contend_way {
	WAY_FENCES, /* export the fences as a sync file, and import them again */
	WAY_MAP,    /* map the buffer, fault its pages in, unmap it */
	WAY_IMPORT, /* PRIME import into an open file of its own */
	WAY_WAIT,   /* wait for its fences */
	WAYS
};

/* What runs out. Each by itself; `pressure off` ends them all. */
enum pressure_kind {
	PRESSURE_OFF,
	PRESSURE_ALLOC,	 /* amount of a hundred allocations within the driver fail, by chance */
	PRESSURE_MEMORY, /* amount bytes for the client's memory cgroup */
	PRESSURE_FDS,	 /* amount descriptors more can be opened */
	PRESSURE_QUEUE,	 /* the control queue is kept full */
	PRESSURES
};

/* How a point is awaited. */
enum await_how {
	AWAIT_TIMELINE,	 /* SYNCOBJ_TIMELINE_WAIT */
	AWAIT_SUBMIT,	 /* the same, with WAIT_FOR_SUBMIT */
	AWAIT_AVAILABLE, /* the same, until the point has a fence, signalled or not */
	AWAIT_BINARY,	 /* SYNCOBJ_WAIT, of the last point */
	AWAIT_POLL,	 /* poll() on its sync file */
	AWAIT_EVENTFD,	 /* SYNCOBJ_EVENTFD, and poll() on that (Linux 6.6) */
	AWAIT_HOWS
};

/*
 * A timeline's point. Without a number it is the one that fits: the next one for what makes or signals a point, and for
 * an in-fence of a software timeline; else the last one that there is.
 */
struct program_point {
	int timeline;	/* index into program.timelines + 1; 0: none */
	uint64_t value; /* 0: none was given */
};

struct program_timeline {
	char name[PROGRAM_NAME_SIZE];
	bool software; /* sw_sync: its fences are user space's to signal */
};

struct program_buffer {
	char name[PROGRAM_NAME_SIZE];
	enum plane_role role;
	uint32_t width, height; /* pixels */
	enum picture_image image;
	enum buffer_origin origin;
	/* Only a name: operations make it. Its pixels are 0 until it is painted. */
	bool bare;
	bool gles; /* of GBM's, painted by GLES; what is seen may differ by PICTURE_TOLERANCE */
	/* 1 for the program's first buffer, 2 for the second...; drawn into the picture. A paint
	 * takes the next number that is free when it is carried out: buffer_count + 1 for the first
	 * one, buffer_count + 2 for the second, a line in a repeat each time anew. */
	uint32_t id;
};

/* Only the fields that the kind's syntax (above) names are meaningful; the others are zero. */
struct op {
	enum op_kind kind;
	int line; /* in the program's text, from 1 */

	/* Which output it is for, below PROGRAM_MAX_HEADS; 0 without head= */
	int head;
	uint32_t width, height; /* output, modeset, hotplug, resize: pixels; 0: off */

	enum plane_change
		change[PLANE_ROLES]; /* commit, setplane; cursor and flip: their own role */
	/* Index into program.buffers where CHANGE_SHOW; also for all operations that name a buffer
	 * which they do not show: buffer[0]. */
	int buffer[PLANE_ROLES];
	bool has_at, has_hot;
	int32_t x, y;	      /* cursor's hotspot-less position: left upper corner, pixels */
	int32_t hot_x, hot_y; /* pixels from the image's left upper corner */
	/* commit, move: the host points there first, and it is done when libinput has heard of it */
	bool pointer;
	bool nonblock, test;
	bool bare, gles; /* buffer */
	bool software;	 /* timeline */

	/* What a point is made of, or done to; commit, extract: out= */
	struct program_point point;
	struct program_point from, with;      /* transfer, merge, attach */
	struct program_point in[PLANE_ROLES]; /* commit */
	enum misuse_case misuse;
	enum await_how how; /* await */
	bool locks;	    /* annotate: of locks alone, not of allocations */

	/* paint: the part of the buffer that is painted, the whole of it without area=; commit, dirty:
	 * what has changed of the primary buffer, if @has_area */
	struct picture_area area;
	bool has_area;
	enum picture_image image; /* paint: the buffer's own without image= */

	uint32_t nth; /* fault: first allocation to fail, from 1 */
	/* fault: nth=K..: go on with K+1, ... until nothing fires. In between an undo puts back what
	 * the operation changed; it does not restore what the legacy ioctls keep besides, the
	 * cursor's place (crtc->cursor_x) and the internal framebuffer of its image. */
	bool nth_open;
	/* fault: the slab allocation to fail that comes so many after the first failure; 0: none */
	uint32_t again;
	bool again_open; /* fault: again=N..: go on with N+1, ... for each @nth, until none fails */
	bool worker; /* fault: the driver's allocations in kernel workers count, and no others */
	bool look;   /* fault: a check in each round, before its undo */

	uint32_t count; /* repeat */
	int jump;	/* repeat: index of its end; end: index of its repeat */
	/* wait, kill, advance, await: how long; signals: how far apart, at least; nanoseconds, signals: 0 is off */
	uint64_t ns;
	uint64_t ns_max;		/* signals: at most; 0: always @ns */
	bool off;			/* signals, contend, rival, modeset, hotplug */
	bool on;			/* hotplug */
	bool restart;			/* signal, signals: with SA_RESTART */
	bool standard;			/* signals: no real-time signal */
	bool stop;			/* signals: to the whole process, SIGSTOP and SIGCONT */
	uint32_t threads;		/* contend, observe: 0 is off */
	enum contend_way way;		/* contend */
	enum pressure_kind pressure;	/* pressure */
	uint64_t amount;		/* pressure: of what its kind says; device: bytes */
	int expect[PROGRAM_MAX_EXPECT]; /* expect: errno values, 0 for ok */
	int expect_count;
};

struct program {
	struct program_buffer buffers[PROGRAM_MAX_BUFFERS];
	int buffer_count;
	struct program_timeline timelines[PROGRAM_MAX_TIMELINES];
	int timeline_count;
	struct op *ops;
	int op_count;
};

struct program_error {
	int line; /* 0: the program as a whole */
	char text[200];
};

/*
 * Parse @len bytes of @text. Returns a program that the caller frees with program_destroy(), or
 * NULL with @error filled: the line and, in one sentence without a full stop, what was expected.
 */
struct program *program_parse(const char *text, size_t len, struct program_error *error);

void program_destroy(struct program *program);

/* How many heads the display must have for @program: 2 if it has an output line with head=1. */
int program_heads(const struct program *program);

/* Whether the commits of @program are annotated for lockdep. */
bool program_annotates(const struct program *program);

/* Whether some operation of @program waits for the pointer. */
bool program_points(const struct program *program);

/* The operation in line @line of @program's text, NULL: there is none. */
const struct op *program_op_at(const struct program *program, int line);

/* The host's memory for @program's device, in bytes; 0: what QEMU gives it by itself. */
uint64_t program_hostmem(const struct program *program);

/* The operation's word in the language: "commit", "cursor", ... */
const char *op_name(enum op_kind kind);

/* Whether @op has to do with fences. */
bool op_has_fences(const struct op *op);

/* True for the operations that enter the kernel, and are journalled: commit to close above. */
bool op_enters(enum op_kind kind);

/* The word of an origin, as in from=udmabuf, and of a way, as in by=map. */
const char *origin_word(enum buffer_origin origin);
const char *way_word(enum contend_way way);
/* The word of how a point is awaited, as in by=poll. */
const char *how_word(enum await_how how);

/* The word of a pressure, as in pressure alloc=5: "alloc". */
const char *pressure_word(enum pressure_kind kind);

/* Write @op as a line of the language (no newline) into @buf. Returns the length, as snprintf. */
int op_format(const struct program *program, const struct op *op, char *buf, size_t size);

/* The name of an errno value: "ok" for 0, "EINTR", ..., or NULL for one the language lacks. */
const char *errno_word(int err);

#endif
