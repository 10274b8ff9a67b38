/* SPDX-License-Identifier: MIT */
/*
 * What a trial says of fences, as one rule sees it: facts that the guest has journalled, compared here; what only the guest
 * could see, at the moment when it asked the kernel; and when the device was told of what had to wait.
 */
#ifndef PLANESTORM_FENCES_H
#define PLANESTORM_FENCES_H

#include "compositor/model/fence_rule.h"
#include "tests/runner/rules.h"

struct fence_account {
	gint64 looked;	 /* how often the rule could have been seen broken */
	guint broken;	 /* how often it was */
	char *signature; /* of the first time; NULL: it was not. The caller's */
	char *text;	 /* the same with this run's numbers */
	guint64 seq;
};

void fences_account(const struct evidence *evidence, enum fence_rule rule,
		    struct fence_account *account);

#endif
