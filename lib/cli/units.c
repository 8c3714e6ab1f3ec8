/* SPDX-License-Identifier: MIT */
#include "cli/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/checked.h"

static const char units_letters[] = "KMGTPE";

/* The factor that a suffix stands for; 0 when it stands for none. */
static uint64_t
units_factor(const char *suffix)
{
	uint64_t base = 1024, factor = 1;
	const char *letter;

	if (!*suffix || strcasecmp(suffix, "B") == 0)
		return 1;
	letter = strchr(units_letters, *suffix & ~0x20);
	if (!letter)
		return 0;
	if (strcasecmp(suffix + 1, "B") == 0)
		base = 1000;
	else if (suffix[1] && strcasecmp(suffix + 1, "iB") != 0)
		return 0;
	for (const char *l = units_letters; l <= letter; l++)
		factor *= base;
	return factor;
}

bool
rmn_units_parse(const char *text, uint64_t *value)
{
	uint64_t number = 0, factor;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		if (!rmn_mul_u64(number, 10, &number) ||
		    !rmn_add_u64(number, (uint64_t)(*at - '0'), &number))
			return false;
	}
	if (at == text)
		return false;
	factor = units_factor(at);
	if (!factor || !rmn_mul_u64(number, factor, &number))
		return false;
	*value = number;
	return true;
}

void
rmn_units_size_text(uint64_t size_bytes, char text[RMN_UNITS_TEXT_BYTES])
{
	double size = (double)size_bytes;
	size_t unit = 0;

	if (size_bytes < 1024) {
		snprintf(text, RMN_UNITS_TEXT_BYTES, "%" PRIu64 " B", size_bytes);
		return;
	}
	for (size /= 1024; size >= 1023.95 && units_letters[unit + 1]; size /= 1024)
		unit++;
	snprintf(text, RMN_UNITS_TEXT_BYTES, "%.1f %ciB", size, units_letters[unit]);
}

void
rmn_units_rate_text(double bytes_per_second, char text[RMN_UNITS_TEXT_BYTES])
{
	double megabytes = bytes_per_second / 1e6;

	if (megabytes >= 999.5)
		snprintf(text, RMN_UNITS_TEXT_BYTES, "%.1f GB/s", megabytes / 1e3);
	else
		snprintf(text, RMN_UNITS_TEXT_BYTES, "%.*f MB/s", megabytes < 9.95 ? 1 : 0,
		    megabytes);
}

void
rmn_units_time_text(uint64_t seconds, char text[RMN_UNITS_TEXT_BYTES])
{
	uint64_t hours = seconds / 3600;
	unsigned minutes = (unsigned)(seconds / 60 % 60), rest = (unsigned)(seconds % 60);

	if (hours)
		snprintf(text, RMN_UNITS_TEXT_BYTES, "%" PRIu64 ":%02u:%02u", hours, minutes, rest);
	else
		snprintf(text, RMN_UNITS_TEXT_BYTES, "%u:%02u", minutes, rest);
}

void
rmn_units_count_text(uint64_t count, char text[RMN_UNITS_TEXT_BYTES])
{
	char digits[24];
	size_t size = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, count), out = 0;

	for (size_t i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			text[out++] = ',';
		text[out++] = digits[i];
	}
	text[out] = '\0';
}
