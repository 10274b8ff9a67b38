// SPDX-License-Identifier: MIT
#include "compositor/heir.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compositor/fence/sync_file.h"
#include "compositor/model/fence_rule.h"
#include "compositor/sink.h"

/* For all of them together; a liveness limit. */
#define SIGNAL_NS UINT64_C(10000000000)

void heir_take(struct heir *heir, int file)
{
	unsigned slot = heir->given++ % HEIR_FILES_MAX;

	if (heir->given > HEIR_FILES_MAX)
		close(heir->files[slot]);
	heir->files[slot] = file;
}

static bool signals(int file, uint64_t deadline)
{
	uint64_t now = sink_now();

	return sync_file_poll(file, now < deadline ? (int)((deadline - now) / 1000000) : 0) > 0;
}

void heir_tell(struct heir *heir, struct sink *sink)
{
	unsigned count = heir->given < HEIR_FILES_MAX ? heir->given : HEIR_FILES_MAX, silent = 0;
	const char *word = fence_rule_word(FENCE_LIFETIME);
	struct journal_event event = { .kind = JOURNAL_BROKEN };
	uint64_t deadline = sink_now() + SIGNAL_NS;
	char text[120];

	for (unsigned i = 0; i < count; i++) {
		silent += !signals(heir->files[i], deadline);
		close(heir->files[i]);
	}
	heir->given = 0;
	if (!count)
		return;
	sink_stat(sink, "fence.lifetime", count);
	if (!silent)
		return;
	event.name = word;
	event.name_len = strlen(word);
	event.text = text;
	event.text_len = (size_t)snprintf(
		text, sizeof(text), "%u of %u fences did not signal after their client was gone",
		silent, count);
	sink_event(sink, &event);
}
