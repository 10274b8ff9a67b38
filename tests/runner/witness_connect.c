// SPDX-License-Identifier: MIT
/* The connections to QEMU: one to its objects, and one for each of its consoles. */
#include "tests/runner/witness_state.h"

#include <gio/gunixconnection.h>
#include <gio/gunixfdlist.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/runner/fail.h"

/* While QEMU has not put its objects up: how long between two looks for them, and how long one
 * waits for its answer. */
#define LOOK_US 1000
#define LOOK_MS 200

#define PATH_VM "/org/qemu/Display1/VM"
#define PATH_LISTENER "/org/qemu/Display1/Listener"

const char witness_lost_connection[] = "QEMU closed the connection of its display";

/* Comes in its turn: when all that was received before has been handled. */
static void on_closed(GDBusConnection *connection, gboolean remote, GError *error,
		      struct link *link)
{
	(void)connection;
	(void)remote;
	(void)error;
	link->closed = TRUE;
	if (!link->hung_up)
		witness_lose(link->witness, witness_lost_connection);
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
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s", witness_lost_connection);
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
		witness_lose(link->witness,
			     witness_lost_connection); /* the signal may be still to come */
	link->hung_up = TRUE;
	g_socket_shutdown(g_socket_connection_get_socket(stream), TRUE, TRUE, NULL);
	g_dbus_connection_start_message_processing(link->connection);
	while (!link->closed)
		g_main_context_iteration(link->witness->context, TRUE);
}

/* Put up our object at the other end of @fd, which is taken, and let QEMU call it. */
static gboolean listen_at(struct witness *witness, int fd, GError **error)
{
	struct listener *listener = &witness->listeners[witness->listener_count];

	listener->witness = witness;
	listener->head = witness->listener_count;
	if (!log_in(witness, fd, &listener->link, error))
		return FALSE;
	listener->skeleton = witness_skeleton_new(listener);
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
		return fail_errno(error, "socketpair");
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

gboolean witness_set_up(struct witness *witness, GError **error)
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

void witness_tear_down(struct witness *witness)
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

void witness_let_go(struct link *link)
{
	if (!link->connection)
		return;
	g_signal_handlers_disconnect_by_data(link->connection, link);
	g_object_unref(link->connection);
}

gboolean witness_round_trip(struct link *link, GError **error)
{
	g_autoptr(GVariant) answer = NULL;

	answer = g_dbus_connection_call_sync(link->connection, NULL, "/",
					     "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
					     G_DBUS_CALL_FLAGS_NONE, WITNESS_WAIT_MS, NULL, error);
	return answer != NULL;
}
