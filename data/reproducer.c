// SPDX-License-Identifier: MIT
/*
 * What the reproducers of "storm c" are made of: tests/runner/reproduce.c takes from here the pieces that
 * a program uses, by their names, and puts its operations below them. A piece ends at an empty line before
 * one that is not indented. Behind an #include stand the names that need it. Of the WITH_ conditions
 * those that hold for the program are resolved. Each function that enters the kernel returns 0 or a
 * negative errno, and retries nothing, for the call is what is looked at.
 */

#define _GNU_SOURCE
#include <drm_fourcc.h> /* DRM_FORMAT_XRGB8888 DRM_FORMAT_ARGB8888 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>	    /* glob */
#include <linux/dma-buf.h>  /* DMA_BUF_IOCTL_EXPORT_SYNC_FILE */
#include <linux/dma-heap.h> /* DMA_HEAP_IOCTL_ALLOC */
#include <linux/udmabuf.h>  /* UDMABUF_CREATE */
#include <poll.h>	    /* poll */
#include <signal.h>	    /* sigaction timer_create kill SIGKILL */
#include <stdarg.h>	    /* va_list */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>	 /* ffs */
#include <sys/eventfd.h> /* eventfd */
#include <sys/ioctl.h>	 /* ioctl */
#include <sys/mman.h>	 /* mmap munmap mlockall memfd_create */
#include <sys/prctl.h>	 /* prctl */
#include <sys/ptrace.h>	 /* ptrace */
#include <sys/syscall.h> /* SYS_ioctl SYS_munmap SYS_close */
#include <sys/wait.h>	 /* waitpid */
#include <time.h>	 /* timer_create nanosleep clock_nanosleep */
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#ifndef DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT /* libdrm before 2.4.118 */
#define DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT 6
#endif

/* Queued without an allocation of the kernel's when a timer sends it. */
#define STORM_SIGNAL (SIGRTMIN + 5)

/* Processes of one task. */
struct crew {
	pid_t pids[16];
	int count;
};

struct buffer {
	uint32_t width, height, format, stride, handle, fb;
	uint64_t size;
	uint32_t *pixels; /* where it is mapped, or NULL */
#ifdef WITH_DMABUF
	int dmabuf;
#endif
#ifdef WITH_ORIGIN
	int foreign; /* its memory is the dma-buf's, not the card's */
#endif
#ifdef WITH_IMPORT
	uint32_t imported; /* its handle in the second open file */
#endif
#ifdef WITH_CONTEND
	struct crew contenders;
#endif
#ifdef WITH_CLOSE
	struct buffer *next;
#endif
};

struct head {
	uint32_t connector, crtc, plane[3]; /* by DRM_PLANE_TYPE_* */
	int width, height;
	struct buffer black; /* what a new mode shows */
	int x, y;	     /* where the program has put the cursor */
#ifdef WITH_UNDO
	struct buffer *shown[3];
	int hot_x, hot_y;
#endif
};

/* An atomic commit as the ioctl takes it: libdrm's would allocate, and retry. */
struct atomic {
	uint32_t objects, props, object[4], count[4], prop[40];
	uint64_t value[40];
};

struct change {
#ifdef WITH_PRIMARY
	struct buffer *primary;
#endif
	struct buffer *cursor;
	struct {
		int set, x, y;
	} at, hot;
#ifdef WITH_DAMAGE
	uint32_t damage;
#endif
};

static int card = -1;

static const char *card_path;

/* A buffer to show that switches the plane off. */
static struct buffer off;

static struct head heads[2];

static int complaints;

static int flips_due; /* events */

static uint32_t blob;

/* The next call's fault: which allocation fails (0: none). Then, whether it did. */
static struct {
	unsigned nth;
#ifdef WITH_AGAIN
	unsigned again; /* and another one of the slab's, so many later */
	int mark;	/* file: without it failslab leaves us alone */
#endif
#ifdef WITH_WORKER
	const char *work; /* not of ours, but of a kernel worker's in this function */
#endif
	int fired, file; /* fired: how many failed */
} fault;

/* Their fail-nth, while they are armed. */
static struct {
	int files[256], count;
} workers;

/* Set: the next call enters the kernel with a signal due. */
static int due;

static struct crew tracer;

static struct crew rivals;

static struct crew stopper;

static struct buffer *buffers;

#ifdef WITH_SIGNALS
/* All of it, whatever signals come */
static void say(const char *format, ...)
{
	char text[512];
	va_list args;
	int len, at = 0;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	while (at < len) {
		ssize_t done = write(1, text + at, len - at);

		at += done > 0 ? done : 0;
		if (done < 0 && errno != EINTR)
			return;
	}
}
#else
#define say(...) dprintf(1, __VA_ARGS__)
#endif

#define die(format, ...) (fprintf(stderr, "cannot " format ": %m\n", ##__VA_ARGS__), exit(2))

/* For what sets up. */
static void must(int ret, const char *what)
{
	if (!ret)
		return;
	errno = -ret;
	die("%s", what);
}

static int result(int ret)
{
	say(" = %d", ret);
	if (ret)
		say(" (%s)", strerror(-ret));
#ifdef WITH_FAULT
	if (fault.nth)
		say(", allocation %u %s", fault.nth, fault.fired ? "failed" : "not reached");
	fault.nth = 0;
#endif
	say("\n");
	return ret;
}

/* Says what is done before it is, so that a hang or a crash has a name. */
#define OP(text, ...) (say("%s", text), result(__VA_ARGS__))

static void complain(const char *expected)
{
	say("    ^^^ expected: %s\n", expected);
	complaints++;
}

/* True in the child, which dies with us. */
static int spawn(struct crew *crew)
{
	pid_t pid;

	if (crew->count == 16) {
		errno = EUSERS;
		die("start another process");
	}
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid) {
		crew->pids[crew->count++] = pid;
		return 0;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return 1;
}

static void dismiss(struct crew *crew)
{
	while (crew->count) {
		pid_t pid = crew->pids[--crew->count];

		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
}

static void write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY);

	if (file < 0 || write(file, text, strlen(text)) < 0)
		die("write %s", path);
	close(file);
}

static void write_number(const char *path, unsigned number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	write_file(path, text);
}

static void write_address(const char *path, unsigned long long address)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", address);
	write_file(path, text);
}

/* Of a file that cannot be read twice */
static long read_number(const char *path)
{
	char text[24] = "";
	int file = open(path, O_RDONLY);

	if (file < 0 || read(file, text, sizeof(text) - 1) < 1)
		die("read %s", path);
	close(file);
	return strtol(text, NULL, 10);
}

static void set_up_faults(void)
{
	write_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0");
#ifdef WITH_AGAIN
	write_file("/sys/kernel/debug/failslab/task-filter", "Y");
	write_file("/sys/kernel/debug/failslab/probability", "100");
	fault.mark = open("/proc/thread-self/make-it-fail", O_RDWR);
	if (fault.mark < 0)
		die("open /proc/thread-self/make-it-fail");
#endif
	fault.file = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fault.file < 0)
		die("open /proc/thread-self/fail-nth");
}

static void ignore(int number)
{
	(void)number;
}

static void handle_signal(int number, int flags)
{
	struct sigaction action = { .sa_handler = ignore, .sa_flags = flags };

	if (sigaction(number, &action, NULL))
		die("handle a signal");
}

static void due_signal(int flags)
{
	handle_signal(STORM_SIGNAL, flags);
	due = 1;
}

/* In a child: let @client run up to the entry of the system call @nr, and send it the signal there. */
static void trace(pid_t client, long nr, int ready)
{
	struct __ptrace_syscall_info info;
	int status, number;

	if (ptrace(PTRACE_SEIZE, client, NULL, (void *)PTRACE_O_TRACESYSGOOD) ||
	    ptrace(PTRACE_INTERRUPT, client, NULL, NULL) || waitpid(client, &status, __WALL) < 0 ||
	    write(ready, "", 1) != 1)
		_exit(1);
	do {
		/* Other signals pass; our own stops and those at system calls are none. */
		number =
			WSTOPSIG(status) == (SIGTRAP | 0x80) || status >> 16 ? 0 : WSTOPSIG(status);
		if (ptrace(PTRACE_SYSCALL, client, NULL, (void *)(long)number) ||
		    waitpid(client, &status, __WALL) < 0 || !WIFSTOPPED(status))
			_exit(1);
	} while (WSTOPSIG(status) != (SIGTRAP | 0x80) ||
		 ptrace(PTRACE_GET_SYSCALL_INFO, client, (void *)sizeof(info), &info) < 0 ||
		 info.op != PTRACE_SYSCALL_INFO_ENTRY || (long)info.entry.nr != nr);
	kill(client, STORM_SIGNAL);
	ptrace(PTRACE_DETACH, client, NULL, NULL);
	_exit(0);
}

static void start_due(long nr)
{
	pid_t client = getpid();
	int ready[2];
	char byte;

	if (pipe(ready))
		die("make a pipe");
	if (spawn(&tracer)) {
		close(ready[0]);
		trace(client, nr, ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("be traced, for a signal that is due");
	close(ready[0]);
}

/* Have failslab's `interval` count from here: nobody can set its counter, but when an allocation has failed, it is
 * a multiple of the interval. These failures are silent ones of our own. */
static void prepare_second(unsigned again)
{
	long verbose = read_number("/sys/kernel/debug/failslab/verbose");

	write_number("/sys/kernel/debug/failslab/interval", again);
	write_number("/sys/kernel/debug/failslab/verbose", 0);
	write_number("/sys/kernel/debug/failslab/times", 1);
	while (again > 1 && read_number("/sys/kernel/debug/failslab/times") > 0) {
		int file;

		if (write(fault.mark, "1", 1) != 1)
			die("write make-it-fail");
		file = eventfd(0, 0);
		if (write(fault.mark, "0", 1) != 1)
			die("write make-it-fail");
		if (file >= 0)
			close(file);
	}
	write_number("/sys/kernel/debug/failslab/verbose", (unsigned)verbose);
	/* The first failure counts, too, that of a page in its own place. */
	write_number("/sys/kernel/debug/failslab/times", 2);
	write_number("/sys/kernel/debug/fail_page_alloc/times", 1);
}

/* Where the kernel's function is, up to the next one; its list is not in order where there are modules. */
static void find_function(const char *name, unsigned long long *start, unsigned long long *end)
{
	char line[256], symbol[128];
	unsigned long long address;

	*start = *end = 0;
	for (int pass = 0; pass < 2; pass++) {
		FILE *list = fopen("/proc/kallsyms", "r");

		while (list && fgets(line, sizeof(line), list)) {
			if (sscanf(line, "%llx %*c %127s", &address, symbol) != 2)
				continue;
			if (!pass && !strcmp(symbol, name))
				*start = address;
			if (pass && address > *start && (!*end || address < *end))
				*end = address;
		}
		if (list)
			fclose(list);
	}
	if (!*start)
		die("find %s() in /proc/kallsyms", name);
}

/* Only what is called by the code in between can be made to fail. */
static void filter(unsigned long long start, unsigned long long end)
{
	write_address("/sys/kernel/debug/failslab/require-start", start);
	write_address("/sys/kernel/debug/failslab/require-end", end);
	write_address("/sys/kernel/debug/fail_page_alloc/require-start", start);
	write_address("/sys/kernel/debug/fail_page_alloc/require-end", end);
}

static int is_worker(const char *fail_nth)
{
	char path[64], comm[32] = "";
	int file;

	snprintf(path, sizeof(path), "%.*scomm", (int)(strlen(fail_nth) - strlen("fail-nth")),
		 fail_nth);
	file = open(path, O_RDONLY);
	if (file < 0)
		return 0;
	if (read(file, comm, sizeof(comm) - 1) < 0)
		comm[0] = '\0';
	close(file);
	return !strncmp(comm, "kworker/", strlen("kworker/"));
}

/* Nobody knows which worker it will be, so all are armed. */
static void arm_workers(void)
{
	unsigned long long start, end;
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", fault.nth);
	glob_t found;

	find_function(fault.work, &start, &end);
	filter(start, end);
	if (glob("/proc/[1-9]*/fail-nth", 0, NULL, &found))
		die("find /proc/PID/fail-nth");
	for (size_t i = 0; i < found.gl_pathc && workers.count < 256; i++) {
		int file = is_worker(found.gl_pathv[i]) ? open(found.gl_pathv[i], O_RDWR) : -1;

		if (file >= 0 && write(file, text, (size_t)len) == len)
			workers.files[workers.count++] = file;
	}
	globfree(&found);
}

/* A page flip's is done when the event has come; the removal of a framebuffer waits for it by itself. */
static void disarm_workers(void)
{
	struct pollfd event = { .fd = card, .events = POLLIN };

	if (!strcmp(fault.work, "commit_work"))
		poll(&event, 1, 2000);
	fault.fired = 0;
	while (workers.count > 0) {
		int file = workers.files[--workers.count];
		char left[16] = "";

		if (pread(file, left, sizeof(left) - 1, 0) > 0 && left[0] == '0')
			fault.fired = 1;
		if (write(file, "0", 1) != 1)
			say("a worker has gone\n");
		close(file);
	}
	filter(0, ~0ull);
	fault.work = NULL;
}

/* Before a call that is looked at, the system call @nr, and after it */
static void arm(long nr)
{
#ifdef WITH_FAULT
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", fault.nth);
#endif

#ifdef WITH_DUE
	if (due)
		start_due(nr);
#else
	(void)nr;
#endif
#ifdef WITH_FAULT
	if (!fault.nth)
		return;
#endif
#ifdef WITH_WORKER
	if (fault.work) {
		arm_workers();
		return;
	}
#endif
#ifdef WITH_FAULT
	/* Our own page faults are not to count. */
	mlockall(MCL_CURRENT);
#endif
#ifdef WITH_AGAIN
	if (fault.again)
		prepare_second(fault.again);
#endif
#ifdef WITH_FAULT
	if (write(fault.file, text, len) != len)
		die("write fail-nth");
#endif
#ifdef WITH_AGAIN
	/* Last: it counts from now on. */
	if (fault.again && write(fault.mark, "1", 1) != 1)
		die("write make-it-fail");
#endif
}

static void disarm(void)
{
#ifdef WITH_FAULT
	char left[16] = "";
#endif

#ifdef WITH_DUE
	dismiss(&tracer);
	due = 0;
#endif
#ifdef WITH_FAULT
	if (!fault.nth)
		return;
#endif
#ifdef WITH_WORKER
	if (fault.work) {
		disarm_workers();
		return;
	}
#endif
#ifdef WITH_FAULT
	if (pread(fault.file, left, sizeof(left) - 1, 0) < 1 || write(fault.file, "0", 1) != 1)
		die("read fail-nth");
	fault.fired = left[0] == '0';
#endif
#ifdef WITH_AGAIN
	if (write(fault.mark, "0", 1) != 1)
		die("write make-it-fail");
	if (fault.fired && fault.again)
		fault.fired =
			read_number("/sys/kernel/debug/failslab/times") +
						read_number(
							"/sys/kernel/debug/fail_page_alloc/times") <
					2 ?
				2 :
				1;
	fault.again = 0;
#endif
}

static int enter_at(int file, unsigned long code, void *arg)
{
	int ret;

#ifdef WITH_ARM
	arm(SYS_ioctl);
#endif
	ret = ioctl(file, code, arg) ? -errno : 0;
#ifdef WITH_ARM
	disarm();
#endif
	return ret;
}

static int enter(unsigned long code, void *arg)
{
	return enter_at(card, code, arg);
}

/* If @driver is not NULL, only if it is its. */
static int try_card(const char *path, const char *driver)
{
	drmVersion *version;
	int fits;

	card = open(path, O_RDWR | O_CLOEXEC);
	if (card < 0)
		return 0;
	version = drmGetVersion(card);
	fits = version && drmIsKMS(card) && (!driver || !strcmp(version->name, driver));
	drmFreeVersion(version);
	if (fits)
		return 1;
	close(card);
	card = -1;
	errno = ENODEV;
	return 0;
}

static void become_client(void)
{
	if (!drmIsMaster(card) && drmSetMaster(card))
		die("become master of the card (does another program hold it?)");
	if (drmSetClientCap(card, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) ||
	    drmSetClientCap(card, DRM_CLIENT_CAP_ATOMIC, 1))
		die("be an atomic client");
	/* Else virtio-gpu hides its cursor plane (Linux 6.6). */
	drmSetClientCap(card, DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT, 1);
}

/* That of --device PATH, or virtio-gpu's first. */
static void open_card(int argc, char **argv)
{
	static char path[32];

	if (argc == 3 && !strcmp(argv[1], "--device")) {
		card_path = argv[2];
		try_card(card_path, NULL);
	} else if (argc > 1) {
		fprintf(stderr, "usage: %s [--device PATH]\n", argv[0]);
		exit(2);
	}
	for (int i = 0; card < 0 && !card_path && i < 64; i++) {
		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		if (try_card(path, "virtio_gpu"))
			card_path = path;
	}
	if (card < 0 && card_path)
		die("use %s", card_path);
	if (card < 0)
		die("find a virtio-gpu card in /dev/dri (see --device PATH)");
	become_client();
}

/* After a close. */
static void reopen_card(void)
{
	if (card >= 0)
		return;
	if (!try_card(card_path, NULL))
		die("open the card again");
	become_client();
}

/* The number of a property of an object, 0 if it has none of that @name */
static uint32_t find_prop(uint32_t object, const char *name, uint64_t *value)
{
	drmModeObjectProperties *all =
		drmModeObjectGetProperties(card, object, DRM_MODE_OBJECT_ANY);
	uint32_t id = 0;

	for (uint32_t i = 0; all && i < all->count_props; i++) {
		drmModePropertyRes *prop = drmModeGetProperty(card, all->props[i]);

		if (prop && !strcmp(prop->name, name)) {
			id = prop->prop_id;
			*value = all->prop_values[i];
		}
		drmModeFreeProperty(prop);
	}
	drmModeFreeObjectProperties(all);
	return id;
}

static void find_planes(struct head *head, int crtc)
{
	drmModePlaneRes *planes = drmModeGetPlaneResources(card);

	for (uint32_t i = 0; planes && i < planes->count_planes; i++) {
		drmModePlane *plane = drmModeGetPlane(card, planes->planes[i]);
		uint64_t type;

		if (plane && plane->possible_crtcs >> crtc & 1 &&
		    find_prop(plane->plane_id, "type", &type) && !head->plane[type])
			head->plane[type] = plane->plane_id;
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
}

/* The next connector with a display, and a CRTC for it */
static void find_head(struct head *head)
{
	static uint32_t used_crtcs;
	static int next;
	drmModeRes *res = drmModeGetResources(card);
	int crtc = -1;

	for (; res && crtc < 0 && next < res->count_connectors; next++) {
		drmModeConnector *connector = drmModeGetConnector(card, res->connectors[next]);
		drmModeEncoder *encoder = NULL;

		if (connector && connector->connection == DRM_MODE_CONNECTED)
			encoder = drmModeGetEncoder(card, connector->encoders[0]);
		if (encoder)
			crtc = ffs(encoder->possible_crtcs & ~used_crtcs) - 1;
		drmModeFreeEncoder(encoder);
		drmModeFreeConnector(connector);
	}
	errno = ENODEV;
	if (crtc < 0)
		die("find a connected connector");
	used_crtcs |= 1u << crtc;
	head->connector = res->connectors[next - 1];
	head->crtc = res->crtcs[crtc];
	find_planes(head, crtc);
	drmModeFreeResources(res);
}

static void set(struct atomic *atomic, uint32_t object, const char *name, uint64_t value)
{
	static struct {
		uint32_t object, id;
		const char *name;
	} known[80];
	static int count;
	uint64_t now;
	int i = 0;

	while (i < count && (known[i].object != object || strcmp(known[i].name, name)))
		i++;
	if (i == count) {
		known[count].object = object;
		known[count].name = name;
		known[count++].id = find_prop(object, name, &now);
	}
	if (!known[i].id)
		return;
	if (!atomic->objects || atomic->object[atomic->objects - 1] != object)
		atomic->object[atomic->objects++] = object;
	atomic->count[atomic->objects - 1]++;
	atomic->prop[atomic->props] = known[i].id;
	atomic->value[atomic->props++] = value;
}

/* All but its place */
static void set_plane(struct atomic *atomic, struct head *head, int type, struct buffer *buffer,
		      uint64_t width, uint64_t height)
{
	uint32_t plane = head->plane[type];

	set(atomic, plane, "FB_ID", buffer->fb);
	set(atomic, plane, "CRTC_ID", buffer == &off ? 0 : head->crtc);
	if (buffer == &off)
		return;
	set(atomic, plane, "SRC_X", 0);
	set(atomic, plane, "SRC_Y", 0);
	set(atomic, plane, "SRC_W", width << 16);
	set(atomic, plane, "SRC_H", height << 16);
	set(atomic, plane, "CRTC_W", width);
	set(atomic, plane, "CRTC_H", height);
}

static void set_place(struct atomic *atomic, uint32_t plane, int x, int y)
{
	set(atomic, plane, "CRTC_X", x);
	set(atomic, plane, "CRTC_Y", y);
}

static int enter_atomic(struct atomic *atomic, uint32_t flags)
{
	struct drm_mode_atomic arg = {
		.flags = flags,
		.count_objs = atomic->objects,
		.objs_ptr = (uintptr_t)atomic->object,
		.count_props_ptr = (uintptr_t)atomic->count,
		.props_ptr = (uintptr_t)atomic->prop,
		.prop_values_ptr = (uintptr_t)atomic->value,
	};

	return enter(DRM_IOCTL_MODE_ATOMIC, &arg);
}

static void init_buffer(struct buffer *buffer, uint32_t width, uint32_t height, uint32_t format)
{
	*buffer = (struct buffer){ .width = width, .height = height, .format = format };
#ifdef WITH_DMABUF
	buffer->dmabuf = -1;
#endif
#ifdef WITH_CLOSE
	buffer->next = buffers;
	buffers = buffer;
#endif
}

static int create_dumb(struct buffer *buffer)
{
	struct drm_mode_create_dumb arg = {
		.width = buffer->width,
		.height = buffer->height,
		.bpp = 32,
	};
	int ret = enter(DRM_IOCTL_MODE_CREATE_DUMB, &arg);

	if (ret)
		return ret;
	buffer->handle = arg.handle;
	buffer->stride = arg.pitch;
	buffer->size = arg.size;
	return 0;
}

/* Rows without gaps, and whole pages */
static void lay_out(struct buffer *buffer)
{
	uint64_t page = sysconf(_SC_PAGESIZE);

	buffer->foreign = 1;
	buffer->stride = buffer->width * 4;
	buffer->size = ((uint64_t)buffer->stride * buffer->height + page - 1) / page * page;
}

static int create_udmabuf(struct buffer *buffer)
{
	struct udmabuf_create arg = { .flags = UDMABUF_FLAGS_CLOEXEC };
	int maker, ret;

	lay_out(buffer);
	arg.size = buffer->size;
#ifdef WITH_ARM
	arm(SYS_ioctl);
#endif
	arg.memfd = memfd_create("repro", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	maker = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	ret = maker < 0 || ftruncate(arg.memfd, buffer->size) ||
			      fcntl(arg.memfd, F_ADD_SEALS, F_SEAL_SHRINK) ?
		      -1 :
		      ioctl(maker, UDMABUF_CREATE, &arg);
	buffer->dmabuf = ret;
	ret = ret < 0 ? -errno : 0;
	close(maker);
	close(arg.memfd);
#ifdef WITH_ARM
	disarm();
#endif
	return ret;
}

static int create_heap(struct buffer *buffer)
{
	struct dma_heap_allocation_data arg = { .fd_flags = O_RDWR | O_CLOEXEC };
	int heap, ret;

	lay_out(buffer);
	arg.len = buffer->size;
#ifdef WITH_ARM
	arm(SYS_ioctl);
#endif
	heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
	ret = heap < 0 || ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &arg) ? -errno : 0;
	close(heap);
#ifdef WITH_ARM
	disarm();
#endif
	if (!ret)
		buffer->dmabuf = arg.fd;
	return ret;
}

static int destroy_dumb(struct buffer *buffer)
{
	struct drm_mode_destroy_dumb arg = { .handle = buffer->handle };
	int ret = enter(DRM_IOCTL_MODE_DESTROY_DUMB, &arg);

	if (!ret)
		buffer->handle = 0;
	return ret;
}

static int close_handle(struct buffer *buffer)
{
	struct drm_gem_close arg = { .handle = buffer->handle };
	int ret = enter(DRM_IOCTL_GEM_CLOSE, &arg);

	if (!ret)
		buffer->handle = 0;
	return ret;
}

static int close_dmabuf(struct buffer *buffer)
{
	if (buffer->dmabuf >= 0)
		close(buffer->dmabuf);
	buffer->dmabuf = -1;
	return 0;
}

static int export_dmabuf(struct buffer *buffer)
{
	struct drm_prime_handle arg = {
		.handle = buffer->handle,
		.flags = DRM_CLOEXEC | DRM_RDWR,
	};
	int ret = enter(DRM_IOCTL_PRIME_HANDLE_TO_FD, &arg);

	if (ret)
		return ret;
	close_dmabuf(buffer);
	buffer->dmabuf = arg.fd;
	return 0;
}

static int import_dmabuf(struct buffer *buffer)
{
	struct drm_prime_handle arg = { .fd = buffer->dmabuf };
	int ret = enter(DRM_IOCTL_PRIME_FD_TO_HANDLE, &arg);

	if (!ret)
		buffer->handle = arg.handle;
	return ret;
}

/* The card opened once more: its own buffer would be known to the first. */
static int second_card(void)
{
	static int second = -1;

	if (second < 0)
		second = open(card_path, O_RDWR | O_CLOEXEC);
	if (second < 0)
		die("open the card a second time");
	return second;
}

static int import_second(struct buffer *buffer)
{
	struct drm_prime_handle arg = { .fd = buffer->dmabuf };
	int ret = enter_at(second_card(), DRM_IOCTL_PRIME_FD_TO_HANDLE, &arg);

	if (!ret)
		buffer->imported = arg.handle;
	return ret;
}

static int close_second(struct buffer *buffer)
{
	struct drm_gem_close arg = { .handle = buffer->imported };

	return enter_at(second_card(), DRM_IOCTL_GEM_CLOSE, &arg);
}

static int add_fb(struct buffer *buffer)
{
	struct drm_mode_fb_cmd2 arg = {
		.width = buffer->width,
		.height = buffer->height,
		.pixel_format = buffer->format,
		.handles = { buffer->handle },
		.pitches = { buffer->stride },
	};
	int ret = enter(DRM_IOCTL_MODE_ADDFB2, &arg);

	if (!ret)
		buffer->fb = arg.fb_id;
	return ret;
}

static int remove_fb(struct buffer *buffer)
{
	int ret = enter(DRM_IOCTL_MODE_RMFB, &buffer->fb);

	if (!ret)
		buffer->fb = 0;
	return ret;
}

/* And fault all its pages in */
static int map(struct buffer *buffer)
{
	struct drm_mode_map_dumb arg = { .handle = buffer->handle };
	void *pixels = MAP_FAILED;
	int file = card, ret = 0;

#ifdef WITH_ARM
	arm(SYS_ioctl);
#endif
#ifdef WITH_ORIGIN
	if (buffer->foreign)
		file = buffer->dmabuf;
	else
#endif
		if (ioctl(card, DRM_IOCTL_MODE_MAP_DUMB, &arg))
		ret = -errno;
	if (!ret)
		pixels = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			      file, arg.offset);
	if (!ret && pixels == MAP_FAILED)
		ret = -errno;
#ifdef WITH_ARM
	disarm();
#endif
	if (ret)
		return ret;
	/* A child that had it would take the buffer's lock when it dies. */
	madvise(pixels, buffer->size, MADV_DONTFORK);
	buffer->pixels = pixels;
	return 0;
}

static int unmap(struct buffer *buffer)
{
	int ret;

#ifdef WITH_ARM
	arm(SYS_munmap);
#endif
	ret = munmap(buffer->pixels, buffer->size) ? -errno : 0;
#ifdef WITH_ARM
	disarm();
#endif
	if (!ret)
		buffer->pixels = NULL;
	return ret;
}

/* In another colour each time */
static void paint(struct buffer *buffer, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	static uint32_t colour = 0xff204060;

	if (!buffer->pixels)
		must(map(buffer), "map a buffer");
	colour = 0xff000000 | (colour + 0x302010);
	for (uint32_t row = y; row < y + height; row++)
		for (uint32_t column = x; column < x + width; column++)
			buffer->pixels[row * (buffer->stride / 4) + column] = colour;
}

/* With its memory, a framebuffer, and a picture */
static void make_buffer(struct buffer *buffer, int (*create)(struct buffer *buffer))
{
	int ret = create(buffer);

#ifdef WITH_ORIGIN
	if (!ret && buffer->foreign)
		ret = import_dmabuf(buffer);
	if (ret && buffer->foreign) {
		say("no buffer of this origin: %s\n", strerror(-ret));
		return;
	}
#endif
	must(ret, "create a buffer");
	must(add_fb(buffer), "add a framebuffer");
	paint(buffer, 0, 0, buffer->width, buffer->height);
	munmap(buffer->pixels, buffer->size);
	buffer->pixels = NULL;
}

/* By libdrm: what is looked at is the call that follows. */
static struct buffer make_black(uint32_t width, uint32_t height)
{
	struct drm_mode_create_dumb arg = { .width = width, .height = height, .bpp = 32 };
	struct buffer black = { .width = width, .height = height };

	if (drmIoctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &arg) ||
	    drmModeAddFB(card, width, height, 24, 32, arg.pitch, arg.handle, &black.fb))
		die("make a black buffer");
	black.handle = arg.handle;
	return black;
}

static void discard(struct buffer *buffer)
{
	if (!buffer->handle)
		return;
	drmModeRmFB(card, buffer->fb);
	drmCloseBufferHandle(card, buffer->handle);
}

static drmModeModeInfo find_mode(struct head *head, int width, int height)
{
	drmModeConnector *connector = drmModeGetConnectorCurrent(card, head->connector);
	drmModeModeInfo mode = { 0 };

	for (int i = 0; connector && i < connector->count_modes && !mode.clock; i++)
		if (connector->modes[i].hdisplay == width && connector->modes[i].vdisplay == height)
			mode = connector->modes[i];
	drmModeFreeConnector(connector);
	errno = EINVAL;
	if (!mode.clock)
		die("find a mode of that size");
	return mode;
}

static void take_mode(struct head *head, struct buffer *black)
{
	discard(&head->black);
	head->black = *black;
	head->width = black->width;
	head->height = black->height;
#ifdef WITH_UNDO
	head->shown[DRM_PLANE_TYPE_PRIMARY] = black->fb ? &head->black : &off;
#endif
}

static void output(struct head *head, int width, int height)
{
	struct buffer black = make_black(width, height);
	drmModeModeInfo mode;

	if (!head->crtc)
		find_head(head);
	mode = find_mode(head, width, height);
	if (drmModeSetCrtc(card, head->crtc, black.fb, 0, 0, &head->connector, 1, &mode))
		die("set the mode");
	take_mode(head, &black);
}

/* All black; 0x0 is off, the cursor too. */
static int modeset(struct head *head, int width, int height)
{
	struct buffer black = { 0 };
	struct atomic atomic = { 0 };
	uint32_t mode_blob = 0;
	int ret;

	if (width) {
		drmModeModeInfo mode = find_mode(head, width, height);

		black = make_black(width, height);
		if (drmModeCreatePropertyBlob(card, &mode, sizeof(mode), &mode_blob))
			die("create a blob for the mode");
	}
	set(&atomic, head->connector, "CRTC_ID", width ? head->crtc : 0);
	set(&atomic, head->crtc, "MODE_ID", mode_blob);
	set(&atomic, head->crtc, "ACTIVE", width != 0);
	set_plane(&atomic, head, DRM_PLANE_TYPE_PRIMARY, width ? &black : &off, width, height);
	if (width)
		set_place(&atomic, head->plane[DRM_PLANE_TYPE_PRIMARY], 0, 0);
	else
		set_plane(&atomic, head, DRM_PLANE_TYPE_CURSOR, &off, 0, 0);
	ret = enter_atomic(&atomic, DRM_MODE_ATOMIC_ALLOW_MODESET);
	drmModeDestroyPropertyBlob(card, mode_blob);
	if (ret) {
		discard(&black);
		return ret;
	}
	take_mode(head, &black);
#ifdef WITH_UNDO
	if (!width)
		head->shown[DRM_PLANE_TYPE_CURSOR] = &off;
#endif
	return 0;
}

static void flip_done(int file, unsigned frame, unsigned seconds, unsigned us, void *data)
{
	(void)file, (void)frame, (void)seconds, (void)us, (void)data;
	flips_due--;
}

/* @timeout 0: only those that have come */
static void wait_flips(int timeout_ms)
{
	drmEventContext context = { .version = 2, .page_flip_handler = flip_done };
	struct pollfd file = { .fd = card, .events = POLLIN };

	while (flips_due > 0) {
		int ready = poll(&file, 1, timeout_ms);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			break;
		drmHandleEvent(card, &context);
	}
	if (flips_due > 0 && timeout_ms) {
		say("%d page-flip events did not come\n", flips_due);
		complaints++;
		flips_due = 0;
	}
}

static uint32_t damage_blob(int x, int y, int width, int height)
{
	struct drm_mode_rect clip = { x, y, x + width, y + height };
	uint32_t id;

	if (drmModeCreatePropertyBlob(card, &clip, sizeof(clip), &id))
		die("create a blob for the damage");
	return id;
}

static int commit(struct head *head, struct change change, uint32_t flags)
{
	uint32_t cursor = head->plane[DRM_PLANE_TYPE_CURSOR];
	int show = change.cursor && change.cursor != &off;
	struct atomic atomic = { 0 };
	int ret;

#ifdef WITH_EVENTS
	wait_flips(0);
	/* An event belongs to a CRTC that is named. */
	if (flags & DRM_MODE_PAGE_FLIP_EVENT)
		set(&atomic, head->crtc, "ACTIVE", 1);
#endif
#ifdef WITH_PRIMARY
	if (change.primary)
		set_plane(&atomic, head, DRM_PLANE_TYPE_PRIMARY, change.primary, head->width,
			  head->height);
	if (change.primary && change.primary != &off)
		set_place(&atomic, head->plane[DRM_PLANE_TYPE_PRIMARY], 0, 0);
#endif
#ifdef WITH_DAMAGE
	if (change.damage)
		set(&atomic, head->plane[DRM_PLANE_TYPE_PRIMARY], "FB_DAMAGE_CLIPS", change.damage);
#endif
	if (change.cursor)
		set_plane(&atomic, head, DRM_PLANE_TYPE_CURSOR, change.cursor, change.cursor->width,
			  change.cursor->height);
	if (change.at.set)
		set_place(&atomic, cursor, change.at.x, change.at.y);
	else if (show)
		set_place(&atomic, cursor, head->x, head->y);
	if (change.hot.set || show) {
		set(&atomic, cursor, "HOTSPOT_X", change.hot.x);
		set(&atomic, cursor, "HOTSPOT_Y", change.hot.y);
	}
	ret = enter_atomic(&atomic, flags);
#ifdef WITH_DAMAGE
	if (change.damage)
		drmModeDestroyPropertyBlob(card, change.damage);
#endif
	if (ret || flags & DRM_MODE_ATOMIC_TEST_ONLY)
		return ret;
#ifdef WITH_EVENTS
	flips_due += !!(flags & DRM_MODE_PAGE_FLIP_EVENT);
#endif
	if (change.at.set) {
		head->x = change.at.x;
		head->y = change.at.y;
	}
#ifdef WITH_UNDO
	if (change.primary)
		head->shown[DRM_PLANE_TYPE_PRIMARY] = change.primary;
	if (change.cursor)
		head->shown[DRM_PLANE_TYPE_CURSOR] = change.cursor;
	if (change.hot.set || show) {
		head->hot_x = change.hot.x;
		head->hot_y = change.hot.y;
	}
#endif
	return 0;
}

/* By an atomic commit, show on the planes of @head what they showed. */
static int undo_planes(struct head *head, const struct head *was)
{
	struct buffer *cursor = was->shown[DRM_PLANE_TYPE_CURSOR];
	struct change change = {
		.primary = was->shown[DRM_PLANE_TYPE_PRIMARY],
		.cursor = cursor ? cursor : &off,
		.at = { 1, was->x, was->y },
		.hot = { 1, was->hot_x, was->hot_y },
	};

	return commit(head, change, 0);
}

static int undo_modeset(struct head *head, const struct head *was)
{
	int ret = modeset(head, was->width, was->height);

	return ret || !was->width ? ret : undo_planes(head, was);
}

static int setplane(struct head *head, int type, struct buffer *buffer, int x, int y)
{
	struct drm_mode_set_plane arg = { .plane_id = head->plane[type] };
	int ret;

	if (buffer != &off) {
		int is_cursor = type == DRM_PLANE_TYPE_CURSOR;

		arg.crtc_id = head->crtc;
		arg.fb_id = buffer->fb;
		arg.crtc_x = x;
		arg.crtc_y = y;
		arg.crtc_w = is_cursor ? buffer->width : (uint32_t)head->width;
		arg.crtc_h = is_cursor ? buffer->height : (uint32_t)head->height;
		arg.src_w = arg.crtc_w << 16;
		arg.src_h = arg.crtc_h << 16;
	}
	ret = enter(DRM_IOCTL_MODE_SETPLANE, &arg);
	if (!ret && type == DRM_PLANE_TYPE_CURSOR && buffer != &off) {
		head->x = x;
		head->y = y;
	}
#ifdef WITH_UNDO
	if (!ret)
		head->shown[type] = buffer;
#endif
	return ret;
}

/* @flags: DRM_MODE_CURSOR_MOVE, or 0 to stay where the last legacy call has put it */
static int show_cursor(struct head *head, struct buffer *buffer, uint32_t flags, int x, int y,
		       int hot_x, int hot_y)
{
	struct drm_mode_cursor2 arg = {
		.flags = DRM_MODE_CURSOR_BO | flags,
		.crtc_id = head->crtc,
		.x = x,
		.y = y,
		.width = buffer->width,
		.height = buffer->height,
		.handle = buffer->handle,
		.hot_x = hot_x,
		.hot_y = hot_y,
	};
	int ret = enter(DRM_IOCTL_MODE_CURSOR2, &arg);

	if (!ret && flags) {
		head->x = x;
		head->y = y;
	}
#ifdef WITH_UNDO
	if (!ret) {
		head->shown[DRM_PLANE_TYPE_CURSOR] = buffer;
		head->hot_x = hot_x;
		head->hot_y = hot_y;
	}
#endif
	return ret;
}

static int move_cursor(struct head *head, int x, int y)
{
	struct drm_mode_cursor arg = {
		.flags = DRM_MODE_CURSOR_MOVE,
		.crtc_id = head->crtc,
		.x = x,
		.y = y,
	};
	int ret = enter(DRM_IOCTL_MODE_CURSOR, &arg);

	if (!ret) {
		head->x = x;
		head->y = y;
	}
	return ret;
}

static int hide_cursor(struct head *head)
{
	struct drm_mode_cursor arg = { .flags = DRM_MODE_CURSOR_BO, .crtc_id = head->crtc };
	int ret = enter(DRM_IOCTL_MODE_CURSOR, &arg);

#ifdef WITH_UNDO
	if (!ret)
		head->shown[DRM_PLANE_TYPE_CURSOR] = &off;
#endif
	return ret;
}

/* And wait for its event */
static int flip(struct head *head, struct buffer *buffer)
{
	struct drm_mode_crtc_page_flip arg = {
		.crtc_id = head->crtc,
		.fb_id = buffer->fb,
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};
	int ret = enter(DRM_IOCTL_MODE_PAGE_FLIP, &arg);

	if (ret)
		return ret;
#ifdef WITH_UNDO
	head->shown[DRM_PLANE_TYPE_PRIMARY] = buffer;
#endif
	flips_due++;
	wait_flips(10000);
	return 0;
}

/* @width 0: all of it */
static int dirty(struct buffer *buffer, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	struct drm_clip_rect clip = { x, y, x + width, y + height };
	struct drm_mode_fb_dirty_cmd arg = {
		.fb_id = buffer->fb,
		.num_clips = width != 0,
		.clips_ptr = width ? (uintptr_t)&clip : 0,
	};

	return enter(DRM_IOCTL_MODE_DIRTYFB, &arg);
}

static int add_blob(void)
{
	static const uint64_t content[256];
	struct drm_mode_create_blob arg = {
		.data = (uintptr_t)content,
		.length = sizeof(content),
	};
	int ret = enter(DRM_IOCTL_MODE_CREATEPROPBLOB, &arg);

	if (!ret)
		blob = arg.blob_id;
	return ret;
}

static int remove_blob(void)
{
	struct drm_mode_destroy_blob arg = { .blob_id = blob };
	int ret = enter(DRM_IOCTL_MODE_DESTROYPROPBLOB, &arg);

	if (!ret)
		blob = 0;
	return ret;
}

/* The kernel lets go of all that hung on the open file. A mapping would hold it open. */
static int close_card(void)
{
	struct buffer *buffer;
	int ret;

	for (buffer = buffers; buffer; buffer = buffer->next)
		if (buffer->pixels && !munmap(buffer->pixels, buffer->size))
			buffer->pixels = NULL;
#ifdef WITH_ARM
	arm(SYS_close);
#endif
	ret = close(card) ? -errno : 0;
#ifdef WITH_ARM
	disarm();
#endif
	card = -1;
#ifdef WITH_EVENTS
	flips_due = 0;
#endif
	for (buffer = buffers; buffer; buffer = buffer->next)
		buffer->handle = buffer->fb = 0;
	for (int i = 0; i < 2; i++)
		heads[i].black.handle = 0;
	return ret;
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

/* Signals do not lengthen it. */
static void wait_ns(uint64_t ns)
{
	struct timespec until, more = to_timespec(ns);

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += more.tv_sec + (until.tv_nsec + more.tv_nsec) / 1000000000;
	until.tv_nsec = (until.tv_nsec + more.tv_nsec) % 1000000000;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/* The moment to look at the screen: all has come to its end. */
static void check(void)
{
#ifdef WITH_EVENTS
	wait_flips(10000);
#endif
	poll(NULL, 0, 100);
}

static timer_t start_timer(uint64_t first, uint64_t period, int number)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = number };
	struct itimerspec when = { to_timespec(period), to_timespec(first) };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &when, NULL))
		die("start a timer");
	return timer;
}

static uint64_t between(uint64_t least, uint64_t most)
{
	return least + (uint64_t)random() % (most - least + 1);
}

static timer_t storm_timer;

static int storm_timer_set;

static void stop_signals(void)
{
#ifdef WITH_TIMER
	if (storm_timer_set)
		timer_delete(storm_timer);
	storm_timer_set = 0;
#endif
#ifdef WITH_STOPS
	if (stopper.count) {
		kill(stopper.pids[0], SIGTERM);
		while (waitpid(stopper.pids[0], NULL, 0) < 0 && errno == EINTR)
			;
		stopper.count = 0;
	}
#endif
}

static void start_signals(uint64_t period, int number, int flags)
{
	stop_signals();
	handle_signal(number, flags);
	storm_timer = start_timer(period, period, number);
	storm_timer_set = 1;
}

/* Another process stops this one and lets it go on. It ends where it has let it go. */
static void start_stops(uint64_t period)
{
	struct timespec run = to_timespec(period - period / 4), stop = to_timespec(period / 4);
	pid_t client = getpid();
	sigset_t end;

	stop_signals();
	if (!spawn(&stopper))
		return;
	close(card);
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	while (sigtimedwait(&end, NULL, &run) < 0) {
		kill(client, SIGSTOP);
		nanosleep(&stop, NULL);
		kill(client, SIGCONT);
	}
	_exit(0);
}

static void kill_after(uint64_t ns)
{
	start_timer(ns, 0, SIGKILL);
}

/* The ways to take a buffer's reservation lock. */
static void contend_by_fences(int dmabuf, uint64_t size)
{
	struct dma_buf_export_sync_file out = { .flags = DMA_BUF_SYNC_RW, .fd = -1 };
	struct dma_buf_import_sync_file in = { .flags = DMA_BUF_SYNC_READ };

	(void)size;
	if (ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out))
		return;
	in.fd = out.fd;
	ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in);
	close(out.fd);
}

static void contend_by_map(int dmabuf, uint64_t size)
{
	volatile char *pixels = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);

	if (pixels == MAP_FAILED)
		return;
	for (uint64_t at = 0; at < size; at += sysconf(_SC_PAGESIZE))
		(void)pixels[at];
	munmap((void *)pixels, size);
}

static void contend_by_import(int dmabuf, uint64_t size)
{
	static int own = -1;
	struct drm_gem_close arg = { 0 };

	(void)size;
	if (own < 0)
		own = open(card_path, O_RDWR | O_CLOEXEC);
	if (!drmPrimeFDToHandle(own, dmabuf, &arg.handle))
		drmIoctl(own, DRM_IOCTL_GEM_CLOSE, &arg);
}

static void contend_by_wait(int dmabuf, uint64_t size)
{
	struct pollfd file = { .fd = dmabuf, .events = POLLIN | POLLOUT };

	(void)size;
	poll(&file, 1, 0);
}

/* From @threads processes, for as long as it takes; 0: no longer. */
static void contend(struct buffer *buffer, int threads, void (*way)(int dmabuf, uint64_t size))
{
	int dmabuf;

	dismiss(&buffer->contenders);
	if (!threads || !buffer->handle)
		return;
	if (drmPrimeHandleToFD(card, buffer->handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf))
		die("export a buffer to contend for it");
	while (threads--) {
		if (!spawn(&buffer->contenders))
			continue;
		close(card);
		for (;;)
			way(dmabuf, buffer->size);
	}
	close(dmabuf);
}
