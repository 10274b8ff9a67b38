/* SPDX-License-Identifier: MIT */
/* Programs of the shaders in a folder. */
#ifndef PLANESTORM_RENDER_SHADER_H
#define PLANESTORM_RENDER_SHADER_H

#include <GLES2/gl2.h>
#include <stddef.h>

/*
 * Make @folder/@vertex.vert and @folder/@fragment.frag a program, with the attribute "corner" as number 0. Returns it, for
 * glDeleteProgram(), or 0 after one line on standard error: FILE:LINE: WHAT.
 */
GLuint shader_program(const char *folder, const char *vertex, const char *fragment);

/*
 * What a compiler's log says first of an error, into @text, of @size bytes: FILE:LINE: WHAT, or FILE: WHAT if it tells no
 * line in one of the forms that GLES drivers use.
 */
void shader_complaint(const char *path, const char *log, char *text, size_t size);

#endif
