// SPDX-License-Identifier: MIT
#include "compositor/view/console.h"

#include <fcntl.h>
#include <linux/kd.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The terminal in front, whichever that is. */
#define CONSOLE "/dev/tty0"

/* The process has one console, and a signal handler no other way to it. */
static int tty = -1;
static int mode, keyboard;

static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };

static void crashed(int signal)
{
	console_uncover();
	raise(signal); /* whose handler is the default one again */
}

void console_cover(void)
{
	struct sigaction action = { .sa_handler = crashed, .sa_flags = (int)SA_RESETHAND };
	int fd = open(CONSOLE, O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return;
	if (ioctl(fd, KDGETMODE, &mode) || ioctl(fd, KDGKBMODE, &keyboard) ||
	    ioctl(fd, KDSETMODE, KD_GRAPHICS)) {
		close(fd);
		return;
	}
	ioctl(fd, KDSKBMODE, K_OFF);
	tty = fd;
	for (unsigned int i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &action, NULL);
}

void console_uncover(void)
{
	if (tty < 0)
		return;
	ioctl(tty, KDSKBMODE, keyboard);
	ioctl(tty, KDSETMODE, mode);
	close(tty);
	tty = -1;
}
