/* SPDX-License-Identifier: MIT */
/*
 * HTML that is well-formed XML as well, appended to a string. What comes from outside (programs,
 * consoles, signatures, names) goes through the calls below and nowhere else.
 */
#ifndef PLANESTORM_HTML_H
#define PLANESTORM_HTML_H

#include <glib.h>

/* @len bytes of @text, one line, as text or within an attribute's quotes: escaped, at most @columns
 * characters of it, "..." for the others; what is no UTF-8, or a control character that XML cannot hold,
 * becomes U+FFFD. */
void html_line(GString *out, const char *text, gsize len, guint columns);

/* Like printf; each %s is escaped as above, the format is not. */
void html_printf(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A data: URI, with nothing in it to escape. */
void html_data_uri(GString *out, const char *type, GBytes *bytes);

#endif
