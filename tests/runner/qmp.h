/* SPDX-License-Identifier: MIT */
/* QEMU's machine protocol over a connected socket, one command at a time, synchronously. */
#ifndef PLANESTORM_QMP_H
#define PLANESTORM_QMP_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>

struct qmp;

/* @fd stays the caller's. */
struct qmp *qmp_new(int fd);
void qmp_free(struct qmp *qmp);

/*
 * Execute @command with @arguments (JSON text of an object, or NULL), passing the descriptor
 * @pass_fd along with it (-1: none). Greeting and negotiation are done before the first command.
 * Returns the reply's "return" member, the caller's to free, or NULL with @error set; QEMU being
 * gone is an error, and so is an answer that does not come.
 */
JsonNode *qmp_execute(struct qmp *qmp, const char *command, const char *arguments, int pass_fd,
		      GError **error);

#endif
