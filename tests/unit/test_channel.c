// SPDX-License-Identifier: MIT
/* The memory that guest and host share: what one writes is what the other reads, even if it lies.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "compositor/model/channel.h"
#include "compositor/model/rng.h"
#include "tests/unit/unit.h"

/* On the heap, so that the address sanitizer sees a step beside it. */
static int create(void **state)
{
	struct channel *channel = malloc(sizeof(*channel));
	void *base = aligned_alloc(4096, CHANNEL_SIZE);

	if (!channel || !base)
		return -1;
	memset(base, 0, CHANNEL_REQUEST_OFFSET);
	channel_init(channel, base);
	*state = channel;
	return 0;
}

static int destroy(void **state)
{
	struct channel *channel = *state;

	free(channel->header);
	free(channel);
	return 0;
}

/* The byte at @offset of an endless stream in which every place can be told from its neighbours. */
static char stream_byte(uint64_t offset)
{
	return (char)((offset * 0x9e3779b97f4a7c15u) >> 56);
}

static void write_stream(struct channel *channel, uint64_t from, size_t len)
{
	char *bytes = malloc(len);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = stream_byte(from + i);
	channel_write(channel, bytes, len);
	free(bytes);
}

/* Read at most @size bytes, which must go on where the stream is, at @from. Returns how many. */
static size_t read_stream(struct channel *channel, uint64_t from, size_t size)
{
	char *bytes = malloc(size);
	size_t len;

	assert_non_null(bytes);
	len = channel_read(channel, bytes, size);
	assert_true(len <= size);
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != stream_byte(from + i))
			fail_msg("byte %llu is not what was written",
				 (unsigned long long)(from + i));
	free(bytes);
	return len;
}

static void set_head(struct channel *channel, uint64_t head)
{
	atomic_store(&channel->header->ring_head, head);
}

static uint64_t get_tail(struct channel *channel)
{
	return atomic_load(&channel->header->ring_tail);
}

static void test_what_is_written_is_read(void **state)
{
	char bytes[64];

	channel_write(*state, "op 1\n", 5);
	channel_write(*state, "ret 1\n", 6);
	assert_int_equal(channel_read(*state, bytes, sizeof(bytes)), 11);
	assert_memory_equal(bytes, "op 1\nret 1\n", 11);
}

static void test_an_empty_ring_gives_nothing_at_once(void **state)
{
	char bytes[64];

	assert_int_equal(channel_read(*state, bytes, sizeof(bytes)), 0);
	channel_write(*state, "", 0);
	assert_int_equal(channel_read(*state, bytes, sizeof(bytes)), 0);
}

static void test_the_host_may_read_in_pieces(void **state)
{
	static const size_t pieces[] = { 1, 1, 7, 0, 4096, 3, 100000 };
	uint64_t at = 0;

	write_stream(*state, 0, 5000);
	for (size_t i = 0; i < LENGTH(pieces); i++)
		at += read_stream(*state, at, pieces[i]);
	assert_int_equal(at, 5000);
}

/* Three rounds of the ring in odd portions, so that every kind of cut at its end comes up. */
static void test_the_ring_goes_round(void **state)
{
	uint64_t written = 0, seen = 0;
	struct rng rng;

	rng_init(&rng, 1);
	while (written < 3ull * CHANNEL_RING_SIZE) {
		size_t len = 1 + (size_t)rng_below(&rng, 100000);

		write_stream(*state, written, len);
		written += len;
		seen += read_stream(*state, seen, (size_t)rng_below(&rng, 200000));
		if (written - seen > CHANNEL_RING_SIZE / 2)
			seen += read_stream(*state, seen, CHANNEL_RING_SIZE);
	}
	seen += read_stream(*state, seen, CHANNEL_RING_SIZE);
	assert_int_equal(seen, written);
}

static void test_a_full_ring_is_read_whole(void **state)
{
	/* Full with its seam in the middle. */
	write_stream(*state, 0, CHANNEL_RING_SIZE / 2);
	assert_int_equal(read_stream(*state, 0, CHANNEL_RING_SIZE), CHANNEL_RING_SIZE / 2);
	write_stream(*state, CHANNEL_RING_SIZE / 2, CHANNEL_RING_SIZE);
	assert_int_equal(read_stream(*state, CHANNEL_RING_SIZE / 2, CHANNEL_RING_SIZE + 1),
			 CHANNEL_RING_SIZE);
	assert_int_equal(read_stream(*state, 0, 1), 0);
}

#define MUCH (CHANNEL_RING_SIZE + CHANNEL_RING_SIZE / 2)

static void *write_much(void *channel)
{
	write_stream(channel, 0, MUCH);
	return NULL;
}

/* The guest waits for the host rather than write over what has not been read. */
static void test_a_full_ring_waits_for_the_host(void **state)
{
	struct channel *channel = *state;
	uint64_t seen = 0;
	pthread_t guest;

	assert_int_equal(pthread_create(&guest, NULL, write_much, channel), 0);
	while (atomic_load(&channel->header->ring_head) < CHANNEL_RING_SIZE)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	assert_int_equal(atomic_load(&channel->header->ring_head), CHANNEL_RING_SIZE);
	while (seen < MUCH)
		seen += read_stream(channel, seen, 300007);
	assert_int_equal(pthread_join(guest, NULL), 0);
	assert_int_equal(seen, MUCH);
	assert_int_equal(read_stream(channel, seen, 1), 0);
}

/* The guest is not believed: what cannot be is read as nothing, and the truth is read afterwards.
 */
static void test_a_lying_head_is_harmless(void **state)
{
	static const struct {
		uint64_t tail, head;
	} lies[] = {
		{ 0, CHANNEL_RING_SIZE + 1 },
		{ 0, UINT64_MAX },
		{ 0, UINT64_C(1) << 63 },
		{ 100, 99 },
		{ 100, 0 },
		{ CHANNEL_RING_SIZE, 0 },
		{ UINT64_C(1) << 40, (UINT64_C(1) << 40) - CHANNEL_RING_SIZE },
		{ UINT64_C(1) << 40, (UINT64_C(1) << 40) + CHANNEL_RING_SIZE + 1 },
	};
	struct channel *channel = *state;
	char bytes[16];

	for (size_t i = 0; i < LENGTH(lies); i++) {
		atomic_store(&channel->header->ring_tail, lies[i].tail);
		set_head(channel, lies[i].head);
		assert_int_equal(channel_read(channel, bytes, sizeof(bytes)), 0);
		assert_true(get_tail(channel) == lies[i].tail);

		set_head(channel, lies[i].tail);
		channel_write(channel, "ret 7\n", 6);
		assert_int_equal(channel_read(channel, bytes, sizeof(bytes)), 6);
		assert_memory_equal(bytes, "ret 7\n", 6);
	}
}

/* The guest can write the host's index, too: it reads rubbish then, but from within the ring. */
static void test_a_tampered_tail_stays_within_the_ring(void **state)
{
	static const uint64_t tails[] = { CHANNEL_RING_SIZE - 1, UINT64_MAX, UINT64_MAX - 5,
					  UINT64_C(1) << 63, 12345678901 };
	struct channel *channel = *state;
	char *bytes = malloc(CHANNEL_RING_SIZE);

	assert_non_null(bytes);
	memset(channel->ring, 'x', CHANNEL_RING_SIZE);
	for (size_t i = 0; i < LENGTH(tails); i++) {
		atomic_store(&channel->header->ring_tail, tails[i]);
		set_head(channel, tails[i] + CHANNEL_RING_SIZE);
		assert_int_equal(channel_read(channel, bytes, CHANNEL_RING_SIZE),
				 CHANNEL_RING_SIZE);
		assert_int_equal(bytes[0], 'x');
		assert_int_equal(bytes[CHANNEL_RING_SIZE - 1], 'x');
	}
	free(bytes);
}

static void test_a_request_is_all_there_when_it_is_announced(void **state)
{
	struct channel *channel = *state;

	assert_int_equal(channel_post(channel, REQUEST_RUN, 42, "hide\n", 5), 0);
	assert_int_equal(channel->header->magic, CHANNEL_MAGIC);
	assert_int_equal(channel->header->request_kind, REQUEST_RUN);
	assert_int_equal(channel->header->request_len, 5);
	assert_int_equal(channel->header->seed, 42);
	assert_memory_equal(channel->request, "hide\n", 5);
	assert_int_equal(atomic_load(&channel->header->request_seq), 1);

	assert_int_equal(channel_post(channel, REQUEST_DUMP, 0, NULL, 0), 0);
	assert_int_equal(channel->header->request_kind, REQUEST_DUMP);
	assert_int_equal(channel->header->request_len, 0);
	assert_int_equal(atomic_load(&channel->header->request_seq), 2);
	assert_int_equal(atomic_load(&channel->header->request_taken), 0);
}

static void test_a_request_may_fill_its_place_and_no_more(void **state)
{
	struct channel *channel = *state;
	char *bytes = malloc(CHANNEL_REQUEST_MAX + 1);

	assert_non_null(bytes);
	memset(bytes, 'm', CHANNEL_REQUEST_MAX + 1);
	channel->ring[0] = 'r';
	assert_int_equal(channel_post(channel, REQUEST_MODULE, 0, bytes, CHANNEL_REQUEST_MAX), 0);
	assert_int_equal(channel->header->request_len, CHANNEL_REQUEST_MAX);
	assert_int_equal(channel->request[CHANNEL_REQUEST_MAX - 1], 'm');
	assert_int_equal(channel->ring[0], 'r');
	free(bytes);
}

/* Refused, and the guest sees nothing of it. */
static void test_a_request_that_is_too_large_is_refused(void **state)
{
	static const size_t sizes[] = { CHANNEL_REQUEST_MAX + 1, CHANNEL_SIZE, SIZE_MAX,
					(size_t)UINT32_MAX + 2 };
	struct channel *channel = *state;

	assert_int_equal(channel_post(channel, REQUEST_RUN, 1, "hide\n", 5), 0);
	for (size_t i = 0; i < LENGTH(sizes); i++) {
		assert_int_equal(channel_post(channel, REQUEST_MODULE, 2, "x", sizes[i]),
				 -EMSGSIZE);
		assert_int_equal(channel->header->request_kind, REQUEST_RUN);
		assert_int_equal(channel->header->request_len, 5);
		assert_int_equal(channel->header->seed, 1);
		assert_int_equal(atomic_load(&channel->header->request_seq), 1);
	}
}

static void *await_two_checks(void *channel)
{
	channel_await_checked(channel, 1);
	channel_write(channel, "1", 1);
	channel_await_checked(channel, 2);
	channel_write(channel, "2", 1);
	return NULL;
}

static void *await_two_done(void *channel)
{
	channel_await_done(channel, 1);
	channel_write(channel, "1", 1);
	channel_await_done(channel, 2);
	channel_write(channel, "2", 1);
	return NULL;
}

static void await_head(struct channel *channel, uint64_t head)
{
	while (atomic_load(&channel->header->ring_head) < head)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static void test_a_check_waits_for_the_host(void **state)
{
	struct channel *channel = *state;
	pthread_t guest;

	assert_int_equal(pthread_create(&guest, NULL, await_two_checks, channel), 0);
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	assert_int_equal(atomic_load(&channel->header->ring_head), 0);
	channel_checked(channel, 1);
	await_head(channel, 1);
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	assert_int_equal(atomic_load(&channel->header->ring_head), 1);
	channel_checked(channel, 2);
	assert_int_equal(pthread_join(guest, NULL), 0);
	assert_int_equal(atomic_load(&channel->header->ring_head), 2);
}

/* By itself: a check that was seen to is nothing that was done. */
static void test_what_the_host_does_is_waited_for(void **state)
{
	struct channel *channel = *state;
	pthread_t guest;

	assert_int_equal(pthread_create(&guest, NULL, await_two_done, channel), 0);
	channel_checked(channel, 2);
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	assert_int_equal(atomic_load(&channel->header->ring_head), 0);
	channel_done(channel, 1);
	await_head(channel, 1);
	channel_done(channel, 2);
	assert_int_equal(pthread_join(guest, NULL), 0);
	assert_int_equal(atomic_load(&channel->header->ring_head), 2);
}

static void ignore(int number)
{
	(void)number;
}

/* A signal in the middle of the wait neither ends it nor keeps it from ending. */
static void test_a_signal_does_not_answer_a_check(void **state)
{
	struct sigaction action = { .sa_handler = ignore };
	struct channel *channel = *state;
	pthread_t guest;

	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(pthread_create(&guest, NULL, await_two_checks, channel), 0);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(pthread_kill(guest, SIGUSR1), 0);
		nanosleep(&(struct timespec){ .tv_nsec = 300000 }, NULL);
	}
	assert_int_equal(atomic_load(&channel->header->ring_head), 0);
	channel_checked(channel, 2);
	assert_int_equal(pthread_join(guest, NULL), 0);
	assert_int_equal(atomic_load(&channel->header->ring_head), 2);
}

static void test_a_check_that_was_answered_does_not_wait(void **state)
{
	channel_checked(*state, 7);
	channel_await_checked(*state, 7);
	channel_await_checked(*state, 3);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, create, destroy)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_what_is_written_is_read),
		TEST(test_an_empty_ring_gives_nothing_at_once),
		TEST(test_the_host_may_read_in_pieces),
		TEST(test_the_ring_goes_round),
		TEST(test_a_full_ring_is_read_whole),
		TEST(test_a_full_ring_waits_for_the_host),
		TEST(test_a_lying_head_is_harmless),
		TEST(test_a_tampered_tail_stays_within_the_ring),
		TEST(test_a_request_is_all_there_when_it_is_announced),
		TEST(test_a_request_may_fill_its_place_and_no_more),
		TEST(test_a_request_that_is_too_large_is_refused),
		TEST(test_a_check_waits_for_the_host),
		TEST(test_what_the_host_does_is_waited_for),
		TEST(test_a_signal_does_not_answer_a_check),
		TEST(test_a_check_that_was_answered_does_not_wait),
	};

	return cmocka_run_group_tests_name("channel", tests, NULL, NULL) ? 1 : 0;
}
