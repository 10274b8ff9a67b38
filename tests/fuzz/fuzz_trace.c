// SPDX-License-Identifier: MIT
/* QEMU's trace: each line by itself says what it says, whatever stands around it. */
#include "tests/fuzz/fuzz.h"

#include "tests/runner/trace.h"

static void check_event(const struct device_event *event)
{
	assert(event->kind < DEVICE_KINDS);
	assert(device_kind_name(event->kind));
	assert(event->kind == DEVICE_NOTIFY || event->queue == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	GArray *events = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	GArray *alone = g_array_new(FALSE, FALSE, sizeof(struct device_event));
	guint garbled = trace_read(text, len, events), garbled_alone = 0;

	for (size_t at = 0, line; at < len; at += line) {
		guint before = alone->len, told;

		line = fuzz_line(text + at, len - at);
		told = trace_read(text + at, line, alone);
		assert(alone->len - before + told <= 1);
		garbled_alone += told;
	}
	assert(garbled == garbled_alone && events->len == alone->len);
	for (guint i = 0; i < events->len; i++) {
		const struct device_event *event = &g_array_index(events, struct device_event, i);

		check_event(event);
		assert(!memcmp(event, &g_array_index(alone, struct device_event, i),
			       sizeof(*event)));
	}
	g_array_free(alone, TRUE);
	g_array_free(events, TRUE);
	return 0;
}
