// SPDX-License-Identifier: MIT
#include "compositor/storm/due.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compositor/storm/child.h"

/* What the client asks of the tracer. */
struct order {
	long nr;
	int signal;
};

void due_init(struct due *due)
{
	due->tracer = 0;
	due->socket = -1;
}

static int await_stop(pid_t client)
{
	int status;

	while (waitpid(client, &status, __WALL) < 0)
		if (errno != EINTR)
			return -1;
	return WIFSTOPPED(status) ? status : -1;
}

/* A call that the client has no other use for: it has given up. What it wanted to do came to nothing before the
 * call that is waited for, as when a file could not be opened. */
#define GIVEN_UP SYS_getppid

/* The call at whose entry the client stands, or -1: it stands elsewhere. */
static long entered(pid_t client)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, client, (void *)sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return -1;
	return (long)info.entry.nr;
}

static bool is_syscall_stop(int status)
{
	return WSTOPSIG(status) == (SIGTRAP | 0x80);
}

/* A signal that the client is to get, and not one of the tracer's own stops (PTRACE_SEIZE). */
static int signal_of(int status)
{
	return is_syscall_stop(status) || status >> 16 ? 0 : WSTOPSIG(status);
}

/*
 * Let the client run from stop to stop until the call has been entered with the signal due; other
 * signals are passed on. The client's first call is the read() in which it waits for us.
 */
static bool serve_order(pid_t client, int socket, const struct order *order)
{
	char byte = 0;
	int status;

	if (ptrace(PTRACE_SEIZE, client, NULL, (void *)PTRACE_O_TRACESYSGOOD) ||
	    ptrace(PTRACE_INTERRUPT, client, NULL, NULL))
		return false;
	status = await_stop(client);
	if (status < 0 || send(socket, &byte, 1, MSG_NOSIGNAL) != 1)
		return false;
	while (status >= 0) {
		long call = is_syscall_stop(status) ? entered(client) : -1;

		if (call == GIVEN_UP) {
			ptrace(PTRACE_DETACH, client, NULL, NULL);
			return false;
		}
		if (call == order->nr) {
			syscall(SYS_tgkill, client, client, order->signal);
			ptrace(PTRACE_CONT, client, NULL, NULL);
			/* It stops where the signal is delivered, and gets it with the detaching. */
			status = await_stop(client);
			if (status >= 0)
				ptrace(PTRACE_DETACH, client, NULL,
				       (void *)(long)signal_of(status));
			return true;
		}
		if (ptrace(PTRACE_SYSCALL, client, NULL, (void *)(long)signal_of(status)))
			return false;
		status = await_stop(client);
	}
	return false;
}

static _Noreturn void trace(pid_t client, int socket)
{
	struct order order;

	while (recv(socket, &order, sizeof(order), 0) == sizeof(order)) {
		char sent = serve_order(client, socket, &order);

		if (send(socket, &sent, 1, MSG_NOSIGNAL) != 1)
			break;
	}
	_exit(0);
}

int due_start(struct due *due)
{
	int sockets[2], ret;
	pid_t client = getpid();

	if (due->tracer)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return -errno;
	due->tracer = child_start(&sockets[1], 1);
	if (due->tracer == 0)
		trace(client, sockets[1]);
	close(sockets[1]);
	due->socket = sockets[0];
	ret = due->tracer;
	if (ret > 0)
		return 0;
	close(sockets[0]);
	due_init(due);
	return ret;
}

void due_stop(struct due *due)
{
	if (!due->tracer)
		return;
	close(due->socket);
	child_end(due->tracer);
	due_init(due);
}

/* Also when a signal of the storm interrupts it. */
static int await_byte(const struct due *due, char *byte)
{
	ssize_t len;

	do {
		len = recv(due->socket, byte, 1, 0);
	} while (len < 0 && errno == EINTR);
	return len == 1 ? 0 : -EPIPE;
}

int due_arm(struct due *due, long nr, int signal)
{
	struct order order = { .nr = nr, .signal = signal };
	char byte;

	if (send(due->socket, &order, sizeof(order), MSG_NOSIGNAL) != sizeof(order))
		return -errno;
	return await_byte(due, &byte);
}

bool due_disarm(struct due *due)
{
	char sent;

	syscall(GIVEN_UP); /* nobody takes notice of it if the signal was sent */
	return !await_byte(due, &sent) && sent;
}
