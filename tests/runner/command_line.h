/* SPDX-License-Identifier: MIT */
/* The command line: which command, and its options. */
#ifndef PLANESTORM_COMMAND_LINE_H
#define PLANESTORM_COMMAND_LINE_H

#include "tests/runner/command.h"

/*
 * Fill in @arguments, which is zero but for its cancellable, from the command line, for one of @commands
 * (@count of them; the first is what there is without a command). Returns the command, or NULL with @error
 * set. --help is answered and ends the program.
 */
const struct command *command_line_parse(const struct command *commands, gsize count,
					 struct arguments *arguments, int *argc, char ***argv,
					 GError **error);
void command_line_clear(struct arguments *arguments);

#endif
