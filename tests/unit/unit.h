/* SPDX-License-Identifier: MIT */
/* What every test program starts with: cmocka and what it needs, and tables whose rows are tests.
 */
#ifndef PLANESTORM_UNIT_H
#define PLANESTORM_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* "group: row"; the caller's to free. */
static inline char *unit_name(const char *group, const char *row)
{
	char *name = NULL;

	if (asprintf(&name, "%s: %s", group, row) < 0)
		abort();
	return name;
}

/*
 * Run @function on each row of a table, every row a test of its own that is named after the table
 * and the row. A row is any struct whose first member is its name, a string; @function finds the
 * row in *state. Returns how many failed.
 */
static inline int run_rows(const char *group, const void *rows, size_t count, size_t size,
			   CMUnitTestFunction function)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	char **names = calloc(count, sizeof(*names));
	int failed;

	for (size_t i = 0; i < count; i++) {
		const char *row = (const char *)rows + i * size;

		names[i] = unit_name(group, *(const char *const *)(const void *)row);
		tests[i] = (struct CMUnitTest){
			.name = names[i],
			.test_func = function,
			.initial_state = (void *)(uintptr_t)row,
		};
	}
	failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
	free(tests);
	return failed;
}

#define RUN_ROWS(group, rows, function)                                                            \
	run_rows(group, rows, LENGTH(rows), sizeof((rows)[0]), function)

#endif
