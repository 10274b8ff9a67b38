// SPDX-License-Identifier: MIT
#include "compositor/model/scan.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLACE 32767
#define MAX_BYTES (1 << 30)
/* Well below the time of silence after which the runner calls a guest locked up; waits in a row do
 * not add up to it, as each begins with a line in the journal. */
#define MAX_NS (10 * UINT64_C(1000000000))

static bool scan_number(const char **text, int64_t min, int64_t max, int64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)**text) &&
	    !(**text == '-' && isdigit((unsigned char)(*text)[1])))
		return false;
	errno = 0;
	*value = strtoll(*text, &end, 10);
	*text = end;
	return !errno && *value >= min && *value <= max;
}

bool scan_pair(const char *text, char separator, int64_t min, int64_t max, int64_t pair[2])
{
	if (!scan_number(&text, min, max, &pair[0]) || *text != separator)
		return false;
	text++;
	return scan_number(&text, min, max, &pair[1]) && !*text;
}

bool scan_count(const char *text, int64_t max, uint32_t *count)
{
	int64_t value;

	if (!scan_number(&text, 1, max, &value) || *text)
		return false;
	*count = (uint32_t)value;
	return true;
}

bool scan_amount(const char *text, int64_t max, uint64_t *amount)
{
	int64_t value;

	if (!scan_number(&text, 0, max, &value) || *text)
		return false;
	*amount = (uint64_t)value;
	return true;
}

bool scan_bytes(const char *text, uint64_t *bytes)
{
	int64_t value;
	unsigned shift;

	if (!scan_number(&text, 1, MAX_BYTES >> 10, &value))
		return false;
	shift = *text == 'K' ? 10 : 20;
	*bytes = (uint64_t)value << shift;
	return (*text == 'K' || *text == 'M') && !text[1] && *bytes <= MAX_BYTES;
}

bool scan_point(const char *text, int32_t *x, int32_t *y)
{
	int64_t pair[2];

	if (!scan_pair(text, ',', -MAX_PLACE, MAX_PLACE, pair))
		return false;
	*x = (int32_t)pair[0];
	*y = (int32_t)pair[1];
	return true;
}

bool scan_area(const char *text, int64_t max, struct picture_area *area)
{
	static const char ends[4] = { ',', ',', 'x', '\0' };
	int64_t values[4];

	for (int i = 0; i < 4; i++)
		if (!scan_number(&text, i < 2 ? 0 : 1, max, &values[i]) || *text++ != ends[i])
			return false;
	*area = (struct picture_area){
		.x = (uint32_t)values[0],
		.y = (uint32_t)values[1],
		.width = (uint32_t)values[2],
		.height = (uint32_t)values[3],
	};
	return true;
}

bool scan_time(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	int64_t value;

	if (!scan_number(&text, 1, (int64_t)MAX_NS, &value))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(text, units[i].name)) {
			*ns = (uint64_t)value * units[i].ns;
			return (uint64_t)value <= MAX_NS / units[i].ns;
		}
	}
	return false;
}
