// SPDX-License-Identifier: MIT
/* Expectations: they can be asked for anything, or their mistake is told in one line. */
#include "tests/fuzz/fuzz.h"

#include "tests/runner/expect.h"

static void ask(const struct expectations *expectations, const char *program)
{
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		gboolean may_pass = FALSE;

		for (int kind = 0; kind < VERDICT_KINDS; kind++) {
			char signature[] = "WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c";
			struct verdict verdict = { .kind = (enum verdict_kind)kind,
						   .signature = signature };
			gboolean met = expectations_met(expectations, rule, program, &verdict);

			if (kind == VERDICT_PASS)
				may_pass = met;
		}
		assert(!(may_pass && expectations_fail(expectations, rule, program)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	GError *error = NULL;
	struct expectations *expectations =
		expectations_parse("expect.ini", (const char *)bytes, len, &error);
	GStrv programs;

	assert(!expectations == !!error);
	if (error) {
		fuzz_check_message(error->message);
		g_error_free(error);
		return 0;
	}
	programs = expectations_programs(expectations);
	for (char **program = programs; *program; program++)
		ask(expectations, *program);
	ask(expectations, "nobody names this one");
	g_strfreev(programs);
	expectations_free(expectations);
	return 0;
}
