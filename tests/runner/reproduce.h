/* SPDX-License-Identifier: MIT */
/* A program as one C file that needs only libdrm, to be attached to a mail about a kernel. */
#ifndef PLANESTORM_REPRODUCE_H
#define PLANESTORM_REPRODUCE_H

#include "tests/runner/program_file.h"

/* The helpers that it takes from, in the source tree. */
#define REPRODUCE_HELPERS "data/reproducer.c"

/* Whether it has C for operations of this kind. */
gboolean reproduce_knows(enum op_kind kind);

/* Append the C of @file to @out; @helpers is the content of REPRODUCE_HELPERS. */
void reproduce(const struct program_file *file, const char *helpers, GString *out);

#endif
