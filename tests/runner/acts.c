// SPDX-License-Identifier: MIT
#include "tests/runner/acts.h"

#include <gio/gio.h>
#include <linux/input-event-codes.h>
#include <signal.h>
#include <string.h>

const char acts_help[] =
	"keys such as c, space or ctrl+alt+f2; X,Y to point; click; WxH for another monitor; Nms "
	"to "
	"wait; SIGTERM and other signals; FILE=TEXT to write to a file of the guest";

/* Codes of <linux/input-event-codes.h>, all below KEY_KP7 (witness.h). */
static const struct {
	const char *name;
	guint code;
} keys[] = {
	{ "c", KEY_C },		{ "o", KEY_O },		{ "p", KEY_P },
	{ "q", KEY_Q },		{ "s", KEY_S },		{ "x", KEY_X },
	{ "esc", KEY_ESC },	{ "space", KEY_SPACE }, { "ctrl", KEY_LEFTCTRL },
	{ "alt", KEY_LEFTALT }, { "f1", KEY_F1 },	{ "f2", KEY_F2 },
};

static const struct {
	const char *name;
	guint number;
} signals[] = {
	{ "SIGHUP", SIGHUP },	{ "SIGINT", SIGINT },	{ "SIGKILL", SIGKILL },
	{ "SIGSEGV", SIGSEGV }, { "SIGTERM", SIGTERM }, { "SIGUSR1", SIGUSR1 },
};

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean read_keys(const char *word, struct act *act)
{
	g_auto(GStrv) names = g_strsplit(word, "+", -1);

	act->kind = ACT_KEYS;
	for (guint i = 0; names[i]; i++) {
		gsize key = 0;

		while (key < G_N_ELEMENTS(keys) && strcmp(names[i], keys[key].name) != 0)
			key++;
		if (key == G_N_ELEMENTS(keys) || act->count == G_N_ELEMENTS(act->codes))
			return FALSE;
		act->codes[act->count++] = keys[key].code;
	}
	return act->count > 0;
}

static gboolean read_signal(const char *word, struct act *act)
{
	act->kind = ACT_SIGNAL;
	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
		if (strcmp(word, signals[i].name) != 0)
			continue;
		act->x = signals[i].number;
		return TRUE;
	}
	return FALSE;
}

static gboolean read_number(const char *text, guint *number)
{
	guint64 value;

	if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT, &value, NULL))
		return FALSE;
	*number = (guint)value;
	return TRUE;
}

static gboolean read_pair(const char *word, const char *separator, struct act *act)
{
	g_auto(GStrv) parts = g_strsplit(word, separator, 2);

	return g_strv_length(parts) == 2 && read_number(parts[0], &act->x) &&
	       read_number(parts[1], &act->y);
}

static gboolean read_pause(const char *word, struct act *act)
{
	g_autofree char *digits = g_strndup(word, strlen(word) - strlen("ms"));

	act->kind = ACT_PAUSE;
	return read_number(digits, &act->x);
}

static gboolean read_write(const char *word, struct act *act)
{
	act->kind = ACT_WRITE;
	act->text = g_strsplit(word, "=", 2);
	return *word == '/' && g_strv_length(act->text) == 2;
}

static gboolean read_act(const char *word, struct act *act)
{
	if (strchr(word, '=')) {
		return read_write(word, act);
	} else if (g_str_has_prefix(word, "SIG")) {
		return read_signal(word, act);
	} else if (strcmp(word, "click") == 0) {
		act->kind = ACT_CLICK;
		return TRUE;
	} else if (g_str_has_suffix(word, "ms")) {
		return read_pause(word, act);
	} else if (strchr(word, ',')) {
		act->kind = ACT_POINT;
		return read_pair(word, ",", act);
	} else if (g_ascii_isdigit(*word)) {
		act->kind = ACT_PLUG;
		return read_pair(word, "x", act);
	}
	return read_keys(word, act);
}

static void clear(gpointer data)
{
	g_strfreev(((struct act *)data)->text);
}

GArray *acts_parse(const char *words, GError **error)
{
	g_auto(GStrv) list = g_strsplit_set(words, " ", -1);
	GArray *acts = g_array_new(FALSE, FALSE, sizeof(struct act));

	g_array_set_clear_func(acts, clear);
	for (guint i = 0; list[i]; i++) {
		struct act act = { .count = 0 };
		gboolean known;

		if (!*list[i])
			continue;
		known = read_act(list[i], &act);
		g_array_append_val(acts, act);
		if (known)
			continue;
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			    "expected --do with %s, got \"%s\"", acts_help, list[i]);
		g_array_unref(acts);
		return NULL;
	}
	return acts;
}
