// SPDX-License-Identifier: MIT
/* The session on a double of libseat, and without one: who opens devices, and in which order a seat changes hands. */
#include <errno.h>
#include <fcntl.h>
#include <libseat.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compositor/opener.h"
#include "compositor/session/session.h"
#include "compositor/sink.h"
#include "tests/unit/unit.h"

/* --- the double: what it is to do, and what was done, a word each ---------------------------- */

enum turn { TURN_NONE, TURN_ENABLE, TURN_DISABLE };

struct libseat {
	const struct libseat_seat_listener *listener;
	void *data;
	int dispatches;
};

static struct libseat the_seat;
static libseat_log_func logs;
static enum turn turns[4]; /* of the dispatches, in order */
static bool refused;	   /* there is no seat to be had */
static char done[256];

static void do_word(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void do_word(const char *format, ...)
{
	size_t len = strlen(done);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(done + len, sizeof(done) - len, format, arguments);
	va_end(arguments);
}

void libseat_set_log_handler(libseat_log_func handler)
{
	logs = handler;
}

void libseat_set_log_level(enum libseat_log_level level)
{
	(void)level;
}

static void complain(enum libseat_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void complain(enum libseat_log_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	logs(level, format, arguments);
	va_end(arguments);
}

struct libseat *libseat_open_seat(const struct libseat_seat_listener *listener, void *data)
{
	if (refused) {
		complain(LIBSEAT_LOG_LEVEL_ERROR, "[%s:%d] no backend called %s", "libseat.c", 76,
			 getenv("LIBSEAT_BACKEND"));
		complain(LIBSEAT_LOG_LEVEL_INFO, "[%s:%d] %s", "libseat.c", 80, "by the way");
		errno = EINVAL;
		return NULL;
	}
	the_seat = (struct libseat){ .listener = listener, .data = data };
	do_word("open ");
	return &the_seat;
}

int libseat_close_seat(struct libseat *seat)
{
	(void)seat;
	do_word("close ");
	return 0;
}

int libseat_disable_seat(struct libseat *seat)
{
	(void)seat;
	do_word("acknowledge ");
	return 0;
}

int libseat_get_fd(struct libseat *seat)
{
	(void)seat;
	return 42;
}

int libseat_dispatch(struct libseat *seat, int timeout)
{
	enum turn turn =
		seat->dispatches < (int)LENGTH(turns) ? turns[seat->dispatches] : TURN_NONE;

	seat->dispatches++;
	if (turn == TURN_ENABLE)
		seat->listener->enable_seat(seat, seat->data);
	else if (turn == TURN_DISABLE)
		seat->listener->disable_seat(seat, seat->data);
	else if (timeout > 0)
		usleep((useconds_t)timeout * 1000);
	return turn != TURN_NONE;
}

int libseat_open_device(struct libseat *seat, const char *path, int *fd)
{
	(void)seat;
	*fd = open(path, O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		return -1;
	do_word("device ");
	return 7;
}

int libseat_close_device(struct libseat *seat, int id)
{
	(void)seat;
	do_word("close-device-%d ", id);
	return 0;
}

int libseat_switch_session(struct libseat *seat, int terminal)
{
	(void)seat;
	do_word("switch-%d ", terminal);
	return 0;
}

/* --- what a compositor does ------------------------------------------------------------------ */

static void on_enabled(void *data)
{
	do_word("%s-enabled ", (const char *)data);
}

static void on_disabled(void *data)
{
	do_word("%s-disabled ", (const char *)data);
}

static const struct session_listener listener = { on_enabled, on_disabled };
static char told[512]; /* to the sink */

static struct session *begin(const char *backend)
{
	struct sink sink = { .fd = memfd_create("sink", MFD_CLOEXEC) };
	struct session *session;
	ssize_t len;

	unsetenv("LIBSEAT_BACKEND");
	done[0] = '\0';
	session = session_create(backend, &listener, (void *)(uintptr_t) "view", &sink);
	len = pread(sink.fd, told, sizeof(told) - 1, 0);
	told[len > 0 ? len : 0] = '\0';
	close(sink.fd);
	assert_non_null(session);
	return session;
}

static void set_turns(enum turn first, enum turn second, enum turn third)
{
	refused = false;
	turns[0] = first;
	turns[1] = second;
	turns[2] = third;
	turns[3] = TURN_NONE;
}

static void test_seat_changes_hands(void **state)
{
	struct session *session;

	(void)state;
	set_turns(TURN_ENABLE, TURN_DISABLE, TURN_ENABLE);
	session = begin(NULL);
	/* That it is in front at first is nothing to be told. */
	assert_string_equal(done, "open ");
	assert_true(session_has_seat(session));
	assert_int_equal(session_fd(session), 42);
	assert_int_equal(session_dispatch(session), 0);
	/* Only when all is let go of. */
	assert_string_equal(done, "open view-disabled acknowledge ");
	assert_int_equal(session_dispatch(session), 0);
	assert_int_equal(session_dispatch(session), 0);
	assert_string_equal(done, "open view-disabled acknowledge view-enabled ");
	session_destroy(session);
	assert_string_equal(told, "");
}

static void test_devices_are_the_seats(void **state)
{
	const struct opener *opener;
	struct session *session;
	int fd;

	(void)state;
	set_turns(TURN_ENABLE, TURN_NONE, TURN_NONE);
	session = begin(NULL);
	opener = session_opener(session);
	fd = opener->open(opener->data, "/dev/null", O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(opener->open(opener->data, "/dev/there-is-none", O_RDWR), -ENOENT);
	opener->close(opener->data, fd);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	opener->close(opener->data, fd); /* which is no longer its */
	assert_int_equal(session_switch(session, 2), 0);
	session_destroy(session);
	assert_string_equal(done, "open device close-device-7 switch-2 close ");
}

static void is_direct(struct session *session)
{
	const struct opener *opener = session_opener(session);
	int fd = opener->open(opener->data, "/dev/null", O_RDWR);

	assert_true(fd >= 0);
	assert_false(session_has_seat(session));
	assert_int_equal(session_fd(session), -1);
	assert_int_equal(session_switch(session, 2), -ENOTSUP);
	assert_int_equal(session_dispatch(session), 0);
	opener->close(opener->data, fd);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	session_destroy(session);
	assert_null(strstr(done, "device"));
}

static void test_without_a_seat(void **state)
{
	(void)state;
	set_turns(TURN_ENABLE, TURN_NONE, TURN_NONE);
	refused = true;
	is_direct(begin("nonsense"));
	/* The reason is the error that was logged, less its place. */
	assert_non_null(strstr(told, "note"));
	assert_non_null(
		strstr(told, "no seat: opening devices directly: no backend called nonsense\n"));
}

static void test_behind_another_program(void **state)
{
	(void)state;
	set_turns(TURN_NONE, TURN_NONE, TURN_NONE);
	is_direct(begin(NULL));
	assert_non_null(strstr(told, "directly: another program is in front\n"));
	assert_string_equal(done, "open close ");
}

static void test_no_seat_is_wanted(void **state)
{
	(void)state;
	set_turns(TURN_ENABLE, TURN_NONE, TURN_NONE);
	is_direct(begin(SESSION_DIRECT));
	assert_string_equal(done, "");
	assert_string_equal(told, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seat_changes_hands),
		cmocka_unit_test(test_devices_are_the_seats),
		cmocka_unit_test(test_without_a_seat),
		cmocka_unit_test(test_behind_another_program),
		cmocka_unit_test(test_no_seat_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
