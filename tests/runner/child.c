// SPDX-License-Identifier: MIT
#include "tests/runner/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Runs in the forked child. */
static void set_up(gpointer data)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, GPOINTER_TO_INT(data));
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

GSubprocessLauncher *child_launcher_new(GSubprocessFlags flags, int death_signal)
{
	GSubprocessLauncher *launcher = g_subprocess_launcher_new(flags);

	g_subprocess_launcher_set_child_setup(launcher, set_up, GINT_TO_POINTER(death_signal),
					      NULL);
	return launcher;
}
