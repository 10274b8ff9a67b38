// SPDX-License-Identifier: MIT
/*
 * Three processes, so that whatever the kernel does to one, the next still answers:
 *
 *	agent    takes requests and stays out of the driver's way: it must be there to dump the
 *	         kernel's state while a client hangs, and if it died, the kernel would panic.
 *	worker   one per request. For a program it opens the device and waits for the client, so
 *	         that it holds the device open too when the client dies.
 *	client   runs the program, and is the one that hangs or oopses.
 *
 * Why the worker holds the device: a client that oopses in its ioctl dies in do_exit(). Were its
 * file the last of the device, that would go on into drm_release(), which waits for the modeset
 * locks that the dead client holds, and nobody would ever learn that it is dead.
 *
 * Why a request ends with `ready` and not with the client's `exit`: in the normal case the worker's
 * file is the last, and what the driver does in drm_release() is still to come when the client is
 * gone. The kernel does it within the worker's close(2) (____fput() is run on the way back to user
 * space), so the agent writes `ready` after it, and a kernel that hangs in it is silent before.
 *
 * The journal's ring has one writer at a time: the agent before a worker is started and after it
 * is gone, the worker before its client is started and after it is gone, else the client. A DUMP,
 * which comes in between, writes nothing to the journal.
 *
 * The state of the channel is in the shared header only and never kept here: a guest that is
 * resumed from a snapshot finds another memory behind its mapping.
 */
#include "compositor/agent.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compositor/aftermath.h"
#include "compositor/annotation.h"
#include "compositor/bench.h"
#include "compositor/client.h"
#include "compositor/guest.h"
#include "compositor/heir.h"
#include "compositor/injectable.h"
#include "compositor/kms/device.h"
#include "compositor/mark.h"
#include "compositor/model/census.h"
#include "compositor/model/channel.h"
#include "compositor/model/program.h"
#include "compositor/render/gles.h"
#include "compositor/sink.h"
#include "compositor/view/view.h"

#define DRIVER "virtio_gpu"
/* Where kernel/build puts shaders/ and cursors/. */
#define GUEST_DATA "/planestorm"
/* Where Mesa keeps what it has compiled. */
#define GL_CACHE "/tmp/mesa"
#define VIEW_TEXT_MAX 1024
#define VIEW_WORDS_MAX 32
#define DEVICE_TIMEOUT_NS UINT64_C(30000000000)

/* How often the agent looks for a request. A worker's end wakes it up at once. */
#define POLL_IDLE_NS 1000000
#define POLL_BUSY_NS 10000000

struct agent {
	struct channel channel;
	struct sink sink;
	int sysrq, kmsg;	      /* /proc/sysrq-trigger and /dev/kmsg, open from the start */
	pid_t worker;		      /* 0: none */
	enum channel_request request; /* that the worker carries out */
};

static const char *request_name(enum channel_request request)
{
	switch (request) {
	case REQUEST_MODULE:
	case REQUEST_INSTRUMENTED:
		return "module";
	case REQUEST_RUN:
		return "run";
	case REQUEST_BENCH:
		return "bench";
	case REQUEST_VIEW:
		return "view";
	default:
		return "unknown";
	}
}

static size_t request_len(const struct agent *agent)
{
	uint32_t len = agent->channel.header->request_len;

	return len < CHANNEL_REQUEST_MAX ? len : CHANNEL_REQUEST_MAX;
}

static int run_module(struct agent *agent)
{
	uint64_t deadline = sink_now() + DEVICE_TIMEOUT_NS;
	struct timespec pause = { .tv_nsec = 10000000 };
	int ret = guest_load_module(agent->channel.request, request_len(agent));
	int fd;

	if (ret) {
		sink_error(&agent->sink, "cannot load the module: %s", strerror(-ret));
		return CLIENT_FAILED;
	}
	while ((fd = device_open(NULL, DRIVER)) < 0 && sink_now() < deadline)
		nanosleep(&pause, NULL);
	if (fd < 0) {
		sink_error(&agent->sink, "the module is loaded but there is no device: %s",
			   strerror(-fd));
		return CLIENT_FAILED;
	}
	close(fd);
	if (agent->request == REQUEST_INSTRUMENTED &&
	    injectable_interrupt(DRIVER, &agent->sink) < 0)
		return CLIENT_FAILED;
	return CLIENT_DONE;
}

static int run_program(struct agent *agent, int fd, int holder)
{
	struct program_error error;
	struct program *program = program_parse(agent->channel.request, request_len(agent), &error);
	int ret;

	/* llvmpipe paints in the client itself: its threads would be hit by the storm's signals, too. */
	setenv("LP_NUM_THREADS", "0", 1);
	if (!program) {
		sink_error(&agent->sink, "program, line %d: %s", error.line, error.text);
		return CLIENT_USAGE;
	}
	ret = client_run(fd, holder, program, &agent->sink, agent->channel.header->seed);
	program_destroy(program);
	return ret;
}

static int run_client(struct agent *agent, int fd, int holder)
{
	int ret = mark_init();

	if (ret) {
		sink_error(&agent->sink, "cannot write marks (has the kernel X86_IOPL_IOPERM?): %s",
			   strerror(-ret));
		return CLIENT_FAILED;
	}
	if (agent->request == REQUEST_BENCH)
		return request_len(agent) ? bench_compositor(fd, &agent->sink) :
					    bench_run(fd, &agent->sink);
	return run_program(agent, fd, holder);
}

static int await(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static void write_exit(struct sink *sink, int status)
{
	struct journal_event event = { .kind = JOURNAL_EXIT, .value = status };

	sink_event(sink, &event);
}

/* Until the client is gone, which takes its end of the socket with it; its children have none. */
static void hold(int *fd, int socket, struct heir *heir)
{
	enum device_word word;
	char byte;
	int file;

	while (device_listen(socket, &word, &file)) {
		if (file >= 0)
			heir_take(heir, file);
		if (word == DEVICE_FENCE)
			continue;
		byte = (char)word;
		if (word == DEVICE_CLOSE && *fd >= 0) {
			close(*fd);
			*fd = -1;
		}
		if (send(socket, &byte, 1, MSG_NOSIGNAL) != 1)
			break;
	}
}

/* Before anything is counted: udevd stays, and so does a module. */
static void prepare_guest(struct agent *agent)
{
	struct program_error error;
	struct program *program = program_parse(agent->channel.request, request_len(agent), &error);

	if (program && program_points(program))
		guest_start_udev(&agent->sink);
	if (program && program_annotates(program))
		guest_load_driver(ANNOTATION_MODULE, &agent->sink);
	program_destroy(program);
}

/*
 * The client, and what it leaves behind. If it oopsed, closing the device could hang (see above), so
 * the worker keeps it open and stops instead of exiting; that is for the agent as good as its end
 * (WUNTRACED in reap()), and the only case of a `ready` before drm_release(). After a warning nobody is
 * counted either: that kernel's counts would prove nothing.
 */
static int run_with_client(struct agent *agent)
{
	static struct census before;
	struct heir heir = { .given = 0 };
	int sockets[2], status, fd;
	pid_t pid;

	if (agent->request == REQUEST_RUN)
		prepare_guest(agent);
	aftermath_prepare(&before, &agent->sink);
	fd = device_open(NULL, DRIVER);
	if (fd < 0) {
		sink_error(&agent->sink, "cannot open a %s device: %s", DRIVER, strerror(-fd));
		return CLIENT_FAILED;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets)) {
		sink_error(&agent->sink, "cannot have a socket: %s", strerror(errno));
		return CLIENT_FAILED;
	}
	pid = fork();
	if (pid == 0) {
		close(sockets[0]);
		_exit(run_client(agent, fd, sockets[1]));
	}
	close(sockets[1]);
	if (pid < 0) {
		sink_error(&agent->sink, "cannot start a client: %s", strerror(errno));
		return CLIENT_FAILED;
	}
	hold(&fd, sockets[0], &heir);
	close(sockets[0]);
	status = await(pid);
	write_exit(&agent->sink, status);
	heir_tell(&heir, &agent->sink);
	if (WIFSIGNALED(status) && guest_tainted(TAINT_DIE))
		raise(SIGSTOP);
	if (fd >= 0)
		close(fd);
	if (!guest_tainted(TAINT_DIE | TAINT_WARN))
		aftermath_tell(&before, DRIVER, &agent->sink);
	return CLIENT_DONE;
}

/* The options are words, without blanks in them. */
static int run_view(struct agent *agent)
{
	static char text[VIEW_TEXT_MAX];
	char *argv[VIEW_WORDS_MAX + 1] = { (char[]){ "planestorm" } }, *rest = text;
	struct view_options options;
	int argc = 1;

	snprintf(text, sizeof(text), "%.*s", (int)request_len(agent),
		 (const char *)agent->channel.request);
	while (argc < VIEW_WORDS_MAX && (argv[argc] = strtok_r(NULL, " ", &rest)))
		argc++;
	if (view_options_parse(&options, argc, argv)) {
		sink_error(&agent->sink, "options of the compositor: %.*s", (int)request_len(agent),
			   (const char *)agent->channel.request);
		return CLIENT_USAGE;
	}
	if (options.device)
		guest_load_driver(options.device, &agent->sink);
	guest_start_udev(&agent->sink);
	write_exit(&agent->sink, view_run(&options, &agent->sink));
	return CLIENT_DONE;
}

static int run_worker(struct agent *agent)
{
	switch (agent->request) {
	case REQUEST_MODULE:
	case REQUEST_INSTRUMENTED:
		return run_module(agent);
	case REQUEST_RUN:
	case REQUEST_BENCH:
		return run_with_client(agent);
	case REQUEST_VIEW:
		return run_view(agent);
	default:
		sink_error(&agent->sink, "there is no request of kind %d", (int)agent->request);
		return CLIENT_FAILED;
	}
}

static void start_worker(struct agent *agent)
{
	if (agent->request == REQUEST_RUN)
		guest_print_clock(agent->kmsg);
	agent->worker = fork();
	if (agent->worker == 0)
		_exit(run_worker(agent));
	if (agent->worker > 0)
		return;
	agent->worker = 0;
	sink_error(&agent->sink, "cannot start a worker: %s", strerror(errno));
	sink_ready(&agent->sink, request_name(agent->request));
}

/* Blocked tasks, held locks, and where our processes are, on the console. */
static void dump(const struct agent *agent)
{
	if (write(agent->sysrq, "w", 1) != 1 || write(agent->sysrq, "d", 1) != 1)
		fprintf(stderr, "planestorm: cannot write to sysrq-trigger: %s\n", strerror(errno));
	guest_print_stacks(agent->kmsg);
}

/* Of no interest to a process that is gone already. */
static void send_signal(const struct agent *agent)
{
	char text[16];

	snprintf(text, sizeof(text), "%.*s", (int)request_len(agent), agent->channel.request);
	if (agent->worker)
		kill(agent->worker, (int)strtol(text, NULL, 10));
}

/* Nobody but the worker may write to the journal meanwhile. */
static void write_to_file(const struct agent *agent)
{
	char path[VIEW_TEXT_MAX], *text;
	int fd;

	snprintf(path, sizeof(path), "%.*s", (int)request_len(agent), agent->channel.request);
	text = strchr(path, '=');
	if (!text)
		return;
	*text++ = '\0';
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "planestorm: cannot write to %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* Returns whether it is one that the agent carries out itself. */
static bool carry_out(const struct agent *agent, enum channel_request request)
{
	switch (request) {
	case REQUEST_DUMP:
		dump(agent);
		return true;
	case REQUEST_SIGNAL:
		send_signal(agent);
		return true;
	case REQUEST_WRITE:
		write_to_file(agent);
		return true;
	default:
		return false;
	}
}

/*
 * A request is taken up only when there is no worker, except for one that the agent carries out itself, which counts as
 * taken when that is done: a DUMP when it is all on the console.
 */
static void look_for_request(struct agent *agent)
{
	struct channel_header *header = agent->channel.header;
	uint32_t seq = atomic_load_explicit(&header->request_seq, memory_order_acquire);
	uint32_t taken = atomic_load_explicit(&header->request_taken, memory_order_relaxed);

	if (seq == taken)
		return;
	if (carry_out(agent, (enum channel_request)header->request_kind)) {
		atomic_store_explicit(&header->request_taken, seq, memory_order_release);
		return;
	}
	if (agent->worker)
		return;
	agent->request = (enum channel_request)header->request_kind;
	atomic_store_explicit(&header->request_taken, seq, memory_order_release);
	start_worker(agent);
}

/* A client's end is journalled by its worker; that of a worker itself only if it was killed. */
static void finish_worker(struct agent *agent, int status)
{
	if (WIFSIGNALED(status))
		sink_error(&agent->sink, "the worker for \"%s\" was killed by signal %d",
			   request_name(agent->request), WTERMSIG(status));
	agent->worker = 0;
	sink_ready(&agent->sink, request_name(agent->request));
}

/* The first process inherits all orphans, such as the contenders of a client that was killed. */
static void reap(struct agent *agent)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0)
		if (pid == agent->worker)
			finish_worker(agent, status);
}

static _Noreturn void serve(struct agent *agent)
{
	sigset_t children;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	for (;;) {
		struct timespec pause = {
			.tv_nsec = agent->worker ? POLL_BUSY_NS : POLL_IDLE_NS,
		};

		reap(agent);
		look_for_request(agent);
		sigtimedwait(&children, NULL, &pause);
	}
}

/* The memory is the host's as soon as its magic number is there. */
static void await_host(const struct channel *channel)
{
	struct timespec pause = { .tv_nsec = POLL_IDLE_NS };

	while (*(volatile uint32_t *)&channel->header->magic != CHANNEL_MAGIC)
		nanosleep(&pause, NULL);
}

/*
 * Mesa and what it needs come from the layer's disk once, and shaders are compiled once, and not again in each trial. The
 * driver under test is not there yet; SECOND_DRIVER has dumb buffers as well.
 */
static void warm_gl(void)
{
	struct device device = { .second = -1, .holder = -1, .node = -1 };
	pid_t pid;

	mkdir(GL_CACHE, 0755);
	setenv("MESA_SHADER_CACHE_DIR", GL_CACHE, 1);
	pid = fork();
	if (pid == 0) {
		device.fd = device_open_driver(SECOND_DRIVER);
		_exit(device.fd < 0 || gles_warm(&device, GUEST_DATA, DRM_FORMAT_XRGB8888));
	}
	if (pid > 0)
		await(pid);
}

int agent_main(void)
{
	struct agent agent = { .sysrq = -1, .kmsg = -1 };
	struct utsname uts = { .release = "" };
	const char *why;
	void *base;

	guest_mount();
	setenv("PLANESTORM_DATA", GUEST_DATA, 1);
	base = guest_map_channel(&why);
	if (!base) {
		fprintf(stderr, "planestorm: %s\n", why);
		return CLIENT_FAILED;
	}
	channel_init(&agent.channel, base);
	agent.sink.channel = &agent.channel;
	await_host(&agent.channel);
	agent.sysrq = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	agent.kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	guest_load_modules(&agent.sink);
	guest_tune(&agent.sink);
	warm_gl();
	uname(&uts);
	sink_ready(&agent.sink, uts.release);
	serve(&agent);
}
