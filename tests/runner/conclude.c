// SPDX-License-Identifier: MIT
#include "tests/runner/conclude.h"

#include <stdio.h>

#include "tests/runner/progress.h"
#include "tests/runner/session.h"

int conclude_matrix(const struct matrix *matrix, const struct conclusion *conclusion)
{
	guint flaws = matrix_setup_failures(matrix);
	enum matrix_control control = matrix_control(matrix);

	if (flaws) {
		progress_say("INVALID: %u of %u trials are set-up failures", flaws,
			     conclusion->trials);
		return STORM_TROUBLE;
	}
	if (control == CONTROL_MISSED) {
		progress_say("INVALID: unfixed does not FAIL splat where it must%s, so this run "
			     "proves nothing",
			     conclusion->instrumented ? ", or is not interrupted" : "");
		return STORM_TROUBLE;
	}
	if (control == CONTROL_NONE && !conclusion->uncontrolled)
		printf("no positive control: unfixed took no part with a program that makes it "
		       "FAIL\n");
	if (!matrix_as_expected(matrix)) {
		printf("NOT AS EXPECTED: see the lines marked so above\n");
		return STORM_DIFFERS;
	}
	printf("all as expected\n");
	return STORM_OK;
}
