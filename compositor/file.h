/* SPDX-License-Identifier: MIT */
/* The short text files in which the kernel shows and takes its settings. */
#ifndef PLANESTORM_FILE_H
#define PLANESTORM_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Read what fits into @size bytes, a terminating NUL included. Returns 0 or a negative errno. */
int file_read(const char *path, char *text, size_t size);

/* Write @text, or @number in decimal digits, at once. Returns 0 or a negative errno. */
int file_write(const char *path, const char *text);
int file_write_number(const char *path, uint64_t number);

/* Close *@fd, any file's, if there is one; it is -1 then. */
void file_close(int *fd);

/* Where shaders/ and cursors/ are: $PLANESTORM_DATA, or as they were installed. */
const char *data_folder(void);

#endif
