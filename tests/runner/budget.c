// SPDX-License-Identifier: MIT
#include "tests/runner/budget.h"

void budget_init(struct budget *budget, int seconds)
{
	*budget = (struct budget){ .seconds = seconds, .start = -1 };
	budget->begun = g_hash_table_new(g_str_hash, g_str_equal);
}

void budget_clear(struct budget *budget)
{
	g_hash_table_unref(budget->begun);
}

gboolean budget_begin(struct budget *budget, const char *name, double now)
{
	if (budget->start < 0)
		budget->start = now;
	if (g_hash_table_contains(budget->begun, name))
		return TRUE;
	if (budget_spent(budget, now)) {
		budget->over = TRUE;
		return FALSE;
	}
	g_hash_table_add(budget->begun, (gpointer)name);
	return TRUE;
}

gboolean budget_spent(const struct budget *budget, double now)
{
	return budget->seconds && budget_elapsed(budget, now) >= budget->seconds;
}

guint budget_begun(const struct budget *budget)
{
	return g_hash_table_size(budget->begun);
}

gboolean budget_over(const struct budget *budget)
{
	return budget->over;
}

double budget_elapsed(const struct budget *budget, double now)
{
	return budget->start < 0 ? 0 : now - budget->start;
}
