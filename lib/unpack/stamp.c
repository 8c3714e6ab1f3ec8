/* SPDX-License-Identifier: MIT */
#include "unpack/stamp.h"

#include <stdio.h>

#include "base/time.h"

int64_t
rmn_stamp_dos(uint32_t stamp)
{
	unsigned date = stamp >> 16, time = stamp & 0xFFFF;
	int64_t time_ns = RMN_TIME_UNKNOWN;
	char text[RMN_TIME_TEXT_BYTES];

	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", 1980 + (date >> 9),
	    date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2);
	rmn_time_parse(text, &time_ns);
	return time_ns;
}

int64_t
rmn_stamp_windows(uint64_t ticks)
{
	const uint64_t epoch = 116444736000000000u;

	if (ticks < epoch)
		return RMN_TIME_UNKNOWN;
	return rmn_time_from_unix((int64_t)((ticks - epoch) / 10000000),
	    (uint32_t)((ticks - epoch) % 10000000 * 100));
}

int64_t
rmn_stamp_mac(uint32_t seconds)
{
	return seconds ? rmn_time_from_unix((int64_t)seconds - 2082844800, 0) : RMN_TIME_UNKNOWN;
}
