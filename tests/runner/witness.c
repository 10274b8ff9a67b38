// SPDX-License-Identifier: MIT
#include "tests/runner/witness.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixconnection.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/runner/display_dbus.h"

/* No wait is longer. QEMU answers in milliseconds; a machine under heavy load may take its time. */
#ifndef WITNESS_WAIT_MS
#define WITNESS_WAIT_MS 30000
#endif

/* While QEMU has not put its objects up: how long between two looks for them, and how long one
 * waits for its answer. */
#define LOOK_US 1000
#define LOOK_MS 200

#define PATH_VM "/org/qemu/Display1/VM"
#define PATH_CONSOLE "/org/qemu/Display1/Console_%u"
#define PATH_LISTENER "/org/qemu/Display1/Listener"

/* pixman_format_code_t: 32 bits a pixel, a guint32 with blue in its lowest byte. */
#define FORMAT_X8R8G8B8 0x20020888u
#define FORMAT_A8R8G8B8 0x20028888u

#define OPAQUE 0xff000000u
/* As wide or high as a virtio-gpu scanout can be (hw/display/virtio-gpu.c of QEMU). */
#define MAX_SIDE 16384

/* All pictures of a trial's checks together: 340 different ones of 1024x768. */
#define HELD_MAX ((gsize)1 << 30)

/* The monitor that is plugged into a console after the first: the size that programs ask for. */
#define MONITOR_WIDTH 1024
#define MONITOR_HEIGHT 768

/* A connection to QEMU, from the login until the witness is freed. */
struct link {
	struct witness *witness;
	GDBusConnection *connection; /* NULL: none */
	gboolean hung_up;	     /* by us */
	gboolean closed;	     /* and all that was received before has been handled */
};

/* One console of QEMU's. */
struct listener {
	struct witness *witness;
	int head;
	struct link link;
	QemuListener *skeleton;
};

enum stage { STARTING, WATCHING, FAILED };

/*
 * Everything below belongs to the thread, which runs all handlers. Others read ->listeners once
 * they have seen WATCHING, and ->record and ->now when the thread has ended.
 */
struct witness {
	GThread *thread;
	GMainContext *context;
	GCancellable *cancellable; /* ends the thread's own waits */
	int fd, heads;
	guint32 consoles[DISPLAY_HEADS]; /* QEMU's numbers of them */
	struct link bus;		 /* to QEMU's objects */
	struct listener listeners[DISPLAY_HEADS];
	int listener_count;
	struct display_head now[DISPLAY_HEADS];
	struct display_record *record;
	gsize held; /* bytes of scanouts in the record's checks */
	gboolean stop;

	GMutex lock; /* for what follows */
	GCond changed;
	enum stage stage;
	GError *error; /* why FAILED */
	guint checks;  /* how many are recorded */
	const char *lost;
};

/* The first reason stands: what follows comes from it, or is worth no more. */
static void lose(struct witness *witness, const char *why)
{
	g_mutex_lock(&witness->lock);
	if (!witness->lost)
		witness->lost = why;
	g_mutex_unlock(&witness->lock);
}

static const char *lost_why(struct witness *witness)
{
	const char *why;

	g_mutex_lock(&witness->lock);
	why = witness->lost;
	g_mutex_unlock(&witness->lock);
	return why;
}

/* --- what QEMU says ---------------------------------------------------------------------------- */

/* A new last event; what is not set here is 0. */
static struct display_event *add_event(struct witness *witness, enum display_kind kind, int head)
{
	struct display_record *record = witness->record;
	struct display_event event = { .kind = kind,
				       .seq = record->events->len + 1,
				       .time = (guint64)g_get_real_time(),
				       .head = head,
				       .picture = PICTURE_NONE };

	g_array_append_val(record->events, event);
	return &g_array_index(record->events, struct display_event, record->events->len - 1);
}

/* A rectangle of pixels as it comes in a message. */
struct block {
	gint64 x, y, width, height;
	guint32 stride; /* bytes */
	GVariant *data;
};

/* Can @block be in a picture at all, and is all of it there? */
static gboolean is_whole(const struct block *block)
{
	return block->width >= 1 && block->width <= MAX_SIDE && block->height >= 1 &&
	       block->height <= MAX_SIDE && block->stride >= block->width * 4 &&
	       g_variant_get_size(block->data) >= (guint64)block->stride * (guint64)block->height;
}

/* Copy @block, which lies within @image; the bits @opaque are set in each pixel. */
static void draw(struct image *image, const struct block *block, guint32 opaque)
{
	const char *from = g_variant_get_data(block->data);

	for (gint64 row = 0; row < block->height; row++, from += block->stride) {
		guint32 *to = image->pixels + (block->y + row) * image->width + block->x;

		memcpy(to, from, (gsize)block->width * sizeof(*to));
		for (gint64 i = 0; i < block->width; i++)
			to[i] |= opaque;
	}
}

/* The picture behind *@image, its pixels ours alone to change: a check may hold what is there. */
static struct image *own(struct image **image, int width, int height, gboolean keep)
{
	struct image *before = *image;
	gboolean fits = before && before->width == width && before->height == height;

	if (fits && g_atomic_int_get(&before->refs) == 1)
		return before;
	*image = image_new(width, height);
	if (fits && keep)
		memcpy((*image)->pixels, before->pixels,
		       (gsize)width * (gsize)height * sizeof(guint32));
	image_unref(before);
	return *image;
}

/* The id in row 0 if @block brought it anew. */
static gint64 picture_of(const struct image *image, const struct block *block)
{
	if (block->x > 0 || block->y > 0 || block->width < PICTURE_ID_PIXELS)
		return PICTURE_NONE;
	return image_picture(image->pixels, image->width);
}

static gboolean on_scanout(QemuListener *skeleton, GDBusMethodInvocation *invocation, guint width,
			   guint height, guint stride, guint format, GVariant *data,
			   struct listener *listener)
{
	struct witness *witness = listener->witness;
	struct block block = { 0, 0, width, height, stride, data };
	struct display_event *event;
	struct image *image;

	if (format != FORMAT_X8R8G8B8 && format != FORMAT_A8R8G8B8) {
		lose(witness, "QEMU sent a picture in an unknown format");
	} else if (!is_whole(&block)) {
		lose(witness, "QEMU sent a picture of impossible size");
	} else {
		image = own(&witness->now[listener->head].scanout, (int)width, (int)height, FALSE);
		draw(image, &block, OPAQUE);
		event = add_event(witness, DISPLAY_SCANOUT, listener->head);
		event->width = (int)width;
		event->height = (int)height;
		event->picture = picture_of(image, &block);
	}
	qemu_listener_complete_scanout(skeleton, invocation);
	return TRUE;
}

static void update(struct listener *listener, const struct block *block)
{
	struct witness *witness = listener->witness;
	struct image **image = &witness->now[listener->head].scanout;
	struct display_event *event;

	if (!*image || block->x < 0 || block->y < 0 || block->x + block->width > (*image)->width ||
	    block->y + block->height > (*image)->height) {
		lose(witness, "QEMU drew outside of the picture");
		return;
	}
	draw(own(image, (*image)->width, (*image)->height, TRUE), block, OPAQUE);
	event = add_event(witness, DISPLAY_UPDATE, listener->head);
	event->x = (int)block->x;
	event->y = (int)block->y;
	event->width = (int)block->width;
	event->height = (int)block->height;
	event->picture = picture_of(*image, block);
}

static gboolean on_update(QemuListener *skeleton, GDBusMethodInvocation *invocation, gint x, gint y,
			  gint width, gint height, guint stride, guint format, GVariant *data,
			  struct listener *listener)
{
	struct block block = { x, y, width, height, stride, data };

	if (format != FORMAT_X8R8G8B8 && format != FORMAT_A8R8G8B8)
		lose(listener->witness, "QEMU sent a picture in an unknown format");
	else if (!is_whole(&block))
		lose(listener->witness, "QEMU sent a picture of impossible size");
	else
		update(listener, &block);
	qemu_listener_complete_update(skeleton, invocation);
	return TRUE;
}

static gboolean on_disable(QemuListener *skeleton, GDBusMethodInvocation *invocation,
			   struct listener *listener)
{
	struct witness *witness = listener->witness;

	g_clear_pointer(&witness->now[listener->head].scanout, image_unref);
	add_event(witness, DISPLAY_DISABLE, listener->head);
	qemu_listener_complete_disable(skeleton, invocation);
	return TRUE;
}

static gboolean on_mouse(QemuListener *skeleton, GDBusMethodInvocation *invocation, gint x, gint y,
			 gint on, struct listener *listener)
{
	struct witness *witness = listener->witness;
	struct display_head *head = &witness->now[listener->head];
	struct display_event *event = add_event(witness, DISPLAY_MOUSE, listener->head);

	event->x = head->x = x;
	event->y = head->y = y;
	event->on = head->visible = on != 0;
	qemu_listener_complete_mouse_set(skeleton, invocation);
	return TRUE;
}

static gboolean on_cursor(QemuListener *skeleton, GDBusMethodInvocation *invocation, gint width,
			  gint height, gint hot_x, gint hot_y, GVariant *data,
			  struct listener *listener)
{
	struct witness *witness = listener->witness;
	struct display_head *head = &witness->now[listener->head];
	struct block block = { 0, 0, width, height, (guint32)width * 4, data };
	struct display_event *event;

	if (is_whole(&block)) {
		draw(own(&head->cursor, width, height, FALSE), &block, 0);
		event = add_event(witness, DISPLAY_CURSOR, listener->head);
		event->width = width;
		event->height = height;
		event->hot_x = head->hot_x = hot_x;
		event->hot_y = head->hot_y = hot_y;
		event->picture = picture_of(head->cursor, &block);
	} else {
		lose(witness, "QEMU sent a cursor of impossible size");
	}
	qemu_listener_complete_cursor_define(skeleton, invocation);
	return TRUE;
}

/* --- the connections --------------------------------------------------------------------------- */

static const char lost_connection[] = "QEMU closed the connection of its display";

/* Comes in its turn: when all that was received before has been handled. */
static void on_closed(GDBusConnection *connection, gboolean remote, GError *error,
		      struct link *link)
{
	(void)connection;
	(void)remote;
	(void)error;
	link->closed = TRUE;
	if (!link->hung_up)
		lose(link->witness, lost_connection);
}

static gboolean set_errno(GError **error, const char *what)
{
	int err = errno;

	g_set_error(error, G_IO_ERROR, g_io_error_from_errno(err), "%s: %s", what, g_strerror(err));
	return FALSE;
}

/*
 * QEMU's main loop may be waiting for us at any time: for a login, or for our properties. So no call
 * of ours blocks the thread; it handles messages until the @result is there. Returns that.
 */
static GAsyncResult *await(struct witness *witness, GAsyncResult **result)
{
	while (!*result)
		g_main_context_iteration(witness->context, TRUE);
	return *result;
}

/* The callback: keep the result. */
static void on_result(GObject *source, GAsyncResult *result, gpointer kept)
{
	(void)source;
	*(GAsyncResult **)kept = g_object_ref(result);
}

/* Log in at the other end of @fd, which is taken, and watch for its closing. Nothing is handled
 * before g_dbus_connection_start_message_processing(). */
static gboolean log_in(struct witness *witness, int fd, struct link *link, GError **error)
{
	g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, error);
	g_autoptr(GIOStream) stream = NULL;
	g_autoptr(GAsyncResult) result = NULL;
	g_autoptr(GDBusConnection) connection = NULL;

	if (!socket) {
		close(fd);
		return FALSE;
	}
	stream = g_object_new(G_TYPE_UNIX_CONNECTION, "socket", socket, NULL);
	g_dbus_connection_new(stream, NULL,
			      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
				      G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
			      NULL, witness->cancellable, on_result, &result);
	connection = g_dbus_connection_new_finish(await(witness, &result), error);
	if (!connection)
		return FALSE;
	if (g_dbus_connection_is_closed(connection)) {
		/* The signal may have been before. */
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s", lost_connection);
		return FALSE;
	}
	*link = (struct link){ .witness = witness, .connection = g_steal_pointer(&connection) };
	g_signal_connect(link->connection, "closed", G_CALLBACK(on_closed), link);
	return TRUE;
}

/*
 * End the connection even if the peer takes nothing any more: closing it in good order would wait
 * until what is left to write has been written. GDBus's own thread may be still about to leave it
 * when "closed" comes round, so it is let go of as late as possible: with the witness.
 */
static void hang_up(struct link *link)
{
	GSocketConnection *stream;

	if (!link->connection)
		return;
	stream = G_SOCKET_CONNECTION(g_dbus_connection_get_stream(link->connection));
	if (g_dbus_connection_is_closed(link->connection))
		lose(link->witness, lost_connection); /* the signal may be still to come */
	link->hung_up = TRUE;
	g_socket_shutdown(g_socket_connection_get_socket(stream), TRUE, TRUE, NULL);
	g_dbus_connection_start_message_processing(link->connection);
	while (!link->closed)
		g_main_context_iteration(link->witness->context, TRUE);
}

/* The thread has ended. */
static void let_go(struct link *link)
{
	if (!link->connection)
		return;
	g_signal_handlers_disconnect_by_data(link->connection, link);
	g_object_unref(link->connection);
}

static QemuListener *new_skeleton(struct listener *listener)
{
	static const char *const no_interfaces[] = { NULL };
	QemuListener *skeleton = qemu_listener_skeleton_new();

	qemu_listener_set_interfaces(skeleton, no_interfaces);
	g_signal_connect(skeleton, "handle-scanout", G_CALLBACK(on_scanout), listener);
	g_signal_connect(skeleton, "handle-update", G_CALLBACK(on_update), listener);
	g_signal_connect(skeleton, "handle-disable", G_CALLBACK(on_disable), listener);
	g_signal_connect(skeleton, "handle-mouse-set", G_CALLBACK(on_mouse), listener);
	g_signal_connect(skeleton, "handle-cursor-define", G_CALLBACK(on_cursor), listener);
	return skeleton;
}

/* Put up our object at the other end of @fd, which is taken, and let QEMU call it. */
static gboolean listen_at(struct witness *witness, int fd, GError **error)
{
	struct listener *listener = &witness->listeners[witness->listener_count];

	listener->witness = witness;
	listener->head = witness->listener_count;
	if (!log_in(witness, fd, &listener->link, error))
		return FALSE;
	listener->skeleton = new_skeleton(listener);
	witness->listener_count++;
	if (!g_dbus_interface_skeleton_export(G_DBUS_INTERFACE_SKELETON(listener->skeleton),
					      listener->link.connection, PATH_LISTENER, error))
		return FALSE;
	g_dbus_connection_start_message_processing(listener->link.connection);
	return TRUE;
}

/* Ask for the messages of @console. QEMU answers before or after the login. */
static gboolean register_listener(struct witness *witness, QemuConsole *console, GError **error)
{
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GAsyncResult) result = NULL;
	gboolean listening, registered;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return set_errno(error, "socketpair");
	list = g_unix_fd_list_new_from_array(&fds[1], 1);
	qemu_console_call_register_listener(console, g_variant_new_handle(0), list,
					    witness->cancellable, on_result, &result);
	/* The message has it for as long as it must. Ours would keep the peer's end open. */
	g_clear_object(&list);
	listening = listen_at(witness, fds[0], error);
	if (!listening)
		g_cancellable_cancel(witness->cancellable);
	registered = qemu_console_call_register_listener_finish(
		console, NULL, await(witness, &result), listening ? error : NULL);
	return listening && registered;
}

static gboolean watch_console(struct witness *witness, guint32 id, GError **error)
{
	g_autofree char *path = g_strdup_printf(PATH_CONSOLE, id);
	g_autoptr(QemuConsole) console = NULL;

	/* With these flags it makes no call. */
	console = qemu_console_proxy_new_sync(witness->bus.connection,
					      G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES |
						      G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS,
					      NULL, path, NULL, error);
	if (!console)
		return FALSE;
	g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(console), WITNESS_WAIT_MS);
	return register_listener(witness, console, error);
}

/* One look for the numbers of QEMU's consoles (au). The caller's, or NULL with @error set. */
static GVariant *ask_consoles(struct witness *witness, GError **error)
{
	g_autoptr(GVariant) answer = NULL, value = NULL;

	answer = g_dbus_connection_call_sync(
		witness->bus.connection, NULL, PATH_VM, "org.freedesktop.DBus.Properties", "Get",
		g_variant_new("(ss)", "org.qemu.Display1.VM", "ConsoleIDs"), G_VARIANT_TYPE("(v)"),
		G_DBUS_CALL_FLAGS_NONE, LOOK_MS, witness->cancellable, error);
	if (!answer)
		return NULL;
	g_variant_get(answer, "(v)", &value);
	if (g_variant_is_of_type(value, G_VARIANT_TYPE("au")))
		return g_steal_pointer(&value);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "ConsoleIDs is no list");
	return NULL;
}

/*
 * Look until the consoles are there. QEMU puts its objects up when its main loop has taken note of
 * the connection, a while after the login. Before GLib has that connection ready (until 2.74 at
 * least) it complains on QEMU's stderr about a call, and answers it never; so not at once, and no
 * look waits for long. Nothing else goes on yet: these calls may block.
 */
static GVariant *find_consoles(struct witness *witness, GError **error)
{
	for (;;) {
		g_autoptr(GError) why = NULL;
		GVariant *ids;

		g_usleep(LOOK_US);
		ids = ask_consoles(witness, &why);
		if (ids)
			return ids;
		if (g_cancellable_is_cancelled(witness->cancellable) ||
		    g_dbus_connection_is_closed(witness->bus.connection)) {
			g_propagate_error(error, g_steal_pointer(&why));
			return NULL;
		}
	}
}

static gboolean set_up(struct witness *witness, GError **error)
{
	g_autoptr(GVariant) ids = NULL;
	const guint32 *id;
	gsize count;

	if (!log_in(witness, witness->fd, &witness->bus, error))
		return FALSE;
	g_dbus_connection_start_message_processing(witness->bus.connection);
	ids = find_consoles(witness, error);
	if (!ids)
		return FALSE;
	id = g_variant_get_fixed_array(ids, &count, sizeof(*id));
	if (count < (gsize)witness->heads || count > DISPLAY_HEADS) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "QEMU has %u consoles",
			    (guint)count);
		return FALSE;
	}
	for (gsize i = 0; i < count; i++) {
		witness->consoles[i] = id[i];
		if (!watch_console(witness, id[i], error))
			return FALSE;
	}
	return TRUE;
}

static void tear_down(struct witness *witness)
{
	for (int i = 0; i < witness->listener_count; i++) {
		struct listener *listener = &witness->listeners[i];

		g_dbus_interface_skeleton_unexport(G_DBUS_INTERFACE_SKELETON(listener->skeleton));
		hang_up(&listener->link);
		g_object_unref(listener->skeleton);
	}
	hang_up(&witness->bus);
	while (g_main_context_iteration(witness->context, FALSE))
		;
}

static gpointer run(gpointer data)
{
	struct witness *witness = data;
	GError *error = NULL;
	gboolean watching;

	g_main_context_push_thread_default(witness->context);
	watching = set_up(witness, &error);
	g_mutex_lock(&witness->lock);
	witness->stage = watching ? WATCHING : FAILED;
	witness->error = error;
	g_cond_broadcast(&witness->changed);
	g_mutex_unlock(&witness->lock);
	while (watching && !witness->stop)
		g_main_context_iteration(witness->context, TRUE);
	tear_down(witness);
	g_main_context_pop_thread_default(witness->context);
	return NULL;
}

/* --- the other threads' side ------------------------------------------------------------------- */

static gint64 deadline(void)
{
	return g_get_monotonic_time() + WITNESS_WAIT_MS * G_TIME_SPAN_MILLISECOND;
}

/* Run @function in the thread after everything that was received before; @data is freed then. */
static void queue(struct witness *witness, GSourceFunc function, gpointer data,
		  GDestroyNotify release)
{
	GSource *source = g_idle_source_new();

	/* As GDBus queues the calls that it receives. */
	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, function, data, release);
	g_source_attach(source, witness->context);
	g_source_unref(source);
}

static gboolean stop(gpointer data)
{
	struct witness *witness = data;

	witness->stop = TRUE;
	return G_SOURCE_REMOVE;
}

/* The thread has ended. */
static void witness_free(struct witness *witness)
{
	for (int i = 0; i < DISPLAY_HEADS; i++) {
		image_unref(witness->now[i].scanout);
		image_unref(witness->now[i].cursor);
	}
	for (int i = 0; i < witness->listener_count; i++)
		let_go(&witness->listeners[i].link);
	let_go(&witness->bus);
	display_record_free(witness->record);
	g_clear_error(&witness->error);
	g_main_context_unref(witness->context);
	g_object_unref(witness->cancellable);
	g_mutex_clear(&witness->lock);
	g_cond_clear(&witness->changed);
	g_free(witness);
}

/* Wait until the thread watches or has failed. Returns whether it watches. */
static gboolean await_start(struct witness *witness, GError **error)
{
	gint64 end = deadline();
	gboolean late = FALSE, watching;

	g_mutex_lock(&witness->lock);
	while (witness->stage == STARTING && !late)
		late = !g_cond_wait_until(&witness->changed, &witness->lock, end);
	watching = !late && witness->stage == WATCHING;
	g_mutex_unlock(&witness->lock);
	if (watching)
		return TRUE;
	g_cancellable_cancel(witness->cancellable);
	queue(witness, stop, witness, NULL); /* it may have come to watching by now */
	g_thread_join(witness->thread);
	if (late)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
			    "the display witness: QEMU did not answer within %d s",
			    WITNESS_WAIT_MS / 1000);
	else
		g_propagate_prefixed_error(error, g_steal_pointer(&witness->error),
					   "the display witness: ");
	return FALSE;
}

struct witness *witness_start(int fd, int heads, GError **error)
{
	struct witness *witness = g_new0(struct witness, 1);

	witness->fd = fd;
	witness->heads = heads;
	witness->context = g_main_context_new();
	witness->cancellable = g_cancellable_new();
	witness->record = display_record_new();
	g_mutex_init(&witness->lock);
	g_cond_init(&witness->changed);
	witness->thread = g_thread_new("witness", run, witness);
	if (await_start(witness, error))
		return witness;
	witness_free(witness);
	return NULL;
}

gboolean witness_plug_in(struct witness *witness, int head, GError **error)
{
	g_autofree char *path = g_strdup_printf(PATH_CONSOLE, witness->consoles[head]);
	g_autoptr(GVariant) answer = NULL;

	answer = g_dbus_connection_call_sync(
		witness->bus.connection, NULL, path, "org.qemu.Display1.Console", "SetUIInfo",
		g_variant_new("(qqiiuu)", 0, 0, 0, 0, MONITOR_WIDTH, MONITOR_HEIGHT), NULL,
		G_DBUS_CALL_FLAGS_NONE, WITNESS_WAIT_MS, NULL, error);
	if (!answer)
		g_prefix_error(error, "the display witness: ");
	return answer != NULL;
}

/* A check that the thread is to record. */
struct request {
	struct witness *witness;
	guint64 number;
};

/* What the pictures of @heads take that the last check does not hold already, in bytes. */
static gsize new_pictures(const struct display_record *record, const struct display_head *heads)
{
	const struct display_check *last =
		record->checks->len ? g_ptr_array_index(record->checks, record->checks->len - 1) :
				      NULL;
	gsize bytes = 0;

	for (int i = 0; i < DISPLAY_HEADS; i++) {
		const struct image *image = heads[i].scanout;

		if (image && (!last || last->heads[i].scanout != image))
			bytes += (gsize)image->width * (gsize)image->height * sizeof(guint32);
	}
	return bytes;
}

static gboolean record_check(gpointer data)
{
	struct request *request = data;
	struct witness *witness = request->witness;

	witness->held += new_pictures(witness->record, witness->now);
	if (witness->held > HELD_MAX)
		lose(witness, "its pictures at checks take too much memory");
	else
		display_record_check(witness->record, request->number, witness->now);
	add_event(witness, DISPLAY_CHECK, 0)->check = request->number;
	g_mutex_lock(&witness->lock);
	witness->checks++;
	g_cond_broadcast(&witness->changed);
	g_mutex_unlock(&witness->lock);
	return G_SOURCE_REMOVE;
}

/*
 * The peer's GDBus answers by itself, after what it was given to send before; all of that has then
 * been received here, and waits in the thread's queue at the latest.
 */
static gboolean round_trip(GDBusConnection *connection, GError **error)
{
	g_autoptr(GVariant) answer = NULL;

	answer = g_dbus_connection_call_sync(connection, NULL, "/", "org.freedesktop.DBus.Peer",
					     "Ping", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
					     WITNESS_WAIT_MS, NULL, error);
	return answer != NULL;
}

gboolean witness_check(struct witness *witness, guint64 number, GError **error)
{
	struct request *request;
	gint64 end;
	guint before;
	gboolean late = FALSE;
	const char *why;

	for (int i = 0; i < witness->listener_count; i++) {
		if (!round_trip(witness->listeners[i].link.connection, error)) {
			lose(witness, lost_connection); /* this is known before "closed" comes */
			g_prefix_error(error, "the display witness: ");
			return FALSE;
		}
	}
	request = g_new(struct request, 1);
	*request = (struct request){ witness, number };
	end = deadline();
	g_mutex_lock(&witness->lock);
	before = witness->checks;
	queue(witness, record_check, request, g_free);
	while (witness->checks == before && !late)
		late = !g_cond_wait_until(&witness->changed, &witness->lock, end);
	g_mutex_unlock(&witness->lock);
	why = late ? "it does not keep up" : lost_why(witness);
	if (why)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the display witness: %s", why);
	return why == NULL;
}

struct display_record *witness_stop(struct witness *witness, const char **lost)
{
	struct display_record *record;

	queue(witness, stop, witness, NULL);
	g_thread_join(witness->thread);
	record = g_steal_pointer(&witness->record);
	if (lost)
		*lost = witness->lost;
	witness_free(witness);
	return record;
}
