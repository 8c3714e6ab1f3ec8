/* SPDX-License-Identifier: MIT */
#include "base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define FILETIME_1970 116444736000000000ull

#define SECOND_NS 1000000000ll

void
rmn_time_text(int64_t time_ns, char text[RMN_TIME_TEXT_BYTES])
{
	time_t seconds = (time_t)(time_ns / SECOND_NS - (time_ns % SECOND_NS < 0));
	struct tm parts;

	text[0] = '\0';
	if (time_ns == RMN_TIME_UNKNOWN || !gmtime_r(&seconds, &parts) ||
	    parts.tm_year + 1900 < 1 || parts.tm_year + 1900 > 9999)
		return;
	strftime(text, RMN_TIME_TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

int64_t
rmn_time_days(int64_t year, int64_t month, int64_t day)
{
	int64_t era, of_era, of_year;

	year -= month <= 2;
	era = year / 400;
	of_era = year - era * 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t
rmn_time_from_unix(int64_t seconds, uint32_t nanoseconds)
{
	int64_t time_ns;

	if (__builtin_mul_overflow(seconds, SECOND_NS, &time_ns) ||
	    __builtin_add_overflow(time_ns, (int64_t)nanoseconds, &time_ns))
		return RMN_TIME_UNKNOWN;
	return time_ns;
}

/* Reads "+09:00", "+0900", "Z" or nothing into minutes east of UTC. */
static bool
time_zone(const char *text, int *minutes)
{
	int hours = 0, rest = 0;
	char sign = text[0];

	*minutes = 0;
	if (sign == '\0' || sign == 'Z' || sign == 'z')
		return true;
	if (sign != '+' && sign != '-')
		return false;
	if (sscanf(text + 1, "%2d:%2d", &hours, &rest) < 2 &&
	    sscanf(text + 1, "%2d%2d", &hours, &rest) < 2)
		return false;
	*minutes = (hours * 60 + rest) * (sign == '-' ? -1 : 1);
	return true;
}

int64_t
rmn_time_from_filetime(uint64_t filetime)
{
	if (filetime <= FILETIME_1970 || filetime - FILETIME_1970 >= (uint64_t)INT64_MAX / 100)
		return RMN_TIME_UNKNOWN;
	return (int64_t)(filetime - FILETIME_1970) * 100;
}

bool
rmn_time_parse(const char *text, int64_t *time_ns)
{
	struct tm parts = {0};
	int used = 0, minutes = 0;
	int fields = sscanf(text, "%4d-%2d-%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
	    &used);
	int64_t parsed;

	if (fields != 3 || parts.tm_mon < 1 || parts.tm_mon > 12 || parts.tm_mday < 1 ||
	    parts.tm_mday > 31)
		return false;
	text += used;
	if (*text == 'T' || *text == ' ') {
		used = 0;
		if (sscanf(text + 1, "%2d:%2d%n", &parts.tm_hour, &parts.tm_min, &used) != 2)
			return false;
		text += 1 + used;
		used = 0;
		if (*text == ':' && sscanf(text, ":%2d%n", &parts.tm_sec, &used) == 1)
			text += used;
		if (*text == '.')
			text += 1 + strspn(text + 1, "0123456789");
		if (!time_zone(text, &minutes))
			return false;
	}
	parts.tm_year -= 1900;
	parts.tm_mon -= 1;
	parsed = rmn_time_from_unix((int64_t)timegm(&parts) - minutes * 60, 0);
	if (parsed == RMN_TIME_UNKNOWN)
		return false;
	*time_ns = parsed;
	return true;
}

int64_t
rmn_time_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return rmn_time_from_unix(now.tv_sec, (uint32_t)now.tv_nsec);
}
