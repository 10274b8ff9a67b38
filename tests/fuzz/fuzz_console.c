// SPDX-License-Identifier: MIT
/* A console's findings and injected failures, in whatever portions it comes. */
#include "tests/fuzz/fuzz.h"

#include "tests/runner/console.h"

static void check_finding(const struct finding *finding, size_t len)
{
	assert(finding->kind < FINDING_KINDS);
	assert(g_str_has_prefix(finding->signature, finding_kind_name(finding->kind)));
	fuzz_check_message(finding->signature);
	assert(finding->count && finding->length);
	assert(finding->offset <= len && finding->length <= len - finding->offset);
	assert(finding->function && finding->file && finding->title);
}

static void check_injection(const struct injection *injection, size_t len)
{
	int functions = 1;

	fuzz_check_message(injection->kind);
	fuzz_check_message(injection->site);
	for (const char *at = injection->site; (at = strstr(at, " < ")); at++)
		functions++;
	assert(functions <= 3);
	assert(!*injection->stack == !strcmp(injection->site, "?"));
	assert(injection->length);
	assert(injection->offset <= len && injection->length <= len - injection->offset);
}

static void append(GString *to, gsize offset, gsize length, const char *text)
{
	g_string_append_printf(to, "%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT " %s\n", offset, length,
			       text);
}

/* Everything that was found, in portions of @portion bytes. The caller's. */
static char *read_in_portions(const char *text, size_t len, size_t portion)
{
	struct console *console = console_new();
	GString *found = g_string_new(NULL);

	for (size_t at = 0; at < len; at += portion)
		console_feed(console, text + at, MIN(portion, len - at));
	console_finish(console);
	assert(!console_reporting(console));
	for (guint i = 0; i < console_findings(console)->len; i++) {
		const struct finding *finding = g_ptr_array_index(console_findings(console), i);

		check_finding(finding, len);
		append(found, finding->offset, finding->length, finding->signature);
	}
	for (guint i = 0; i < console_injections(console)->len; i++) {
		const struct injection *injection =
			g_ptr_array_index(console_injections(console), i);

		check_injection(injection, len);
		append(found, injection->offset, injection->length, injection->site);
	}
	g_string_append_printf(found, "panicked %d\n", console_panicked(console));
	console_free(console);
	return g_string_free(found, FALSE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	char *at_once = read_in_portions(text, len, len ? len : 1);
	char *in_portions = read_in_portions(text, len, 1 + len % 67);

	assert(!strcmp(at_once, in_portions));
	g_free(in_portions);
	g_free(at_once);
	return 0;
}
