// SPDX-License-Identifier: MIT
#include "compositor/model/channel.h"

#include <errno.h>
#include <string.h>
#include <time.h>

void channel_init(struct channel *channel, void *base)
{
	channel->header = base;
	channel->request = (char *)base + CHANNEL_REQUEST_OFFSET;
	channel->ring = (char *)base + CHANNEL_RING_OFFSET;
}

int channel_post(struct channel *channel, enum channel_request kind, uint64_t seed,
		 const void *bytes, size_t len)
{
	struct channel_header *header = channel->header;

	if (len > CHANNEL_REQUEST_MAX)
		return -EMSGSIZE;
	header->magic = CHANNEL_MAGIC;
	header->request_kind = kind;
	header->request_len = (uint32_t)len;
	header->seed = seed;
	if (len)
		memcpy(channel->request, bytes, len);
	atomic_fetch_add_explicit(&header->request_seq, 1, memory_order_release);
	return 0;
}

/* One millisecond, or less if a signal comes. */
static void take_a_nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

void channel_write(struct channel *channel, const char *bytes, size_t len)
{
	struct channel_header *header = channel->header;
	uint64_t head = atomic_load_explicit(&header->ring_head, memory_order_relaxed);

	while (len > 0) {
		uint64_t tail = atomic_load_explicit(&header->ring_tail, memory_order_acquire);
		size_t space = (size_t)(CHANNEL_RING_SIZE - (head - tail));
		size_t offset = (size_t)(head % CHANNEL_RING_SIZE);
		size_t part = CHANNEL_RING_SIZE - offset;

		if (space == 0) {
			take_a_nap();
			continue;
		}
		if (part > space)
			part = space;
		if (part > len)
			part = len;
		memcpy(channel->ring + offset, bytes, part);
		bytes += part;
		len -= part;
		head += part;
		atomic_store_explicit(&header->ring_head, head, memory_order_release);
	}
}

static void await(const _Atomic uint32_t *number, uint32_t seq)
{
	while (atomic_load_explicit(number, memory_order_acquire) < seq)
		take_a_nap();
}

void channel_await_checked(const struct channel *channel, uint32_t seq)
{
	await(&channel->header->checked, seq);
}

void channel_await_done(const struct channel *channel, uint32_t seq)
{
	await(&channel->header->done, seq);
}

void channel_done(struct channel *channel, uint32_t seq)
{
	atomic_store_explicit(&channel->header->done, seq, memory_order_release);
}

void channel_checked(struct channel *channel, uint32_t seq)
{
	atomic_store_explicit(&channel->header->checked, seq, memory_order_release);
}

size_t channel_read(struct channel *channel, char *buf, size_t size)
{
	struct channel_header *header = channel->header;
	uint64_t tail = atomic_load_explicit(&header->ring_tail, memory_order_relaxed);
	uint64_t head = atomic_load_explicit(&header->ring_head, memory_order_acquire);
	uint64_t waiting = head - tail;
	size_t done = 0;

	/* The guest owns ring_head and is not believed: more than a ring full is rubbish. */
	if (waiting > CHANNEL_RING_SIZE)
		return 0;
	while (done < size && done < waiting) {
		size_t offset = (size_t)((tail + done) % CHANNEL_RING_SIZE);
		size_t part = CHANNEL_RING_SIZE - offset;

		if (part > waiting - done)
			part = (size_t)(waiting - done);
		if (part > size - done)
			part = size - done;
		memcpy(buf + done, channel->ring + offset, part);
		done += part;
	}
	atomic_store_explicit(&header->ring_tail, tail + done, memory_order_release);
	return done;
}
