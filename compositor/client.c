// SPDX-License-Identifier: MIT
#include "compositor/client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "compositor/kms/device.h"
#include "compositor/model/program.h"
#include "compositor/run.h"
#include "compositor/sink.h"

static void write_begin(const struct device *device, struct sink *sink, uint64_t seed)
{
	struct journal_event event = { .kind = JOURNAL_BEGIN };
	struct utsname uts = { .release = "" };
	char text[256];

	uname(&uts);
	snprintf(text, sizeof(text), "%s %s %s seed %" PRIu64, uts.release, device->driver,
		 device->version, seed);
	event.text = text;
	event.text_len = strlen(text);
	sink_event(sink, &event);
}

static int run_program(struct device *device, const struct program *program, struct sink *sink,
		       uint64_t seed)
{
	struct journal_event end = { .kind = JOURNAL_END };
	struct run *run = run_create(device, program, sink, seed);
	int ret;

	if (!run) {
		sink_error(sink, "cannot allocate memory for the program");
		return CLIENT_FAILED;
	}
	ret = run_range(run, 0, program->op_count);
	run_quiesce(run);
	if (!ret)
		sink_event(sink, &end);
	run_destroy(run);
	return ret ? CLIENT_FAILED : CLIENT_DONE;
}

int client_run(int fd, int holder, const struct program *program, struct sink *sink, uint64_t seed)
{
	struct device device;
	const char *why;
	int ret = device_init(&device, fd, holder, &why);

	if (ret) {
		sink_error(sink, "cannot %s: %s", why, strerror(-ret));
		ret = CLIENT_FAILED;
	} else {
		write_begin(&device, sink, seed);
		ret = run_program(&device, program, sink, seed);
	}
	device_finish(&device);
	return ret;
}
