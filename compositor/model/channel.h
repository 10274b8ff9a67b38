/* SPDX-License-Identifier: MIT */
/*
 * The channel between the runner and the guest: a memory module of the VM that both map. The guest
 * finds its physical address on the kernel's command line.
 *
 * Why shared memory: a journal line has left the guest the moment that it is stored, whatever the
 * kernel does next, and storing it costs no exit to the hypervisor, so the operation loop runs
 * nearly as fast as the bare ioctls. And a trial's program is in place before the guest is resumed
 * from its snapshot.
 *
 * Layout of the CHANNEL_SIZE bytes: the header in the first page; the request's bytes up to
 * CHANNEL_RING_OFFSET; the journal's ring up to the end. The host writes the request fields,
 * ring_tail and checked, the guest the others; each index is published with release order after the bytes that
 * it covers. Both are little endian x86-64.
 */
#ifndef PLANESTORM_CHANNEL_H
#define PLANESTORM_CHANNEL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_MAGIC 0x73656c70u /* "ples" */
/* On the kernel's command line, followed by the physical address. */
#define CHANNEL_ADDRESS "planestorm.channel="
#define CHANNEL_SIZE (32u << 20)
#define CHANNEL_REQUEST_OFFSET 4096u
#define CHANNEL_RING_OFFSET (16u << 20)
#define CHANNEL_REQUEST_MAX (CHANNEL_RING_OFFSET - CHANNEL_REQUEST_OFFSET)
#define CHANNEL_RING_SIZE (CHANNEL_SIZE - CHANNEL_RING_OFFSET)

enum channel_request {
	REQUEST_NONE,
	REQUEST_MODULE, /* load the kernel module in the request's bytes, wait for /dev/dri/card0 */
	REQUEST_RUN,	/* run the program in the request's bytes in a client process */
	/* compare the operation loop, or with any bytes the compositor, with what is bare of it, report as stat */
	REQUEST_BENCH,
	/* like MODULE; then let the functions that it marks be interrupted (injectable.h) */
	REQUEST_INSTRUMENTED,
	REQUEST_VIEW, /* be a compositor, with the words in the request's bytes as options */
	/* What the agent does itself, at once, whatever else is under way. */
	REQUEST_SIGNAL, /* send the process at work the signal whose number is in the request's bytes */
	REQUEST_WRITE, /* "FILE=TEXT": write TEXT to FILE, of sysfs and its like */
	REQUEST_DUMP,  /* have the kernel print blocked tasks and held locks on the console */
};

struct channel_header {
	uint32_t magic; /* set by the host: CHANNEL_MAGIC */
	/* Host to guest. A request is posted by raising request_seq, last of all. */
	uint32_t request_kind;
	uint32_t request_len; /* bytes at CHANNEL_REQUEST_OFFSET */
	uint64_t seed;	      /* RUN: every random choice comes from it */
	_Atomic uint32_t request_seq;
	/* Guest to host: the last request that was taken up. */
	_Atomic uint32_t request_taken;
	/* Bytes written to and read from the ring so far; they never wrap, offsets are modulo size. */
	_Atomic uint64_t ring_head; /* guest */
	_Atomic uint64_t ring_tail; /* host */
	/* Host to guest: the number of the last check that the host has seen to. */
	_Atomic uint32_t checked;
	/* Host to guest: the number of the last thing that it has done to the machine because it was asked to. */
	_Atomic uint32_t done;
};

struct channel {
	struct channel_header *header; /* start of the mapping, CHANNEL_SIZE bytes */
	char *request;
	char *ring;
};

/* Set up @channel over the mapping at @base, which stays the caller's. */
void channel_init(struct channel *channel, void *base);

/* Host: post a request of @len bytes (at most CHANNEL_REQUEST_MAX). The guest must have taken the
 * one before. Returns 0 or -EMSGSIZE. */
int channel_post(struct channel *channel, enum channel_request kind, uint64_t seed,
		 const void *bytes, size_t len);

/* Guest: append @len bytes to the ring. If the ring is full it waits (sleeping) for the host. May
 * be called by one thread at a time. */
void channel_write(struct channel *channel, const char *bytes, size_t len);

/* Guest: wait (sleeping) until the host has seen to check number @seq. */
void channel_await_checked(const struct channel *channel, uint32_t seq);

/* The same of what the host is asked to do to the machine. */
void channel_await_done(const struct channel *channel, uint32_t seq);
void channel_done(struct channel *channel, uint32_t seq);

/* Host: check number @seq has been seen to, and all before it; the guest may go on. */
void channel_checked(struct channel *channel, uint32_t seq);

/* Host: copy at most @size new bytes into @buf, returns how many; never waits. */
size_t channel_read(struct channel *channel, char *buf, size_t size);

#endif
