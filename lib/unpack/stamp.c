/* SPDX-License-Identifier: MIT */
#include "unpack/stamp.h"

#include <time.h>

#include "base/time.h"

int64_t
rmn_stamp_dos(uint32_t stamp)
{
	unsigned date = stamp >> 16, time = stamp & 0xFFFF;
	struct tm parts = {
		.tm_year = (int)(80 + (date >> 9)),
		.tm_mon = (int)(date >> 5 & 15) - 1,
		.tm_mday = (int)(date & 31),
		.tm_hour = (int)(time >> 11),
		.tm_min = (int)(time >> 5 & 63),
		.tm_sec = (int)(time & 31) * 2,
	};

	if (parts.tm_mon < 0 || parts.tm_mon > 11 || parts.tm_mday < 1)
		return RMN_TIME_UNKNOWN;
	return rmn_time_from_unix((int64_t)timegm(&parts), 0);
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
