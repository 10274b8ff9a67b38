/* SPDX-License-Identifier: MIT */
/* What user space may rely on of fences: each is a rule of the runner's, whose name is "fence-" and the word. */
#ifndef PLANESTORM_FENCE_RULE_H
#define PLANESTORM_FENCE_RULE_H

#include <stddef.h>

enum fence_rule {
	FENCE_SIGNALS,
	FENCE_ORDER,
	FENCE_IN,
	FENCE_FAILED_COMMIT,
	FENCE_STATUS,
	FENCE_IMPLICIT,
	FENCE_LIFETIME,
	FENCE_WAIT,
	FENCE_RULES
};

/* "signals", "order", ... */
const char *fence_rule_word(enum fence_rule rule);

/* The rule that the @len characters at @word stand for, or -1. */
int fence_rule_by_word(const char *word, size_t len);

#endif
