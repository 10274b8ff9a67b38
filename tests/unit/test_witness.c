// SPDX-License-Identifier: MIT
/*
 * The display witness against a double of QEMU's end: a thread with a server of D-Bus that takes the
 * listener's socket and calls it, as QEMU does, in order or out of all order. Nothing that it says
 * may crash the witness or keep it waiting.
 *
 * WITNESS_WAIT_MS is short here (see meson.build).
 */
#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixconnection.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "compositor/model/picture.h"
#include "tests/runner/display_dbus.h"
#include "tests/runner/witness.h"
#include "tests/unit/unit.h"

#define X8R8G8B8 0x20020888u
#define A8R8G8B8 0x20028888u

/* How the double treats RegisterListener. */
enum manner {
	ANSWER_FIRST, /* then log in, which blocks its loop (QEMU 7.2) */
	ANSWER_LAST,
	DEAF_ONCE, /* not even hear the first call of all */
	REFUSE,
	DROP_LISTENER, /* answer, and close the listener's socket */
	DROP_BUS,      /* close the connection that the call came over */
	BE_SILENT,     /* never answer nor log in */
	TALK_NONSENSE, /* answer, and say on the socket what is no D-Bus */
};

struct qemu_double {
	GThread *thread;
	GMainContext *context;
	GMainLoop *loop;
	int fd;
	int consoles;
	enum manner manner;
	int calls; /* received over the bus, counted if DEAF_ONCE */
	GDBusConnection *bus;
	GDBusInterfaceSkeleton *skeletons[DISPLAY_HEADS + 1];
	GDBusConnection *listeners[DISPLAY_HEADS + 1];
	int monitors[DISPLAY_HEADS]; /* SetUIInfo: the width that was asked for */
	GMutex lock;
	GCond changed;
	int registered;
};

static GIOStream *stream_of(int fd)
{
	g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, NULL);

	return g_object_new(G_TYPE_UNIX_CONNECTION, "socket", socket, NULL);
}

/*
 * QEMU does not ask for the delay. Without it, GLib (2.74) takes messages before the connection is
 * ready for them, which is critical; what then happens to a call is what deaf_once() does.
 */
static GDBusConnection *serve(int fd)
{
	g_autoptr(GIOStream) stream = stream_of(fd);
	g_autofree char *guid = g_dbus_generate_guid();

	return g_dbus_connection_new_sync(stream, guid,
					  G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
						  G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
					  NULL, NULL, NULL);
}

/* QEMU's proxy of the listener reads its properties, while nothing else goes on. */
static void call_back(struct qemu_double *qemu, int console, int fd)
{
	GDBusConnection *connection = serve(fd);
	QemuListener *proxy;

	if (!connection)
		return;
	g_dbus_connection_start_message_processing(connection);
	proxy = qemu_listener_proxy_new_sync(connection, G_DBUS_PROXY_FLAGS_NONE, NULL,
					     "/org/qemu/Display1/Listener", NULL, NULL);
	g_clear_object(&proxy);
	g_mutex_lock(&qemu->lock);
	qemu->listeners[console] = connection;
	qemu->registered++;
	g_cond_broadcast(&qemu->changed);
	g_mutex_unlock(&qemu->lock);
}

static int console_of(QemuConsole *console)
{
	return GPOINTER_TO_INT(g_object_get_data(G_OBJECT(console), "console"));
}

static gboolean on_register(QemuConsole *console, GDBusMethodInvocation *invocation,
			    GUnixFDList *list, GVariant *handle, struct qemu_double *qemu)
{
	int fd = g_unix_fd_list_get(list, g_variant_get_handle(handle), NULL);

	if (qemu->manner == REFUSE) {
		g_dbus_method_invocation_return_dbus_error(invocation,
							   "org.qemu.Display1.Error.Failed", "no");
		close(fd);
		return TRUE;
	}
	if (qemu->manner == BE_SILENT) {
		g_object_set_data(G_OBJECT(console), "kept", GINT_TO_POINTER(fd));
		g_object_unref(invocation);
		return TRUE;
	}
	if (qemu->manner == DROP_BUS)
		shutdown(qemu->fd, SHUT_RDWR);
	if (qemu->manner != ANSWER_LAST)
		qemu_console_complete_register_listener(console, invocation, NULL);
	if (qemu->manner == TALK_NONSENSE)
		assert_int_equal(write(fd, "HTTP/1.1 200 OK\r\n\r\n", 19), 19);
	if (qemu->manner <= DEAF_ONCE)
		call_back(qemu, console_of(console), fd);
	else
		close(fd);
	if (qemu->manner == ANSWER_LAST)
		qemu_console_complete_register_listener(console, invocation, NULL);
	return TRUE;
}

static gboolean on_monitor(QemuConsole *console, GDBusMethodInvocation *invocation, guint16 wide,
			   guint16 high, gint x, gint y, guint width, guint height,
			   struct qemu_double *qemu)
{
	(void)wide, (void)high, (void)x, (void)y, (void)height;
	qemu->monitors[console_of(console)] = (int)width;
	qemu_console_complete_set_uiinfo(console, invocation);
	return TRUE;
}

static void put_up(struct qemu_double *qemu, int slot, gpointer skeleton, const char *path)
{
	qemu->skeletons[slot] = skeleton;
	assert_true(g_dbus_interface_skeleton_export(skeleton, qemu->bus, path, NULL));
}

static void put_up_all(struct qemu_double *qemu)
{
	static const guint32 ids[] = { 0, 1, 2 };
	QemuVM *vm = qemu_vm_skeleton_new();

	for (int i = 0; i < qemu->consoles && i < DISPLAY_HEADS; i++) {
		g_autofree char *path = g_strdup_printf("/org/qemu/Display1/Console_%d", i);
		QemuConsole *console = qemu_console_skeleton_new();

		g_object_set_data(G_OBJECT(console), "console", GINT_TO_POINTER(i));
		g_signal_connect(console, "handle-register-listener", G_CALLBACK(on_register),
				 qemu);
		g_signal_connect(console, "handle-set-uiinfo", G_CALLBACK(on_monitor), qemu);
		put_up(qemu, i, console, path);
	}
	qemu_vm_set_console_ids(vm, g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, ids,
							      (gsize)qemu->consoles, 4));
	put_up(qemu, DISPLAY_HEADS, vm, "/org/qemu/Display1/VM");
}

static gboolean quit(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

/* The first call is never answered. */
static GDBusMessage *deaf_once(GDBusConnection *connection, GDBusMessage *message,
			       gboolean incoming, gpointer data)
{
	struct qemu_double *qemu = data;

	(void)connection;
	if (!incoming || qemu->calls++)
		return message;
	g_object_unref(message);
	return NULL;
}

static gpointer run_double(gpointer data)
{
	struct qemu_double *qemu = data;

	g_main_context_push_thread_default(qemu->context);
	qemu->bus = serve(qemu->fd);
	if (qemu->bus) {
		if (qemu->manner == DEAF_ONCE)
			g_dbus_connection_add_filter(qemu->bus, deaf_once, qemu, NULL);
		g_dbus_connection_start_message_processing(qemu->bus);
		g_usleep(5000); /* QEMU's main loop takes note of the connection later, too */
		put_up_all(qemu);
	}
	g_main_loop_run(qemu->loop);
	g_main_context_pop_thread_default(qemu->context);
	return NULL;
}

/* Returns the witness's end of the socket. */
static int double_start(struct qemu_double *qemu, int consoles, enum manner manner)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	*qemu = (struct qemu_double){ .fd = fds[0], .consoles = consoles, .manner = manner };
	g_mutex_init(&qemu->lock);
	g_cond_init(&qemu->changed);
	qemu->context = g_main_context_new();
	qemu->loop = g_main_loop_new(qemu->context, FALSE);
	qemu->thread = g_thread_new("double", run_double, qemu);
	return fds[1];
}

static void close_connection(GDBusConnection *connection)
{
	if (!connection)
		return;
	g_dbus_connection_close_sync(connection, NULL, NULL);
	g_object_unref(connection);
}

static void double_stop(struct qemu_double *qemu)
{
	GSource *source = g_idle_source_new();

	g_source_set_callback(source, quit, qemu->loop, NULL);
	g_source_attach(source, qemu->context);
	g_source_unref(source);
	g_thread_join(qemu->thread);
	for (int i = 0; i <= DISPLAY_HEADS; i++) {
		close_connection(qemu->listeners[i]);
		if (!qemu->skeletons[i])
			continue;
		if (g_object_get_data(G_OBJECT(qemu->skeletons[i]), "kept"))
			close(GPOINTER_TO_INT(
				g_object_get_data(G_OBJECT(qemu->skeletons[i]), "kept")));
		g_dbus_interface_skeleton_unexport(qemu->skeletons[i]);
		g_object_unref(qemu->skeletons[i]);
	}
	close_connection(qemu->bus);
	while (g_main_context_iteration(qemu->context, FALSE))
		;
	g_main_loop_unref(qemu->loop);
	g_main_context_unref(qemu->context);
	g_mutex_clear(&qemu->lock);
	g_cond_clear(&qemu->changed);
}

/* A witness of a well-mannered double. */
static struct witness *start_both(struct qemu_double *qemu, int consoles, enum manner manner)
{
	GError *error = NULL;
	struct witness *witness =
		witness_start(double_start(qemu, consoles, manner), consoles, &error);

	if (error)
		fail_msg("%s", error->message);
	g_mutex_lock(&qemu->lock);
	while (qemu->registered < consoles)
		g_cond_wait(&qemu->changed, &qemu->lock);
	g_mutex_unlock(&qemu->lock);
	return witness;
}

/* --- what the double says ---------------------------------------------------------------------- */

/* Call the witness and do not wait, as QEMU does. @arguments is taken. */
static void say(struct qemu_double *qemu, int head, const char *method, GVariant *arguments)
{
	g_dbus_connection_call(qemu->listeners[head], NULL, "/org/qemu/Display1/Listener",
			       "org.qemu.Display1.Listener", method, arguments, NULL,
			       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static GVariant *bytes_of(const void *bytes, gsize len)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, bytes, len, 1);
}

/* A picture's pixels as a scanout brings them: X is rubbish, and rows may have a tail. */
static GVariant *scanout_bytes(enum picture_image kind, guint32 id, guint32 width, guint32 height,
			       guint32 stride)
{
	guint8 *bytes = g_malloc0((gsize)stride * height);
	GVariant *variant;

	memset(bytes, 0x5a, (gsize)stride * height);
	picture_paint(kind, id, width, height, bytes, stride);
	for (guint32 y = 0; y < height; y++)
		for (guint32 x = 0; x < width; x++)
			bytes[y * stride + x * 4 + 3] = (guint8)(x * y);
	variant = bytes_of(bytes, (gsize)stride * height);
	g_free(bytes);
	return variant;
}

static void say_scanout(struct qemu_double *qemu, int head, enum picture_image kind, guint32 id,
			guint32 width, guint32 height)
{
	guint32 stride = width * 4 + 16;

	say(qemu, head, "Scanout",
	    g_variant_new("(uuuu@ay)", width, height, stride, X8R8G8B8,
			  scanout_bytes(kind, id, width, height, stride)));
}

static void say_update(struct qemu_double *qemu, int head, enum picture_image kind, guint32 id,
		       int x, int y, guint32 width, guint32 height)
{
	say(qemu, head, "Update",
	    g_variant_new("(iiiiuu@ay)", x, y, width, height, width * 4, A8R8G8B8,
			  scanout_bytes(kind, id, width, height, width * 4)));
}

static void say_cursor(struct qemu_double *qemu, int head, enum picture_image kind, guint32 id)
{
	guint32 pixels[64 * 64];

	picture_paint(kind, id, 64, 64, pixels, 256);
	say(qemu, head, "CursorDefine",
	    g_variant_new("(iiii@ay)", 64, 64, 3, 4, bytes_of(pixels, sizeof(pixels))));
}

static void say_mouse(struct qemu_double *qemu, int head, int x, int y, int on)
{
	say(qemu, head, "MouseSet", g_variant_new("(iii)", x, y, on));
}

/* --- what must be recorded --------------------------------------------------------------------- */

static const struct display_event *event_at(const struct display_record *record, guint i)
{
	const struct display_event *event;

	assert_true(i < record->events->len);
	event = &g_array_index(record->events, struct display_event, i);
	assert_int_equal(event->seq, i + 1);
	return event;
}

static void assert_picture(const struct image *image, enum picture_image kind, guint32 id,
			   guint32 opaque)
{
	assert_non_null(image);
	for (int y = 0; y < image->height; y++)
		for (int x = 0; x < image->width; x++)
			assert_int_equal(image->pixels[y * image->width + x],
					 picture_pixel(kind, id, (uint32_t)image->width,
						       (uint32_t)image->height, (uint32_t)x,
						       (uint32_t)y) |
						 opaque);
}

static void check(struct witness *witness, guint64 number)
{
	GError *error = NULL;

	if (!witness_check(witness, number, &error))
		fail_msg("%s", error->message);
}

static void say_some_of_each(struct qemu_double *qemu, struct witness *witness)
{
	say_scanout(qemu, 0, IMAGE_CHECKER, 5, 80, 60);
	check(witness, 1);
	say_update(qemu, 0, IMAGE_SOLID, 6, 40, 0, 40, 1);
	say_update(qemu, 0, IMAGE_SOLID, 9, 0, 0, 80, 60);
	say_cursor(qemu, 0, IMAGE_ALPHA, 7);
	say_mouse(qemu, 0, -5, 6, 1);
	check(witness, 2);
	say_mouse(qemu, 0, 7, 8, 0);
	say(qemu, 0, "Disable", NULL);
	check(witness, 3);
}

static void assert_some_of_each(const struct display_record *record)
{
	const struct display_event *event = event_at(record, 0);

	assert_int_equal(event->kind, DISPLAY_SCANOUT);
	assert_int_equal(event->width, 80);
	assert_int_equal(event->height, 60);
	assert_int_equal(event->picture, 5);
	assert_true((guint64)g_get_real_time() - event->time < 3600 * (guint64)G_USEC_PER_SEC);
	assert_int_equal(event_at(record, 1)->kind, DISPLAY_CHECK);
	event = event_at(record, 2);
	assert_int_equal(event->kind, DISPLAY_UPDATE);
	assert_int_equal(event->x, 40);
	assert_int_equal(event->width, 40);
	assert_int_equal(event->picture, PICTURE_NONE);
	assert_int_equal(event_at(record, 3)->picture, 9);
	event = event_at(record, 4);
	assert_int_equal(event->kind, DISPLAY_CURSOR);
	assert_int_equal(event->width, 64);
	assert_int_equal(event->hot_x, 3);
	assert_int_equal(event->hot_y, 4);
	assert_int_equal(event->picture, 7);
	event = event_at(record, 5);
	assert_int_equal(event->kind, DISPLAY_MOUSE);
	assert_int_equal(event->x, -5);
	assert_int_equal(event->y, 6);
	assert_true(event->on);
	assert_int_equal(event_at(record, 6)->check, 2);
	assert_false(event_at(record, 7)->on);
	assert_int_equal(event_at(record, 8)->kind, DISPLAY_DISABLE);
	assert_int_equal(event_at(record, 9)->kind, DISPLAY_CHECK);
	assert_int_equal(record->events->len, 10);
}

static void assert_checks(const struct display_record *record)
{
	const struct display_head *head;

	assert_int_equal(record->checks->len, 3);
	head = ((struct display_check *)g_ptr_array_index(record->checks, 0))->heads;
	assert_picture(head->scanout, IMAGE_CHECKER, 5, 0xff000000u); /* not what came later */
	assert_null(head->cursor);
	assert_false(head->visible);
	head = ((struct display_check *)g_ptr_array_index(record->checks, 1))->heads;
	assert_picture(head->scanout, IMAGE_SOLID, 9, 0xff000000u);
	assert_picture(head->cursor, IMAGE_ALPHA, 7, 0);
	assert_int_equal(head->hot_x, 3);
	assert_int_equal(head->x, -5);
	assert_true(head->visible);
	head = ((struct display_check *)g_ptr_array_index(record->checks, 2))->heads;
	assert_null(head->scanout);
	assert_picture(head->cursor, IMAGE_ALPHA, 7, 0);
	assert_false(head->visible);
}

static const struct order {
	const char *name;
	enum manner manner;
} orders[] = {
	{ "answers, then logs in", ANSWER_FIRST },
	{ "logs in, then answers", ANSWER_LAST },
	{ "does not hear the first call", DEAF_ONCE },
};

static void check_recording(void **state)
{
	const struct order *row = *state;
	struct qemu_double qemu;
	struct witness *witness = start_both(&qemu, 1, row->manner);
	struct display_record *record;
	const char *lost = "";

	say_some_of_each(&qemu, witness);
	record = witness_stop(witness, &lost);
	assert_null(lost);
	assert_some_of_each(record);
	assert_checks(record);
	display_record_free(record);
	double_stop(&qemu);
}

static void test_heads_are_told_apart(void **state)
{
	struct qemu_double qemu;
	struct witness *witness = start_both(&qemu, 2, ANSWER_FIRST);
	const struct display_check *last;
	struct display_record *record;

	(void)state;
	assert_true(witness_plug(witness, 1, 1024, 768, NULL));
	assert_int_equal(qemu.monitors[0], 0);
	assert_int_equal(qemu.monitors[1], 1024);
	say_scanout(&qemu, 1, IMAGE_SOLID, 2, 64, 64);
	say_scanout(&qemu, 0, IMAGE_SOLID, 1, 64, 64);
	say_mouse(&qemu, 1, 11, 12, 1);
	check(witness, 1);
	record = witness_stop(witness, NULL);
	last = g_ptr_array_index(record->checks, 0);
	assert_picture(last->heads[0].scanout, IMAGE_SOLID, 1, 0xff000000u);
	assert_picture(last->heads[1].scanout, IMAGE_SOLID, 2, 0xff000000u);
	assert_int_equal(last->heads[0].x, 0);
	assert_int_equal(last->heads[1].x, 11);
	display_record_free(record);
	double_stop(&qemu);
}

/* Each check sees all that was said before it, small and large, and nothing else was added. */
static void test_a_check_waits_for_all_messages(void **state)
{
	struct qemu_double qemu;
	struct witness *witness = start_both(&qemu, 1, ANSWER_FIRST);
	struct display_record *record;
	int moves = 0;
	guint seen = 0;

	(void)state;
	for (guint number = 1; number <= 5; number++) {
		for (guint32 i = 0; i < 3; i++)
			say_scanout(&qemu, 0, IMAGE_SOLID, number * 10 + i, 1024, 768);
		for (int i = 0; i < 1000; i++)
			say_mouse(&qemu, 0, ++moves, 0, 1);
		check(witness, number);
	}
	record = witness_stop(witness, NULL);
	assert_int_equal(record->events->len, 5 * (3 + 1000 + 1));
	for (guint i = 0; i < record->events->len; i++) {
		const struct display_event *event = event_at(record, i);

		if (event->kind == DISPLAY_MOUSE)
			assert_int_equal(event->x, ++seen);
	}
	for (guint i = 0; i < 5; i++) {
		const struct display_check *one = g_ptr_array_index(record->checks, i);

		assert_int_equal(one->heads[0].x, (i + 1) * 1000);
		assert_int_equal(image_picture(one->heads[0].scanout->pixels, 1024),
				 (i + 1) * 10 + 2);
	}
	display_record_free(record);
	double_stop(&qemu);
}

/* What was received before the end counts, check or no check. */
static void test_stopping_keeps_what_came(void **state)
{
	struct qemu_double qemu;
	struct witness *witness = start_both(&qemu, 1, ANSWER_FIRST);
	struct display_record *record;
	const char *lost = NULL;

	(void)state;
	say_mouse(&qemu, 0, 1, 2, 1);
	check(witness, 1);
	say_mouse(&qemu, 0, 3, 4, 1);
	g_dbus_connection_flush_sync(qemu.listeners[0], NULL, NULL);
	g_dbus_connection_close_sync(qemu.listeners[0], NULL, NULL);
	g_clear_object(&qemu.listeners[0]);
	assert_false(witness_check(witness, 2, NULL));
	record = witness_stop(witness, &lost);
	assert_non_null(lost);
	assert_int_equal(event_at(record, 2)->x, 3);
	display_record_free(record);
	double_stop(&qemu);
}

/* --- trouble ----------------------------------------------------------------------------------- */

static const struct refusal {
	const char *name;
	int consoles;
	enum manner manner;
} refusals[] = {
	{ "refuses", 1, REFUSE },
	{ "closes the listener", 1, DROP_LISTENER },
	{ "closes its objects' connection", 1, DROP_BUS },
	{ "is silent", 1, BE_SILENT },
	{ "talks nonsense", 1, TALK_NONSENSE },
	{ "has no console", 0, ANSWER_FIRST },
	{ "has too many consoles", DISPLAY_HEADS + 1, ANSWER_FIRST },
};

static void check_refusal(void **state)
{
	const struct refusal *row = *state;
	struct qemu_double qemu;
	GError *error = NULL;

	assert_null(witness_start(double_start(&qemu, row->consoles, row->manner), 1, &error));
	assert_non_null(error);
	assert_true(g_str_has_prefix(error->message, "the display witness: "));
	g_clear_error(&error);
	double_stop(&qemu);
}

static const struct greeting {
	const char *name, *text;
	gboolean closes;
} greetings[] = {
	{ "closed", "", TRUE },
	{ "nothing", "", FALSE },
	{ "nonsense, closed", "\r\n\r\nnonsense\r\n", TRUE },
	{ "nonsense", "nonsense\r\n", FALSE },
	{ "refused", "REJECTED\r\nREJECTED\r\nREJECTED\r\nREJECTED\r\n", TRUE },
};

/* The first socket's other end is no D-Bus at all. */
static void check_greeting(void **state)
{
	const struct greeting *row = *state;
	GError *error = NULL;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(write(fds[0], row->text, strlen(row->text)), strlen(row->text));
	if (row->closes)
		close(fds[0]);
	assert_null(witness_start(fds[1], 1, &error));
	assert_non_null(error);
	g_clear_error(&error);
	if (!row->closes)
		close(fds[0]);
}

static void test_no_socket_is_an_error(void **state)
{
	GError *error = NULL;
	int fd = dup(0);

	(void)state;
	close(fd);
	assert_null(witness_start(fd, 1, &error));
	assert_non_null(error);
	g_clear_error(&error);
}

/* Messages that cannot be meant. @bytes is how much data comes with them. */
static const struct wrong {
	const char *name, *method, *arguments; /* but for the data */
	gsize bytes;
} wrongs[] = {
	{ "data one byte short", "Scanout", "64, 64, 256, 0x20020888", 64 * 256 - 1 },
	{ "no data", "Scanout", "64, 64, 256, 0x20020888", 0 },
	{ "no width", "Scanout", "0, 64, 256, 0x20020888", 64 * 256 },
	{ "no height", "Scanout", "64, 0, 256, 0x20020888", 64 * 256 },
	{ "huge width", "Scanout", "4294967295, 64, 256, 0x20020888", 64 * 256 },
	{ "huge height", "Scanout", "64, 4294967295, 256, 0x20020888", 64 * 256 },
	{ "huge stride", "Scanout", "64, 64, 4294967292, 0x20020888", 64 * 256 },
	{ "product beyond 32 bits", "Scanout", "16384, 16384, 65536, 0x20020888", 64 },
	{ "width * 4 beyond 32 bits", "Scanout", "1073741825, 1, 4, 0x20020888", 4 },
	{ "stride below width", "Scanout", "64, 64, 252, 0x20020888", 64 * 256 },
	{ "stride 0", "Scanout", "64, 64, 0, 0x20020888", 64 * 256 },
	{ "unknown format", "Scanout", "64, 64, 128, 0x10020565", 64 * 128 },
	{ "update: unknown format", "Update", "0, 0, 8, 8, 32, 0", 8 * 32 },
	{ "update: data short", "Update", "0, 0, 8, 8, 32, 0x20020888", 8 * 32 - 1 },
	{ "update: negative width", "Update", "0, 0, -8, 8, 32, 0x20020888", 8 * 32 },
	{ "update: negative height", "Update", "0, 0, 8, -8, 32, 0x20020888", 8 * 32 },
	{ "update: negative x", "Update", "-1, 0, 8, 8, 32, 0x20020888", 8 * 32 },
	{ "update: negative y", "Update", "0, -2147483648, 8, 8, 32, 0x20020888", 8 * 32 },
	{ "update: x too large", "Update", "57, 0, 8, 8, 32, 0x20020888", 8 * 32 },
	{ "update: x + width wraps", "Update", "2147483647, 0, 8, 8, 32, 0x20020888", 8 * 32 },
	{ "update: y too large", "Update", "0, 57, 8, 8, 32, 0x20020888", 8 * 32 },
	{ "cursor: data short", "CursorDefine", "64, 64, 0, 0", 64 * 256 - 1 },
	{ "cursor: negative width", "CursorDefine", "-64, 64, 0, 0", 64 * 256 },
	{ "cursor: negative size", "CursorDefine", "-64, -64, 0, 0", 64 * 256 },
	{ "cursor: huge", "CursorDefine", "65536, 65536, 0, 0", 64 },
	{ "cursor: width wraps", "CursorDefine", "1073741824, 1, 0, 0", 64 },
	{ "cursor: empty", "CursorDefine", "0, 0, 0, 0", 0 },
};

static GVariant *wrong_arguments(const struct wrong *row)
{
	g_autofree char *text = g_strdup_printf("(%s, @ay [])", row->arguments);
	const char *type = !strcmp(row->method, "Scanout") ? "(uuuuay)" :
			   !strcmp(row->method, "Update")  ? "(iiiiuuay)" :
							     "(iiiiay)";
	g_autoptr(GVariant) head = g_variant_parse(G_VARIANT_TYPE(type), text, NULL, NULL, NULL);
	g_autofree guint8 *bytes = g_malloc0(row->bytes + 1);
	GVariantBuilder builder;
	gsize last;

	assert_non_null(head);
	g_variant_builder_init(&builder, G_VARIANT_TYPE(type));
	last = g_variant_n_children(head) - 1;
	for (gsize i = 0; i < last; i++) {
		g_autoptr(GVariant) child = g_variant_get_child_value(head, i);

		g_variant_builder_add_value(&builder, child);
	}
	g_variant_builder_add_value(&builder, bytes_of(bytes, row->bytes));
	return g_variant_builder_end(&builder);
}

static void check_wrong(void **state)
{
	const struct wrong *row = *state;
	struct qemu_double qemu;
	struct witness *witness = start_both(&qemu, 1, ANSWER_FIRST);
	struct display_record *record;
	const char *lost = NULL;

	say_scanout(&qemu, 0, IMAGE_SOLID, 1, 64, 64);
	check(witness, 1);
	say(&qemu, 0, row->method, wrong_arguments(row));
	assert_false(witness_check(witness, 2, NULL));
	record = witness_stop(witness, &lost);
	assert_non_null(lost);
	assert_int_equal(event_at(record, 2)->kind, DISPLAY_CHECK); /* nothing was recorded of it */
	display_record_free(record);
	double_stop(&qemu);
}

static void test_an_update_of_nothing_is_lost(void **state)
{
	struct qemu_double qemu;
	struct witness *witness = start_both(&qemu, 1, ANSWER_FIRST);
	const char *lost = NULL;

	(void)state;
	say_update(&qemu, 0, IMAGE_SOLID, 1, 0, 0, 8, 8);
	assert_false(witness_check(witness, 1, NULL));
	display_record_free(witness_stop(witness, &lost));
	assert_non_null(lost);
	double_stop(&qemu);
}

/* What is sent raw, past GDBus, before the connection is closed. */
static const struct raw {
	const char *name;
	guint8 bytes[16];
	gsize len;
} raws[] = {
	{ "between messages", { 0 }, 0 },
	{ "in a header", { 'l', 1, 0, 1, 0, 16 }, 6 },
	{ "in a body", { 'l', 1, 0, 1, 0, 16, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0 }, 16 },
	{ "after nonsense", "nonsense!", 9 },
};

static void check_raw(void **state)
{
	const struct raw *row = *state;
	struct qemu_double qemu;
	struct witness *witness = start_both(&qemu, 1, ANSWER_FIRST);
	GSocketConnection *stream =
		G_SOCKET_CONNECTION(g_dbus_connection_get_stream(qemu.listeners[0]));
	GSocket *socket = g_socket_connection_get_socket(stream);
	struct display_record *record;
	const char *lost = NULL;

	say_mouse(&qemu, 0, 1, 2, 1);
	check(witness, 1);
	if (row->len)
		g_socket_send(socket, (const char *)row->bytes, row->len, NULL, NULL);
	g_socket_shutdown(socket, FALSE, TRUE, NULL);
	assert_false(witness_check(witness, 2, NULL));
	assert_false(witness_check(witness, 3, NULL));
	record = witness_stop(witness, &lost);
	assert_non_null(lost);
	assert_int_equal(record->checks->len, 1);
	display_record_free(record);
	double_stop(&qemu);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads_are_told_apart),
		cmocka_unit_test(test_a_check_waits_for_all_messages),
		cmocka_unit_test(test_stopping_keeps_what_came),
		cmocka_unit_test(test_no_socket_is_an_error),
		cmocka_unit_test(test_an_update_of_nothing_is_lost),
	};
	int failed = RUN_ROWS("messages are recorded", orders, check_recording);

	failed += cmocka_run_group_tests_name("witness", tests, NULL, NULL);
	failed += RUN_ROWS("QEMU does not let us listen", refusals, check_refusal);
	failed += RUN_ROWS("no D-Bus", greetings, check_greeting);
	failed += RUN_ROWS("messages that cannot be meant", wrongs, check_wrong);
	failed += RUN_ROWS("QEMU ends", raws, check_raw);
	return failed ? 1 : 0;
}
