// SPDX-License-Identifier: MIT
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/file.h"
#include "compositor/view/view.h"

#define RATE_MAX 1000
#define HIDE_MAX 86400

const char view_options_help[] =
	"  --device DEVICE  /dev/dri/card0 and its like, or the name of a driver, such as vkms\n"
	"                   (the first that can show pictures)\n"
	"  --seat NAME      who opens devices: seatd, logind, builtin, or none, which is directly "
	"(the first there is)\n"
	"  --scene NAME     what is shown: windows (the default), gradient, ripples\n"
	"  --cursor NAME    an image of cursors/ in the data folder (arrow-32)\n"
	"  --painter NAME   gles or dumb, without GL (gles if there is GL)\n"
	"  --buffers N      of a swap chain, 2, or 3 to paint ahead (2)\n"
	"  --rate N         frames a second, 0: as many as there can be (60)\n"
	"  --frames N       end after so many frames\n"
	"  --hide SECONDS   hide a pointer that has not moved for so long\n"
	"  --still          nothing moves by itself\n"
	"  --legacy         use the ioctls from before atomic commits, as on a device that has "
	"none\n"
	"  --no-cursor-plane\n"
	"                   paint the pointer into the frames, as on a display without a cursor "
	"plane\n"
	"  --data DIR       the folder with shaders/ and cursors/\n";

static int complain(const char *option, const char *expected, const char *got)
{
	fprintf(stderr, "planestorm: expected --%s %s, got \"%s\"\n", option, expected, got);
	return -EINVAL;
}

static int take_number(const char *option, uint64_t min, uint64_t max, uint64_t *number)
{
	char expected[64], *end;

	errno = 0;
	*number = strtoull(optarg, &end, 10);
	if (!errno && end != optarg && !*end && *optarg != '-' && *number >= min && *number <= max)
		return 0;
	snprintf(expected, sizeof(expected), "N from %" PRIu64 " to %" PRIu64, min, max);
	return complain(option, expected, optarg);
}

static int take_scene(enum picture_image *scene)
{
	int image = picture_image_by_name(optarg);

	if (image < 0 || !picture_is_scene((enum picture_image)image))
		return complain("scene", "windows, gradient or ripples", optarg);
	*scene = (enum picture_image)image;
	return 0;
}

static int take_painter(enum view_painter *painter)
{
	if (!strcmp(optarg, "gles"))
		*painter = VIEW_PAINTER_GLES;
	else if (!strcmp(optarg, "dumb"))
		*painter = VIEW_PAINTER_DUMB;
	else
		return complain("painter", "gles or dumb", optarg);
	return 0;
}

static int take(struct view_options *options, int option)
{
	uint64_t number = 0;
	int ret = 0;

	switch (option) {
	case 'd':
		options->device = optarg;
		return 0;
	case 'e':
		options->seat = optarg;
		return 0;
	case 'D':
		options->data = optarg;
		return 0;
	case 'c':
		options->cursor = optarg;
		return 0;
	case 's':
		return take_scene(&options->scene);
	case 'p':
		return take_painter(&options->painter);
	case 'S':
		options->still = true;
		return 0;
	case 'l':
		options->legacy = true;
		return 0;
	case 'n':
		options->painted = true;
		return 0;
	case 'b':
		ret = take_number("buffers", 2, 3, &number);
		options->buffers = (uint32_t)number;
		return ret;
	case 'r':
		ret = take_number("rate", 0, RATE_MAX, &number);
		options->rate = (uint32_t)number;
		return ret;
	case 'f':
		return take_number("frames", 1, UINT32_MAX, &options->frames);
	case 'h':
		ret = take_number("hide", 0, HIDE_MAX, &number);
		options->hide_s = (uint32_t)number;
		return ret;
	default:
		return -EINVAL; /* getopt_long() has said why */
	}
}

int view_options_parse(struct view_options *options, int argc, char **argv)
{
	static const struct option words[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "seat", required_argument, NULL, 'e' },
		{ "scene", required_argument, NULL, 's' },
		{ "cursor", required_argument, NULL, 'c' },
		{ "painter", required_argument, NULL, 'p' },
		{ "buffers", required_argument, NULL, 'b' },
		{ "rate", required_argument, NULL, 'r' },
		{ "frames", required_argument, NULL, 'f' },
		{ "hide", required_argument, NULL, 'h' },
		{ "still", no_argument, NULL, 'S' },
		{ "legacy", no_argument, NULL, 'l' },
		{ "no-cursor-plane", no_argument, NULL, 'n' },
		{ "data", required_argument, NULL, 'D' },
		{ NULL, 0, NULL, 0 },
	};
	int option, ret = 0;

	*options = (struct view_options){ .data = data_folder(),
					  .scene = IMAGE_WINDOWS,
					  .cursor = "arrow-32",
					  .buffers = 2,
					  .rate = 60 };
	optind = 0; /* from the beginning, whoever has been here before */
	while (!ret && (option = getopt_long(argc, argv, "", words, NULL)) != -1)
		ret = take(options, option);
	if (!ret && optind != argc) {
		fprintf(stderr, "planestorm: expected an option, got \"%s\"\n", argv[optind]);
		ret = -EINVAL;
	}
	return ret;
}
