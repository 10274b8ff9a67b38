// SPDX-License-Identifier: MIT
#include "compositor/render/shader.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* None is longer. */
#define TEXT_MAX 65536

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, TEXT_MAX + 1);

	if (file && text)
		fread(text, 1, TEXT_MAX, file);
	if (!file)
		fprintf(stderr, "planestorm: %s: %s\n", path, strerror(errno));
	if (file)
		fclose(file);
	if (file && text)
		return text;
	free(text);
	return NULL;
}

/*
 * The first line of the compiler's log, with the place in our words. Mesa says "0:7(12): error: ...": number of the string, line and
 * column; others leave the column out or write "ERROR: " before it.
 */
static void complain(const char *path, const char *log)
{
	int string, line, at = 0, column;
	const char *rest = strstr(log, "0:");

	if (rest && sscanf(rest, "%d:%d%n", &string, &line, &at) == 2) {
		rest += at;
		at = 0;
		if (sscanf(rest, "(%d)%n", &column, &at) == 1)
			rest += at;
		rest += strspn(rest, ": ");
		fprintf(stderr, "planestorm: %s:%d: %.*s\n", path, line, (int)strcspn(rest, "\n"),
			rest);
	} else {
		fprintf(stderr, "planestorm: %s: %.*s\n", path, (int)strcspn(log, "\n"), log);
	}
}

static GLuint compile(const char *folder, const char *name, const char *ending, GLenum kind)
{
	char path[PATH_MAX], log[1024] = "cannot be compiled";
	const char *text;
	GLint compiled = GL_FALSE;
	GLuint shader;

	snprintf(path, sizeof(path), "%s/%s.%s", folder, name, ending);
	text = read_text(path);
	if (!text)
		return 0;
	shader = glCreateShader(kind);
	glShaderSource(shader, 1, &text, NULL);
	free((char *)text);
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
	char log[1024] = "cannot be linked";

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
	fprintf(stderr, "planestorm: %s/%s.frag: %.*s\n", folder, fragment, (int)strcspn(log, "\n"),
		log);
	glDeleteProgram(program);
	return 0;
}
