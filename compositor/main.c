// SPDX-License-Identifier: MIT
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compositor/agent.h"
#include "compositor/client.h"
#include "compositor/kms/device.h"
#include "compositor/model/channel.h"
#include "compositor/model/program.h"
#include "compositor/sink.h"
#include "compositor/view/view.h"

#ifndef PLANESTORM_VERSION
#define PLANESTORM_VERSION "unknown"
#endif

/* As much as the runner can hand to a guest; a program of PROGRAM_MAX_OPS lines is far below it. */
#define PROGRAM_SIZE_MAX CHANNEL_REQUEST_MAX

static const char usage[] =
	"usage: planestorm run FILE [--device PATH] [--seed N]\n"
	"       planestorm compositor [OPTION...]\n"
	"       planestorm agent\n"
	"       planestorm --help | --version\n"
	"\n"
	"run      carry out the program in FILE on a KMS device, the journal on standard output;\n"
	"         exits with 0 if it was run to its end, 1 if not, 2 if the program is not valid\n"
	"compositor\n"
	"         show a moving picture and a pointer until q is pressed; options are below\n"
	"agent    set up the guest and serve the runner; what planestorm does as first process\n"
	"\n"
	"  --device PATH   the device, such as /dev/dri/card0 (the first that can show pictures)\n"
	"  --seed N        where all random choices come from (0)\n";

struct arguments {
	const char *file, *device;
	uint64_t seed;
};

static int complain(const char *what, const char *word)
{
	fprintf(stderr, "planestorm: %s%s%s; see planestorm --help\n", what, *word ? " " : "",
		word);
	return CLIENT_USAGE;
}

/* All that is left of @file, or a negative errno: -EFBIG rather than only its beginning. */
static int read_all(FILE *file, char *text, size_t *len)
{
	*len = fread(text, 1, PROGRAM_SIZE_MAX, file);
	if (*len == PROGRAM_SIZE_MAX && fgetc(file) != EOF)
		return -EFBIG;
	return ferror(file) ? -errno : 0;
}

/* The whole of @path in *@text, to be freed. Returns 0 or a negative errno. */
static int read_file(const char *path, char **text, size_t *len)
{
	FILE *file = fopen(path, "re");
	int ret;

	if (!file)
		return -errno;
	*text = malloc(PROGRAM_SIZE_MAX);
	ret = *text ? read_all(file, *text, len) : -ENOMEM;
	fclose(file);
	if (ret)
		free(*text);
	return ret;
}

static struct program *load_program(const char *path)
{
	struct program_error error;
	struct program *program;
	size_t len = 0;
	char *text = NULL;
	int ret = read_file(path, &text, &len);

	if (ret) {
		fprintf(stderr, "planestorm: cannot read %s: %s\n", path, strerror(-ret));
		return NULL;
	}
	program = program_parse(text, len, &error);
	free(text);
	if (!program && error.line)
		fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
	else if (!program)
		fprintf(stderr, "%s: %s\n", path, error.text);
	return program;
}

static int run_file(const struct arguments *arguments)
{
	struct sink sink = { .fd = STDOUT_FILENO };
	struct program *program = load_program(arguments->file);
	int fd, ret = CLIENT_FAILED;

	if (!program)
		return CLIENT_USAGE;
	fd = device_open(arguments->device, NULL);
	if (fd < 0) {
		fprintf(stderr, "planestorm: cannot open %s: %s\n",
			arguments->device ? arguments->device : "a KMS device", strerror(-fd));
		goto out;
	}
	ret = client_run(fd, -1, program, &sink, arguments->seed);
out:
	program_destroy(program);
	return ret;
}

static int compositor_command(int argc, char **argv)
{
	struct sink sink = { .plain = true };
	struct view_options options;

	argv[0] = (char[]){ "planestorm compositor" }; /* for the complaints of getopt_long() */
	return view_options_parse(&options, argc, argv) ? CLIENT_USAGE : view_run(&options, &sink);
}

static int parse_seed(const char *text, uint64_t *seed)
{
	char *end;

	errno = 0;
	*seed = strtoull(text, &end, 0);
	return errno || end == text || *end || *text == '-' ? -EINVAL : 0;
}

static int run_command(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "seed", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	struct arguments arguments = { .seed = 0 };
	int option;

	argv[0] = (char[]){ "planestorm run" }; /* for the complaints of getopt_long() */
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'd')
			arguments.device = optarg;
		else if (option != 's')
			return CLIENT_USAGE; /* getopt_long() has said why */
		else if (parse_seed(optarg, &arguments.seed))
			return complain("expected a number after --seed, got", optarg);
	}
	if (optind != argc - 1)
		return complain("expected exactly one FILE to run", "");
	arguments.file = argv[optind];
	return run_file(&arguments);
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	/* The kernel hands words of its command line to the first process as arguments. */
	if (getpid() == 1 || !strcmp(command, "agent"))
		return agent_main();
	if (!strcmp(command, "run"))
		return run_command(argc - 1, argv + 1);
	if (!strcmp(command, "compositor"))
		return compositor_command(argc - 1, argv + 1);
	if (!strcmp(command, "--help")) {
		fputs(usage, stdout);
		printf("\nOptions of compositor:\n\n%s", view_options_help);
		return CLIENT_DONE;
	}
	if (!strcmp(command, "--version")) {
		puts("planestorm " PLANESTORM_VERSION);
		return CLIENT_DONE;
	}
	return complain(*command ? "expected run, compositor or agent, got" : "expected a command",
			command);
}
