// SPDX-License-Identifier: MIT
#include "compositor/model/words.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char *const origin_words[ORIGINS] = {
	[ORIGIN_DUMB] = "dumb",
	[ORIGIN_UDMABUF] = "udmabuf",
	[ORIGIN_HEAP] = "heap",
};

static const char *const way_words[WAYS] = {
	[WAY_FENCES] = "fences",
	[WAY_MAP] = "map",
	[WAY_IMPORT] = "import",
	[WAY_WAIT] = "wait",
};

static const char *const how_words[AWAIT_HOWS] = {
	[AWAIT_TIMELINE] = "timeline", [AWAIT_SUBMIT] = "submit", [AWAIT_AVAILABLE] = "available",
	[AWAIT_BINARY] = "binary",     [AWAIT_POLL] = "poll",	  [AWAIT_EVENTFD] = "eventfd",
};

/* @takes: what follows the word's =; NULL: nothing does. */
static const struct {
	const char *word, *takes;
} pressures[PRESSURES] = {
	[PRESSURE_OFF] = { "off", NULL },
	[PRESSURE_ALLOC] = { "alloc", "alloc=PERCENT, PERCENT from 1 to 100" },
	[PRESSURE_MEMORY] = { "memory", "memory=SIZE like 512K or 4M" },
	[PRESSURE_FDS] = { "fds", "fds=N, N from 0 to 1000" },
	[PRESSURE_QUEUE] = { "queue", NULL },
};

const char *pressure_word(enum pressure_kind kind)
{
	return pressures[kind].word;
}

const char *origin_word(enum buffer_origin origin)
{
	return origin_words[origin];
}

const char *way_word(enum contend_way way)
{
	return way_words[way];
}

const char *how_word(enum await_how how)
{
	return how_words[how];
}

/* The errors that the operations of this language are documented or known to return. */
static const struct {
	const char *word;
	int err;
} errno_words[] = {
	{ "ok", 0 },	      { "EACCES", EACCES }, { "EAGAIN", EAGAIN },
	{ "EBADF", EBADF },   { "EBUSY", EBUSY },   { "EDEADLK", EDEADLK },
	{ "EFAULT", EFAULT }, { "EINTR", EINTR },   { "EINVAL", EINVAL },
	{ "EIO", EIO },	      { "EMFILE", EMFILE }, { "ENFILE", ENFILE },
	{ "ENODEV", ENODEV }, { "ENOENT", ENOENT }, { "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC }, { "ENXIO", ENXIO },   { "EOPNOTSUPP", EOPNOTSUPP },
	{ "EPERM", EPERM },   { "ERANGE", ERANGE }, { "ETIMEDOUT", ETIMEDOUT },
	{ "ETIME", ETIME },
};

const char *errno_word(int err)
{
	for (size_t i = 0; i < sizeof(errno_words) / sizeof(errno_words[0]); i++)
		if (errno_words[i].err == err)
			return errno_words[i].word;
	return NULL;
}

int errno_by_word(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(errno_words) / sizeof(errno_words[0]); i++)
		if (strlen(errno_words[i].word) == len && !memcmp(errno_words[i].word, word, len))
			return errno_words[i].err;
	return -1;
}

/* The index of @word in @words, or -1. */
static int find_word(const char *const *words, int count, const char *word)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}

int origin_by_word(const char *word)
{
	return find_word(origin_words, ORIGINS, word);
}

int way_by_word(const char *word)
{
	return find_word(way_words, WAYS, word);
}

int how_by_word(const char *word)
{
	return find_word(how_words, AWAIT_HOWS, word);
}

const char *pressure_takes(enum pressure_kind kind)
{
	return pressures[kind].takes;
}
