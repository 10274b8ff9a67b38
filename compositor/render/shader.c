// SPDX-License-Identifier: MIT
#include "compositor/render/shader.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* None is longer. */
#define TEXT_MAX 65536
#define LOG_SIZE 1024

/* Returns the text, to be freed, or NULL with errno set. */
static char *read_open(FILE *file)
{
	char *text = calloc(1, TEXT_MAX + 1);
	size_t len = text ? fread(text, 1, TEXT_MAX + 1, file) : 0;

	if (text && !ferror(file) && len <= TEXT_MAX)
		return text;
	if (text && !ferror(file))
		errno = EFBIG;
	free(text);
	return NULL;
}

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = file ? read_open(file) : NULL;

	if (!text)
		fprintf(stderr, "planestorm: %s: %s\n", path, strerror(errno));
	if (file)
		fclose(file);
	return text;
}

/* The first line of @log that is about an error, not a warning; the first one if none says so. */
static const char *error_line(const char *log)
{
	const char *line = log;

	while (*line) {
		size_t len = strcspn(line, "\n");
		const char *found = strcasestr(line, "error");

		if (found && found < line + len)
			return line;
		line += len;
		line += strspn(line, "\n");
	}
	return log + strspn(log, "\n");
}

void shader_complaint(const char *path, const char *log, char *text, size_t size)
{
	static const char *const forms[] = {
		"%*d:%d(%*d)%n", /* Mesa: 0:7(12): error: ... */
		"%*d(%d)%n",	 /* NVIDIA: 0(7) : error C1503: ... */
		"%*d:%d%n",	 /* all others: ERROR: 0:7: ... */
	};
	const char *rest = error_line(log);
	int line = 0, len = 0;

	rest += strncmp(rest, "ERROR: ", 7) ? 0 : 7;
	for (size_t i = 0; !len && i < sizeof(forms) / sizeof(forms[0]); i++)
		if (sscanf(rest, forms[i], &line, &len) != 1)
			len = 0;
	if (len) {
		rest += len;
		rest += strspn(rest, ": ");
		snprintf(text, size, "%s:%d: %.*s", path, line, (int)strcspn(rest, "\n"), rest);
	} else {
		snprintf(text, size, "%s: %.*s", path, (int)strcspn(rest, "\n"), rest);
	}
}

static void complain(const char *path, const char *log)
{
	char text[PATH_MAX + LOG_SIZE];

	shader_complaint(path, log, text, sizeof(text));
	fprintf(stderr, "planestorm: %s\n", text);
}

static GLuint compile(const char *folder, const char *name, const char *ending, GLenum kind)
{
	char path[PATH_MAX], log[LOG_SIZE] = "cannot be compiled";
	char *text;
	GLint compiled = GL_FALSE;
	GLuint shader;

	snprintf(path, sizeof(path), "%s/%s.%s", folder, name, ending);
	text = read_text(path);
	if (!text)
		return 0;
	shader = glCreateShader(kind);
	glShaderSource(shader, 1, (const GLchar *const *)&text, NULL);
	free(text);
	glCompileShader(shader);
	glGetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
	if (compiled)
		return shader;
	glGetShaderInfoLog(shader, sizeof(log), NULL, log);
	complain(path, log);
	glDeleteShader(shader);
	return 0;
}

GLuint shader_program(const char *folder, const char *vertex, const char *fragment)
{
	GLuint one = compile(folder, vertex, "vert", GL_VERTEX_SHADER);
	GLuint other = one ? compile(folder, fragment, "frag", GL_FRAGMENT_SHADER) : 0;
	GLuint program = other ? glCreateProgram() : 0;
	GLint linked = GL_FALSE;
	char path[PATH_MAX], log[LOG_SIZE] = "cannot be linked";

	if (program) {
		glAttachShader(program, one);
		glAttachShader(program, other);
		glBindAttribLocation(program, 0, "corner");
		glLinkProgram(program);
		glGetProgramiv(program, GL_LINK_STATUS, &linked);
	}
	/* They stay for as long as the program needs them. */
	glDeleteShader(one);
	glDeleteShader(other);
	if (linked || !program)
		return program;
	glGetProgramInfoLog(program, sizeof(log), NULL, log);
	snprintf(path, sizeof(path), "%s/%s.frag", folder, fragment);
	complain(path, log);
	glDeleteProgram(program);
	return 0;
}
