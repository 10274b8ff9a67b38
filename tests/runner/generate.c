// SPDX-License-Identifier: MIT
#include "tests/runner/generate.h"

#include <string.h>

/* An odd constant (from PCG), so that neighbouring numbers start far from each other. */
#define STRIDE 0xd1342543de82ef95u
/* Programs are to be read by people. What one step more may add is on top of it. */
#define ENOUGH_LINES 32
/* Combinations that the language refuses are few. */
#define MAX_ATTEMPTS 1000

enum mood { MOOD_CALM, MOOD_FAULTS, MOOD_COMPANY, MOOD_PRESSURE };

/* One program as it is written. */
struct maker {
	const struct operation_table *table;
	struct rng rng;
	enum mood mood;
	GString *text;
	guint lines;
	gboolean modified; /* the next operation, by a line above it */
	GPtrArray *ends;   /* lines that end what goes on */
	GError *error;	   /* the table is wrong */
};

static gboolean one_in(struct maker *maker, guint n)
{
	return rng_below(&maker->rng, n) == 0;
}

static guint from_to(struct maker *maker, guint low, guint high)
{
	return low + (guint)rng_below(&maker->rng, high - low + 1);
}

G_GNUC_PRINTF(2, 3)
static void add(struct maker *maker, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(maker->text, format, args);
	va_end(args);
	g_string_append_c(maker->text, '\n');
	maker->lines++;
}

/* A buffer need not be painted to be shown; and one that is shown already, as it is, is no news. */
static gboolean leave_out(struct maker *maker, const char *line)
{
	return g_str_has_prefix(line, "paint ") && one_in(maker, 2);
}

/* Each of @lines, with its choices made. */
static void add_lines(struct maker *maker, GStrv lines, const char *indent, GHashTable *picked)
{
	for (int i = 0; lines[i] && !maker->error; i++) {
		g_autofree char *line = operation_expand(maker->table, lines[i], &maker->rng,
							 picked, &maker->error);

		if (line && !leave_out(maker, line))
			add(maker, "%s%s", indent, line);
	}
}

static gboolean begins_with(const char *line, const char *word)
{
	gsize len = strlen(word);

	return !strncmp(line, word, len) && (!line[len] || line[len] == ' ');
}

/* What ends the disturbance that @line begins, or NULL if it does not last. The caller's. */
static char *end_of(const char *line)
{
	static const char *const lasting[] = { "signals", "pressure", "rival" };
	const char *what = line + strlen("contend ");

	for (gsize i = 0; i < G_N_ELEMENTS(lasting); i++)
		if (begins_with(line, lasting[i]))
			return g_strdup_printf("%s off", lasting[i]);
	if (begins_with(line, "contend"))
		return g_strdup_printf("contend %.*s off", (int)strcspn(what, " "), what);
	return NULL;
}

static void add_ends(struct maker *maker)
{
	for (guint i = 0; i < maker->ends->len; i++)
		add(maker, "%s", (const char *)g_ptr_array_index(maker->ends, i));
	g_ptr_array_set_size(maker->ends, 0);
}

/* For @entry. Small numbers more often: an operation makes ten allocations, or thousands. */
static void add_fault(struct maker *maker, const struct operation_entry *entry, const char *options)
{
	gboolean sweep = one_in(maker, 6) || strstr(options, "..");
	guint nth = from_to(maker, 1, from_to(maker, 1, from_to(maker, 2, 30)));

	maker->modified = TRUE;
	if (sweep)
		add(maker, "fault nth=1..%s%s check", entry->fault, options);
	else
		add(maker, "fault nth=%u%s%s", nth, entry->fault, options);
}

static void add_company(struct maker *maker, const struct operation_entry *entry,
			GHashTable *picked)
{
	const GPtrArray *companies = maker->table->companies;
	const struct operation_company *company =
		g_ptr_array_index(companies, rng_below(&maker->rng, companies->len));
	gboolean fault = one_in(maker, 2);

	for (int i = 0; company->lines[i] && !maker->error; i++) {
		const char *at = strstr(company->lines[i], OPERATION_FAULT);
		g_autofree char *line = operation_expand(
			maker->table, at ? at + strlen(OPERATION_FAULT) : company->lines[i],
			&maker->rng, picked, &maker->error);
		char *end = line ? end_of(line) : NULL;

		if (at && line && (fault || *line))
			add_fault(maker, entry, line);
		else if (!at && line)
			add(maker, "%s", line);
		maker->modified |= line && begins_with(line, "signal");
		if (end)
			g_ptr_array_add(maker->ends, end);
	}
}

/* Before an operation. */
static void add_disturbance(struct maker *maker, const struct operation_entry *entry,
			    GHashTable *picked)
{
	if (maker->mood == MOOD_FAULTS && !one_in(maker, 3))
		add_fault(maker, entry, "");
	else if (maker->mood == MOOD_COMPANY && !maker->ends->len && maker->table->companies->len)
		add_company(maker, entry, picked);
	else if (maker->mood == MOOD_COMPANY && one_in(maker, 4))
		add_fault(maker, entry, "");
}

static const struct operation_entry *choose(struct maker *maker)
{
	const GPtrArray *operations = maker->table->operations;
	guint64 sum = 0, left;
	guint i = 0;

	for (guint j = 0; j < operations->len; j++)
		sum += ((const struct operation_entry *)g_ptr_array_index(operations, j))->weight;
	for (left = rng_below(&maker->rng, sum);; i++) {
		const struct operation_entry *entry = g_ptr_array_index(operations, i);

		if (left < entry->weight)
			return entry;
		left -= entry->weight;
	}
}

/* Again and again, since what lasts is to meet it. */
static void add_repeated(struct maker *maker, const struct operation_entry *entry,
			 GHashTable *picked)
{
	guint most = maker->mood == MOOD_CALM ? 5 : 50;

	add(maker, "repeat %u", from_to(maker, 2, most));
	add_lines(maker, entry->lines, "\t", picked);
	add(maker, "end");
}

static void add_step(struct maker *maker)
{
	const struct operation_entry *entry = choose(maker);
	g_autoptr(GHashTable) picked = operation_picked_new();

	maker->modified = FALSE;
	add_lines(maker, entry->before, "", picked);
	add_disturbance(maker, entry, picked);
	if (!maker->modified && one_in(maker, maker->ends->len ? 2 : 8))
		add_repeated(maker, entry, picked);
	else
		add_lines(maker, entry->lines, "", picked);
	if (one_in(maker, 3))
		add_ends(maker);
	if (!one_in(maker, 8))
		add_lines(maker, entry->after, "", picked);
	if (one_in(maker, 2))
		add(maker, "check");
}

static void add_pressure(struct maker *maker)
{
	g_autoptr(GHashTable) picked = operation_picked_new();
	guint count = g_strv_length(maker->table->pressures);
	char *lines[] = { count ? maker->table->pressures[rng_below(&maker->rng, count)] : NULL,
			  NULL };

	add_lines(maker, lines, "", picked);
	if (count)
		g_ptr_array_add(maker->ends, end_of(lines[0]));
}

static void add_body(struct maker *maker)
{
	static const enum mood moods[] = {
		MOOD_CALM,    MOOD_CALM,    MOOD_FAULTS,  MOOD_FAULTS,
		MOOD_COMPANY, MOOD_COMPANY, MOOD_COMPANY, MOOD_PRESSURE
	};
	guint steps = from_to(maker, 3, 8);

	maker->mood = moods[rng_below(&maker->rng, G_N_ELEMENTS(moods))];
	for (int i = 0; maker->table->setup[i]; i++)
		add(maker, "%s", maker->table->setup[i]);
	if (maker->mood == MOOD_PRESSURE)
		add_pressure(maker);
	for (guint i = 0; i < steps && maker->lines < ENOUGH_LINES && !maker->error; i++)
		add_step(maker);
	add_ends(maker);
	if (!g_str_has_suffix(maker->text->str, "\ncheck\n"))
		add(maker, "check");
}

static gboolean is_valid(const char *text, struct program_error *wrong)
{
	struct program *program = program_parse(text, strlen(text), wrong);

	program_destroy(program);
	return program != NULL;
}

/* The next program that @rng gives; NULL with @error set. */
static char *make(const struct operation_table *table, struct rng *rng, const char *title,
		  GError **error)
{
	struct maker maker = { .table = table,
			       .rng = *rng,
			       .text = g_string_new(title),
			       .ends = g_ptr_array_new_with_free_func(g_free) };

	add_body(&maker);
	*rng = maker.rng;
	g_ptr_array_unref(maker.ends);
	if (!maker.error)
		return g_string_free(maker.text, FALSE);
	g_propagate_error(error, maker.error);
	g_string_free(maker.text, TRUE);
	return NULL;
}

char *generate_text(const struct operation_table *table, guint64 seed, guint64 number,
		    GError **error)
{
	g_autofree char *title = g_strdup_printf(
		"# program %" G_GUINT64_FORMAT " of seed %" G_GUINT64_FORMAT "\n", number, seed);
	struct program_error wrong = { .text = "" };
	struct rng rng;

	rng_init(&rng, seed);
	rng_init(&rng, rng_next(&rng) + number * STRIDE);
	for (int i = 0; i < MAX_ATTEMPTS; i++) {
		char *text = make(table, &rng, title, error);

		if (!text || is_valid(text, &wrong))
			return text;
		g_free(text);
	}
	g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
		    "expected operations of which programs can be made, the last one: %s",
		    wrong.text);
	return NULL;
}

struct program_file *generate_program(const struct operation_table *table, guint64 seed,
				      guint64 number, GError **error)
{
	g_autofree char *text = generate_text(table, seed, number, error);
	g_autofree char *name = g_strdup_printf("%06" G_GUINT64_FORMAT, number);

	return text ? program_file_parse(name, text, strlen(text), error) : NULL;
}

char *generate_digest(const struct operation_table *table, guint64 seed, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

	/* Whatever part of the table or of the code differs, it does in one of so many. */
	for (guint64 number = 0; number < 100; number++) {
		g_autofree char *text = generate_text(table, seed, number, error);

		if (!text)
			return NULL;
		g_checksum_update(checksum, (const guchar *)text, -1);
	}
	return g_strndup(g_checksum_get_string(checksum), 16);
}
