// SPDX-License-Identifier: MIT
#include "compositor/model/fence_rule.h"

#include <string.h>

static const char *const words[FENCE_RULES] = {
	[FENCE_SIGNALS] = "signals",
	[FENCE_ORDER] = "order",
	[FENCE_IN] = "in",
	[FENCE_FAILED_COMMIT] = "failed-commit",
	[FENCE_STATUS] = "status",
	[FENCE_IMPLICIT] = "implicit",
	[FENCE_LIFETIME] = "lifetime",
	[FENCE_WAIT] = "wait",
};

const char *fence_rule_word(enum fence_rule rule)
{
	return words[rule];
}

int fence_rule_by_word(const char *word, size_t len)
{
	for (int rule = 0; rule < FENCE_RULES; rule++)
		if (strlen(words[rule]) == len && !memcmp(words[rule], word, len))
			return rule;
	return -1;
}
