/* SPDX-License-Identifier: MIT */
/* Programs of the shaders in a folder. */
#ifndef PLANESTORM_RENDER_SHADER_H
#define PLANESTORM_RENDER_SHADER_H

#include <GLES2/gl2.h>

/*
 * Make @folder/@vertex.vert and @folder/@fragment.frag a program, with the attribute "corner" as number 0. Returns it, for
 * glDeleteProgram(), or 0 after one line on standard error: FILE:LINE: WHAT.
 */
GLuint shader_program(const char *folder, const char *vertex, const char *fragment);

#endif
