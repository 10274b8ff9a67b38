// SPDX-License-Identifier: MIT
#include "compositor/fence/ledger.h"

static void raise_to(atomic_uint_least64_t *value, uint64_t point)
{
	uint64_t now = atomic_load(value);

	while (now < point && !atomic_compare_exchange_weak(value, &now, point))
		;
}

void ledger_begin(struct ledger *ledger, uint64_t point)
{
	raise_to(&ledger->begun, point);
}

uint64_t ledger_look(const struct ledger *ledger)
{
	return atomic_load(&ledger->seen);
}

enum ledger_answer ledger_tell(struct ledger *ledger, uint64_t before, uint64_t point,
			       bool signalled)
{
	if (!signalled && point > before)
		return LEDGER_FINE;
	if (!signalled)
		return point == before ? LEDGER_AGAIN : LEDGER_DISORDER;
	/* Loaded after the answer: whoever begins first notes it first. */
	if (point > atomic_load(&ledger->begun))
		return LEDGER_EARLY;
	raise_to(&ledger->seen, point);
	return LEDGER_FINE;
}
