// SPDX-License-Identifier: MIT
/*
 * For tests/run: a run's matrix.json as checks, one a line, "ok NAME" or "FAIL NAME" with what
 *there is to see indented below it. Exit status 0, or 2 with one line on stderr if there is nothing
 *to read. GROUP is of which group of tests the run is: some are asked for more than others.
 *
 *	read_matrix GROUP FILE VARIANT...
 */
#include <json-glib/json-glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/runner/rules.h"

static const char *group;

static void tell(gboolean good, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void tell(gboolean good, const char *format, ...)
{
	va_list args;

	printf("%s %s: ", good ? "ok" : "FAIL", group);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* The members of objects, with nothing in place of what is missing or of another type. */

static JsonNode *get(JsonObject *object, const char *name, JsonNodeType type)
{
	JsonNode *node = object ? json_object_get_member(object, name) : NULL;

	return node && json_node_get_node_type(node) == type ? node : NULL;
}

static JsonObject *get_object(JsonObject *object, const char *name)
{
	JsonNode *node = get(object, name, JSON_NODE_OBJECT);

	return node ? json_node_get_object(node) : NULL;
}

static gboolean has(JsonObject *object, const char *name, GType type)
{
	JsonNode *node = get(object, name, JSON_NODE_VALUE);

	return node && json_node_get_value_type(node) == type;
}

static const char *get_string(JsonObject *object, const char *name)
{
	return has(object, name, G_TYPE_STRING) ? json_object_get_string_member(object, name) : "";
}

static gboolean get_boolean(JsonObject *object, const char *name)
{
	return has(object, name, G_TYPE_BOOLEAN) && json_object_get_boolean_member(object, name);
}

static JsonObject *get_cell(JsonObject *root, const char *variant, const char *rule)
{
	JsonObject *row = get_object(get_object(root, "variants"), variant);

	return get_object(get_object(row, "rules"), rule);
}

static JsonArray *get_evidence(JsonObject *cell)
{
	JsonNode *node = get(cell, "evidence", JSON_NODE_ARRAY);

	return node ? json_node_get_array(node) : NULL;
}

/* The checks */

static void check_head(JsonObject *root)
{
	JsonObject *base = get_object(root, "base"), *qemu = get_object(root, "qemu");
	const char *accel = get_string(qemu, "accel");

	tell(has(root, "schema", G_TYPE_INT64), "matrix.json says by which schema it is written");
	tell(*get_string(base, "version") && *get_string(base, "source"),
	     "matrix.json says what the base was");
	tell(*get_string(qemu, "version") && (!strcmp(accel, "tcg") || !strcmp(accel, "kvm")),
	     "matrix.json says what QEMU was");
	tell(has(root, "seed", G_TYPE_INT64), "matrix.json says what the seed was");
	tell(has(get_object(root, "wall_s"), "total", G_TYPE_DOUBLE),
	     "matrix.json says how long it took");
	tell(get_boolean(root, "as_expected"), "matrix.json says that all is as expected");
}

/* What the verdict rests on where it is not as it should be. */
static void print_surprises(JsonObject *cell)
{
	JsonArray *evidence = get_evidence(cell);

	for (guint i = 0; evidence && i < json_array_get_length(evidence); i++) {
		JsonObject *entry = json_array_get_object_element(evidence, i);

		if (!get_boolean(entry, "expected"))
			printf("    %s: %s %s (%s)\n", get_string(entry, "program"),
			       get_string(entry, "verdict"), get_string(entry, "signature"),
			       get_string(entry, "file"));
	}
}

static void check_cell(JsonObject *root, const char *variant, const char *rule)
{
	JsonObject *cell = get_cell(root, variant, rule);
	gboolean good = get_boolean(cell, "expected") && has(cell, "trials", G_TYPE_INT64) &&
			json_object_get_int_member(cell, "trials") > 0 && get_evidence(cell);

	tell(good, "%s/%s", variant, rule);
	if (!good && cell)
		print_surprises(cell);
	else if (!good)
		printf("    no such cell\n");
}

/*
 * The positive controls: what has to be seen failing, or nothing that passes proves anything. These
 * are asked for here and not only in the expectations, so that a change of those does not lose
 * them.
 */
static const struct control {
	const char *group;
	const char *what;
	const char *variant, *rule, *program, *signature;
} controls[] = {
	{ "matrix", "unfixed FAILs splat by a failed allocation in a legacy cursor set", "unfixed",
	  "splat", "cursor-fault", "dma_resv_add_fence" },
	{ "matrix", "unfixed FAILs splat by a failed allocation in an atomic commit", "unfixed",
	  "splat", "atomic-fault", "dma_resv_add_fence" },
	{ "matrix", "unfixed FAILs splat by signals alone", "unfixed", "splat", "cursor-signals",
	  "dma_resv_add_fence" },
	{ "matrix", "prepare-fb FAILs lockup by cursor moves", "prepare-fb", "lockup", "moves",
	  "" },
	{ "matrix", "upstream FAILs lost-update by a failed allocation", "upstream", "lost-update",
	  "cursor-fault", "cursor image never sent" },
	{ "matrix", "uninterruptible FAILs lost-update by a failed allocation", "uninterruptible",
	  "lost-update", "cursor-fault", "cursor image never sent" },
	{ "matrix", "upstream FAILs stale-cursor by signals", "upstream", "stale-cursor",
	  "cursor-signals", "UPDATE_CURSOR before TRANSFER_TO_HOST_2D" },
	{ "matrix", "uninterruptible FAILs stale-cursor by signals", "uninterruptible",
	  "stale-cursor", "cursor-signals", "UPDATE_CURSOR before TRANSFER_TO_HOST_2D" },
	{ "controls", "fence-disorder FAILs fence-order", "fence-disorder", "fence-order",
	  "fence-order", "before the one before it" },
	{ "controls", "fence-drop FAILs fence-signals by a failed allocation", "fence-drop",
	  "fence-signals", "fence-fault", "an out-fence did not signal" },
	{ "controls", "fence-drop FAILs leak by a failed allocation", "fence-drop", "leak",
	  "fence-fault", "allocations of dma_fence_allocate_private_stub left" },
};

/*
 * The same for the group instrument: whose plane updates call a lock helper that can be interrupted. Of all five
 * the driver has one, and where no update calls it, none must seem to.
 */
static const struct {
	const char *variant;
	gboolean interrupted;
} locks[] = {
	{ "unfixed", TRUE },	      { "prepare-fb", TRUE }, { "skip-on-error", TRUE },
	{ "uninterruptible", FALSE }, { "upstream", FALSE },
};

static void check_locks(JsonObject *root)
{
	tell(get_boolean(root, "instrumented"), "matrix.json says that it is instrumented");
	for (gsize i = 0; i < G_N_ELEMENTS(locks); i++) {
		JsonObject *row = get_object(get_object(root, "variants"), locks[i].variant);
		gboolean said =
			has(row, "interrupted", G_TYPE_INT64) &&
			!strcmp(get_string(row, "instrumented"), "virtio_gpu_array_lock_resv");
		gint64 times = said ? json_object_get_int_member(row, "interrupted") : -1;

		tell(said && (times > 0) == locks[i].interrupted, "%s is %s", locks[i].variant,
		     locks[i].interrupted ? "interrupted" : "never interrupted");
	}
}

static gboolean shows(JsonObject *cell, const struct control *control)
{
	JsonArray *evidence = get_evidence(cell);

	for (guint i = 0; evidence && i < json_array_get_length(evidence); i++) {
		JsonObject *entry = json_array_get_object_element(evidence, i);

		if (!strcmp(get_string(entry, "program"), control->program) &&
		    !strcmp(get_string(entry, "verdict"), "FAIL") &&
		    strstr(get_string(entry, "signature"), control->signature))
			return TRUE;
	}
	return FALSE;
}

/* Controls are for whoever names them: without names, no run has any. */
static void check_others(JsonObject *root, char **variants)
{
	g_autoptr(GList) rows = NULL;
	JsonObject *all = get_object(root, "variants");

	if (all)
		rows = json_object_get_members(all);
	for (GList *row = rows; row; row = row->next)
		if (!g_strv_contains((const char *const *)variants, row->data)) {
			tell(FALSE, "no other variants take part");
			printf("    %s\n", (const char *)row->data);
			return;
		}
	tell(rows != NULL, "no other variants take part");
}

/* Whether each file that is named as evidence is in the run's folder, and is not empty. */
static gboolean evidence_is_there(JsonObject *cell, const char *dir, guint *count)
{
	JsonArray *evidence = get_evidence(cell);
	gboolean there = TRUE;

	*count += evidence ? json_array_get_length(evidence) : 0;
	for (guint i = 0; evidence && i < json_array_get_length(evidence); i++) {
		JsonObject *entry = json_array_get_object_element(evidence, i);
		g_autofree char *path = g_build_filename(dir, get_string(entry, "file"), NULL);
		g_autofree char *text = NULL;
		gsize len = 0;

		there &= g_file_get_contents(path, &text, &len, NULL) && len > 0;
	}
	return there;
}

static void check_evidence(JsonObject *root, const char *path, char **variants)
{
	g_autofree char *dir = g_path_get_dirname(path);
	gboolean there = TRUE;
	guint count = 0;

	for (int v = 0; variants[v]; v++)
		for (int rule = 0; rule < RULE_COUNT; rule++)
			there &= evidence_is_there(get_cell(root, variants[v], rules[rule].name),
						   dir, &count);
	tell(there && count > 0, "the evidence is where matrix.json says");
}

int main(int argc, char **argv)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) error = NULL;
	JsonNode *node;
	JsonObject *root;

	if (argc < 4) {
		fprintf(stderr, "usage: read_matrix GROUP FILE VARIANT...\n");
		return 2;
	}
	group = argv[1];
	if (!json_parser_load_from_file(parser, argv[2], &error)) {
		fprintf(stderr, "%s: %s\n", argv[2], error->message);
		return 2;
	}
	node = json_parser_get_root(parser);
	if (!node || !JSON_NODE_HOLDS_OBJECT(node)) {
		fprintf(stderr, "%s: expected an object\n", argv[2]);
		return 2;
	}
	root = json_node_get_object(node);
	check_head(root);
	if (!strcmp(group, "instrument"))
		check_locks(root);
	for (gsize i = 0; i < G_N_ELEMENTS(controls); i++)
		if (!strcmp(group, controls[i].group))
			tell(shows(get_cell(root, controls[i].variant, controls[i].rule),
				   &controls[i]),
			     "positive control: %s", controls[i].what);
	check_others(root, argv + 3);
	for (int v = 3; argv[v]; v++)
		for (int rule = 0; rule < RULE_COUNT; rule++)
			check_cell(root, argv[v], rules[rule].name);
	check_evidence(root, argv[2], argv + 3);
	return 0;
}
