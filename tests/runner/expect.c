// SPDX-License-Identifier: MIT
#include "tests/runner/expect.h"

#include <string.h>

#define OTHERS "*"

struct expectation {
	gboolean allowed[VERDICT_KINDS];
	char *contains; /* in the signature of a FAIL; "" is any */
};

struct expectations {
	GHashTable *rules[RULE_COUNT]; /* program's name to struct expectation */
	gboolean no_worse;	       /* PASS is as good */
};

static void expectation_free(gpointer data)
{
	struct expectation *expectation = data;

	g_free(expectation->contains);
	g_free(expectation);
}

static struct expectation *parse_value(const char *value)
{
	struct expectation *expectation = g_new0(struct expectation, 1);
	gsize len = strcspn(value, " ");
	g_autofree char *words = g_strndup(value, len);
	g_auto(GStrv) verdicts = g_strsplit(words, "|", -1);
	gboolean valid = verdicts[0] != NULL;

	expectation->contains = g_strstrip(g_strdup(value + len));
	for (int i = 0; verdicts[i]; i++) {
		int kind = 0;

		while (kind < VERDICT_KINDS &&
		       strcmp(verdicts[i], verdict_name((enum verdict_kind)kind)))
			kind++;
		if (kind < VERDICT_KINDS)
			expectation->allowed[kind] = TRUE;
		else
			valid = FALSE;
	}
	if (valid && (!*expectation->contains || expectation->allowed[VERDICT_FAIL]))
		return expectation;
	expectation_free(expectation);
	return NULL;
}

static struct expectations *expectations_new(void)
{
	struct expectations *expectations = g_new0(struct expectations, 1);

	for (int i = 0; i < RULE_COUNT; i++)
		expectations->rules[i] =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, expectation_free);
	return expectations;
}

struct expectations *expectations_any(void)
{
	struct expectations *expectations = expectations_new();

	for (int i = 0; i < RULE_COUNT; i++)
		g_hash_table_insert(expectations->rules[i], g_strdup(OTHERS),
				    parse_value("PASS|SKIP|FAIL"));
	return expectations;
}

static gboolean read_group(struct expectations *expectations, GKeyFile *file, const char *name,
			   const char *group, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);
	int rule = rule_by_name(group);

	if (rule < 0) {
		g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND,
			    "%s: expected the name of a rule, got [%s]", name, group);
		return FALSE;
	}
	for (int i = 0; keys[i]; i++) {
		/* As it stands there, which is there even if it is no UTF-8. */
		g_autofree char *value = g_key_file_get_value(file, group, keys[i], NULL);
		struct expectation *expectation = parse_value(value);

		if (!expectation) {
			g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
				    "%s: [%s] %s: expected PASS, FAIL [SIGNATURE] or SKIP, "
				    "joined by |, got \"%s\"",
				    name, group, keys[i], value);
			return FALSE;
		}
		g_hash_table_insert(expectations->rules[rule], g_strdup(keys[i]), expectation);
	}
	return TRUE;
}

struct expectations *expectations_parse(const char *name, const char *text, gsize len,
					GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	struct expectations *expectations = expectations_new();
	g_auto(GStrv) groups = NULL;

	if (!g_key_file_load_from_data(file, text, len, G_KEY_FILE_NONE, error)) {
		g_prefix_error(error, "%s: ", name);
		goto fail;
	}
	groups = g_key_file_get_groups(file, NULL);
	for (int i = 0; groups[i]; i++)
		if (!read_group(expectations, file, name, groups[i], error))
			goto fail;
	for (int i = 0; i < RULE_COUNT; i++) {
		/* Few programs have to do with fences. */
		if (rule_is_fence(i) && !g_hash_table_contains(expectations->rules[i], OTHERS))
			g_hash_table_insert(expectations->rules[i], g_strdup(OTHERS),
					    parse_value("PASS|SKIP"));
		if (!g_hash_table_contains(expectations->rules[i], OTHERS)) {
			g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
				    "%s: expected a key %s in [%s]", name, OTHERS, rules[i].name);
			goto fail;
		}
	}
	return expectations;
fail:
	expectations_free(expectations);
	return NULL;
}

struct expectations *expectations_load(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize len;

	if (!g_file_get_contents(path, &text, &len, error))
		return NULL;
	return expectations_parse(path, text, len, error);
}

void expectations_accept_better(struct expectations *expectations)
{
	expectations->no_worse = TRUE;
}

void expectations_free(struct expectations *expectations)
{
	if (!expectations)
		return;
	for (int i = 0; i < RULE_COUNT; i++)
		g_hash_table_unref(expectations->rules[i]);
	g_free(expectations);
}

static const struct expectation *find(const struct expectations *expectations, int rule,
				      const char *program)
{
	const struct expectation *found = g_hash_table_lookup(expectations->rules[rule], program);

	return found ? found : g_hash_table_lookup(expectations->rules[rule], OTHERS);
}

gboolean expectations_met(const struct expectations *expectations, int rule, const char *program,
			  const struct verdict *verdict)
{
	const struct expectation *expectation = find(expectations, rule, program);

	if (expectations->no_worse && verdict->kind == VERDICT_PASS)
		return TRUE;
	if (!expectation->allowed[verdict->kind])
		return FALSE;
	return verdict->kind != VERDICT_FAIL || strstr(verdict->signature, expectation->contains);
}

gboolean expectations_fail(const struct expectations *expectations, int rule, const char *program)
{
	const struct expectation *expectation = find(expectations, rule, program);

	return expectation->allowed[VERDICT_FAIL] && !expectation->allowed[VERDICT_PASS];
}

const char *expectations_known(const struct expectations *expectations, int rule,
			       const char *signature)
{
	GHashTableIter iter;
	gpointer name, value;
	const char *found = NULL;
	gsize longest = 0;

	g_hash_table_iter_init(&iter, expectations->rules[rule]);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		const struct expectation *expectation = value;
		g_autofree char *pattern = g_strdup_printf("*%s*", expectation->contains);
		gsize len = strlen(pattern);

		if (!expectation->allowed[VERDICT_FAIL] ||
		    !g_pattern_match_simple(pattern, signature))
			continue;
		/* The one that says most; of equals, whichever comes first by name. */
		if (found && (len < longest || (len == longest && strcmp(name, found) > 0)))
			continue;
		found = name;
		longest = len;
	}
	return found;
}

GStrv expectations_programs(const struct expectations *expectations)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();

	for (int i = 0; i < RULE_COUNT; i++) {
		GHashTableIter iter;
		gpointer key;

		g_hash_table_iter_init(&iter, expectations->rules[i]);
		while (g_hash_table_iter_next(&iter, &key, NULL))
			if (strcmp(key, OTHERS))
				g_strv_builder_add(names, key);
	}
	return g_strv_builder_end(names);
}
