// SPDX-License-Identifier: MIT
/* What is wrong with a shader is one line that says where; one that draws a little differently is found out. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compositor/render/shader.h"
#include "tests/unit/mesa.h"

/* --- a data folder ---------------------------------------------------------------------------- */

/* A copy of shaders/ that a test may change. */
static char *copy_shaders(void)
{
	char *data = g_dir_make_tmp("planestorm-XXXXXX", NULL);
	g_autofree char *folder = g_build_filename(data, "shaders", NULL);
	GDir *dir = g_dir_open(SOURCE_ROOT "/shaders", 0, NULL);
	const char *name;

	assert_non_null(dir);
	assert_int_equal(g_mkdir(folder, 0700), 0);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *from = g_build_filename(SOURCE_ROOT "/shaders", name, NULL);
		g_autofree char *to = g_build_filename(folder, name, NULL);
		g_autofree char *text = NULL;

		assert_true(g_file_get_contents(from, &text, NULL, NULL));
		assert_true(g_file_set_contents(to, text, -1, NULL));
	}
	g_dir_close(dir);
	return data;
}

static void remove_shaders(const char *data)
{
	g_autofree char *folder = g_build_filename(data, "shaders", NULL);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		assert_int_equal(g_remove(path), 0);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(folder);
	g_rmdir(data);
}

/* All of @old become @new. Returns the line of the first, from 1. */
static guint replace(const char *data, const char *name, const char *old, const char *new)
{
	g_autofree char *path = g_build_filename(data, "shaders", name, NULL);
	g_autofree char *text = NULL, *changed = NULL;
	g_auto(GStrv) pieces = NULL, lines = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	pieces = g_strsplit(text, old, -1);
	assert_in_range(g_strv_length(pieces), 2, 10);
	lines = g_strsplit(pieces[0], "\n", -1);
	changed = g_strjoinv(new, pieces);
	assert_true(g_file_set_contents(path, changed, -1, NULL));
	return g_strv_length(lines);
}

/* The scenes by the shaders of @data, in memory. Returns 0 or what the first one failed with. */
static int draw_scenes(const char *data)
{
	static const enum picture_image scenes[] = { IMAGE_WINDOWS, IMAGE_GRADIENT, IMAGE_RIPPLES };
	const struct picture_area whole = whole_of(64, 64);
	struct gles *gles = NULL;
	const char *why;
	int ret = gles_create(NULL, data, &gles, &why);

	for (size_t i = 0; !ret && i < LENGTH(scenes); i++)
		ret = gles_paint_memory(gles, scenes[i], 1, 64, 64, &whole, 1, NULL);
	gles_destroy(gles);
	return ret;
}

/* The same, with what is said on standard error, the caller's, in *@said. */
static int draw_and_listen(const char *data, char **said)
{
	g_autofree char *path = NULL;
	int kept = dup(STDERR_FILENO), file = g_file_open_tmp("planestorm-XXXXXX", &path, NULL);
	int ret;

	assert_true(file >= 0 && kept >= 0);
	fflush(stderr);
	dup2(file, STDERR_FILENO);
	ret = draw_scenes(data);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(file);
	assert_true(g_file_get_contents(path, said, NULL, NULL));
	g_remove(path);
	return ret;
}

/* --- what is broken --------------------------------------------------------------------------- */

/* @old of a file becomes @new, or if that is NULL the file goes; @said is what follows the place on the one line. */
static const struct broken {
	const char *name, *file, *old, *new;
	bool placed; /* its line is told, too */
	const char *said;
} broken[] = {
	{ "a name that is not known", "flat.frag", "= colour", "= color", true,
	  "error: `color' undeclared" },
	{ "syntax", "place.vert", "gl_Position =", "gl_Position = =", true, "error: syntax error" },
	{ "the last line", "windows.frag", "moving, 255.0", "moving, nonsense, 255.0", true,
	  "error: `nonsense' undeclared" },
	{ "types", "ripples.frag", "vec2 d = p - centre", "vec2 d = vec3(p, 0.0)", true,
	  "error: " },
	{ "a warning before the error", "flat.frag", "gl_FragColor = colour",
	  "float unset; gl_FragColor = colour * unset + color", true, "error: `color' undeclared" },
	{ "what has no line", "gradient.frag", "void main()", "void other()", false, "error: " },
	{ "what the other shader lacks", "flat.frag", "uniform vec4", "varying vec4", false,
	  "error: " },
	{ "an empty file", "flat.frag", "", NULL, true, "error: " },
	{ "a missing file", "ripples.frag", NULL, NULL, false, "No such file or directory" },
};

static void check_broken(void **state)
{
	const struct broken *row = *state;
	g_autofree char *data = copy_shaders(), *said = NULL, *start = NULL;
	g_autofree char *path = g_build_filename(data, "shaders", row->file, NULL);
	guint line = 0;

	if (row->new)
		line = replace(data, row->file, row->old, row->new);
	else if (row->old && ++line)
		assert_true(g_file_set_contents(path, "", 0, NULL));
	else
		assert_int_equal(g_remove(path), 0);
	assert_int_equal(draw_and_listen(data, &said), -EINVAL);
	remove_shaders(data);
	start = row->placed ? g_strdup_printf("planestorm: %s:%u: %s", path, line, row->said) :
			      g_strdup_printf("planestorm: %s: %s", path, row->said);
	if (!g_str_has_prefix(said, start))
		print_error("said: %snot: %s\n", said, start);
	assert_true(g_str_has_prefix(said, start));
	/* One line. */
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static const struct logged {
	const char *name, *log, *said;
} logs[] = {
	{ "Mesa's", "0:7(12): error: `x' undeclared\n0:9(1): error: no\n",
	  "F:7: error: `x' undeclared" },
	{ "Mesa's with a warning", "0:3(1): warning: `y' unset\n0:7(12): error: syntax error\n",
	  "F:7: error: syntax error" },
	{ "Mesa's without a place", "error: linking failed\n", "F: error: linking failed" },
	{ "NVIDIA's", "0(7) : error C1503: undefined variable \"x\"\n",
	  "F:7: error C1503: undefined variable \"x\"" },
	{ "ANGLE's and others'", "ERROR: 0:17: 'x' : undeclared identifier\n",
	  "F:17: 'x' : undeclared identifier" },
	{ "an empty line before it", "\nERROR: 0:2: 'x' : syntax error",
	  "F:2: 'x' : syntax error" },
	{ "words alone", "out of memory\nor so", "F: out of memory" },
	{ "nothing", "", "F: " },
};

static void check_log(void **state)
{
	const struct logged *row = *state;
	char text[100], cut[8];

	shader_complaint("F", row->log, text, sizeof(text));
	assert_string_equal(text, row->said);
	shader_complaint("F", row->log, cut, sizeof(cut));
	assert_memory_equal(cut, row->said, strnlen(row->said, sizeof(cut) - 1));
}

/* --- what is not right ------------------------------------------------------------------------ */

/* Shaders that draw a little differently. */
static const struct planted {
	const char *name, *file, *old, *new;
	enum picture_image scene;
} planted[] = {
	{ "a colour", "windows.frag", "96.0", "100.0", IMAGE_WINDOWS },
	{ "the blending", "flat.frag", "= colour;", "= colour * vec4(1.0, 1.0, 1.0, 0.97);",
	  IMAGE_WINDOWS },
	{ "a place", "gradient.frag", "p.y + frame", "p.y + frame + 4.0", IMAGE_GRADIENT },
	{ "a speed", "ripples.frag", "4.0 * frame", "5.0 * frame", IMAGE_RIPPLES },
	{ "upside down", "place.vert", "- 1.0, 0.0, 1.0)", "- 1.0, 0.0, 1.0) * vec4(1, -1, 1, 1)",
	  IMAGE_GRADIENT },
};

static void check_planted(void **state)
{
	const struct planted *row = *state;
	g_autofree char *data = copy_shaders();
	const struct picture_area whole = whole_of(200, 150);
	g_autofree uint32_t *pixels = new_pixels(200, 150);
	struct gles *other = NULL;
	struct picture_difference difference;
	const char *why;

	replace(data, row->file, row->old, row->new);
	assert_int_equal(gles_create(NULL, data, &other, &why), 0);
	assert_int_equal(gles_paint_memory(other, row->scene, 40, 200, 150, &whole, 1, pixels), 0);
	difference = compare(row->scene, 40, 200, 150, pixels);
	gles_destroy(other);
	remove_shaders(data);
	assert_true(difference.largest > PICTURE_TOLERANCE);
}

int main(void)
{
	int failed = RUN_ROWS("shader logs", logs, check_log);

	if (!mesa_is_there())
		return failed ? 1 : 77;
	failed += RUN_ROWS("broken shaders", broken, check_broken);
	failed += RUN_ROWS("planted differences", planted, check_planted);
	return failed ? 1 : 0;
}
