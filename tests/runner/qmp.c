// SPDX-License-Identifier: MIT
#include "tests/runner/qmp.h"

#include <gio/gunixfdmessage.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "tests/runner/fail.h"

/* QEMU answers in milliseconds; a machine under heavy load may take its time. */
#define ANSWER_MS 60000

struct qmp {
	int fd;
	GString *pending; /* bytes after the last complete line */
	gboolean negotiated;
};

struct qmp *qmp_new(int fd)
{
	struct qmp *qmp = g_new0(struct qmp, 1);

	qmp->fd = fd;
	qmp->pending = g_string_new(NULL);
	return qmp;
}

void qmp_free(struct qmp *qmp)
{
	if (!qmp)
		return;
	g_string_free(qmp->pending, TRUE);
	g_free(qmp);
}

/* The next complete line without its newline, the caller's; NULL with @error set. */
static char *read_line(struct qmp *qmp, GError **error)
{
	gint64 deadline = g_get_monotonic_time() + ANSWER_MS * G_TIME_SPAN_MILLISECOND;

	for (;;) {
		char *newline = memchr(qmp->pending->str, '\n', qmp->pending->len);
		struct pollfd pollfd = { .fd = qmp->fd, .events = POLLIN };
		gint64 left = (deadline - g_get_monotonic_time()) / G_TIME_SPAN_MILLISECOND;
		char bytes[4096], *line;
		ssize_t got;

		if (newline) {
			gsize len = (gsize)(newline - qmp->pending->str);

			line = g_strndup(qmp->pending->str, len);
			g_string_erase(qmp->pending, 0, (gssize)len + 1);
			return line;
		}
		if (left <= 0 || poll(&pollfd, 1, (int)left) == 0) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
				    "QEMU did not answer within %d s", ANSWER_MS / 1000);
			return NULL;
		}
		got = read(qmp->fd, bytes, sizeof(bytes));
		if (got <= 0) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "QEMU is gone");
			return NULL;
		}
		g_string_append_len(qmp->pending, bytes, got);
	}
}

static gboolean send_line(struct qmp *qmp, const char *line, int pass_fd, GError **error)
{
	g_autoptr(GSocket) socket = NULL;
	g_autoptr(GUnixFDList) fds = NULL;
	GSocketControlMessage *message = NULL;
	GOutputVector vector = { line, strlen(line) };
	int own = dup(qmp->fd);
	gssize sent;

	if (own < 0)
		return fail_errno(error, "QEMU's monitor");
	socket = g_socket_new_from_fd(own, error);
	if (!socket)
		return FALSE;
	if (pass_fd >= 0) {
		fds = g_unix_fd_list_new();
		if (g_unix_fd_list_append(fds, pass_fd, error) < 0)
			return FALSE;
		message = g_unix_fd_message_new_with_fd_list(fds);
	}
	sent = g_socket_send_message(socket, NULL, &vector, 1, message ? &message : NULL,
				     message ? 1 : 0, 0, NULL, error);
	g_clear_object(&message);
	if (sent >= 0 && sent < (gssize)vector.size)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
			    "QEMU's monitor took half a command");
	return sent == (gssize)vector.size;
}

/* Read until the answer to a command; greetings and events are passed over. */
static JsonNode *read_answer(struct qmp *qmp, const char *command, GError **error)
{
	for (;;) {
		g_autofree char *line = read_line(qmp, error);
		g_autoptr(JsonNode) node = line ? json_from_string(line, error) : NULL;
		JsonObject *object;

		if (!node || !JSON_NODE_HOLDS_OBJECT(node)) {
			if (error && !*error)
				g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
					    "QEMU answered with no JSON object");
			return NULL;
		}
		object = json_node_get_object(node);
		if (json_object_has_member(object, "return"))
			return json_node_copy(json_object_get_member(object, "return"));
		if (json_object_has_member(object, "error")) {
			JsonObject *details = json_object_get_object_member(object, "error");

			g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "QEMU refused %s: %s",
				    command, json_object_get_string_member(details, "desc"));
			return NULL;
		}
	}
}

static gboolean negotiate(struct qmp *qmp, GError **error)
{
	g_autoptr(JsonNode) answer = NULL;

	if (!send_line(qmp, "{\"execute\": \"qmp_capabilities\"}\n", -1, error))
		return FALSE;
	answer = read_answer(qmp, "qmp_capabilities", error);
	qmp->negotiated = answer != NULL;
	return qmp->negotiated;
}

JsonNode *qmp_execute(struct qmp *qmp, const char *command, const char *arguments, int pass_fd,
		      GError **error)
{
	g_autofree char *line = NULL;

	if (!qmp->negotiated && !negotiate(qmp, error))
		return NULL;
	line = g_strdup_printf("{\"execute\": \"%s\", \"arguments\": %s}\n", command,
			       arguments ? arguments : "{}");
	if (!send_line(qmp, line, pass_fd, error))
		return NULL;
	return read_answer(qmp, command, error);
}
