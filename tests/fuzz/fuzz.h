/* SPDX-License-Identifier: MIT */
/*
 * What a fuzz target is: one function that is given any bytes at all. It has to come back, without a
 * report of the sanitizers, and its asserts hold for whatever was read. tests/fuzz/run runs it, under
 * libFuzzer.
 */
#ifndef PLANESTORM_FUZZ_H
#define PLANESTORM_FUZZ_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* The length of the line at @text, of which @len bytes are left, with its newline if it has one. */
static inline size_t fuzz_line(const char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);

	return newline ? (size_t)(newline + 1 - text) : len;
}

/* What is told is something, and fits on a line. */
static inline void fuzz_check_message(const char *text)
{
	assert(*text && !strchr(text, '\n'));
}

#endif
