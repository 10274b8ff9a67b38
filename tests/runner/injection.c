// SPDX-License-Identifier: MIT
#include "tests/runner/injection.h"

#include <stdbool.h>

#include "tests/runner/console_names.h"

#define UNKNOWN "?"
#define DRIVER "virtio_gpu" /* kernel/build builds the driver under test as this module */

/* Whose functions ask for memory for others only. */
#define MACHINERY (PLUMBING_REPORT | PLUMBING_INJECT | PLUMBING_MEMORY | PLUMBING_CONTAINER)

struct frame {
	char name[NAME_BYTES]; /* UNKNOWN: one that cannot be read, or lines were lost here */
	bool driver;
	bool entered; /* it had only just been called */
};

struct injection *injection_new(gsize offset, double stamp)
{
	struct injection *injection = g_new0(struct injection, 1);

	injection->kind = g_strdup(UNKNOWN);
	injection->site = g_strdup(UNKNOWN);
	injection->stack = g_strdup("");
	injection->offset = offset;
	injection->stamp = stamp;
	injection->frames = g_array_new(FALSE, FALSE, sizeof(struct frame));
	return injection;
}

void injection_free(gpointer data)
{
	struct injection *injection = data;

	if (injection->frames)
		g_array_free(injection->frames, TRUE);
	g_free(injection->stack);
	g_free(injection->site);
	g_free(injection->kind);
	g_free(injection);
}

/* Reading */

/* "name failslab, interval 1, probability 0, space 0, times 0" (lib/fault-inject.c, fail_dump()) */
static void read_name(struct injection *injection, const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	if (!len || text[len] != ',')
		return;
	g_free(injection->kind);
	injection->kind = g_strndup(text, len);
}

/* "f+0x41/0x70 [module]", or "[module 0123abcd]" with CONFIG_STACKTRACE_BUILD_ID */
static bool is_driver(const char *symbol)
{
	const char *module = name_after(symbol, " [");
	size_t len = strlen(DRIVER);

	return module && starts(module, DRIVER) && (module[len] == ']' || module[len] == ' ');
}

static void read_frame(struct injection *injection, const char *symbol, size_t len, bool entered)
{
	struct frame frame = { .driver = is_driver(symbol), .entered = entered };

	name_copy_function(frame.name, symbol, len);
	g_array_append_val(injection->frames, frame);
}

/*
 * A function that is made to fail fails at its first instruction. It has no frame of its own yet, so an
 * unwinder that goes by frame pointers misses its caller, and prints it with a "?" for its return
 * address, which is on top of the stack.
 */
static bool is_caller(const struct injection *injection, const char *symbol, size_t len)
{
	const struct frame *frames = (const struct frame *)(const void *)injection->frames->data;
	guint count = injection->frames->len;
	char name[NAME_BYTES];

	name_copy_function(name, symbol, len);
	return count && frames[count - 1].entered && strcmp(name, frames[count - 1].name) != 0;
}

void injection_read(struct injection *injection, const char *text)
{
	const char *at = skip_spaces(text);
	bool reliable, entered = starts(text, "RIP: ");
	size_t len;
	const char *symbol = name_find_frame(at, &len, &reliable);

	if (entered)
		symbol = name_find_symbol(text, &len);
	if (starts(text, "name "))
		read_name(injection, text + strlen("name "));
	else if (symbol && (reliable || is_caller(injection, symbol, len)))
		read_frame(injection, symbol, len, entered);
	/* Neither <TASK> nor the address of a trampoline, which has no name. */
	else if (at > text && reliable && *at != '<' && !starts(at, "0x"))
		injection_note_loss(injection);
}

void injection_note_loss(struct injection *injection)
{
	struct frame frame = { .name = UNKNOWN };

	g_array_append_val(injection->frames, frame);
}

/* The site */

static bool is_unknown(const struct frame *frame)
{
	return strcmp(frame->name, UNKNOWN) == 0;
}

static void append(GString *to, const char *name)
{
	g_string_append_printf(to, "%s%s", to->len ? " < " : "", name);
}

/* From the allocation, the first of @count frames, to the last before the kernel's entry. */
static char *describe_stack(const struct frame *frames, guint count)
{
	GString *stack = g_string_new(NULL);

	for (guint i = 0; i < count; i++)
		append(stack, frames[i].name);
	return g_string_free(stack, FALSE);
}

/* The callback through which the driver was entered, or the last frame. */
static guint find_place(const struct frame *frames, guint count)
{
	for (guint i = count; i-- > 1;)
		if (frames[i].driver)
			return i;
	return count - 1;
}

/* What says most between the first frame and @place, or @place if nothing is there. */
static guint find_middle(const struct frame *frames, guint place)
{
	for (guint i = 1; i < place; i++)
		if (frames[i].driver && !name_is_plumbing(frames[i].name, MACHINERY))
			return i;
	return frames[place].driver && place > 1 ? place - 1 : MIN(place, 1);
}

/* Of the same frames; they are all if @whole. */
static char *describe_site(const struct frame *frames, guint count, bool whole)
{
	guint place = find_place(frames, count), middle = find_middle(frames, place);
	GString *site = g_string_new(frames[0].name);

	if (whole && middle < place)
		append(site, frames[middle].name);
	if (whole && place)
		append(site, frames[place].name);
	if (!whole)
		append(site, UNKNOWN);
	return g_string_free(site, FALSE);
}

void injection_finish(struct injection *injection)
{
	const struct frame *frames = (const struct frame *)(const void *)injection->frames->data;
	guint first = 0, end, count = injection->frames->len;

	while (first < count && name_is_plumbing(frames[first].name, MACHINERY))
		first++;
	end = first;
	while (end < count && !is_unknown(&frames[end]) &&
	       !name_is_plumbing(frames[end].name, PLUMBING_ENTRY))
		end++;
	if (first < end) {
		g_free(injection->stack);
		injection->stack = describe_stack(frames + first, end - first);
		g_free(injection->site);
		injection->site = describe_site(frames + first, end - first,
						end < count && !is_unknown(&frames[end]));
	}
	g_array_free(injection->frames, TRUE);
	injection->frames = NULL;
}
